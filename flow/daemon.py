"""The daemon: watches the mailboxes, files what arrives, sends digests and reminder lists on schedule."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from random import uniform
from threading import Event

from config import Settings
from digest.outgoing import OutgoingServer
from digest.timetable import TimedJob, Timetable
from flow.campaigns import oldest_notice
from flow.digests import queue_due_digests
from flow.mailing import Mailing, mailing
from flow.office import Office
from flow.opening import lay_over, open_office
from flow.poll import MailboxPoll
from flow.process import Reader, process_pending
from flow.rebuild import is_forgetful, rebuild
from flow.reminders import queue_due_reminders
from flow.sending import SendRun, send_due
from flow.taking import Polled
from intake.session import MailboxSession
from records.edges import Clock
from records.errors import BaosongError, MailboxError
from records.mail import MailboxAccount
from storage.archive import Archive

log = logging.getLogger(__name__)
OUTBOX_SECONDS = 30
RETRY_SECONDS = 60
LONGEST_WAIT_S = 5.0
SLICE, LONG_SLICE = 20, 200  # messages filed in one go, so that a backlog holds up neither digests nor the end
RELIST = timedelta(hours=1)  # on an open session the whole mailbox is listed again so often: nothing is passed over
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=10)


class Daemon:
    """The service at work on one archive, its clock passed in. One thread: each job runs to its end."""

    def __init__(self, settings: Settings, archive: Archive, reader: Reader, clock: Clock) -> None:
        self.settings = settings
        self.archive = archive
        self.reader = reader
        self.clock = clock
        self.office = open_office(settings, archive, clock())
        self.server = _server(settings)
        self.watches = [
            Watch(with_since(settings.mailbox_account(place), self.office), archive, clock)
            for place in range(len(settings.mailbox))
        ]
        self.timetable = self._timetable()
        self._backlog = False
        self._journal_size = 0  # the first step reads the journal: a decision may have come while the office opened
        self._failed_today: dict[str, TimedJob] = {}

    def start(self) -> None:
        """Catch up: a lost database is made again, mail is taken, digests that a standstill held up are queued."""
        if is_forgetful(self.archive):
            rebuild(self.office, self.reader)
        self.take_in()
        self._reminders(self.clock())
        self._digests(self.clock())
        self.send()

    def run(self, stop: Event) -> None:
        """Work until ``stop`` is set."""
        self.start()
        while not stop.is_set():
            self.step()
            stop.wait(0 if self._backlog else self._pause_s())
        self.close()

    def step(self) -> None:
        """Do what is due now; a fault that passes, as a full disk does, ends nothing but this step."""
        try:
            self._new_decisions()
            if self._backlog:
                self._file_some()
        except BaosongError as error:
            _failed("step", error)
        self.timetable.run_due()

    def close(self) -> None:
        """Log out everywhere."""
        for watch in self.watches:
            watch.close()

    def take_in(self, at_most: int = SLICE) -> None:
        """Poll all mailboxes and file what is new; of a long backlog a slice, the rest follows step by step."""
        for watch in self.watches:
            watch.poll()
        self._file_some(at_most)

    def _file_some(self, at_most: int = SLICE) -> None:
        filed = process_pending(self.office, self.reader, at_most=at_most)
        self._backlog = filed == at_most
        if filed and not self._backlog:
            self.reader.rest()

    def send(self) -> SendRun:
        """Let the outbox leave."""
        if self.server is None or self.settings.outgoing is None:
            return SendRun()
        return send_due(self.archive, self.server, self.settings.outgoing.daily_limit, self.clock)

    def _timetable(self) -> Timetable:
        """The jobs, by the clock of each campaign's time zone."""
        timetable = Timetable(self.clock, _failed)
        for zone in sorted({context.timezone for context in self.office.contexts}):
            schedule = self.settings.schedule
            digests, reminders = f"digest {zone}", f"reminders {zone}"
            timetable.daily(digests, f"{schedule.digest:%H:%M}", zone, self._surely(digests, self._digests))
            timetable.daily(
                reminders, f"{schedule.reminder_hour:%H:%M}", zone, self._surely(reminders, self._reminders)
            )
        seconds = min((table.poll_seconds for table in self.settings.mailbox), default=60)
        timetable.every("poll", seconds, lambda _: self._poll())
        timetable.every("outbox", OUTBOX_SECONDS, lambda _: self._outbox())
        timetable.every("failed jobs", RETRY_SECONDS, self._try_again)
        return timetable

    def _surely(self, name: str, job: TimedJob) -> TimedJob:
        """A daily job that is tried again until it ends well: a passing fault at its hour must not cost a day (R9)."""

        def run(nominal: datetime) -> None:
            self._failed_today[name] = job
            job(nominal)
            del self._failed_today[name]

        return run

    def _try_again(self, now: datetime) -> None:
        for name, job in list(self._failed_today.items()):
            self._surely(name, job)(now)

    def _poll(self) -> None:
        self.take_in()

    def _outbox(self) -> None:
        self.send()

    def _digests(self, _: datetime) -> None:
        """What arrived before the cut-off is taken first, so that it stands in this digest."""
        self.take_in(LONG_SLICE)
        if self.server is not None:
            queue_due_digests(self.office, self._mailing())
        self.send()

    def _reminders(self, _: datetime) -> None:
        """A report that came a minute ago is not reminded: the mailbox is asked first."""
        self.take_in(LONG_SLICE)
        if self.server is not None:
            queue_due_reminders(self.office, self._mailing())
        self.send()

    def _mailing(self) -> Mailing:
        return mailing(self.settings, self.office, self.clock())

    def _new_decisions(self) -> None:
        """Lay over what other commands wrote into the journal while we hold the archive."""
        size = self.archive.decisions.size_bytes
        if size == self._journal_size:
            return
        known = len(self.office.decisions)
        self.office = lay_over(self.office, tuple(self.archive.decisions.read())[known:])
        self._journal_size = size

    def _pause_s(self) -> float:
        due = self.timetable.next_due()
        left = (due - self.clock()).total_seconds() if due else LONGEST_WAIT_S
        return min(max(left, 0.0), LONGEST_WAIT_S)


