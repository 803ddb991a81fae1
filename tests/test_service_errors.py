"""Bad input: one line that says what to do, the exit status of CONTRACT.md, nothing lost (issue: what it must show)."""

from __future__ import annotations

import os
import re
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from demo.servers import HOST, EmbeddedImap, EmbeddedSmtp
from storage.lock import writing
from tests.mail_servers import pymap
from tests.service_runs import ROOT
from tests.small_office import CAMPAIGN, ROSTER, Ran, SmallOffice, at, file_named, letter, material, summary

__all__ = ["pymap"]
HAN = re.compile("[\u4e00-\u9fff]")
DAY = "2025-06-25"


@pytest.fixture
def office(tmp_path: Path, pymap: EmbeddedImap) -> SmallOffice:
    """An office whose mailbox holds two reports."""
    pymap.deliver(summary("A1"), at(20, 9))
    pymap.deliver(material("A2"), at(12, 15))
    return SmallOffice(tmp_path).furnish(pymap)


def said(done: Ran, status: int, *words: str, language: str = "zh") -> str:
    """The one line that a failed command said, checked."""
    assert done.status == status, done.err
    assert len(done.err.strip().splitlines()) == 1, done.err
    assert "Traceback" not in done.err and "Traceback" not in done.out
    assert bool(HAN.search(re.sub(r"\S*/\S*", "", done.err))) == (language == "zh"), done.err
    for word in words:
        assert word in done.err
    return done.err


def as_process(office: SmallOffice, *arguments: str, before: Callable[[], None] | None = None) -> Ran:
    """Run a command as a process of its own."""
    command = [sys.executable, str(ROOT / "service.py"), "--config", str(office.config), *arguments]
    done = subprocess.run(command, capture_output=True, timeout=120, preexec_fn=before, check=False)
    return Ran(done.returncode, done.stdout, done.stderr.decode())


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


# -- mail servers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_wrong_password(office: SmallOffice, pymap: EmbeddedImap, language: str) -> None:
    """It says authorization code; afterwards everything is taken."""
    (office.folder / "secret").write_text("wrong", "utf-8")
    said(as_process(office, "--lang", language, "poll"), 1, HOST, language=language)
    done = office.attempt("check")
    assert done.status == 1 and "✗" in done.out and "授权码" in done.out
    (office.folder / "secret").write_text(pymap.password, "utf-8")
    office.run("poll")
    assert len(office.export()) == 2


@pytest.mark.parametrize("language", ["zh", "en"])
def test_unreachable_server(office: SmallOffice, pymap: EmbeddedImap, language: str) -> None:
    """It says host and port."""
    port = unused_port()
    edit(office.config, f"port = {pymap.port}", f"port = {port}")
    said(as_process(office, "--lang", language, "poll"), 1, f"{HOST}:{port}", language=language)
    edit(office.config, f"port = {port}", f"port = {pymap.port}")
    office.run("poll")
    assert len(office.export()) == 2


