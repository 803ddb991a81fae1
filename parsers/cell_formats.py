"""Which cells of a workbook show a percentage: 0.25 that is formatted as "25%" is what people read as 25%.

Libraries give the bare number. Only workbooks with such a format are looked through.
"""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

import olefile

from parsers import media_types as mt
from parsers.packages import DAMAGED, attribute, local_name, parse_xml, relations

Percents = Mapping[tuple[int, int], int]
"""Row and column, from 0 → decimals that are shown."""

_BUILT_IN = {9: 0, 10: 2}  # numFmtId of 0% and 0.00% (ECMA-376 part 1, §18.8.30)
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*)>")
_STYLE = re.compile(rb'\bs="(\d+)"')
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_MAX_REPEATED = 1000
_BROKEN = (*DAMAGED, struct.error, TypeError, AttributeError)
_FORMAT, _XF, _SHEET, _NUMBER, _RK, _MANY_RK, _FORMULA = 0x041E, 0xE0, 0x85, 0x203, 0x27E, 0xBD, 0x06


def percents(content: bytes, media_type: str) -> dict[str, Percents]:
    """The percentages of each sheet, by its name; {} where there are none, or where the formats cannot be read."""
    readers = {mt.XLSX: _of_xlsx, mt.XLS: _of_xls, mt.ODS: _of_ods}
    try:
        return dict(readers[media_type](content)) if media_type in readers else {}
    except _BROKEN:
        return {}


def shown_percent(value: float, decimals: int) -> str:
    """0.25 → "25%" """
    return f"{value * 100:.{decimals}f}%"


def decimals_of(code: str) -> int | None:
    """How many decimals a format code shows, None where it is none of percentages."""
    first = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", code.partition(";")[0])
    if "%" not in first:
        return None
    point = re.search(r"\.([0#?]+)", first)
    return len(point[1]) if point else 0


def _of_xlsx(content: bytes) -> Iterator[tuple[str, Percents]]:
    with zipfile.ZipFile(BytesIO(content)) as package:
        main = next((one.target for one in relations(package, "").values() if one.kind == "officeDocument"), "")
        related = relations(package, main)
        styles = next((one.target for one in related.values() if one.kind == "styles"), "")
        wanted = _percent_styles(parse_xml(package.read(styles))) if styles in package.NameToInfo else {}
        if not wanted:
            return
        for sheet in parse_xml(package.read(main)).iter("{*}sheet"):
            reference = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
            if reference in related and related[reference].target in package.NameToInfo:
                yield str(sheet.get("name")), _marked(package.read(related[reference].target), wanted)


def _percent_styles(root: Any) -> dict[int, int]:
    """Index of the cell style → decimals."""
    own = {
        item.get("numFmtId"): decimals_of(item.get("formatCode", "")) for item in root.iterfind("{*}numFmts/{*}numFmt")
    }
    formats = {**{str(number): count for number, count in _BUILT_IN.items()}, **own}
    found = [formats.get(style.get("numFmtId")) for style in root.iterfind("{*}cellXfs/{*}xf")]
    return {index: decimals for index, decimals in enumerate(found) if decimals is not None}


def _marked(sheet: bytes, wanted: Mapping[int, int]) -> Percents:
    found = {}
    for cell in _CELL.finditer(sheet):
        style, place = _STYLE.search(cell[1]), _PLACE.search(cell[1])
        if style and place and int(style[1]) in wanted:
            found[int(place[2]) - 1, _column(place[1])] = wanted[int(style[1])]
    return found


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _of_xls(content: bytes) -> Iterator[tuple[str, Percents]]:
    """[MS-XLS] §2.4: formats and styles stand in the globals, cells name their style."""
    with olefile.OleFileIO(BytesIO(content)) as storage:
        stream = storage.openstream("Workbook").read()
    formats, styles, sheets = dict(_BUILT_IN), [], []
    for kind, data in _records(stream, 0):
        if kind == _FORMAT:
            decimals = decimals_of(_text(data[2:]))
            formats[_word(data, 0)] = -1 if decimals is None else decimals
        elif kind == _XF:
            styles.append(formats.get(_word(data, 2), -1))
        elif kind == _SHEET:
            sheets.append((struct.unpack_from("<I", data)[0], _text(data[6:], short=True)))
    wanted = {index: decimals for index, decimals in enumerate(styles) if decimals >= 0}
    for begin, name in sheets if wanted else ():
        yield name, {place: wanted[style] for place, style in _styled(stream, begin) if style in wanted}


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Records up to the end of the substream that begins there."""
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        if kind == 0x0A:
            return
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _styled(stream: bytes, begin: int) -> Iterator[tuple[tuple[int, int], int]]:
    """Place and style of each number."""
    for kind, data in _records(stream, begin):
        if kind in (_NUMBER, _RK, _FORMULA):
            row, column, style = struct.unpack_from("<HHH", data)
            yield (row, column), style
        elif kind == _MANY_RK:
            row, first = struct.unpack_from("<HH", data)
            for index in range((len(data) - 6) // 6):
                yield (row, first + index), _word(data, 4 + 6 * index)


def _word(data: bytes, at: int) -> int:
    return int(struct.unpack_from("<H", data, at)[0])


def _text(data: bytes, *, short: bool = False) -> str:
    """A BIFF8 string without formatting (§2.5.294, §2.5.240): count of characters, flags, characters."""
    count = data[0] if short else _word(data, 0)
    at = 1 if short else 2
    wide = data[at] & 1
    return data[at + 1 : at + 1 + count * (2 if wide else 1)].decode("utf-16-le" if wide else "latin-1", "replace")


def _of_ods(content: bytes) -> Iterator[tuple[str, Percents]]:
    with zipfile.ZipFile(BytesIO(content)) as package:
        octets = package.read("content.xml")
    if b'"percentage"' not in octets:
        return
    for table in parse_xml(octets).iter("{*}table"):
        yield attribute(table, "name"), dict(_of_ods_rows(table))


def _of_ods_rows(table: Any) -> Iterator[tuple[tuple[int, int], int]]:
    row = 0
    for line in table.iter("{*}table-row"):
        repeated, column = _repeated(line, "number-rows-repeated"), 0
        for cell in line:
            width = _repeated(cell, "number-columns-repeated") if "cell" in local_name(cell) else 0
            if attribute(cell, "value-type") == "percentage":
                decimals = len("".join(cell.itertext()).strip().rstrip("%").partition(".")[2])
                places = min(width, _MAX_REPEATED), min(repeated, _MAX_REPEATED)
                yield from (((row + r, column + c), decimals) for c in range(places[0]) for r in range(places[1]))
            column += width
        row += repeated


def _repeated(element: Any, name: str) -> int:
    count = attribute(element, name)
    return int(count) if count.isdigit() and len(count) < 8 else 1
