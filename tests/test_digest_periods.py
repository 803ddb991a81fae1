"""Periods of digests and times of reminders."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.periods import digest_period, due_digest_days, due_reminders, reminder_offsets, wall_time
from records.errors import UsageError
from tests.digest_data import ZONE

SHANGHAI = "Asia/Shanghai"
CUTOFF = time(17, 30)
EAST = timezone(timedelta(hours=8))


def moment(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2031, 9, day, hour, minute, second, tzinfo=EAST)


def test_a_digest_covers_from_cut_off_to_cut_off() -> None:
    """The period is open at its beginning and closed at its end, in the campaign's zone."""
    begin, end = digest_period(date(2031, 9, 28), CUTOFF, SHANGHAI)
    assert (begin, end) == (moment(27, 17, 30), moment(28, 17, 30))
    assert end.utcoffset() == timedelta(hours=8)


def test_a_cut_off_at_midnight_belongs_to_the_day_that_begins() -> None:
    """With the cut-off at 00:00 the digest of a day covers the day before it."""
    begin, end = digest_period(date(2031, 9, 28), time(0, 0), SHANGHAI)
    assert (begin, end) == (moment(27, 0), moment(28, 0))


def test_periods_meet_without_gap_where_clocks_change() -> None:
    """Each period begins where the one before ended, also over both changes of a year, and their hours add up."""
    first = date(2031, 3, 1)
    periods = [digest_period(first + timedelta(days=n), time(2, 30), "Europe/Berlin") for n in range(300)]
    assert all(end == begin for (_, end), (begin, _) in pairwise(periods))
    lengths = {end.astimezone(UTC) - begin.astimezone(UTC) for begin, end in periods}
    # The day of 2:30 that does not exist is served at 3:30 summer time; the next day is back at 2:30.
    assert lengths == {timedelta(hours=hours) for hours in (23, 24, 25)}


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (moment(28, 17, 29, 59), []),
        (moment(28, 17, 30), [28]),
        (moment(29, 0, 0), [28]),
        (moment(29, 17, 30), [28, 29]),
    ],
)
def test_a_digest_is_due_at_its_cut_off_and_stays_due(now: datetime, expected: list[int]) -> None:
    """Nothing a second before the cut-off; the day at the cut-off, also past midnight; then one more each day."""
    days = due_digest_days(date(2031, 9, 27), now, moment(1, 9), CUTOFF, SHANGHAI)
    assert [day.day for day in days] == expected


def test_nothing_is_due_twice() -> None:
    """A day whose digest was sent is not due, even should the clock have been set back."""
    assert due_digest_days(date(2031, 9, 28), moment(28, 18), moment(1, 9), CUTOFF, SHANGHAI) == ()
    assert due_digest_days(date(2031, 9, 28), moment(20, 18), moment(1, 9), CUTOFF, SHANGHAI) == ()


@pytest.mark.parametrize(
    ("started", "first"), [(moment(10, 17, 29), 10), (moment(10, 17, 30), 11), (moment(10, 23), 11)]
)
def test_a_first_run_owes_nothing_about_the_past(started: datetime, first: int) -> None:
    """The first digest is that of the first cut-off after the service began."""
    days = due_digest_days(None, moment(12, 18), started, CUTOFF, SHANGHAI)
    assert [day.day for day in days] == list(range(first, 13))


def test_the_day_is_the_campaigns_not_the_computers() -> None:
    """Late afternoon in Shanghai is morning in UTC: the same moment gives the same day."""
    now = moment(28, 17, 30).astimezone(UTC)
    assert due_digest_days(date(2031, 9, 27), now, moment(1, 9), CUTOFF, SHANGHAI) == (date(2031, 9, 28),)


def test_offsets_are_read_in_order_of_time() -> None:
    """Days before count as negative; what stands twice counts once."""
    offsets = reminder_offsets(["+1d", "0d", "7d", " 7d ", "1d"])
    assert [(item.text, item.days) for item in offsets] == [("7d", -7), ("1d", -1), ("0d", 0), ("+1d", 1)]


@pytest.mark.parametrize("text", ["", "7", "d", "-1d", "1.5d", "7days", "1h", "9999d", "７d", "+ 1d", "1d\n2d"])
def test_other_offsets_are_refused_with_what_to_write(text: str) -> None:
    """The message names the setting, the mistake and the form."""
    with pytest.raises(UsageError) as caught:
        reminder_offsets(["7d", text])
    assert "reminders" in caught.value.say("en")
    assert '"7d"' in caught.value.say("zh")


def test_reminders_come_at_their_hour_before_and_after_the_deadline() -> None:
    """One before, one on the day, one after; each once between two looks."""
    due = moment(30, 23, 59, 59)
    offsets = reminder_offsets(["3d", "0d", "+1d"])
    found = due_reminders(due, offsets, time(9), moment(30, 9), moment(27, 8, 59))
    assert [(item.offset.text, item.at) for item in found] == [("3d", moment(27, 9)), ("0d", moment(30, 9))]
    assert due_reminders(due, offsets, time(9), moment(30, 12), moment(30, 9)) == ()
    later = due_reminders(due, offsets, time(9), moment(30, 9) + timedelta(days=1), moment(30, 9))
    assert [item.offset.text for item in later] == ["+1d"]


def test_a_deadline_without_zone_is_a_mistake_of_the_caller() -> None:
    """Nominal times cannot be told without one."""
    with pytest.raises(ValueError, match="time zone"):
        due_reminders(datetime(2031, 9, 30), (), time(9), moment(30, 9), moment(1, 9))  # noqa: DTZ001


@given(
    day=st.dates(date(2000, 1, 1), date(2060, 1, 1)),
    cutoff=st.times(),
    timezone=st.sampled_from([SHANGHAI, "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns"]),
)
def test_wall_times_are_what_clocks_show(day: date, cutoff: time, timezone: str) -> None:
    """A wall time survives the way to UTC and back: it names a moment that exists."""
    found = wall_time(day, cutoff, timezone)
    assert found.astimezone(UTC).astimezone(found.tzinfo) == found
    assert abs((found.replace(tzinfo=None) - datetime.combine(day, cutoff)).total_seconds()) <= 3600


def test_the_zone_of_the_tests_is_the_campaigns() -> None:
    """The moments above are those of the campaign's zone."""
    assert moment(28, 9) == datetime(2031, 9, 28, 9, tzinfo=ZONE)
