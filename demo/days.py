"""Two days in the life of the service, by a clock that steps from event to event."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config import ScheduleSettings
from demo.corpus import SampleMessage
from flow.daemon import Daemon

ZONE = ZoneInfo("Asia/Shanghai")
DAYS = (date(2025, 6, 30), date(2025, 7, 1))
BEGIN = datetime.combine(DAYS[0], time(8, 30), ZONE)
AFTER_WORK = timedelta(minutes=10)


class StepClock:
    """A clock that shows what it is told."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The present moment, aware."""
        return self.now


@dataclass(frozen=True, slots=True)
class Event:
    """A moment at which the service looks about, and what the mailbox server receives just then."""

    at: datetime
    messages: tuple[SampleMessage, ...] = ()


def events(messages: Sequence[SampleMessage], schedule: ScheduleSettings) -> list[Event]:
    """All moments of both days: what lies in the mailbox when the service starts, each later message, each hour."""
    backlog = tuple(message for message in messages if message.received_at <= BEGIN)
    later = [Event(message.received_at, (message,)) for message in messages if message.received_at > BEGIN]
    hours = [Event(moment) for moment in _hours(schedule)]
    return [Event(BEGIN, backlog), *sorted([*later, *hours], key=lambda event: event.at)]


def live_through(
    planned: Sequence[Event],
    clock: StepClock,
    deliver: Callable[[SampleMessage], None],
    start: Callable[[], Daemon],
    tell: Callable[[Event], None],
) -> None:
    """Let each event happen: the clock is set, the messages are delivered, the service does what is due.

    ``start`` makes the daemon, once the first event's messages lie in the mailbox; ``tell`` is called after each event.
    """
    first, *others = planned
    _happen(first, clock, deliver)
    with closing(start()) as daemon:
        daemon.start()
        tell(first)
        for event in others:
            _happen(event, clock, deliver)
            daemon.step()
            tell(event)


def _happen(event: Event, clock: StepClock, deliver: Callable[[SampleMessage], None]) -> None:
    clock.now = event.at
    for message in event.messages:
        deliver(message)


def _hours(schedule: ScheduleSettings) -> Iterator[datetime]:
    """Each day's reminder hour and digest hour, and a moment after the last."""
    for day in DAYS:
        yield datetime.combine(day, schedule.reminder_hour, ZONE)
        yield datetime.combine(day, schedule.digest, ZONE)
    yield datetime.combine(DAYS[-1], schedule.digest, ZONE) + AFTER_WORK
