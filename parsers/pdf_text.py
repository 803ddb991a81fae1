"""A PDF page's own text through PDFium, in lines, its broken lines mended."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from ctypes import byref
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium_c

from parsers.layout import Line, paragraphs, tidy

_MAX_CHARACTERS = 200_000  # of one page; more is hostile
_GAP = 0.7  # of a character's height, between the texts of two cells
_BLANK = 0.2  # of a character's height, between two words
_STRAY = re.compile(r"[“‘]\s*[”’]|.[“”‘’]$")
"""Signs that may be out of their place: quotation marks with nothing between them, or at a line's end."""
_TEXT_LINE = re.compile(r"[^\s\ufffe](?:[^\r\n]*[^\s\ufffe])?")  # without the blanks around it
_NO_TEXT = re.compile("[\ufffe\ufeff\0]")
"""PDFium's mark of a hyphen at a line's end, and octets that mean nothing."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in points, as the page is seen: turned as it asks to be, y downwards."""


@dataclass(frozen=True, slots=True)
class Words:
    """A page's own text. ``is_guessed``: some line's font has no map from its glyphs to characters."""

    text: str
    is_guessed: bool = False


def page_words(page: Any, *, has_cells: bool = False) -> Words:
    """The text in the order of the page's content stream, which is the reading order in what office programs write.

    Where the page ``has_cells``, wide gaps within a line become tabs.
    """
    textpage = page.get_textpage()
    try:
        count = min(textpage.count_chars(), _MAX_CHARACTERS)
        text = textpage.get_text_range(0, count) if count > 0 else ""
        if len(text) != count:  # where lines stand cannot be told
            return Words(_clean("\n".join(line for line in map(tidy, re.split(r"[\r\n]+", text)) if line)))
        lines = list(_lines(text, _boxes(textpage.raw, page), has_cells))
        return Words(_clean(paragraphs(lines)), _is_guessed(textpage.raw, text))
    finally:
        textpage.close()


def _is_guessed(textpage: Any, text: str) -> bool:
    """Whether PDFium had to guess the middle character of some line; signs at its ends are of fonts of their own."""
    found = _TEXT_LINE.finditer(text)
    return any(pdfium_c.FPDFText_HasUnicodeMapError(textpage, sum(line.span()) // 2) == 1 for line in found)


def _clean(text: str) -> str:
    return _NO_TEXT.sub("", text)


def _boxes(textpage: Any, page: Any) -> Callable[[int], Box]:
    """Where the character of an index stands."""
    turns = page.get_rotation() // 90
    width, height = page.get_size()
    rect = pdfium_c.FS_RECTF()
    find, by_reference = pdfium_c.FPDFText_GetLooseCharBox, byref(rect)

    def upright(index: int) -> Box:
        find(textpage, index, by_reference)
        return rect.left, height - rect.top, rect.right, height - rect.bottom

    def turned(index: int) -> Box:
        find(textpage, index, by_reference)
        if turns == 1:
            return rect.bottom, rect.left, rect.top, rect.right
        if turns == 2:
            return width - rect.right, rect.bottom, width - rect.left, rect.top
        return width - rect.top, height - rect.right, width - rect.bottom, height - rect.left

    return turned if turns else upright


def _lines(text: str, box: Callable[[int], Box], has_cells: bool) -> Iterator[Line]:
    for found in _TEXT_LINE.finditer(text):
        first, line = found.start(), found[0]
        left, top, _, bottom = box(first)
        _, last_top, right, last_bottom = box(found.end() - 1)
        if _STRAY.search(line):
            line, left, right = _in_place(line, first, box)
        elif has_cells:
            line = _with_tabs(line, first, box, _GAP * (bottom - top))
        yield Line(line, left, min(top, last_top), right, max(bottom, last_bottom))


def _in_place(line: str, first: int, box: Callable[[int], Box]) -> tuple[str, float, float]:
    """The line from left to right, with where it begins and ends: signs of a second font are drawn after the rest.

    LibreOffice draws a line's quotation marks last where the line's font has none.
    """
    places = sorted((*box(first + index), char) for index, char in enumerate(line) if not char.isspace())
    parts: list[str] = []
    end = places[0][0]
    for left, top, right, bottom, char in places:
        gap = (left - end) / ((bottom - top) or 1.0)
        parts += ("\t" if gap > _GAP else " " if gap > _BLANK else "", char)
        end = right
    return "".join(parts), places[0][0], end


def _with_tabs(line: str, first: int, box: Callable[[int], Box], gap: float) -> str:
    """Tabs in place of the blanks, or of nothing, where the next character stands further off than ``gap``."""
    parts: list[str] = []
    end: float | None = None
    for index, char in enumerate(line):
        if char.isspace():
            continue
        left, _, right, _ = box(first + index)
        is_far = end is not None and left - end > gap
        parts.append("\t" if is_far else " " if index and line[index - 1].isspace() else "")
        parts.append(char)
        end = right
    return "".join(parts)
