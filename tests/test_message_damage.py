"""Damaged and hostile messages: what is meant is read, the rest is kept as a part, and nothing raises."""

from __future__ import annotations

import base64
import binascii
import hashlib
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.message import read_header, read_message
from records.mail import Message
from tests.sample_corpus import ROOT

HEAD = b"From: a@example.com\r\nSubject: x\r\n"
PNG = b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"


def _mixed(*parts: bytes, boundary: bytes = b"b", end: bytes = b"--b--\r\n") -> bytes:
    body = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    return HEAD + b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n' + body + end


def _contents(message: Message) -> list[bytes]:
    return [part.content for part in message.parts]


TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\nhello"


def test_missing_closing_boundary_loses_nothing() -> None:
    """A message cut off behind its last part still has its parts, and says what is wrong."""
    message = read_message(_mixed(TEXT, PNG + b"QUJD", end=b""))

    assert message.body_text == "hello"
    assert _contents(message) == [b"ABC"]
    assert "CloseBoundaryNotFoundDefect" in message.defects


def test_wrong_boundary_is_mended() -> None:
    """The header names another boundary than the body uses."""
    raw = _mixed(TEXT, PNG + b"QUJD").replace(b'boundary="b"', b'boundary="other"')

    message = read_message(raw)

    assert message.body_text == "hello"
    assert _contents(message) == [b"ABC"]
    assert message.defects


def test_missing_boundary_parameter_is_mended() -> None:
    """multipart/mixed without any boundary parameter."""
    raw = _mixed(TEXT, PNG + b"QUJD").replace(b'; boundary="b"', b"")

    assert _contents(read_message(raw)) == [b"ABC"]


def test_lost_content_type_of_the_whole_is_mended() -> None:
    """A relay dropped the Content-Type header; the boundary lines stand there all the same."""
    raw = _mixed(TEXT, PNG + b"QUJD").replace(b'Content-Type: multipart/mixed; boundary="b"\r\n', b"")

    assert _contents(read_message(raw)) == [b"ABC"]


def test_boundary_lines_written_twice_count_once() -> None:
    """Some relays double each boundary line."""
    raw = _mixed(TEXT, PNG + b"QUJD").replace(b"--b\r\n", b"--b\r\n--b\r\n")

    message = read_message(raw)

    assert message.body_text == "hello"
    assert _contents(message) == [b"ABC"]


def test_parts_behind_the_closing_boundary_are_found() -> None:
    """A gateway appended a part after the end."""
    raw = _mixed(TEXT, PNG + b"QUJD") + b"--b\r\n" + PNG + b"REVG\r\n--b--\r\n"

    assert _contents(read_message(raw)) == [b"ABC", b"DEF"]


def test_deep_nesting_becomes_one_part() -> None:
    """Three thousand multiparts one inside the other are kept as octets, not unpacked."""
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (number, number) for number in range(3000)
    )

    message = read_message(HEAD + nested)

    assert [part.media_type for part in message.parts] == ["application/octet-stream"]
    assert message.subject == "x"
    assert message.defects


@pytest.mark.parametrize(
    ("coded", "wanted"),
    [
        (b"QUJD", b"ABC"),
        (b"QUI", b"AB"),
        (b"QUJDR", b"ABC"),
        (b"QU\r\nJD\r\n\r\n", b"ABC"),
        (b"QU!JD" + b"QUJD" * 20, b"ABC" * 21),
        (b"QUI=\r\nQUI=", b"ABAB"),
        (b"QUJD\r\n\r\nThis mail was checked for viruses.", b"ABC"),
        (b"QUI=\r\n\r\n-- \r\nfooter of a list", b"AB"),
        (b"", b""),
    ],
)
def test_damaged_base64_gives_what_is_meant(coded: bytes, wanted: bytes) -> None:
    """Lost padding, foreign characters, chunks padded one by one, a gateway's footer below."""
    assert _contents(read_message(_mixed(TEXT, PNG + coded))) == [wanted]


def test_what_is_no_base64_is_kept_as_it_stands() -> None:
    """The header says base64, but the file was put in raw."""
    raw_file = b"%PDF-1.4\r\n" + bytes(range(128, 256)) * 4

    message = read_message(_mixed(TEXT, PNG + raw_file))

    assert _contents(message) == [raw_file]
    assert "Base64" in message.defects[0]


def test_quoted_printable_attachment_keeps_its_line_ends() -> None:
    """An attachment in quoted-printable is octets, not text."""
    head = b"Content-Type: text/csv; name=a.csv\r\nContent-Transfer-Encoding: Quoted-Printable \r\n\r\n"
    part = head + b"a,=E5=AE=89\r\n1=2C2\r\n"

    assert _contents(read_message(_mixed(TEXT, part))) == ["a,安\r\n1,2\r\n".encode()]


