"""People's decisions: written into the journal first, then laid over the archive."""

from __future__ import annotations

import json
from dataclasses import replace

from flow.campaigns import Writer, append_decisions
from flow.office import Office
from records.decisions import Action, Decision, Undo, Version
from records.errors import UsageError
from records.filings import Submission, Trace
from records.words import Text
from storage import messages
from storage.archive import Archive
from storage.values import to_json

MIN_PREFIX = 8
NOT_FOUND = Text(
    "没有以 {id} 开头的邮件：用 review list 或 submissions 查看编号",
    "No message begins with {id}: see review list or submissions for the ids",
)
AMBIGUOUS = Text("{id} 对应多封邮件：请多写几位", "{id} fits several messages: write more of it")
TOO_SHORT = Text("编号 {id} 太短：至少写前 8 位", "The id {id} is too short: write at least its first 8 characters")
BAD_PLACE = Text("{id} 没有第 {place} 份报送材料", "{id} has no submission number {place}")
NO_UNIT = Text(
    "报送任务 {campaign} 的名册里没有 {unit}：请写单位编码或名册里的名称",
    "The roster of {campaign} has no {unit}: write a unit's code or a name from the roster",
)
NO_REQUIREMENT = Text(
    "报送任务 {campaign} 没有报送要求 {requirement}；现有：{known}",
    "The campaign {campaign} has no requirement {requirement}; there are: {known}",
)
NO_DECISION = Text("没有决定 {id}，或它已被撤销", "There is no decision {id}, or it was undone already")


def decide(archive: Archive, action: Action, who: Writer, before: str = "", after: str = "") -> Decision:
    """Write one decision; durable when this returns. flow.opening lays it over, at once or in the daemon."""
    (decision,) = append_decisions(archive, [action], who, before=before, after=after)
    return decision


def find_submission(office: Office, id_: str) -> tuple[str, int]:
    """(message id, place from 1) for ``<prefix of at least 8>[/2]``. Raises UsageError."""
    prefix, _, place = id_.partition("/")
    if len(prefix) < MIN_PREFIX:
        raise UsageError(TOO_SHORT.fill(id=prefix))
    with office.archive.database.session() as session:
        found = messages.find_by_prefix(session, prefix)
    if len(found) != 1:
        raise UsageError((AMBIGUOUS if found else NOT_FOUND).fill(id=prefix))
    if place and not (place.isascii() and place.isdigit() and int(place)):
        raise UsageError(BAD_PLACE.fill(id=prefix, place=place))
    return found[0], int(place or 1)


def existing_submission(office: Office, id_: str) -> tuple[str, Submission]:
    """The submission of that id, whole id first. Raises UsageError."""
    message, place = find_submission(office, id_)
    with office.archive.database.session() as session:
        of_message = messages.filed_submissions(session, message=message)
        filed = [item for item in of_message if item.id == f"{message}/{place}"]
    if not filed:
        raise UsageError(BAD_PLACE.fill(id=message[:12], place=place))
    return filed[0].id, filed[0].submission


def snapshot(submission: Submission | None) -> str:
    """What stood there before a decision, for the journal."""
    bare = None if submission is None else replace(submission, trace=Trace())
    return "" if bare is None else json.dumps(to_json(Submission, bare), ensure_ascii=False)


def unit_code(office: Office, campaign: str, unit: str) -> str:
    """A unit's code, given its code or one of its names. Raises UsageError."""
    context = next(item for item in office.contexts if item.campaign.id == campaign)
    for known in context.roster.units:
        if unit == known.code or unit in known.names:
            return known.code
    raise UsageError(NO_UNIT.fill(campaign=campaign, unit=unit))


def requirement_id(office: Office, campaign: str, requirement: str | None) -> str | None:
    """The id of a requirement that the campaign has; None stays None. Raises UsageError."""
    context = next(item for item in office.contexts if item.campaign.id == campaign)
    if requirement is not None and context.campaign.requirement(requirement) is None:
        known = "、".join(item.id for item in context.campaign.requirements)
        raise UsageError(NO_REQUIREMENT.fill(campaign=campaign, requirement=requirement, known=known))
    return requirement


def undoable(office: Office, id_: str) -> Decision:
    """A decision in force that can be taken back. Raises UsageError."""
    undone = {item.action.decision for item in office.decisions if isinstance(item.action, Undo)}
    for item in office.decisions:
        if item.id == id_ and not isinstance(item.action, Version) and id_ not in undone:
            return item
    raise UsageError(NO_DECISION.fill(id=id_))
