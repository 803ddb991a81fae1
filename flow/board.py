"""How a requirement stands at a moment: who has reported, who waits, who is missing (DESIGN: What is owed). Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from filing.requirements import applies_to
from flow.standing import Standing
from records.boards import Board, Obligation
from records.campaigns import CampaignContext, Requirement
from records.filings import FiledSubmission
from records.units import Membership, Unit


@dataclass(frozen=True, slots=True)
class Receipts:
    """A campaign's submissions up to a moment, by unit."""

    by_unit: Mapping[str, tuple[FiledSubmission, ...]]
    by_message: Mapping[str, tuple[FiledSubmission, ...]]

    def of(self, unit: str) -> tuple[FiledSubmission, ...]:
        """The unit's submissions, oldest first."""
        return self.by_unit.get(unit, ())


def receipts(context: CampaignContext, submissions: Iterable[FiledSubmission], as_of: datetime) -> Receipts:
    """Sort a campaign's submissions received by ``as_of``."""
    by_unit: defaultdict[str, list[FiledSubmission]] = defaultdict(list)
    by_message: defaultdict[str, list[FiledSubmission]] = defaultdict(list)
    for item in submissions:
        if item.submission.campaign == context.campaign.id and item.received_at <= as_of:
            by_unit[item.submission.unit or ""].append(item)
            by_message[item.message].append(item)
    return Receipts(_frozen(by_unit), _frozen(by_message))


def board(
    context: CampaignContext,
    requirement: Requirement,
    submissions: Iterable[FiledSubmission],
    standing: Standing,
    as_of: datetime,
) -> Board:
    """The board of one requirement at ``as_of``: receipts up to then, judged with all decisions in force."""
    sheet = _Sheet(context, requirement, receipts(context, submissions, as_of), standing)
    day = as_of.astimezone(ZoneInfo(context.timezone)).date()
    owing = [
        sheet.obligation(unit, membership)
        for membership in context.roster.memberships
        if membership.covers(day)
        and (unit := context.roster.unit(membership.unit)) is not None
        and applies_to(requirement, unit, context.roster)
    ]
    return Board(as_of, context.campaign, requirement, tuple(owing))


def boards(
    context: CampaignContext, submissions: Iterable[FiledSubmission], standing: Standing, as_of: datetime
) -> tuple[Board, ...]:
    """The boards of all required requirements with a deadline."""
    listed = tuple(submissions)
    asked = [item for item in context.campaign.requirements if item.required and item.due is not None]
    return tuple(board(context, item, listed, standing, as_of) for item in asked)


def deadline(context: CampaignContext, requirement: Requirement, unit: str, standing: Standing) -> datetime | None:
    """A unit's own deadline, extension included; without one in the notice, the end of the campaign's period."""
    due = requirement.due
    if due is None and context.campaign.period is not None:
        due = datetime.combine(context.campaign.period.to, time(23, 59, 59), ZoneInfo(context.timezone))
    extended = standing.extended_until(context.campaign.id, unit, requirement.id)
    return max((moment for moment in (due, extended) if moment is not None), default=None)


def first_received(item: FiledSubmission, by_message: Mapping[str, Sequence[FiledSubmission]]) -> datetime:
    """When the report was first received: a correction keeps the on-time mark of the report that it corrects (R22).

    What nobody could open was no report, so a re-send of it stands for itself.
    """
    seen, received_at = {item.id}, item.received_at
    while item.supersedes is not None:
        earlier = _same_unit(by_message.get(item.supersedes, ()), item)
        if earlier is None or earlier.id in seen or not _was_a_report(earlier):
            break
        seen.add(earlier.id)
        item = earlier
        if item.submission.status != "review":  # one that waits hands on what it corrects, no time of its own
            received_at = item.received_at
    return received_at


def replaced(submissions: Sequence[FiledSubmission]) -> dict[tuple[str, str | None], str]:
    """(message, unit) → the accepted message that stands in its place; what such a one corrects by way of one that is
    not accepted is replaced as well.
    """
    targets = {(item.message, item.submission.unit): item.supersedes for item in submissions if item.supersedes}
    found: dict[tuple[str, str | None], str] = {}
    for item in submissions:
        if item.submission.status != "filed":
            continue
        share = (item.message, item.submission.unit)
        while (target := targets.get(share)) is not None and (target, share[1]) not in found:
            share = (target, share[1])
            found[share] = item.message
    return found


def counts(item: FiledSubmission, requirement: Requirement) -> bool:
    """Whether a submission answers the requirement: filed, confirmed or recorded by hand."""
    return item.submission.status == "filed" and item.submission.requirement == requirement.id


def activity_counts(
    context: CampaignContext, submissions: Iterable[FiledSubmission], as_of: datetime
) -> tuple[tuple[str, int], ...]:
    """How many units did each activity, by what they reported."""
    known = receipts(context, submissions, as_of)
    done = [_activities(items) for unit, items in known.by_unit.items() if unit]
    return tuple((item.id, sum(item.id in ids for ids in done)) for item in context.campaign.activities)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What a requirement's obligations are judged from."""

    context: CampaignContext
    requirement: Requirement
    known: Receipts
    standing: Standing

    def obligation(self, unit: Unit, membership: Membership) -> Obligation:
        """One unit's share."""
        campaign, asked = self.context.campaign, self.requirement
        items = self.known.of(unit.code)
        due = deadline(self.context, asked, unit.code, self.standing)
        answers = (item for item in items if counts(item, asked))
        received = min((first_received(item, self.known.by_message) for item in answers), default=None)
        waits = any(_waits(item, asked) for item in items)
        exempt = membership.exempt or self.standing.is_exempt(campaign.id, unit.code, asked.id)
        done = _activities(items)
        return Obligation(
            unit=unit,
            requirement=asked.id,
            state="exempt" if exempt else "received" if received else "waiting" if waits else "missing",
            due=due,
            received_at=received,
            late=received is not None and due is not None and received > due,
            last_heard=max((item.received_at for item in items), default=None),
            promised=self.standing.promised(campaign.id, unit.code, asked.id),
            extended_until=self.standing.extended_until(campaign.id, unit.code, asked.id),
            activities_without_evidence=tuple(
                item.id for item in campaign.activities if item.required and item.id not in done
            ),
        )


def _waits(item: FiledSubmission, requirement: Requirement) -> bool:
    """Whether the unit's report may lie with a person: it is not reminded meanwhile."""
    under_review = item.submission.status == "review" and item.message_status == "review"
    return under_review and item.submission.requirement == requirement.id


def _activities(items: Iterable[FiledSubmission]) -> frozenset[str]:
    return frozenset(id_ for item in items if item.submission.status == "filed" for id_ in item.submission.activities)


def _was_a_report(item: FiledSubmission) -> bool:
    """Whether what is corrected was a report: taken back or unreadable, it was none."""
    if item.submission.status == "withdrawn" or item.message_status == "unreadable":
        return False
    return item.submission.status != "review" or item.supersedes is not None


def _same_unit(candidates: Sequence[FiledSubmission], item: FiledSubmission) -> FiledSubmission | None:
    return next((other for other in candidates if other.submission.unit == item.submission.unit), None)


def _frozen(groups: Mapping[str, list[FiledSubmission]]) -> dict[str, tuple[FiledSubmission, ...]]:
    return {key: tuple(items) for key, items in groups.items()}
