"""mbox files (RFC 4155) read as a stream: mboxo, mboxrd, mboxcl and mboxcl2, one message in memory at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from os import SEEK_CUR, SEEK_END
from pathlib import Path
from typing import BinaryIO

HEADER_BYTES = 64 * 1024
_LINE_BYTES = 1024 * 1024  # a longer line comes in pieces
_LOOK_BYTES = 1000
_BLANK = (b"\n", b"\r\n")
_DATED = re.compile(rb"From .*\d{1,2}:\d{2}.*\b(?:19|20)\d{2}\b")
_FIELD = re.compile(rb"[!-9;-~]{1,80}[ \t]*:")
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,12})[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_BARE_FROM = re.compile(rb"^From ", re.MULTILINE)
_FOLDER_DATA = re.compile(rb"^X-IMAP(?:base)?:.*\bFOLDER INTERNAL DATA\b", re.DOTALL | re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class MboxMessage:
    """One message of an mbox, its From_ line and its quoting taken off; above the limit its header alone."""

    number: int  # from 1
    raw: bytes
    size_bytes: int
    too_large: bool = False
    skipped_bytes: int = 0  # between the message before and this one: torn out of its place


def starts_like_mbox(beginning: bytes) -> bool:
    """Whether a file begins with a From_ line and a header field after it."""
    first, _, rest = beginning.lstrip(b"\r\n").partition(b"\n")
    return bool(_DATED.match(first) and _FIELD.match(rest))


def mbox_messages(path: Path, limit_bytes: int) -> Iterator[MboxMessage]:
    """The messages of an mbox file, in order. Raises OSError.

    A From_ line begins a message where an empty line stands before it and a header field after it, and it bears a time
    and a year; whatever else begins with From is text. Where Content-Length leads exactly to the next From_ line or the
    end (mboxcl), it decides. ``>From `` loses one ``>`` (mboxrd; in mboxo the same save for lines that were quoted
    before); a body with bare From lines inside its Content-Length (mboxcl2) was never quoted.
    """
    with path.open("rb") as file:
        number = 0
        while (skipped := _skip_to_message(file)) is not None:
            number += 1
            message = replace(_message(file, number, limit_bytes), skipped_bytes=skipped)
            if not _FOLDER_DATA.search(message.raw[:HEADER_BYTES]):  # mail programs keep notes of theirs so
                yield message


def _skip_to_message(file: BinaryIO) -> int | None:
    """Behind the next From_ line; how much was passed over, blank lines apart. None at the end of the file."""
    skipped = 0
    while line := file.readline(_LINE_BYTES):
        if _is_start(file, line):
            return skipped
        skipped += len(line.strip())
    return None


def _message(file: BinaryIO, number: int, limit: int) -> MboxMessage:
    header = _header(file)
    length = _stated_length(file, header)
    body, size = _up_to_from(file, limit) if length is None else _of_length(file, length, limit)
    if len(header) + size > limit:
        return MboxMessage(number, header[:HEADER_BYTES], len(header) + size, too_large=True)
    return MboxMessage(number, header + body, len(header) + len(body))


def _header(file: BinaryIO) -> bytes:
    """Up to the empty line, which is part of it; one without an end is cut off."""
    header = bytearray()
    while len(header) < _LINE_BYTES and (line := file.readline(_LINE_BYTES)):
        if _is_start(file, line):  # a message without a body, and without the empty line
            file.seek(-len(line), SEEK_CUR)
            break
        header += line
        if line in _BLANK:
            break
    return bytes(header)


def _stated_length(file: BinaryIO, header: bytes) -> int | None:
    """Content-Length, where a From_ line or the end of the file lies exactly behind it."""
    found = _LENGTH.search(header)
    if found is None:
        return None
    body, length = file.tell(), int(found[1])
    is_inside = body + length <= file.seek(0, SEEK_END)
    file.seek(body + length)
    after = file.read(_LOOK_BYTES).lstrip(b"\r\n")
    file.seek(body)
    return length if is_inside and (not after or _DATED.match(after.partition(b"\n")[0])) else None


def _of_length(file: BinaryIO, length: int, limit: int) -> tuple[bytes, int]:
    """The body and its size; of one above the limit nothing is read."""
    if length > limit:
        file.seek(length, SEEK_CUR)
        return b"", length
    body = file.read(length)
    return (body if _BARE_FROM.search(body) else _QUOTED_FROM.sub(rb"\1", body)), length


def _up_to_from(file: BinaryIO, limit: int) -> tuple[bytes, int]:
    """The body up to the next From_ line, and its size; the empty line before that is the mbox's, not the message's."""
    body, size = bytearray(), 0
    held = b""  # an empty line that may be the separator
    begins_line = after_blank = True  # the header ends with an empty line
    while line := file.readline(_LINE_BYTES):
        if begins_line and after_blank and _is_start(file, line):
            file.seek(-len(line), SEEK_CUR)
            break
        after_blank = begins_line and line in _BLANK
        piece = held if after_blank else held + (_QUOTED_FROM.sub(rb"\1", line) if begins_line else line)
        held = line if after_blank else b""
        begins_line = line.endswith(b"\n")
        size += len(piece)
        if size <= limit:
            body += piece
    return bytes(body), size


def _is_start(file: BinaryIO, line: bytes) -> bool:
    """Whether a line is a From_ line: it bears a time and a year, and a header field follows."""
    if not (line.startswith(b"From ") and _DATED.match(line)):
        return False
    here = file.tell()
    following = file.readline(_LOOK_BYTES)
    file.seek(here)
    return bool(_FIELD.match(following))
