"""Delivery status notifications (RFC 3464), and the bounces of servers that write them in plain words only.

Read from a message that is known to be a bounce; deciding that it is one is not done here. Pure; never raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.headers import RawHeaders, message_ids
from intake.message import read_header
from intake.structure import read_fields
from records.bounces import DeliveryReport, FailedRecipient
from records.mail import Message, Part
from records.mails import MARK

STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})  # RFC 3464, RFC 6533
RETURNED_TYPES = frozenset(
    {"message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}
)
_ADDRESS = re.compile(r"[\w.+=\-]{1,64}@[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,63}){1,8}", re.IGNORECASE)
_RETURNED = re.compile(  # from here on the returned mail stands: qmail, Exim, Postfix, Chinese providers
    r"^-+ ?(?:below this line is a copy|this is a copy of|the body of the message is|return(?:ed)? message|"
    r"original message|message headers? follow|undelivered message|原始邮件|原邮件|退回的邮件|邮件原文).*$",
    re.IGNORECASE | re.MULTILINE,
)
_MARK_LINE = re.compile(rf"^[>\s]*{MARK}\s*:\s*([\w.\-]{{8,128}})\s*$", re.IGNORECASE | re.MULTILINE)
_REASON_LABEL = re.compile(
    r"(?:退信原因|失败原因|错误原因|错误信息|原因|英文原因|diagnostic|reason|error)\s*[:：]\s*(.+)", re.IGNORECASE
)
_SMTP_REPLY = re.compile(r"\b[45]\d\d[ -](?:[45]\.\d{1,3}\.\d{1,3}\b)?.*|\b5\.\d{1,3}\.\d{1,3}\b.*")
_MAX_TEXT, _MAX_PART, _MAX_WHY, _MAX_RECIPIENTS = 20_000, 256 * 1024, 200, 50
_FINAL = ("failed", "")  # RFC 3464 §2.3.3: delayed, delivered, relayed, expanded are no failure


def read_delivery_report(message: Message) -> DeliveryReport:
    """What a bounce says. Where no part says it for machines, the addresses and identifiers in its words are given."""
    statuses = [part for part in message.parts if part.media_type in STATUS_TYPES]
    returned = [part for part in message.parts if part.media_type in RETURNED_TYPES]
    recipients = tuple(found for part in statuses for found in _recipients(part))
    if not statuses:
        recipients = tuple(_told(message))
    ids = [message.in_reply_to or "", *message.references, *(id_ for part in returned for id_ in _ids_of(part))]
    ids += message_ids(message.body_text[:_MAX_TEXT])
    marks = [mark for part in returned for mark in _marks_in(_text(part))] + _marks_in(message.body_text[:_MAX_TEXT])
    return DeliveryReport(
        recipients[:_MAX_RECIPIENTS], tuple(dict.fromkeys(filter(None, ids))), tuple(dict.fromkeys(marks))
    )


def _recipients(part: Part) -> Iterator[FailedRecipient]:
    """Per-recipient groups, blank lines between them; the first group is about the message (RFC 3464 §2.1)."""
    lines = part.content[:_MAX_PART].replace(b"\r\n", b"\n").replace(b"\r", b"\n").strip()
    for group in re.split(rb"\n[ \t]*\n", lines):
        fields = RawHeaders(read_fields(group))
        address = _typed(fields.text("original-recipient")) or _typed(fields.text("final-recipient"))
        if not address or fields.text("action").strip().lower() not in _FINAL:
            continue
        why = " ".join(filter(None, (fields.text("status"), _value(fields.text("diagnostic-code")))))
        yield FailedRecipient(address, why[:_MAX_WHY])


def _typed(value: str) -> str:
    """The address of ``rfc822; user@host`` (RFC 3464 §2.3.1), "" where there is none."""
    found = _ADDRESS.search(_value(value))
    return found[0].lower() if found else ""


def _value(value: str) -> str:
    """What stands behind the type."""
    kind, semicolon, rest = value.partition(";")
    return (rest if semicolon else kind).strip()


def _told(message: Message) -> Iterator[FailedRecipient]:
    """Addresses that X-Failed-Recipients (Exim) or the words above the returned mail name."""
    told = _RETURNED.split(message.body_text[:_MAX_TEXT], maxsplit=1)[0]
    named = [*_ADDRESS.findall(message.header("x-failed-recipients") or ""), *_ADDRESS.findall(told)]
    addresses = dict.fromkeys(name.lower() for name in named if name.lower() != message.sender.address)
    for address in addresses or ("",):
        yield FailedRecipient(address, _why(told))


def _why(told: str) -> str:
    """The line that gives the reason: behind its label, else the server's reply."""
    label = _REASON_LABEL.search(told)
    found = label[1] if label else next(iter(_SMTP_REPLY.findall(told)), "")
    return " ".join(found.split())[:_MAX_WHY]


def _ids_of(part: Part) -> tuple[str, ...]:
    """The Message-ID of a returned mail, whether all of it came back or its header alone."""
    own = read_header(part.content[:_MAX_PART]).message_id
    return (own,) if own else ()


def _marks_in(text: str) -> list[str]:
    return _MARK_LINE.findall(text)


def _text(part: Part) -> str:
    return part.content[:_MAX_PART].decode("latin-1")
