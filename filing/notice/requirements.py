"""What a notice asks its units to send in: what, until when, from whom, required or voluntary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from filing.notice.askers import Askers
from filing.notice.deadlines import Frame
from filing.notice.requests import UNNAMED, Request, find_requests
from filing.notice.things import is_summary
from filing.notice.words import pattern
from records.campaigns import Kind, Requirement, Unsure
from records.extracts import Table

_WHAT = re.compile(r"(?:报送|上报|提交)(?:的)?(?:材料|内容|资料|事项|名称)(?:名称)?|(?:材料|资料)(?:名称|内容)?")
_BOTH = re.compile(r"(?:资料|材料|信息|成果)?(?:报送|上报|提交)(?:要求|内容|资料|材料|安排)?")
_WHEN = re.compile(r"(?:报送|上报|提交|截止|完成)(?:的)?(?:截止)?(?:时间|时限|期限|日期)|时限")


@dataclass(frozen=True, slots=True)
class Asked:
    """A requirement with the sentence that it rests on."""

    requirement: Requirement
    sentence: str
    why: str = ""
    who_why: str = ""


def read_requirements(
    texts: Sequence[str],
    frame: Frame,
    askers: Askers,
    *,
    voluntary_texts: Sequence[str] = (),
    tables: Sequence[Table] = (),
    activity_texts: Sequence[str] = (),
) -> tuple[tuple[Asked, ...], tuple[Unsure, ...]]:
    """All requirements in ``texts`` (paragraphs), in order, and what is doubtful about them.

    ``voluntary_texts`` are those of voluntary activities: what they ask for is voluntary too. What ``activity_texts``
    say of reports without day or duty (群众上报的问题及时处理) is part of the activity, no request.
    """
    found = [_as_voluntary(item, voluntary_texts) for item in find_requests(texts, frame)]
    found += [item for table in tables for item in _in_table(table, frame)]
    found = [item for item in found if item.required or item.is_dated or not _is_inside(item, activity_texts)]
    kept = _merged(_without_vague(found))
    asked = tuple(_numbered(kept, frame, askers))
    return asked, tuple(_doubts(asked))


def _in_table(table: Table, frame: Frame) -> Iterator[Request]:
    """Rows that tell what is due when: 报送材料, 报送时间, 备注."""
    for index, row in enumerate(table.rows[:4]):
        heads = ["".join(cell.split()) for cell in row]
        what = next((at for at, head in enumerate(heads) if _WHAT.fullmatch(head)), None)
        when = next((at for at, head in enumerate(heads) if _WHEN.fullmatch(head)), None)
        if what is not None and when is not None:
            for cells in table.rows[index + 1 :]:
                yield from _in_row(cells, what, when, frame)
            return
        both = next((at for at, head in enumerate(heads) if _BOTH.fullmatch(head)), None)
        if both is not None:
            told = (cells for cells in table.rows[index + 1 :] if len(cells) > both)
            yield from (item for cells in told for item in _dated_cell(cells, both, frame))
            return


def _dated_cell(cells: Sequence[str], at: int, frame: Frame) -> Iterator[Request]:
    """活动照片3张，9月30日前 in a column on what is to be sent."""
    for item in find_requests([f"{cells[at]}报送。"], frame):
        if item.is_dated:
            yield replace(item, sentence=" | ".join(cells))


def _in_row(cells: Sequence[str], what: int, when: int, frame: Frame) -> Iterator[Request]:
    if len(cells) <= max(what, when) or not cells[what].strip():
        return
    others = "，".join(cell for at, cell in enumerate(cells) if at not in {what, when} and cell.strip())
    for item in find_requests([f"请于{cells[when]}报送{cells[what]}。"], frame):
        free = pattern("submission", "voluntary").search(others) is not None
        yield replace(item, sentence=" | ".join(cells), required=item.required and not free)


def _as_voluntary(item: Request, voluntary_texts: Iterable[str]) -> Request:
    return replace(item, required=False) if _is_inside(item, voluntary_texts) else item


def _is_inside(item: Request, texts: Iterable[str]) -> bool:
    return any(item.sentence.strip() in text for text in texts)


def _without_vague(found: Sequence[Request]) -> list[Request]:
    """Requests without any deadline drop out where the same thing, or the summary, stands with one."""
    clear = [item for item in found if item.rule.words]
    kept: list[Request] = []
    for item in found:
        unnamed = item.what == UNNAMED and bool(clear)
        if item.rule.words or not (unnamed or any(_same_thing(item, other) for other in [*clear, *kept])):
            kept.append(item)
    return kept


def _same_thing(item: Request, other: Request) -> bool:
    if is_summary(item.what) and is_summary(other.what):
        return True
    return item.what in other.what or other.what in item.what


def _merged(found: Sequence[Request]) -> list[Request]:
    """A submission answers one requirement: what is due at one moment, asked for in one place, is one requirement."""
    kept: list[Request] = []
    for item in found:
        index = next((at for at, other in enumerate(kept) if _belongs_to(item, other)), None)
        if index is None:
            kept.append(item)
        else:
            kept[index] = _joined(kept[index], item)
    return kept


def _belongs_to(item: Request, other: Request) -> bool:
    if item.rule.due != other.rule.due or item.required != other.required or item.subject != other.subject:
        return item.rule.due == other.rule.due != () and item.required == other.required and _same_thing(item, other)
    if item.sentence == other.sentence:
        return item.is_dated or item.rule.words == other.rule.words
    return _same_thing(item, other)


def _joined(first: Request, second: Request) -> Request:
    if second.what in first.what:
        return first
    what = second.what if first.what in second.what or first.what == UNNAMED else f"{first.what}、{second.what}"
    return replace(first, what=what)


def _numbered(found: Sequence[Request], frame: Frame, askers: Askers) -> Iterator[Asked]:
    number = 0
    closing = _closing(found)
    for item in found:
        who, who_why = askers.named_in(item.subject)
        for index, due in enumerate(item.rule.due or (None,)):
            number += 1
            last = index == len(item.rule.due or (None,)) - 1
            requirement = Requirement(
                id=f"r{number}",
                what=item.what,
                kind=_kind(item, closing, last=last),
                due=due,
                rule=item.rule.words,
                required=item.required,
                categories=who.categories,
                units=who.units,
            )
            why = "；".join(part for part in (item.why, "总结以“情况”“报告”相称" if item is closing else "") if part)
            yield Asked(requirement, item.sentence.strip(), why, who_why)


def _kind(item: Request, closing: Request | None, *, last: bool) -> Kind:
    if item is closing:
        return "summary"
    recurring = len(item.rule.due) > 1
    return (
        "summary" if is_summary(item.what) and not (recurring and (not last or "每" in item.rule.words)) else "material"
    )


def _closing(found: Sequence[Request]) -> Request | None:
    """Where no 总结 is asked for by name: the last report (情况, 报告) that all must send."""
    if any(is_summary(item.what) for item in found):
        return None
    reports = [
        item
        for item in found
        if item.required and "每" not in item.rule.words and pattern("submission", "closing").search(item.what)
    ]
    return max(reports, key=_moment, default=None)


def _moment(item: Request) -> float:
    last: datetime | None = item.rule.due[-1] if item.rule.due else None
    return last.timestamp() if last else 0.0


def _doubts(asked: Sequence[Asked]) -> Iterator[Unsure]:
    for item in asked:
        if item.why:
            name = "kind" if item.why.startswith("总结以") else "due"
            yield Unsure(f"requirements.{item.requirement.id}.{name}", item.why)
        if item.who_why:
            yield Unsure(f"requirements.{item.requirement.id}.categories", item.who_why)
