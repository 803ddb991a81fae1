"""OpenDocument text and presentations (ODF 1.3): headers, then the content in document order; pictures as members."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from parsers.media_types import called
from parsers.packages import BROKEN, attribute, local_name, open_package, parse_xml
from parsers.parsed import Member, Parsed, one_page
from parsers.pictures import member_of_document
from parsers.problems import damaged
from parsers.rows import row_lines
from parsers.sniff import sniff
from records.extracts import ReadLimits, Table
from records.mail import Part

_SKIPPED = (
    "tracked-changes",
    "note-citation",
    "annotation",
    "sequence-decls",
    "automatic-styles",
    "scripts",
    "font-face-decls",
)
_SIGNS = {"tab": "\t", "line-break": "\n", "s": " "}
_MAX_DEPTH = 200


class OdfParser:
    """Text of paragraphs and headings; tables also as tables."""

    name = "odf"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: encrypted, damaged, too_large."""
        media_type = sniff(part)
        walk = _Walk()
        with open_package(part.content, media_type, limits) as package:
            try:
                for root in _roots(package):
                    walk.blocks(root, walk.lines, 0)
                members = tuple(_pictures(part, package, limits))
            except (*BROKEN, etree.LxmlError) as error:
                raise damaged(called(media_type)) from error
        return Parsed(media_type, one_page("\n".join(walk.lines)), tuple(walk.tables), members=members)


PARSER = OdfParser()


def _roots(package: zipfile.ZipFile) -> Iterator[Any]:
    names = package.namelist()
    if "styles.xml" in names:
        yield from parse_xml(package.read("styles.xml")).iter("{*}header")
    yield from parse_xml(package.read("content.xml")).iter("{*}body")
    if "styles.xml" in names:
        yield from parse_xml(package.read("styles.xml")).iter("{*}footer")


@dataclass(slots=True)
class _Walk:
    lines: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)

    def blocks(self, parent: Any, lines: list[str], depth: int) -> None:
        """Adds what stands in ``parent``, a line a paragraph."""
        if depth > _MAX_DEPTH:
            return
        for element in parent:
            name = local_name(element)
            if name in ("p", "h"):
                boxes: list[Any] = []
                text = _inline(element, boxes, 0)
                lines += [line.strip() for line in text.split("\n") if line.strip()]
                for box in boxes:
                    self.blocks(box, lines, depth + 1)
            elif name == "table":
                self._table(element, lines, depth)
            elif name and name not in _SKIPPED:
                self.blocks(element, lines, depth + 1)

    def _table(self, table: Any, lines: list[str], depth: int) -> None:
        rows = []
        for row in _own_rows(table):
            cells: list[list[str]] = []
            for cell in row:
                content: list[str] = []
                if local_name(cell) == "table-cell":
                    self.blocks(cell, content, depth + 1)
                    cells.append(content)
                elif local_name(cell) == "covered-table-cell":
                    cells.append([])
            lines += row_lines(cells)
            rows.append(tuple("\n".join(cell) for cell in cells))
        if rows:
            self.tables.append(Table(rows=tuple(rows), title=attribute(table, "name")))


def _own_rows(table: Any) -> Iterator[Any]:
    """The table's rows, those in groups too, without the rows of tables inside its cells."""
    for element in table:
        name = local_name(element)
        if name == "table-row":
            yield element
        elif name in ("table-rows", "table-header-rows", "table-row-group"):
            yield from _own_rows(element)


def _inline(element: Any, boxes: list[Any], depth: int) -> str:
    """A paragraph's text; what floats in it goes to ``boxes``."""
    parts = [element.text or ""]
    for child in element:
        name = local_name(child)
        if name in ("text-box", "frame", "note"):
            boxes.append(child)
        elif name in _SIGNS:
            count = attribute(child, "c")
            parts.append(_SIGNS[name] * (min(int(count), 80) if count.isdigit() else 1))
        elif name and name not in _SKIPPED and depth < _MAX_DEPTH:
            parts.append(_inline(child, boxes, depth + 1))
        parts.append(child.tail or "")
    return "".join(parts)


def _pictures(part: Part, package: zipfile.ZipFile, limits: ReadLimits) -> Iterator[Member]:
    names = [name for name in package.namelist() if name.startswith("Pictures/") and not name.endswith("/")]
    for number, name in enumerate(names[: limits.max_members], 1):
        yield member_of_document(part, number, name, f"image/{name.rpartition('.')[2].casefold()}", package.read(name))
