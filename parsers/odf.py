"""OpenDocument text and presentations (ODF 1.3): headers, then the content in document order; pictures as members."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from parsers import media_types as mt
from parsers.packages import DAMAGED, attribute, local_name, parse_xml, read_package
from parsers.parsed import Parsed
from parsers.pictures import members_of_package
from parsers.rows import row_lines
from parsers.sniff import sniff
from records.extracts import Page, ReadLimits, Table
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
_PROPERTIES = {
    "title": "title",
    "subject": "subject",
    "initial-creator": "author",
    "creator": "last_modified_by",
    "creation-date": "created",
    "date": "modified",
}
_MAX_DEPTH = 200


class OdfParser:
    """Text of paragraphs and headings; tables also as tables; each slide a page."""

    name = "odf"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: encrypted, damaged, too_large."""
        media_type = sniff(part)
        return read_package(part.content, media_type, limits, lambda package: _read(part, media_type, package, limits))


PARSER = OdfParser()


def _read(part: Part, media_type: str, package: zipfile.ZipFile, limits: ReadLimits) -> Parsed:
    content = parse_xml(package.read("content.xml"))
    if media_type == mt.ODP:
        walks = [_walked(slide) for slide in content.iterfind(".//{*}presentation/{*}page")]
    else:
        walks = [_walked(*_roots(package, content))]
    pages = tuple(Page(number, "\n".join(walk.lines)) for number, walk in enumerate(walks, 1) if walk.lines)
    return Parsed(
        media_type,
        pages[: limits.max_pages],
        tuple(table for walk in walks for table in walk.tables),
        metadata=_properties(package),
        members=members_of_package(part, package, _inside(package), limits.max_members),
        page_count=len(walks) if media_type == mt.ODP else None,
    )


def _roots(package: zipfile.ZipFile, content: Any) -> Iterator[Any]:
    styles = parse_xml(package.read("styles.xml")) if "styles.xml" in package.NameToInfo else None
    if styles is not None:
        yield from styles.iter("{*}header")
    yield from content.iter("{*}body")
    if styles is not None:
        yield from styles.iter("{*}footer")


def _walked(*roots: Any) -> _Walk:
    walk = _Walk()
    for root in roots:
        walk.blocks(root, walk.lines, 0)
    return walk


def _inside(package: zipfile.ZipFile) -> Iterator[str]:
    """Pictures, and files of other programs that were put in ("Object 1" without a folder of its own)."""
    for name in package.namelist():
        if (
            name.startswith(("Pictures/", "Object "))
            and not name.endswith(("/", ".svm"))
            and name.count("/") == name.startswith("Pictures/")
        ):
            yield name


def _properties(package: zipfile.ZipFile) -> tuple[tuple[str, str], ...]:
    """Title, author and dates (ODF 1.3 part 3, §4.3), as far as they can be read."""
    try:
        elements = list(parse_xml(package.read("meta.xml")).iter()) if "meta.xml" in package.NameToInfo else []
    except DAMAGED:
        return ()
    found = {
        _PROPERTIES[name]: (item.text or "").strip() for item in elements if (name := local_name(item)) in _PROPERTIES
    }
    return tuple((name, value) for name, value in found.items() if value)


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
