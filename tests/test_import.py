"""``import``: mail from files goes the way of all mail, once, with a time of receipt that says where it comes from."""

from __future__ import annotations

import mailbox
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from demo.days import StepClock
from demo.servers import EmbeddedImap, EmbeddedSmtp
from records.journals import Arrival
from storage.archive import open_archive
from tests.mail_servers import Dovecot, dovecot, dovecot_server, pymap
from tests.service_runs import ROOT
from tests.small_office import SmallOffice, at, letter, material, summary

__all__ = ["dovecot", "dovecot_server", "pymap"]
LAST_YEAR = at(20).replace(year=2024)


@pytest.fixture
def office(tmp_path: Path, pymap: EmbeddedImap) -> SmallOffice:
    """An office with an empty mailbox."""
    return SmallOffice(tmp_path).furnish(pymap)


@pytest.fixture
def smtp() -> Iterator[EmbeddedSmtp]:
    """A real SMTP receiver."""
    with EmbeddedSmtp() as server:
        yield server


def dated(raw: bytes, received: datetime | None = None, date: datetime | None = None) -> bytes:
    """The same mail with a Received and a Date header."""
    lines = [f"Received: from mx.example.com by imap.example.com; {format_datetime(received)}"] if received else []
    lines += [f"Date: {format_datetime(date)}"] if date else []
    return "".join(f"{line}\r\n" for line in lines).encode() + raw


def eml(office: SmallOffice, name: str, raw: bytes) -> str:
    """The mail as a file beside the office; its path."""
    folder = office.folder / "old"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(raw)
    return str(folder / name)


def arrivals(office: SmallOffice) -> list[Arrival]:
    archive = open_archive(office.root)
    try:
        return list(archive.arrivals.read())
    finally:
        archive.close()


def only(office: SmallOffice) -> dict[str, Any]:
    (row,) = office.export()
    return row


# -- the way of all mail -----------------------------------------------------------------------------------------------


def test_eml_mbox_and_maildir_are_filed_like_mail(office: SmallOffice) -> None:
    """Three kinds of files in one command: archived byte for byte, in the journal, filed, indexed."""
    first = dated(summary("A1"), at(20, 9))
    second, third = dated(material("A2"), at(12)), dated(summary("B1"), at(21))
    box = mailbox.mbox(office.folder / "old.mbox")
    box.add(second.replace(b"\r\n", b"\n"))
    box.close()
    mailbox.Maildir(office.folder / "Maildir").add(third)
    done = office.run(
        "import", eml(office, "a.eml", first), str(office.folder / "old.mbox"), f"{office.folder}/Maildir"
    )
    assert "导入 3 封" in done.out and "归类完成 3 封" in done.out
    assert [(row["status"], row["submissions"][0]["unit"]) for row in office.export()] == [
        ("filed", "A2"), ("filed", "A1"), ("filed", "B1"),
    ]  # fmt: skip
    assert {path.read_bytes() for path in office.root.glob("raw/*/*/*.eml")} == {first, second, third}
    assert {item.mailbox for item in arrivals(office)} == {"import"}
    assert office.run("search", "消防疏散演练", "--format", "jsonl").rows


def test_import_sends_nothing(tmp_path: Path, pymap: EmbeddedImap, smtp: EmbeddedSmtp) -> None:
    """No mail leaves and none is queued."""
    office = SmallOffice(tmp_path).furnish(pymap, smtp.port)
    office.run("import", eml(office, "a.eml", dated(summary("A1"), at(20))))
    archive = open_archive(office.root)
    try:
        assert list(archive.sent.read()) == []
        with archive.database.session() as session:
            assert session.connection().exec_driver_sql("SELECT count(*) FROM outbox").scalar() == 0
    finally:
        archive.close()
    assert smtp.received == []


def test_time_of_receipt_says_where_it_comes_from(office: SmallOffice) -> None:
    """R22: the topmost Received, else Date, else now; a time that has not come yet is passed over."""
    future = datetime.now().astimezone().replace(year=2040)
    mails = [
        dated(dated(material("A1"), at(1)), at(12, 9)),  # another server's Received lies below
        dated(material("A2"), date=at(13)),
        dated(material("B1"), future, at(14)),
        material("C1"),
    ]
    for number, raw in enumerate(mails):
        eml(office, f"{number}.eml", raw)
    office.run("import", str(office.folder / "old"))
    rows = {row["submissions"][0]["unit"]: row for row in office.export()}
    assert (rows["A1"]["received_at"], rows["A1"]["received_source"]) == ("2025-06-12T09:00:00+08:00", "received")
    assert (rows["A2"]["received_at"], rows["A2"]["received_source"]) == ("2025-06-13T10:00:00+08:00", "date")
    assert (rows["B1"]["received_at"], rows["B1"]["received_source"]) == ("2025-06-14T10:00:00+08:00", "date")
    assert rows["C1"]["received_source"] == "fetched"


