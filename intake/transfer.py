"""Transfer encodings undone (RFC 2045 §6), damage mended where the octets that are meant are plain to see."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass

from intake.uuencoded import decode_block
from records.decoding import decode_text

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_BLANKS = b"\r\n \t\f\v\0"
_FOREIGN = re.compile(rb"[^A-Za-z0-9+/=\s\0]")
_GAP = re.compile(rb"\r?\n[ \t]*\r?\n")
_COMMENT = re.compile(r"\([^()]*\)")
_PADDED_BREAK = re.compile(rb"=[ \t]+\r?\n")
_BASE64_LINE = re.compile(rb"\s*[A-Za-z0-9+/]{40,998}={0,2}\s")
_FILES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-", b"\xff\xd8\xff", b"\x89PNG", b"Rar!\x1a\x07", b"7z\xbc\xaf")
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]")
_HAN = re.compile("[\u4e00-\u9fff]")
_TAIL = 256  # octets in which the padding is looked for
_NOT_BASE64 = 0.1  # share of foreign octets above which a part is not Base64, whatever its header says


@dataclass(frozen=True, slots=True)
class Decoded:
    """Octets with the transfer encoding undone; ``defect`` says what was damaged, "" where nothing was."""

    octets: bytes
    defect: str = ""


def decode_transfer(octets: bytes, encoding: str, *, is_text: bool = False) -> Decoded:
    """Undo ``encoding``, the value of Content-Transfer-Encoding; an unknown one leaves the octets as they are.

    ``is_text``: the octets are a text of the body, not a file.
    """
    name = _COMMENT.sub("", encoding).strip().strip("\"'").lower().rstrip(";").strip()
    plain = re.sub(r"[^a-z0-9]", "", name)
    if plain.endswith("base64"):
        return decode_base64(octets)
    if plain.startswith("quotedprint") or plain == "qp":
        return _decode_quoted_printable(octets)
    if plain in ("xuuencode", "uuencode", "xuue", "uue"):
        return _decode_uu(octets)
    if plain not in ("", "7bit", "8bit", "binary", "none"):
        return Decoded(octets, f"unknown transfer encoding {name[:40]}: taken as it stands")
    return _undeclared(octets, is_text) or Decoded(octets)


def _decode_quoted_printable(octets: bytes) -> Decoded:
    """RFC 2045 §6.7; blanks that a relay put behind a soft line break go with it (rule 3)."""
    if b"\0" in octets:
        return Decoded(octets, "declared as quoted-printable, but is none: taken as it stands")
    return Decoded(binascii.a2b_qp(_PADDED_BREAK.sub(b"=\n", octets)))


def _undeclared(octets: bytes, is_text: bool) -> Decoded | None:
    """Base64 whose declaration was lost: lines of it alone, which decode to a known kind of file or Chinese text."""
    if not _BASE64_LINE.match(octets) or not _is_whole(octets):
        return None
    decoded = binascii.a2b_base64(octets)
    if is_text:
        text = decode_text(decoded)
        if _NO_TEXT.search(text) or len(_HAN.findall(text)) < len(text) // 4:
            return None
    elif not decoded.startswith(_FILES):
        return None
    return Decoded(decoded, "Base64 that is not declared: decoded")


def _decode_uu(octets: bytes) -> Decoded:
    content = decode_block(octets)
    return Decoded(octets, "damaged uuencode: taken as it stands") if content is None else Decoded(content)


def decode_base64(octets: bytes) -> Decoded:
    """Base64 as mail programs read it: line ends and lost padding do not matter, what follows the end is left out."""
    if _is_whole(octets):
        return Decoded(binascii.a2b_base64(octets))  # passes over line ends; the usual case, without a copy
    packed = octets.translate(None, _BLANKS)
    if not packed.rstrip(b"=").translate(None, _ALPHABET):
        return _decode_packed(packed.rstrip(b"="), lost_padding=len(packed) % 4 != 0)
    return _decode_damaged(octets)


def _is_whole(octets: bytes) -> bool:
    """Whether nothing is there but Base64 in groups of four, padded at its end alone, and blanks."""
    others = octets.translate(None, _ALPHABET)
    padding = others.translate(None, _BLANKS)
    if padding not in (b"", b"=", b"==") or not octets[-_TAIL:].translate(None, _BLANKS).endswith(padding):
        return False
    return (len(octets) - len(others) + len(padding)) % 4 == 0


def _decode_packed(packed: bytes, *, lost_padding: bool) -> Decoded:
    whole = packed[:-1] if len(packed) % 4 == 1 else packed
    defect = "Base64 without its end" if lost_padding else ""
    return Decoded(binascii.a2b_base64(whole + b"=" * (-len(whole) % 4)), defect)


def _decode_damaged(octets: bytes) -> Decoded:
    body = _without_footer(octets)
    packed = body.translate(None, _BLANKS)
    foreign = packed.translate(None, _ALPHABET + b"=")
    if len(foreign) > _NOT_BASE64 * len(packed):
        return Decoded(octets, "declared as Base64, but is none: taken as it stands")
    clean = packed.translate(None, foreign)
    chunks = [chunk for chunk in re.split(b"=+", clean) if chunk]
    if any(len(chunk) % 4 == 1 for chunk in chunks[:-1]):
        chunks = [b"".join(chunks)]
    decoded = b"".join(_decode_packed(chunk, lost_padding=False).octets for chunk in chunks)
    return Decoded(decoded, "damaged Base64: foreign characters left out")


def _without_footer(octets: bytes) -> bytes:
    """Cut off what a mail gateway wrote below the Base64: text that begins after an empty line."""
    foreign = _FOREIGN.search(octets)
    gaps = list(_GAP.finditer(octets, 0, foreign.start())) if foreign else []
    if foreign and gaps and b"\n" not in octets[gaps[-1].end() : foreign.start()]:
        return octets[: gaps[-1].start()]
    return octets
