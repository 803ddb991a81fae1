"""PowerPoint 97–2003 and WPS presentations (.ppt, .dps): text of slides and notes by the records of [MS-PPT]."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import olefile

from parsers import media_types as mt
from parsers.doc_pictures import pictures_in
from parsers.media_types import called
from parsers.ole_objects import BROKEN
from parsers.ole_properties import summary_properties
from parsers.parsed import Member, Parsed
from parsers.pictures import member_of_document
from parsers.problems import broken_off, damaged, encrypted, too_many_pages
from records.extracts import Page, ReadLimits
from records.mail import Part

_PPT = called(mt.PPT)
_DOCUMENT, _SLIDE, _NOTES, _LIST, _PERSIST = 0x03E8, 0x03EE, 0x03F0, 0x0FF0, 0x03F3
_USER_EDIT, _DIRECTORY, _NOTES_ATOM, _SLIDE_ATOM = 0x0FF5, 0x1772, 0x03F1, 0x03EF
_WIDE_TEXT, _TEXT, _TEXT_HEADER, _PLACEHOLDER, _SHAPE = 0x0FA0, 0x0FA8, 0x0F9F, 0x0BC3, 0xF004
_FURNITURE = frozenset((0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C))  # placeholders: date, number, footer, header, picture
_ENCRYPTED = 0xF3D1C4DF  # headerToken of the stream Current User (§2.3.2)
_CONTAINER = 0xF
_MAX_DEPTH = 40
_MAX_RECORDS = 500_000


class PptParser:
    """A slide is a page: the outline's text, that of other shapes, then the speaker's notes."""

    name = "ppt"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: encrypted, damaged."""
        try:
            with olefile.OleFileIO(BytesIO(part.content)) as storage:
                slides, is_whole = _slides(_stream(storage, "PowerPoint Document"), _current_edit(storage))
                members = tuple(_pictures(part, storage, limits))
                metadata = summary_properties(_stream(storage, "\x05SummaryInformation"))
        except BROKEN as error:
            raise damaged(_PPT) from error
        if not is_whole and not any(slides):
            raise damaged(_PPT)
        pages = (Page(number, "\n".join(lines)) for number, lines in enumerate(slides[: limits.max_pages], 1) if lines)
        problem = too_many_pages(limits.max_pages, "pages") if len(slides) > limits.max_pages else None
        problem = problem or (None if is_whole else broken_off(_PPT))
        return Parsed(mt.PPT, tuple(pages), metadata=metadata, members=members, page_count=len(slides), problem=problem)


PARSER = PptParser()


@dataclass(frozen=True, slots=True)
class _Record:
    """A record header (§2.3.1) and what follows it."""

    kind: int
    instance: int
    is_container: bool
    data: bytes

    def inside(self, depth: int = 0) -> Iterator[_Record]:
        """All records below it, depth first."""
        for record in _records(self.data) if self.is_container and depth < _MAX_DEPTH else ():
            yield record
            yield from record.inside(depth + 1)


def _records(data: bytes) -> Iterator[_Record]:
    at = 0
    while at + 8 <= len(data):
        record = _record(data, at)
        yield record
        at += 8 + len(record.data)


def _record(data: bytes, at: int) -> _Record:
    version, kind, size = struct.unpack_from("<HHI", data, at)
    return _Record(kind, version >> 4, version & 0xF == _CONTAINER, data[at + 8 : at + 8 + size])


def _stream(storage: olefile.OleFileIO[Any], name: str) -> bytes:
    return bytes(storage.openstream(name).read()) if storage.exists(name) else b""


def _current_edit(storage: olefile.OleFileIO[Any]) -> int:
    """Where the newest edit stands, 0 where that is not told. Raises ``Unread`` (encrypted)."""
    stream = _stream(storage, "Current User")
    if len(stream) < 20:
        return 0
    token, place = struct.unpack_from("<II", stream, 12)
    if token == _ENCRYPTED:
        raise encrypted(_PPT)
    return int(place)


