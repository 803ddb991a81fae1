"""A PDF page's own text through PDFium, in lines, its broken lines mended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from parsers.layout import Line, paragraphs, tidy

_MAX_CHARACTERS = 200_000  # of one page; more is hostile
_GAP = 0.7  # of a character's height, between the texts of two cells
_BREAK = re.compile(r"\r\n|\r|\n")


def page_text(page: Any, *, has_cells: bool = False) -> str:
    """The text in the order of the page's content stream, which is the reading order in what office programs write.

    Where the page ``has_cells``, wide gaps within a line become tabs.
    """
    textpage = page.get_textpage()
    try:
        count = min(textpage.count_chars(), _MAX_CHARACTERS)
        text = textpage.get_text_range(0, count) if count > 0 else ""
        if len(text) != count or page.get_rotation():  # where lines stand cannot be told
            return _clean("\n".join(line for line in map(tidy, _BREAK.split(text)) if line))
        return _clean(paragraphs(list(_lines(textpage, text, page.get_height(), has_cells))))
    finally:
        textpage.close()


def _clean(text: str) -> str:
    """Without PDFium's mark of a hyphen at a line's end, and without octets that mean nothing."""
    return text.replace("\ufffe", "").replace("\ufeff", "").replace("\0", "")


def _lines(textpage: Any, text: str, height: float, has_cells: bool) -> Iterator[Line]:
    start = 0
    for found in [*_BREAK.finditer(text), None]:
        end = found.start() if found else len(text)
        first, last = start, end
        while first < last and text[first].isspace():
            first += 1
        while last > first and text[last - 1].isspace():
            last -= 1
        if first < last:
            yield _line(textpage, text[first:last], first, height, has_cells)
        start = found.end() if found else end


def _line(textpage: Any, line: str, first: int, height: float, has_cells: bool) -> Line:
    """With the boxes of its first and last characters; PDF's y grows upwards."""
    left, bottom, _, top = textpage.get_charbox(first, loose=True)
    _, last_bottom, right, last_top = textpage.get_charbox(first + len(line) - 1, loose=True)
    if has_cells:
        line = _with_tabs(textpage, line, first, _GAP * (top - bottom))
    return Line(line, left, height - max(top, last_top), right, height - min(bottom, last_bottom))


def _with_tabs(textpage: Any, line: str, first: int, gap: float) -> str:
    """Tabs in place of the blanks, or of nothing, where the next character stands further off than ``gap``."""
    parts: list[str] = []
    end: float | None = None
    for index, char in enumerate(line):
        if char.isspace():
            continue
        left, _, right, _ = textpage.get_charbox(first + index, loose=True)
        is_far = end is not None and left - end > gap
        parts.append("\t" if is_far else " " if index and line[index - 1].isspace() else "")
        parts.append(char)
        end = right
    return "".join(parts)