def test_run_stays_up_while_the_server_is_away(office: SmallOffice, pymap: EmbeddedImap) -> None:
    """The daemon waits for the mailbox to come back; SIGTERM ends it with exit 0."""
    edit(office.config, f"port = {pymap.port}", f"port = {unused_port()}")
    command = [sys.executable, str(ROOT / "service.py"), "--config", str(office.config), "run"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert "Ctrl-C" in process.stdout.readline()
        assert process.poll() is None
        busy = office.attempt("poll")
        said(busy, 1, str(process.pid))
    finally:
        process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Traceback" not in err


def test_outgoing_server_is_away(office: SmallOffice) -> None:
    """The mail stays in the outbox and leaves with the next --send."""
    office.run("poll")
    said(office.attempt("digest", "--date", DAY, "--send"), 1, "[outgoing]")
    with EmbeddedSmtp() as smtp:
        edit(office.config, "port = 9", f"port = {smtp.port}")
        office.attempt("digest", "--date", DAY, "--send")
        assert len(smtp.received) <= 1


def test_outgoing_server_refuses(office: SmallOffice) -> None:
    """What the server said is told."""
    office.run("poll")
    with EmbeddedSmtp() as smtp:
        edit(office.config, "port = 9", f"port = {smtp.port}")
        smtp.refuse_next("550 5.7.1 not wanted here")
        said(office.attempt("digest", "--date", DAY, "--send"), 1, "not wanted here")


def test_no_mailbox_and_no_outgoing_server(office: SmallOffice) -> None:
    """Commands that need one say which table is missing; all others work."""
    text = office.config.read_text("utf-8")
    office.config.write_text(text[text.index("[archive]") :], "utf-8")
    said(office.attempt("poll"), 2, "[mailbox]")
    said(office.attempt("run"), 2, "[mailbox]")
    said(office.attempt("digest", "--send"), 2, "[outgoing]")
    assert office.missing(DAY)["expected"] == 4
    assert office.attempt("check").status == 1


def unused_port() -> int:
    with socket.create_server((HOST, 0)) as server:
        port: int = server.getsockname()[1]
        return port


# -- roster, notice, configuration -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("none.csv", None, ["none.csv"]),
        ("bad.xlsx", b"PK\x03\x04 no workbook", ["bad.xlsx"]),
        ("text.xlsx", "这不是表格".encode(), ["text.xlsx"]),
        ("twice.csv", (ROSTER + "A1,另一家医院,医院,,,,\n").encode(), ["twice.csv", "A1"]),
        ("empty.csv", b"", ["empty.csv"]),
        ("heads.csv", b"code,name\n", ["heads.csv"]),
        ("octets.csv", b"\xff\xfe\x00\xd8", ["octets.csv"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_unreadable_roster(office: SmallOffice, name: str, content: bytes | None, words: list[str]) -> None:
    """The file and the remedy are named; check shows it with a cross; once mended, nothing is lost."""
    if content is not None:
        (office.folder / name).write_bytes(content)
    edit(office.config, 'roster = "campaign.csv"', f'roster = "{name}"')
    for command in (["poll"], ["missing"], ["submissions"], ["exempt", "--unit", "A1"]):
        said(office.attempt(*command), 2, *words)
    assert "✗" in office.attempt("check").out
    edit(office.config, f'roster = "{name}"', 'roster = "campaign.csv"')
    office.run("poll")
    assert len(office.export()) == 2


def test_roster_that_breaks_later_loses_nothing(office: SmallOffice) -> None:
    """A roster that cannot be read any more stops the work with one line; put right, the export is as before."""
    office.run("poll")
    before = office.export()
    (office.folder / "campaign.csv").write_text("rubbish", "utf-8")
    said(office.attempt("submissions", "--format", "jsonl"), 2, "campaign.csv")
    (office.folder / "campaign.csv").write_text(ROSTER, "utf-8")
    assert office.export() == before


NO_DEADLINE = """\
青山区卫生健康局关于开展消防安全活动的通知

各医疗机构：

为做好消防安全工作，决定开展消防安全活动，现将有关事项通知如下：

一、活动内容

（一）组织消防疏散演练。各单位要组织消防疏散演练。

（二）开展火灾隐患排查。各单位要开展火灾隐患排查。

二、工作要求

请各单位做好总结，并将活动总结报送至report@example.com。

青山区卫生健康局
2025年5月26日
"""


def test_notice_without_a_deadline(office: SmallOffice) -> None:
    """It is read all the same, marked as unsure; check and missing say what to add; mails are taken and filed."""
    (office.folder / "notice.txt").write_text(NO_DEADLINE, "utf-8")
    (office.folder / "campaign.toml").unlink()
    done = office.run("notice", str(office.folder / "notice.txt"), "--out", str(office.folder / "campaign.toml"))
    assert "due" in done.out and "请核对" in done.out
    checked = office.attempt("check")
    assert checked.status == 1
    assert [line for line in checked.out.splitlines() if line.startswith("✗") and "due" in line]
    said(office.attempt("missing"), 2, "due")
    said(office.attempt("--lang", "en", "missing", "--format", "json"), 2, "due", language="en")
    said(office.attempt("remind", "--format", "text"), 2, "due")
    office.run("poll")
    assert len(office.export()) == 2
    office.run("digest", "--date", DAY)


@pytest.mark.parametrize(
    ("name", "content"), [("none.txt", None), ("empty.txt", b""), ("bad.docx", b"PK\x03\x04"), ("x.pdf", b"%PDF-1.4")]
)
def test_notice_that_cannot_be_read(office: SmallOffice, name: str, content: bytes | None) -> None:
    """One line with the file's name."""
    if content is not None:
        (office.folder / name).write_bytes(content)
    said(office.attempt("notice", str(office.folder / name)), 2, name)


def test_campaign_without_a_deadline_does_not_hide_the_others(tmp_path: Path) -> None:
    """missing and remind speak of the campaign that has one; the other is told of when it is named."""
    undated = CAMPAIGN.replace("2025-fanghuo", "undated").replace("due = 2025-06-30T23:59:59+08:00", "")
    office = SmallOffice(tmp_path, campaigns={"one": (CAMPAIGN, ROSTER), "two": (undated, ROSTER)}).furnish()
    assert office.missing(DAY)["campaign"] == "2025-fanghuo"
    assert "区人民医院" in office.run("remind", "--as-of", DAY, "--format", "text").out
    said(office.attempt("missing", "--campaign", "undated"), 2, "due")


def test_no_open_campaign_is_said(office: SmallOffice) -> None:
    """Empty output would look like a quiet day."""
    office.run("close")
    for command in ("missing", "remind"):
        said(office.attempt(command), 2, "notice")


def test_notice_is_not_written_over_another_campaign(office: SmallOffice) -> None:
    """--out onto the file of another campaign: refused, the file stays as it is."""
    (office.folder / "notice.txt").write_text(NO_DEADLINE, "utf-8")
    out = office.folder / "campaign.toml"
    said(office.attempt("notice", str(office.folder / "notice.txt"), "--out", str(out)), 2, "campaign.toml", "--out")
    assert out.read_text("utf-8") == CAMPAIGN


def test_no_configuration(tmp_path: Path) -> None:
    """What to do is said, in the language asked for."""
    office = SmallOffice(tmp_path)
    said(as_process(office, "poll"), 2, "config.toml")
    said(office.attempt("--lang", "en", "poll"), 2, "config.toml", language="en")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('folder = "INBOX"', 'floder = "INBOX"', ["floder"]),
        ('digest = "17:30"', 'digest = "5:30 pm"', ["digest"]),
        ('password_file = "secret"', 'password_file = "none"', ["none"]),
        ("[archive]", "[archive", ["config.toml"]),
        ('tls = "none"', 'tls = "sometimes"', ["tls"]),
        ('file = "campaign.toml"', 'file = "none.toml"', ["none.toml"]),
        ('root = "var"', "root = 5", ["root"]),
    ],
)
def test_wrong_configuration(office: SmallOffice, old: str, new: str, words: list[str]) -> None:
    """Key, type or path: exit 2, the place is named."""
    edit(office.config, old, new)
    said(office.attempt("poll"), 2, *words)
    said(office.attempt("--lang", "en", "poll"), 2, *words, language="en")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('kind = "summary"', 'kind = "report"', ["kind"]),
        ("due = 2025-06-30T23:59:59+08:00", 'due = "soon"', ["due"]),
        ('id = "2025-fanghuo"\n', "", ["id"]),
        ("[[activities]]", "[[activities", ["campaign.toml"]),
    ],
)
def test_wrong_campaign_file(office: SmallOffice, old: str, new: str, words: list[str]) -> None:
    """A mistake that a person made in campaign.toml is told with its place."""
    edit(office.folder / "campaign.toml", old, new)
    said(office.attempt("missing"), 2, "campaign.toml", *words)


