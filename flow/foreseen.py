"""What a rebuild would change, in words: a line a message with what changes below it, then the numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from digest.speech import clean
from flow.dry_run import Change, Field, Foreseen
from flow.export import Form
from flow.listing import KIND, NO, STATUS, YES
from records.boards import Board
from records.words import Language, Text

NAMES: dict[Field, Text] = {
    "status": Text("状态", "status"),
    "reason": Text("原因", "reason"),
    "report": Text("材料状态", "report"),
    "campaign": Text("报送任务", "campaign"),
    "unit": Text("单位", "unit"),
    "kind": Text("类型", "kind"),
    "requirement": Text("报送要求", "requirement"),
    "activities": Text("活动", "activities"),
    "figures": Text("数据", "figures"),
    "on_time": Text("按时", "on time"),
    "supersedes": Text("更正", "supersedes"),
}
VALUES = {**STATUS, **KIND, "true": YES, "false": NO}
OF_REPORT = Text("第{place}份{name}", "{name} of report {place}")
NOTHING = Text(
    "重新判断了 {count} 封邮件，归类与现在完全一致：rebuild 不会改变什么",
    "{count} messages judged anew, all as they stand: a rebuild would change nothing",
)
SUMMARY = Text(
    "重新判断了 {count} 封邮件：{changed} 封会改变（{fields}），其余不变",
    "{count} messages judged anew: {changed} would change ({fields}), all others stay",
)
FIELD_COUNT = Text("{name} {count}", "{name} {count}")
SAME_MAIL = Text(
    "重新判断了 {count} 封邮件，归类不变；名册或任务的改动会使上列数字改变",
    "{count} messages judged anew, all as they stand; the changed roster or campaign changes the numbers above",
)
KEPT = Text(
    "另有 {count} 封不重新判断（没有读成、带密级标志，或文件缺失），保持原样",
    "{count} more stay as they are: never read, marked secret, or their files are gone",
)
NOT_DONE = Text("以上只是预告，没有改动任何数据；照此执行请运行 rebuild", "nothing was changed; rebuild makes it so")
BOARD = Text("{campaign} {what}：{numbers}", "{campaign} {what}: {numbers}")
NUMBERS = {
    "due": Text("截止", "due"),
    "expected": Text("应报", "expected"),
    "received": Text("已报", "received"),
    "waiting": Text("待复核", "waiting"),
    "missing": Text("未报", "missing"),
    "late": Text("迟报", "late"),
}
OTHERS = Text("单位有变", "other units")


def foreseen_lines(foreseen: Foreseen, form: Form) -> Iterator[str]:
    """The whole report, calm where nothing changes."""
    for change in foreseen.changes:
        yield from _change_lines(change, form)
    for old, new in foreseen.boards:
        yield _board_line(old, new, form)
    counted = Counter(name for change in foreseen.changes for name in {field.split()[0] for field, *_ in change.fields})
    numbers = [FIELD_COUNT.fill(name=NAMES[name], count=counted[name]) for name in NAMES if counted[name]]
    said = _joined([one.say(form.language) for one in numbers], form.language)
    summary = SUMMARY.fill(count=foreseen.messages, changed=len(foreseen.changes), fields=said)
    unchanged = (SAME_MAIL if foreseen.boards else NOTHING).fill(count=foreseen.messages)
    yield (summary if foreseen.changes else unchanged).say(form.language)
    if foreseen.kept:
        yield KEPT.fill(count=foreseen.kept).say(form.language)
    if foreseen.changes or foreseen.boards:
        yield NOT_DONE.say(form.language)


def _change_lines(change: Change, form: Form) -> Iterator[str]:
    view = change.view
    received = view.received_at.astimezone(form.zone).strftime("%m-%d %H:%M")
    sender = clean(view.sender_name or view.sender, 60)
    yield f"{view.id[:12]}  {received}  {sender}  {clean(view.subject, 80)}"
    for field, old, new in change.fields:
        name, _, place = field.partition(" ")
        told = OF_REPORT.fill(place=place, name=NAMES[name]) if place else NAMES[name]
        yield f"    {told.say(form.language)}: {_value(old, form.language)} → {_value(new, form.language)}"


def _value(value: str, language: Language) -> str:
    return clean(VALUES[value].say(language) if value in VALUES else value or "—", 200)


def _board_line(old: Board | None, new: Board | None, form: Form) -> str:
    board = new or old
    assert board is not None
    before, after = _numbers(old, form), _numbers(new, form)
    moved = [
        f"{text.say(form.language)} {before.get(name, '—')} → {after.get(name, '—')}"
        for name, text in NUMBERS.items()
        if before.get(name) != after.get(name)
    ]
    numbers = _joined(moved or [OTHERS.say(form.language)], form.language)
    what = board.requirement.what
    return BOARD.fill(campaign=board.campaign.id, what=what, numbers=numbers).say(form.language)


def _numbers(board: Board | None, form: Form) -> dict[str, str]:
    if board is None:
        return {}
    due = board.requirement.due
    states = {name: str(len(board.in_state(name))) for name in ("received", "waiting", "missing")}
    said = due.astimezone(form.zone).strftime("%m-%d %H:%M") if due else "—"
    return {"due": said, "expected": str(board.expected), "late": str(len(board.late)), **states}


def _joined(parts: list[str], language: Language) -> str:
    return ("，" if language == "zh" else ", ").join(parts)
