"""A roster file's octets → sheets of text rows: csv in any usual encoding, xlsx, xls, ods."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import PurePath

import python_calamine as calamine

from records.errors import UsageError
from records.words import Text

MAX_ROWS = 50_000
MAX_COLUMNS = 200
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UNREADABLE = Text(
    "名册 {file} 无法读取（{why}）。请用 Excel 另存为 .xlsx 或 .csv 后重试。",
    "The roster {file} cannot be read ({why}). Save it as .xlsx or .csv and try again.",
)
_LOCKED = Text("名册 {file} 有密码。请去掉密码后重试。", "The roster {file} has a password. Remove it and try again.")
_TOO_LONG = Text(
    "名册 {file} 超过 {rows} 行。请删去多余的行。",
    "The roster {file} has more than {rows} rows. Remove what is not needed.",
)
_EMPTY = Text("名册 {file} 是空的。请填写单位后重试。", "The roster {file} is empty. Fill in the units and try again.")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: rows of cells as text, the first row is number 1 of the file.

    Cells of merged ranges all hold the range's value; ``wide`` are the rows (from 0) that one merged cell fills.
    """

    title: str
    rows: tuple[tuple[str, ...], ...]
    wide: frozenset[int] = frozenset()
    is_table: bool = True  # of a workbook; False for csv


def read_sheets(octets: bytes, filename: str) -> tuple[Sheet, ...]:
    """The sheets that hold anything, hidden ones left out.

    Raises UsageError where the octets are empty, locked, damaged, no text, or beyond MAX_ROWS.
    """
    name = PurePath(filename).name or filename
    if not octets.strip(b"\x00\r\n\t ,;"):
        raise UsageError(_EMPTY.fill(file=name))
    workbook = octets.startswith((_ZIP, _OLE))
    sheets = tuple(_workbook(octets, name) if workbook else _csv(octets, name))
    filled = tuple(sheet for sheet in sheets if any(any(row) for row in sheet.rows))
    if not filled:
        raise UsageError(_EMPTY.fill(file=name))
    return filled


# -- workbooks --------------------------------------------------------------------------------------------------------


def _workbook(octets: bytes, name: str) -> Iterator[Sheet]:
    try:
        book = calamine.load_workbook(io.BytesIO(octets))
        shown = [sheet.name for sheet in book.sheets_metadata if _is_shown(sheet)]
        sheets = [book.get_sheet_by_name(title) for title in shown]
        yield from [_sheet(sheet, name) for sheet in sheets]
    except calamine.PasswordError as error:
        raise UsageError(_LOCKED.fill(file=name)) from error
    except (calamine.CalamineError, OSError, ValueError, OverflowError) as error:
        raise UsageError(_UNREADABLE.fill(file=name, why=_short(error))) from error


def _is_shown(sheet: calamine.SheetMetadata) -> bool:
    return sheet.visible == calamine.SheetVisibleEnum.Visible and sheet.typ == calamine.SheetTypeEnum.WorkSheet


def _sheet(sheet: calamine.CalamineSheet, name: str) -> Sheet:
    if sheet.total_height > MAX_ROWS:
        raise UsageError(_TOO_LONG.fill(file=name, rows=MAX_ROWS))
    rows = [[_text(cell) for cell in row[:MAX_COLUMNS]] for row in sheet.to_python(skip_empty_area=False)]
    wide = set()
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if top >= len(rows) or left >= len(rows[top]):
            continue
        if top == bottom and right - left + 1 >= max(2, len(rows[top]) // 2):
            wide.add(top)
        else:
            _fill(rows, (top, left), (bottom, right))
    return Sheet(sheet.name, tuple(tuple(row) for row in rows), frozenset(wide))


def _fill(rows: list[list[str]], first: tuple[int, int], last: tuple[int, int]) -> None:
    value = rows[first[0]][first[1]]
    for row in rows[first[0] : last[0] + 1]:
        for column in range(first[1], min(last[1] + 1, len(row))):
            row[column] = row[column] or value


def _text(cell: object) -> str:
    """A cell as a person reads it: numbers without .0, days as ISO 8601."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e17 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    return _clean(str(cell))


def _clean(text: str) -> str:
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


# -- text -------------------------------------------------------------------------------------------------------------


def _csv(octets: bytes, name: str) -> Iterator[Sheet]:
    text = _decoded(octets, name)
    try:
        rows = list(_rows(text, _delimiter(text), name))
    except csv.Error as error:
        raise UsageError(_UNREADABLE.fill(file=name, why=_short(error))) from error
    yield Sheet("", tuple(rows), is_table=False)


def _rows(text: str, delimiter: str, name: str) -> Iterator[tuple[str, ...]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    for number, row in enumerate(reader):
        if number >= MAX_ROWS:
            raise UsageError(_TOO_LONG.fill(file=name, rows=MAX_ROWS))
        yield tuple(_clean(cell) for cell in row[:MAX_COLUMNS])


def _decoded(octets: bytes, name: str) -> str:
    for encoding in _encodings(octets):
        try:
            text = octets.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise UsageError(_UNREADABLE.fill(file=name, why="文字编码不明 unknown encoding"))


def _encodings(octets: bytes) -> tuple[str, ...]:
    if octets.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    return ("utf-8-sig", "gb18030")


def _delimiter(text: str) -> str:
    """The sign that parts most cells in the first lines; full-width commas count where no other does."""
    sample = text[:20_000].splitlines()[:20]
    counts = {sign: sum(line.count(sign) for line in sample) for sign in (",", "\t", ";", "，", "|")}
    first = next((line for line in sample if line.count(",") + line.count("\t") + line.count(";")), "")
    best = max((",", "\t", ";"), key=lambda sign: (first.count(sign), counts[sign]))
    if counts[best]:
        return best
    return max(("，", "|"), key=lambda sign: counts[sign]) if counts["，"] + counts["|"] else ","


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
