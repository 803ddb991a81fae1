"""The timetable on a clock that the test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from digest.timetable import Timetable
from records.errors import UsageError

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Day:
    """A timetable with one clock, and what its jobs were told."""

    def __init__(self, now: datetime) -> None:
        self.clock = Clock(now)
        self.calls: list[tuple[str, datetime]] = []
        self.errors: list[tuple[str, str]] = []
        self.table = Timetable(self.clock, lambda name, error: self.errors.append((name, str(error))))

    def daily(self, name: str, at: str, timezone: str = "Asia/Shanghai") -> None:
        self.table.daily(name, at, timezone, lambda nominal: self.calls.append((name, nominal)))

    def every(self, name: str, seconds: int) -> None:
        self.table.every(name, seconds, lambda nominal: self.calls.append((name, nominal)))

    def at(self, now: datetime) -> list[tuple[str, datetime]]:
        """Sets the clock, runs what is due, and gives what was called."""
        self.clock.now = now
        self.calls.clear()
        self.table.run_due()
        return list(self.calls)


def shanghai(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2031, 9, day, hour, minute, tzinfo=SHANGHAI)


def test_a_daily_job_runs_once_at_its_time_in_its_zone() -> None:
    """Not a minute before; at its time with the nominal moment; not again that day; again the next."""
    day = Day(shanghai(28, 8))
    day.daily("digest", "17:30")
    assert day.at(shanghai(28, 17, 29)) == []
    assert day.at(shanghai(28, 17, 31)) == [("digest", shanghai(28, 17, 30))]
    assert day.at(shanghai(28, 23, 59)) == []
    assert day.at(shanghai(29, 17, 30)) == [("digest", shanghai(29, 17, 30))]


def test_the_nominal_time_is_aware_and_in_the_jobs_zone() -> None:
    """A clock in UTC changes nothing."""
    day = Day(shanghai(28, 8).astimezone(UTC))
    day.daily("digest", "17:30")
    ((_, nominal),) = day.at(shanghai(28, 18).astimezone(UTC))
    assert nominal.isoformat() == "2031-09-28T17:30:00+08:00"


def test_what_had_passed_before_the_start_is_not_served() -> None:
    """A service that starts in the evening waits for the next day."""
    day = Day(shanghai(28, 20))
    day.daily("digest", "17:30")
    assert day.at(shanghai(28, 23)) == []
    assert day.table.next_due() == shanghai(29, 17, 30)


def test_after_a_standstill_a_job_is_called_once_with_the_latest_time() -> None:
    """Four missed days are one call; the caller covers what was missed."""
    day = Day(shanghai(24, 8))
    day.daily("digest", "17:30")
    assert day.at(shanghai(28, 9)) == [("digest", shanghai(27, 17, 30))]
    assert day.at(shanghai(28, 17, 30)) == [("digest", shanghai(28, 17, 30))]


def test_no_time_is_served_twice_when_the_clock_is_set_back() -> None:
    """An hour set back repeats nothing, and the next day comes as ever."""
    day = Day(shanghai(28, 8))
    day.daily("digest", "17:30")
    assert len(day.at(shanghai(28, 17, 40))) == 1
    assert day.at(shanghai(28, 16)) == []
    assert day.at(shanghai(28, 17, 35)) == []
    assert day.at(shanghai(29, 17, 30)) == [("digest", shanghai(29, 17, 30))]


def test_a_clock_that_was_years_ahead_does_not_silence_the_service() -> None:
    """Once the clock is right again jobs run at the right days, also repeated ones."""
    day = Day(shanghai(28, 8))
    day.daily("digest", "17:30")
    day.every("poll", 60)
    day.at(shanghai(28, 8) + timedelta(days=3000))
    assert day.at(shanghai(28, 8, 1)) == []
    assert day.at(shanghai(28, 8, 2)) == [("poll", shanghai(28, 8, 2))]
    assert ("digest", shanghai(28, 17, 30)) in day.at(shanghai(28, 17, 30))


def test_a_job_that_raises_is_told_and_stops_nobody() -> None:
    """The others of the same run have their turn, and it has its own again the next day."""
    day = Day(shanghai(28, 8))

    def broken(nominal: datetime) -> None:
        raise RuntimeError(f"broken at {nominal:%H:%M}")

    day.table.daily("broken", "09:00", "Asia/Shanghai", broken)
    day.daily("digest", "09:00")
    assert day.at(shanghai(28, 9)) == [("digest", shanghai(28, 9))]
    assert day.errors == [("broken", "broken at 09:00")]
    assert day.at(shanghai(28, 10)) == []
    day.at(shanghai(29, 9))
    assert len(day.errors) == 2


def test_jobs_run_in_the_order_of_their_times() -> None:
    """Whatever the order of declaration."""
    day = Day(shanghai(28, 8))
    day.daily("later", "10:00")
    day.daily("earlier", "09:00")
    assert [name for name, _ in day.at(shanghai(28, 12))] == ["earlier", "later"]


def test_repeated_jobs_keep_their_grid() -> None:
    """First after one interval; a long pause is one call with the latest time of the grid; no drift."""
    day = Day(shanghai(28, 8))
    day.every("poll", 300)
    assert day.at(shanghai(28, 8, 4)) == []
    assert day.at(shanghai(28, 8, 7)) == [("poll", shanghai(28, 8, 5))]
    assert day.at(shanghai(28, 9, 1)) == [("poll", shanghai(28, 9))]
    assert day.table.next_due() == shanghai(28, 9, 5)


def test_a_time_that_clocks_skip_is_served_once_an_hour_later() -> None:
    """On the day when summer time begins 02:30 does not exist: 03:30 it is, and 02:30 the day after."""
    day = Day(datetime(2031, 3, 29, 12, tzinfo=BERLIN))
    day.daily("digest", "02:30", "Europe/Berlin")
    assert day.at(datetime(2031, 3, 30, 0, 59, tzinfo=UTC)) == []
    ((_, nominal),) = day.at(datetime(2031, 3, 30, 1, 30, tzinfo=UTC))
    assert nominal.isoformat() == "2031-03-30T03:30:00+02:00"
    ((_, nominal),) = day.at(datetime(2031, 3, 31, 1, 0, tzinfo=UTC))
    assert nominal.isoformat() == "2031-03-31T02:30:00+02:00"


def test_a_time_that_comes_twice_is_served_once() -> None:
    """On the day when summer time ends the first 02:30 counts."""
    day = Day(datetime(2031, 10, 25, 12, tzinfo=BERLIN))
    day.daily("digest", "02:30", "Europe/Berlin")
    steps = [datetime(2031, 10, 26, 0, tzinfo=UTC) + timedelta(minutes=10 * n) for n in range(60)]
    calls = [nominal.isoformat() for step in steps for _, nominal in day.at(step)]
    assert calls == ["2031-10-26T02:30:00+02:00"]


def test_each_day_of_a_year_is_served_exactly_once() -> None:
    """A clock that steps by seven hours through both changes of time gives every nominal time, in order."""
    day = Day(datetime(2031, 1, 1, 0, tzinfo=BERLIN))
    day.daily("digest", "17:30", "Europe/Berlin")
    start = datetime(2031, 1, 1, tzinfo=UTC)
    calls = [nominal for n in range(1252) for _, nominal in day.at(start + timedelta(hours=7 * n))]
    assert [f"{nominal:%m-%d %H:%M}" for nominal in calls] == [
        f"{start + timedelta(days=n):%m-%d} 17:30" for n in range(365)
    ]


@pytest.mark.parametrize("text", ["", "25:00", "17.30", "1730", "9:00", "17:60", "noon"])
def test_a_time_that_is_none_is_refused(text: str) -> None:
    """The message names the job, the mistake and the form."""
    with pytest.raises(UsageError, match=r"digest.*HH:MM"):
        Day(shanghai(28, 8)).daily("digest", text)


@pytest.mark.parametrize("zone", ["Asia/Nowhere", "", "../../etc/passwd", "Asia"])
def test_a_zone_that_is_none_is_refused(zone: str) -> None:
    """A clear line instead of a look into the file system."""
    with pytest.raises(UsageError, match="time zone"):
        Day(shanghai(28, 8)).daily("digest", "17:30", zone)


def test_an_interval_below_a_second_is_refused() -> None:
    """It would keep the service busy with nothing."""
    with pytest.raises(UsageError, match="interval"):
        Day(shanghai(28, 8)).every("poll", 0)


def test_without_jobs_nothing_is_due() -> None:
    """An empty timetable runs and says so."""
    day = Day(shanghai(28, 8))
    day.table.run_due()
    assert day.table.next_due() is None
