"""Watching one mailbox: passes over its folders, and between them IDLE on the inbox (RFC 2177) where it is offered.

A watch speaks IMAP and archives, nothing else: no message is read while a command is open (R10). In the daemon each
mailbox has a thread of its own that does only this (:class:`Watcher`), so that filing never holds up archiving.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from threading import Lock, Thread
from time import monotonic

from flow.bell import Bell
from flow.logins import LoginRules, Logins, remember_login, remembered_logins
from flow.poll import OF_ONE_FOLDER, MailboxPoll
from flow.pulse import Pulse, keep_pulse, read_pulse
from flow.taking import Polled
from intake.session import MailboxSession
from records.edges import Clock
from records.errors import ArchiveError, BaosongError, MailboxError, UsageError
from records.mail import MailboxAccount
from records.words import Text
from storage.archive import Archive

log = logging.getLogger(__name__)
RELIST = timedelta(days=1)  # on an open session the whole mailbox is listed again so often: nothing is passed over
FOLDERS_AGAIN = timedelta(minutes=10)  # a clerk may make folders: the list is asked for again so often
PULSE_EVERY = timedelta(seconds=20)
INBOX = "INBOX"
STOPPED = Text(
    "收信服务器 {host} 已明确拒绝密码或授权码 {count} 次，为免封号不再登录：请改正密码文件，或重启服务再试（{why}）",
    "the mail server {host} has clearly refused the password {count} times; no more log-ins, lest the account be "
    "barred: correct the password file, or restart the service to try again ({why})",
)
WAITS = Text(
    "一小时内登录已达上限，为免账号被服务商限制，{minutes} 分钟后再登录（{why}）",
    "as many log-ins within an hour as are allowed; the next in {minutes} min, lest the provider throttle us ({why})",
)
Arrived = Callable[[Polled], None]


class Watch:
    """One mailbox on a session that is kept open; used by one thread at a time.

    ``load`` gives the account with its password as it stands in its file now; it is asked before each log-in. Raises
    UsageError where that is wrong at the very beginning.
    """

    def __init__(
        self,
        load: Callable[[], MailboxAccount],
        archive: Archive,
        clock: Clock,
        rules: LoginRules | None = None,
        arrived: Arrived = lambda polled: None,
    ) -> None:
        self.account = load()
        self.archive = archive
        self.clock = clock
        self.pulse = read_pulse(archive.database, self.account.name)
        self.logins = Logins(rules or LoginRules(), remembered_logins(archive.database, self.account.name))
        self._load = load
        self._arrived = arrived
        self._open: tuple[ExitStack, MailboxPoll] | None = None
        self._session: MailboxSession | None = None
        self._may_idle = True
        self._has_been_open = False
        self._listed_at: datetime | None = None
        self._asked_folders_at: datetime | None = None
        self._kept_at: datetime | None = None

    def poll(self, *, thorough: bool = False) -> Polled:
        """Take what is new; while it must not log in, nothing. ``thorough``: the set of folders is asked for anew.

        Raises ArchiveError and UsageError; what the mailbox does is kept in ``pulse``.
        """
        if self._open is None and not self._may_log_in():
            return Polled()
        try:
            polled = self._pass(thorough)
        except MailboxError as error:
            self._failed(error)
            return Polled()
        self.logins.completed()
        self._keep(self.pulse.well(self.clock(), self._unread()))
        return polled

    @property
    def has_been_open(self) -> bool:
        """Whether a log-in has succeeded: until then a mistake in the configuration is one."""
        return self._has_been_open

    def attend(self, bell: Bell, seconds: float) -> None:
        """For ``seconds``, or until ``bell`` rings: take what comes into the inbox as it comes, where IDLE is offered.

        Elsewhere, and while there is no connection, wait.
        """
        if self._open is None:
            bell.wait(min(seconds, max(self.logins.wait(self.clock()).total_seconds(), 1.0)))
            return
        try:
            self._attend(self._open[1], bell, monotonic() + seconds)
        except MailboxError as error:
            if error.kind not in OF_ONE_FOLDER:
                self._failed(error)
            elif error.kind == "protocol":  # it offers IDLE and refuses it, or something like that: polling does
                log.warning("no IDLE on this connection mailbox=%s why=%s", self.account.host, error)
                self._may_idle = False

    def close(self) -> None:
        """Log out."""
        self._listed_at = None
        if self._open is not None:
            stack, self._open = self._open[0], None
            stack.close()

    def cut(self) -> None:
        """Hang up, from another thread: whatever waits for an answer fails at once."""
        if (session := self._session) is not None:
            session.cut()

    def drop(self, error: BaseException) -> None:
        """Hang up without a word: a mute server must not hold us a second time."""
        self._listed_at = None
        if self._open is not None:
            stack, self._open = self._open[0], None
            stack.__exit__(type(error), error, error.__traceback__)

    def stumbled(self, error: BaseException) -> None:
        """Something failed that is not the mailbox's fault: the disk, or we. Begin again, after a pause."""
        self.drop(error)
        self.logins.failed(self.clock(), "protocol")
        why = error.text if isinstance(error, BaosongError) else Text(type(error).__name__, type(error).__name__)
        self._keep(self.pulse.failing(self.clock(), why))

    def _pass(self, thorough: bool) -> Polled:
        opened = self._opened()
        now = self.clock()
        if _is_due(self._listed_at, now, RELIST):
            polled = opened.everything()
            self._listed_at = self._asked_folders_at = now
        else:
            if thorough or _is_due(self._asked_folders_at, now, FOLDERS_AGAIN):
                opened.folders, self._asked_folders_at = None, now
            polled = opened.news()
        for folder, error in opened.unread.items():
            log.warning("folder cannot be read mailbox=%s folder=%s why=%s", self.account.host, folder, error)
        return polled

    def _attend(self, opened: MailboxPoll, bell: Bell, end: float) -> None:
        inbox = _inbox(opened.folders or ())
        if inbox is None or inbox in opened.unread or not (self._may_idle and opened.session.can_idle):
            bell.wait(end - monotonic())
            return
        while (left := end - monotonic()) > 0 and not bell.is_rung():
            if not opened.is_quiet(inbox):
                # Whatever the server told of during another command has gone unheard (RFC 3501 §7.3.1): open it anew.
                self._arrived(opened.look(inbox))
            elif opened.session.wait_new(left, bell):
                opened.disturbed(inbox)

    def _may_log_in(self) -> bool:
        if self.logins.is_stopped and not self._has_new_password():
            return False
        return not self.logins.wait(self.clock())

    def _has_new_password(self) -> bool:
        try:
            account = self._load()
        except UsageError:
            return False  # the file is being written, or gone: nothing to try with
        if account.password == self.account.password:
            return False
        self.logins.forgive()
        return True

    def _opened(self) -> MailboxPoll:
        if self._open is None:
            self.account = self._load()
            stack = ExitStack()
            self._session = MailboxSession(self.account, self._before_log_in)
            session = stack.enter_context(self._session)
            self.logins.succeeded()
            self._may_idle = self._has_been_open = True
            self._open = stack, MailboxPoll(session, self.account, self.archive, self.clock, self._progress)
        return self._open[1]

    def _before_log_in(self) -> None:
        remember_login(self.archive.database, self.account.name, self.logins, self.clock())

    def _progress(self, what: str, count: int) -> None:
        if _is_due(self._kept_at, self.clock(), PULSE_EVERY):
            self._keep(self.pulse.alive(self.clock()))

    def _unread(self) -> tuple[Text, ...]:
        return tuple(error.text for error in self._open[1].unread.values()) if self._open else ()

    def _failed(self, error: MailboxError) -> None:
        now = self.clock()
        self.drop(error)
        self.logins.failed(now, error.kind)
        wait_s = self.logins.wait(now).total_seconds()
        log.warning("mailbox failed attempts=%d next_in_s=%d why=%s", self.logins.failures, wait_s, error)
        self._keep(self.pulse.failing(now, self._explained(error, wait_s), self.logins.is_stopped))

    def _explained(self, error: MailboxError, wait_s: float) -> Text:
        if self.logins.is_stopped:
            return STOPPED.fill(host=self.account.host, count=self.logins.refusals, why=error.text)
        if self.logins.is_full(self.clock()):
            return WAITS.fill(minutes=round(wait_s / 60), why=error.text)
        return error.text

    def _keep(self, pulse: Pulse) -> None:
        """Write the pulse down when it turns, else now and then: a quiet mailbox costs no commit a second."""
        now = self.clock()
        same = (pulse.failing_since, pulse.why, pulse.is_stopped, pulse.unread) == (
            self.pulse.failing_since, self.pulse.why, self.pulse.is_stopped, self.pulse.unread,
        )  # fmt: skip
        self.pulse = pulse
        if same and not _is_due(self._kept_at, now, PULSE_EVERY):
            return
        try:
            keep_pulse(self.archive.database, self.account.name, pulse)
            self._kept_at = now
        except ArchiveError as error:  # the disk is full: that is told by what could not be archived
            log.error("pulse not kept why=%s", error)


