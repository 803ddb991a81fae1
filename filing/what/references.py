"""Numbers that a report only shows: tables and sentences that are said to be for reference, no part of the report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from filing.documents import Document
from filing.text.vocabulary import marker

TABLE = re.compile(r"[\u4e00-\u9fff]{1,8}表")
ANY_TABLE = re.compile("[附该此][件]?表$")
CLOSING = re.compile(r"[。；;！!\n]")
END_OF_NAME = 3  # signs: 进度表 of 镇里各村进度表


def without_references(documents: Sequence[Document]) -> list[Document]:
    """``documents`` without the sheets that are for reference (仅供参考，不作为报送), by its words or another's."""
    sheets = [document for document in documents if document.role == "sheet"]
    named = [name for document in documents for name in _tables_named(document)] if sheets else []
    return [document for document in documents if document.role != "sheet" or not _is_reference(document, named)]


def is_reference(text: str) -> bool:
    """Whether a sentence says that its numbers are for reference, or are not the sender's own."""
    return marker("references", "only").search(text) is not None


def _tables_named(document: Document) -> list[str]:
    """The tables of which a document says that they are for reference; a sheet may say it of itself alone."""
    pieces = CLOSING.split(document.text) if document.role in ("body", "document") else []
    return [name for piece in pieces if is_reference(piece) for name in TABLE.findall(piece)]


def _is_reference(sheet: Document, named: Sequence[str]) -> bool:
    stem = PurePath(sheet.filename or "").stem
    titles = (stem, *(table.title for table in sheet.tables), *sheet.lines[:2])
    if any(is_reference(title) or marker("references", "title").search(title) for title in titles):
        return True
    return any(ANY_TABLE.search(name) or name[-END_OF_NAME:] in title for name in named for title in titles)
