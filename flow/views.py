"""Received messages as they stand now: names, on-time marks and corrections filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from flow.board import deadline, first_received, replaced
from flow.standing import Standing
from records.boards import MessageView, SubmissionView
from records.campaigns import CampaignContext, Requirement
from records.filings import FiledSubmission
from storage import messages


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages a listing or a search is asked for; None: any."""

    campaigns: frozenset[str] | None = None
    of_none: bool = True  # with ``campaigns``: messages that belong to no campaign are taken too
    units: frozenset[tuple[str, str]] | None = None  # (campaign, code): one code may mean different units
    activity: str | None = None
    kind: str | None = None
    status: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def takes(self, view: MessageView) -> bool:
        """Whether a message matches, one of its submissions in all that is asked of submissions."""
        if self.status is not None and self.status not in {view.status, *(item.status for item in view.submissions)}:
            return False
        if (self.since and view.received_at < self.since) or (self.until and view.received_at > self.until):
            return False
        if self.campaigns is not None and not self._in_campaigns(view, self.campaigns):
            return False
        asks = (self.units, self.activity, self.kind)
        return all(asked is None for asked in asks) or any(self._takes(item) for item in view.submissions)

    def _in_campaigns(self, view: MessageView, wanted: frozenset[str]) -> bool:
        mine = {item.campaign for item in view.submissions if item.campaign is not None}
        return bool(mine & wanted) if mine else self.of_none

    def _takes(self, item: SubmissionView) -> bool:
        return (
            (self.campaigns is None or item.campaign in self.campaigns)
            and (self.units is None or (item.campaign, item.unit) in self.units)
            and self.kind in (None, item.kind)
            and (self.activity is None or self.activity in item.activities)
        )


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges submissions with the campaigns and decisions of today."""

    contexts: Mapping[str, CampaignContext]
    standing: Standing
    by_message: Mapping[str, tuple[FiledSubmission, ...]]
    superseded_by: Mapping[tuple[str, str | None], str]

    def seen(self, view: MessageView) -> MessageView:
        """The message with on-time marks, unit names and corrections."""
        return replace(view, submissions=tuple(self._judged(item, view) for item in view.submissions))

    def _judged(self, item: SubmissionView, view: MessageView) -> SubmissionView:
        context = self.contexts.get(item.campaign or "")
        unit = context.roster.unit(item.unit) if context and item.unit else None
        return replace(
            item,
            unit_name=unit.name if unit else item.unit_name,
            on_time=self._on_time(item, view, context) if context else None,
            superseded_by=self.superseded_by.get((view.id, item.unit)),
        )

    def _on_time(self, item: SubmissionView, view: MessageView, context: CampaignContext) -> bool | None:
        requirement = _requirement(context, item)
        due = deadline(context, requirement, item.unit or "", self.standing)
        filed = next((other for other in self.by_message.get(view.id, ()) if other.id == item.id), None)
        received = first_received(filed, self.by_message) if filed else view.received_at
        return None if due is None else received <= due


def judge(contexts: Iterable[CampaignContext], standing: Standing, filed: Sequence[FiledSubmission]) -> Judge:
    """A judge who knows all submissions."""
    by_message: dict[str, tuple[FiledSubmission, ...]] = {}
    for item in filed:
        by_message[item.message] = (*by_message.get(item.message, ()), item)
    return Judge({context.campaign.id: context for context in contexts}, standing, by_message, replaced(filed))


def all_views(session: Session, judged_by: Judge, wanted: Wanted, with_content: bool = True) -> list[MessageView]:
    """Messages and manual entries that match, by time of receipt, then id."""
    ids = messages.message_ids(session, wanted.until)
    light = [view for view in messages.views(session, ids, with_content=False) if wanted.takes(view)]
    chosen = messages.views(session, [view.id for view in light]) if with_content else light
    return [judged_by.seen(view) for view in chosen]


def _requirement(context: CampaignContext, item: SubmissionView) -> Requirement:
    found = context.campaign.requirement(item.requirement or "")
    if found is not None:
        return found
    of_kind = (asked for asked in context.campaign.requirements if asked.kind == item.kind)
    return next(of_kind, Requirement("", "", item.kind, None, "", required=False))
