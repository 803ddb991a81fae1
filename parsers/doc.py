"""Word 97–2003 and WPS documents (.doc, .wps): text and tables, from the piece table ([MS-DOC] §2.4.1)."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import olefile

from parsers import media_types as mt
from parsers.doc_pictures import pictures_in
from parsers.doc_revisions import deleted_runs
from parsers.media_types import called
from parsers.ole_objects import BROKEN, files_inside
from parsers.ole_properties import summary_properties
from parsers.parsed import Member, Parsed, one_page
from parsers.pictures import member_of_document
from parsers.problems import damaged, encrypted
from parsers.rows import row_lines
from records.decoding import decode_text
from records.extracts import ReadLimits, Table
from records.mail import Part

_DOC = called(mt.DOC)
_WORD_97, _WORD_95 = 0xA5EC, 0xA5DC
_ENCRYPTED, _TABLE_1 = 0x0100, 0x0200
_FC_CLX, _FC_PAPX = 0x01A2, 0x0102  # in FibRgFcLcb97: where the pieces and the paragraph properties are listed
_COMPRESSED = 0x40000000
_IN_TABLE, _ROW_END = b"\x16\x24\x01", b"\x17\x24\x01"  # sprmPFInTable, sprmPFTtp, each with operand 1
_PAGE = 512  # of formatted disk pages
_SIGNS = {0x0B: "\n", 0x0C: "\n", 0x0D: "\n", 0x0E: "\n", 0x09: "\t", 0x1E: "-", 0xA0: " "}
_FIELD_BEGIN, _FIELD_SEPARATOR, _FIELD_END, _CELL_END = _LASTING = 0x13, 0x14, 0x15, 0x07


class DocParser:
    """Headers first, then body, text boxes and notes; tracked changes as if they were accepted.

    Pictures and embedded files are members.
    """

    name = "doc"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: encrypted, damaged."""
        try:
            with olefile.OleFileIO(BytesIO(part.content)) as storage:
                word = _stream(storage, "WordDocument")
                if struct.unpack_from("<H", word, 10)[0] & _ENCRYPTED:
                    raise encrypted(_DOC)
                stories = list(_stories(storage, word))
                metadata = _properties(storage)
                members = tuple(_members(part, storage, limits))
        except BROKEN as error:
            raise damaged(_DOC) from error
        lines = [line for story in stories for line in story.lines]
        tables = tuple(table for story in stories for table in story.tables)
        return Parsed(mt.DOC, pages=one_page("\n".join(lines)), tables=tables, metadata=metadata, members=members)


PARSER = DocParser()


@dataclass(slots=True)
class Story:
    """Lines and tables of one run of paragraphs."""

    lines: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    _cell: list[str] = field(default_factory=list)
    _cells: list[list[str]] = field(default_factory=list)
    _rows: list[tuple[str, ...]] = field(default_factory=list)

    def add(self, paragraph: _Paragraph, marks: _Marks) -> None:
        """The next paragraph; ``marks`` tells whether it stands in a table, or ends a row."""
        filled = [line.strip() for line in paragraph.text.split("\n") if line.strip()]
        if marks.has(_ROW_END, paragraph.mark_at):
            self._end_row()
        elif paragraph.mark == _CELL_END:
            self._cells.append(self._cell + filled)
            self._cell = []
        elif marks.has(_IN_TABLE, paragraph.mark_at):
            self._cell += filled
        else:
            self.end_table()
            self.lines += filled

    def _end_row(self) -> None:
        self.lines += row_lines(self._cells)
        if self._cells:
            self._rows.append(tuple("\n".join(cell) for cell in self._cells))
        self._cells = []

    def end_table(self) -> None:
        """What follows stands outside the table, if one was open."""
        if self._cell:
            self._cells.append(self._cell)
            self._cell = []
        self._end_row()
        if self._rows:
            self.tables.append(Table(rows=tuple(self._rows)))
            self._rows = []


