"""The foot of a notice: signing offices, the day of issue, and where annexes begin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from filing.notice.dates import find_days
from filing.notice.offices import offices_of
from filing.notice.text import Line

_DATE = r"(?:20\d\d|二[〇○零O0][〇○零一二三四五六七八九O0]{2})(?:年|[-/.])[^，。；]{2,8}?(?:日|\d)"
SIGNED = re.compile(rf"^(?P<office>[^，。；：！？]{{0,60}}?)[\s]*(?P<date>{_DATE})$")
_PRINTED = re.compile(rf"(?P<date>{_DATE})(?:印发|印制|发出|发布)")
_PUBLISHED = re.compile(rf"(?:发布|成文|发文|印发|制发)(?:日期|时间)[：:]?(?P<date>{_DATE})")
_ANNEX = re.compile(
    r"^(?:附\s?件|附\s?表|附\s?录)\s?(?:\d{1,2}|[一二三四五六七八九十])?\s?[：:]?$|^附件\d{1,2}[^\d、.．：:]{0,2}$"
)


def part_annexes(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """Body with signature, and what is annexed below it."""
    dated = next((index for index, line in enumerate(lines) if _signed_date(line)), len(lines))
    for index, line in enumerate(lines[dated + 1 :], dated + 1):
        if _ANNEX.match(line.text):
            return lines[:index], lines[index:]
    signed = [index for index, line in enumerate(lines) if _signed_date(line) and _signed_office(lines, index)]
    if signed and signed[0] + 4 < len(lines):
        return _after_signature(lines, signed[0])
    return lines, []


def _after_signature(lines: list[Line], signed: int) -> tuple[list[Line], list[Line]]:
    """A notice's own signature is followed by little; what is longer is an annexed plan."""
    end = signed + 1
    while end < len(lines) and _is_tail(lines[end]):
        end += 1
    return lines[:end], lines[end:]


def _is_tail(line: Line) -> bool:
    return bool(
        re.match(r"^[（(].*[）)]$|^(?:抄送|附件|联系|电话|邮箱|主题词|印发)", line.text) or _PRINTED.search(line.text)
    )


def _signed_date(line: Line) -> date | None:
    found = SIGNED.match(line.raw) or SIGNED.match(line.text)
    if not found or (found.group("office") and not offices_of(found.group("office"))):
        return None
    return _date(found.group("date"))


def _signed_office(lines: Sequence[Line], index: int) -> tuple[str, ...]:
    found = SIGNED.match(lines[index].raw) or SIGNED.match(lines[index].text)
    here = offices_of(found.group("office")) if found else ()
    if here:
        return here
    names: list[str] = []
    for line in reversed(lines[max(0, index - 6) : index]):
        found_names = offices_of(line.raw)
        if not found_names:
            break
        names[:0] = found_names
    return tuple(names)


def part_signature(lines: list[Line]) -> tuple[list[Line], tuple[str, ...], tuple[date, str] | None]:
    """The body without signature and date; the signing offices; the day with its words."""
    dated = [index for index, line in enumerate(lines) if index and _signed_date(line)]
    best = next((index for index in dated if _signed_office(lines, index)), dated[-1] if dated else None)
    if best is None:
        return lines, _trailing_office(lines), None
    offices = _signed_office(lines, best)
    day = _signed_date(lines[best])
    first = best
    while first > 0 and offices_of(lines[first - 1].raw) and best - first < 6:
        first -= 1
    below = [replace(line, indented=True) for line in lines[best + 1 : best + 2]]  # it goes on with nothing above
    body = [*lines[:first], *below, *lines[best + 2 :]]
    return body, offices, (day, lines[best].raw) if day else None


def _trailing_office(lines: Sequence[Line]) -> tuple[str, ...]:
    for line in reversed(lines[-5:]):
        names = offices_of(line.raw)
        if names:
            return names
    return ()


def issued_on(
    signed: tuple[date, str] | None, main: Sequence[Line], around: Sequence[Line]
) -> tuple[date | None, str, bool]:
    """The day of issue, its words, and whether it is only that of printing or publishing.

    ``signed`` is the signature's day; ``around`` are the lines above the body and of the annexes.
    """
    if signed:
        return signed[0], signed[1], False
    for line in around:  # plans carry their date below the title, in brackets
        day = _signed_date(Line(line.text.strip("（）()"), line.raw.strip("（）()")))
        if day:
            return day, line.text, False
    for regex in (_PUBLISHED, _PRINTED):
        for line in [*around, *main]:
            found = regex.search(line.text)
            day = _date(found.group("date")) if found else None
            if found and day:
                return day, found.group(), True
    return None, "", False


def _date(text: str) -> date | None:
    days = find_days("".join(text.split()))
    day = days[0] if len(days) == 1 else None
    return day.last(day.year) if day and day.year and day.day else None
