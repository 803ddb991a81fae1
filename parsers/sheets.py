"""Spreadsheets (xlsx, xlsb, xls, ods): each visible sheet as a page of lines with tabs, and as a table."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from parsers import media_types as mt
from parsers.cell_formats import Percents, percents, shown_percent
from parsers.media_types import called
from parsers.packages import core_properties, parse_xml, read_package
from parsers.parsed import Parsed, Problem
from parsers.pictures import members_of_package
from parsers.problems import damaged, encrypted, too_many_pages
from parsers.rows import sheet_text
from parsers.sniff import sniff
from records.extracts import Page, ReadLimits, Table
from records.mail import Part

_MAX_CELLS = 2_000_000  # of all sheets; an office's table has some thousands
_MAX_COLUMNS = 1000
_TEXTS = ("xl/drawings/drawing", "xl/comments")
_INSIDE = ("xl/media/", "xl/embeddings/", "Pictures/")


class SheetParser:
    """Formulas by their last result, percentages as they are shown; other numbers as they are kept, without rounding.

    What stands in text boxes and comments follows the sheets; pictures and embedded files are members.
    """

    name = "sheets"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: encrypted, damaged, too_large."""
        media_type = sniff(part)
        if media_type != mt.XLS:
            return read_package(
                part.content, media_type, limits, lambda package: _of_package(part, media_type, package, limits)
            )
        try:
            return _of_workbook(part.content, media_type, limits)
        except ValueError as error:
            raise damaged(called(media_type)) from error


PARSER = SheetParser()


def _of_package(part: Part, media_type: str, package: zipfile.ZipFile, limits: ReadLimits) -> Parsed:
    assert package.fp is not None
    package.fp.seek(0)
    parsed = _of_workbook(package.fp.read(), media_type, limits)
    names = package.namelist()
    beside = [
        line for name in names if name.startswith(_TEXTS) and name.endswith(".xml") for line in _lines(package, name)
    ]
    page = (Page(len(parsed.tables) + 1, "\n".join(beside)),) if beside else ()
    inside = (name for name in names if name.startswith(_INSIDE) and not name.endswith("/"))
    members = members_of_package(part, package, inside, limits.max_members)
    return replace(
        parsed, pages=parsed.pages + page, metadata=core_properties(package) + parsed.metadata, members=members
    )


def _lines(package: zipfile.ZipFile, name: str) -> Iterator[str]:
    """The text of a drawing's boxes, a paragraph a line, or of comments."""
    for block in parse_xml(package.read(name)).iter("{*}p", "{*}comment"):
        line = "".join(text.text or "" for text in block.iter("{*}t")).strip()
        yield from (one for one in line.split("\n") if one.strip())


def _of_workbook(content: bytes, media_type: str, limits: ReadLimits) -> Parsed:
    """Raises ``Unread`` (encrypted), ValueError where it is damaged."""
    try:
        with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
            pages, tables, problem = _read(book, percents(content, media_type), limits)
            hidden = [sheet.name for sheet in book.sheets_metadata if sheet.visible != SheetVisibleEnum.Visible]
    except PasswordError as error:
        raise encrypted(called(media_type)) from error
    except BaseException as error:
        if isinstance(error, (CalamineError, OSError)) or _is_panic(error):
            raise ValueError("calamine cannot read it") from error
        raise
    metadata = (("hidden_sheets", "、".join(hidden)),) if hidden else ()
    return Parsed(media_type, pages, tables, metadata=metadata, page_count=len(tables), problem=problem)


def _is_panic(error: BaseException) -> bool:
    """What Rust gives up on reaches Python as no ``Exception``, and of a class that cannot be imported."""
    return type(error).__name__ == "PanicException"


def _read(
    book: CalamineWorkbook, shown: Mapping[str, Percents], limits: ReadLimits
) -> tuple[tuple[Page, ...], tuple[Table, ...], Problem | None]:
    pages: list[Page] = []
    tables: list[Table] = []
    cells = 0
    for sheet in book.sheets_metadata:
        if sheet.typ != SheetTypeEnum.WorkSheet or sheet.visible != SheetVisibleEnum.Visible:
            continue
        grid = book.get_sheet_by_name(sheet.name)
        cells += grid.height * min(grid.width, _MAX_COLUMNS)
        if cells > _MAX_CELLS or len(tables) >= limits.max_pages:
            return tuple(pages), tuple(tables), too_many_pages(len(tables), "cells")
        rows = _without_empty_edges(list(_rows(grid, shown.get(sheet.name, {}))))
        tables.append(Table(rows=tuple(rows), title=sheet.name, page=len(tables) + 1))
        pages.append(Page(number=len(tables), text=sheet_text(sheet.name, rows)))
    return tuple(pages), tuple(tables), None


def _rows(grid: CalamineSheet, shown: Percents) -> Iterator[tuple[str, ...]]:
    """Rows from the sheet's first; columns from the first that is used."""
    left = grid.start[1] if grid.start else 0
    for number, row in enumerate(grid.iter_rows()):
        cells = enumerate(row[:_MAX_COLUMNS], left)
        yield tuple(_shown(value, shown.get((number, column)) if shown else None) for column, value in cells)


def _without_empty_edges(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Without the empty columns at the right and the empty rows at the end that formatting leaves behind."""
    width = max((index + 1 for row in rows for index, value in enumerate(row) if value), default=0)
    while rows and not any(rows[-1]):
        rows.pop()
    return [row[:width] for row in rows]


def _shown(value: Any, decimals: int | None) -> str:
    """A cell's value as text: whole numbers without a point, dates in ISO 8601; ``decimals`` of a percentage."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if decimals is not None and isinstance(value, float):
        return shown_percent(value, decimals)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.12g}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip() if not isinstance(value, timedelta) else str(value)
