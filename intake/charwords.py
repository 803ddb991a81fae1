"""Encoded words (RFC 2047) as they really come: cut inside characters, in quotes, folded, mislabelled, unfinished."""

from __future__ import annotations

import binascii
import re

from intake.transfer import decode_base64
from records.decoding import codec_of, decode_text

_WORD = re.compile(
    r"""=\?[ ]?["']?(?P<charset>[^\s?="'<>@,;:()]{1,60})["']?[ ]?\?
    (?: [bB][ ]?\?(?P<b>[^?]*\?=|[A-Za-z0-9+/=\s]*\??\Z)   # the last word of a header that was cut off has no end
      | [qQ][ ]?\?(?P<q>[^?]{0,2000}(?:\?(?!=)[^?]{0,2000}){0,20}\?=|[^?\s]*\Z) )""",
    re.VERBOSE,
)
_LINE_ENDS = re.compile(r"\r\n|\r|\n")


def decode_words(text: str) -> str:
    """``text`` with its encoded words decoded; whitespace between two neighbours is dropped (RFC 2047 §6.2).

    Neighbours of one charset are joined as octets before decoding: QQ Mail cuts words in the middle of a character.
    Words count wherever they stand, also inside quotes and next to other characters; what a relay encoded a second time
    is decoded a second time. Never raises.
    """
    decoded = _decode_once(text)
    return _decode_once(decoded) if "?=" in decoded and decoded is not text else decoded


def _decode_once(text: str) -> str:
    if "=?" not in text:
        return text
    pieces: list[str] = []
    run: list[_Word] = []
    end = 0
    for match in _WORD.finditer(text):
        between = text[end : match.start()]
        if between.strip() or not run:
            pieces += [_decode_run(run), between]
            run = []
        run.append(_Word(match))
        end = match.end()
    return "".join([*pieces, _decode_run(run), text[end:]])


class _Word:
    """One encoded word, taken apart."""

    __slots__ = ("codec", "label", "payload", "way")

    def __init__(self, match: re.Match[str]) -> None:
        self.label = match["charset"].partition("*")[0]  # RFC 2231 §5: the language stands behind an asterisk
        self.codec = codec_of(self.label) or self.label.lower()
        self.way = "q" if match["b"] is None else "b"
        payload: str = match["q"] if match["b"] is None else match["b"]
        self.payload = payload.removesuffix("=").removesuffix("?") if payload.endswith("?=") else payload


def _decode_run(words: list[_Word]) -> str:
    """Neighbouring words, each series of one charset as one text."""
    text: list[str] = []
    series: list[_Word] = []
    for word in words:
        if series and word.codec != series[-1].codec:
            text.append(decode_text(_octets(series), series[0].label))
            series = []
        series.append(word)
    if series:
        text.append(decode_text(_octets(series), series[0].label))
    return "".join(text)


def _octets(words: list[_Word]) -> bytes:
    octets: list[bytes] = []
    pending = ""  # Base64 that a client cut elsewhere than after four characters
    for word in words:
        if word.way == "q":
            octets += [_decode_b(pending), _decode_q(word.payload)]
            pending = ""
            continue
        pending += "".join(word.payload.split())
        if pending.endswith("=") or len(pending) % 4 == 0:
            octets.append(_decode_b(pending))
            pending = ""
    return b"".join([*octets, _decode_b(pending)])


def _decode_b(payload: str) -> bytes:
    return decode_base64(payload.encode("ascii", "ignore")).octets


def _decode_q(payload: str) -> bytes:
    """The Q encoding: quoted-printable in which _ is a blank (RFC 2047 §4.2)."""
    return binascii.a2b_qp(_LINE_ENDS.sub("", payload).encode("utf-8", "replace"), header=True)
