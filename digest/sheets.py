"""Workbooks by openpyxl: plain values that no spreadsheet takes for formulas; the same rows give the same octets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from digest.speech import clean, text_width

if TYPE_CHECKING:  # openpyxl takes a fifth of a second to load, and most commands write no workbook
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.worksheet.worksheet import Worksheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_CELL = 2000
WIDEST_COLUMN = 48
# What makes a spreadsheet compute: also when the file is saved as CSV and opened again (OWASP, CSV Injection).
FORMULA_START = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
CORE_PROPERTIES = "docProps/core.xml"
EARLIEST_ZIP_YEAR = 1980

CellValue = str | int | float | datetime | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: title, headings, rows. Times are shown as clocks show them in their own zone."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[CellValue, ...], ...]


def workbook_octets(sheets: Sequence[Sheet], created_at: datetime) -> bytes:
    """An xlsx file with frozen headings, filters and widths; the same sheets and time give the same octets."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    stamp = created_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    book.properties.creator = "Baosong"
    book.properties.created = stamp
    for sheet in sheets:
        _fill(book.create_sheet(sheet.title), sheet)
    written = BytesIO()
    book.save(written)
    return _repeatable(written.getvalue(), stamp)


def _fill(target: Worksheet, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    for column, heading in enumerate(sheet.headings, start=1):
        cell = target.cell(1, column)
        _write(cell, heading)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DCE6F1")
        cell.alignment = Alignment(vertical="center", wrap_text=True)
    for line, row in enumerate(sheet.rows, start=2):
        for column, value in enumerate(row, start=1):
            _write(target.cell(line, column), value)
    target.freeze_panes = "A2"
    target.auto_filter.ref = f"A1:{get_column_letter(len(sheet.headings))}{len(sheet.rows) + 1}"
    for column, width in enumerate(_widths(sheet), start=1):
        target.column_dimensions[get_column_letter(column)].width = width


def _write(cell: Cell | MergedCell, value: CellValue) -> None:
    if isinstance(value, datetime):
        cell.value = value.replace(tzinfo=None, microsecond=0)  # xlsx knows no zones
        cell.number_format = "yyyy-mm-dd hh:mm"
    elif isinstance(value, str):
        text = clean(value, LONGEST_CELL)
        cell.value = text or None
        if text:
            cell.data_type = "s"  # openpyxl makes a formula of "=…" otherwise
        if text.startswith(FORMULA_START):
            cell.quotePrefix = True
    else:
        cell.value = value


def _widths(sheet: Sheet) -> list[float]:
    columns = zip(sheet.headings, *sheet.rows, strict=True)
    return [min(max(map(_width, column)) + 3, WIDEST_COLUMN) for column in columns]


def _width(value: CellValue) -> int:
    if isinstance(value, datetime):
        return 16
    return text_width("" if value is None else str(value)[:WIDEST_COLUMN])


def _repeatable(octets: bytes, stamp: datetime) -> bytes:
    """The same archive with one time in all places: openpyxl writes the clock's into members and properties."""
    written = BytesIO()
    moment = f"{stamp.isoformat()}Z".encode()
    dated = (max(stamp.year, EARLIEST_ZIP_YEAR), *stamp.timetuple()[1:6])
    with ZipFile(BytesIO(octets)) as source, ZipFile(written, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == CORE_PROPERTIES:
                content = MODIFIED.sub(rb"\g<1>" + moment + rb"\g<2>", content)
            entry = ZipInfo(name, dated)
            entry.compress_type = ZIP_DEFLATED
            target.writestr(entry, content)
    return written.getvalue()
