"""Mail in files: mbox in its dialects, Maildir, .eml and folders of them, and what is no mail at all."""

from __future__ import annotations

import mailbox
import os
import tracemalloc
from pathlib import Path

import pytest

from intake.mailfiles import NoMail, StoredMail, mail_in
from tests.small_office import letter, material, summary

LIMIT = 10 * 1024 * 1024
FROM = b"From report@example.com Wed Jun 25 10:00:00 2025\n"


def mails(path: Path, limit: int = LIMIT) -> list[StoredMail]:
    return [found for found in mail_in(path, limit) if isinstance(found, StoredMail)]


def refusals(path: Path, limit: int = LIMIT) -> list[str]:
    return [found.text.zh for found in mail_in(path, limit) if isinstance(found, NoMail)]


def mbox(folder: Path, *messages: bytes, ends: bytes = b"\n", name: str = "old.mbox") -> Path:
    """An mbox as RFC 4155 has it: a From_ line, the message, an empty line."""
    octets = b"".join(FROM + message.replace(b"\r\n", b"\n") + b"\n" for message in messages)
    path = folder / name
    path.write_bytes(octets.replace(b"\n", ends))
    return path


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_an_mbox_gives_back_what_travelled(tmp_path: Path, ends: bytes) -> None:
    """Messages come out as they were sent, CRLF and all, whatever line ends the file has; nothing is refused."""
    sent = [summary("A1"), material("A2"), letter("b1@example.com", "没有正文", "")]
    path = mbox(tmp_path, *sent, ends=ends)
    assert [mail.raw for mail in mails(path)] == sent
    assert [mail.size_bytes for mail in mails(path)] == [len(raw) for raw in sent]
    assert refusals(path) == []


def test_from_lines_in_texts_are_unquoted_and_split_nothing(tmp_path: Path) -> None:
    """mboxrd takes one ">" from ">From " and ">>From "; a sentence that begins with From is text, quoted or not."""
    written = letter("a1@example.com", "quoting", "one\n\nFrom here on\n>From the quotation\nFromage\n")
    quoted = written.replace(b"\nFrom here", b"\n>From here").replace(b"\n>From the", b"\n>>From the")
    careless = letter("a2@example.com", "careless", "two\n\nFrom Monday at 10:00 in 2025 we drill\nand so on\n")
    assert [mail.raw for mail in mails(mbox(tmp_path, quoted, careless))] == [written, careless]


def test_an_mbox_written_by_the_standard_library_reads_the_same(tmp_path: Path) -> None:
    """mboxo, as Python's mailbox module writes it."""
    sent = [letter("a1@example.com", str(number), f"line\n\nFrom {number}\n\n\nend\n") for number in range(5)]
    box = mailbox.mbox(tmp_path / "box")
    for raw in sent:
        box.add(raw.replace(b"\r\n", b"\n"))
    box.close()
    assert [mail.raw for mail in mails(tmp_path / "box")] == sent


def test_content_length_decides_where_it_is_right(tmp_path: Path) -> None:
    """mboxcl2 quotes nothing: the length tells where the body ends; a wrong length is not believed."""
    body = b"one\n\nFrom x Wed Jun 25 11:00:00 2025\nSubject: inside\n\n>From stays\n"
    head = b"From: a1@example.com\nSubject: whole\n"
    right = head + b"Content-Length: %d\n\n" % len(body) + body
    wrong = head + b"Content-Length: 7\n\n" + b"another body\n"
    found = mails(mbox(tmp_path, right, wrong, right))
    assert [mail.raw for mail in found] == [raw.replace(b"\n", b"\r\n") for raw in (right, wrong, right)]
    quoted = b"said\n\n>From before\n"
    classic = head + b"Content-Length: %d\n\n" % len(quoted) + quoted
    (unquoted,) = mails(mbox(tmp_path, classic, name="cl.mbox"))
    assert unquoted.raw.endswith(b"said\r\n\r\nFrom before\r\n")


def test_a_message_above_the_limit_is_listed_by_its_header(tmp_path: Path) -> None:
    """Neither in an mbox nor as .eml is its body kept; the messages around it come whole."""
    large = letter("a1@example.com", "large", "x" * 70 + "\n" + ("y" * 70 + "\n") * 3000)
    small = material("A2")
    (tmp_path / "large.eml").write_bytes(large)
    for path in (mbox(tmp_path, small, large, small), tmp_path / "large.eml"):
        found = mails(path, limit=100_000)
        (oversized,) = [mail for mail in found if mail.too_large]
        assert oversized.size_bytes > 200_000 and oversized.raw == large[: large.index(b"\r\n\r\n") + 4]
        assert [mail.raw for mail in found if not mail.too_large] in ([], [small, small])


