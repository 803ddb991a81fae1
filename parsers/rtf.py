"""RTF 1.9 documents: text in the code page that they name, tables, text boxes, pictures."""

from __future__ import annotations

import re
from binascii import unhexlify
from collections.abc import Iterator
from dataclasses import dataclass, field

from parsers import media_types as mt
from parsers.media_types import called
from parsers.parsed import Member, Parsed, Unread, one_page
from parsers.pictures import member_of_document
from parsers.problems import damaged, too_large
from parsers.rows import row_lines
from records.decoding import decode_text
from records.extracts import ReadLimits, Table
from records.mail import Part

_MAX_BYTES = 64 * 1024**2
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)"
)
_SKIPPED = frozenset(
    b"""fonttbl colortbl stylesheet info pict object filetbl listtable listoverridetable rsidtbl themedata generator
    colorschememapping datastore latentstyles xmlnstbl fldinst nonshppict bkmkstart bkmkend pgdsctbl mmathPr
    sp shprslt""".split()
)
_WANTED = frozenset((b"shpinst", b"shppict"))  # starred, but known here: shapes with text boxes, pictures
_CELL, _ROW, _INNER = "\x07", "\x1e", "\x0b"  # ends of cells, of rows, of paragraphs inside cells
_SIGNS = {
    b"line": b"\n",
    b"sect": b"\n",
    b"page": b"\n",
    b"tab": b"\t",
    b"cell": _CELL.encode(),
    b"row": _ROW.encode(),
    b"nestcell": b"\t",
    b"nestrow": _INNER.encode(),
}
_BLIP = re.compile(rb"\\(png|jpeg)blip\b")
_WORDS = re.compile(rb"\\[a-z]+-?\d* ?|\s+")


class RtfParser:
    """Text in the order of the file; what is deleted under tracked changes is left out."""

    name = "rtf"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: damaged, too_large."""
        if len(part.content) > _MAX_BYTES:
            raise Unread(too_large(called(mt.RTF)))
        lines, tables = _parted(_Reading().marked(part.content))
        members = tuple(_pictures(part, limits.max_members))
        if not lines and not members:
            raise damaged(called(mt.RTF))
        return Parsed(mt.RTF, pages=one_page("\n".join(lines)), tables=tuple(tables), members=members)


PARSER = RtfParser()


def rtf_text(content: bytes) -> str:
    """The text of RTF, also of one that holds a mail's body; "" where there is none."""
    return "\n".join(_parted(_Reading().marked(content))[0])


def _parted(marked: str) -> tuple[list[str], list[Table]]:
    """Lines and tables of text in which cells and rows are marked."""
    lines: list[str] = []
    tables: list[Table] = []
    for paragraph in marked.split("\n"):
        *rows, after = paragraph.split(_ROW)
        cells = [[_filled(cell) for cell in row.split(_CELL)[:-1]] for row in rows]
        lines += [line for row in cells for line in row_lines(row)]
        lines += _filled(after.replace(_CELL, "\t"))
        if cells:
            tables.append(Table(tuple(tuple("\n".join(cell) for cell in row) for row in cells)))
    return lines, tables


def _filled(text: str) -> list[str]:
    return [line for whole in text.split(_INNER) if (line := whole.strip(" ").rstrip("\t")) and line.strip()]


def _pictures(part: Part, most: int) -> Iterator[Member]:
    """PNG and JPEG pictures, each once; metafiles say nothing that is text."""
    unique: dict[bytes, bytes] = {}
    places = list(_BLIP.finditer(part.content))
    ends = [*(place.start() for place in places[1:]), len(part.content)]
    for place, end in zip(places, ends, strict=False):  # where there is no picture, one end is left over
        octets = _unhexed(part.content, place.end(), end)
        if octets and len(unique) < most:
            unique.setdefault(octets, place[1])
    for number, (octets, kind) in enumerate(unique.items(), 1):
        extension = kind.decode()
        yield member_of_document(part, number, f"{number}.{extension}", f"image/{extension}", octets)


def _unhexed(content: bytes, at: int, most: int) -> bytes:
    """The picture's octets up to the end of its group, groups inside left out; b"" where they are damaged."""
    end = content.find(b"}", at, most)
    while end >= 0 and content.find(b"{", at, end) >= 0:
        at, end = end + 1, content.find(b"}", end + 1, most)
    digits = _WORDS.sub(b"", content[at : end if end >= 0 else most])
    try:
        return unhexlify(digits)
    except ValueError:
        return b""


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
    in_table: bool = False

    def marked(self, content: bytes) -> str:
        """The text, with signs where cells and rows end."""
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
        return "".join(self.parts)

    def _brace(self, brace: bytes) -> None:
        self.to_skip = 0
        if brace == b"{":
            self.skips.append(self.skips[-1])
        elif len(self.skips) > 1:
            self.skips.pop()

    def _word(self, word: bytes, number: int | None) -> None:
        if (self.starred and word not in _WANTED) or word in _SKIPPED or (word == b"deleted" and number != 0):
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
        elif word in (b"pard", b"intbl"):
            self.in_table = word == b"intbl"
        elif word == b"par":
            self._octets(_INNER.encode() if self.in_table else b"\n")
        elif word in _SIGNS:
            self._octets(_SIGNS[word])
        self.starred = False

    def _octets(self, octets: bytes) -> None:
        dropped = min(self.to_skip, len(octets))
        self.to_skip -= dropped
        if not self.skips[-1]:
            self.octets += octets[dropped:]

    def _flush(self) -> None:
        if self.octets:
            self.parts.append(decode_text(bytes(self.octets), self.codepage))
            self.octets.clear()
