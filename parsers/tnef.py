"""winmail.dat: attachments that Outlook packed in its own form ([MS-OXTNEF]).

tnefparse decodes the properties alone: reading a whole file, it gives up at the first GBK name or subject, and takes
zeros off the end of attachments.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tnefparse.mapi import decode_mapi

from parsers import media_types as mt
from parsers.alarm import OutOfTime, within
from parsers.compressed_rtf import unpack_rtf
from parsers.media_types import called
from parsers.parsed import Member, Parsed, Problem, one_page
from parsers.problems import broken_off, damaged, too_many_members
from parsers.rtf import rtf_text
from records.decoding import decode_text
from records.extracts import ReadLimits
from records.mail import Part
from records.markup import html_to_text

logging.getLogger("tnefparse").setLevel(logging.CRITICAL)  # it grumbles about each damaged property

_SECONDS = 5.0  # damaged counts of properties send tnefparse round and round
_SIGNATURE = b"\x78\x9f\x3e\x22"
_OBJECT = struct.Struct("<BII")  # level, tag, length; the data follow, and a checksum of two octets
_BODY, _TITLE, _DATA, _NEW_ATTACHMENT, _PROPERTIES, _ATTACHMENT, _CODEPAGE = (
    0x800C, 0x8010, 0x800F, 0x9002, 0x9003, 0x9005, 0x9007,
)  # fmt: skip
_TEXT, _HTML, _RTF, _INTERNET_CODEPAGE = 0x1000, 0x1013, 0x1009, 0x3FDE
_LONG_NAME, _NAME, _DISPLAY_NAME, _DATA_OBJECT = 0x3707, 0x3704, 0x3001, 0x3701
_INTERFACES = (
    bytes.fromhex("0703020000000000c000000000000046"),  # IMessage: a message in the same form follows
    bytes.fromhex("0b00000000000000c000000000000046"),  # IStorage: an OLE file follows
)
_CODEPAGES = {54936: "gb18030", 52936: "hz", 28591: "iso-8859-1", 20127: "us-ascii"}
_LOSSLESS = "iso-8859-1"  # under which any octets can be told from the text that tnefparse makes of them


@dataclass(slots=True)
class _Attachment:
    title: bytes = b""
    data: bytes = b""
    properties: dict[int, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Content:
    """What is of interest in a file; ``is_whole``: its last object ends where the file does."""

    codepage: str | None = None
    body: bytes = b""
    properties: dict[int, Any] = field(default_factory=dict)
    attachments: list[_Attachment] = field(default_factory=list)
    is_whole: bool = True


class TnefParser:
    """The message's body, if it is in there, and the attachments."""

    name = "tnef"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: damaged."""
        content = _Content()
        try:
            with within(_SECONDS):
                _read(part.content, content)
        except OutOfTime:
            content.is_whole = False  # what was read until then stands
        body = _body_text(content)
        if not content.is_whole and not content.attachments and not body:
            raise damaged(called(mt.TNEF))
        attachments = content.attachments[: limits.max_members]
        members = tuple(_member(part, number, *item) for number, item in enumerate(_named(content, attachments), 1))
        return Parsed(mt.TNEF, pages=one_page(body), members=members, problem=_problem(content, limits))


PARSER = TnefParser()


def _problem(content: _Content, limits: ReadLimits) -> Problem | None:
    if len(content.attachments) > limits.max_members:
        return too_many_members(limits.max_members)
    return None if content.is_whole else broken_off(called(mt.TNEF))


def _read(octets: bytes, content: _Content) -> None:
    if not octets.startswith(_SIGNATURE):
        content.is_whole = False
        return
    for level, name, data in _objects(octets, content):
        if level == 2:
            _read_attachment(name, data, content)
        elif name == _CODEPAGE and len(data) >= 4:
            content.codepage = _label(int.from_bytes(data[:4], "little"))
        elif name == _BODY:
            content.body = data
        elif name == _PROPERTIES:
            content.properties.update(_properties(data))


def _objects(octets: bytes, content: _Content) -> Iterator[tuple[int, int, bytes]]:
    position = len(_SIGNATURE) + 2
    while position + _OBJECT.size <= len(octets):
        level, tag, length = _OBJECT.unpack_from(octets, position)
        start = position + _OBJECT.size
        position = start + length + 2
        if level not in (1, 2):
            break
        yield level, tag & 0xFFFF, octets[start : start + length]
    content.is_whole = position == len(octets)


def _read_attachment(name: int, data: bytes, content: _Content) -> None:
    if name == _NEW_ATTACHMENT or not content.attachments:
        content.attachments.append(_Attachment())
    attachment = content.attachments[-1]
    if name == _TITLE:
        attachment.title = data
    elif name == _DATA:
        attachment.data = data
    elif name == _ATTACHMENT:
        attachment.properties.update(_properties(data))


def _properties(data: bytes) -> dict[int, Any]:
    """The properties by number, the first of each: text as str where it was Unicode, else octets."""
    try:
        found = decode_mapi(data, _LOSSLESS)
    except (ValueError, IndexError, TypeError, struct.error):  # its count is cut off
        return {}
    values: dict[int, Any] = {}
    for item in found:
        values.setdefault(item.name, _value(item))
    if isinstance(values.get(_DATA_OBJECT), bytes):
        values[_DATA_OBJECT] = _unpadded(values[_DATA_OBJECT], data)
    return values


def _unpadded(value: bytes, data: bytes) -> bytes:
    """Without the zeros that fill up the last four octets; the length stands before the value."""
    start = data.find(value)
    length = int.from_bytes(data[max(start - 4, 0) : start], "little") if start >= 4 else len(value)
    return value[:length] if len(value) - 4 < length else value


def _value(item: Any) -> Any:
    raw = item.raw_data
    if not isinstance(raw, list):
        return raw
    pieces = [piece.encode(_LOSSLESS, "replace") if item.attr_type & 0xFFF == 0x1E else piece for piece in raw]
    return pieces[0] if len(pieces) == 1 else (type(pieces[0])().join(pieces) if pieces else b"")


def _label(codepage: int) -> str:
    return _CODEPAGES.get(codepage, f"cp{codepage}")


def _named(content: _Content, attachments: list[_Attachment]) -> Iterator[tuple[str, bytes]]:
    for attachment in attachments:
        properties = attachment.properties
        given = (properties.get(_LONG_NAME), attachment.title, properties.get(_NAME), properties.get(_DISPLAY_NAME))
        names = (_text(name, content.codepage) for name in given)
        yield next(filter(None, names), ""), _data(attachment)


def _data(attachment: _Attachment) -> bytes:
    """The octets; beside a message or an OLE object stands a sentence for programs that know neither."""
    value = attachment.properties.get(_DATA_OBJECT)
    octets = value if isinstance(value, bytes) else b""
    return octets[16:] if octets.startswith(_INTERFACES) else attachment.data or octets


def _member(part: Part, number: int, name: str, data: bytes) -> Member:
    return Member(Part(f"{part.position}/{number}", name or None, "application/octet-stream", data))


def _body_text(content: _Content) -> str:
    """HTML, else plain text, else RTF: Outlook writes one of them, or says the same in several."""
    properties = content.properties
    codepage = properties.get(_INTERNET_CODEPAGE)
    label = _label(int.from_bytes(codepage[:4], "little")) if isinstance(codepage, bytes) else content.codepage
    html = _text(properties.get(_HTML), label)
    if html:
        return html_to_text(html)
    plain = _text(properties.get(_TEXT), content.codepage) or _text(content.body, content.codepage)
    return plain or _rtf_body(properties.get(_RTF))


def _rtf_body(packed: Any) -> str:
    try:
        return rtf_text(unpack_rtf(packed)).strip("\0 \n") if isinstance(packed, bytes) else ""
    except ValueError:
        return ""


def _text(value: Any, codepage: str | None) -> str:
    text = decode_text(value.rstrip(b"\0"), codepage) if isinstance(value, bytes) else value or ""
    return str(text).strip("\0 \t\r\n")
