"""Composed mails, read back by the standard library as a mail program would."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.compose import compose, mail_key
from records.errors import UsageError
from records.mails import Attachment, Letter, OutgoingMail
from tests.digest_data import ZONE

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OCTETS = bytes(range(256)) * 40
LETTER = Letter(
    subject="【收报日报】9月28日：新收12件，待复核3件，未报15家 — 秋季“防火宣传周”活动",
    text="第一行\n.\nFrom 某某\n" + "很长的一行" * 400 + "\n",
    html="<!DOCTYPE html><p>" + "很长的一行" * 400 + "</p>\n",
    attachments=(
        Attachment("报送情况2031-09-28.xlsx", XLSX, OCTETS),
        Attachment("plain.bin", "image/png", b"\r\n.\r\n"),
    ),
)
SENT_AT = datetime(2031, 9, 28, 17, 30, tzinfo=ZONE)


def mail_of(letter: Letter = LETTER, key: str = "digest/c/2031-09-28/a@example.com", **more: str) -> OutgoingMail:
    sender = more.get("sender", "安稳办 <Report@Example.com>")
    recipient = more.get("recipient", "coordinator@example.com")
    return compose(
        letter,
        key=key,
        kind="digest",
        campaign="c",
        period="2031-09-28",
        sender=sender,
        recipient=recipient,
        created_at=SENT_AT,
        lists=("m1", "m2"),
    )


def read_back(mail: OutgoingMail) -> EmailMessage:
    message = message_from_bytes(mail.octets, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert [part.defects for part in message.walk() if part.defects] == []
    return message


def text_of(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    text = body.get_content()
    assert isinstance(text, str)
    return text.replace("\r\n", "\n")


def test_a_mail_says_exactly_what_the_letter_says() -> None:
    """Subject, both bodies and each attachment's name, type and octets come back as they went in."""
    message = read_back(mail_of())
    assert message["Subject"] == LETTER.subject
    assert text_of(message, "plain") == LETTER.text
    assert text_of(message, "html") == LETTER.html
    found = [(part.get_filename(), part.get_content_type(), part.get_content()) for part in message.iter_attachments()]
    assert found == [(item.filename, item.media_type, item.content) for item in LETTER.attachments]


def test_the_headers_keep_robots_silent_and_name_everybody() -> None:
    """From is the configured sender, Date the given time, and nobody's out-of-office robot answers (RFC 3834)."""
    message = read_back(mail_of())
    assert str(message["From"]) == "安稳办 <Report@Example.com>"
    assert message["To"] == "coordinator@example.com"
    assert message["Date"].datetime == SENT_AT
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert len(message.get_all("MIME-Version", [])) == 1


def test_octets_are_seven_bit_with_short_crlf_lines() -> None:
    """No server on the way has a reason to change anything."""
    octets = mail_of().octets
    assert octets.isascii()
    assert octets.count(b"\r") == octets.count(b"\n") == octets.count(b"\r\n")
    assert max(map(len, octets.split(b"\r\n"))) <= 998
    assert all(len(word) <= 75 for word in re.findall(rb"=\?[^?]+\?[bq]\?[^?]*\?=", octets))


def test_a_file_name_stands_in_both_forms() -> None:
    """RFC 2231 for those who follow it, an encoded word in quotes for Outlook and older web mail."""
    octets = mail_of().octets
    assert b"filename*=utf-8''%E6%8A%A5%E9%80%81" in octets
    (old,) = re.findall(rb'name="(=\?utf-8\?b\?[^"]+)"', octets)
    assert str(make_header(decode_header(old.decode()))) == "报送情况2031-09-28.xlsx"


