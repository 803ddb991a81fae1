"""How daemon and mailboxes fare, kept in the database so that ``health`` and the alarm know it after a restart too."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime

from records.words import Text
from storage.database import Database
from storage.state import recall, remember
from storage.values import from_json, to_json

PULSE = "pulse "  # + account
BEAT = "beat"


@dataclass(frozen=True, slots=True)
class Beat:
    """That the daemon was at work."""

    pid: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Pulse:
    """One mailbox as its watcher last saw it."""

    good_at: datetime | None = None  # when it last did all that it was asked, or gave us something
    failing_since: datetime | None = None  # the first failure after that
    why: Text | None = None
    is_stopped: bool = False  # refused so clearly that we do not log in again until somebody helps
    unread: tuple[Text, ...] = ()  # why single folders cannot be read

    @property
    def is_failing(self) -> bool:
        """Whether nothing has come of it since the last failure."""
        return self.failing_since is not None and (self.good_at is None or self.good_at <= self.failing_since)

    def well(self, now: datetime, unread: tuple[Text, ...] = ()) -> Pulse:
        """After a pass that went well."""
        return Pulse(good_at=now, unread=unread)

    def alive(self, now: datetime) -> Pulse:
        """In the middle of a pass that goes on well."""
        return replace(self, good_at=now)

    def failing(self, now: datetime, why: Text, is_stopped: bool = False) -> Pulse:
        """After a failure."""
        since = self.failing_since if self.is_failing else now
        return replace(self, failing_since=since, why=why, is_stopped=is_stopped)


def read_beat(database: Database) -> Beat | None:
    """When the daemon last was at work, None where it never was."""
    with database.session() as session:
        kept = recall(session, BEAT)
    return from_json(Beat, json.loads(kept)) if kept else None


def keep_beat(database: Database, beat: Beat) -> None:
    """Keep it. Raises ArchiveError."""
    with database.session() as session:
        remember(session, BEAT, json.dumps(to_json(Beat, beat)))


def read_pulse(database: Database, account: str) -> Pulse:
    """What was last kept of that account's mailbox."""
    with database.session() as session:
        kept = recall(session, PULSE + account)
    return from_json(Pulse, json.loads(kept)) if kept else Pulse()


def keep_pulse(database: Database, account: str, pulse: Pulse) -> None:
    """Keep it. Raises ArchiveError."""
    with database.session() as session:
        remember(session, PULSE + account, json.dumps(to_json(Pulse, pulse), ensure_ascii=False))