def _slides(stream: bytes, edit: int) -> tuple[list[list[str]], bool]:
    """The lines of each slide, in the order of the show, and whether the way to them was whole.

    A file saved fast holds old slides too: only what the newest edits lead to counts (§2.1.2).
    """
    places = _places(stream, edit) if edit else {}
    document = _at(stream, places, _DOCUMENT)
    if document is None:
        return [_lines(record) for record in _records(stream) if record.kind == _SLIDE], False
    notes = {number: record for record in _listed(document, 2) if (number := _slide_of(stream, places, record[0]))}
    slides = []
    for reference, number, outline in _listed(document, 0):
        record = _by_reference(stream, places, reference)
        lines = outline + (_lines(record) if record is not None else [])
        if number in notes:
            noted = _by_reference(stream, places, notes[number][0])
            lines += notes[number][2] + (_lines(noted) if noted is not None else [])
        slides.append(lines)
    return slides, True


def _places(stream: bytes, edit: int) -> dict[int, int]:
    """Persist object → its place in the stream: the directories of all edits, a newer one over an older (§2.3.4)."""
    found: dict[int, int] = {}
    seen: set[int] = set()
    while edit and edit not in seen and len(seen) < 1000:
        seen.add(edit)
        record = _record(stream, edit)
        if record.kind != _USER_EDIT:
            break
        edit, directory = struct.unpack_from("<II", record.data, 8)
        for reference, place in _directory(_record(stream, directory)):
            found.setdefault(reference, place)
    return found


def _directory(record: _Record) -> Iterator[tuple[int, int]]:
    at = 0
    while record.kind == _DIRECTORY and at + 4 <= len(record.data):
        head = struct.unpack_from("<I", record.data, at)[0]
        first, count = head & 0xFFFFF, head >> 20
        for index, place in enumerate(struct.unpack_from(f"<{count}I", record.data, at + 4)):
            yield first + index, place
        at += 4 + 4 * count


def _at(stream: bytes, places: dict[int, int], kind: int) -> _Record | None:
    found = (_record(stream, place) for place in places.values() if place + 8 <= len(stream))
    return next((record for record in found if record.kind == kind), None)


def _by_reference(stream: bytes, places: dict[int, int], reference: int) -> _Record | None:
    place = places.get(reference, len(stream))
    return _record(stream, place) if place + 8 <= len(stream) else None


def _listed(document: _Record, instance: int) -> list[tuple[int, int, list[str]]]:
    """Reference, identifier and outline text of each slide (instance 0) or page of notes (2) (§2.4.14.3)."""
    found: list[tuple[int, int, list[str]]] = []
    for listing in _records(document.data):
        for record in _records(listing.data) if (listing.kind, listing.instance) == (_LIST, instance) else ():
            if record.kind == _PERSIST:
                found.append((*struct.unpack_from("<I8xI", record.data), []))
            elif found:
                found[-1][2].extend(_text_lines(record))
    return found


def _slide_of(stream: bytes, places: dict[int, int], reference: int) -> int:
    """The identifier of the slide to which a page of notes belongs, 0 where it is none (§2.5.6)."""
    notes = _by_reference(stream, places, reference)
    atom = next((record for record in _records(notes.data) if record.kind == _NOTES_ATOM), None) if notes else None
    return int(struct.unpack_from("<I", atom.data)[0]) if atom is not None else 0


def _lines(slide: _Record) -> list[str]:
    """The text in the slide's shapes, without what repeats on every slide."""
    lines: list[str] = []
    for count, record in enumerate(slide.inside()):
        if count > _MAX_RECORDS:
            break
        if record.kind == _SHAPE and not _is_furniture(record):
            lines += [line for inner in record.inside() for line in _text_lines(inner)]
    return lines


def _is_furniture(shape: _Record) -> bool:
    marks = (record.data for record in shape.inside() if record.kind == _PLACEHOLDER and len(record.data) >= 5)
    return any(mark[4] in _FURNITURE for mark in marks)


def _text_lines(record: _Record) -> list[str]:
    if record.kind == _WIDE_TEXT:
        text = record.data.decode("utf-16-le", "replace")
    elif record.kind == _TEXT:
        text = record.data.decode("latin-1")  # the low octets of UTF-16 (§2.9.42)
    else:
        return []
    lines = (line.strip() for line in text.replace("\r", "\n").replace("\x0b", "\n").split("\n"))
    return [line for line in lines if line and line != "*"]  # * stands where a number or date is put


def _pictures(part: Part, storage: olefile.OleFileIO[Any], limits: ReadLimits) -> Iterator[Member]:
    unique = {octets: kind for *kind, octets in pictures_in(_stream(storage, "Pictures"))}
    for number, (octets, (extension, media_type)) in enumerate(list(unique.items())[: limits.max_members], 1):
        yield member_of_document(part, number, f"{number}.{extension}", media_type, octets)
