"""Lines with their places on a page → text in reading order: rows, columns, paragraphs without their line breaks."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

_HAN = "\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WIDE = _HAN + "\u3000-\u303f\uff00-\uffef“”‘’—…·"
_BLANKS_IN_CHINESE = re.compile(f"(?<=[{_WIDE}])[ \u3000]+(?=[{_WIDE}])")
_BLANK_AT_DIGITS = re.compile(f"(?<=[{_WIDE}]) (?=[0-9])|(?<=[0-9%]) (?=[{_WIDE}])")
_OWN_LINE = re.compile(  # what begins a line of its own wherever the line before ends
    r"^\s*(?:[（(]?[一二三四五六七八九十百]{1,4}[)）、．.]|第[一二三四五六七八九十百\d]+[章条节]|[（(]?\d{1,2}[)）、．]|[①-⑳]|[●■◆▲★·•])"
)
_LONG_LINE = 10  # characters that tell how wide one is
_LARGER = 1.15  # times the page's usual width: a title's characters
_MARGIN = 0.7  # of the widest line, at least, is what a line that runs to the margin takes
_FULL_STOP = ("。", "！", "？")
_HEADING = re.compile(f"^[{_HAN}“”]{{2,20}}$")
_SHORT = 6.0  # characters of its height that a heading below a full line leaves free at least
_SENTENCE_END = ("。", "！", "？", "：", ":", "!", "?")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, or a piece of one, upright, in any unit; y grows downwards."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        """Of the characters, about."""
        return self.bottom - self.top


def reading_order(lines: Sequence[Line]) -> list[Line]:
    """The page's lines from top to bottom: pieces of one row joined, a page in two columns read column by column."""
    gutter = _gutter(lines)
    if gutter is None:
        return [_joined(row) for row in _rows(lines)]
    top = [line for line in lines if line.left < gutter < line.right]
    ordered: list[Line] = []
    for band in _bands(lines, top):
        halves = ([piece for piece in band if piece.right <= gutter], [piece for piece in band if piece.left >= gutter])
        crossing = [piece for piece in band if piece in top]
        for group in (crossing, *halves):
            ordered += [_joined(row) for row in _rows(group)]
    return ordered


def paragraphs(lines: Sequence[Line]) -> str:
    """Text whose lines are those that the writer meant: a line that runs to the margin goes on in the next one."""
    if not lines:
        return ""
    size = median(line.height for line in lines) or 1.0
    left = sorted(line.left for line in lines)[len(lines) // 10]
    right = _margin([line.right for line in lines], left, 1.5 * size)
    pitches = [_pitch(line) for line in lines]
    long = [pitch for pitch, line in zip(pitches, lines, strict=True) if len(line.text) >= _LONG_LINE]
    usual = median(long or [size])
    text = tidy(lines[0].text)
    for (before, line), (pitch_before, pitch) in zip(pairwise(lines), pairwise(pitches), strict=True):
        is_title = pitch_before > _LARGER * usual >= pitch
        joins = not is_title and _goes_on(before, line, size, left, right)
        text += _glue(text, line.text) if joins else "\n"
        text += tidy(line.text)
    return text


def in_one_line(lines: Sequence[Line]) -> str:
    """The text of a cell: its lines one after the other, without breaks."""
    text = ""
    for row in _rows(lines):
        piece = tidy(_joined(row).text.replace("\t", " "))
        text += _glue(text, piece) + piece
    return text


def _pitch(line: Line) -> float:
    """The width of a Chinese character in the line, as far as it can be told: steadier than the height of a box."""
    characters = len(line.text) - 0.45 * len(line.text.encode("ascii", "ignore"))
    return (line.right - line.left) / max(characters, 1.0)


def _margin(edges: Sequence[float], left: float, slack: float) -> float:
    """The outermost place at which, or a little before it, the most lines end; short headings are no margin."""
    least = left + _MARGIN * (max(edges) - left)
    ordered = [edge for edge in sorted(edges) if edge >= least]
    counts = [(index + 1 - bisect_left(ordered, edge - slack), edge) for index, edge in enumerate(ordered)]
    return max(counts)[1]


def tidy(text: str) -> str:
    """Without the blanks that layout put between Chinese characters, between them and digits, and around the line."""
    text = text.strip(" \u3000")
    if " " not in text and "\u3000" not in text:
        return text
    return _BLANK_AT_DIGITS.sub("", _BLANKS_IN_CHINESE.sub("", text))


def _goes_on(before: Line, line: Line, size: float, left: float, right: float) -> bool:
    if "\t" in before.text or "\t" in line.text or len(before.text.strip()) < 6:
        return False
    if abs(before.height - line.height) > 0.22 * size or line.top - before.bottom > 1.6 * size or line.top < before.top:
        return False
    reaches = before.right >= right - 1.9 * size and not before.text.rstrip().endswith("：")
    if before.text.rstrip().endswith(_FULL_STOP) and line.right < right - _SHORT * size and _HEADING.search(line.text):
        return False
    if before.left > left + 3.3 * size:  # a signature or a title, not a paragraph
        return False
    indented = line.left > left + 1.2 * size and line.left > before.left + 0.8 * size
    return reaches and not indented and not _OWN_LINE.match(line.text)


def _glue(before: str, after: str) -> str:
    """A blank between words of alphabets, nothing beside Chinese."""
    ends, begins = before[-1:], after.lstrip()[:1]
    return " " if ends.isascii() and begins.isascii() and ends.isalnum() and begins.isalpha() else ""


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines beside one another, from left to right; a line belongs to the row that it shares half its height with."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda piece: (piece.top + piece.bottom) / 2):
        if rows and _is_beside(rows[-1], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda piece: piece.left) for row in rows]


def _is_beside(row: list[Line], line: Line) -> bool:
    nearest = min(row, key=lambda piece: abs(piece.left - line.left))
    shared = min(nearest.bottom, line.bottom) - max(nearest.top, line.top)
    return shared >= 0.5 * min(nearest.height, line.height)


def _joined(row: list[Line]) -> Line:
    """One line of its pieces: a tab where there is a gap between them, as between a table's columns."""
    text = row[0].text
    for before, piece in pairwise(row):
        gap = piece.left - before.right
        text += ("\t" if gap > 1.2 * min(before.height, piece.height) else "") + piece.text
    return Line(text, row[0].left, min(p.top for p in row), max(p.right for p in row), max(p.bottom for p in row))


def _gutter(lines: Sequence[Line]) -> float | None:
    """Where the gap between two columns of running text lies, None on pages with one column or with tables."""
    if len(lines) < 14:
        return None
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    middle = (left + right) / 2
    sides = [[p for p in lines if p.right <= middle], [p for p in lines if p.left >= middle]]
    if min(map(len, sides)) < 6 or sum(map(len, sides)) < 0.8 * len(lines):
        return None
    full = [median(piece.right - piece.left for piece in side) > 0.38 * (right - left) for side in sides]
    return middle if all(full) else None


def _bands(lines: Sequence[Line], crossing: Sequence[Line]) -> list[list[Line]]:
    """The page cut above each line that crosses the gutter, so that headings stay where they are."""
    cuts = sorted(line.top for line in crossing)
    bands: list[list[Line]] = [[] for _ in range(len(cuts) + 1)]
    for line in lines:
        bands[sum(1 for cut in cuts if line.top >= cut)].append(line)
    return [band for band in bands if band]
