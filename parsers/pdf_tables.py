"""Tables with ruled lines, and pages that PDFium cannot tell, read by pdfplumber: slow, so within a time of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any, TypeVar

import pdfplumber

from parsers.alarm import OutOfTime, within
from parsers.layout import tidy
from parsers.quality import is_usable
from records.extracts import Table

_MAX_PAGES = 60
_MARGIN = 0.09  # of a page's height, where running heads and page numbers stand
_SLACK = 2.0  # points
_Result = TypeVar("_Result")
_BREAK_IN_CHINESE = re.compile(r"(?<=[^\x00-\x7f])\n|\n(?=[^\x00-\x7f])")


def tables_of(content: bytes, numbers: Sequence[int], seconds: float) -> tuple[Table, ...]:
    """The tables on these pages (from 1), as far as time allows; the text of the pages is there without them.

    A table that a page break cut is one, with its page of beginning; a repeated first row stands once.
    """
    found = _each_page(content, sorted(numbers), seconds, _grids)
    joined: list[_Grid] = []
    for grids in found.values():
        for grid in grids:
            if joined and _goes_on(joined[-1], grid):
                joined[-1] = _joined(joined[-1], grid)
            else:
                joined.append(grid)
    tables = [Table(rows=grid.rows, page=grid.first) for grid in joined if len(grid.rows) > 1]
    return tuple(table for table in tables if is_usable("".join(map("".join, table.rows))))


def second_reading(content: bytes, numbers: Sequence[int], seconds: float) -> dict[int, str]:
    """The text of these pages (from 1) by page number, as far as time allows."""
    return _each_page(content, numbers, seconds, lambda page: page.extract_text() or "")


def _each_page(
    content: bytes, numbers: Sequence[int], seconds: float, extract: Callable[[Any], _Result]
) -> dict[int, _Result]:
    """What ``extract`` makes of page after page until the time is over, or pdfplumber stumbles over one."""
    found: dict[int, _Result] = {}
    if not numbers:
        return found
    try:
        with within(seconds), pdfplumber.open(BytesIO(content), pages=list(numbers[:_MAX_PAGES])) as document:
            for page in document.pages:
                found[page.page_number] = extract(page)
    except OutOfTime:
        return found
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 -- pdfminer raises whatever a page leads it to; what PDFium read stands
        return found
    return found


@dataclass(frozen=True, slots=True)
class _Grid:
    """A table of one page, or of several, with what tells whether it goes on over the break."""

    rows: tuple[tuple[str, ...], ...]
    edges: tuple[float, ...]  # of its columns, from left to right, in points
    first: int  # page
    last: int
    begins_on_top: bool
    reaches_bottom: bool


def _grids(page: Any) -> list[_Grid]:
    tables = page.find_tables()
    return [_grid(page, table, is_first=index == 0, is_last=table is tables[-1]) for index, table in enumerate(tables)]


def _grid(page: Any, table: Any, *, is_first: bool, is_last: bool) -> _Grid:
    """Words above a table, other than a running head, show that it begins there; a page number stands below it."""
    _, top, _, bottom = table.bbox
    return _Grid(
        rows=tuple(tuple(_cell(cell) for cell in row) for row in table.extract()),
        edges=tuple(sorted({round(cell[0], 0) for cell in table.cells} | {round(table.bbox[2], 0)})),
        first=page.page_number,
        last=page.page_number,
        begins_on_top=is_first and not _has_words(page, _MARGIN * page.height, top),
        reaches_bottom=is_last and not _has_words(page, bottom, (1 - _MARGIN) * page.height),
    )


def _has_words(page: Any, top: float, bottom: float) -> bool:
    return any(top < (char["top"] + char["bottom"]) / 2 < bottom and char["text"].strip() for char in page.chars)


def _goes_on(before: _Grid, grid: _Grid) -> bool:
    return (
        before.reaches_bottom
        and grid.begins_on_top
        and grid.first == before.last + 1
        and len(before.edges) == len(grid.edges)
        and all(abs(one - other) <= _SLACK for one, other in zip(before.edges, grid.edges, strict=True))
    )


def _joined(before: _Grid, grid: _Grid) -> _Grid:
    rows = grid.rows[1:] if grid.rows[:1] == before.rows[:1] else grid.rows
    return replace(before, rows=before.rows + rows, last=grid.last, reaches_bottom=grid.reaches_bottom)


def _cell(text: str | None) -> str:
    return tidy(_BREAK_IN_CHINESE.sub("", text or "").replace("\n", " "))
