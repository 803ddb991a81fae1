"""From mailbox to archive: what breaks on one message costs that message, what breaks below it costs nothing."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Event

import pytest
from sqlmodel import select

from demo.days import StepClock
from demo.servers import EmbeddedImap
from flow.daemon import with_since
from flow.office import Office
from flow.opening import open_office
from flow.poll import MailboxPoll
from flow.process import MAX_ATTEMPTS, Reader, process_pending
from flow.taking import Polled
from intake.message import read_message
from intake.session import MailboxSession
from parsers.reader import PartReader
from records.errors import ArchiveError
from records.extracts import Extract, ReadLimits
from records.mail import MailboxAccount, Part
from storage.archive import Archive, open_archive
from storage.durable import DISK_FULL
from storage.tables import DeliveryRow, MessageRow
from tests.mail_servers import ImapServer, dovecot, dovecot_server, imap_server, pymap
from tests.quirky_server import Quirks, QuirkyImap
from tests.small_office import PlainReading, SmallOffice, at, file_named, letter, material, summary

__all__ = ["dovecot", "dovecot_server", "imap_server", "pymap"]
NOW = at(20, 16)
CLOCK = StepClock(NOW)


@pytest.fixture
def office(tmp_path: Path, pymap: EmbeddedImap) -> SmallOffice:
    """An office whose mailbox is pymap."""
    return SmallOffice(tmp_path).furnish(pymap)


@pytest.fixture
def opened(office: SmallOffice) -> Iterator[Office]:
    """The same, its archive open."""
    archive = open_archive(office.root)
    yield open_office(office.settings(), archive, NOW)
    archive.close()


@pytest.fixture
def reader() -> Iterator[PartReader]:
    """The real reader of parts."""
    with PartReader(ReadLimits(), read_message) as parts:
        yield parts


def account(office: SmallOffice) -> MailboxAccount:
    return office.settings().mailbox_account(0)


def take(opened: Office, mailbox: MailboxAccount) -> Polled:
    """One pass over the mailbox, nothing filed."""
    with MailboxSession(mailbox) as session:
        return MailboxPoll(session, mailbox, opened.archive, CLOCK).everything()


def statuses(archive: Archive) -> dict[str, tuple[str, str | None, int]]:
    """Status, reason and counted attempts of all messages, by subject (or id, where that is not known yet)."""
    with archive.database.session() as session:
        rows = session.exec(select(MessageRow))
        return {row.subject or row.id: (row.status, row.reason, row.attempts) for row in rows}


class Breaking(PlainReading):
    """Reads parts, save those whose content begins so: at these it raises."""

    def __init__(self, reader: Reader, beginning: bytes, error: Exception) -> None:
        self.reader = reader
        self.beginning = beginning
        self.error = error

    def read(self, parts: Sequence[Part]) -> tuple[Extract, ...]:
        """Raises ``error`` at the parts that it does not like."""
        if any(part.content.startswith(self.beginning) for part in parts):
            raise self.error
        return self.reader.read(parts)


class Misleading(PlainReading):
    """Gives back fewer extracts than parts, which filing cannot know what to do with."""

    def read(self, parts: Sequence[Part]) -> tuple[Extract, ...]:
        """An extract of something that is no part: storing it fails."""
        return tuple(Extract(part, "text/plain", "ok", pages=(None,)) for part in parts)  # type: ignore[arg-type]  # on purpose


def test_message_that_breaks_reading_goes_to_a_person_and_the_others_on(
    office: SmallOffice, opened: Office, pymap: EmbeddedImap, reader: PartReader
) -> None:
    """Its raw octets are kept, its reason is said; the rest of the same poll is filed (R8)."""
    poison = file_named(material("A2"), "a.txt", b"poison")
    for number, raw in enumerate([summary("A1"), poison, summary("B1")]):
        pymap.deliver(raw, at(20, 8, number))
    take(opened, account(office))
    breaking = Breaking(reader, b"poison", ZeroDivisionError("on purpose"))
    assert process_pending(opened, breaking) == 3
    rows = office.export()
    assert [(row["status"], row["reason"]) for row in rows] == [
        ("filed", None), ("review", "service_error"), ("filed", None),
    ]  # fmt: skip
    assert "ZeroDivisionError" in rows[1]["explanation"]
    assert opened.archive.raw.find(rows[1]["id"]).read_bytes() == poison


def test_message_that_breaks_filing_goes_to_a_person_and_the_others_on(
    office: SmallOffice, opened: Office, pymap: EmbeddedImap
) -> None:
    """Also where the decision or its storing raises; nothing of the half-done work stays."""
    pymap.deliver(file_named(material("A2"), "a.txt", b"x"), at(20, 8))
    pymap.deliver(summary("A1"), at(20, 9))
    take(opened, account(office))
    process_pending(opened, Misleading())
    assert [(row["status"], row["reason"]) for row in office.export()] == [("review", "service_error"), ("filed", None)]


def test_message_broken_by_the_service_can_be_assigned(
    office: SmallOffice, opened: Office, pymap: EmbeddedImap, reader: PartReader
) -> None:
    """A person files it as any other that waits."""
    pymap.deliver(file_named(material("A2"), "a.txt", b"poison"), at(20, 8))
    take(opened, account(office))
    process_pending(opened, Breaking(reader, b"poison", ZeroDivisionError()))
    id_ = office.export()[0]["id"][:8]
    office.run("review", "assign", id_, "--unit", "A2", "--kind", "material")
    assert office.export()[0]["status"] == "filed"


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), ArchiveError(DISK_FULL.fill(path="files"))]
)
def test_full_disk_stops_the_work_and_leaves_no_trace(
    office: SmallOffice, opened: Office, pymap: EmbeddedImap, reader: PartReader, error: Exception
) -> None:
    """However often it is met: no message is blamed, none is counted against, and all are filed afterwards (R9)."""
    pymap.deliver(summary("A1"), at(20, 8))
    pymap.deliver(file_named(material("A2"), "a.txt", b"poison"), at(20, 9))
    pymap.deliver(summary("B1"), at(20, 10))
    take(opened, account(office))
    breaking = Breaking(reader, b"poison", error)
    for _ in range(MAX_ATTEMPTS + 2):
        with pytest.raises(type(error)):
            process_pending(opened, breaking)
    waiting = [found for found in statuses(opened.archive).values() if found[0] == "archived"]
    assert ("archived", None, 0) in waiting and len(set(waiting)) == 1  # what was ready before the fault is filed
    process_pending(opened, reader)
    assert [(row["status"], row["reason"]) for row in office.export()] == [("filed", None)] * 3


def test_message_at_which_the_service_dies_again_and_again_goes_to_a_person(
    office: SmallOffice, opened: Office, pymap: EmbeddedImap, reader: PartReader
) -> None:
    """What kills the whole process is counted before the work; after so many times it is tried no more."""
    pymap.deliver(file_named(material("A2"), "a.txt", b"poison"), at(20, 8))
    pymap.deliver(summary("A1"), at(20, 9))
    take(opened, account(office))

    class Killed(BaseException):
        pass

    class Dying(PlainReading):
        def read(self, parts: Sequence[Part]) -> tuple[Extract, ...]:
            if parts:
                raise Killed
            return ()

    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(Killed):
            process_pending(opened, Dying())
    process_pending(opened, Dying())
    assert sorted((row["status"], row["reason"]) for row in office.export()) == [("filed", None), ("review", "crashed")]


def test_quick_mail_is_filed_while_a_long_scan_is_read(
    office: SmallOffice, opened: Office, pymap: EmbeddedImap, reader: PartReader
) -> None:
    """Also one that arrives meanwhile: each has its row before the scan that came first has its own."""
    pymap.deliver(file_named(material("A2"), "a.txt", b"scan"), at(20, 8))
    pymap.deliver(summary("A1"), at(20, 9))
    take(opened, account(office))
    is_over = Event()
    filed: list[set[tuple[str, int]]] = []

    class Scanning(PlainReading):
        def read(self, parts: Sequence[Part]) -> tuple[Extract, ...]:
            assert not parts or is_over.wait(60)
            return reader.read(parts)

    def progress(what: str, count: int) -> None:
        if what == "filed" and count:
            with opened.archive.database.session() as session:
                filed.append({(row.status, row.received_at.hour) for row in session.exec(select(MessageRow))})
        if what == "filed" and count and len(filed) == 1:
            pymap.deliver(summary("B1"), at(20, 10))
            take(opened, account(office))
        if len(filed) == 2:
            is_over.set()

    assert process_pending(opened, Scanning(), progress) == 3
    assert [sorted(status for status, _ in rows) for rows in filed] == [
        ["archived", "filed"], ["archived", "filed", "filed"], ["filed", "filed", "filed"],
    ]  # fmt: skip


# -- what the mailbox is told ------------------------------------------------------------------------------------------


class NoJournal:
    """An arrivals journal on a full disk."""

    def append(self, *entries: object) -> None:
        """Refuses."""
        raise ArchiveError(DISK_FULL.fill(path="arrivals.jsonl"))


@pytest.mark.parametrize("after", ["seen", "move:已收"])
def test_mailbox_is_told_only_what_is_durable(tmp_path: Path, imap_server: ImapServer, after: str) -> None:
    """While the journal cannot be written the message stays unseen and in its place (R4)."""
    office = SmallOffice(tmp_path).furnish(imap_server, mailbox=f'after = "{after}"')
    imap_server.deliver(summary("A1"), at(20, 8))
    archive = open_archive(office.root)
    opened = open_office(office.settings(), archive, NOW)
    mailbox = account(office)
    broken = replace(opened, archive=replace(archive, arrivals=NoJournal()))  # type: ignore[arg-type]  # on purpose
    with pytest.raises(ArchiveError):
        take(broken, mailbox)
    assert unseen(imap_server) == 1
    assert take(opened, mailbox) == Polled(1)
    assert unseen(imap_server) == 0
    archive.close()


def unseen(server: ImapServer) -> int:
    """How many messages in the inbox nobody has seen."""
    with server.client() as client:
        client.select_folder("INBOX", readonly=True)
        return len(client.search("UNSEEN"))


def test_moved_messages_are_not_taken_again(tmp_path: Path, imap_server: ImapServer) -> None:
    """The folder they are moved to is not polled; a second poll moves and takes nothing."""
    office = SmallOffice(tmp_path).furnish(imap_server, mailbox='after = "move:已收"')
    office.config.write_text(office.config.read_text("utf-8").replace('folder = "INBOX"\n', ""), "utf-8")
    imap_server.deliver(summary("A1"), at(20, 8))
    imap_server.deliver(summary("B1"), at(20, 9))
    for _ in range(3):
        office.run("poll")
    with imap_server.client() as client:
        folders = {folder for *_, folder in client.list_folders()}
        assert client.select_folder("已收")[b"EXISTS"] == 2
        assert client.select_folder("INBOX")[b"EXISTS"] == 0
    assert "已收" in folders
    assert [row["deliveries"] for row in office.export()] == [1, 1]


def test_telling_again_what_the_mailbox_knows_does_no_harm(tmp_path: Path, imap_server: ImapServer) -> None:
    """A crash between telling and noting it: the next pass tells once more, no second copy appears (R5)."""
    office = SmallOffice(tmp_path).furnish(imap_server, mailbox='after = "move:已收"')
    imap_server.deliver(summary("A1"), at(20, 8))
    office.run("poll")
    archive = open_archive(office.root)
    with archive.database.session() as session:
        row = session.exec(select(DeliveryRow)).one()
        assert row.state == "told"
        row.state = "archived"
        session.add(row)
    archive.close()
    office.run("poll")
    with imap_server.client() as client:
        assert client.select_folder("已收")[b"EXISTS"] == 1
    assert len(office.export()) == 1


# -- what is taken -----------------------------------------------------------------------------------------------------


def test_nothing_older_than_the_notice_is_taken(office: SmallOffice, opened: Office, pymap: EmbeddedImap) -> None:
    """Without ``since`` the date of the oldest open campaign's notice counts."""
    pymap.deliver(summary("A1"), at(25, 23, 59, month=5))
    pymap.deliver(summary("B1"), at(26, 0, 0, month=5))
    mailbox = with_since(account(office), opened)
    assert mailbox.since == date(2025, 5, 26)
    assert take(opened, mailbox) == Polled(1)