def test_uuencoded_files_in_the_text_are_parts() -> None:
    """Old clients write files into the text; the text itself is left without them."""
    content = bytes(range(256))
    coded = b"".join(binascii.b2a_uu(content[start : start + 45]) for start in range(0, len(content), 45))
    name = "总结.doc".encode("gbk")
    text = b"see below\r\n\r\nbegin 644 " + name + b"\r\n" + coded.replace(b"\n", b"\r\n") + b"`\r\nend\r\n\r\nbye\r\n"

    message = read_message(HEAD + b"\r\n" + text)

    (part,) = message.parts
    assert (part.filename, part.content, part.position) == ("总结.doc", content, "1/1")
    assert message.body_text == "see below\n\nbye"


def test_text_that_only_looks_like_uuencode_stays_text() -> None:
    """Words beginning with "begin 644" are no file."""
    text = b"begin 644 reasons\r\nwhy this is no file\r\nend\r\n"

    message = read_message(HEAD + b"\r\n" + text)

    assert not message.parts
    assert "why this is no file" in message.body_text


INNER = b"From: c@example.com\r\nSubject: =?gbk?B?19y94Q==?=\r\nContent-Type: text/plain\r\n\r\ninner \r\ntext\r\n"


def test_attached_message_is_kept_octet_for_octet() -> None:
    """Its hash is over its octets as they stand in the outer message; without a name it is called by its subject."""
    (part,) = read_message(_mixed(TEXT, b"Content-Type: message/rfc822\r\n\r\n" + INNER)).parts

    assert part.sha256 == hashlib.sha256(INNER).hexdigest()
    assert part.media_type == "message/rfc822"
    assert part.filename == "总结.eml"


def test_base64_coded_attached_message_is_decoded() -> None:
    """Not allowed by RFC 2046, done by Coremail all the same."""
    head = b'Content-Type: message/rfc822; name="a.eml"\r\nContent-Transfer-Encoding: base64\r\n\r\n'

    (part,) = read_message(_mixed(TEXT, head + base64.encodebytes(INNER))).parts

    assert (part.content, part.media_type, part.filename) == (INNER, "message/rfc822", "a.eml")


def test_messages_of_a_digest_are_parts() -> None:
    """In multipart/digest message/rfc822 is the default type (RFC 2046 §5.1.5)."""
    raw = _mixed(b"\r\n" + INNER).replace(b"multipart/mixed", b"multipart/digest")

    assert [part.media_type for part in read_message(raw).parts] == ["message/rfc822"]


@pytest.mark.parametrize(
    "part",
    [
        b"Content-Type: image/png\r\nContent-ID: <1@x>\r\n\r\nABC",
        b"Content-Type: image/png\r\nContent-Disposition: inline\r\n\r\nABC",
        b"Content-Type: application/octet-stream\r\n\r\nABC",
        b"Content-Disposition: attachment\r\n\r\nABC",
        b"Content-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nABC",
        b"Content-Type: text/plain; name=a.txt\r\n\r\nABC",
        b"Content-Type: text/html\r\nContent-Disposition: inline; filename=a.html\r\n\r\nABC",
        b"Content-Type: text/calendar\r\n\r\nABC",
        b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\nABC",
        b"Content-Type: message/delivery-status\r\n\r\nABC",
        b"Content-Type: nonsense; name=a.doc\r\n\r\nABC",
        b"Content-Type: image/png\r\nContent-Disposition: whatever; filename=a.png\r\n\r\nABC",
        b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: x-unknown\r\n\r\nABC",
    ],
)
def test_every_leaf_that_is_no_body_is_a_part(part: bytes) -> None:
    """R16: stored and listed parts are the MIME leaves, whatever their headers look like."""
    message = read_message(_mixed(TEXT, part))

    assert _contents(message) == [b"ABC"]
    assert message.body_text == "hello"


def test_a_message_that_is_a_file_has_that_part() -> None:
    """No multipart at all: the message itself is a PDF."""
    message = read_message(HEAD + b"Content-Type: application/pdf; name=a.pdf\r\n\r\n%PDF")

    assert [(part.position, part.filename, part.content) for part in message.parts] == [("1", "a.pdf", b"%PDF")]


def test_octets_without_any_structure_are_one_part() -> None:
    """A binary file delivered as a message is kept."""
    raw = b"\x00\x01\x02" * 1000

    assert _contents(read_message(raw)) == [raw]


def test_leading_blank_lines_and_byte_order_mark_do_not_hide_the_header() -> None:
    """Some exporters write them before the first field."""
    assert read_message(b"\xef\xbb\xbf" + HEAD + b"\r\nhello").subject == "x"
    assert read_message(b"\r\n\r\n" + HEAD + b"\r\nhello").sender.address == "a@example.com"


