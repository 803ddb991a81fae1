"""A linked file from mail to archive: fetched where allowed, handed in by a person, kept, filed, rebuilt, listed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from demo.days import StepClock
from demo.servers import EmbeddedImap
from flow.links import FIRST_PAUSE, Due, LinkFetching, due_links, keep_linked
from flow.office import Office
from flow.opening import open_office, with_new_decisions
from flow.process import process_pending
from intake.message import read_message
from parsers.reader import PartReader
from records.extracts import ReadLimits
from records.mail import CloudLink, LinkedFile
from storage.archive import open_archive
from storage.links import attempts
from storage.tree import tree_digest
from tests.file_server import FileServer, answer, file_server
from tests.mail_servers import pymap
from tests.sample_corpus import ROOT
from tests.small_office import UNITS, SmallOffice, at, letter, summary

__all__ = ["pymap"]
REPORT = (
    f"{UNITS['A1']}2025年冬春火灾防控活动总结\n\n我院认真开展火灾防控活动。6月12日组织消防疏散演练1场，"
    f"开展火灾隐患排查，发现隐患5处，均已整改。\n\n{UNITS['A1']}\n2025年6月20日\n"
).encode()
NAME = "火灾防控活动总结.txt"
ALLOWED = '[links]\nallow_hosts = ["127.0.0.1"]\ntimeout_s = 10\n'
DAY = at(20, 9)


@pytest.fixture
def server() -> Iterator[FileServer]:
    """Hands out files."""
    with file_server() as served:
        yield served


def linking(url: str, *, words: str = "见附件。", end: str = "2099年7月20日 21:59 到期", name: str = NAME) -> bytes:
    """A mail of A1 whose file is only linked to."""
    size = f"{len(REPORT)}B"
    return letter("a1@example.com", "报送", f"{words}\n\n从某某邮箱发来的超大附件\n{name} ({size}, {end}) {url}\n")


def polled(office: SmallOffice, pymap: EmbeddedImap, *mails: bytes) -> list[dict[str, Any]]:
    """What the archive holds after these mails were delivered and taken in."""
    for minute, raw in enumerate(mails):
        pymap.deliver(raw, DAY + timedelta(minutes=minute))
    office.run("poll")
    return office.export()


def fetching(office: SmallOffice, pymap: EmbeddedImap, more: str = ALLOWED) -> SmallOffice:
    return office.furnish(pymap, more=more)


@pytest.fixture
def office(tmp_path: Path) -> SmallOffice:
    """An office; its configuration comes with each test."""
    return SmallOffice(tmp_path)


def test_nothing_is_fetched_by_default(office: SmallOffice, pymap: EmbeddedImap, server: FileServer) -> None:
    """The link is listed; no request leaves."""
    (row,) = polled(fetching(office, pymap, ""), pymap, linking(server.serve("/f", REPORT)))
    assert (row["status"], row["reason"], row["attachments"]) == ("review", "cloud_link", [])
    assert [link["done"] for link in row["cloud_links"]] == [False]
    assert server.asked == []


def test_a_fetched_file_is_read_filed_and_survives_a_rebuild_without_network(
    office: SmallOffice, pymap: EmbeddedImap
) -> None:
    """Octets and hash are the server's; the message is filed by what the file says; a rebuild gives the same again."""
    with file_server() as server:
        (row,) = polled(fetching(office, pymap), pymap, linking(server.serve("/f", REPORT)))
    digest = sha256(REPORT).hexdigest()
    assert (row["status"], row["submissions"][0]["unit"], row["submissions"][0]["kind"]) == ("filed", "A1", "summary")
    (part,) = row["attachments"]
    assert (part["filename"], part["sha256"], part["from_link"]) == (NAME, digest, True)
    assert [(link["sha256"], link["done"]) for link in row["cloud_links"]] == [(digest, True)]
    assert (office.root / "kept" / digest[:2] / digest).read_bytes() == REPORT
    assert [path.read_bytes() for path in (office.root / "filed").rglob(f"0620_{NAME}")] == [REPORT]
    assert office.run("search", "均已整改", "--format", "jsonl").rows
    before, tree = office.export(), tree_digest(office.root / "filed")

    office.run("rebuild")  # the server is gone

    assert (office.export(), tree_digest(office.root / "filed")) == (before, tree)
    office.run("poll")
    assert office.export() == before