def test_message_too_large_is_listed_with_its_header(tmp_path: Path, imap_server: ImapServer) -> None:
    """Its body is never fetched; sender and subject are known, a person can file it, the unit counts as missing."""
    office = SmallOffice(tmp_path).furnish(imap_server, mailbox="max_message_mb = 1")
    imap_server.deliver(file_named(summary("A1"), "a.bin", b"\0" * 1_000_000), at(20, 8))
    assert "过大 1 封" in office.run("poll").out
    assert "过大 0 封" in office.run("poll").out
    (row,) = office.export()
    assert row["id"].startswith("l-") and row["raw_sha256"] is None
    assert (row["status"], row["sender"]) == ("too_large", "a1@example.com")
    assert "火灾防控活动总结" in row["subject"] and row["message_id"].startswith("<")
    assert [item["unit"] for item in office.missing("2025-06-25")["missing"]] == ["A1", "A2", "B1", "C1"]
    assert list(office.root.glob("raw/*/*/*.eml")) == []


@pytest.mark.parametrize("is_decided", [False, True])
def test_message_too_large_is_taken_once_the_limit_is_higher(
    tmp_path: Path, imap_server: ImapServer, is_decided: bool
) -> None:
    """R15: max_message_mb was raised: the message itself takes the place of its line, save where a person decided."""
    office = SmallOffice(tmp_path).furnish(imap_server, mailbox="max_message_mb = 1")
    imap_server.deliver(file_named(summary("A1"), "a.bin", b"\0" * 1_000_000), at(20, 8))
    office.run("poll")
    (row,) = office.export()
    if is_decided:
        office.run("review", "assign", row["id"][:10], "--unit", "A1", "--kind", "summary")
    office.furnish(imap_server, mailbox="max_message_mb = 100")
    assert "新收 1 封" in office.run("poll").out
    assert "新收 0 封" in office.run("poll").out
    taken = office.export()
    assert [item["id"] == row["id"] for item in taken if item["raw_sha256"] is None] == [True] * is_decided
    assert [item["status"] for item in taken if item["raw_sha256"]] == ["filed"]
    assert {item["unit"] for item in office.missing("2025-06-25")["missing"]} == {"A2", "B1", "C1"}
    office.run("rebuild")
    assert office.export() == taken


