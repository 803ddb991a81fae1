"""Title, author and dates of old Office files: the summary information stream ([MS-OLEPS] §2.20, §2.21)."""

from __future__ import annotations

import struct
from datetime import datetime, timedelta

from records.decoding import decode_text

_NAMES = {2: "title", 3: "subject", 4: "author", 5: "keywords", 8: "last_saved_by", 12: "created", 13: "modified"}
_STRING, _MOMENT = 30, 64  # VT_LPSTR, VT_FILETIME
_MAX_PROPERTIES = 100
_EPOCH = datetime(1601, 1, 1)  # noqa: DTZ001 -- written without offset, as a camera's or a clerk's clock shows it


def summary_properties(stream: bytes) -> tuple[tuple[str, str], ...]:
    """Names and values; moments in ISO 8601 without offset. What is damaged is left out."""
    try:
        begin = struct.unpack_from("<I", stream, 44)[0]
        count = min(struct.unpack_from("<I", stream, begin + 4)[0], _MAX_PROPERTIES)
        places = [struct.unpack_from("<II", stream, begin + 8 + 8 * index) for index in range(count)]
    except struct.error:
        return ()
    found = ((_NAMES[number], _value(stream, begin + offset)) for number, offset in places if number in _NAMES)
    return tuple((name, value) for name, value in found if value)


def _value(stream: bytes, at: int) -> str:
    try:
        kind = struct.unpack_from("<H", stream, at)[0]
        if kind == _STRING:
            size = struct.unpack_from("<I", stream, at + 4)[0]
            return decode_text(stream[at + 8 : at + 8 + min(size, 4096)].rstrip(b"\0")).strip()
        if kind == _MOMENT:
            ticks = struct.unpack_from("<Q", stream, at + 4)[0]  # of 100 ns
            return (_EPOCH + timedelta(microseconds=ticks // 10)).replace(microsecond=0).isoformat() if ticks else ""
    except (struct.error, OverflowError):
        return ""
    return ""