def test_neither_log_nor_journal_nor_decisions_show_an_address(
    office: SmallOffice, pymap: EmbeddedImap, server: FileServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Addresses hold keys: whoever has one has the file."""
    caplog.set_level("DEBUG")
    polled(
        fetching(office, pymap),
        pymap,
        linking(server.serve("/f?key=secret1", REPORT)),
        linking(server.url("/gone?key=secret2"), words="又见附件。"),
    )
    assert "link not fetched" in caplog.text
    journal = (office.root / "journal" / "decisions.jsonl").read_text("utf-8")
    assert '"link"' in journal
    assert "secret" not in caplog.text + journal + office.run("decisions").out


def test_a_failure_is_told_in_the_digest_and_tried_again(
    office: SmallOffice, pymap: EmbeddedImap, server: FileServer
) -> None:
    """With its reason, beside the address; when the server is back the file comes and the link leaves the list."""
    server.pages["/f"] = answer(b"busy", 503)
    office = fetching(office, pymap)
    polled(office, pymap, linking(server.url("/f")))
    told = office.run("digest", "--date", "2025-06-20").out
    assert "自动下载未成：服务器答复 503" in told
    assert server.url("/f") in told
    server.serve("/f", REPORT)
    office.run("poll")
    assert server.asked == ["/f"]  # not before its time
    with opened(office) as archive_office:
        (tried,) = tries(archive_office).values()
        assert (tried.failures, tried.is_final) == (1, False)
        later = StepClock(tried.not_before + timedelta(seconds=1))
        run_links(office, archive_office, later)
    assert office.export()[0]["attachments"][0]["sha256"] == sha256(REPORT).hexdigest()
    assert "【超大附件" not in office.run("digest", "--date", "2025-06-20").out


def test_pauses_grow_and_a_final_failure_rests_until_the_rules_change(
    office: SmallOffice, pymap: EmbeddedImap, server: FileServer
) -> None:
    """Ten minutes, twenty …; a landing page is a person's."""
    server.pages["/f"] = answer(b"busy", 503)
    server.serve("/page", b"<html>x</html>", Content_Type="text/html")
    office = fetching(office, pymap)
    polled(office, pymap, linking(server.url("/f")), linking(server.url("/page"), words="再看", name="照片.zip"))
    with opened(office) as archive_office:
        clock = StepClock(max(tried.not_before for tried in tries(archive_office).values()) + timedelta(seconds=1))
        run_links(office, archive_office, clock)
        by_finality = {tried.is_final: tried for tried in tries(archive_office).values()}
        assert (by_finality[False].failures, by_finality[True].failures) == (2, 1)
        assert by_finality[False].not_before == clock() + 2 * FIRST_PAUSE
        rules = office.settings().link_rules()
        with archive_office.archive.database.session() as session:
            far = clock() + timedelta(days=1)
            assert len(due_links(session, archive_office, rules, far)) == 1
            assert len(due_links(session, archive_office, replace(rules, max_bytes=1), far)) == 2


def test_a_file_of_another_size_is_not_taken(office: SmallOffice, pymap: EmbeddedImap, server: FileServer) -> None:
    """An error page that calls itself a file: what the mail says of the size is held against it."""
    (row,) = polled(fetching(office, pymap), pymap, linking(server.serve("/f", b"x" * 5000)))
    assert row["attachments"] == []
    assert "与邮件所写不符" in office.run("digest", "--date", "2025-06-20").out
    assert list((office.root / "fetching").iterdir()) == []


def test_links_of_no_report_and_past_their_end_are_left(
    office: SmallOffice, pymap: EmbeddedImap, server: FileServer
) -> None:
    """Nobody's advertisement is fetched, nothing that is over is asked for."""
    url = server.serve("/f", REPORT)
    over = linking(url, end="2025年6月25日 到期")
    block = f"超大附件 报价.zip (9K, 2099年1月1日到期) {url}"
    advert = letter("promo@example.net", "发票代开优惠", f"代开发票，点数优惠，加微信。退订回T。\n{block}")
    rows = polled(fetching(office, pymap), pymap, over, advert)
    assert [link["done"] for row in rows for link in row["cloud_links"]] == [False, False]
    assert rows[1]["status"] == "not_a_report"
    assert server.asked == []


def test_a_person_hands_the_file_in(office: SmallOffice, pymap: EmbeddedImap, tmp_path: Path) -> None:
    """It is read and filed like one that was fetched; undoing takes it out; rebuild agrees."""
    office = fetching(office, pymap, "")
    (row,) = polled(office, pymap, linking("https://files.example.com/f"))
    file = tmp_path / NAME
    file.write_bytes(REPORT)
    office.run("review", "link", row["id"][:12], "--file", str(file), "--by", "甲")
    (filed,) = office.export()
    assert (filed["status"], filed["attachments"][0]["from_link"]) == ("filed", True)
    assert "【超大附件" not in office.run("digest", "--date", "2025-06-20").out
    office.run("rebuild")
    assert office.export() == [filed]
    (decision,) = [line.split()[0] for line in office.run("decisions").out.splitlines() if " link " in line]
    office.run("undo", decision)
    assert office.export() == [row]


def test_a_person_says_that_nobody_needs_it(office: SmallOffice, pymap: EmbeddedImap) -> None:
    """Without a file the link only leaves the list; what was found of the message stands."""
    office = fetching(office, pymap, "")
    (row,) = polled(office, pymap, linking("https://files.example.com/f"))
    assert "【超大附件" in office.run("digest", "--date", "2025-06-20").out
    office.run("review", "link", row["id"][:8] + "/1", "--note", "单位已当面交")
    assert "【超大附件" not in office.run("digest", "--date", "2025-06-20").out
    (done,) = office.export()
    assert (done["status"], done["reason"], done["cloud_links"][0]["done"]) == ("review", "cloud_link", True)


def test_a_link_that_is_not_there_is_said(office: SmallOffice, pymap: EmbeddedImap) -> None:
    """One clear line."""
    office = fetching(office, pymap, "")
    (row,) = polled(office, pymap, linking("https://files.example.com/f"))
    wrong = office.attempt("review", "link", row["id"][:8] + "/2")
    assert (wrong.status, wrong.err.count("\n")) == (2, 1)
    assert "没有第 2 个" in wrong.err


def test_a_decision_between_handing_in_and_reading_costs_nothing(
    office: SmallOffice, pymap: EmbeddedImap, server: FileServer
) -> None:
    """The message still waits for reading when somebody assigns it: the file is read all the same."""
    office = fetching(office, pymap, "")
    (row,) = polled(office, pymap, linking(server.serve("/f", REPORT)))
    office = fetching(office, pymap)
    with opened(office) as archive_office:
        fetcher = LinkFetching(office.settings().link_rules(), archive_office.archive, StepClock(at(21)))
        assert fetcher.run(archive_office)
        with_new_decisions(archive_office)
    office.run("review", "assign", row["id"][:8], "--unit", "A1", "--kind", "summary")
    office.run("poll")
    (read,) = office.export()
    assert (read["status"], read["submissions"][0]["decided_by"] is not None) == ("filed", True)
    assert [part["filename"] for part in read["attachments"]] == [NAME]


def test_the_tree_shows_that_a_big_file_exists(office: SmallOffice, pymap: EmbeddedImap) -> None:
    """A note with name, size, end and address stands where the file would; the file itself takes its place."""
    url = "https://files.example.com/f?k=1&code=2"
    body = REPORT.decode() + f"\n超大附件\n演练.mp4 (1.5G, 2099年7月20日 21:59 到期) {url}\n"
    office = fetching(office, pymap, "")
    (row,) = polled(office, pymap, letter("a1@example.com", "总结", body))
    (note,) = (office.root / "filed").rglob("0620_超大附件_演练.mp4.txt")
    told = note.read_text("utf-8-sig")
    assert all(word in told for word in ("演练.mp4", "1,610,612,736 字节", "2099-07-20 21:59", url))
    file = office.folder / "b.mp4"
    file.write_bytes(b"video")
    office.run("review", "link", row["id"][:8], "--file", str(file))
    assert list((office.root / "filed").rglob("*超大附件*")) == []
    assert [path.read_bytes() for path in (office.root / "filed").rglob("0620_b.mp4")] == [b"video"]


def test_the_daemon_fetches_beside_its_other_work(office: SmallOffice, pymap: EmbeddedImap, server: FileServer) -> None:
    """A slow file holds up no other mail; when it is there its message is read anew."""
    server.serve("/f", REPORT)
    quick = server.pages["/f"]

    filed = threading.Event()

    def slow(request: Any) -> None:
        while not (filed.wait(0.05) or server.over.is_set()):
            pass
        quick(request)

    server.pages["/f"] = slow
    office = fetching(office, pymap)
    pymap.deliver(linking(server.url("/f")), DAY)
    clock = StepClock(at(20, 10))
    with office.daemon(clock) as daemon:
        daemon.start()
        pymap.deliver(summary("B1"), at(20, 10))

        def step_until(is_so: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
            end = time.monotonic() + 120
            while not is_so(rows := office.export()):
                assert time.monotonic() < end
                clock.now += timedelta(seconds=10)
                daemon.step()
            return rows

        rows = step_until(lambda rows: len(rows) == 2 and rows[1]["status"] == "filed")
        assert (rows[0]["status"], rows[0]["attachments"]) == ("review", [])  # the file is still on its way
        filed.set()
        step_until(lambda rows: bool(rows[0]["attachments"]))
    assert server.asked == ["/f"]
    assert office.export()[0]["status"] == "filed"


KILLED = """
import os, signal, sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from config import read_settings
from flow.links import LinkFetching
from flow.opening import open_office
from storage.archive import open_archive

class Killing:
    def __init__(self, journal):
        self.journal = journal
    def extend(self, make):
        os.kill(os.getpid(), signal.SIGKILL)

settings = read_settings(Path(sys.argv[1]))
archive = open_archive(settings.root)
office = open_office(settings, archive, datetime.now(UTC))
broken = replace(archive, decisions=Killing(archive.decisions))
LinkFetching(settings.link_rules(), broken, lambda: datetime.now(UTC)).run(office)
"""


def test_killed_between_file_and_journal_nothing_is_lost_or_doubled(
    office: SmallOffice, pymap: EmbeddedImap, server: FileServer
) -> None:
    """The file lies in kept/ without a line: it is fetched again, found there, and filed once."""
    polled(fetching(office, pymap, ""), pymap, linking(server.serve("/f", REPORT)))
    office = fetching(office, pymap)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(office.config)], cwd=ROOT, check=False)
    digest = sha256(REPORT).hexdigest()
    assert killed.returncode == -signal.SIGKILL
    assert (office.root / "kept" / digest[:2] / digest).read_bytes() == REPORT
    assert office.export()[0]["attachments"] == []
    office.run("poll")
    office.run("poll")
    (row,) = office.export()
    assert [part["sha256"] for part in row["attachments"]] == [digest]
    assert len([path for path in (office.root / "kept").rglob(digest) if path.is_file()]) == 1
    lines = (office.root / "journal" / "decisions.jsonl").read_text("utf-8").splitlines()
    assert sum(json.loads(line)["entry"]["action"]["type"] == "link" for line in lines) == 1


