"""Files that old clients wrote into the text itself: uuencode, as POSIX.1-2008 describes it."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass

_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,500})\r?\n(?=[!-`]|[A-Za-z0-9+/]{4})", re.MULTILINE)
_END = re.compile(rb"^(?:end|====)[ \t]*\r?$", re.MULTILINE)
_LINE = re.compile(rb"[^\r\n]+")
_MAX_ATTEMPTS = 200
_LAST_LINE = (b"", b"`", b"~")


@dataclass(frozen=True, slots=True)
class Uuencoded:
    """A file found in a text, and where its block stands there."""

    name: bytes  # as it stands
    content: bytes
    start: int
    end: int


def find_uuencoded(text: bytes) -> tuple[Uuencoded, ...]:
    """All files written into ``text``; a block whose lines do not decode, or that does not end, is plain text."""
    found: list[Uuencoded] = []
    position = 0
    for _ in range(_MAX_ATTEMPTS):
        begin = _BEGIN.search(text, position)
        end = _END.search(text, begin.end()) if begin else None
        if begin is None or end is None:
            break
        content = _content(text[begin.end() : end.start()], text[begin.start() : begin.start() + 12])
        position = begin.end() if content is None else end.end()
        if content is not None:
            found.append(Uuencoded(begin[1].strip(), content, begin.start(), end.end()))
    return tuple(found)


def decode_block(octets: bytes) -> bytes | None:
    """The content of a part whose transfer encoding is uuencode, None where it is no such block."""
    found = find_uuencoded(octets)
    return found[0].content if found else None


def _content(block: bytes, opening: bytes) -> bytes | None:
    if opening.startswith(b"begin-base64"):
        return _base64(block)
    decoded: list[bytes] = []
    for line in (match[0] for match in _LINE.finditer(block)):  # a block that is none is left at its first line
        octets = b"" if line.rstrip() in _LAST_LINE else _line(line)
        if octets is None:
            return None
        decoded.append(octets)
    return b"".join(decoded) or None


def _base64(block: bytes) -> bytes | None:
    try:
        return binascii.a2b_base64(block) or None
    except binascii.Error:
        return None


def _line(line: bytes) -> bytes | None:
    """One line; old encoders write too much behind the last octet, which the line's count tells."""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        length = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            return binascii.a2b_uu(line[:length])
        except binascii.Error:
            return None