def test_bare_line_feeds_are_line_ends() -> None:
    """Exported messages come with LF alone."""
    message = read_message(_mixed(TEXT, PNG + b"QUJD").replace(b"\r\n", b"\n"))

    assert message.body_text == "hello"
    assert _contents(message) == [b"ABC"]


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "build",
    [
        lambda: b"Subject: " + b"=?a?q?x" * 100_000 + b"\r\n\r\nb",
        lambda: b"Subject: x" + b" " * 500_000 + b"y\r\n\r\nb",
        lambda: b"To: " + b'"\\' * 100_000 + b"\r\n\r\nb",
        lambda: b"To: " + b"a" * 500_000 + b"\r\n\r\nb",
        lambda: b"Content-Type: text/plain" + b';a*1="' * 50_000 + b"\r\n\r\nb",
        lambda: b'Content-Disposition: attachment; filename="' + b'"' * 100_000 + b"\r\n\r\nb",
        lambda: HEAD + b"\r\n" + b"begin 644 x\r\nABCD\r\n" * 30_000 + b"end\r\n",
        lambda: HEAD + PNG + b"!QUJD\r\n\r\n" * 50_000,
        lambda: HEAD + b"\r\n" + "超大附件 http://mail.qq.com/cgi-bin/ftnExs_x ".encode() * 20_000,
        lambda: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<table><tr><td>" * 50_000 + b"x" * 100_000,
        lambda: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 100_000,
        lambda: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<" * 100_000,
        lambda: b"X: y\r\n" * 100_000 + b"\r\nb",
    ],
)
def test_hostile_input_is_read_in_seconds(build: Callable[[], bytes]) -> None:
    """Input made to keep a parser busy costs time in proportion to its size."""
    raw = build()
    started = time.process_time()

    read_message(raw)

    assert time.process_time() - started < 8


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=600), st.integers(0, 600))
def test_reading_never_raises(noise: bytes, cut: int) -> None:
    """Noise in the middle of a message: some value comes out, twice the same."""
    whole = _mixed(TEXT, PNG + b"QUJD", b"Content-Type: message/rfc822\r\n\r\n" + INNER)
    raw = whole[:cut] + noise + whole[cut:]

    assert read_message(raw) == read_message(raw)
    assert read_header(raw).size_bytes == len(raw)


BOUNDARY_B = b'boundary="b"'
WHOLE = _mixed(TEXT, PNG + b"QUJD")


