"""How requirements stand: which boards press, who is missing by category, what is said of one unit that is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from digest.directory import category_name
from digest.speech import day_text, moment_text, quoted, say
from records.boards import Board, Obligation
from records.words import Language


def owed_boards(boards: Iterable[Board]) -> tuple[Board, ...]:
    """Boards of required requirements with a deadline: the only ones that anybody can be missing from."""
    return tuple(board for board in boards if board.requirement.required and board.requirement.due is not None)


def pressing_boards(boards: Iterable[Board], now: datetime) -> tuple[Board, ...]:
    """Those with the nearest deadline to come, and past ones that are not complete; without any, the last of all.

    Deadlines after the nearest one press nobody yet.
    """
    owed = owed_boards(boards)
    nearest = min((due for board in owed if (due := _due(board)) >= now), default=None)
    latest = max(map(_due, owed), default=None)
    pressing = [board for board in owed if _due(board) == nearest or (_due(board) < now and _is_open(board))]
    return tuple(pressing or [board for board in owed if _due(board) == latest])


def by_category(obligations: Iterable[Obligation], language: Language) -> dict[str, list[Obligation]]:
    """Obligations by their units' category, categories and units in the order given."""
    groups: dict[str, list[Obligation]] = {}
    for obligation in obligations:
        groups.setdefault(category_name(obligation.unit, language), []).append(obligation)
    return groups


def requirement_name(board: Board) -> str:
    """What is due, in the notice's words."""
    return quoted(board.requirement.what, 24) or quoted(board.requirement.id, 24)


def remaining(due: datetime, now: datetime, language: Language) -> str:
    """今天截止, 还剩3天, 已过2天: by days of the calendar in ``now``'s zone, save that a passed hour has passed."""
    days = (due.astimezone(now.tzinfo).date() - now.date()).days
    if days > 0:
        return say(language, "还剩{days}天", "{days} d left", days=days)
    if due >= now:
        return say(language, "今天截止", "due today")
    if days == 0:
        return say(language, "今天已截止", "was due today")
    return say(language, "已过{days}天", "{days} d past", days=-days)


def due_text(board: Board, now: datetime, language: Language) -> str:
    """A board's deadline for people; the words of the notice where no date expresses it."""
    due = board.requirement.due
    return moment_text(due.astimezone(now.tzinfo), language) if due else quoted(board.requirement.rule, 20)


def excuses(obligation: Obligation, now: datetime, language: Language) -> tuple[str, ...]:
    """What is known of a unit that is missing: promised for a day, deadline extended."""
    marks = []
    if obligation.promised is not None:
        past = obligation.promised < now.date()
        form = ("承诺{day}报（已过）", "promised {day}, past") if past else ("承诺{day}报", "promised {day}")
        marks.append(say(language, *form, day=day_text(obligation.promised, language)))
    if obligation.extended_until is not None:
        until = moment_text(obligation.extended_until.astimezone(now.tzinfo), language)
        marks.append(say(language, "延期至{until}", "extended to {until}", until=until))
    return tuple(marks)


def missing_units(boards: Sequence[Board]) -> int:
    """How many units are missing from at least one of the boards."""
    return len({obligation.unit.code for board in boards for obligation in board.in_state("missing")})


def _is_open(board: Board) -> bool:
    return any(item.state in {"missing", "waiting"} for item in board.obligations)


def _due(board: Board) -> datetime:
    assert board.requirement.due is not None, "only owed boards are asked"
    return board.requirement.due
