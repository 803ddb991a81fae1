"""Nothing is dropped: every leaf of every message is a part or the body, twice the same, in any process."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.message import read_message
from parsers.message import MessageParser
from parsers.reader import PartReader
from records.extracts import ReadLimits
from records.mail import Message, Part
from tests.sample_corpus import PARTS

ROOT = Path(__file__).parent.parent
HEAD = b"From: a@example.com\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
TYPES = (
    b"text/plain; charset=utf-8",
    b"text/html; charset=gbk",
    b"text/calendar; method=REQUEST",
    b"text/x-amp-html",
    b"image/png",
    b"application/octet-stream",
    b"application/pkcs7-signature; name=smime.p7s",
    b"message/rfc822",
    b"message/delivery-status",
    b"application/ms-tnef; name=winmail.dat",
)


@dataclass(frozen=True)
class Tree:
    """A MIME entity to be: a leaf with a media type, or a multipart."""

    media_type: bytes
    below: tuple[Tree, ...] = ()

    def leaves(self, position: str = "") -> Iterator[str]:
        """Positions as IMAP counts them."""
        if not self.below:
            yield position or "1"
        for number, child in enumerate(self.below, 1):
            yield from child.leaves(f"{position}.{number}".lstrip("."))

    def octets(self, coded: bool, position: str = "") -> bytes:
        """The entity, each leaf with a word of its own; ``coded``: Base64."""
        if not self.below:
            return b"Content-Type: " + self.media_type + _content(coded, position or "1")
        boundary = b"=_b" + position.replace(".", "_").encode()
        parts = (child.octets(coded, f"{position}.{n}".lstrip(".")) for n, child in enumerate(self.below, 1))
        body = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
        head = b"Content-Type: " + self.media_type + b'; boundary="' + boundary + b'"\r\n\r\n'
        return head + body + b"--" + boundary + b"--\r\n"


def word(position: str) -> str:
    return f"word{position.replace('.', '-')}end"


def _content(coded: bool, position: str) -> bytes:
    content = word(position).encode()
    if coded:
        return b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(content)
    return b"\r\n\r\n" + content


def trees(subtypes: tuple[bytes, ...]) -> st.SearchStrategy[Tree]:
    leaf = st.sampled_from(TYPES).map(Tree)
    return st.recursive(
        leaf,
        lambda inner: st.builds(Tree, st.sampled_from(subtypes), st.lists(inner, min_size=1, max_size=4).map(tuple)),
        max_leaves=14,
    )


ANY = trees((b"multipart/mixed", b"multipart/alternative", b"multipart/related", b"multipart/signed", b"multipart/x"))
SIDE_BY_SIDE = trees((b"multipart/mixed", b"multipart/related"))


def positions(message: Message) -> list[str]:
    return sorted([*(part.position for part in message.parts), *message.body_parts])


def told(message: Message) -> str:
    """Everything that the message holds, as one text."""
    octets = b"\n".join(part.content for part in message.parts).decode("latin-1")
    values = "\n".join(value for _, value in message.headers)
    return "\n".join([octets, values, message.body_text, message.body_html or "", message.subject])


@settings(max_examples=200, deadline=None)
@given(ANY, st.booleans())
def test_stored_and_listed_parts_are_the_leaves(tree: Tree, coded: bool) -> None:
    """R16: for any tree, parts and body are its leaves, each once, under its own position and with its octets."""
    message = read_message(HEAD + tree.octets(coded))

    assert positions(message) == sorted(tree.leaves())
    assert all(part.content == word(part.position).encode() for part in message.parts)


DAMAGE = ("cut", "twice", "gone", "noise", "blanks", "line ends")
NOISE = st.text(st.sampled_from("abc:;=-\"'<>@ \t总结，。报送"), max_size=40).map(str.encode)
BLOW = st.tuples(st.sampled_from(DAMAGE), st.integers(0, 200), NOISE)


def damaged(raw: bytes, kind: str, where: int, noise: bytes) -> bytes:
    lines = raw.split(b"\r\n")
    number = 3 + where % max(len(lines) - 3, 1)
    if kind == "cut":
        return b"\r\n".join(lines[: number + 1])
    if kind == "twice":
        return b"\r\n".join([*lines[:number], *lines[number : number + 1] * 2, *lines[number + 1 :]])
    if kind == "gone":
        return b"\r\n".join([*lines[:number], *lines[number + 1 :]])
    if kind == "noise":
        return b"\r\n".join([*lines[:number], noise, *lines[number:]])
    if kind == "blanks":
        return b"\r\n".join(
            [*lines[:number], *(line + b"  " for line in lines[number : number + 1]), *lines[number + 1 :]]
        )
    return raw.replace(b"\r\n", (b"\n", b"\r", b"\r\r\n")[where % 3])


@settings(max_examples=400, deadline=None, derandomize=True)
@given(SIDE_BY_SIDE, st.lists(BLOW, max_size=3))
def test_what_stands_in_a_damaged_message_is_told(tree: Tree, blows: list[tuple[str, int, bytes]]) -> None:
    """R16: each word that damage left in the message is in a part, the body or a header, or the defects tell of text
    outside of all parts; no position stands twice."""
    raw = HEAD + tree.octets(coded=False)
    for kind, where, noise in blows:
        raw = damaged(raw, kind, where, noise)

    message = read_message(raw)

    assert len(set(positions(message))) == len(positions(message))
    everything = told(message)
    missing = [
        position for position in tree.leaves() if word(position).encode() in raw and word(position) not in everything
    ]
    assert not missing or any(defect.startswith("text ") for defect in message.defects)
    assert read_message(raw) == message


def _fingerprint(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*.eml")):
        whole.update(repr(read_message(path.read_bytes())).encode("utf-8", "surrogatepass"))
    return whole.hexdigest()


def test_other_processes_read_the_same() -> None:
    """A rebuild runs in another process, whose hashes fall out differently: the values are the same."""
    program = (
        "import sys; from pathlib import Path; from tests.test_message_leaves import _fingerprint; "
        "print(_fingerprint(Path(sys.argv[1])))"
    )
    folder = PARTS[0] / "messages"
    printed = {
        subprocess.run(
            [sys.executable, "-c", program, str(folder)],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        for seed in ("1", "4711")
    }
    assert printed == {_fingerprint(folder)}


def _deeper(levels: int) -> bytes:
    raw = HEAD + b"Content-Type: text/plain\r\n\r\nhello"
    for number in range(levels):
        boundary = b"d%d" % number
        raw = HEAD + b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n--' + boundary + b"\r\n" + raw
    return raw


def test_depth_has_one_limit_whatever_stack_is_in_use() -> None:
    """Read from deep inside a program, a deeply nested message gives what it gives elsewhere."""

    def from_below(frames: int, raw: bytes) -> Message:
        return from_below(frames - 1, raw) if frames else read_message(raw)

    for levels in (90, 99, 101, 200):
        raw = _deeper(levels)
        assert from_below(300, raw) == read_message(raw)
    assert read_message(_deeper(90)).body_text == "hello"
    assert [part.media_type for part in read_message(_deeper(200)).parts] == ["application/octet-stream"]


def _forwarded(times: int) -> bytes:
    raw = "From: 石船镇 <first@example.com>\r\nSubject: 总结\r\nMessage-ID: <0@example.com>\r\n\r\n正文".encode()
    for number in range(1, times + 1):
        raw = (
            f"From: <p{number}@example.com>\r\nSubject: 转发{number}\r\nMIME-Version: 1.0\r\n"
            f'Content-Type: multipart/mixed; boundary="f{number}"\r\n\r\n--f{number}\r\n'
            "Content-Type: message/rfc822\r\n\r\n"
        ).encode() + raw + f"\r\n--f{number}--\r\n".encode()  # fmt: skip
    return raw


def test_a_message_forwarded_many_times_is_one_leaf() -> None:
    """A hundred and fifty messages one in the other: the outer has one part, octet for octet as it stands there."""
    inner, outer = _forwarded(149), _forwarded(150)

    (part,) = read_message(outer).parts

    assert part.sha256 == hashlib.sha256(inner).hexdigest()
    assert inner in outer


def test_chains_of_forwards_are_read_to_the_first_sender() -> None:
    """R21: of each message in a chain it is known who wrote it; the outer one's sender stays its own."""
    outer = _forwarded(20)
    with PartReader(ReadLimits(workers=1, max_ocr_pages=0), read_message) as reader:
        (extract,) = reader.read(read_message(outer).parts)

    senders = [dict(item.metadata).get("from") for item in extract.walk()]
    assert senders == [*(f"p{number}@example.com" for number in range(19, 0, -1)), "first@example.com"]
    assert [item.text for item in extract.walk()][-1].splitlines() == ["总结", "石船镇 <first@example.com>", "正文"]
    assert read_message(outer).sender.address == "p20@example.com"


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: x\r\n\r\nFrom: boss@bank.cn\r\n\r\nhello",
        b"Subject: x\r\nhello\r\nFrom: boss@bank.cn\r\nTo: b@c.cn\r\n\r\nmore",
        b"Subject: x\r\n\r\nfrom boss@bank.cn <mailto:boss@bank.cn>",
        b"Subject: x\r\nContent-Type: message/rfc822\r\n\r\nFrom: boss@bank.cn\r\n\r\nhello",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nFrom: boss@bank.cn\r\n\r\nhello\r\n--b--",
        b"Subject: x\r\n\r\n\r\nForwarded message\r\nFrom: boss@bank.cn\r\n\r\nhello",
    ],
)
def test_an_address_in_the_body_is_never_the_sender(raw: bytes) -> None:
    """R21: the sender stands in the header; what the body, a part or an attached message says is no header."""
    assert read_message(raw).sender.address == ""


def test_parser_of_attached_messages_lists_its_parts() -> None:
    """The leaves of an attached message are members below its position."""
    parsed = MessageParser(read_message).parse(Part("2", None, "message/rfc822", _forwarded(1)), ReadLimits())

    assert [member.part.position for member in parsed.members] == ["2/1"]
