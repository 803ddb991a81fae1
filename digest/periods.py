"""Which time a digest covers, which digests are due, when reminders are due: pure arithmetic on aware times."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from records.errors import UsageError
from records.words import Text

ONE_DAY = timedelta(days=1)
OFFSET = re.compile(r"(?P<after>\+)?(?P<days>[0-9]{1,3})d")
BAD_OFFSET = Text(
    zh='[schedule] reminders 中的 {text} 看不懂：请写成 "7d"（提前7天）、"0d"（当天）或 "+1d"（截止后1天）。',
    en='[schedule] reminders: {text} is not understood; write "7d" (7 days before the deadline), '
    '"0d" (on the day) or "+1d" (the day after).',
)


@dataclass(frozen=True, slots=True)
class ReminderOffset:
    """How many days after a deadline (negative: before it) a reminder goes out, and how the configuration writes it."""

    text: str
    days: int


@dataclass(frozen=True, slots=True)
class DueReminder:
    """One reminder that is due: at its nominal time, by one offset."""

    at: datetime
    offset: ReminderOffset


def wall_time(day: date, at: time, timezone: str) -> datetime:
    """The moment at which clocks in ``timezone`` show ``at`` on ``day``.

    An hour that the clocks skip is the one they show instead; of an hour that comes twice the first counts.
    """
    zone = ZoneInfo(timezone)
    return datetime.combine(day, at, zone).astimezone(UTC).astimezone(zone)


def digest_period(day: date, cutoff: time, timezone: str) -> tuple[datetime, datetime]:
    """What the digest of ``day`` covers: received after the first moment, up to and including the second.

    Source: CONTRACT.md, Commands, digest: (cut-off of D−1, cut-off of D].
    """
    return wall_time(day - ONE_DAY, cutoff, timezone), wall_time(day, cutoff, timezone)


def due_digest_days(
    last_sent_day: date | None, now: datetime, first_started_at: datetime, cutoff: time, timezone: str
) -> tuple[date, ...]:
    """The days whose cut-off has passed and whose digest has not been sent, oldest first.

    After a standstill there are several: one digest, that of the last day, covers them all, from the beginning of the
    first one's period. A service that has never sent one owes nothing from before ``first_started_at``.
    """
    latest = _latest_cutoff_day(now, cutoff, timezone)
    first = _latest_cutoff_day(first_started_at, cutoff, timezone) + ONE_DAY
    if last_sent_day is not None:
        first = last_sent_day + ONE_DAY
    return tuple(first + ONE_DAY * count for count in range((latest - first).days + 1))


def reminder_offsets(texts: Iterable[str]) -> tuple[ReminderOffset, ...]:
    """What ``[schedule] reminders`` means ("7d": seven days before, "0d": on the day, "+1d": the day after), by time.

    Raises UsageError for anything else.
    """
    found = {offset.days: offset for offset in map(_offset, texts)}
    return tuple(found[days] for days in sorted(found))


def due_reminders(
    due: datetime, offsets: Sequence[ReminderOffset], hour: time, now: datetime, since: datetime
) -> tuple[DueReminder, ...]:
    """The reminders of a deadline whose nominal time lies after ``since``, up to and including ``now``, by time.

    Days and ``hour`` are those of ``due``'s own time zone: convert it to the campaign's before.
    """
    zone = due.tzinfo
    if zone is None:
        raise ValueError("a deadline needs a time zone")
    found = []
    for offset in offsets:
        nominal = datetime.combine(due.date() + ONE_DAY * offset.days, hour, zone)
        nominal = nominal.astimezone(UTC).astimezone(zone)
        if _utc(since) < _utc(nominal) <= _utc(now):
            found.append(DueReminder(nominal, offset))
    return tuple(sorted(found, key=lambda item: _utc(item.at)))


def _offset(text: str) -> ReminderOffset:
    match = OFFSET.fullmatch(text.strip())
    if match is None:
        raise UsageError(BAD_OFFSET.fill(text=repr(text[:20])))
    days = int(match["days"])
    return ReminderOffset(text.strip(), days if match["after"] else -days)


def _latest_cutoff_day(moment: datetime, cutoff: time, timezone: str) -> date:
    day = moment.astimezone(ZoneInfo(timezone)).date()
    return day if _utc(wall_time(day, cutoff, timezone)) <= _utc(moment) else day - ONE_DAY


def _utc(moment: datetime) -> datetime:
    # Times of one zone are compared by what clocks show, which is wrong in the hour that comes twice.
    return moment.astimezone(UTC)
