"""Puts together what was read of one part: its own pages, those read from pixels, its members."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from parsers.parsed import Parsed, PixelPage, PixelText, Problem
from parsers.problems import partly_unread
from records.extracts import Extract, Page, Table
from records.mail import Part
from records.secrecy import CLASSIFIED, mark_of


@dataclass(slots=True)
class Node:
    """A part on its way to its extract."""

    part: Part
    depth: int
    forwards: int = 0  # attached messages above it that hang one directly in the other
    parsed: Parsed | None = None
    pixels: dict[int, PixelText] = field(default_factory=dict)  # by frame
    members: list[Node] = field(default_factory=list)


def assemble(node: Node) -> Extract:
    """The extract of a part whose reading has ended, members included."""
    parsed = node.parsed
    assert parsed is not None
    pages = _pages(parsed, node.pixels)
    problem = _problem(parsed, node.pixels, pages)
    return Extract(
        part=node.part,
        media_type=parsed.media_type,
        status=problem.status if problem else "ok",
        pages=pages,
        tables=parsed.tables + _scanned_tables(parsed, node.pixels),
        picture=parsed.picture,
        metadata=parsed.metadata + _marks(pages),
        members=tuple(assemble(member) for member in node.members),
        reason=problem.reason if problem else None,
        explanation=problem.explanation if problem else None,
        parser=parsed.parser,
        page_count=parsed.page_count,
        thumbnail=parsed.thumbnail,
    )


def _pages(parsed: Parsed, pixels: Mapping[int, PixelText]) -> tuple[Page, ...]:
    pages = {page.number: page for page in parsed.pages}
    for wanted in parsed.pixel_pages:
        read = pixels[wanted.frame]
        if read.text:
            pages[wanted.number] = _with_pixels(pages.get(wanted.number), wanted, read)
    return tuple(page for _, page in sorted(pages.items()))


def _scanned_tables(parsed: Parsed, pixels: Mapping[int, PixelText]) -> tuple[Table, ...]:
    return tuple(
        Table(rows, page=wanted.number) for wanted in parsed.pixel_pages for rows in pixels[wanted.frame].tables
    )


def _with_pixels(page: Page | None, wanted: PixelPage, read: PixelText) -> Page:
    if page is None or not page.text or wanted.onto == "replace":
        return Page(wanted.number, read.text, "ocr", read.confidence)
    return replace(page, text=f"{page.text}\n{read.text}", source="mixed", confidence=read.confidence)


def _problem(parsed: Parsed, pixels: Mapping[int, PixelText], pages: tuple[Page, ...]) -> Problem | None:
    """The parser's own problem first; pages that OCR could not read make the rest partial."""
    unread = [read.problem for read in pixels.values() if read.problem is not None]
    if parsed.problem is not None or not unread:
        return parsed.problem
    has_text = any(page.text for page in pages)
    return partly_unread(unread[0], len(unread)) if has_text or len(unread) < len(pixels) else unread[0]


def _marks(pages: tuple[Page, ...]) -> tuple[tuple[str, str], ...]:
    """The mark of secrecy that the document bears on one of its pages, as metadata."""
    found = next((mark for page in pages if (mark := mark_of(page.text))), None)
    return ((CLASSIFIED, found),) if found else ()
