"""Working days in China: statutory holidays, and the weekends worked for them (调休), by State Council notice."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar


def is_workday(day: date) -> tuple[bool, bool]:
    """Whether ``day`` is worked, and whether that is known: holidays are published a year ahead at most."""
    try:
        return bool(chinese_calendar.is_workday(day)), True
    except NotImplementedError:
        return day.weekday() < 5, False


def add_workdays(start: date, count: int) -> tuple[date, str]:
    """The day ``count`` working days after ``start``, and in Chinese what is doubtful about it."""
    day, known = start, True
    for _ in range(count):
        day += timedelta(days=1)
        while not (worked := is_workday(day))[0]:
            known = known and worked[1]
            day += timedelta(days=1)
        known = known and worked[1]
    return day, "" if known else "那一年的节假日安排还不知道，按周一至周五计"
