"""Excel 2003 XML (XML Spreadsheet, [MS-OI29500] names it SpreadsheetML): what many a web system exports as .xls."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from parsers import media_types as mt
from parsers.cell_formats import decimals_of, shown_percent
from parsers.media_types import called
from parsers.packages import MAX_XML_BYTES, attribute, parse_xml
from parsers.parsed import Parsed, Unread
from parsers.problems import damaged, too_large
from parsers.rows import sheet_text
from records.extracts import Page, ReadLimits, Table
from records.mail import Part

_EXCEL = called(mt.EXCEL_XML)
_NAMED = {"Percent": "0.00%"}
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,20})?")
_MAX_GAP = 1000  # columns or rows that a cell may leave out


class ExcelXmlParser:
    """Each sheet a page of lines with tabs, and a table; moments lose their time where that is midnight."""

    name = "excel_xml"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: damaged, too_large."""
        if len(part.content) > MAX_XML_BYTES:
            raise Unread(too_large(_EXCEL))
        try:
            root = parse_xml(part.content)
        except (etree.LxmlError, ValueError) as error:
            raise damaged(_EXCEL) from error
        every = list(root.iterfind("{*}Worksheet"))
        if not every:
            raise damaged(_EXCEL)
        sheets = [sheet for sheet in every if not _is_hidden(sheet)]
        percents = _percents(root)
        tables = tuple(
            Table(tuple(_rows(sheet, percents)), title=attribute(sheet, "Name"), page=number)
            for number, sheet in enumerate(sheets[: limits.max_pages], 1)
        )
        pages = tuple(Page(number, sheet_text(table.title, table.rows)) for number, table in enumerate(tables, 1))
        hidden = "、".join(attribute(sheet, "Name") for sheet in every if _is_hidden(sheet))
        metadata = (("hidden_sheets", hidden),) if hidden else ()
        return Parsed(mt.EXCEL_XML, pages, tables, metadata=metadata, page_count=len(sheets))


PARSER = ExcelXmlParser()


def _is_hidden(sheet: Any) -> bool:
    shown = sheet.find("{*}WorksheetOptions/{*}Visible")
    return shown is not None and shown.text in ("SheetHidden", "SheetVeryHidden")


def _percents(root: Any) -> dict[str, int]:
    """Names of the styles that show percentages → decimals."""
    found = {}
    for style in root.iterfind("{*}Styles/{*}Style"):
        code = next((attribute(one, "Format") for one in style.iterfind("{*}NumberFormat")), "")
        decimals = decimals_of(_NAMED.get(code, code))
        if decimals is not None:
            found[attribute(style, "ID")] = decimals
    return found


def _rows(sheet: Any, percents: Mapping[str, int]) -> Iterator[tuple[str, ...]]:
    number = 0
    for row in sheet.iterfind("{*}Table/{*}Row"):
        for _ in range(min(_count(row, "Index") - number - 1, _MAX_GAP)):
            number += 1
            yield ()
        number += 1
        yield tuple(_cells(row, percents))


def _cells(row: Any, percents: Mapping[str, int]) -> Iterator[str]:
    column = 0
    for cell in row.iterfind("{*}Cell"):
        gap = max(min(_count(cell, "Index") - column - 1, _MAX_GAP), 0)
        merged = min(_count(cell, "MergeAcross"), _MAX_GAP)
        column += gap + 1 + merged
        yield from (*[""] * gap, _shown(cell, percents), *[""] * merged)


def _shown(cell: Any, percents: Mapping[str, int]) -> str:
    data = cell.find("{*}Data")
    if data is None:
        return ""
    text, kind = "".join(data.itertext()).strip(), attribute(data, "Type")
    if kind == "DateTime":
        return text.removesuffix(".000").removesuffix("T00:00:00")
    decimals = percents.get(attribute(cell, "StyleID"))
    if kind == "Number" and decimals is not None and _NUMBER.fullmatch(text):
        return shown_percent(float(text), decimals)
    return text


def _count(element: Any, name: str) -> int:
    value = attribute(element, name)
    return int(value) if value.isdigit() and len(value) < 8 else 0
