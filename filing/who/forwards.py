"""Messages that pass on what another wrote: the quotation is then the report, and its header tells the first sender."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from filing.documents import Document
from filing.text.lexica import words
from records.extracts import Extract
from records.mail import Message

_HEADER = re.compile(
    rf"\**\s*(?P<name>{'|'.join(words('mail', 'quote_headers'))})\s*[:：]\s*\**\s*(?P<value>.*)", re.IGNORECASE
)
_ADDRESS = re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+")
_MARK = re.compile(r"[-_=*\s]*(?:原始邮件|转发的?邮件|原邮件|original message|forwarded message).*", re.IGNORECASE)
_SENDERS = ("发件人", "寄件者", "from")
_SUBJECTS = ("主题", "subject")
_HEADER_LINES = 14


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A quotation as the first sender wrote it."""

    body: Document
    sender: str  # address in lower case, "" where the header shows none


def forwarded(quoted: Document) -> Forwarded:
    """The quotation without its header lines; its subject stays as the first line."""
    sender, subject, kept = "", "", []
    for number, line in enumerate(quoted.text.splitlines()):
        hit = _HEADER.fullmatch(line.strip()) if number < _HEADER_LINES else None
        if hit is None:
            kept += [] if _MARK.fullmatch(line.strip()) else [line]
            continue
        if hit["name"].lower() in _SENDERS and not sender:
            found = _ADDRESS.search(hit["value"])
            sender = found[0].lower() if found else ""
        if hit["name"].lower() in _SUBJECTS:
            subject = hit["value"]
    return Forwarded(replace(quoted, role="body", text="\n".join([subject, *kept]).strip()), sender)


def first_sender(message: Message, extracts: Sequence[Extract], quoted: Sequence[Document]) -> str:
    """The address of who wrote what a trusted forwarder passes on; "" where there is none or several."""
    inner = [value for e in extracts for one in e.walk() for name, value in one.metadata if name == "from" and value]
    shown = [found.sender for found in map(forwarded, quoted) if found.sender]
    senders = {address.lower() for address in (inner or shown[:1])} - {message.sender.address}
    return next(iter(senders)) if len(senders) == 1 else ""