def test_what_a_killed_download_left_is_swept_away(
    office: SmallOffice, pymap: EmbeddedImap, server: FileServer
) -> None:
    """Half a file in the folder for downloads goes when the next one begins."""
    office = fetching(office, pymap)
    left = office.root / "fetching" / "tmpx"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    polled(office, pymap, linking(server.serve("/f", REPORT)))
    assert not left.exists()
    assert list(left.parent.iterdir()) == []


def test_a_kept_file_is_on_disk_before_the_journal_says_so(office: SmallOffice, pymap: EmbeddedImap) -> None:
    """Read-only under its hash, the journal's line behind it."""
    with opened(fetching(office, pymap)) as archive_office:
        archive = archive_office.archive
        path = office.root / "spooled"
        path.write_bytes(REPORT)
        digest = sha256(REPORT).hexdigest()
        due = Due("a" * 64, CloudLink(NAME, "https://files.example.com/f"))
        keep_linked(archive, due, LinkedFile(path, digest, len(REPORT), None, "text/plain"), DAY)
        assert (path.exists(), archive.kept.read(digest)) == (False, REPORT)
        assert archive.kept.path(digest).stat().st_mode & 0o777 == 0o444
        last = list(archive.decisions.read())[-1]
        assert (last.channel, last.action.type, last.by) == ("service", "link", "baosong")


@contextmanager
def opened(office: SmallOffice) -> Iterator[Office]:
    """The office with its archive open."""
    archive = open_archive(office.root)
    try:
        yield open_office(office.settings(), archive, at(21))
    finally:
        archive.close()


def tries(office: Office) -> dict[tuple[str, str], Any]:
    with office.archive.database.session() as session:
        return dict(attempts(session))


def run_links(office: SmallOffice, opened_office: Office, clock: StepClock) -> None:
    """Fetch what is due by that clock, read and file it."""
    fetcher = LinkFetching(office.settings().link_rules(), opened_office.archive, clock)
    fetcher.run(opened_office)
    with PartReader(ReadLimits(), read_message) as reader:
        process_pending(with_new_decisions(opened_office), reader)