def test_the_same_key_gives_the_same_message_id_and_octets() -> None:
    """A retry after a lost database is recognised as the same mail; another key is another mail."""
    first, again, other = mail_of(), mail_of(), mail_of(key="digest/c/2031-09-29/a@example.com")
    assert first.octets == again.octets
    assert first.message_id != other.message_id
    assert re.fullmatch(r"<[0-9a-f]{40}@example\.com>", first.message_id)
    changed = mail_of(replace(LETTER, text="anders"))
    assert changed.message_id == first.message_id
    assert f"Message-ID: {first.message_id}\r\n".encode() in first.octets


def test_the_value_names_what_was_composed() -> None:
    """What the outbox stores beside the octets."""
    mail = mail_of(recipient="张三 <Coordinator@Example.com>")
    assert (mail.kind, mail.campaign, mail.period, mail.lists) == ("digest", "c", "2031-09-28", ("m1", "m2"))
    assert mail.recipient == "coordinator@example.com"
    assert mail.created_at == SENT_AT


def test_a_key_does_not_depend_on_how_an_address_is_written() -> None:
    """Name and capitals do not make another recipient; nothing in a part can look like two parts."""
    assert mail_key("digest", "c", "d", "张三 <A@B.com>") == mail_key("digest", "c", "d", "a@b.com")
    assert mail_key("digest", "c/d", "e", "a@b.com") != mail_key("digest", "c", "d/e", "a@b.com")
    assert mail_key("digest", "c", "d", "a@b.com") == "digest/c/d/a@b.com"


@pytest.mark.parametrize("breaker", ["\n", "\r\n", "\r", "\u2028", "\x0b", "\x85", "\r\n\r\n"])
def test_nothing_can_add_a_header(breaker: str) -> None:
    """Line breaks of any kind in subject, file name and media type add nothing."""
    evil = f"x{breaker}Bcc: evil@example.com{breaker}{breaker}<b>body</b>"
    letter = Letter(evil, "t", "h", (Attachment(f"a{breaker}X-Evil: 1", f"text/x{breaker}X-Evil: 2", b"1"),))
    message = read_back(mail_of(letter))
    assert {name.lower() for part in message.walk() for name, _ in part.items()} <= {
        "content-type", "mime-version", "from", "to", "subject", "date", "message-id", "auto-submitted",
        "x-auto-response-suppress", "x-baosong-mail", "content-transfer-encoding", "content-disposition",
    }  # fmt: skip
    assert message["Subject"] == "x Bcc: evil@example.com <b>body</b>"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b@c.com",
        "a b@example.com",
        "a@example.com\r\nRCPT TO:<b@example.com>",
        "Office\nX <a@example.com>",
        "a@example.com\x00",
        "a@-x.com",
        ".a@example.com",
        "张三@example.com",
        "a@例子.com",
        f"{'a' * 250}@example.com",
    ],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    """One clear line names it; no mail is made."""
    with pytest.raises(UsageError, match="no mail address"):
        mail_of(recipient=address)
    with pytest.raises(UsageError, match="no mail address"):
        mail_key("digest", "c", "d", address)


def test_what_cannot_be_sent_is_replaced_not_raised() -> None:
    """Half characters and an empty file name do not stop a digest."""
    mail = mail_of(Letter("a\ud800b", "x\ud800y", "<p>\udfff</p>", (Attachment("\u202e", "nonsense", b"1"),)))
    message = read_back(mail)
    assert message["Subject"] == "ab"
    assert text_of(message, "plain") == "x?y\n"
    (part,) = message.iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == ("attachment-1", "application/octet-stream")


@given(subject=st.text(max_size=120), name=st.text(max_size=50))
def test_any_subject_and_file_name_arrives_whole(subject: str, name: str) -> None:
    """Whatever letters of whatever planes: what is read back is what a reader can see of it."""
    message = read_back(mail_of(Letter(subject, "t", "h", (Attachment(name + ".xlsx", XLSX, b"1"),))))
    again = read_back(mail_of(Letter(str(message["Subject"]), "t", "h")))
    assert again["Subject"] == message["Subject"]
    (part,) = message.iter_attachments()
    assert (part.get_filename() or "").endswith("xlsx")
    assert part.get_content() == b"1"
