"""From which addresses units reported, as the archive knows it: evidence for who writes, never a proof."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from storage.tables import MembershipRow, MessageRow, SubmissionRow, UnitRow


@dataclass(frozen=True, slots=True)
class UnitAddress:
    """That messages from an address were filed under a unit."""

    address: str  # lower case
    code: str
    name: str  # of the unit: one code may mean another unit on another roster; "" where it is not known any more
    times: int  # messages
    latest: datetime  # time of receipt


def unit_addresses(
    session: Session, before: datetime | None = None, apart_from: str | None = None
) -> list[UnitAddress]:
    """Which addresses reported for which units, by address, then code.

    Counted are submissions that are filed now, by the service or a person, and units that old mail of no campaign told.
    ``before``: only messages received earlier; ``apart_from``: not those filed to this campaign.
    """
    found: dict[tuple[str, str, str], dict[str, datetime]] = {}
    seen = _filed(session, before, apart_from) + _told_by_history(session, before)
    for message, address, code, name, received_at in seen:
        found.setdefault((address, code, name), {})[message] = received_at
    return [
        UnitAddress(address, code, name, len(times), max(times.values()))
        for (address, code, name), times in sorted(found.items())
    ]


_Seen = tuple[str, str, str, str, datetime]  # message, address, code, name, time of receipt


def _filed(session: Session, before: datetime | None, apart_from: str | None) -> list[_Seen]:
    row, filed = MessageRow, SubmissionRow
    query = (
        columns(col(row.id), col(row.sender), col(filed.unit), col(UnitRow.name), col(row.received_at))
        .where(col(filed.message) == row.id, col(filed.status) == "filed", col(row.source) == "message")
        .where(col(MembershipRow.campaign) == filed.campaign, col(MembershipRow.unit_id) == UnitRow.id)
        .where(col(UnitRow.code) == filed.unit, col(row.sender) != "")
    )
    if before is not None:
        query = query.where(col(row.received_at) < before)
    if apart_from is not None:
        query = query.where(col(filed.campaign) != apart_from)
    return [(id_, sender, code, name, at) for id_, sender, code, name, at in session.execute(query)]


def _told_by_history(session: Session, before: datetime | None) -> list[_Seen]:
    query = select(MessageRow.id, MessageRow.new_addresses, MessageRow.received_at)
    query = query.where(MessageRow.reason == "history")
    if before is not None:
        query = query.where(col(MessageRow.received_at) < before)
    return [(id_, address, code, "", at) for id_, pairs, at in session.exec(query) for address, code in pairs]
