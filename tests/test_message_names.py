"""File names and charsets: golden tables of what clients send and what their senders meant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.charwords import decode_words
from intake.message import read_message
from intake.names import parse_field
from records.decoding import decode_text

GOLDEN = Path(__file__).parent / "golden"


def _table(name: str) -> list[Any]:
    rows = [json.loads(line) for line in (GOLDEN / name).read_text("utf-8").splitlines()]
    return [pytest.param(row, id=row["case"]) for row in rows]


@pytest.mark.parametrize("row", _table("names.jsonl"))
def test_attachment_has_the_name_that_its_sender_meant(row: dict[str, Any]) -> None:
    """R17: each way of writing a name gives exactly that name; ``header`` holds the octets, one a character."""
    raw = (
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Transfer-Encoding: base64\r\n'
        + row["header"].encode("latin-1")
        + b"\r\n\r\nQUJD\r\n--b--\r\n"
    )

    (part,) = read_message(raw).parts

    assert part.filename == row["filename"]
    assert part.content == b"ABC"


@pytest.mark.parametrize("row", _table("subjects.jsonl"))
def test_subject_is_what_its_sender_wrote(row: dict[str, Any]) -> None:
    """R17: raw octets, encoded words cut, glued, mislabelled; ``octets`` of the value, one a character."""
    raw = b"Subject: " + row["octets"].encode("latin-1") + b"\r\nMIME-Version: 1.0\r\n\r\nx"

    assert read_message(raw).subject == row["subject"]


@pytest.mark.parametrize("row", _table("senders.jsonl"))
def test_sender_is_who_wrote(row: dict[str, Any]) -> None:
    """R17: the From header as Chinese clients and broken ones write it."""
    sender = read_message(b"From: " + row["octets"].encode("latin-1") + b"\r\nSubject: x\r\n\r\nx").sender

    assert (sender.address, sender.name) == (row["address"], row["name"])


def test_the_golden_table_holds_at_least_forty_names() -> None:
    """R17 asks for forty cases, each exact."""
    assert len(_table("names.jsonl")) >= 40


@pytest.mark.parametrize("row", _table("charsets.jsonl"))
def test_octets_are_read_as_what_they_say(row: dict[str, Any]) -> None:
    """R17: the declared charset is a hint; gb2312 means gb18030."""
    assert decode_text(bytes.fromhex(row["octets"]), row["label"]) == row["text"]


@given(
    st.binary(max_size=200), st.sampled_from([None, "gbk", "utf-8", "utf-16", "utf-7", "idna", "rot13", "x", "big5"])
)
def test_decoding_never_raises_and_is_deterministic(octets: bytes, label: str | None) -> None:
    """Any octets under any label give a text, twice the same."""
    assert decode_text(octets, label) == decode_text(octets, label)


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=40))
def test_declared_gbk_and_utf8_come_back_whole(text: str) -> None:
    """Han characters survive under their own labels, in encoded words too, wherever a client cuts them."""
    assert decode_text(text.encode("utf-8"), "utf-8") == text
    assert decode_words(f"=?utf-8?Q?{''.join(f'={octet:02X}' for octet in text.encode())}?=") == text


@given(st.binary(max_size=300))
def test_reading_parameters_never_raises(octets: bytes) -> None:
    """A hostile header gives some field or other."""
    assert parse_field(b'attachment; filename="' + octets).value == "attachment"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("=?gb2312?B?sLLIqw==?= =?gb2312?B?yfqy+g==?=", "安全生产"),
        ("=?gb2312?B?sLLIqw==?= and =?utf-8?Q?caf=C3=A9_x?=", "安全 and café x"),
        ("=?utf-8?Q?what?_yes?=", "what? yes"),
        ("=?utf-8?b?5a6J?==?gbk?b?yKs=?=", "安全"),
        ("no word =? here ?=", "no word =? here ?="),
        ("=?utf-8?B?5a6J\r\n 5YWo?=", "安全"),
        ("a =?x?= b", "a =?x?= b"),
    ],
)
def test_encoded_words_are_decoded_wherever_they_stand(text: str, wanted: str) -> None:
    """RFC 2047, and the ways in which clients bend it."""
    assert decode_words(text) == wanted
