"""Headers mended as octets, before any parser sees them, where their writer's mistake is plain to see."""

from __future__ import annotations

import re

_BOM = b"\xef\xbb\xbf"
_HEADER_END = re.compile(rb"\r?\n[ \t]*\r?\n|\r\r")
_FIELD = re.compile(rb"[!-9;-~]{1,80}[ \t]*:")
_BLANK_START = re.compile(rb"[ \t]+(?=[A-Za-z][A-Za-z0-9-]{1,60}[ \t]*:)")
_QUOTED_ENVELOPE = re.compile(rb">From [^\r\n]*\r?\n")
_DOUBLED_LINE_END = re.compile(rb"[^\r\n]*\r\r\n")
_BLANK_BEFORE_COLON = re.compile(rb"^([!-9;-~]{1,80})[ \t]+:", re.MULTILINE)
_STRAY = re.compile(rb"^(?![ \t]|[!-9;-~]{1,80}[ \t]*:|From |--|\Z)", re.MULTILINE)
_OF_A_HEADER = re.compile(
    rb"^(?:mime-version|content-type|content-transfer-encoding|message-id|received|x-mailer|return-path)[ \t]*:",
    re.MULTILINE | re.IGNORECASE,
)
_FIELDS_END = re.compile(rb"\r?\n[ \t]*\r?\n|\r\r|\r?\n--")  # a boundary line ends a header too
_MAX_HEADER = 262_144


def split_header(raw: bytes) -> tuple[bytes, bytes]:
    """Header and body, the empty line between them left out."""
    match = _HEADER_END.search(raw)
    return (raw[: match.start()], raw[match.end() :]) if match else (raw, b"")


def mended_start(raw: bytes) -> tuple[bytes, list[str]]:
    """``raw`` with a first header that parsers can read, and what was mended.

    Blank lines, a byte order mark and an mbox line on top go without a word. Attached messages stay as they stand.
    """
    octets = raw.removeprefix(_BOM).lstrip(b"\r\n")
    defects: list[str] = []
    envelope = _QUOTED_ENVELOPE.match(octets)
    octets = octets[envelope.end() :] if envelope else octets
    if _DOUBLED_LINE_END.match(octets):
        octets = octets.replace(b"\r\r\n", b"\r\n")
        defects.append("line ends written twice (CR CR LF)")
    blanks = _BLANK_START.match(octets)
    if blanks:
        octets = octets[blanks.end() :]
        defects.append("blanks before the first header field")
    return _with_mended_fields(octets, defects), defects


def _with_mended_fields(octets: bytes, defects: list[str]) -> bytes:
    end = _FIELDS_END.search(octets, 0, _MAX_HEADER)
    if end is None or not _FIELD.match(octets):
        return octets
    header = octets[: end.start()]
    mended = _BLANK_BEFORE_COLON.sub(rb"\1:", header)
    if mended != header:
        defects.append("blanks before the colon of a header field")
    stray = _STRAY.search(mended)
    if stray and _is_header_throughout(mended, stray.start()):
        mended = _STRAY.sub(b" ", mended)
        defects.append("a header line without a field name: taken as the continuation of the field above it")
    return octets if mended == header else mended + octets[end.start() :]


def _is_header_throughout(header: bytes, stray: int) -> bool:
    """Whether below a line that is no field the header goes on: with fields that no body has, and no other such line.

    Else the empty line below the header was left out, and what looks like fields may be what somebody wrote (R21).
    """
    below = header.find(b"\n", stray) + 1
    return below > 0 and _OF_A_HEADER.search(header, below) is not None and _STRAY.search(header, below) is None
