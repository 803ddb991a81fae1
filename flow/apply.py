"""What a person decided, laid over what the service found. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from records.campaigns import Campaign, Kind
from records.decisions import Assign, Decision, Record, Reject, Return, Withdraw
from records.filings import Evidence, Figure, Filing, MessageStatus, Submission, SubmissionStatus

NO_CAMPAIGN_YET = Submission("review", None, None, "material", None, 0.0)


def apply_decisions(found: Filing, decisions: Iterable[Decision], campaigns: Sequence[Campaign]) -> Filing:
    """The filing of a message after the decisions about it, in their order."""
    filing = found
    for decision in decisions:
        match decision.action:
            case Reject():
                filing = Filing("not_a_report", "rejected", evidence=filing.evidence)
            case Assign() as action:
                filing = _assign(filing, action, decision, campaigns)
            case Return(submission=id_):
                filing = _mark(filing, id_, "returned", decision.by)
            case Withdraw(submission=id_):
                filing = _mark(filing, id_, "withdrawn", decision.by)
            case _:
                raise AssertionError(f"{decision.action.type} is not about a message")
    return filing


def recorded(action: Record, by: str, campaigns: Sequence[Campaign]) -> Filing:
    """The filing of a report that came by telephone, paper or chat."""
    requirement = action.requirement or requirement_for(campaigns, action.campaign, action.kind)
    parts = (action.file_sha256,) if action.file_sha256 else ()
    submission = Submission("filed", action.campaign, action.unit, action.kind, requirement, 1.0, parts=parts)
    return Filing("filed", submissions=(replace(submission, decided_by=by),))


def requirement_for(campaigns: Sequence[Campaign], campaign: str | None, kind: Kind) -> str | None:
    """The first requirement of a campaign that asks for this kind."""
    of_campaign = (item for item in campaigns if item.id == campaign)
    return next((asked.id for item in of_campaign for asked in item.requirements if asked.kind == kind), None)


def status_of(submissions: Sequence[Submission]) -> MessageStatus:
    """What a message's status says of its submissions."""
    return "review" if any(item.status == "review" for item in submissions) else "filed"


def _assign(filing: Filing, action: Assign, decision: Decision, campaigns: Sequence[Campaign]) -> Filing:
    place = int(action.submission.rpartition("/")[2]) - 1
    submissions = list(filing.submissions)
    base = submissions[place] if place < len(submissions) else NO_CAMPAIGN_YET
    decided = _decided(base, action, decision, campaigns)
    if place < len(submissions):
        submissions[place] = decided
    else:
        submissions.append(decided)
    kept = [item for item in submissions if item is decided or not _rivals(filing.submissions, base, item)]
    return replace(filing, status=status_of(kept), reason=None, explanation=None, submissions=tuple(kept))


def _decided(base: Submission, action: Assign, decision: Decision, campaigns: Sequence[Campaign]) -> Submission:
    campaign = action.campaign or base.campaign or (campaigns[0].id if len(campaigns) == 1 else None)
    kind = action.kind or base.kind
    same = campaign == base.campaign
    requirement = action.requirement or (
        base.requirement
        if same and kind == base.kind and base.requirement
        else requirement_for(campaigns, campaign, kind)
    )
    figures = _figures(base.figures if same else (), action, decision)
    settled = {"unit", "kind"} | ({"activities"} if action.activities is not None else set())
    settled |= {"figures"} if action.figures and not any(figure.doubtful for figure in figures) else set()
    return replace(
        base,
        status="filed",
        campaign=campaign,
        unit=action.unit or base.unit,
        kind=kind,
        requirement=requirement,
        confidence=1.0,
        activities=action.activities if action.activities is not None else base.activities if same else (),
        figures=figures,
        doubtful=tuple(item for item in base.doubtful if item not in settled),
        decided_by=decision.by,
        alternative=False,
    )


def _figures(found: Sequence[Figure], action: Assign, decision: Decision) -> tuple[Figure, ...]:
    """A person's values in place of those that were found, with who says so and why."""
    said = dict(action.figures)
    said_by = f"{decision.by}：{decision.note}" if decision.note else decision.by
    kept = [figure for figure in found if figure.measure not in said]
    given = [
        Figure(name, value, Evidence(f"figure:{name}", "decision", said_by))
        for name, value in said.items()
        if value is not None
    ]
    return tuple(kept + given)


def _rivals(group: Sequence[Submission], chosen: Submission, item: Submission) -> bool:
    """Whether ``item`` was a suggestion for the same report as the one now decided."""
    return item.status == "review" and item is not chosen and _head(group, item) is _head(group, chosen)


def _head(group: Sequence[Submission], item: Submission) -> Submission | None:
    """The first suggestion of the report that ``item`` belongs to."""
    head: Submission | None = None
    for member in group:
        if not member.alternative:
            head = member
        if member is item:
            return head
    return None


def _mark(filing: Filing, id_: str, status: SubmissionStatus, by: str) -> Filing:
    place = int(id_.rpartition("/")[2]) - 1
    submissions = tuple(
        replace(item, status=status, decided_by=by) if number == place else item
        for number, item in enumerate(filing.submissions)
    )
    kept = tuple(item for number, item in enumerate(submissions) if number == place or not item.alternative)
    return replace(filing, status=status_of(kept), submissions=kept)
