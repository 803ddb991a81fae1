"""The daemon: watches the mailboxes, files what arrives, sends digests and reminder lists on schedule.

Under :meth:`Daemon.run` each mailbox has a thread of its own that speaks IMAP and archives; all else happens in the
calling thread: filing, digests, the outbox. Without ``run`` (the demonstration, tests with a clock of their own) each
:meth:`Daemon.step` does everything in turn.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

from config import Settings
from digest.alarms import Failure
from digest.outgoing import OutgoingServer
from digest.timetable import TimedJob, Timetable
from flow.alarms import Telling, mailbox_found, outgoing_found, queue_alarms
from flow.bell import Bell, rung
from flow.campaigns import oldest_notice
from flow.digests import queue_due_digests
from flow.links import LinkFetching
from flow.logins import rules_for
from flow.mailing import Mailing, mailing
from flow.office import Office
from flow.opening import open_office, with_new_decisions
from flow.process import Reader, process_pending
from flow.pulse import Beat, keep_beat
from flow.rebuild import is_forgetful, rebuild
from flow.reminders import queue_due_reminders
from flow.sending import SendRun, everything, is_alarm, is_no_alarm, send_due
from flow.watch import Watch, Watcher
from records.edges import Clock
from records.errors import BaosongError
from records.mail import MailboxAccount
from records.mails import OutgoingAccount
from records.words import Text
from storage import outbox
from storage.archive import Archive

log = logging.getLogger(__name__)
OUTBOX_SECONDS = 30
LINK_SECONDS = 10
RETRY_SECONDS = 60
BEAT_EVERY = timedelta(seconds=20)
LONGEST_WAIT_S = 5.0
SLICE, LONG_SLICE = 20, 200  # messages filed in one go, so that a backlog holds up neither digests nor the end
PATIENCE_S = 600.0  # for the passes that a digest waits for; a mailbox that takes longer is listed in the next one
END_S = 2.0  # for the watching threads to log out


class Stopped(BaosongError):
    """The service is to end; what was not filed yet is filed after the next start."""


class Daemon:
    """The service at work on one archive, its clock passed in."""

    def __init__(self, settings: Settings, archive: Archive, reader: Reader, clock: Clock) -> None:
        self.settings = settings
        self.archive = archive
        self.reader = reader
        self.clock = clock
        self.office = open_office(settings, archive, clock())
        self.server = _server(settings.outgoing_account())
        self.alarm_server = _server(settings.alarm_account())
        self._bell = Bell()  # something was archived, a pass is over
        self._stop: Bell | None = None
        self.watches = [self._watch(place) for place in range(len(settings.mailbox))]
        self._watchers: list[Watcher] = []
        self.links = LinkFetching(settings.link_rules(), archive, clock)
        self.timetable = self._timetable()
        self._backlog = False
        self._journal_size = 0  # the first step reads the journal: a decision may have come while the office opened
        self._failed_today: dict[str, TimedJob] = {}
        self._beaten_at: datetime | None = None

    def _watch(self, place: int) -> Watch:
        table = self.settings.mailbox[place]
        rules = rules_for(table.host, table.logins_per_hour)
        return Watch(partial(self._account, place), self.archive, self.clock, rules, lambda _: self._bell.ring())

    def _account(self, place: int) -> MailboxAccount:
        return with_since(self.settings.mailbox_account(place), self.office)

    def start(self) -> None:
        """Catch up: a lost database is made again, mail is taken, digests that a standstill held up are queued."""
        self._recover()
        self.take_in()
        self._reminders(self.clock())
        self._digests(self.clock())
        self.send()

    def run(self, stop: Bell) -> None:
        """Work until ``stop`` is rung. Raises UsageError where the first log-in shows a mistake in config.toml."""
        self._stop = stop
        try:
            self._beat()
            self._recover()
            with self._watching():
                self.start()
                while not stop.is_rung():
                    self.step()
                    self._rest()
        except Stopped:
            log.info("ends")
        finally:
            self._stop = None

    def step(self) -> None:
        """Do what is due now; a fault that passes, as a full disk does, ends nothing but this step."""
        try:
            self._new_decisions()
            if self._backlog:
                self._file_some()
        except Stopped:
            raise
        except BaosongError as error:
            self._backlog = False  # the next look files on; nobody waits for a full disk by asking it all the time
            _failed("step", error)
        self.timetable.run_due()

    def close(self) -> None:
        """Log out everywhere."""
        for watch in self.watches:
            watch.close()

    def take_in(self, at_most: int = SLICE) -> None:
        """Take all that lies in the mailboxes now and file what is new; of a long backlog a slice, the rest follows."""
        if self._watchers:
            self._wait_for([(watcher, watcher.ask()) for watcher in self._watchers])
        else:
            for watch in self.watches:
                watch.poll(thorough=at_most > SLICE)
        self._file_some(at_most)

    def _wait_for(self, asked: Sequence[tuple[Watcher, int]]) -> None:
        """File what arrives until the passes that were asked for are over: they began after the asking."""
        end = monotonic() + PATIENCE_S
        while not all(watcher.has_served(number) for watcher, number in asked):
            if monotonic() > end:
                log.warning("a mailbox is still being read; what comes of it stands in the next digest")
                return
            self._rest(1.0)
            if self._backlog:
                self._file_some()
        for watcher, _ in asked:
            if watcher.error is not None and not watcher.watch.has_been_open:
                raise watcher.error

    def _file_some(self, at_most: int = SLICE) -> None:
        filed = process_pending(self.office, self.reader, self._between, at_most=at_most)
        self._backlog = filed >= at_most
        if filed and not self._backlog:
            self.reader.rest()

    def _between(self, what: str, count: int) -> None:
        """After each message: whoever asks us to end does not wait for a whole slice."""
        self._beat()
        if self._stop is not None and self._stop.is_rung():
            raise Stopped(STOPPING)

    def _rest(self, at_most_s: float = LONGEST_WAIT_S) -> None:
        """Wait until something is due, arrives, or the end has come. Raises Stopped."""
        assert self._stop is not None, "only while running"
        heard = rung((self._stop, self._bell), 0 if self._backlog else min(self._pause_s(), at_most_s))
        if self._stop in heard:
            raise Stopped(STOPPING)
        if self._bell in heard:
            self._bell.clear()
            self._backlog = True

    def _recover(self) -> None:
        if is_forgetful(self.archive):
            rebuild(self.office, self.reader)

    @contextmanager
    def _watching(self) -> Iterator[None]:
        """Each mailbox watched by a thread of its own."""
        self._watchers = [
            Watcher(watch, table.poll_seconds, self._bell)
            for watch, table in zip(self.watches, self.settings.mailbox, strict=True)
        ]
        for watcher in self._watchers:
            watcher.start()
        try:
            yield
        finally:
            for watcher in self._watchers:
                watcher.stop()
            for watcher in self._watchers:
                watcher.join(END_S)
            self._watchers = []

    def send(self) -> SendRun:
        """Let the outbox leave; alarms by their own account, where there is one."""
        if (alarms := self.settings.alarm_outgoing) is not None and self.alarm_server is not None:
            send_due(self.archive, self.alarm_server, alarms.daily_limit, self.clock, is_alarm)
        if self.server is None or self.settings.outgoing is None:
            return SendRun()
        wanted = everything if self.alarm_server is None else is_no_alarm
        return send_due(self.archive, self.server, self.settings.outgoing.daily_limit, self.clock, wanted)

    def _alarms(self) -> None:
        """Tell the coordinators what has failed for long, and what works again."""
        account = self.settings.alarm_outgoing or self.settings.outgoing
        if account is None:
            return
        now, after = self.clock(), self.settings.alarm.after
        found: dict[str, Failure | None] = {}
        for watch in self.watches:
            found.update(mailbox_found(watch.account, watch.pulse, now, after))
        if self.settings.alarm_outgoing is not None:  # else the alarm could leave only when there is none any more
            with self.archive.database.session() as session:
                found.update(outgoing_found(outbox.waiting(session), now, after))
        queue_alarms(Telling(self.office, account.sender, self.settings.language, now), found)

    def _beat(self) -> None:
        """Note for ``health`` that we are at work; a full disk is told by what else could not be written."""
        now = self.clock()
        if self._beaten_at is not None and timedelta() <= now - self._beaten_at < BEAT_EVERY:
            return
        self._beaten_at = now
        keep_beat(self.archive.database, Beat(os.getpid(), now))

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
        timetable.every("links", LINK_SECONDS, lambda _: self._links())
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
        if self._watchers:  # they look by themselves, each at its own pace
            self._file_some()
        else:
            self.take_in()

    def _outbox(self) -> None:
        self._beat()
        self._alarms()
        self.send()

    def _links(self) -> None:
        """A file that has come makes its message wait for reading, as a new one does."""
        if self.links.step(self.office):
            self._new_decisions()
            self._backlog = True

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
        self.office = with_new_decisions(self.office)
        self._journal_size = size
        self._backlog = True  # a decision about a linked file has its message read anew

    def _pause_s(self) -> float:
        due = self.timetable.next_due()
        left = (due - self.clock()).total_seconds() if due else LONGEST_WAIT_S
        return min(max(left, 0.0), LONGEST_WAIT_S)


STOPPING = Text("服务正在停止", "the service is ending")


def with_since(account: MailboxAccount, office: Office) -> MailboxAccount:
    """The account with its default ``since``: the date of the oldest open campaign's notice."""
    return account if account.since is not None else replace(account, since=oldest_notice(office.contexts))


def _server(account: OutgoingAccount | None) -> OutgoingServer | None:
    return OutgoingServer(account) if account is not None else None


def _failed(name: str, error: Exception) -> None:
    if isinstance(error, Stopped):
        return
    log.error("job %s failed: %s", name, error, exc_info=error)
