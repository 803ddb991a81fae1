"""How soon a message is archived under IDLE, and what a look costs that finds nothing new, at several mailbox sizes."""

from __future__ import annotations

import inspect
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from queue import Queue

from bench.lines import heading, line, percentile
from bench.relay import Relay
from flow.bell import Bell
from flow.poll import MailboxPoll
from flow.taking import Polled
from flow.watch import Watch, Watcher
from intake.session import MailboxSession
from records.mail import MailboxAccount
from storage.archive import open_archive
from tests.mail_servers import Dovecot, dovecot_server

_FIRST = datetime(2025, 6, 1, tzinfo=UTC)
_TOGETHER = 500
_INTERVAL_S = 600.0  # between looks: what is archived sooner came by IDLE
_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Load:
    """What to watch."""

    deliveries: int
    sizes: tuple[int, ...]  # of mailboxes in which nothing is new


def run(load: Load) -> None:
    """Print seconds from delivery to archived, and octets and commands of a look that finds nothing new."""
    heading("watching: under IDLE, and looks that find nothing (Dovecot)")
    if shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin") is None:
        print("  Dovecot is not installed (Debian package dovecot-imapd): nothing measured")
        return
    with _server() as server:
        seconds = _archived_after(replace(server, user="watched"), load.deliveries)
        for percent in (50, 95):
            line(f"delivered to archived, {load.deliveries} mails, p{percent}", percentile(seconds, percent), "s")
        for size in load.sizes:
            _look(replace(server, user=f"quiet-{size}"), size)


@contextmanager
def _server() -> Iterator[Dovecot]:
    """The tests' Dovecot, outside a test run."""
    with contextmanager(inspect.unwrap(dovecot_server))() as server:
        yield server


def _archived_after(server: Dovecot, deliveries: int) -> list[float]:
    """Seconds from the moment before a delivery begins until its row and journal line are durable."""
    came: Queue[float] = Queue()

    def arrived(polled: Polled) -> None:
        for _ in range(polled.archived):
            came.put(time.perf_counter())

    found = []
    with tempfile.TemporaryDirectory(prefix="baosong-bench-") as root, server.client() as client:
        archive = open_archive(Path(root))
        first = Bell()
        watch = Watch(lambda: _account(server, server.port), archive, lambda: datetime.now(UTC), arrived=arrived)
        watcher = Watcher(watch, _INTERVAL_S, first)
        watcher.start()
        first.wait(_PATIENCE_S)
        for number in range(deliveries):
            began = time.perf_counter()
            client.append("INBOX", _message(number), msg_time=_FIRST)
            found.append(came.get(timeout=_PATIENCE_S) - began)
        watcher.stop()
        watcher.join(_PATIENCE_S)
        archive.close()
    return found


def _look(server: Dovecot, size: int) -> None:
    with server.client() as client:
        for start in range(0, size, _TOGETHER):
            numbers = range(start, min(start + _TOGETHER, size))
            client.multiappend("INBOX", [{"msg": _message(number), "date": _FIRST} for number in numbers])
    with Relay(server.port) as relay, tempfile.TemporaryDirectory(prefix="baosong-bench-") as root:
        archive = open_archive(Path(root))
        listed_only = replace(_account(server, relay.port), since=date(2025, 7, 1))
        with MailboxSession(listed_only) as session:
            poll = MailboxPoll(session, listed_only, archive, lambda: datetime.now(UTC))
            poll.everything()
            relay.reset()
            poll.news()
            line(f"a look at {size:,} messages, none new", relay.received, "octets received")
            line(f"a look at {size:,} messages, none new", relay.commands, "commands")
        archive.close()


def _account(server: Dovecot, port: int) -> MailboxAccount:
    return MailboxAccount(server.host, port, "none", server.user, server.password, folders=("INBOX",))


def _message(number: int) -> bytes:
    at = _FIRST + timedelta(minutes=number)
    return f"From: a@example.com\r\nSubject: {number}\r\nDate: {at:%d %b %Y %H:%M:%S} +0000\r\n\r\nreport\r\n".encode()
