"""The sample campaign's forty messages, read and compared with the truth about each."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from intake.message import read_header, read_message
from tests.sample_corpus import PARTS, truth_lines


def _messages() -> list[Any]:
    rows = []
    for part in PARTS:
        for name, line in truth_lines(part):
            rows.append(pytest.param((part / "messages" / name).read_bytes(), json.loads(line), id=name))
    return sorted(rows, key=lambda row: str(row.id))


MESSAGES = _messages()
BOUNCE_REPORT_TYPES = {"message/delivery-status", "text/rfc822-headers"}


def test_the_corpus_is_complete() -> None:
    """All forty messages are at hand."""
    assert len(MESSAGES) == 40


@pytest.mark.parametrize(("raw", "truth"), MESSAGES)
def test_attachments_have_their_names_and_exact_octets(raw: bytes, truth: dict[str, Any]) -> None:
    """Names as their senders meant them, octets to the last, in order; an attached message as it stands in ``raw``."""
    parts = [part for part in read_message(raw).parts if part.media_type not in BOUNCE_REPORT_TYPES]

    assert [(part.filename, part.sha256) for part in parts] == [
        (item["filename"], item["sha256"]) for item in truth["attachments"]
    ]
    assert [part.media_type for part in parts] == [item["media_type"] for item in truth["attachments"]]


@pytest.mark.parametrize(("raw", "truth"), MESSAGES)
def test_headers_and_body_say_what_the_sender_wrote(raw: bytes, truth: dict[str, Any]) -> None:
    """Message-ID, the strings of the body, and no character lost anywhere."""
    message = read_message(raw)

    assert message.message_id == truth["message_id"]
    for item in truth["must_contain"]:
        if item["where"] == "body":
            assert item["text"] in message.body_text
    assert "\ufffd" not in message.subject + message.body_text + message.sender.name
    assert message.subject
    assert message.sender.address.count("@") == 1
    assert message.size_bytes == len(raw)
    assert not message.defects


@pytest.mark.parametrize(("raw", "truth"), MESSAGES)
def test_cloud_links_are_found_each_once(raw: bytes, truth: dict[str, Any]) -> None:
    """Name and address of each large attachment, though plain text and HTML both tell of it."""
    links = read_message(raw).cloud_links

    assert [(link.name, link.url) for link in links] == [(item["name"], item["url"]) for item in truth["cloud_links"]]
    assert all(link.size_bytes and link.expires_at for link in links)


@pytest.mark.parametrize(("raw", "truth"), MESSAGES)
def test_dates_are_those_of_the_truth(raw: bytes, truth: dict[str, Any]) -> None:
    """The Date header says when it was received; the topmost Received says three seconds more."""
    message = read_message(raw)

    assert message.date is not None
    assert message.date.isoformat() == truth["received_at"]
    if message.received_header_at is not None:
        assert (message.received_header_at - message.date).total_seconds() == 3


@pytest.mark.parametrize(("raw", "truth"), MESSAGES)
def test_reading_again_gives_the_same_value(raw: bytes, truth: dict[str, Any]) -> None:
    """A rebuild must find what the first reading found."""
    assert read_message(raw) == read_message(raw)


@pytest.mark.parametrize(("raw", "truth"), MESSAGES)
def test_the_header_alone_tells_sender_and_subject(raw: bytes, truth: dict[str, Any]) -> None:
    """A message that is too large is listed by its header; its octets were cut somewhere behind it."""
    whole, listed = read_message(raw), read_header(raw[: raw.index(b"\r\n\r\n") + 4])

    assert listed.message_id == whole.message_id
    assert listed.sender == whole.sender
    assert listed.subject == whole.subject
    assert listed.headers == whole.headers
    assert not listed.parts


def test_a_message_is_read_in_milliseconds() -> None:
    """Forty messages, 6.5 MB in all, take well below a second of CPU; 15 ms are allowed for 400 KB."""
    started = time.process_time()
    for row in MESSAGES:
        read_message(row.values[0])

    assert time.process_time() - started < 1.5