@pytest.mark.parametrize("after", ["seen", "move:已收"])
def test_message_too_large_stays_as_it_is_in_the_mailbox(tmp_path: Path, pymap: EmbeddedImap, after: str) -> None:
    """R15: its body lies there alone; the others are told as configured."""
    office = SmallOffice(tmp_path).furnish(pymap, mailbox=f'max_message_mb = 1\nafter = "{after}"')
    pymap.deliver(file_named(summary("A1"), "a.bin", b"\0" * 1_000_000), at(20, 8))
    pymap.deliver(summary("B1"), at(20, 9))
    assert office.run("poll").status == 0
    with pymap.client() as client:
        client.select_folder("INBOX", readonly=True)
        left = client.fetch(client.search(), ["FLAGS", "RFC822.SIZE"]).values()
    unread = [item[b"RFC822.SIZE"] > 1_000_000 for item in left if b"\\Seen" not in item[b"FLAGS"]]
    assert unread == [True]
    assert len(left) == (2 if after == "seen" else 1)


def test_message_that_the_server_withholds_is_taken_when_it_comes(tmp_path: Path) -> None:
    """A FETCH leaves it out: its claim stays, the others are archived, the next whole listing finds it again."""
    mails = {uid: (summary(code), "20-Jun-2025 10:00:00 +0800") for uid, code in ((5, "A1"), (6, "B1"))}
    with QuirkyImap(mails, Quirks(skips={5})) as server:
        archive = open_archive(tmp_path)
        with MailboxSession(server.account) as session:
            poll = MailboxPoll(session, server.account, archive, CLOCK)
            poll.everything()
            assert [item.uid for item in session.withheld] == [5]
            server.quirks.skips = set()
            poll.everything()
            assert states(archive) == {5: "archived", 6: "archived"}
        archive.close()


