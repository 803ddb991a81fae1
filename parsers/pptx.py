"""PowerPoint 2007+ presentations: slides in order, each with its notes; pictures as members (ECMA-376 part 1, §19)."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree

from parsers import media_types as mt
from parsers.media_types import called
from parsers.packages import BROKEN, attribute, local_name, open_package, parse_xml
from parsers.parsed import Member, Parsed
from parsers.pictures import member_of_document
from parsers.problems import damaged, too_many_pages
from parsers.rows import row_lines
from parsers.word_walk import visible
from records.extracts import Page, ReadLimits, Table
from records.mail import Part

_PPTX = called(mt.PPTX)
_FURNITURE = ("sldNum", "dt", "ftr", "hdr", "sldImg")  # placeholders that repeat on every slide
_MAIN = "ppt/presentation.xml"


class PptxParser:
    """A slide is a page: its shapes' text, tables row by row, diagrams, then the speaker's notes."""

    name = "pptx"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: encrypted, damaged, too_large."""
        with open_package(part.content, mt.PPTX, limits) as package:
            try:
                slides = list(_slides(package))
                read = [_Slide(package, name) for name in slides[: limits.max_pages]]
                members = tuple(_pictures(part, package, read, limits))
            except (*BROKEN, etree.LxmlError) as error:
                raise damaged(_PPTX) from error
        pages = tuple(Page(number, "\n".join(slide.lines)) for number, slide in enumerate(read, 1) if slide.lines)
        tables = tuple(Table(rows, page=number) for number, slide in enumerate(read, 1) for rows in slide.tables)
        problem = too_many_pages(limits.max_pages, "pages") if len(slides) > limits.max_pages else None
        return Parsed(mt.PPTX, pages, tables, members=members, page_count=len(slides), problem=problem)


PARSER = PptxParser()


def _slides(package: zipfile.ZipFile) -> Iterator[str]:
    related = _relations(package, _MAIN)
    for slide in parse_xml(package.read(_MAIN)).iter("{*}sldId"):
        target = next((related[key][1] for value, key in _ids(slide) if key in related), None)
        if target is not None:
            yield target


def _ids(element: Any) -> list[tuple[str, str]]:
    """A slide's two attributes ``id``: the relationship's has a namespace."""
    return [(key, value) for key, value in element.attrib.items() if key.endswith("}id")]


def _relations(package: zipfile.ZipFile, name: str) -> dict[str, tuple[str, str]]:
    """Id → kind, target of the member's relationships inside the package."""
    folder, base = posixpath.split(name)
    path = f"{folder}/_rels/{base}.rels"
    if path not in package.namelist():
        return {}
    found = {}
    for relation in parse_xml(package.read(path)):
        if local_name(relation) == "Relationship" and relation.get("TargetMode") != "External":
            target = relation.get("Target", "")
            whole = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            kind = relation.get("Type", "").rpartition("/")[2]
            found[relation.get("Id", "")] = (kind, posixpath.normpath(whole))
    return found


class _Slide:
    """Text, tables and pictures of one slide."""

    def __init__(self, package: zipfile.ZipFile, name: str) -> None:
        self.lines: list[str] = []
        self.tables: list[tuple[tuple[str, ...], ...]] = []
        names = set(package.namelist())
        related = [(kind, target) for kind, target in _relations(package, name).values() if target in names]
        self.pictures = [target for kind, target in related if kind == "image"]
        self._walk(parse_xml(package.read(name)))
        for wanted in ("diagramData", "notesSlide"):
            for target in (target for kind, target in related if kind == wanted):
                self._walk(parse_xml(package.read(target)))

    def _walk(self, parent: Any) -> None:
        for element in visible(parent):
            name = local_name(element)
            if (name == "p" and element.find("{*}r") is not None) or (
                name == "p" and element.find("{*}fld") is not None
            ):
                self.lines += [line for line in _paragraph(element).split("\n") if line.strip()]
            elif name == "tbl":
                self._table(element)
            elif name != "sp" or _placeholder(element) not in _FURNITURE:
                self._walk(element)

    def _table(self, table: Any) -> None:
        rows = []
        for row in table.iterfind("{*}tr"):
            cells = [[_paragraph(line) for line in cell.iter("{*}p")] for cell in row.iterfind("{*}tc")]
            cells = [[line for line in cell if line.strip()] for cell in cells]
            self.lines += row_lines(cells)
            rows.append(tuple("\n".join(cell) for cell in cells))
        if rows:
            self.tables.append(tuple(rows))


def _paragraph(paragraph: Any) -> str:
    parts = []
    for element in paragraph.iter():
        name = local_name(element)
        parts.append((element.text or "") if name == "t" else "\n" if name == "br" else "")
    return "".join(parts).strip()


def _placeholder(shape: Any) -> str:
    mark = next(shape.iter("{*}ph"), None)
    return attribute(mark, "type") if mark is not None else ""


def _pictures(part: Part, package: zipfile.ZipFile, slides: list[_Slide], limits: ReadLimits) -> Iterator[Member]:
    names = list(dict.fromkeys(name for slide in slides for name in slide.pictures))[: limits.max_members]
    for number, name in enumerate(names, 1):
        kind = name.rpartition(".")[2].casefold()
        yield member_of_document(part, number, name, f"image/{kind}", package.read(name))
