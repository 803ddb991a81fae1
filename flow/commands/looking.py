"""Commands that only look: missing, submissions, search, review list and show."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from flow.campaigns import NONE_OPEN, campaigns_asked, listed
from flow.commands.desk import Arguments, Desk
from flow.decide import requirement_id, unit_code
from flow.export import boards_json
from flow.figures import figures_of
from flow.learning import learnt_of
from flow.listing import (
    as_csv,
    as_xlsx,
    learnt_rows,
    missing_rows,
    place_text,
    submission_rows,
    table,
    total_rows,
    unit_figure_rows,
)
from flow.moments import moment
from flow.office import Office
from flow.reminders import boards_of, reminded
from flow.search import Found, search
from flow.standing import in_force
from flow.views import Wanted, all_views
from records.boards import Board
from records.campaigns import CampaignContext
from records.decisions import Decision, Version
from records.errors import UsageError
from records.words import Text
from storage.catalogue import target_of

SUBMISSIONS = Text("收件清单", "Submissions")
COUNTS = Text(
    "{title}（{id}，{requirement}）：应报 {expected}，已报 {received}，待复核 {waiting}，"
    "未报 {missing}，免报 {exempt}，迟报 {late}",
    "{title} ({id}, {requirement}): expected {expected}, received {received}, waiting {waiting}, missing {missing}, "
    "exempt {exempt}, late {late}",
)
FIGURES_OF = Text("{title}（{id}）", "{title} ({id})")
NOTHING = Text("没有符合条件的内容", "nothing matches")
DECISION_HEAD = (
    Text("编号", "id"),
    Text("时间", "time"),
    Text("决定人", "by"),
    Text("决定", "decision"),
    Text("对象", "about"),
    Text("备注", "note"),
    Text("", ""),
)
LEARNT_HEAD = (
    Text("类别", "kind"),
    Text("单位", "unit"),
    Text("邮箱、名称或主题", "address, name or subject"),
    Text("依据", "rests on"),
    Text("怎么用", "how it counts"),
)
HOW_TO_UNLEARN = Text(
    "撤销一个决定（undo 编号），由它学到的随之作废，有关邮件重新归类。登记到名册的邮箱和名称不列在这里。",
    "undo a decision, and what it taught is gone and the mail filed anew. What the roster has is not listed here.",
)
UNDONE = Text("已撤销", "undone")


def run_missing(desk: Desk, args: Arguments) -> int:
    """Who has not reported, at a moment."""
    as_of = moment(args.as_of, desk.zone) if args.as_of is not None else desk.now()
    with desk.reading() as office:
        found: list[Board] = []
        contexts = reminded(listed(office.contexts, args.campaign))
        having = [item for item in contexts if args.requirement and item.campaign.requirement(args.requirement)]
        for context in having or contexts:
            requirement = requirement_id(office, context.campaign.id, args.requirement)
            found += boards_of(office, context, as_of, requirement)
    if args.format == "json":
        print(json.dumps(boards_json(desk.form, found), ensure_ascii=False, indent=1))
    elif args.format == "csv":
        _write_csv(as_csv(missing_rows(found, desk.form, with_board=True)))
    else:
        for board in found:
            states = {state: len(board.in_state(state)) for state in ("received", "waiting", "missing", "exempt")}
            numbers = {**states, "expected": board.expected, "late": len(board.late)}
            title, requirement = board.campaign.title, board.requirement.what
            desk.say(COUNTS.fill(title=title, id=board.campaign.id, requirement=requirement, **numbers))
            rows = missing_rows([board], desk.form)
            if len(rows) > 1:
                print(table(rows))
    return 0


def run_figures(desk: Desk, args: Arguments) -> int:
    """Each measure over all units with how many stated it, or with ``--unit`` what one unit stated."""
    as_of = moment(args.as_of, desk.zone) if args.as_of is not None else desk.now()
    with desk.reading() as office:
        contexts = listed(office.contexts, args.campaign)
        if not contexts:
            raise UsageError(NONE_OPEN)
        shares = _shares(office, contexts, args.unit) if args.unit is not None else None
        found = [figures_of(office, context, as_of, shares) for context in contexts]
    if args.format == "json":
        shown = [desk.form.figures(one) for one in found]
        print(json.dumps(shown[0] if len(shown) == 1 else shown, ensure_ascii=False, indent=1))
    elif args.format == "csv":
        _write_csv(as_csv(unit_figure_rows(found, desk.form)))
    else:
        for one in found:
            rows = unit_figure_rows([one], desk.form) if args.unit is not None else total_rows(one, desk.form)
            desk.say(FIGURES_OF.fill(title=one.context.campaign.title, id=one.context.campaign.id))
            print(table(rows) if len(rows) > 1 else NOTHING.say(desk.language))
    return 0


def run_submissions(desk: Desk, args: Arguments) -> int:
    """What was received, ordered by time of receipt."""
    with desk.reading() as office, office.archive.database.session() as session:
        wanted = wanted_by(desk, office, args)
        views = all_views(session, office.judge(session), wanted, with_content=args.format == "jsonl")
    if args.format == "jsonl":
        for view in views:
            print(json.dumps(desk.form.message(view), ensure_ascii=False))
        return 0
    rows = submission_rows(views, desk.form)
    if args.format == "csv":
        _write_csv(as_csv(rows))
    elif args.format == "xlsx":
        sys.stdout.buffer.write(as_xlsx(SUBMISSIONS.say(desk.language), rows, desk.now()))
    else:
        print(table(rows) if len(rows) > 1 else NOTHING.say(desk.language))
    return 0


def run_search(desk: Desk, args: Arguments) -> int:
    """Full text, newest first."""
    with desk.reading() as office:
        found = search(office, args.query, wanted_by(desk, office, args), args.limit)
    if args.format == "jsonl":
        for hit in found:
            print(json.dumps(_hit_json(desk, hit), ensure_ascii=False))
        return 0
    for hit in found:
        received = hit.received_at.astimezone(desk.zone).strftime("%Y-%m-%d %H:%M")
        where = place_text(hit.where, desk.language)
        place = f"{where}：{hit.filename}" if hit.filename else where
        print(table([[hit.raw_sha256[:12], received, hit.unit or "-", place], ["", "", "", hit.snippet]], widest=90))
    if not found:
        desk.say(NOTHING)
    return 0


def run_decisions(desk: Desk, args: Arguments) -> int:
    """What people decided, newest first: for ``undo``, and for whoever asks who did what."""
    with desk.reading() as office:
        force = {decision.id for decision in in_force(office.decisions)}
        rows = [
            _decision_row(desk, decision, decision.id in force)
            for decision in reversed(office.decisions)
            if not isinstance(decision.action, Version)
        ]
    heads = [head.say(desk.language) for head in DECISION_HEAD]
    print(table([heads, *rows]) if rows else NOTHING.say(desk.language))
    return 0


def run_learnt(desk: Desk, args: Arguments) -> int:
    """What is known beyond rosters: addresses, names, mail that is no report, each with what it rests on."""
    with desk.reading() as office, office.archive.database.session() as session:
        learnt = learnt_of(session, office)
    heads = [head.say(desk.language) for head in LEARNT_HEAD]
    rows = learnt_rows(learnt, desk.form)
    print(table([heads, *rows]) if rows else NOTHING.say(desk.language))
    if rows:
        desk.say(HOW_TO_UNLEARN)
    return 0


def _decision_row(desk: Desk, decision: Decision, counts: bool) -> list[str]:
    action = decision.action
    about = getattr(action, "unit", None) or target_of(action) or getattr(action, "decision", None) or ""
    return [
        decision.id,
        decision.at.astimezone(desk.zone).strftime("%Y-%m-%d %H:%M"),
        decision.by,
        action.type,
        about[:12],
        decision.note,
        "" if counts else UNDONE.say(desk.language),
    ]


def wanted_by(desk: Desk, office: Office, args: Arguments) -> Wanted:
    """The filters of a listing or search. Raises UsageError."""
    contexts = listed(office.contexts, args.campaign) or office.contexts
    return Wanted(
        campaigns=campaigns_asked(office.contexts, args.campaign),
        of_none=args.campaign is None,
        units=None if args.unit is None else _shares(office, contexts, args.unit),
        activity=args.activity,
        kind=args.kind,
        status=args.status,
        since=moment(args.since, desk.zone, end_of_day=False) if args.since is not None else None,
        until=moment(args.until, desk.zone) if args.until is not None else None,
    )


def _shares(office: Office, contexts: Sequence[CampaignContext], unit: str) -> frozenset[tuple[str, str]]:
    """(campaign, code) of a unit, by code or name, in all campaigns that know it. Raises UsageError where none does."""
    found: set[tuple[str, str]] = set()
    problem: UsageError | None = None
    for context in contexts:
        try:
            found.add((context.campaign.id, unit_code(office, context.campaign.id, unit)))
        except UsageError as error:
            problem = error
    if problem is not None and not found:
        raise problem
    return frozenset(found)


def _hit_json(desk: Desk, hit: Found) -> dict[str, object]:
    found: dict[str, object] = {
        "raw_sha256": hit.raw_sha256,
        "unit": hit.unit,
        "received_at": desk.form.time(hit.received_at),
        "subject": hit.subject,
        "where": hit.where,
        "snippet": hit.snippet,
    }
    return found | ({"filename": hit.filename} if hit.filename else {})


def _write_csv(content: str) -> None:
    """UTF-8 with a mark, as spreadsheets expect it."""
    sys.stdout.buffer.write(b"\xef\xbb\xbf" + content.encode())
