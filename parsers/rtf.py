"""RTF 1.9 documents: their text, in the code page that they name; pictures and tables' lines are left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from parsers import media_types as mt
from parsers.media_types import called
from parsers.parsed import Parsed, Unread, one_page
from parsers.problems import damaged, too_large
from records.decoding import decode_text
from records.extracts import ReadLimits
from records.mail import Part

_MAX_BYTES = 64 * 1024**2
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)"
)
_SKIPPED = frozenset(
    b"""fonttbl colortbl stylesheet info pict object filetbl listtable listoverridetable rsidtbl themedata generator
    colorschememapping datastore latentstyles xmlnstbl fldinst nonshppict bkmkstart bkmkend pgdsctbl mmathPr""".split()
)
_SIGNS = {b"par": b"\n", b"line": b"\n", b"row": b"\n", b"sect": b"\n", b"page": b"\n", b"tab": b"\t", b"cell": b"\t"}


class RtfParser:
    """Text in the order of the file."""

    name = "rtf"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: damaged, too_large."""
        if len(part.content) > _MAX_BYTES:
            raise Unread(too_large(called(mt.RTF)))
        text = rtf_text(part.content)
        if not text.strip():
            raise damaged(called(mt.RTF))
        return Parsed(mt.RTF, pages=one_page(text))


PARSER = RtfParser()


def rtf_text(content: bytes) -> str:
    """The text of RTF, also of one that holds a mail's body; "" where there is none."""
    return _Reading().text(content)


@dataclass(slots=True)
class _Reading:
    """State while tokens go by: skipped or not, by group; octets wait for their code page until the run ends."""

    codepage: str = "cp936"
    skips: list[bool] = field(default_factory=lambda: [False])
    fallback: int = 1  # characters that stand for a \\u in old readers (\\uc)
    to_skip: int = 0
    starred: bool = False
    octets: bytearray = field(default_factory=bytearray)
    parts: list[str] = field(default_factory=list)

    def text(self, content: bytes) -> str:
        for found in _TOKEN.finditer(content):
            word, number, code, sign, brace, plain = found.groups()
            if brace:
                self._brace(brace)
            elif word:
                self._word(word, int(number) if number else None)
            elif sign == b"*":
                self.starred = True
            elif code or plain or sign in (b"{", b"}", b"\\", b"~"):
                self._octets(bytes([int(code, 16)]) if code else plain or sign.replace(b"~", b" "))
        self._flush()
        lines = (line.strip(" ") for line in "".join(self.parts).split("\n"))
        return "\n".join(line.rstrip("\t") for line in lines if line.strip())

    def _brace(self, brace: bytes) -> None:
        self.to_skip = 0
        if brace == b"{":
            self.skips.append(self.skips[-1])
        elif len(self.skips) > 1:
            self.skips.pop()

    def _word(self, word: bytes, number: int | None) -> None:
        if self.starred or word in _SKIPPED:
            self.skips[-1] = True  # a destination that plain readers leave out
            self.starred = False
        elif word == b"ansicpg" and number:
            self.codepage = f"cp{number}"
        elif word == b"uc":
            self.fallback = number or 0
        elif word == b"u" and number is not None and not self.skips[-1]:
            self._flush()
            self.parts.append(chr(number % 65536))
            self.to_skip = self.fallback
        elif word in _SIGNS:
            self._octets(_SIGNS[word])

    def _octets(self, octets: bytes) -> None:
        dropped = min(self.to_skip, len(octets))
        self.to_skip -= dropped
        if not self.skips[-1]:
            self.octets += octets[dropped:]

    def _flush(self) -> None:
        if self.octets:
            self.parts.append(decode_text(bytes(self.octets), self.codepage))
            self.octets.clear()