@pytest.mark.parametrize(
    "raw",
    [
        WHOLE.replace(b"--b\r\n", b"--b \t\r\n"),
        WHOLE.replace(BOUNDARY_B, b'boundary="b "').replace(b"--b", b"--b "),
        WHOLE.replace(b'"\r\n\r\n--b', b'"\r\n--b', 1),
        WHOLE.replace(b"\r\n", b"\r"),
        WHOLE.replace(b"\r\n", b"\r\r\n"),
        WHOLE.replace(b"\r\n", b"\n", 5),
        WHOLE.replace(b": ", b" : "),
        b" " + WHOLE,
        b">From a@b Mon Jun 30 2025\r\n" + WHOLE,
        b"From a@b Mon Jun 30 2025\r\n" + WHOLE,
        WHOLE.replace(b"Subject: x\r\n", b"Subject: x\r\n\xd7\xdc\xbd\xe1\r\nMessage-ID: <a@b>\r\n"),
        WHOLE.replace(b"--b\r\nContent-Type: image", b"--b--\r\nContent-Type: image"),
        WHOLE.replace(b"--b\r\nContent-Type: text", b"Content-Type: text"),
        WHOLE.replace(b"Encoding: base64", b"Encoding: (x) Base64;"),
        HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        + base64.encodebytes(WHOLE.partition(b"\r\n\r\n")[2]),
        _mixed(b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\n' + TEXT, PNG + b"QUJD"),
    ],
)  # fmt: skip
def test_boundaries_line_ends_and_headers_are_mended(raw: bytes) -> None:
    """Sender, text and picture come out whatever was done to the lines that hold them together."""
    message = read_message(raw)

    assert message.sender.address == "a@example.com"
    assert message.body_text == "hello"
    assert _contents(message) == [b"ABC"]


def test_text_outside_of_all_parts_is_told_and_read_where_there_is_no_other() -> None:
    """R16: mail programs show neither preamble nor epilogue; a report that stands there alone must not be lost."""
    report = "各位领导：总结如下。\r\n".encode()
    note = b"This is a multi-part message in MIME format.\r\n"

    beside = read_message(WHOLE.replace(b"--b", report + b"--b", 1) + report)
    alone = read_message(_mixed(PNG + b"QUJD").replace(b"--b", report + b"--b", 1))

    assert beside.body_text == "hello"
    assert [defect.partition(":")[0] for defect in beside.defects] == [
        "text before the first part",
        "text behind the last part",
    ]
    assert alone.body_text == "各位领导：总结如下。"
    assert not read_message(WHOLE.replace(b"--b", note + b"--b", 1)).defects


def test_multipart_closed_before_it_is_opened_keeps_what_is_behind() -> None:
    """The standard library drops it: octets that nobody would have seen again."""
    raw = HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\nfirst\r\n--b--\r\nsecond\r\n'

    message = read_message(raw)

    assert b"second" in b"".join(_contents(message)) or "second" in message.body_text


@pytest.mark.parametrize("kind", [b"text", b"html", b";;;=", b"multipart/mixed; boundary=q", b"multipart/mixed"])
def test_a_text_under_a_useless_type_is_the_body(kind: bytes) -> None:
    """RFC 2045 §5.2: what says nothing usable is text; so is a multipart without any part."""
    message = read_message(HEAD + b"Content-Type: " + kind + b"\r\n\r\nhello")

    assert (message.body_text, message.parts, message.body_parts) == ("hello", (), ("1",))


def test_base64_that_nobody_declared_is_decoded() -> None:
    """The header got lost on the way: a known file and Chinese text are told by what they decode to."""
    file = b"PK\x03\x04" + bytes(range(256))
    lines = base64.encodebytes(file)
    text = base64.encodebytes("各位领导：现将总结报送如下，请查收。".encode() * 3)

    message = read_message(
        _mixed(b"Content-Type: text/plain\r\n\r\n" + text, b"Content-Type: x/y; name=a.docx\r\n\r\n" + lines)
    )

    assert message.body_text == "各位领导：现将总结报送如下，请查收。" * 3
    assert _contents(message) == [file]
    assert len(message.defects) == 2


@pytest.mark.parametrize(
    ("coded", "wanted"),
    [
        (b"a=3Db", b"a=b"),
        (b"soft= \r\nbreak=\t\r\ns", b"softbreaks"),
        (b"=e5=ae=89", "安".encode()),
        (b"=E5=AE=\r\n=89", "安".encode()),
        (b"odd = sign =ZZ", b"odd = sign =ZZ"),
        (b"PK\x03\x04\x00=41", b"PK\x03\x04\x00=41"),
    ],
)
def test_damaged_quoted_printable_gives_what_is_meant(coded: bytes, wanted: bytes) -> None:
    """Blanks behind soft breaks, small letters, stray signs; binary octets were never quoted-printable."""
    head = b"Content-Type: image/png\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"

    assert _contents(read_message(_mixed(TEXT, head + coded))) == [wanted]


def test_uuencode_without_its_end_and_yenc_are_parts() -> None:
    """A message cut off in the middle of a file; a yEnc block as it stands."""
    lines = [binascii.b2a_uu(b"x" * 45).strip(), binascii.b2a_uu(b"y" * 45).strip()]
    cut = read_message(HEAD + b"\r\nsee\r\nbegin 644 a.txt\r\n" + b"\r\n".join(lines))
    block = b"=ybegin line=128 size=4 name=a.bin\r\n\xab\xac\r\n=yend size=4"
    usenet = read_message(HEAD + b"\r\nsee\r\n" + block + b"\r\nbye")

    assert _contents(cut) == [b"x" * 45 + b"y" * 45]
    assert cut.defects == ("part 1: a uuencoded file without its end",)
    assert [(part.filename, part.media_type, part.content) for part in usenet.parts] == [
        ("a.bin", "application/x-yenc", block)
    ]
    assert usenet.body_text == "see\n\nbye"


MEMORY = """
import base64, sys
from pathlib import Path
from intake.message import read_message

def peak():
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) * 1024

head = b"Content-Type: multipart/mixed; boundary=b\\r\\n\\r\\n--b\\r\\nContent-Type: x/y\\r\\n"
head += b"Content-Transfer-Encoding: base64\\r\\n\\r\\n"
raw = head + base64.encodebytes(bytes(37_000_000)) + b"\\r\\n--b--\\r\\n"
read_message(raw[:1000])
Path("/proc/self/clear_refs").write_text("5")
before = peak()
message = read_message(raw)
assert [len(part.content) for part in message.parts] == [37_000_000]
print((peak() - before) / len(raw))
"""


def test_a_large_message_is_read_in_bounded_memory() -> None:
    """50 MB take less than three times their size beside them, the attachment itself included."""
    printed = subprocess.run(
        [sys.executable, "-c", MEMORY], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout

    assert float(printed) < 3
