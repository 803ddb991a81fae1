"""Which kind of video or sound a file is, told by its first octets."""

from __future__ import annotations

import re

from parsers import media_types as mt

QUICKTIME = "video/quicktime"
MATROSKA = "video/x-matroska"
MPEG = "video/mpeg"
MPEG_TS = "video/mp2t"
ASF = "video/x-ms-wmv"
WMA = "audio/x-ms-wma"
MP3 = "audio/mpeg"
M4A = "audio/mp4"
AAC = "audio/aac"

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x1aE\xdf\xa3", MATROSKA),
    (0, b"FLV\x01", "video/x-flv"),
    (0, b"\0\0\1\xba", MPEG),
    (0, b"\0\0\1\xb3", MPEG),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", ASF),
    (0, b".RMF", "application/vnd.rn-realmedia"),
    (0, b"ID3", MP3),
    (0, b"#!AMR", "audio/amr"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (8, b"AIFF", "audio/aiff"),
    (4, b"moov", QUICKTIME),
    (4, b"mdat", QUICKTIME),
    (4, b"wide", QUICKTIME),
)
_DECLARED = (  # of programs that know a file only by its name
    "video/3gpp", "video/3gpp2", "video/avi", "video/webm", "video/x-m4v", "video/x-ms-asf", "video/ogg",
    "audio/3gpp", "audio/basic", "audio/m4a", "audio/mp3", "audio/x-m4a", "audio/x-wav", "audio/vnd.wave",
    "audio/x-aac", "audio/x-flac", "audio/x-ape", "audio/webm",
)  # fmt: skip
KINDS = tuple(dict.fromkeys((mt.MP4, MPEG_TS, WMA, M4A, AAC, "video/x-msvideo", "audio/wav",
                             *(kind for _, _, kind in _MAGIC), *_DECLARED)))  # fmt: skip
"""All that MediaInfo is asked about."""

_PACKET = 188  # octets, of an MPEG-2 transport stream (ISO/IEC 13818-1 §2.4.3.2)
_FRAME = re.compile(rb"\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff][\x10-\xef]")  # MPEG audio: layer II or III, a bit rate
_ADTS = re.compile(rb"\xff[\xf0\xf1\xf8\xf9]")  # MPEG-4 audio without a container (ISO/IEC 13818-7 §6.2)


def media_kind(head: bytes, extension: str) -> str | None:
    """The media type of video or sound that begins with ``head``; ``extension`` tells what octets cannot."""
    for offset, magic, kind in _MAGIC:
        if head.startswith(magic, offset):
            return WMA if kind == ASF and extension == "wma" else kind
    if head[:1] == head[_PACKET : _PACKET + 1] == head[2 * _PACKET : 2 * _PACKET + 1] == b"G":
        return MPEG_TS
    if extension == "mp3" and _FRAME.match(head):  # so short a mark that the name must agree
        return MP3
    return AAC if extension == "aac" and _ADTS.match(head) else None