def test_since_does_not_bind_an_import(tmp_path: Path, pymap: EmbeddedImap) -> None:
    """CONTRACT: what the mailbox would pass over as too old is taken from a file."""
    office = SmallOffice(tmp_path).furnish(pymap, mailbox="since = 2025-06-15")
    office.run("import", eml(office, "a.eml", dated(material("A1"), at(12))))
    assert only(office)["status"] == "filed"


def test_a_message_above_the_limit_is_listed(tmp_path: Path, pymap: EmbeddedImap) -> None:
    """R15: its header tells who sent it; its body is not kept."""
    office = SmallOffice(tmp_path).furnish(pymap, mailbox="max_message_mb = 1")
    large = dated(letter("a1@example.com", "活动视频", ("视频" * 30 + "\n") * 20_000), at(12))
    office.run("import", eml(office, "a.eml", large))
    row = only(office)
    assert (row["status"], row["sender"], row["subject"]) == ("too_large", "a1@example.com", "活动视频")
    assert row["received_at"] == "2025-06-12T10:00:00+08:00"
    office.run("import", str(office.folder / "old"))
    assert len(office.export()) == 1


# -- once --------------------------------------------------------------------------------------------------------------


def test_importing_again_changes_nothing(office: SmallOffice) -> None:
    """The same file under another name, the same mail with the line ends of this machine, twice in one command."""
    raw = dated(summary("A1"), at(20))
    path = eml(office, "a.eml", raw)
    office.run("import", path, path)
    before, journal = office.export(), arrivals(office)
    again = eml(office, "again.eml", raw)
    unix = eml(office, "unix.eml", raw.replace(b"\r\n", b"\n"))
    assert "导入 0 封，已有 2 封" in office.run("import", again, unix).out
    assert office.export() == before and arrivals(office) == journal
    assert before[0]["deliveries"] == 1


def test_import_never_resets_a_time_of_receipt(office: SmallOffice, pymap: EmbeddedImap) -> None:
    """R22: what the mailbox server said stands, though the file's Received is earlier."""
    raw = dated(summary("A1"), at(19))
    pymap.deliver(raw, at(20, 9))
    office.run("poll")
    before = office.export()
    assert "已有 1 封" in office.run("import", eml(office, "a.eml", raw)).out
    assert office.export() == before
    assert before[0]["received_source"] == "internaldate"


@pytest.mark.parametrize("hour", [8, 12])
def test_internaldate_beats_a_header_that_was_imported_before(
    office: SmallOffice, pymap: EmbeddedImap, hour: int
) -> None:
    """R22: earlier or later, the server knows better; whichever came first, and after a rebuild too."""
    raw = dated(summary("A1"), at(20, 10))
    office.run("import", eml(office, "a.eml", raw))
    pymap.deliver(raw, at(20, hour))
    office.run("poll")
    row = only(office)
    assert (row["received_at"], row["deliveries"]) == (f"2025-06-20T{hour:02}:00:00+08:00", 1)
    assert (row["received_source"], row["status"]) == ("internaldate", "filed")
    office.run("rebuild")
    assert only(office) == row


@pytest.mark.dovecot
def test_dovecots_own_maildir_is_known_already(tmp_path: Path, dovecot: Dovecot) -> None:
    """Dovecot keeps LF on disk and shows CRLF: what was polled is the same message in its Maildir."""
    office = SmallOffice(tmp_path).furnish(dovecot)
    for raw in (summary("A1"), material("A2"), letter("b1@example.com", "火灾防控", "内容\n\n\n")):
        dovecot.deliver(raw, at(20))
    office.run("poll")
    before = office.export()
    done = office.run("import", str(dovecot.root / "mail" / dovecot.user))
    assert "导入 0 封，已有 3 封" in done.out
    assert office.export() == before
    fresh = SmallOffice(tmp_path / "other")
    fresh.folder.mkdir()
    fresh.furnish(dovecot).run("import", str(dovecot.root / "mail" / dovecot.user))
    fresh.run("poll")
    assert [row["id"] for row in fresh.export()] == [row["id"] for row in before]


