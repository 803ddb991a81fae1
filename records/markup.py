"""HTML → text as a person sees it, and its tables; never raises, in time linear to the input."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, cast

from lxml import etree

TableRows = tuple[tuple[str, ...], ...]


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BLOCKS = _names(
    """address article aside blockquote body center dd details dir div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hr legend li main menu nav ol optgroup option p pre section summary
    caption tbody tfoot thead ul"""
)
_UNSEEN = _names("script style head title template noframes object applet datalist svg math audio video iframe")
_HIDDEN_STYLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)", re.I)
_NO_HEIGHT = re.compile(r"(?:^|;)(?:max-)?height:0(?:px)?(?:!important)?(?:;|$)")
_BLANKS = re.compile(r"[ \t\r\n\f\v\x00\xa0\u2000-\u200a\u202f]+")
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\u3000-\u303f"
_WRAPPED = re.compile(f"(?<=[{_WIDE}])[ \\t]*\\r?\\n[ \\t]*(?=[{_WIDE}])")
_MAX_TABLE_DEPTH = 24  # deeper tables are read as plain blocks: text is copied once a level
_MAX_SPAN = 64
_SHORT_CELL = 300


def html_to_text(html: str) -> str:
    """The text that a mail program would show: blocks and ``<br>`` on lines of their own, table rows with tabs.

    Scripts, styles and hidden elements are left out; blanks are collapsed; inline elements join without blanks.
    """
    return _read(html).text()


def html_tables(html: str) -> tuple[TableRows, ...]:
    """The tables with at least two columns, inner ones before outer ones; a cell's place below a colspan holds ""."""
    return tuple(_read(html).tables)


def _read(html: str) -> _Reader:
    reader = _Reader()
    parser = etree.HTMLParser(target=cast("Any", reader), encoding="utf-8", huge_tree=True)
    try:
        parser.feed(html.replace("\0", " ").encode("utf-8", "replace"))
        parser.close()
    except etree.LxmlError:
        reader.close()  # what was read until then stands
    return reader


@dataclass(slots=True)
class _Flow:
    """Lines being written: of the page, or of one table cell."""

    lines: list[str] = field(default_factory=list)
    open_line: list[str] = field(default_factory=list)

    def end_line(self) -> None:
        line = _WRAPPED.sub("", _INVISIBLE.sub("", "".join(self.open_line)))
        line = _BLANKS.sub(" ", line).strip()
        self.open_line.clear()
        if line:
            self.lines.append(line)

    def add_rows(self, rows: list[str]) -> None:
        self.end_line()
        self.lines.extend(rows)

    def finished(self) -> list[str]:
        self.end_line()
        return self.lines


@dataclass(slots=True)
class _OpenTable:
    rows: list[tuple[list[str], ...]] = field(default_factory=list)
    row: list[list[str]] = field(default_factory=list)

    def end_row(self) -> None:
        if self.row:
            self.rows.append(tuple(self.row))
            self.row = []


class _Reader:
    """Target of lxml's parser: told of each element and text in turn, so that no tree and no recursion is needed."""

    def __init__(self) -> None:
        self.tables: list[TableRows] = []
        self._flows = [_Flow()]
        self._open: list[_OpenTable] = []
        self._spans: list[int] = []
        self._depth = 0
        self._hidden_below: int | None = None
        self._preformatted = 0
        self._too_deep = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._hidden_below is not None:
            return
        if _is_hidden(tag, attributes):
            self._hidden_below = self._depth
        elif tag in ("table", "tr", "td", "th"):
            self._start_of_table(tag, attributes)
        elif tag == "br":
            self._line_break()
        elif tag in _BLOCKS:
            self._flows[-1].end_line()
            self._preformatted += tag == "pre"

    def end(self, tag: str) -> None:
        self._depth -= 1
        if self._hidden_below is not None:
            if self._depth < self._hidden_below:
                self._hidden_below = None
            return
        if tag in ("table", "tr", "td", "th"):
            self._end_of_table(tag)
        elif tag in _BLOCKS:
            self._flows[-1].end_line()
            self._preformatted -= tag == "pre" and self._preformatted > 0

    def data(self, text: str) -> None:
        if self._hidden_below is not None:
            return
        if self._preformatted:
            self._write_lines(text)
        else:
            self._flows[-1].open_line.append(text)

    def close(self) -> None:
        while len(self._flows) > 1:
            self._end_cell()
        while self._open:
            self._end_table()

    def text(self) -> str:
        return "\n".join(self._flows[0].finished())

    def _write_lines(self, text: str) -> None:
        first, *others = text.split("\n")
        self._flows[-1].open_line.append(first)
        for line in others:
            self._flows[-1].end_line()
            self._flows[-1].open_line.append(line)

    def _line_break(self) -> None:
        self._flows[-1].end_line()

    def _start_of_table(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table":
            self._start_table()
        elif self._too_deep or not self._open:
            self._flows[-1].end_line()
        elif tag == "tr":
            self._open[-1].end_row()
        else:
            self._flows.append(_Flow())
            self._spans.append(_span(attributes.get("colspan", "")))

    def _start_table(self) -> None:
        self._flows[-1].end_line()
        if self._too_deep or len(self._open) >= _MAX_TABLE_DEPTH:
            self._too_deep += 1
        else:
            self._open.append(_OpenTable())

    def _end_of_table(self, tag: str) -> None:
        if self._too_deep or not self._open:
            self._flows[-1].end_line()
            self._too_deep -= tag == "table" and self._too_deep > 0
        elif tag == "table":
            self._end_table()
        elif tag == "tr":
            self._open[-1].end_row()
        else:
            self._end_cell()

    def _end_cell(self) -> None:
        if not self._spans:
            return
        lines = self._flows.pop().finished()
        self._open[-1].row.extend([lines, *([] for _ in range(self._spans.pop() - 1))])

    def _end_table(self) -> None:
        table = self._open.pop()
        table.end_row()
        self._flows[-1].add_rows([line for row in table.rows for line in _row_lines(row)])
        if any(len(row) > 1 for row in table.rows):
            self.tables.append(tuple(tuple(" ".join(cell) for cell in row) for row in table.rows))


def _row_lines(row: tuple[list[str], ...]) -> list[str]:
    """A row of a data table as one line; a row that only lays out the page as the lines of its cells."""
    filled = [cell for cell in row if cell]
    if len(filled) <= 1 or any(len(cell) > 1 and sum(map(len, cell)) > _SHORT_CELL for cell in filled):
        return [line for cell in filled for line in cell]
    return ["\t".join(" ".join(cell) for cell in row).rstrip("\t")]


def _is_hidden(tag: str, attributes: dict[str, str]) -> bool:
    return (
        tag in _UNSEEN
        or "hidden" in attributes
        or bool(_HIDDEN_STYLE.search(attributes.get("style", "")))
        or _is_folded_away(attributes.get("style", ""))
        or (tag == "input" and attributes.get("type", "").lower() == "hidden")
    )


def _is_folded_away(style: str) -> bool:
    """The preheader of mass mail: no height, and nothing may stick out."""
    plain = "".join(style.lower().split())
    return "overflow:hidden" in plain and bool(_NO_HEIGHT.search(plain))


def _span(value: str) -> int:
    digits = value.strip()[:3]
    return min(max(int(digits), 1), _MAX_SPAN) if digits.isascii() and digits.isdigit() else 1