def test_two_campaigns_of_one_id(office: SmallOffice) -> None:
    """Their reports could not be told apart."""
    with office.config.open("a", encoding="utf-8") as file:
        file.write('\n[[campaign]]\nfile = "campaign.toml"\nroster = "campaign.csv"\n')
    said(office.attempt("poll"), 2, "2025-fanghuo")


# -- the disk and the lock ---------------------------------------------------------------------------------------------


def small_disk(folder: Path, size_kb: int) -> Callable[[], None] | None:
    """Makes the archive's folder a small file system where root may; else processes may write small files only."""
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={size_kb}k", "tmpfs", str(folder)]
    mounted = (
        os.geteuid() == 0 and subprocess.run(["mount", *options], capture_output=True, check=False).returncode == 0
    )
    return None if mounted else file_limit(size_kb)


def file_limit(size_kb: int) -> Callable[[], None]:
    """Lets a process write files up to that size only."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size_kb * 1024, size_kb * 1024))

    return limit


@pytest.fixture
def mounts() -> Iterator[list[Path]]:
    """Folders on which something was mounted; let go at the end."""
    folders: list[Path] = []
    yield folders
    for folder in folders:
        if folder.is_mount():
            subprocess.run(["umount", str(folder)], check=True)


def test_full_disk(office: SmallOffice, pymap: EmbeddedImap, mounts: list[Path]) -> None:
    """One line; the mailbox is told nothing; with room again everything is there, once."""
    big = file_named(summary("B1"), "照片.bin", os.urandom(1_500_000))
    pymap.deliver(big, at(21, 9))
    mounts.append(office.root)
    limit = small_disk(office.root, 1000)
    done = as_process(office, "poll", before=limit)
    said(done, 1, "var")
    if limit is None:
        assert "磁盘已满" in done.err
        subprocess.run(["mount", "-o", "remount,size=50m", str(office.root)], check=True)
    office.run("poll")
    rows = office.export()
    assert [row["deliveries"] for row in rows] == [1, 1, 1]
    assert {row["status"] for row in rows} <= {"filed", "review"}
    assert [
        row["reason"] for row in rows if row["status"] == "review" and row["reason"] in ("crashed", "service_error")
    ] == []


def test_decision_is_written_whole_or_refused(office: SmallOffice) -> None:
    """A journal that cannot take a whole line is as it was before; the decision can be made again."""
    office.run("poll")
    journal = office.root / "journal" / "decisions.jsonl"
    before = journal.read_bytes()
    note = "x" * 120_000
    said(as_process(office, "exempt", "--unit", "A1", "--note", note, before=file_limit(100)), 1, "decisions.jsonl")
    assert journal.read_bytes() == before
    assert office.missing(DAY)["exempt"] == []
    office.run("exempt", "--unit", "A1", "--note", note)
    assert office.missing(DAY)["exempt"] == [{"unit": "A1"}]


def test_archive_that_may_not_be_written(office: SmallOffice) -> None:
    """A root that is a file: one line."""
    office.root.write_text("", "utf-8")
    said(office.attempt("poll"), 1, "var")
    said(office.attempt("submissions"), 1, "var")


def test_two_writers_exclude_each_other_and_decisions_are_queued(office: SmallOffice) -> None:
    """poll, rebuild and --send wait for nobody; a decision is taken and carried out by whoever writes next."""
    office.run("poll")
    with writing(office.root):
        for command in (["poll"], ["rebuild"], ["run"], ["digest", "--send"]):
            said(office.attempt(*command), 1, str(os.getpid()))
        said(office.attempt("--lang", "en", "poll"), 1, str(os.getpid()), language="en")
        assert "已记录" in office.run("exempt", "--unit", "A1").out
        assert len(office.export()) == 2
    office.run("poll")
    assert office.missing(DAY)["exempt"] == [{"unit": "A1"}]


# -- what people type --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        [], ["nothing"], ["missing", "--format", "xml"], ["missing", "--as-of", "tomorrow"], ["missing", "--as-of", ""],
        ["missing", "--as-of", "2025-06-31"], ["missing", "--requirement", "r9"], ["digest", "--date", "30.6.2025"],
        ["submissions", "--unit", "Z9"], ["submissions", "--since", "2025-13-01"], ["submissions", "--status", "lost"],
        ["search"], ["search", "演练", "--unit", "某医院"], ["review", "show", "ab"], ["review", "show", "0123456789"],
        ["review", "show", ""], ["review", "assign", "0123456789", "--unit", "A1"], ["review", "return", "01234567"],
        ["exempt"], ["exempt", "--unit", "Z9"], ["exempt", "--unit", "A1", "--requirement", "r9"], ["undo", "d-9999"],
        ["extend", "--unit", "A1", "--until", "later"], ["promise", "--unit", "A1", "--date", "2025-6-3"],
        ["record", "--unit", "A1", "--at", "then", "--channel", "phone"],
        ["record", "--unit", "A1", "--at", "2025-06-20", "--channel", "fax"],
        ["record", "--unit", "A1", "--at", "2025-06-20", "--channel", "phone", "--file", "none.pdf"],
        ["close", "--campaign", "none"], ["import"], ["import", "none.eml"],
        ["setup", "--provider", "none"], ["purge"], ["rebuild", "--dry-run", "--into", "x"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage(office: SmallOffice, command: list[str]) -> None:
    """Exit 2, one line, in the language asked for; nothing is decided."""
    said(office.attempt(*command), 2)
    done = office.attempt("--lang", "en", *command)
    assert done.status == 2 and len(done.err.strip().splitlines()) == 1
    office.run("missing", "--as-of", DAY)
    journal = office.root / "journal" / "decisions.jsonl"
    assert not journal.exists() or '"channel":"command"' not in journal.read_text("utf-8")


def test_help_is_no_error(office: SmallOffice) -> None:
    """--help prints and ends with 0."""
    done = as_process(office, "review", "--help")
    assert done.status == 0 and "assign" in done.out and done.err == ""


def test_ambiguous_prefix(office: SmallOffice, pymap: EmbeddedImap) -> None:
    """Two manual entries begin alike only by their mark: eight characters are asked for, and enough to tell them."""
    office.run("record", "--unit", "A1", "--at", DAY, "--channel", "phone")
    office.run("record", "--unit", "B1", "--at", DAY, "--channel", "phone")
    ids = [row["id"] for row in office.export() if row["source"] == "manual"]
    said(office.attempt("review", "show", "m-"), 2, "8")
    office.run("review", "show", ids[0][:12])


def test_place_that_is_no_number(office: SmallOffice) -> None:
    """/2 is a number from 1."""
    office.run("poll")
    id_ = office.export()[0]["id"][:8]
    for place in ("x", "0", "-1", "9", "²"):
        said(office.attempt("review", "return", f"{id_}/{place}", "--note", "x"), 2)


def test_hostile_subject_stays_on_its_line(office: SmallOffice, pymap: EmbeddedImap) -> None:
    """What a sender wrote moves no cursor and forges no line in a terminal."""
    subject = "\u202e活动总结\x1b[2J\x07"
    pymap.deliver(
        letter("who@example.com", "=?utf-8?q?" + "".join(f"={o:02X}" for o in subject.encode()) + "?=", "x\x1b[31m红"),
        at(20, 10),
    )
    office.run("poll")
    id_ = next(row["id"] for row in office.export() if row["sender"] == "who@example.com")
    for command in (
        ["submissions"],
        ["review"],
        ["review", "show", id_[:8]],
        ["search", "红"],
        ["digest", "--date", "2025-06-20"],
    ):
        text = office.run(*command).out
        assert "\x1b" not in text and "\x07" not in text and "\u202e" not in text


def test_campaign_file_and_roster_as_windows_saves_them(office: SmallOffice) -> None:
    """A byte order mark and CRLF are no mistakes; another encoding is said."""
    campaign = office.folder / "campaign.toml"
    campaign.write_bytes(b"\xef\xbb\xbf" + CAMPAIGN.replace("\n", "\r\n").encode())
    (office.folder / "campaign.csv").write_bytes(ROSTER.replace("\n", "\r\n").encode("gbk"))
    assert office.missing(DAY)["expected"] == 4
    campaign.write_bytes(CAMPAIGN.encode("gbk"))
    said(office.attempt("missing"), 2, "campaign.toml", "UTF-8")
