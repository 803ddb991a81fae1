"""Files that old clients wrote into the text itself: uuencode, as POSIX.1-2008 describes it; yEnc."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass

_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,500})\r?\n(?=[!-`]|[A-Za-z0-9+/]{4})", re.MULTILINE)
_END = re.compile(rb"^(?:end|====)[ \t]*\r?$", re.MULTILINE)
_LINE = re.compile(rb"[^\r\n]+")
_MAX_ATTEMPTS = 200
_MAX_LINE = 64
_FULL_LINE = re.compile(rb"M[!-`]{58,62}\r?\n")
_YENC = re.compile(rb"^=ybegin [^\r\n]*?name=(?P<name>[^\r\n]{1,500})\r?\n.*?^=yend [^\r\n]*", re.MULTILINE | re.DOTALL)
_MAY_HOLD = re.compile(rb"^(?:begin|=ybegin)[ -]", re.MULTILINE).search
_LAST_LINE = (b"", b"`", b"~")


@dataclass(frozen=True, slots=True)
class WrittenIn:
    """A file found in a text, and where its block stands there."""

    name: bytes  # as it stands
    content: bytes
    start: int
    end: int
    whole: bool = True  # False: the block's end is missing
    media_type: str = "application/octet-stream"


def find_written_in(text: bytes) -> tuple[WrittenIn, ...]:
    """All files written into ``text``, in order; a block whose lines do not decode is plain text.

    A yEnc block (the Usenet convention of 2002) is taken out as it stands.
    """
    return tuple(sorted([*_uuencoded(text), *_yenc(text)], key=lambda file: file.start)) if _MAY_HOLD(text) else ()


def _uuencoded(text: bytes) -> list[WrittenIn]:
    found: list[WrittenIn] = []
    position = 0
    for _ in range(_MAX_ATTEMPTS):
        begin = _BEGIN.search(text, position)
        if begin is None:
            break
        file = _closed(text, begin) or _cut_off(text, begin)
        position = file.end if file else begin.end()
        found += [file] if file else []
    return found


def _closed(text: bytes, begin: re.Match[bytes]) -> WrittenIn | None:
    end = _END.search(text, begin.end())
    content = _content(text[begin.end() : end.start()], begin[0]) if end else None
    if end is None or content is None:
        return None
    return WrittenIn(begin[1].strip(), content, begin.start(), end.end())


def _cut_off(text: bytes, begin: re.Match[bytes]) -> WrittenIn | None:
    """A block that lost its end: full lines first, then what decodes."""
    decoded: list[bytes] = []
    end = begin.end()
    if not _FULL_LINE.match(text, end):
        return None
    for match in _LINE.finditer(text, end):
        octets = _line(match[0]) if len(match[0].rstrip()) <= _MAX_LINE else None
        if octets is None or (len(match[0]) > 1 and not octets):
            break
        decoded.append(octets)
        end = match.end()
    return WrittenIn(begin[1].strip(), b"".join(decoded), begin.start(), end, whole=False) if any(decoded) else None


def _yenc(text: bytes) -> list[WrittenIn]:
    return [
        WrittenIn(match["name"].strip(), match[0], match.start(), match.end(), media_type="application/x-yenc")
        for match in _YENC.finditer(text)
    ]


def decode_block(octets: bytes) -> bytes | None:
    """The content of a part whose transfer encoding is uuencode, None where it is no such block."""
    found = _uuencoded(octets)
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
