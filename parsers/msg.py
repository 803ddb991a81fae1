"""Outlook message files (.msg, [MS-OXMSG]): subject, sender, body; attachments and attached messages as members."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import olefile

from parsers import media_types as mt
from parsers.compressed_rtf import unpack_rtf
from parsers.media_types import called
from parsers.ole_objects import BROKEN
from parsers.parsed import Member, Parsed, one_page
from parsers.problems import damaged, too_many_members
from parsers.rtf import rtf_text
from records.decoding import decode_text
from records.extracts import ReadLimits
from records.mail import Part
from records.markup import html_to_text

_SUBJECT, _BODY, _HTML, _RTF, _MESSAGE_ID = 0x0037, 0x1000, 0x1013, 0x1009, 0x1035
_SENDER, _SENDER_ADDRESS, _SENDER_SMTP, _REPRESENTED_SMTP, _TO = 0x0C1A, 0x0C1F, 0x5D01, 0x5D02, 0x0E04
_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME, _TYPE, _DATA, _CONTENT_ID = 0x3707, 0x3704, 0x3001, 0x370E, 0x3701, 0x3712
_SUBMITTED, _CODEPAGE = 0x00390040, 0x3FDE0003  # with the type of their values, as in the properties stream
_UNICODE, _BYTES, _BINARY, _OBJECT = 0x001F, 0x001E, 0x0102, 0x000D
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_MAX_DEPTH = 5
_MSG = called(mt.MSG)


class MsgParser:
    """Reads like an attached message; what is attached to attached messages stands beside their text."""

    name = "msg"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread`` (damaged)."""
        try:
            with olefile.OleFileIO(BytesIO(part.content)) as storage:
                message = _Properties(storage, ())
                members = list(_members(part.position, message, 0))
                text, metadata = _as_text(message), _metadata(message)
        except BROKEN as error:
            raise damaged(_MSG) from error
        problem = too_many_members(limits.max_members) if len(members) > limits.max_members else None
        kept = tuple(members[: limits.max_members])
        return Parsed(mt.MSG, pages=one_page(text), metadata=metadata, members=kept, problem=problem)


PARSER = MsgParser()


@dataclass(frozen=True, slots=True)
class _Properties:
    """The properties in one folder of the storage: of the message, an attachment, an attached message."""

    storage: olefile.OleFileIO[Any]
    folder: tuple[str, ...]

    def octets(self, tag: int, kind: int) -> bytes:
        """The value as it is kept, b"" where there is none."""
        path = [*self.folder, f"__substg1.0_{tag:04X}{kind:04X}"]
        return bytes(self.storage.openstream(path).read()) if self.storage.exists("/".join(path)) else b""

    def text(self, tag: int) -> str:
        """The value as text: in UTF-16, else in the code page of the message."""
        wide = self.octets(tag, _UNICODE)
        found = wide.decode("utf-16-le", "replace") if wide else decode_text(self.octets(tag, _BYTES), self.codepage())
        return found.replace("\0", "").replace("\r\n", "\n").strip()

    def fixed(self, tag: int) -> int:
        """A value that stands in the properties stream itself (§2.4.2), 0 where there is none."""
        stream = self._fixed()
        places = range(0, len(stream) - 15, 16)  # the header before is of 8, 24 or 32 octets
        return next((struct.unpack_from("<Q", stream, at + 8)[0] for at in places if _tag(stream, at) == tag), 0)

    def _fixed(self) -> bytes:
        path = [*self.folder, "__properties_version1.0"]
        stream: bytes = self.storage.openstream(path).read() if self.storage.exists("/".join(path)) else b""
        return stream[len(stream) % 16 :]

    def codepage(self) -> str | None:
        """That of the body, by which the other texts are written too."""
        number = self.fixed(_CODEPAGE) & 0xFFFFFFFF
        return {65001: "utf-8", 54936: "gb18030"}.get(number, f"cp{number}") if number else None

    def inner(self, name: str) -> _Properties:
        """Those in a folder within this one."""
        return _Properties(self.storage, (*self.folder, name))

    def attachments(self) -> list[_Properties]:
        """The attachments, in their order."""
        depth = len(self.folder)
        folders = {tuple(path[: depth + 1]) for path in self.storage.listdir(streams=False, storages=True)}
        here = [path for path in folders if path[:depth] == self.folder and len(path) > depth]
        return [self.inner(path[depth]) for path in sorted(here) if path[depth].startswith("__attach_version1.0_")]


def _tag(stream: bytes, at: int) -> int:
    return int(struct.unpack_from("<I", stream, at)[0])


def _as_text(message: _Properties) -> str:
    sender, address = message.text(_SENDER), _address(message)
    head = [message.text(_SUBJECT), f"{sender} <{address}>".strip() if address else sender]
    return "\n".join(line for line in (*head, _body(message)) if line.strip())


def _body(message: _Properties) -> str:
    """The plain body, else that in HTML, else that in compressed RTF."""
    if plain := message.text(_BODY):
        return plain
    if html := message.octets(_HTML, _BINARY):
        return html_to_text(decode_text(html, message.codepage()))
    packed = message.octets(_RTF, _BINARY)
    return rtf_text(unpack_rtf(packed)) if packed else ""


def _address(message: _Properties) -> str:
    """The sender's address; inside an Exchange organisation the first is a directory's name."""
    found = (message.text(tag) for tag in (_SENDER_SMTP, _REPRESENTED_SMTP, _SENDER_ADDRESS))
    return next((address.casefold() for address in found if "@" in address), "")


def _metadata(message: _Properties) -> tuple[tuple[str, str], ...]:
    ticks = message.fixed(_SUBMITTED)  # of 100 ns
    found = {
        "subject": message.text(_SUBJECT),
        "from": _address(message),
        "message_id": message.text(_MESSAGE_ID),
        "date": (_EPOCH + timedelta(microseconds=ticks // 10)).isoformat() if 0 < ticks < 1 << 60 else "",
    }
    return tuple((name, value) for name, value in found.items() if value)


def _members(position: str, message: _Properties, depth: int) -> Iterator[Member]:
    for number, attachment in enumerate(message.attachments(), 1):
        yield from _member(f"{position}/{number}", attachment, depth)


def _member(position: str, attachment: _Properties, depth: int) -> Iterator[Member]:
    names = (attachment.text(tag) for tag in (_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME))
    name = next((name for name in names if name), None)
    attached = attachment.inner(f"__substg1.0_{_DATA:04X}{_OBJECT:04X}")
    if attached.storage.exists("/".join((*attached.folder, "__properties_version1.0"))):
        text = _as_text(attached).encode()
        yield Member(Part(position, f"{name or attached.text(_SUBJECT)}.txt", mt.PLAIN, text))
        if depth < _MAX_DEPTH:
            yield from _members(position, attached, depth + 1)
        return
    content = attachment.octets(_DATA, _BINARY)
    content_id = attachment.text(_CONTENT_ID) or None
    yield Member(Part(position, name, attachment.text(_TYPE) or mt.UNKNOWN, content, content_id=content_id))
