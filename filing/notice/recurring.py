"""Which days a recurring deadline falls on: 每周五, 每月25日, 每季度末."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from filing.notice.dates import month_end
from filing.notice.workdays import is_workday
from records.campaigns import Period

_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Which days recur; nothing set: every day."""

    weekdays: tuple[int, ...] = ()
    days: tuple[int, ...] = ()
    month_end: bool = False
    quarters: bool = False
    workdays: bool = False
    every_other_from: date | None = None

    def __contains__(self, day: date) -> bool:
        if self.quarters and day.month % 3:
            return False
        if self.every_other_from and (day - self.every_other_from).days // 7 % 2 == 0:
            return False
        if self.weekdays:
            return day.weekday() in self.weekdays
        if self.days or self.month_end:
            end = _last_day(day.year, day.month, worked=self.workdays)
            return day.day in {min(number, end) for number in self.days} or (self.month_end and day.day == end)
        return not self.workdays or is_workday(day)[0]


def _last_day(year: int, month: int, *, worked: bool) -> int:
    """The number of the month's last day, or of its last working day."""
    end = month_end(year, month)
    while worked and not is_workday(end)[0]:
        end -= timedelta(days=1)
    return end.day


def weekdays(words: str) -> Recurrence:
    if words == "末" or words.startswith("最后"):
        return Recurrence(weekdays=(4,))
    return Recurrence(weekdays=tuple(weekday(letter) for letter in words if letter in _WEEKDAYS + "天"))


def weekday(letter: str) -> int:
    return _WEEKDAYS.index("日" if letter == "天" else letter)


def month_days(words: str) -> Recurrence:
    if "工作日" in words:
        return Recurrence(month_end=True, workdays=True)
    days = tuple(int(number) for number in re.findall(r"\d+", words))
    return Recurrence(days=days, month_end=not days)


def quarter_days(day: str | None) -> Recurrence:
    return Recurrence(quarters=True, days=(int(day),) if day else (), month_end=not day)


def every(words: str, period: Period | None) -> Recurrence:
    """A day for what only says how often: Fridays, the month's middle and end, the end of month or quarter."""
    if words in {"周", "星期"}:
        return Recurrence(weekdays=(4,))
    if words in {"两周", "2周", "双周"}:
        return Recurrence(weekdays=(4,), every_other_from=period.from_ if period else None)
    return Recurrence(days=(15,) if words.startswith("半") else (), month_end=True, quarters=words == "季度")
