"""PowerPoint 2007+ presentations: slides in order, each with its notes; pictures as members (ECMA-376 part 1, §19)."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import Any

from parsers import media_types as mt
from parsers.packages import attribute, core_properties, local_name, parse_xml, read_package, relations
from parsers.parsed import Parsed
from parsers.pictures import members_of_package
from parsers.problems import too_many_pages
from parsers.rows import row_lines
from parsers.word_walk import visible
from records.extracts import Page, ReadLimits, Table
from records.mail import Part

_FURNITURE = ("sldNum", "dt", "ftr", "hdr", "sldImg")  # placeholders that repeat on every slide
_MAIN = "ppt/presentation.xml"
_SLIDE = re.compile(r"ppt/slides/slide\d+\.xml")
_BELOW = ("diagramData", "chart", "chartEx", "notesSlide", "comments")
_INSIDE = ("image", "package", "oleObject", "media", "video", "audio")


class PptxParser:
    """A slide is a page: its shapes' text, tables row by row, diagrams, then the speaker's notes."""

    name = "pptx"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: encrypted, damaged, too_large."""
        return read_package(part.content, mt.PPTX, limits, lambda package: _read(part, package, limits))


PARSER = PptxParser()


def _read(part: Part, package: zipfile.ZipFile, limits: ReadLimits) -> Parsed:
    slides = list(_slides(package))
    read = [_Slide(package, name) for name in slides[: limits.max_pages]]
    pages = tuple(Page(number, "\n".join(slide.lines)) for number, slide in enumerate(read, 1) if slide.lines)
    tables = tuple(Table(rows, page=number) for number, slide in enumerate(read, 1) for rows in slide.tables)
    inside = (name for slide in read for name in slide.inside)
    return Parsed(
        mt.PPTX,
        pages,
        tables,
        metadata=core_properties(package),
        members=members_of_package(part, package, inside, limits.max_members),
        page_count=len(slides),
        problem=too_many_pages(limits.max_pages, "pages") if len(slides) > limits.max_pages else None,
    )


def _slides(package: zipfile.ZipFile) -> Iterator[str]:
    related = relations(package, _MAIN)
    if _MAIN not in package.NameToInfo:  # salvaged: in the order of the numbers in their names
        yield from sorted((name for name in package.namelist() if _SLIDE.fullmatch(name)), key=lambda n: (len(n), n))
        return
    for slide in parse_xml(package.read(_MAIN)).iter("{*}sldId"):
        target = next((related[key].target for _, key in _ids(slide) if key in related), None)
        if target is not None:
            yield target


def _ids(element: Any) -> list[tuple[str, str]]:
    """A slide's two attributes ``id``: the relationship's has a namespace."""
    return [(key, value) for key, value in element.attrib.items() if key.endswith("}id")]


class _Slide:
    """Text, tables and pictures of one slide."""

    def __init__(self, package: zipfile.ZipFile, name: str) -> None:
        self.lines: list[str] = []
        self.tables: list[tuple[tuple[str, ...], ...]] = []
        names = package.NameToInfo
        related = [relation for relation in relations(package, name).values() if relation.target in names]
        self.inside = [relation.target for relation in related if relation.kind in _INSIDE]
        self._walk(parse_xml(package.read(name)))
        for wanted in _BELOW:
            for target in (relation.target for relation in related if relation.kind == wanted):
                self._walk(parse_xml(package.read(target)))
                charts = relations(package, target).values() if wanted == "chart" else ()
                self.inside += [relation.target for relation in charts if relation.kind == "package"]

    def _walk(self, parent: Any) -> None:
        for element in visible(parent):
            name = local_name(element)
            if name == "p" and (element.find("{*}r") is not None or element.find("{*}fld") is not None):
                self.lines += [line for line in _paragraph(element).split("\n") if line.strip()]
            elif name == "text" and element.text:  # of a comment (§19.4.7)
                self.lines += [line for line in element.text.split("\n") if line.strip()]
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
