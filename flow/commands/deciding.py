"""Commands by which people decide: review, record, exempt, extend, promise, close, undo."""

from __future__ import annotations

import getpass
import hashlib
import os
from collections.abc import Callable
from math import isfinite
from pathlib import Path

from flow.apply import apply_decisions
from flow.campaigns import Writer, choose
from flow.commands.desk import Arguments, Desk
from flow.consequences import consequences, outlines
from flow.decide import (
    decide,
    existing_submission,
    find_submission,
    requirement_id,
    snapshot,
    undoable,
    unit_code,
)
from flow.moments import day, moment
from flow.office import Office
from flow.process import process_pending
from records.campaigns import Campaign, CampaignContext
from records.decisions import (
    Action,
    Assign,
    Close,
    Decision,
    Exempt,
    Extend,
    Promise,
    Record,
    Reject,
    Return,
    SaveLink,
    Undo,
    Withdraw,
)
from records.errors import ArchiveBusy, UsageError
from records.filings import Filing, Submission
from records.words import Text
from storage import messages
from storage.catalogue import target_of
from storage.faults import step

DONE = Text("已记录决定 {id}", "decision {id} is recorded")
QUEUED = Text(
    "已记录决定 {id}，正在运行的服务马上执行", "decision {id} is recorded; the running service carries it out at once"
)
BAD_FIGURE = Text(
    "--figure 应写成 名称=数字（或 名称= 删除），如 participants=320：{text}",
    "--figure is NAME=NUMBER (or NAME= to take it away), such as participants=320: {text}",
)
NO_FILE = Text("读不到文件 {path}（{why}）", "the file {path} cannot be read ({why})")
NO_ACTIVITY = Text("报送任务 {campaign} 没有活动 {activity}", "the campaign {campaign} has no activity {activity}")
NO_MEASURE = Text(
    "报送任务 {campaign} 没有指标 {name}；可用的名称：{names}",
    "the campaign {campaign} has no measure {name}; it has {names}",
)
FULL_WIDTH = str.maketrans("＝０１２３４５６７８９．，", "=0123456789.,")
BAD_VALUE = Text("数据不能是负数：{text}", "a figure cannot be negative: {text}")
NO_LINK = Text("邮件 {id} 没有第 {place} 个超大附件链接", "the message {id} has no linked file number {place}")
NO_UNIT_YET = Text("这份材料还没有确定单位：请加 --unit", "this submission has no unit yet: add --unit")

Made = tuple[Action, str]  # with what stood there before
Make = Callable[[Desk, Office, Arguments], Made]


def carry_out(make: Make) -> Callable[[Desk, Arguments], int]:
    """A command that writes the decision that ``make`` gives, and lays it over unless the daemon will."""

    def run(desk: Desk, args: Arguments) -> int:
        with desk.reading() as office:
            stood = outlines(office)
            action, before = make(desk, office, args)
            who = _who(desk, args)
            decision = decide(office.archive, action, who, before, _after(office, action, who))
        try:
            with desk.writing() as office:  # opening it laid the decision over
                if isinstance(decision.action, SaveLink | Undo):  # a linked file has its message read anew
                    with desk.reader(office.archive) as reader:
                        process_pending(office, reader)
                desk.say(DONE.fill(id=decision.id))
                for text in consequences(office, decision.id, target_of(decision.action), stood):
                    desk.say(text)
        except ArchiveBusy:
            desk.say(QUEUED.fill(id=decision.id))
        return 0

    return run


def _after(office: Office, action: Action, who: Writer) -> str:
    """What will stand there, for the journal."""
    if not isinstance(action, Assign | Return | Withdraw):
        return ""
    message = action.submission.rpartition("/")[0]
    with office.archive.database.session() as session:
        found = messages.found_filing(session, message) or Filing("filed")
    earlier = office.standing.by_message.get(message, ())
    now = apply_decisions(found, earlier, office.campaigns)
    later = apply_decisions(now, (Decision("", who.at, who.by, who.channel, action),), office.campaigns)
    changed = [item for item in later.submissions if item not in now.submissions]
    return snapshot(changed[0] if changed else None)


def assign(desk: Desk, office: Office, args: Arguments) -> Made:
    """review assign."""
    message, place = find_submission(office, args.id)
    found = _submission_at(office, message, place)
    campaign = args.campaign or (found.campaign if found else None)
    context = choose(office.contexts, campaign)
    id_ = context.campaign.id
    for activity in args.activity or ():
        if activity not in {item.id for item in context.campaign.activities}:
            raise UsageError(NO_ACTIVITY.fill(campaign=id_, activity=activity))
    action = Assign(
        submission=f"{message}/{place}",
        campaign=id_,
        unit=unit_code(office, id_, args.unit or _unit_found(office, found, id_)),
        kind=args.kind or (found.kind if found else None),
        requirement=requirement_id(office, id_, args.requirement),
        activities=tuple(args.activity) if args.activity else None,
        figures=tuple(_figure(text, context.campaign) for text in args.figure or ()),
    )
    return action, snapshot(found)


def _unit_found(office: Office, found: Submission | None, campaign: str) -> str:
    """The unit that the decision confirms, so that the journal says it whatever later versions find.

    In another campaign the same code may mean another unit: there it goes by its name. Raises UsageError.
    """
    if found is None or found.unit is None:
        raise UsageError(NO_UNIT_YET)
    if found.campaign == campaign:
        return found.unit
    context = next((item for item in office.contexts if item.campaign.id == found.campaign), None)
    unit = context.roster.unit(found.unit) if context else None
    if unit is None:
        raise UsageError(NO_UNIT_YET)
    return unit.name


