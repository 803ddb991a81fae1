"""WordprocessingML → lines and tables, in one walk in reading order (ECMA-376 part 1, §17).

Text is what a reader of the document sees: insertions but not deletions, field results but not field codes, one form
of each alternative content, every merged cell once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from parsers.packages import attribute, local_name
from parsers.rows import row_lines
from records.extracts import Table

_DELETED = ("del", "moveFrom", "delText", "delInstrText")
_NO_TEXT = ("instrText", "rPr", "pPr", "tblPr", "tblGrid", "tcPr", "trPr", "sdtPr", "sdtEndPr", "sectPr", "rt")
_SKIPPED = frozenset(_DELETED + _NO_TEXT)
_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}
_MAX_DEPTH = 200  # of elements inside elements; deeper is hostile
_MAX_SPAN = 100

Label = Callable[[Any], str]
"""A paragraph's automatic number ("（一）"), "" where it has none."""


@dataclass(slots=True)
class Walk:
    """The lines, tables and picture references met so far."""

    label: Label
    lines: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)  # relationship ids, in order

    def story(self, root: Any) -> None:
        """Walks over a body, header, footer, note or comment."""
        self._blocks(root, self.lines, 0)

    def _blocks(self, parent: Any, lines: list[str], depth: int) -> None:
        if depth > _MAX_DEPTH:
            return
        for element in visible(parent):
            name = local_name(element)
            if name == "p":
                self._paragraph(element, lines, depth)
            elif name == "tbl":
                self._table(element, lines, depth)
            elif name == "altChunk":  # a document of another kind that stands here (§17.17.2.1)
                self._note(attribute(element, "id"))
            else:
                self._blocks(element, lines, depth + 1)

    def _paragraph(self, paragraph: Any, lines: list[str], depth: int) -> None:
        text: list[str] = []
        boxes: list[Any] = []
        self._inline(paragraph, text, boxes, depth)
        whole = "".join(text)
        number = self.label(paragraph) if whole.strip() else ""
        lines.extend(line.rstrip() for line in (number + whole).split("\n") if line.strip())
        for box in boxes:  # what floats beside a paragraph is read after it
            self._blocks(box, lines, depth + 1)

    def _inline(self, parent: Any, text: list[str], boxes: list[Any], depth: int) -> None:
        if depth > _MAX_DEPTH:
            return
        for element in visible(parent):
            name = local_name(element)
            if name == "t":
                text.append(element.text or "")
            elif name in _SIGNS:
                text.append(_SIGNS[name])
            elif name == "sym":
                text.append(_symbol(element))
            elif name == "txbxContent":
                boxes.append(element)
            else:
                self._note_picture(element, name)
                self._inline(element, text, boxes, depth + 1)

    def _note_picture(self, element: Any, name: str) -> None:
        reference = ""
        if name == "blip":
            reference = attribute(element, "embed")
        elif name in ("imagedata", "OLEObject"):
            reference = attribute(element, "id")
        self._note(reference)

    def _note(self, reference: str) -> None:
        if reference and reference not in self.pictures:
            self.pictures.append(reference)

    def _table(self, table: Any, lines: list[str], depth: int) -> None:
        rows: list[tuple[str, ...]] = []
        for row in _children(table, "tr"):
            cells = [self._cell(cell, depth) for cell in _children(row, "tc")]
            lines.extend(row_lines([cell.lines for cell in cells if not cell.continues]))
            skipped = _span(row, "gridBefore")
            spread = [text for cell in cells for text in ("\n".join(cell.lines), *[""] * (cell.span - 1))]
            rows.append((*[""] * skipped, *spread))
        if rows:
            self.tables.append(Table(rows=tuple(rows)))

    def _cell(self, cell: Any, depth: int) -> _Cell:
        lines: list[str] = []
        merge = next((mark for mark in cell.iterfind("{*}tcPr/{*}vMerge")), None)
        continues = merge is not None and attribute(merge, "val") != "restart"
        if not continues:
            self._blocks(cell, lines, depth + 1)
        return _Cell(lines, _span(cell, "gridSpan"), continues)


@dataclass(frozen=True, slots=True)
class _Cell:
    lines: list[str]
    span: int
    continues: bool  # the cell above, going on


def visible(parent: Any) -> Iterator[Any]:
    """The children that a reader sees; of alternative contents (§17.17.3, mc:AlternateContent) the first choice."""
    for element in parent:
        name = local_name(element)
        if name == "AlternateContent":
            yield from _chosen(element)
        elif name and name not in _SKIPPED:
            yield element


def _chosen(alternatives: Any) -> Iterator[Any]:
    """The first alternative that says anything: some writers leave the choice empty and fill the fallback."""
    branches = [branch for branch in alternatives if local_name(branch) in ("Choice", "Fallback")]
    full = next(
        (branch for branch in branches if next(branch.iter("{*}t", "{*}blip", "{*}imagedata"), None) is not None), None
    )
    if full is not None:
        yield from visible(full)


def _children(parent: Any, wanted: str) -> Iterator[Any]:
    """Rows of a table, cells of a row: also those inside content controls and insertions."""
    for element in visible(parent):
        name = local_name(element)
        if name == wanted:
            yield element
        elif name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"):
            yield from _children(element, wanted)


def _span(element: Any, name: str) -> int:
    """How many columns a cell takes (``gridSpan``, at least 1), or a row leaves out at its start (``gridBefore``)."""
    owner = "tcPr" if name == "gridSpan" else "trPr"
    least = 1 if name == "gridSpan" else 0
    mark = next(element.iterfind(f"{{*}}{owner}/{{*}}{name}"), None)
    value = attribute(mark, "val") if mark is not None else ""
    return min(max(int(value), least), _MAX_SPAN) if value.isdigit() else least


def _symbol(element: Any) -> str:
    """A character of a symbol font; ticked and empty boxes are what forms use."""
    boxes = {"F052": "☑", "F0FE": "☑", "F053": "☒", "F0FD": "☒", "F0A3": "□", "F06F": "□", "F0A8": "□", "F0FC": "√"}
    return boxes.get(attribute(element, "char").upper(), "")
