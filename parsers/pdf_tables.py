"""Tables with ruled lines, and pages that PDFium cannot tell, read by pdfplumber: slow, so within a time of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any, TypeVar

import pdfplumber

from parsers.alarm import OutOfTime, within
from parsers.layout import tidy
from parsers.quality import is_usable
from records.extracts import Table

_MAX_PAGES = 60
_Result = TypeVar("_Result")
_BREAK_IN_CHINESE = re.compile(r"(?<=[^\x00-\x7f])\n|\n(?=[^\x00-\x7f])")


def tables_of(content: bytes, numbers: Sequence[int], seconds: float) -> tuple[Table, ...]:
    """The tables on these pages (from 1), as far as time allows; the text of the pages is there without them."""
    found = _each_page(content, numbers, seconds, _tables)
    return tuple(table for tables in found.values() for table in tables)


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


def _tables(page: Any) -> list[Table]:
    """Those with two rows or more whose characters are readable."""
    grids = [tuple(tuple(_cell(cell) for cell in row) for row in rows) for rows in page.extract_tables()]
    tables = [Table(rows=rows, page=page.page_number) for rows in grids if len(rows) > 1]
    return [table for table in tables if is_usable("".join(map("".join, table.rows)))]


def _cell(text: str | None) -> str:
    return tidy(_BREAK_IN_CHINESE.sub("", text or "").replace("\n", " "))