def test_an_mbox_is_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    """Sixty megabytes of messages, and one of thirty above the limit, cost a few."""
    message = letter("a1@example.com", "filler", ("z" * 70 + "\n") * 14_000).replace(b"\r\n", b"\n")
    path = tmp_path / "big.mbox"
    with path.open("wb") as file:
        for _ in range(60):
            file.write(FROM + message + b"\n")
        file.write(FROM + letter("a1@example.com", "huge", ("z" * 70 + "\n") * 420_000).replace(b"\r\n", b"\n") + b"\n")
    assert path.stat().st_size > 80_000_000
    tracemalloc.start()
    count = sum(1 for _ in mail_in(path, 2_000_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 61
    assert peak < 12_000_000


def test_a_maildir_with_its_folders(tmp_path: Path) -> None:
    """new, cur and Maildir++ folders; tmp and the server's own files are passed over without a word."""
    sent = [summary("A1"), material("A2"), summary("B1")]
    root = mailbox.Maildir(tmp_path / "Maildir")
    root.add(sent[0])
    seen = mailbox.MaildirMessage(sent[1])
    seen.set_subdir("cur")
    root.add(seen)
    root.add_folder("已收").add(sent[2])
    (tmp_path / "Maildir" / "tmp" / "half").write_bytes(b"From: half")
    (tmp_path / "Maildir" / "dovecot-uidlist").write_bytes(b"3 V1 N4")
    found = mails(tmp_path / "Maildir")
    assert {mail.raw for mail in found} == set(sent)
    assert refusals(tmp_path / "Maildir") == []


def test_an_eml_keeps_every_octet(tmp_path: Path) -> None:
    """LF, CRLF, both mixed, a missing last line end, a byte order mark: as on disk."""
    variants = [material("A1").replace(b"\r\n", b"\n"), material("A1"), b"\xef\xbb\xbf" + material("A1")]
    variants += [material("A1").replace(b"\r\n", b"\n", 3), material("A1").rstrip()]
    for number, raw in enumerate(variants):
        (tmp_path / f"{number}.eml").write_bytes(raw)
    assert [mail.raw for mail in mails(tmp_path)] == variants


def test_what_is_no_mail_gets_one_line(tmp_path: Path) -> None:
    """Named by itself each file has its line; of a folder one line tells of all; hidden ones are passed over."""
    folder = tmp_path / "导出"
    (folder / "空").mkdir(parents=True)
    (folder / "a.eml").write_bytes(material("A1"))
    (folder / "说明.txt").write_text("Note: 这些是去年的邮件\n\n没有别的", "utf-8")
    (folder / "表.xlsx").write_bytes(b"PK\x03\x04\x00\x00")
    (folder / ".DS_Store").write_bytes(b"\x00\x00\x00\x01Bud1")
    (folder / "空.eml").write_bytes(b"")
    assert [mail.raw for mail in mails(folder)] == [material("A1")]
    (line,) = refusals(folder)
    assert "3 个文件" in line and str(folder) in line
    assert "不是邮件" in refusals(folder / "说明.txt")[0]
    assert "空文件" in refusals(folder / "空.eml")[0]
    assert "没有邮件" in refusals(folder / "空")[0]


def test_a_broken_mbox_loses_only_what_is_broken(tmp_path: Path) -> None:
    """One cut off at its beginning, one with junk between messages, one that is none."""
    whole = mbox(tmp_path, material("A1"), material("A2")).read_bytes()
    cut = tmp_path / "cut.mbox"
    cut.write_bytes(whole[60:])
    assert [mail.raw for mail in mails(cut)] == [material("A2")]
    assert "残缺" in refusals(cut)[0]
    junk = tmp_path / "junk.mbox"
    junk.write_bytes(b"\x00\x01 no mbox at all\n" * 50)
    assert mails(junk) == [] and "不是邮件" in refusals(junk)[0]


@pytest.mark.timeout(30)
def test_a_pipe_and_a_circle_hold_nobody_up(tmp_path: Path) -> None:
    """A named pipe would block for ever, a link to the folder above would never end."""
    os.mkfifo(tmp_path / "pipe.eml")
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a.eml").write_bytes(material("A1"))
    assert [mail.raw for mail in mails(tmp_path)] == [material("A1")]
    assert len(refusals(tmp_path)) == 1