class Watch:
    """One mailbox on a session that is kept open; after a failure it waits longer and longer, with jitter (R12)."""

    def __init__(self, account: MailboxAccount, archive: Archive, clock: Clock) -> None:
        self.account = account
        self.archive = archive
        self.clock = clock
        self._open: tuple[ExitStack, MailboxPoll] | None = None
        self._failures = 0
        self._not_before: datetime | None = None
        self._listed_at: datetime | None = None

    def poll(self) -> Polled:
        """Take what is new; while it waits after a failure, nothing."""
        if self._not_before is not None and self.clock() < self._not_before:
            return Polled()
        try:
            polled = self._pass()
        except MailboxError as error:
            self._failed(error)
            return Polled()
        self._failures, self._not_before = 0, None
        return polled

    def _pass(self) -> Polled:
        opened = self._opened()
        now = self.clock()
        if self._listed_at is not None and now - self._listed_at < RELIST:
            return opened.news()
        self._listed_at = now
        return opened.everything()

    def close(self) -> None:
        """Log out."""
        self._listed_at = None
        if self._open is not None:
            stack, self._open = self._open[0], None
            stack.close()

    def _opened(self) -> MailboxPoll:
        if self._open is None:
            stack = ExitStack()
            session = stack.enter_context(MailboxSession(self.account))
            self._open = stack, MailboxPoll(session, self.account, self.archive, self.clock)
        return self._open[1]

    def _failed(self, error: MailboxError) -> None:
        self._listed_at = None
        if self._open is not None:  # hang up without a word: a mute server must not hold us a second time
            stack, self._open = self._open[0], None
            stack.__exit__(type(error), error, error.__traceback__)
        pause = min(FIRST_PAUSE * 2 ** min(self._failures, 10), LONGEST_PAUSE) * uniform(1.0, 1.3)
        self._failures += 1
        self._not_before = self.clock() + pause
        log.warning("mailbox failed attempts=%d next_in_s=%d why=%s", self._failures, pause.total_seconds(), error)


def with_since(account: MailboxAccount, office: Office) -> MailboxAccount:
    """The account with its default ``since``: the date of the oldest open campaign's notice."""
    return account if account.since is not None else replace(account, since=oldest_notice(office.contexts))


def _server(settings: Settings) -> OutgoingServer | None:
    account = settings.outgoing_account()
    return OutgoingServer(account) if account is not None else None


def _failed(name: str, error: Exception) -> None:
    log.error("job %s failed: %s", name, error, exc_info=error)
