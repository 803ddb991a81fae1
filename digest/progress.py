"""What a digest says of requirements: progress, by category too, who is missing, who was late."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from digest.directory import Directory
from digest.pages import Block, Paragraph, Table
from digest.speech import bracketed, day_text, names_text, say
from digest.standing import by_category, due_text, excuses, pressing_boards, remaining, requirement_name
from records.boards import Board, Obligation
from records.words import Language

MOST_NAMES = 200  # of one category: a mail stays readable, the workbook holds all


def progress_line(board: Board, now: datetime, language: Language) -> str:
    """One sentence: 活动总结（6月30日 23:59 截止，还剩3天）：应报 51，已报 36，待复核 2，未报 13。"""
    assert board.requirement.due is not None, "only boards with a deadline press"
    return say(
        language,
        "{what}（{due} 截止，{left}）：应报 {expected}，已报 {received}，待复核 {waiting}，未报 {missing}。",
        "{what} (due {due}, {left}): {expected} expected, {received} received, {waiting} to review, {missing} missing.",
        what=requirement_name(board),
        due=due_text(board, now, language),
        left=remaining(board.requirement.due, now, language),
        expected=board.expected,
        received=board.received,
        waiting=len(board.in_state("waiting")),
        missing=len(board.in_state("missing")),
    )


def progress_blocks(boards: Sequence[Board], now: datetime, language: Language) -> tuple[Block, ...]:
    """A row a requirement; for those that press also a table by category."""
    if not boards:
        return ()
    rows = tuple((requirement_name(board), *_counts(board.obligations)) for board in boards)
    blocks: list[Block] = [Table((say(language, "报送要求", "requirement"), *_headings(language)), rows)]
    for board in pressing_boards(boards, now):
        groups = by_category(board.obligations, language)
        if len(groups) > 1:
            what = say(language, "{what}，按类别：", "{what}, by category:", what=requirement_name(board))
            rows = tuple((name, *_counts(group)) for name, group in groups.items())
            blocks += [Paragraph(what), Table((say(language, "类别", "category"), *_headings(language)), rows)]
    return tuple(blocks)


def missing_blocks(
    boards: Iterable[Board], now: datetime, directory: Directory, language: Language
) -> tuple[Block, ...]:
    """For each board the missing units' short names by category, with what is known of them."""
    blocks: list[Block] = []
    for board in boards:
        missing = board.in_state("missing")
        if missing:
            assert board.requirement.due is not None, "only boards with a deadline press"
            blocks.append(Paragraph(_missing_heading(board, now, language)))
        for name, group in by_category(missing, language).items():
            names = [_named(item, now, directory, language) for item in group]
            blocks.append(Paragraph(_category_line(name, names, language)))
    return tuple(blocks)


def late_blocks(boards: Iterable[Board], now: datetime, directory: Directory, language: Language) -> tuple[Block, ...]:
    """For each board the units that reported late, with the day."""
    blocks: list[Block] = []
    for board in boards:
        names = [
            bracketed(
                directory.short(item.unit.code),
                (day_text(item.received_at.astimezone(now.tzinfo).date(), language),),
                language,
            )
            for item in board.late
            if item.received_at is not None
        ]
        if names:
            blocks.append(Paragraph(_category_line(requirement_name(board), names, language)))
    return tuple(blocks)


def _headings(language: Language) -> tuple[str, ...]:
    zh = ("应报", "已报", "待复核", "未报", "迟报", "免报")
    en = ("expected", "received", "to review", "missing", "late", "exempt")
    return zh if language == "zh" else en


def _counts(obligations: Iterable[Obligation]) -> tuple[str, ...]:
    """Expected, received, waiting, missing, late, exempt."""
    items = tuple(obligations)
    states = [item.state for item in items]
    late = sum(item.late and item.state == "received" for item in items)
    counts = (
        len(states) - states.count("exempt"),
        states.count("received"),
        states.count("waiting"),
        states.count("missing"),
        late,
        states.count("exempt"),
    )
    return tuple(str(count) for count in counts)


def _missing_heading(board: Board, now: datetime, language: Language) -> str:
    assert board.requirement.due is not None, "only boards with a deadline press"
    return say(
        language,
        "{what}，未报 {count} 家（{left}）：",
        "{what}, {count} missing ({left}):",
        what=requirement_name(board),
        count=len(board.in_state("missing")),
        left=remaining(board.requirement.due, now, language),
    )


def _named(item: Obligation, now: datetime, directory: Directory, language: Language) -> str:
    return bracketed(directory.short(item.unit.code), excuses(item, now, language), language)


def _category_line(category: str, names: Sequence[str], language: Language) -> str:
    more = ""
    if len(names) > MOST_NAMES:
        more = say(language, "……共{count}家，见附件", " … {count} in all, see the workbook", count=len(names))
    form = ("{category}（{count}）：{names}{more}", "{category} ({count}): {names}{more}")
    shown = names_text(names[:MOST_NAMES], language)
    return say(language, *form, category=category, count=len(names), names=shown, more=more)
