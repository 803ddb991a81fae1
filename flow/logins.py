"""When to log in to a mailbox again: pauses after failures, so many log-ins an hour, three refusals and no more (R12).

Providers shut out who knocks too often: on QQ even 30 log-ins an hour did not recover, and an address that kept on
offering a dead password was barred for weeks.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import uniform

from records.edges import is_loopback
from records.errors import MailboxError, MailboxErrorKind
from records.mail import MailboxAccount
from records.words import Text
from storage.database import Database
from storage.state import recall, remember

HOUR = timedelta(hours=1)
LOGINS = "logins "  # + account: the times of the last log-ins
TOO_MANY = Text(
    "一小时内登录 {host} 已达上限（logins_per_hour），为免被服务商限制，请 {minutes} 分钟后再试；要随到随收请用 run",
    "as many log-ins to {host} within an hour as are allowed (logins_per_hour): try again in {minutes} min, lest the "
    "provider throttle the account; to take mail as it comes use run",
)
Jitter = Callable[[], float]


@dataclass(frozen=True, slots=True)
class LoginRules:
    """How patient to be. ``per_hour``: log-ins within any hour; None: as many as it takes, on a server of one's own."""

    per_hour: int | None = 6
    refusals: int = 3
    first_pause: timedelta = timedelta(seconds=5)
    longest_pause: timedelta = timedelta(minutes=8, seconds=20)  # with jitter: ten minutes
    busy_pause: timedelta = timedelta(minutes=10)
    longest_busy_pause: timedelta = HOUR


def rules_for(host: str, per_hour: int | None) -> LoginRules:
    """As configured; by default six an hour, and no bound for a server on this machine."""
    return LoginRules(None if per_hour is None and is_loopback(host) else per_hour or 6)


class Logins:
    """What is to be remembered of the log-ins to one account, and what follows from it. Times come in as arguments."""

    def __init__(
        self, rules: LoginRules, times: Iterable[datetime] = (), jitter: Jitter = lambda: uniform(1.0, 1.2)
    ) -> None:
        self.rules = rules
        self.times = tuple(times)
        self.failures = 0  # since the last completed pass
        self.refusals = 0  # since the last log-in that succeeded
        self._jitter = jitter
        self._busy = 0
        self._pause: tuple[datetime, datetime] | None = None

    @property
    def is_stopped(self) -> bool:
        """Whether the server has refused the password so clearly and often that only a person can help."""
        return self.refusals >= self.rules.refusals

    def is_full(self, now: datetime) -> bool:
        """Whether the last hour saw as many log-ins as are allowed."""
        return self._until_free(now) > timedelta()

    def wait(self, now: datetime) -> timedelta:
        """How long from ``now`` until the next attempt, 0: at once. A clock that was set back holds up nothing."""
        after_pause = timedelta()
        if self._pause is not None and self._pause[0] <= now:
            after_pause = self._pause[1] - now
        return max(after_pause, self._until_free(now), timedelta())

    def tried(self, now: datetime) -> None:
        """A log-in is about to be sent."""
        self.times = (*(time for time in self.times if now - HOUR < time <= now), now)

    def succeeded(self) -> None:
        """The server let us in."""
        self.refusals = 0

    def completed(self) -> None:
        """A whole pass went well: only that proves the connection good."""
        self.failures = self._busy = 0
        self._pause = None

    def failed(self, now: datetime, kind: MailboxErrorKind) -> None:
        """The connection, or something on it, failed."""
        self._busy = self._busy + 1 if kind == "busy" else 0
        self.refusals += kind == "refused_login"
        if kind == "busy":
            pause = min(self.rules.busy_pause * 2 ** min(self._busy - 1, 10), self.rules.longest_busy_pause)
        else:
            pause = min(self.rules.first_pause * 2 ** min(self.failures, 10), self.rules.longest_pause)
        self.failures += 1
        self._pause = now, now + pause * self._jitter()

    def forgive(self) -> None:
        """A new password was written: what was said of the old one counts no more."""
        self.refusals = 0
        self._pause = None

    def _until_free(self, now: datetime) -> timedelta:
        """How long until one more log-in keeps within the bound."""
        recent = [time for time in self.times if now - HOUR < time <= now]
        if self.rules.per_hour is None or len(recent) < self.rules.per_hour:
            return timedelta()
        return recent[-self.rules.per_hour] + HOUR - now


def admitted(database: Database, account: MailboxAccount, rules: LoginRules, now: datetime) -> Logins:
    """For a command that logs in once, as ``poll`` does, perhaps from cron each minute. Raises MailboxError where the
    last hour saw as many log-ins as are allowed, the daemon's included.
    """
    logins = Logins(rules, remembered_logins(database, account.name))
    wait = logins.wait(now)
    if wait:
        raise MailboxError(TOO_MANY.fill(host=account.host, minutes=math.ceil(wait.total_seconds() / 60)), "busy")
    return logins


def remembered_logins(database: Database, account: str) -> list[datetime]:
    """When the last log-ins to an account were, other runs of the service included."""
    with database.session() as session:
        kept = recall(session, LOGINS + account)
    return [datetime.fromisoformat(time) for time in json.loads(kept or "[]")]


def remember_login(database: Database, account: str, logins: Logins, now: datetime) -> None:
    """Count a log-in that is about to be sent, and keep it for the next run.

    A service that is started again and again must not knock the more often.
    """
    logins.tried(now)
    with database.session() as session:
        remember(session, LOGINS + account, json.dumps([time.isoformat() for time in logins.times]))