@dataclass(frozen=True, slots=True)
class _Paragraph:
    text: str
    mark: int  # the character that ends it
    mark_at: int  # its place in the file


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of characters that lie side by side in the file."""

    text: str
    at: int
    width: int  # octets a character


@dataclass(frozen=True, slots=True)
class _Marks:
    """Paragraph properties by place in the file, in order."""

    starts: list[int]
    properties: list[bytes]

    def has(self, modifier: bytes, at: int) -> bool:
        """Whether the paragraph there carries this property modifier."""
        index = bisect_right(self.starts, at) - 1
        return index >= 0 and modifier in self.properties[index]


def _stories(storage: olefile.OleFileIO[Any], word: bytes) -> Iterator[Story]:
    """Headers and their boxes, the body and its boxes, then the notes."""
    magic, flags = struct.unpack_from("<H8xH", word)
    if magic == _WORD_95:
        begin, end = struct.unpack_from("<II", word, 0x18)
        pieces, counts = [_Piece(decode_text(word[begin:end]), 0, 1)], [end]
    elif magic == _WORD_97:
        table = _stream(storage, "1Table" if flags & _TABLE_1 else "0Table")
        pieces = list(_pieces(word, table))
        counts = list(struct.unpack_from("<8I", word, 0x4C))  # ccpText, Ftn, Hdd, (reserved), Atn, Edn, Txbx, HdrTxbx
    else:
        raise ValueError("no Word document")
    marks = _marks(word, table) if magic == _WORD_97 else _Marks([], [])
    codes = [(code, piece.at + index * piece.width) for piece in pieces for index, code in enumerate(piece.text)]
    removed = deleted_runs(word, table) if magic == _WORD_97 else ()
    starts = [sum(counts[:index]) for index in range(len(counts))]
    for index in (2, 7, 0, 6, 1, 5, 4) if len(counts) > 1 else (0,):
        story = codes[starts[index] : starts[index] + counts[index]]
        yield _story(_accepted(story, removed) if removed else story, marks)


def _accepted(codes: Sequence[tuple[str, int]], removed: Sequence[tuple[int, int]]) -> list[tuple[str, int]]:
    """Without what lies in the removed stretches of the file; marks of cells and fields stay."""
    starts = [start for start, _ in removed]
    kept = []
    for char, at in codes:
        index = bisect_right(starts, at) - 1
        if index < 0 or at >= removed[index][1] or ord(char) in _LASTING:
            kept.append((char, at))
    return kept


def _story(codes: Sequence[tuple[str, int]], marks: _Marks) -> Story:
    story = Story()
    for paragraph in _paragraphs(codes):
        story.add(paragraph, marks)
    story.end_table()
    return story


def _paragraphs(codes: Sequence[tuple[str, int]]) -> Iterator[_Paragraph]:
    """Runs up to a paragraph or cell mark; of fields the result, not the code."""
    text: list[str] = []
    fields: list[bool] = []  # for each open field: whether its result has begun
    for char, at in codes:
        code = ord(char)
        if code in (_FIELD_BEGIN, _FIELD_SEPARATOR, _FIELD_END):
            _step_field(fields, code)
        elif code in (0x0D, 0x0C, _CELL_END):
            yield _Paragraph("".join(text), code, at)
            text.clear()
        elif all(fields) and (code >= 0x20 or code in _SIGNS):
            text.append(_SIGNS.get(code, char))
    yield _Paragraph("".join(text), 0, -1)


def _step_field(fields: list[bool], code: int) -> None:
    if code == _FIELD_BEGIN:
        fields.append(False)
    elif fields and code == _FIELD_SEPARATOR:
        fields[-1] = True
    elif fields:
        fields.pop()


def _pieces(word: bytes, table: bytes) -> Iterator[_Piece]:
    """The text's pieces in order: Clx with Pcdt and PlcPcd ([MS-DOC] §2.8.35, §2.9.177)."""
    begin, size = struct.unpack_from("<II", word, _FC_CLX)
    clx, at = table[begin : begin + size], 0
    while clx[at] == 1:  # Prc: property modifiers
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    plc = clx[at + 5 : at + 5 + struct.unpack_from("<I", clx, at + 1)[0]]
    count = (len(plc) - 4) // 12
    places = struct.unpack_from(f"<{count + 1}I", plc)
    for index in range(count):
        place = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * index + 2)[0]
        yield _piece(word, place, places[index + 1] - places[index])


def _piece(word: bytes, place: int, count: int) -> _Piece:
    if place & _COMPRESSED:
        begin = (place & ~_COMPRESSED) // 2
        return _Piece(word[begin : begin + count].decode("cp1252", "replace"), begin, 1)
    units = word[place : place + 2 * count]
    return _Piece("".join(map(chr, struct.unpack(f"<{len(units) // 2}H", units[: len(units) // 2 * 2]))), place, 2)


def _marks(word: bytes, table: bytes) -> _Marks:
    """Properties of all paragraphs, from the formatted disk pages (PlcfBtePapx, PapxFkp; [MS-DOC] §2.8.6, §2.9.174)."""
    begin, size = struct.unpack_from("<II", word, _FC_PAPX)
    count = (size - 4) // 8
    pages = struct.unpack_from(f"<{count}I", table, begin + 4 * (count + 1)) if count > 0 else ()
    found: dict[int, bytes] = {}
    for number in pages:
        page = word[(number & 0x3FFFFF) * _PAGE :][:_PAGE]
        if len(page) == _PAGE:
            found.update(_page_marks(page))
    return _Marks(sorted(found), [found[start] for start in sorted(found)])


def _page_marks(page: bytes) -> Iterator[tuple[int, bytes]]:
    count = page[-1]
    if 4 * (count + 1) + 13 * count > _PAGE:
        return
    for index, start in enumerate(struct.unpack_from(f"<{count}I", page)):
        at = 2 * page[4 * (count + 1) + 13 * index]
        size = 2 * page[at] - 1 if page[at] else 2 * page[at + 1] + 1
        yield start, page[at + 1 : at + 1 + size] if at else b""


def _members(part: Part, storage: olefile.OleFileIO[Any], limits: ReadLimits) -> Iterator[Member]:
    """Pictures in the text lie in the stream Data, floating ones in WordDocument; each once. Then embedded files."""
    streams = [_stream(storage, name) for name in ("Data", "WordDocument") if storage.exists(name)]
    unique = {octets: kind for stream in streams for *kind, octets in pictures_in(stream)}
    pictures = list(unique.items())[: limits.max_members]
    for number, (octets, (extension, media_type)) in enumerate(pictures, 1):
        yield member_of_document(part, number, f"{number}.{extension}", media_type, octets)
    files = list(files_inside(storage, "ObjectPool"))[: limits.max_members - len(pictures)]
    for number, (name, octets) in enumerate(files, len(pictures) + 1):
        yield Member(Part(f"{part.position}/{number}", name or f"附件{number}", mt.UNKNOWN, octets))


def _stream(storage: olefile.OleFileIO[Any], name: str) -> bytes:
    octets: bytes = storage.openstream(name).read()
    return octets


def _properties(storage: olefile.OleFileIO[Any]) -> tuple[tuple[str, str], ...]:
    name = "\x05SummaryInformation"
    return summary_properties(_stream(storage, name)) if storage.exists(name) else ()
