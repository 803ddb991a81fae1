"""Days and times as people write them on the command line."""

from __future__ import annotations

from datetime import date, datetime, time, tzinfo

from records.errors import UsageError
from records.words import Text

BAD_TIME = Text(
    "看不懂时间 {text}：请写成 2025-06-30T17:30:00+08:00 或 2025-06-30",
    "The time {text} is not understood: write 2025-06-30T17:30:00+08:00 or 2025-06-30",
)
BAD_DAY = Text("看不懂日期 {text}：请写成 2025-06-30", "The day {text} is not understood: write 2025-06-30")


def moment(text: str, zone: tzinfo, end_of_day: bool = True) -> datetime:
    """An ISO 8601 time, without offset in ``zone``; a bare day means its last (or first) second. Raises UsageError."""
    try:
        if len(text) == len("2025-06-30"):
            edge = time(23, 59, 59) if end_of_day else time(0, 0)
            return datetime.combine(date.fromisoformat(text), edge, zone)
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(BAD_TIME.fill(text=text)) from error
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)


def day(text: str) -> date:
    """A day in ISO 8601. Raises UsageError."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(BAD_DAY.fill(text=text)) from error
