"""Attached messages (.eml, message/rfc822, RFC 2046 §5.2.1): the body is the text, its parts are the members."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from parsers import media_types as mt
from parsers.parsed import Member, Parsed, one_page
from records.extracts import ReadLimits
from records.mail import Message, Part

ReadMessage = Callable[[bytes], Message]


class MessageParser:
    """Reads a message through the function that intake lends; it must be a module's top-level function."""

    name = "message"

    def __init__(self, read_message: ReadMessage) -> None:
        self._read_message = read_message

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Subject, sender, date and body as one page; attachments as members."""
        message = self._read_message(part.content)
        parts = tuple(
            Member(replace(inner, position=f"{part.position}/{number}"))
            for number, inner in enumerate(message.parts, 1)
        )
        return Parsed(mt.MESSAGE, pages=one_page(_as_text(message)), metadata=_metadata(message), members=parts)


def _as_text(message: Message) -> str:
    sender = f"{message.sender.name} <{message.sender.address}>".strip()
    head = [message.subject, sender if message.sender.address else message.sender.name]
    return "\n".join(line for line in (*head, message.body_text) if line.strip())


def _metadata(message: Message) -> tuple[tuple[str, str], ...]:
    found = {
        "subject": message.subject,
        "from": message.sender.address,
        "message_id": message.message_id or "",
        "date": message.date.isoformat() if message.date else "",
    }
    return tuple((name, value) for name, value in found.items() if value)
