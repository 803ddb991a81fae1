"""Spreadsheets (xlsx, xlsb, xls, ods): each visible sheet as a page of lines with tabs, and as a table."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from parsers import media_types as mt
from parsers.media_types import called
from parsers.packages import open_package
from parsers.parsed import Member, Parsed, Problem
from parsers.pictures import member_of_document
from parsers.problems import damaged, encrypted, too_many_pages
from parsers.sniff import sniff
from records.extracts import Page, ReadLimits, Table
from records.mail import Part

_MAX_CELLS = 2_000_000  # of all sheets; an office's table has some thousands
_MAX_COLUMNS = 1000
_DEFAULT_NAMES = ("sheet", "工作表", "表")


class SheetParser:
    """Values as they are kept, not as they are formatted; formulas by their last result."""

    name = "sheets"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: encrypted, damaged, too_large."""
        media_type = sniff(part)
        members = _pictures(part, media_type, limits)
        try:
            with CalamineWorkbook.from_filelike(BytesIO(part.content)) as book:
                pages, tables, problem = _read(book, limits)
                hidden = [sheet.name for sheet in book.sheets_metadata if sheet.visible != SheetVisibleEnum.Visible]
        except PasswordError as error:
            raise encrypted(called(media_type)) from error
        except (CalamineError, ValueError, OSError) as error:
            raise damaged(called(media_type)) from error
        metadata = (("hidden_sheets", "、".join(hidden)),) if hidden else ()
        return Parsed(
            media_type, pages, tables, metadata=metadata, members=members, page_count=len(tables), problem=problem
        )


PARSER = SheetParser()


def _read(book: CalamineWorkbook, limits: ReadLimits) -> tuple[tuple[Page, ...], tuple[Table, ...], Problem | None]:
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
        rows = _without_empty_edges([tuple(_shown(value) for value in row[:_MAX_COLUMNS]) for row in grid.iter_rows()])
        tables.append(Table(rows=tuple(rows), title=sheet.name, page=len(tables) + 1))
        pages.append(Page(number=len(tables), text=_as_text(sheet.name, rows)))
    return tuple(pages), tuple(tables), None


def _without_empty_edges(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Without the empty columns at the right and the empty rows at the end that formatting leaves behind."""
    width = max((index + 1 for row in rows for index, value in enumerate(row) if value), default=0)
    while rows and not any(rows[-1]):
        rows.pop()
    return [row[:width] for row in rows]


def _as_text(name: str, rows: list[tuple[str, ...]]) -> str:
    plain_name = name.casefold().rstrip("0123456789 ")
    lines = [] if plain_name in _DEFAULT_NAMES or not rows else [name]
    lines += ["\t".join(" ".join(value.split()) for value in row).rstrip() for row in rows if any(row)]
    return "\n".join(lines)


def _shown(value: Any) -> str:
    """A cell's value as text: whole numbers without a point, dates in ISO 8601."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.12g}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip() if not isinstance(value, timedelta) else str(value)


def _pictures(part: Part, media_type: str, limits: ReadLimits) -> tuple[Member, ...]:
    """Pictures pasted into the sheets; the old .xls keeps them in a form that nobody reads here."""
    if media_type not in (mt.XLSX, mt.XLSB, mt.ODS):
        return ()
    with open_package(part.content, media_type, limits) as package:
        names = [
            name
            for name in package.namelist()
            if name.startswith(("xl/media/", "Pictures/")) and not name.endswith("/")
        ]
        return tuple(
            member_of_document(part, number, name, f"image/{name.rpartition('.')[2].casefold()}", package.read(name))
            for number, name in enumerate(names, 1)
        )
