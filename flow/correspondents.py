"""Who reported from which address before a campaign began: handed to filing as evidence beside what a message says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from flow.office import Office
from records.campaigns import CampaignContext
from records.filings import Filing
from storage.addresses import UnitAddress, unit_addresses


class Correspondents:
    """The campaigns with the addresses that earlier mail knew, read from the archive when they are first needed.

    A campaign learns from what was received before its notice, and from other campaigns alone: its own messages never
    vouch for each other, and messages that are filed in order of receipt, as by a rebuild, always see the same.
    """

    def __init__(self, office: Office) -> None:
        self._office = office
        self._known: dict[str, tuple[tuple[str, str], ...]] = {}

    def contexts(self, received_at: datetime) -> tuple[CampaignContext, ...]:
        """All campaigns; those that had begun when a message was received, with the addresses seen before."""
        return tuple(
            replace(item, seen_addresses=self._seen(item)) if item.has_begun(received_at) else item
            for item in self._office.contexts
        )

    def filed(self, received_at: datetime, filing: Filing) -> None:
        """A message was filed: campaigns that began after it must look again."""
        if filing.submissions or filing.new_addresses:
            for item in self._office.contexts:
                if not item.has_begun(received_at):
                    self._known.pop(item.campaign.id, None)

    def _seen(self, context: CampaignContext) -> tuple[tuple[str, str], ...]:
        id_, begins = context.campaign.id, context.campaign.begins
        if begins is None:
            return ()  # nothing is known to lie before it
        if id_ not in self._known:
            start = datetime.combine(begins, time(), ZoneInfo(context.timezone))
            with self._office.archive.database.session() as session:
                self._known[id_] = _of_this_roster(context, unit_addresses(session, start, id_))
        return self._known[id_]


def _of_this_roster(context: CampaignContext, known: Iterable[UnitAddress]) -> tuple[tuple[str, str], ...]:
    """Those whose unit stands on this roster, under the same code and one of its names."""
    pairs = []
    for item in known:
        unit = context.roster.unit(item.code)
        if unit is not None and item.name in ("", *unit.names):
            pairs.append((item.address, item.code))
    return tuple(dict.fromkeys(pairs))
