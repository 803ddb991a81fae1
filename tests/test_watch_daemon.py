"""The daemon as it runs: a thread a mailbox, on a real Dovecot and a real clock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import pytest
from sqlmodel import select

from flow.bell import Bell, rung
from flow.daemon import Daemon
from flow.process import Reader
from records.errors import UsageError
from records.extracts import Extract
from records.mail import Part
from storage.archive import open_archive
from storage.lock import writing
from storage.tables import MessageRow
from tests.mail_servers import Dovecot, dovecot, dovecot_server
from tests.quirky_server import Quirks, QuirkyImap
from tests.small_office import PlainReading, SmallOffice, at, file_named, material, summary

__all__ = ["dovecot", "dovecot_server"]
pytestmark = pytest.mark.dovecot


@dataclass(slots=True)
class SlowReading(PlainReading):
    """Stands for a long OCR: a part that begins with "slow" is read until it may end."""

    begun: threading.Event = field(default_factory=threading.Event)
    may_end: threading.Event = field(default_factory=threading.Event)

    def read(self, parts: Sequence[Part]) -> tuple[Extract, ...]:
        """One extract a part."""
        if any(part.content.startswith(b"slow") for part in parts):
            self.begun.set()
            assert self.may_end.wait(60)
        return tuple(Extract(part, "text/plain", "ok") for part in parts)


@dataclass(slots=True)
class Running:
    """A daemon at work in a thread."""

    office: SmallOffice
    daemon: Daemon
    stop: Bell
    end: Future[None]

    def statuses(self) -> dict[str, str]:
        """Message id: status."""
        with self.daemon.archive.database.session() as session:
            return {row.id: row.status for row in session.exec(select(MessageRow))}

    def until(self, condition: Callable[[], object], seconds: float = 20.0) -> float:
        """Wait until it is true; how long that took."""
        began = monotonic()
        while not condition():
            assert monotonic() - began < seconds, "it never came"
            if self.end.done():
                self.end.result()
            threading.Event().wait(0.005)
        return monotonic() - began

    def until_there_are(self, messages: int, seconds: float = 20.0) -> float:
        """Wait for so many messages in the archive; how long that took."""
        return self.until(lambda: len(self.statuses()) == messages, seconds)

    def idles(self) -> bool:
        """Whether the first pass is over and the inbox quiet."""
        opened = self.daemon.watches[0]._open
        return opened is not None and opened[1].is_quiet("INBOX")


@contextmanager
def running(office: SmallOffice, reader: Reader) -> Iterator[Running]:
    """The daemon from its start to its clean end."""
    with writing(office.root):
        archive = open_archive(office.root)
        stop = Bell()
        daemon = Daemon(office.settings(), archive, reader, lambda: datetime.now(UTC))
        with ThreadPoolExecutor(1) as threads:
            end = threads.submit(daemon.run, stop)
            try:
                yield Running(office, daemon, stop, end)
            finally:
                stop.ring()
                end.result(60)
                archive.close()


@pytest.fixture
def office(tmp_path: Path, dovecot: Dovecot) -> SmallOffice:
    """An office whose mailbox is Dovecot; looked at every ten minutes, so what comes sooner came by IDLE."""
    return SmallOffice(tmp_path).furnish(dovecot, mailbox="poll_seconds = 600\nsince = 2025-06-01")


def test_message_is_archived_within_a_second_while_another_is_read(office: SmallOffice, dovecot: Dovecot) -> None:
    """Under IDLE; row and journal have it while the OCR of an earlier message goes on, and the session lives (R10)."""
    reader = SlowReading()
    with running(office, reader) as run:
        run.until(run.idles)
        dovecot.deliver(file_named(material("A2"), "a.txt", b"slow"), at(20, 9))
        assert reader.begun.wait(10)
        took = []
        for number in range(5):
            dovecot.deliver(summary("A1", str(number)), at(20, 10, number))
            took.append(run.until_there_are(number + 2))
        assert max(took) < 30  # by IDLE: the next poll would come after ten minutes
        assert "archived" in run.statuses().values()
        assert len(list(run.daemon.archive.arrivals.read())) == 6
        reader.may_end.set()
        run.until(lambda: "archived" not in run.statuses().values())
        dovecot.deliver(summary("B1"), at(20, 11))
        run.until_there_are(7)


def test_many_messages_are_filed_while_many_arrive(office: SmallOffice, dovecot: Dovecot) -> None:
    """Both threads write the database and the journals all the time: nothing is lost, nothing twice, nothing broken."""
    expected = 120
    with running(office, SlowReading()) as run:
        run.until(run.idles)
        for number in range(0, expected, 10):
            dovecot.deliver_all([(summary("A1", str(number + more)), at(20, 10, more)) for more in range(10)])
        run.until(lambda: list(run.statuses().values()).count("archived") == 0 and len(run.statuses()) == expected, 120)
    rows = office.export()
    assert len(rows) == expected and {row["deliveries"] for row in rows} == {1}
    assert {row["status"] for row in rows} == {"filed"}
    archive = open_archive(office.root)
    assert len({(entry.folder, entry.uid) for entry in archive.arrivals.read()}) == expected
    archive.close()


def test_folders_beside_the_inbox_are_polled_between(tmp_path: Path, dovecot: Dovecot) -> None:
    """What comes into another folder waits for no relist: it is there after poll_seconds."""
    office = SmallOffice(tmp_path).furnish(dovecot, mailbox="poll_seconds = 1\nsince = 2025-06-01")
    text = office.config.read_text("utf-8").replace('folder = "INBOX"\n', "")
    office.config.write_text(text, "utf-8")
    dovecot.deliver(summary("A1"), at(20, 9), "已收")
    with running(office, SlowReading()) as run:
        run.until_there_are(1)
        dovecot.deliver(summary("A2"), at(20, 10), "已收")
        run.until_there_are(2, 5)
        dovecot.deliver(summary("B1"), at(20, 10))
        run.until_there_are(3, 5)


def test_take_in_takes_what_lay_there_when_it_was_asked(office: SmallOffice, dovecot: Dovecot) -> None:
    """A digest and a reminder list rely on it: also in folders that IDLE does not watch, made a moment ago."""
    text = office.config.read_text("utf-8").replace('folder = "INBOX"\n', "")
    office.config.write_text(text, "utf-8")
    with writing(office.root):
        archive = open_archive(office.root)
        daemon = Daemon(office.settings(), archive, SlowReading(), lambda: datetime.now(UTC))
        daemon._stop = Bell()
        with daemon._watching():
            daemon.take_in()
            for number in range(3):
                dovecot.deliver(summary("A1", str(number)), at(20, 9, number), f"文件夹{number}")
                daemon.take_in(200)
                with archive.database.session() as session:
                    assert [row.status for row in session.exec(select(MessageRow))] == ["filed"] * (number + 1)
        archive.close()


def test_clean_end_within_two_seconds_in_idle(office: SmallOffice, dovecot: Dovecot) -> None:
    """The signal handler rings a bell; everybody hears it."""
    with running(office, SlowReading()) as run:
        run.until(run.idles)
        began = monotonic()
        run.stop.ring()
        run.end.result(10)
        assert monotonic() - began < 2.0


def test_clean_end_within_seconds_with_a_mute_server(tmp_path: Path) -> None:
    """A server that has gone mute in the middle of a message holds nobody up (R11)."""
    mails = {1: (summary("A1"), "20-Jun-2025 10:00:00 +0800")}
    with QuirkyImap(mails, Quirks(in_body="mute")) as server:
        office = SmallOffice(tmp_path).furnish()
        host_port = f"port = {server.account.port}"
        office.config.write_text(office.config.read_text("utf-8").replace("port = 9\n", host_port + "\n", 1), "utf-8")
        with running(office, SlowReading()) as run:
            run.until(lambda: any("BODY.PEEK" in command for command in server.commands))
            began = monotonic()
            run.stop.ring()
            run.end.result(20)
            assert monotonic() - began < 3.5


def test_mistake_that_the_first_login_shows_ends_the_service(office: SmallOffice) -> None:
    """A password that no server can take is told at once, with exit status 2, not in a log."""
    (office.folder / "secret").write_text("two\nlines", "utf-8")
    with pytest.raises(UsageError, match="ASCII"), running(office, SlowReading()) as run:
        run.end.result(20)


def test_two_bells_are_told_apart() -> None:
    """A bell stays rung until it is cleared; ringing it often is ringing it once."""
    first, second = Bell(), Bell()
    assert rung((first, second), 0) == []
    for _ in range(100_000):
        second.ring()
    assert rung((first, second), 1) == [second] and second.is_rung()
    second.clear()
    assert not second.is_rung()
