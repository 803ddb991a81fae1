"""Pictures inside .doc files: the BLIP records of Office drawings ([MS-ODRAW] §2.2.23), found by their headers."""

from __future__ import annotations

import re
from collections.abc import Iterator

_HEADER = re.compile(rb"[\x00-\xff]{2}(?:\x1d\xf0|\x2a\xf0|\x1e\xf0)", re.S)  # JPEG (RGB, CMYK), PNG
_KINDS = ((b"\xff\xd8\xff", "jpg", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "png", "image/png"))
_PREFIXES = (17, 33)  # one or two identifiers of 16 octets and a tag stand before the picture
_MAX_PICTURES = 500


def pictures_in(stream: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Extension, media type and octets of each picture, in the order of the stream."""
    at = found = 0
    while found < _MAX_PICTURES and (header := _HEADER.search(stream, at)):
        size = int.from_bytes(stream[header.end() : header.end() + 4], "little")
        record = stream[header.end() + 4 : header.end() + 4 + size]
        picture = _picture(record)
        at = header.start() + 1
        if picture is not None:
            found += 1
            at = header.end() + 4 + size
            yield picture


def _picture(record: bytes) -> tuple[str, str, bytes] | None:
    for prefix in _PREFIXES:
        for magic, extension, media_type in _KINDS:
            if record.startswith(magic, prefix):
                return extension, media_type, record[prefix:]
    return None