def reject(desk: Desk, office: Office, args: Arguments) -> Made:
    """review reject."""
    message, place = find_submission(office, args.id)
    return Reject(message), snapshot(_submission_at(office, message, place))


def send_back(desk: Desk, office: Office, args: Arguments) -> Made:
    """review return."""
    id_, found = existing_submission(office, args.id)
    return Return(id_), snapshot(found)


def withdraw(desk: Desk, office: Office, args: Arguments) -> Made:
    """review withdraw."""
    id_, found = existing_submission(office, args.id)
    return Withdraw(id_), snapshot(found)


def save_link(desk: Desk, office: Office, args: Arguments) -> Made:
    """review link: somebody has fetched a linked file, or nobody needs to."""
    message, place = find_submission(office, args.id)
    with office.archive.database.session() as session:
        links = messages.views(session, [message], with_content=False)[0].cloud_links
    if place > len(links):
        raise UsageError(NO_LINK.fill(id=message[:12], place=place))
    file = Path(args.file) if args.file else None
    kept = office.archive.kept.keep(_octets(file)) if file else None
    return SaveLink(message, links[place - 1].id, kept, file.name if file else None), ""


def record(desk: Desk, office: Office, args: Arguments) -> Made:
    """A report that came by telephone, paper or chat."""
    context, unit = _share(office, args)
    requirement = _requirement(office, context, args)
    asked = context.campaign.requirement(requirement) if requirement else None
    received_at = moment(args.at, desk.zone)
    file = Path(args.file) if args.file else None
    identity = f"{context.campaign.id}/{unit}/{requirement}/{received_at}/{args.channel}/{len(office.decisions)}"
    action = Record(
        id=f"m-{hashlib.sha256(identity.encode()).hexdigest()[:16]}",
        campaign=context.campaign.id,
        unit=unit,
        received_at=received_at,
        channel=args.channel,
        kind=asked.kind if asked else "summary",
        requirement=requirement,
        file_sha256=_keep(office, file) if file else None,
        filename=file.name if file else None,
    )
    return action, ""


def exempt(desk: Desk, office: Office, args: Arguments) -> Made:
    """The unit need not report."""
    context, unit = _share(office, args)
    return Exempt(context.campaign.id, unit, _requirement(office, context, args)), ""


def extend(desk: Desk, office: Office, args: Arguments) -> Made:
    """The unit may report later."""
    context, unit = _share(office, args)
    return Extend(context.campaign.id, unit, moment(args.until, desk.zone), _requirement(office, context, args)), ""


def promise(desk: Desk, office: Office, args: Arguments) -> Made:
    """The unit promised its report for a day."""
    context, unit = _share(office, args)
    return Promise(context.campaign.id, unit, day(args.date), _requirement(office, context, args)), ""


def close(desk: Desk, office: Office, args: Arguments) -> Made:
    """The campaign is over."""
    return Close(choose(office.contexts, args.campaign).campaign.id), ""


def undo(desk: Desk, office: Office, args: Arguments) -> Made:
    """Take a decision back."""
    return Undo(undoable(office, args.decision).id), ""


def _who(desk: Desk, args: Arguments) -> Writer:
    return Writer(args.by or login_name(), "command", desk.now(), args.note or "")


def login_name() -> str:
    """Who is logged in; a service account without a name is told by its number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def _submission_at(office: Office, message: str, place: int) -> Submission | None:
    """What stands there, or None for the place behind the last: a message can carry more than the service found."""
    try:
        return existing_submission(office, f"{message}/{place}")[1]
    except UsageError:
        if place > 1:
            existing_submission(office, f"{message}/{place - 1}")
        return None


def _share(office: Office, args: Arguments) -> tuple[CampaignContext, str]:
    context = choose(office.contexts, args.campaign)
    return context, unit_code(office, context.campaign.id, args.unit)


def _requirement(office: Office, context: CampaignContext, args: Arguments) -> str | None:
    return requirement_id(office, context.campaign.id, args.requirement)


def _figure(text: str, campaign: Campaign) -> tuple[str, float | None]:
    """NAME=NUMBER, by the measure's name or what the campaign calls it; NAME= takes it away. Raises UsageError."""
    called, equals, stated = (part.strip() for part in text.translate(FULL_WIDTH).partition("="))
    if not (called and equals):
        raise UsageError(BAD_FIGURE.fill(text=text))
    named = [measure.name for measure in campaign.measures if called in (measure.name, measure.label)]
    if not named:
        names = ", ".join(f"{measure.name} ({measure.label})" for measure in campaign.measures)
        raise UsageError(NO_MEASURE.fill(campaign=campaign.id, name=called, names=names))
    return named[0], _value(stated, text) if stated else None


def _value(stated: str, text: str) -> float:
    try:
        value = float(stated.replace(",", ""))
    except ValueError as error:
        raise UsageError(BAD_FIGURE.fill(text=text)) from error
    if not isfinite(value):
        raise UsageError(BAD_FIGURE.fill(text=text))
    if value < 0:
        raise UsageError(BAD_VALUE.fill(text=text))
    return value


def _keep(office: Office, file: Path) -> str:
    octets = _octets(file)
    with step("keep record"):
        return office.archive.kept.keep(octets)


def _octets(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(NO_FILE.fill(path=path, why=error.strerror or error)) from error
