"""Excel 2003 XML (XML Spreadsheet, [MS-OI29500] names it SpreadsheetML): what many a web system exports as .xls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from parsers import media_types as mt
from parsers.media_types import called
from parsers.packages import MAX_XML_BYTES, attribute, parse_xml
from parsers.parsed import Parsed, Unread
from parsers.problems import damaged, too_large
from records.extracts import Page, ReadLimits, Table
from records.mail import Part

_EXCEL = called(mt.EXCEL_XML)
_MAX_GAP = 1000  # columns or rows that a cell may leave out


class ExcelXmlParser:
    """Each sheet a page of lines with tabs, and a table; moments lose their time where that is midnight."""

    name = "excel_xml"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: damaged, too_large."""
        if len(part.content) > MAX_XML_BYTES:
            raise Unread(too_large(_EXCEL))
        try:
            sheets = list(parse_xml(part.content).iterfind("{*}Worksheet"))
        except (etree.LxmlError, ValueError) as error:
            raise damaged(_EXCEL) from error
        if not sheets:
            raise damaged(_EXCEL)
        tables = tuple(
            Table(tuple(_rows(sheet)), title=attribute(sheet, "Name"), page=number)
            for number, sheet in enumerate(sheets[: limits.max_pages], 1)
        )
        pages = tuple(Page(number, _as_text(table)) for number, table in enumerate(tables, 1))
        return Parsed(mt.EXCEL_XML, pages, tables, page_count=len(sheets))


PARSER = ExcelXmlParser()


def _rows(sheet: Any) -> Iterator[tuple[str, ...]]:
    number = 0
    for row in sheet.iterfind("{*}Table/{*}Row"):
        for _ in range(min(_count(row, "Index") - number - 1, _MAX_GAP)):
            number += 1
            yield ()
        number += 1
        yield tuple(_cells(row))


def _cells(row: Any) -> Iterator[str]:
    column = 0
    for cell in row.iterfind("{*}Cell"):
        gap = max(min(_count(cell, "Index") - column - 1, _MAX_GAP), 0)
        merged = min(_count(cell, "MergeAcross"), _MAX_GAP)
        data = cell.find("{*}Data")
        text = "".join(data.itertext()).strip() if data is not None else ""
        if data is not None and attribute(data, "Type") == "DateTime":
            text = text.removesuffix(".000").removesuffix("T00:00:00")
        column += gap + 1 + merged
        yield from (*[""] * gap, text, *[""] * merged)


def _count(element: Any, name: str) -> int:
    value = attribute(element, name)
    return int(value) if value.isdigit() and len(value) < 8 else 0


def _as_text(table: Table) -> str:
    lines = ["\t".join(" ".join(value.split()) for value in row).rstrip() for row in table.rows]
    return "\n".join([table.title, *(line for line in lines if line)])
