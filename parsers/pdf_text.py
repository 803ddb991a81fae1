"""A PDF page's own text through PDFium, in lines, its broken lines mended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from parsers.layout import Line, paragraphs, tidy

_MAX_CHARACTERS = 200_000  # of one page; more is hostile
_BREAK = re.compile(r"\r\n|\r|\n")


def page_text(page: Any) -> str:
    """The text in the order of the page's content stream, which is the reading order in what office programs write."""
    textpage = page.get_textpage()
    try:
        count = min(textpage.count_chars(), _MAX_CHARACTERS)
        text = textpage.get_text_range(0, count) if count > 0 else ""
        text = text.replace("\ufffe", "").replace("\ufeff", "")
        if len(text) != count:  # places cannot be told
            return "\n".join(line for line in map(tidy, _BREAK.split(text)) if line)
        return paragraphs(list(_lines(textpage, text, page.get_height())))
    finally:
        textpage.close()


def _lines(textpage: Any, text: str, height: float) -> Iterator[Line]:
    start = 0
    for found in [*_BREAK.finditer(text), None]:
        end = found.start() if found else len(text)
        line = text[start:end]
        if line.strip():
            yield _line(textpage, line, start, height)
        start = found.end() if found else end


def _line(textpage: Any, line: str, start: int, height: float) -> Line:
    """With the boxes of its first and last printed characters; PDF's y grows upwards."""
    first = start + len(line) - len(line.lstrip())
    last = start + len(line.rstrip()) - 1
    left, bottom, _, top = textpage.get_charbox(first, loose=True)
    _, last_bottom, right, last_top = textpage.get_charbox(last, loose=True)
    return Line(line, left, height - max(top, last_top), right, height - min(bottom, last_bottom))
