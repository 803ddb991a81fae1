"""How and when mails of ours go out: settings and the moment, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from config import Settings
from digest.periods import ReminderOffset, reminder_offsets
from flow.office import Office
from records.words import Language


@dataclass(frozen=True, slots=True)
class Mailing:
    """What queueing digests and reminders needs to know."""

    sender: str
    cutoff: time
    offsets: tuple[ReminderOffset, ...]
    reminder_hour: time
    language: Language
    started_at: datetime  # nothing is owed from before
    now: datetime


def mailing(settings: Settings, office: Office, now: datetime) -> Mailing:
    """The mailing as the configuration has it, at ``now``."""
    return Mailing(
        sender=settings.outgoing.sender if settings.outgoing else "",
        cutoff=settings.schedule.digest,
        offsets=reminder_offsets(settings.schedule.reminders),
        reminder_hour=settings.schedule.reminder_hour,
        language=settings.language,
        started_at=started_at(office, now),
        now=now,
    )


def started_at(office: Office, now: datetime) -> datetime:
    """When the service was first used on this archive: what lies before is the past, and no mail is owed for it."""
    first_arrival = next((item.fetched_at for item in office.archive.arrivals.read()), now)
    first_decision = office.decisions[0].at if office.decisions else now
    return min(first_arrival, first_decision, now)