def test_a_kill_in_between_costs_nothing(office: SmallOffice) -> None:
    """R4: killed again and again while it takes and files 200 messages, in the end each is there once, whole."""
    sent = [dated(material("A1", f"第{number}次。"), at(12, 9, number % 60)) for number in range(200)]
    box = mailbox.mbox(office.folder / "old.mbox")
    for raw in sent:
        box.add(raw.replace(b"\r\n", b"\n"))
    box.close()
    command = [sys.executable, str(ROOT / "service.py"), "--config", str(office.config), "import", str(box._path)]
    journal = office.root / "journal" / "arrivals.jsonl"
    ends = []
    for step in range(4):
        grown = journal.stat().st_size if journal.exists() else 0
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 60
        while step < 3 and process.poll() is None and time.monotonic() < end:
            if journal.exists() and journal.stat().st_size > grown:
                break
            time.sleep(0.005)
        process.kill()  # one that has just ended by itself is no longer there to be killed
        ends.append(process.wait())
    assert -signal.SIGKILL in ends
    office.run("import", str(box._path))
    rows = office.export()
    assert {row["id"] for row in rows} == {sha256(raw).hexdigest() for raw in sent}
    assert (
        len(rows) == 200 and {row["status"] for row in rows} == {"filed"} and {row["deliveries"] for row in rows} == {1}
    )
    assert {path.read_bytes() for path in office.root.glob("raw/*/*/*.eml")} == set(sent)
    assert list(office.root.glob("raw/**/.tmp-*")) == []


def test_rebuild_tells_the_same_of_imported_mail(office: SmallOffice) -> None:
    """Old mail, new mail and what is no report: the journals alone bring it all back."""
    eml(office, "1.eml", dated(summary("A1"), at(20)))
    eml(office, "2.eml", dated(summary("A2"), LAST_YEAR))
    eml(office, "3.eml", dated(letter("who@example.com", "火灾防控", "见附件"), at(21)))
    office.run("import", str(office.folder / "old"))
    before = office.export()
    office.run("rebuild")
    assert office.export() == before


# -- what is no mail ---------------------------------------------------------------------------------------------------


def test_what_is_no_mail_is_told_and_the_rest_is_taken(office: SmallOffice) -> None:
    """One line each on standard error, exit status 1; in English where that is asked for."""
    eml(office, "a.eml", dated(summary("A1"), at(20)))
    (office.folder / "说明.txt").write_text("去年的邮件", "utf-8")
    (office.folder / "空.eml").write_bytes(b"")
    paths = [str(office.folder / name) for name in ("说明.txt", "old", "空.eml")]
    done = office.attempt("import", *paths)
    assert done.status == 1
    assert [("说明.txt" in line, "空.eml" in line) for line in done.err.splitlines()] == [(True, False), (False, True)]
    assert "导入 1 封" in done.out and len(office.export()) == 1
    assert "is no message" in office.attempt("--lang", "en", "import", paths[0]).err


def test_wrong_usage_begins_nothing(office: SmallOffice) -> None:
    """A path that is not there, no path at all, no campaign: one line, exit status 2, nothing imported."""
    path = eml(office, "a.eml", dated(summary("A1"), at(20)))
    for arguments in (["import", path, str(office.folder / "nowhere")], ["import"]):
        done = office.attempt(*arguments)
        assert done.status == 2 and len(done.err.splitlines()) == 1
    assert office.export() == []
    bare = SmallOffice(office.folder, campaigns={}).furnish()
    done = bare.attempt("import", path)
    assert done.status == 2 and "[[campaign]]" in done.err


# -- digests -----------------------------------------------------------------------------------------------------------


def test_the_next_digest_lists_this_campaigns_mail_and_no_old_one(
    tmp_path: Path, pymap: EmbeddedImap, smtp: EmbeddedSmtp
) -> None:
    """What came for the open campaign stands as 补收 once; mail from before it in no digest, nor as undecided."""
    office = SmallOffice(tmp_path).furnish(pymap, smtp.port, mailbox="max_message_mb = 1")
    for number in range(30):
        eml(office, f"{number}.eml", dated(letter("a1@example.com", f"往年{number}", "请问怎么报？"), LAST_YEAR))
    eml(office, "large.eml", dated(letter("a1@example.com", "往年视频", ("x" * 70 + "\n") * 20_000), LAST_YEAR))
    eml(office, "now.eml", dated(summary("A1"), at(12)))
    clock = StepClock(at(20, 8, 30))
    with office.daemon(clock) as daemon:
        daemon.start()
    office.run("import", str(office.folder / "old"))
    with office.daemon(clock) as daemon:
        daemon.start()
        for hour in (17, 18):
            clock.now = at(20, hour, 30)
            daemon.step()
    archive = open_archive(office.root)
    try:
        (digest,) = [entry for entry in archive.sent.read() if entry.kind == "digest"]
    finally:
        archive.close()
    assert digest.lists == (sha256(dated(summary("A1"), at(12))).hexdigest(),)
    assert len(office.export()) == 32
