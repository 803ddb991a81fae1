"""Word 2007+ documents: text in reading order, tables, pictures, properties (ECMA-376)."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.exceptions import OpcError
from docx.opc.part import Part as PackagePart
from lxml import etree

from parsers import media_types as mt
from parsers.docx_numbers import Numbers
from parsers.media_types import called
from parsers.packages import BROKEN, open_package, parse_xml
from parsers.parsed import Member, Parsed, one_page
from parsers.pictures import member_of_document
from parsers.problems import broken_off, damaged
from parsers.word_walk import Walk
from records.extracts import ReadLimits
from records.mail import Part

_DIAGRAM = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/diagramData"
_BESIDES = (_DIAGRAM, RT.FOOTNOTES, RT.ENDNOTES, RT.COMMENTS)
_ORDER = ("word/header", "word/document", "word/footnotes", "word/endnotes", "word/comments", "word/footer")
_DOCX = called(mt.DOCX)


class DocxParser:
    """Headers first (the letterhead often stands there), then body, notes, comments, footers; each text once."""

    name = "docx"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: encrypted, damaged, too_large."""
        with open_package(part.content, mt.DOCX, limits) as package:
            try:
                document = docx.Document(BytesIO(part.content))
            except (*BROKEN, AttributeError, TypeError, etree.LxmlError, OpcError):
                return _of_broken_package(package)
            try:
                return _of_document(part, document)
            except etree.LxmlError:  # a note, header or comment that cannot be read
                return _of_broken_package(package)


PARSER = DocxParser()


def _of_document(part: Part, document: Document) -> Parsed:
    main = document.part
    numbers = Numbers.of(_related_root(main, RT.NUMBERING), _related_root(main, RT.STYLES))
    walks: list[Walk] = []
    blobs: list[PackagePart] = []
    for story in (*_related(main, RT.HEADER), main, *_related(main, *_BESIDES), *_related(main, RT.FOOTER)):
        walk = Walk(numbers.label)
        walk.story(_root(story))
        walks.append(walk)
        blobs += _targets(story, walk)
    return replace(_of_walks(walks), metadata=_properties(document), members=_members(part, blobs))


def _of_walks(walks: list[Walk]) -> Parsed:
    """The stories' text, in order; a header or footer that repeats another's words stands once."""
    stories = list(dict.fromkeys("\n".join(walk.lines) for walk in walks))
    tables = tuple(table for walk in walks for table in walk.tables)
    return Parsed(mt.DOCX, pages=one_page("\n".join(story for story in stories if story)), tables=tables)


def _of_broken_package(package: zipfile.ZipFile) -> Parsed:
    """What can be read where python-docx sees no document: relationships that lead nowhere, missing members."""
    walks: list[Walk] = []
    for start in _ORDER:
        for name in package.namelist():
            if name.casefold().lstrip("/").startswith(start) and name.endswith(".xml"):
                walks += _walk_of_member(package, name)
    if not any(walk.lines for walk in walks):
        raise damaged(_DOCX)
    return replace(_of_walks(walks), problem=broken_off(_DOCX))


def _walk_of_member(package: zipfile.ZipFile, name: str) -> Iterator[Walk]:
    walk = Walk(Numbers().label)
    try:
        walk.story(parse_xml(package.read(name)))
    except (*BROKEN, etree.LxmlError):
        return
    yield walk


def _related(main: PackagePart, *kinds: str) -> list[PackagePart]:
    """The parts to which ``main`` is related in one of these ways, in order, each once."""
    found: list[PackagePart] = []
    for relation in main.rels.values():
        if not relation.is_external and relation.reltype in kinds and relation.target_part not in found:
            found.append(relation.target_part)
    return found


def _root(part: PackagePart) -> Any:
    element = getattr(part, "element", None)  # python-docx has parsed it already, or keeps the octets
    return element if element is not None else parse_xml(part.blob)


def _related_root(main: PackagePart, kind: str) -> Any:
    parts = _related(main, kind)
    return _root(parts[0]) if parts else None


def _targets(story: PackagePart, walk: Walk) -> list[PackagePart]:
    """The pictures and embedded files that the story shows, in order."""
    relations = [story.rels[reference] for reference in walk.pictures if reference in story.rels]
    return [relation.target_part for relation in relations if not relation.is_external]


def _members(part: Part, blobs: list[PackagePart]) -> tuple[Member, ...]:
    unique = {str(blob.partname): blob for blob in blobs}
    return tuple(
        member_of_document(part, number, str(blob.partname), blob.content_type, blob.blob)
        for number, blob in enumerate(unique.values(), 1)
    )


def _properties(document: Document) -> tuple[tuple[str, str], ...]:
    """Core properties (ECMA-376 part 2, §8), as far as they are set and readable."""
    try:
        core = document.core_properties
    except (*BROKEN, etree.LxmlError, OpcError):
        return ()
    found = {}
    for name in ("title", "subject", "author", "keywords", "category", "comments", "last_modified_by"):
        found[name] = getattr(core, name, "") or ""
    for name in ("created", "modified"):
        moment = getattr(core, name, None)
        found[name] = moment.isoformat() if moment else ""
    return tuple((name, value.strip()) for name, value in found.items() if value.strip())