def states(archive: Archive) -> dict[int, str]:
    with archive.database.session() as session:
        return {row.uid: row.state for row in session.exec(select(DeliveryRow))}


def test_message_too_large_can_be_filed_by_a_person(office: SmallOffice, pymap: EmbeddedImap) -> None:
    """review assign works on it as on any other; a rebuild keeps it so."""
    text = office.config.read_text("utf-8").replace('folder = "INBOX"', 'folder = "INBOX"\nmax_message_mb = 1')
    office.config.write_text(text, "utf-8")
    pymap.deliver(file_named(summary("A1"), "a.bin", b"\0" * 1_000_000), at(20, 8))
    office.run("poll")
    (row,) = office.export()
    office.run("review", "assign", row["id"][:10], "--unit", "A1", "--kind", "summary")
    before = office.export()
    assert before[0]["status"] == "filed"
    assert [item["unit"] for item in office.missing("2025-06-25")["missing"]] == ["A2", "B1", "C1"]
    office.run("rebuild")
    assert office.export() == before


def test_same_octets_again_are_the_same_message(tmp_path: Path, imap_server: ImapServer) -> None:
    """Sent twice: one message, two deliveries, the first time of receipt; also within one poll."""
    office = SmallOffice(tmp_path).furnish(imap_server)
    raw = summary("A1")
    imap_server.deliver(raw, at(20, 9))
    imap_server.deliver(raw, at(20, 8))
    office.run("poll")
    imap_server.deliver(raw, at(21, 8))
    office.run("poll")
    (row,) = office.export()
    assert (row["deliveries"], row["received_at"]) == (3, "2025-06-20T08:00:00+08:00")
    assert len(row["submissions"]) == 1


