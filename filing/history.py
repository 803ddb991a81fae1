"""Mail that was imported: filed like any other where a campaign of its time asks for it, else kept as history. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from filing.decide import file_message
from filing.text.quoting import is_forward
from records.campaigns import CampaignContext
from records.extracts import Extract
from records.filings import Filing
from records.mail import Message
from records.words import Text

_HISTORY = Text(
    "导入的往年邮件，早于所有进行中的报送任务，仅存档备查。",
    "Imported mail from before any open campaign; kept for reference.",
)


def file_imported(
    message: Message,
    extracts: Sequence[Extract],
    campaigns: Sequence[CampaignContext],
    received_at: datetime,
    own_message_ids: Collection[str] = frozenset(),
    *,
    unauthenticated: str = "",
) -> Filing:
    """As ``file_message``, for a message that came by import alone.

    Only campaigns whose notice was out when it was received can be meant. Where one of them is open, it is mail like
    any other. Where none is, nobody waits for it: what is surely of a closed campaign is filed there, and all else is
    ``history``, about which no person is asked (a paper marked secret apart); ``new_addresses`` remembers who wrote it.
    """
    begun = [context for context in campaigns if context.has_begun(received_at)]
    asked = begun or campaigns
    found = file_message(message, extracts, asked, received_at, own_message_ids, unauthenticated=unauthenticated)
    if any(context.is_open for context in begun) or found.status == "not_a_report" or found.reason == "classified":
        return found
    filed = tuple(one for one in found.submissions if one.status == "filed") if begun else ()
    if filed:
        return replace(found, status="filed", reason=None, explanation=None, submissions=filed)
    told = () if unauthenticated else _told_units(message, found, campaigns)
    return Filing("not_a_report", "history", _HISTORY, new_addresses=told)


def _told_units(message: Message, found: Filing, campaigns: Sequence[CampaignContext]) -> tuple[tuple[str, str], ...]:
    """The sender's address with each unit that the content surely told; nothing of what somebody passed on."""
    address = message.sender.address
    if not address or is_forward(message.subject, "") or any(address in one.coordinators for one in campaigns):
        return ()
    sure = [one.unit for one in found.submissions if not one.alternative and "unit" not in one.doubtful]
    return tuple((address, unit) for unit in dict.fromkeys(sure) if unit and _means_one(unit, campaigns))


def _means_one(unit: str, campaigns: Sequence[CampaignContext]) -> bool:
    """Whether a code means the same unit on all rosters that have it."""
    known = [found for context in campaigns if (found := context.roster.unit(unit)) is not None]
    return len({found.name for found in known}) == 1
