"""Linked files are fetched where an administrator allows it, one at a time, and kept like what cannot be had again.

spooled → ``kept/`` (fsync, rename) → decisions journal → the message is read and filed anew with the file as one more
attachment. A crash anywhere repeats the fetching; a rebuild finds the file by the journal and needs no network.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import urlsplit

from sqlmodel import Session

from flow.campaigns import SERVICE, Writer, append_decisions
from flow.linked import fits, is_over
from flow.office import Office
from intake.download import Downloader, NotFetched
from records.decisions import SaveLink
from records.edges import Clock
from records.mail import CloudLink, LinkedFile, LinkRules
from records.words import Text
from storage.archive import Archive
from storage.durable import disk_errors, make_folder
from storage.links import Attempt, attempts, fetchable, note_attempt

log = logging.getLogger(__name__)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=10), timedelta(hours=12)
MOST_FAILURES = 30  # of a link without an end: then it is a person's
WRONG_SIZE = Text(
    "得到的文件大小（{bytes} 字节）与邮件所写不符", "the file's size ({bytes} bytes) is not what the mail says"
)
Outcome = LinkedFile | NotFetched
Make = Callable[[LinkRules, Path], Downloader]


@dataclass(frozen=True, slots=True)
class Due:
    """A link to be fetched now."""

    message: str
    link: CloudLink
    failures: int = 0


class LinkFetching:
    """Fetches links in a thread of its own, so that nothing else waits; what came is taken in by ``step``."""

    def __init__(self, rules: LinkRules, archive: Archive, clock: Clock, make: Make = Downloader) -> None:
        self._rules = rules
        self._archive = archive
        self._clock = clock
        self._make = make
        self._running: Due | None = None
        self._kept: set[tuple[str, str]] = set()  # decisions that an office opened before does not know
        self._came: SimpleQueue[Outcome] = SimpleQueue()
        self._folder = archive.root / "fetching"

    def step(self, office: Office) -> bool:
        """Take in what has come and begin the next; True where the journal has something new. Raises ArchiveError."""
        if not self._rules.allow_hosts:
            return False
        grew = self._take_in(office, wait_s=0.0)
        self._begin(office)
        return grew

    def run(self, office: Office) -> bool:
        """Fetch all that is due within the time that one may take; True where the journal has something new."""
        if not self._rules.allow_hosts:
            return False
        until = self._clock() + timedelta(seconds=self._rules.timeout_s)
        grew = False
        while (left := (until - self._clock()).total_seconds()) > 1 and self._begin(office, left):
            grew = self._take_in(office, wait_s=left + 30) or grew  # the name service has a time of its own
        return grew

    def _begin(self, office: Office, at_most_s: float | None = None) -> bool:
        """Start on the most urgent link unless one is on its way; whether there is one on its way then."""
        if self._running is None:
            with self._archive.database.session() as session:
                listed = due_links(session, office, self._rules, self._clock())
            due = [item for item in listed if (item.message, item.link.id) not in self._kept]
            if not due:
                return False
            self._running = due[0]
            self._start(due[0], replace(self._rules, timeout_s=min(self._rules.timeout_s, at_most_s or 1e9)))
        return True

    def _start(self, due: Due, rules: LinkRules) -> None:
        """Nothing else is being fetched: what lies in the folder was left by a service that died."""
        with disk_errors(self._folder):
            shutil.rmtree(self._folder, ignore_errors=True)
            make_folder(self._folder)
        downloader = self._make(rules, self._folder)
        # A daemon thread: the end of the service does not wait for a slow server.
        Thread(target=_fetch, args=(downloader, due.link, self._came), name="links", daemon=True).start()

    def _take_in(self, office: Office, wait_s: float) -> bool:
        if self._running is None:
            return False
        try:
            outcome = self._came.get(timeout=wait_s) if wait_s else self._came.get_nowait()
        except Empty:
            return False
        due, self._running = self._running, None
        return self._finish(office, due, outcome)

    def _finish(self, office: Office, due: Due, outcome: Outcome) -> bool:
        if isinstance(outcome, LinkedFile) and not fits(due.link.size_bytes, outcome.size_bytes):
            outcome.path.unlink()
            outcome = NotFetched(WRONG_SIZE.fill(bytes=outcome.size_bytes), is_final=True)
        if isinstance(outcome, NotFetched):
            self._note(due, outcome)
            return False
        if due.link.id in office.standing.links.get(due.message, {}):  # a person was faster
            outcome.path.unlink()
            return False
        keep_linked(self._archive, due, outcome, self._clock())
        self._kept.add((due.message, due.link.id))
        return True

    def _note(self, due: Due, error: NotFetched) -> None:
        pause = min(FIRST_PAUSE * 2 ** min(due.failures, 10), LONGEST_PAUSE)
        attempt = Attempt(due.failures + 1, self._clock() + pause, error.text, repr(self._rules), error.is_final)
        with self._archive.database.session() as session:
            note_attempt(session, due.message, due.link, attempt)
        log.warning(
            "link not fetched message=%s host=%s attempts=%d final=%s why=%s",
            due.message,
            _host(due.link.url),
            attempt.failures,
            error.is_final,
            error,
        )


def keep_linked(archive: Archive, due: Due, file: LinkedFile, now: datetime) -> None:
    """Keep a fetched file, then write that it is there; durable when this returns. Raises ArchiveError."""
    archive.kept.take(file.path, file.sha256)
    action = SaveLink(due.message, due.link.id, file.sha256, due.link.name or file.filename, file.media_type)
    append_decisions(archive, [action], Writer(SERVICE, "service", now))
    log.info("link fetched message=%s host=%s bytes=%d", due.message, _host(due.link.url), file.size_bytes)


def due_links(session: Session, office: Office, rules: LinkRules, now: datetime) -> list[Due]:
    """Links that may be fetched and are not at hand: those that end first, before those that failed before.

    A link about which there was ever a decision is a person's, also where it was undone.
    """
    known = attempts(session)
    decided = {
        (item.action.message, item.action.link) for item in office.decisions if isinstance(item.action, SaveLink)
    }
    found = [
        (Due(message, link, tried.failures if tried else 0), received_at)
        for message, received_at, links in fetchable(session)
        for link in links
        if (message, link.id) not in decided
        and rules.allow(_host(link.url))
        and not is_over(link, received_at, now)
        and _is_due(tried := known.get((message, link.id)), rules, now)
    ]
    return [due for due, _ in sorted(found, key=lambda one: (one[0].failures, one[0].link.expires_at or one[1]))]


def _is_due(attempt: Attempt | None, rules: LinkRules, now: datetime) -> bool:
    """Other rules than those of the last attempt may let it through."""
    if attempt is None or attempt.rules != repr(rules):
        return True
    return not attempt.is_final and attempt.not_before <= now and attempt.failures < MOST_FAILURES


def _fetch(downloader: Downloader, link: CloudLink, came: SimpleQueue[Outcome]) -> None:
    try:
        came.put(downloader.fetch(link.url, link.name))
    except NotFetched as error:
        came.put(error)
    except Exception as error:  # a thread that died in silence would end all fetching
        log.exception("fetching a link broke host=%s", _host(link.url))
        came.put(NotFetched(Text(type(error).__name__, type(error).__name__)))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