def test_same_message_id_with_other_content_is_another_message(office: SmallOffice, pymap: EmbeddedImap) -> None:
    """Only octets decide what is the same (R3)."""
    first = letter("a1@example.com", "活动图片", "甲", more={"X-Number": "1"})
    second = letter("a1@example.com", "活动图片", "甲", more={"X-Number": "2"})
    pymap.deliver(first, at(20, 8))
    pymap.deliver(second, at(20, 9))
    office.run("poll")
    rows = office.export()
    assert len(rows) == 2 and rows[0]["message_id"] == rows[1]["message_id"]


def test_renumbered_folder_files_nothing_twice(tmp_path: Path, imap_server: ImapServer) -> None:
    """The folder was made anew, with another UIDVALIDITY and other UIDs: same messages, none twice, none lost (R3)."""
    office = SmallOffice(tmp_path).furnish(imap_server)
    office.config.write_text(office.config.read_text().replace('"INBOX"', '"reports"'), "utf-8")
    first, second, third = (summary(unit) for unit in ("A1", "B1", "C1"))
    imap_server.deliver(first, at(20, 8), "reports")
    imap_server.deliver(second, at(20, 9), "reports")
    office.run("poll")
    before = office.export()
    with imap_server.client() as client:
        client.delete_folder("reports")
    for raw, hour in ((second, 9), (third, 10), (first, 8)):
        imap_server.deliver(raw, at(20, hour), "reports")
    office.run("poll")
    after = office.export()
    assert after[:2] == before
    assert [row["deliveries"] for row in after] == [1, 1, 1]


def test_decision_about_a_message_whose_octets_are_gone_takes_effect(
    office: SmallOffice, opened: Office, pymap: EmbeddedImap, reader: PartReader
) -> None:
    """A gap in the filed tree must not keep a person's decision, or any later command, from its effect."""
    pymap.deliver(file_named(summary("A1"), "a.txt", b"x"), at(20, 9))
    take(opened, account(office))
    (raw,) = (path for _, path in opened.archive.raw.paths())
    raw.unlink()
    process_pending(opened, reader)
    (row,) = office.export()
    assert (row["status"], row["reason"]) == ("review", "raw_missing")
    office.run("review", "assign", row["id"][:12], "--unit", "A1", "--kind", "summary")
    (row,) = office.export()
    assert [item["unit"] for item in row["submissions"]] == ["A1"]
    assert office.run("decisions").out
