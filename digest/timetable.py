"""The timetable: daily and repeated jobs by the `schedule` library, on a clock that is passed in.

`schedule` holds the jobs, checks how they are declared, and runs what is due in order. Two things in it do not fit a
daemon that serves a campaign's time zone: it asks the computer's naive local clock, and a job that raises stops the
others. So :class:`ClockedJob` takes its times from our clock, and :class:`Timetable` guards each job.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import schedule

from digest.periods import ONE_DAY, wall_time
from records.edges import Clock
from records.errors import UsageError
from records.words import Text

TimedJob = Callable[[datetime], None]
OnError = Callable[[str, Exception], None]


class ClockedJob(schedule.Job):
    """A job of `schedule` whose times are aware, in UTC, and come from ``clock``; its callable gets the nominal time.

    Instead of one call for each time that was missed there is one call with the latest.
    """

    def __init__(self, interval: int, scheduler: schedule.Scheduler, clock: Clock) -> None:
        super().__init__(interval, scheduler)
        self._clock = clock

    @property
    def should_run(self) -> bool:
        """Whether its next time has come; a clock that was set back brings a nearer one."""
        if self._next > self.following(self._now):
            self._schedule_next_run()
        return self._now >= self._next

    def run(self) -> object:
        """Calls the job once, with the latest nominal time that has come; its next time is set before."""
        assert self.job_func is not None, "a job without do()"
        self.last_run = self.last_time(self._now)
        nominal = self.last_run
        self._schedule_next_run()
        return self.job_func(nominal)

    @abstractmethod
    def following(self, moment: datetime) -> datetime:
        """The first nominal time after ``moment``."""

    @abstractmethod
    def last_time(self, now: datetime) -> datetime:
        """The last nominal time up to ``now``; only asked when the next time has come."""

    def _schedule_next_run(self) -> None:
        # schedule.Job.do() calls it by this name; the library's own asks datetime.now().
        self.next_run = self.following(self._now)

    @property
    def _now(self) -> datetime:
        return self._clock().astimezone(UTC)

    @property
    def _next(self) -> datetime:
        assert self.next_run is not None, "a job without do()"
        return self.next_run


class DailyJob(ClockedJob):
    """Once a day at a time that clocks in ``timezone`` show; no day is served twice, wherever the clock goes."""

    def __init__(self, scheduler: schedule.Scheduler, clock: Clock, timezone: str) -> None:
        super().__init__(1, scheduler, clock)
        self._timezone = timezone
        self._served: set[datetime] = set()

    def run(self) -> object:
        """As :meth:`ClockedJob.run`, remembering what was served."""
        self._served.add(self.last_time(self._now))
        return super().run()

    def following(self, moment: datetime) -> datetime:
        """The first nominal time after ``moment`` that was not served."""
        day = self._day(moment) - ONE_DAY
        while (nominal := self._nominal(day)) <= moment or nominal in self._served:
            day += ONE_DAY
        return nominal

    def last_time(self, now: datetime) -> datetime:
        """The last nominal time up to ``now``."""
        day = self._day(now) + ONE_DAY
        while (nominal := self._nominal(day)) > now:
            day -= ONE_DAY
        return nominal

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self._timezone)).date()

    def _nominal(self, day: date) -> datetime:
        assert self.at_time is not None, "a daily job without at()"
        return wall_time(day, self.at_time, self._timezone).astimezone(UTC)


class RepeatedJob(ClockedJob):
    """Every ``interval`` seconds, on the grid that its declaration began; the first time after one interval."""

    def following(self, moment: datetime) -> datetime:
        """The next time of the grid, or one interval from now where the clock was set back."""
        begin = self.last_run if self.last_run is not None else moment
        return min(begin, moment) + self._step

    def last_time(self, now: datetime) -> datetime:
        """The last time of the grid up to ``now``."""
        return self._next + self._step * ((now - self._next) // self._step)

    @property
    def _step(self) -> timedelta:
        return timedelta(seconds=self.interval)


class Timetable:
    """Jobs by name, run by whoever calls :meth:`run_due` often enough.

    ``clock`` gives aware times. ``on_error`` is told of each job that raised; the others run all the same.
    """

    def __init__(self, clock: Clock, on_error: OnError) -> None:
        self._clock = clock
        self._on_error = on_error
        self._scheduler = schedule.Scheduler()

    def daily(self, name: str, at: str, timezone: str, job: TimedJob) -> None:
        """Runs ``job`` each day at ``at`` ("HH:MM") in ``timezone``; it gets the nominal time, aware, in that zone.

        After a standstill it is called once, with the latest time that has passed. A time that had passed before the
        declaration is not served. Raises UsageError for a time or time zone that does not exist.
        """
        zone = _zone(timezone)
        entry = DailyJob(self._scheduler, self._clock, timezone)
        try:
            entry.days.at(at)
        except schedule.ScheduleValueError as error:
            raise UsageError(NO_SUCH_TIME.fill(at=repr(at)[:20], name=name)) from error
        entry.do(partial(self._guarded, name, job, zone)).tag(name)

    def every(self, name: str, seconds: int, job: TimedJob) -> None:
        """Runs ``job`` every ``seconds``, first after one interval; it gets the nominal time, aware, in UTC."""
        if seconds < 1:
            raise UsageError(NO_INTERVAL.fill(seconds=seconds, name=name))
        entry = RepeatedJob(seconds, self._scheduler, self._clock)
        entry.seconds.do(partial(self._guarded, name, job, UTC)).tag(name)

    def run_due(self) -> None:
        """Runs each job whose time has come, once, in the order of their times."""
        self._scheduler.run_pending()

    def next_due(self) -> datetime | None:
        """When the next job is due, in UTC; None without jobs. A time in the past: at once."""
        return self._scheduler.get_next_run()

    def _guarded(self, name: str, job: TimedJob, zone: tzinfo, nominal: datetime) -> None:
        try:
            job(nominal.astimezone(zone))
        except Exception as error:  # noqa: BLE001 - one job's mistake must not cost the others their turn; it is told
            self._on_error(name, error)


NO_SUCH_TIME = Text(
    zh='{name} 的时间 {at} 不对：请写成 "HH:MM"，如 "17:30"。',
    en='{name}: {at} is no time of day; write "HH:MM", as in "17:30".',
)
NO_INTERVAL = Text(
    zh="{name} 的间隔 {seconds} 秒不对：至少 1 秒。",
    en="{name}: {seconds} s is no interval; the shortest is 1 s.",
)
NO_SUCH_ZONE = Text(
    zh='没有 {timezone} 这个时区：请写成 "Asia/Shanghai" 这样的名称。',
    en='There is no time zone {timezone}; write a name such as "Asia/Shanghai".',
)


def _zone(timezone: str) -> ZoneInfo:
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(NO_SUCH_ZONE.fill(timezone=repr(timezone)[:40])) from error
