"""What a worker hands back is bounded: a part that would yield gigabytes of text costs no more than its own end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from parsers.media_types import called
from parsers.parsed import Member, Parsed, PixelText
from parsers.problems import too_large, too_many_members, too_much_text
from records.extracts import Page, ReadLimits, Table

_CELL = 4  # characters' worth of memory that a cell takes even when it is empty
_MAX_VALUE = 10_000  # characters of one piece of metadata


def bounded(parsed: Parsed, limits: ReadLimits) -> Parsed:
    """The same as far as the limits go; what was left out is told, unless there is a worse problem already."""
    pages, page_left = _pages(parsed.pages, limits.max_text_chars)
    tables, table_left = _tables(parsed.tables, limits.max_text_chars)
    members = tuple(_members(parsed, limits))
    problem = parsed.problem
    if problem is None and min(page_left, table_left) < 0:
        problem = too_much_text()
    if problem is None and len(members) < len(parsed.members):
        problem = too_many_members(len(members))
    metadata = tuple((name, _valid(value[:_MAX_VALUE])) for name, value in parsed.metadata)
    return replace(parsed, pages=pages, tables=tables, members=members, metadata=metadata, problem=problem)


def bounded_pixels(read: PixelText, limits: ReadLimits) -> PixelText:
    """The text of one page's pixels, no longer than the limit."""
    return replace(read, text=read.text[: limits.max_text_chars])


def weight(parsed: Parsed) -> int:
    """Characters of text in a result, by which the limit is counted."""
    return sum(len(page.text) for page in parsed.pages)


def _pages(pages: Iterable[Page], left: int) -> tuple[tuple[Page, ...], int]:
    """The pages until the limit, the last one cut; and what is left then, below 0 where it was not enough."""
    kept = []
    for page in pages:
        if left >= 0:
            kept.append(replace(page, text=_valid(page.text[:left])))
        left -= len(page.text)
    return tuple(kept), left


def _tables(tables: Iterable[Table], left: int) -> tuple[tuple[Table, ...], int]:
    kept = []
    for table in tables:
        rows, left = _rows(table.rows, left)
        if rows:
            kept.append(replace(table, rows=rows, title=_valid(table.title)))
    return tuple(kept), left


def _rows(rows: Sequence[tuple[str, ...]], left: int) -> tuple[tuple[tuple[str, ...], ...], int]:
    kept = []
    for row in rows:
        left -= sum(map(len, row)) + _CELL * len(row)
        if left < 0:
            break
        kept.append(tuple(map(_valid, row)))
    return tuple(kept), left


def _valid(text: str) -> str:
    """Halves of surrogate pairs, which no storage takes, made whole, or U+FFFD where the other half is missing."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _members(parsed: Parsed, limits: ReadLimits) -> Iterator[Member]:
    """No more members than allowed; the octets of those that are too much stay behind."""
    left = limits.max_unpacked_bytes
    for member in parsed.members[: limits.max_members]:
        left -= len(member.part.content)
        part = replace(member.part, filename=_valid(member.part.filename or "") or None)
        if left >= 0:
            yield replace(member, part=part)
        else:
            yield Member(replace(part, content=b""), too_large(called(parsed.media_type)))