class Watcher:
    """A thread that watches one mailbox, and a bell for those who want it to look at once."""

    def __init__(self, watch: Watch, interval_s: float, done: Bell) -> None:
        self.watch = watch
        self.error: UsageError | None = None  # a mistake in the configuration that the first log-in showed
        self._interval_s = interval_s
        self._done = done  # rung after each pass and each arrival
        self._bell = Bell()
        self._lock = Lock()
        self._asked = self._served = 0
        self._is_stopping = False
        self._thread = Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def ask(self) -> int:
        """Ask for a pass that begins now or later; the number under which :meth:`has_served` knows it."""
        with self._lock:
            self._asked += 1
            asked = self._asked
        self._bell.ring()
        return asked

    def has_served(self, asked: int) -> bool:
        """Whether that pass is over, or will never be."""
        return self._served >= asked or not self._thread.is_alive()

    def stop(self) -> None:
        """Ask it to end; :meth:`join` waits for that."""
        self._is_stopping = True
        self._bell.ring()

    def join(self, seconds: float) -> None:
        """Wait for its end; where a mute server holds it up, the connection is cut at half-time."""
        self._thread.join(seconds / 2)
        if self._thread.is_alive():
            self.watch.cut()
            self._thread.join(seconds / 2)

    def _run(self) -> None:
        while not self._is_stopping:
            self._bell.clear()
            asked = self._asked
            self._once(partial(self.watch.poll, thorough=asked > self._served))
            self._served = asked
            self._done.ring()
            if not self._is_stopping:
                self._once(partial(self.watch.attend, self._bell, self._interval_s))
        self._once(self.watch.close)

    def _once(self, work: Callable[[], object]) -> None:
        """The one broad except here: a thread that died would take the mailbox's watch along, unseen."""
        try:
            work()
        except UsageError as error:
            self.error = error
            self._stumbled(error)
        except Exception as error:  # noqa: BLE001 - it is told, and the next pass begins anew
            self._stumbled(error)

    def _stumbled(self, error: Exception) -> None:
        if self._is_stopping:
            return
        details = None if isinstance(error, BaosongError) else error
        log.error("watching failed why=%s", error, exc_info=details)
        self.watch.stumbled(error)


def _inbox(folders: tuple[str, ...]) -> str | None:
    """Where IDLE pays: the inbox, or the only folder that is watched."""
    inbox = next((name for name in folders if name.upper() == INBOX), None)
    return inbox or (folders[0] if folders else None)


def _is_due(last: datetime | None, now: datetime, every: timedelta) -> bool:
    """Whether ``every`` has passed since ``last``; also when the clock was set back behind it."""
    return last is None or not timedelta() <= now - last < every
