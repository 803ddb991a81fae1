"""Ruled lines in a page's pixels → grids of cells, and the page's lines of text put into them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from statistics import median
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from parsers.layout import Line, in_one_line

Pixels = npt.NDArray[Any]
_ACROSS, _DOWN = 1.4, 1.0  # heights of a line's box: longer straight strokes than any character's are rules
_LIGHTER, _NEIGHBOURS = 10, 25  # a rule is so much darker than the mean of a square of so many pixels
_LONG_RULE, _RULES_ASKED = 6, 8  # heights of a line of text: rules that tell the slant; how many are asked
_DRIFT = 0.45  # heights of a line of text by which pieces of one rule may stand apart
_DRAWN = 0.5  # share of a cell's side that must be drawn to be a wall
_LEAST_FILLED = 3  # cells with text; fewer are a frame or a scene
_CONTRAST, _MOST_INK = 80, 0.4  # of 255 between ink and paper; share of a cell that ink may cover
_LEAST_SLANT = 0.002  # radians: a pixel in 500


@dataclass(frozen=True, slots=True)
class Grid:
    """A table's rules, in the coordinates of the levelled page.

    ``anchors`` names for each row and column the place (row, column) whose text the cell belongs to: its own, or that
    of the first of the cells that it is merged with.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    anchors: tuple[tuple[tuple[int, int], ...], ...]

    def place(self, x: float, y: float) -> tuple[int, int] | None:
        """The cell at a point, None outside of the table."""
        column, row = _between(self.xs, x), _between(self.ys, y)
        return None if row is None or column is None else self.anchors[row][column]

    def cells(self) -> dict[tuple[int, int], tuple[float, float, float, float]]:
        """Left, top, right and bottom of each cell by the place that its text belongs to."""
        found: dict[tuple[int, int], tuple[float, float, float, float]] = {}
        for row, column in product(range(len(self.ys) - 1), range(len(self.xs) - 1)):
            left, top, *_ = found.setdefault(self.anchors[row][column], (self.xs[column], self.ys[row], 0.0, 0.0))
            found[self.anchors[row][column]] = (left, top, self.xs[column + 1], self.ys[row + 1])
        return found

    def walls(self, y: float) -> list[float]:
        """Where rules between two cells cross the height ``y``."""
        row = _between(self.ys, y)
        if row is None:
            return []
        cells = self.anchors[row]
        return [x for x, (one, other) in zip(self.xs[1:-1], pairwise(cells), strict=True) if one != other]


@dataclass(frozen=True, slots=True)
class Filled:
    """A table read: ``rows`` of cells, each merged cell's text in its first place, and the same as ``lines``."""

    rows: tuple[tuple[str, ...], ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Ruled:
    """A page turned level about its upper left corner, in gray; by how many radians it fell; its ruled tables."""

    gray: Pixels
    slant: float
    grids: tuple[Grid, ...]


def ruled(pixels: Pixels, slant: float, size: float) -> Ruled:
    """The tables of an upright page (BGR) whose lines, ``size`` pixels high, seem to fall by ``slant`` radians.

    Long rules tell the slant better than short words do.
    """
    gray = levelled(pixels, slant)
    across = _across(gray, size)
    rest = _slope(across, size)
    if abs(rest) > _LEAST_SLANT:
        slant += rest
        gray = levelled(pixels, slant)
        across = _across(gray, size)
    return Ruled(gray, slant, tuple(_grids(gray, across, size)) if across.any() else ())


def _across(gray: Pixels, size: float) -> Pixels:
    return _strokes(_ink(gray), (max(round(_ACROSS * size), 8), 1))


def _slope(across: Pixels, size: float) -> float:
    """By how many radians the longest strokes fall to the right; 0 where none is long."""
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(across)
    widest = sorted(range(1, len(boxes)), key=lambda label: -boxes[label, 2])[:_RULES_ASKED]
    slopes = []
    for label in widest:
        left, top, width, height, _ = boxes[label].tolist()
        if width >= _LONG_RULE * size:
            ys, xs = np.nonzero(labels[top : top + height, left : left + width] == label)
            slopes.append(math.atan(float(np.polyfit(xs, ys, 1)[0])))
    return median(slopes) if slopes else 0.0


def _grids(gray: Pixels, across: Pixels, size: float) -> list[Grid]:
    down = _strokes(_ink(gray), (1, max(round(_DOWN * size), 8)))
    both = cv2.dilate(cv2.bitwise_or(across, down), np.ones((5, 5), np.uint8))
    _, _, boxes, _ = cv2.connectedComponentsWithStats(both)
    found = []
    for left, top, width, height, _ in boxes[1:].tolist():
        if width > 4 * size and height > 2 * size:
            place = np.s_[top : top + height, left : left + width]
            found += _grid(across[place], down[place], (left, top), size)
    return found


def overlooked(grid: Grid, lines: Sequence[Line], gray: Pixels, size: float) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of what is written in cells that hold none of the lines: figures standing alone.

    ``gray`` is the levelled page, as in :class:`Ruled`.
    """
    taken = {grid.place((line.left + line.right) / 2, (line.top + line.bottom) / 2) for line in lines}
    empty = [cell for place, cell in grid.cells().items() if place not in taken]
    return [written for cell in empty if (written := _written(gray, cell, size)) is not None]


def _written(
    gray: Pixels, cell: tuple[float, float, float, float], size: float
) -> tuple[float, float, float, float] | None:
    """The box of the ink in a cell, away from its rules, with a margin as the detector leaves."""
    inset = 0.2 * size
    left, top, right, bottom = (
        round(cell[0] + inset), round(cell[1] + inset), round(cell[2] - inset), round(cell[3] - inset)
    )  # fmt: skip
    inside = gray[max(top, 0) : bottom, max(left, 0) : right]
    if min(inside.shape) < 0.4 * size or int(inside.max()) - int(inside.min()) < _CONTRAST:
        return None
    dark = (inside < (int(inside.max()) + int(inside.min())) / 2).astype(np.uint8)
    x, y, width, height = cv2.boundingRect(dark)
    if not 0.35 * size <= height <= 1.2 * size or dark.mean() > _MOST_INK:
        return None
    margin = 0.2 * size
    return left + x - margin, top + y - margin, left + x + width + margin, top + y + height + margin


def fill(grid: Grid, lines: Sequence[Line]) -> tuple[Filled | None, list[Line]]:
    """The table with the lines that stand in it, and the lines that do not; None, and all, where it holds too few."""
    cells: dict[tuple[int, int], list[Line]] = {}
    others: list[Line] = []
    for line in lines:
        place = grid.place((line.left + line.right) / 2, (line.top + line.bottom) / 2)
        (others if place is None else cells.setdefault(place, [])).append(line)
    if len(cells) < _LEAST_FILLED:
        return None, list(lines)
    texts = {place: in_one_line(inside) for place, inside in cells.items()}
    shape = (range(len(grid.ys) - 1), range(len(grid.xs) - 1))
    rows = tuple(tuple(texts.get((row, column), "") for column in shape[1]) for row in shape[0])
    height = median(line.height for inside in cells.values() for line in inside)
    return Filled(rows, tuple(_as_lines(grid, rows, height))), others


def _as_lines(grid: Grid, rows: Sequence[Sequence[str]], height: float) -> Iterator[Line]:
    for row, (top, bottom) in zip(rows, pairwise(grid.ys), strict=True):
        text = "\t".join(cell for cell in row if cell)
        middle = (top + bottom) / 2
        if text:
            yield Line(text, grid.xs[0], middle - height / 2, grid.xs[-1], middle + height / 2)


def levelled(pixels: Pixels, slant: float) -> Pixels:
    """An upright page (BGR) whose lines fall by ``slant`` radians: gray, turned level about its upper left corner."""
    gray = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    if abs(slant) > _LEAST_SLANT:
        height, width = gray.shape
        cosine, sine = math.cos(slant), math.sin(slant)
        matrix = np.array([[cosine, sine, 0.0], [-sine, cosine, 0.0]])
        size = (round(width * cosine + height * max(sine, 0.0)), round(height * cosine + width * max(-sine, 0.0)))
        gray = cv2.warpAffine(gray, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return gray


def _ink(gray: Pixels) -> Pixels:
    """1 where something is darker than around it."""
    return cv2.adaptiveThreshold(gray, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, _NEIGHBOURS, _LIGHTER)


def _strokes(ink: Pixels, kernel: tuple[int, int]) -> Pixels:
    """Straight strokes of that length at least; they may sway by a pixel and have small gaps."""
    across, down = kernel
    thick = cv2.dilate(ink, np.ones((3, 1) if across > down else (1, 3), np.uint8))
    return cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((down, across), np.uint8))


def _grid(across: Pixels, down: Pixels, corner: tuple[int, int], size: float) -> list[Grid]:
    ys = _rules(across, 1, size)
    xs = _rules(down, 0, size)
    if len(xs) < 3 or len(ys) < 3:
        return []
    anchors = _anchors(across, down, xs, ys, round(_DRIFT * size))
    left, top = corner
    return [Grid(tuple(x + left for x in xs), tuple(y + top for y in ys), anchors)]


def _rules(strokes: Pixels, axis: int, size: float) -> list[int]:
    """Where the strokes lie, those that drift apart a little as one; the table's outer edges too, drawn or not."""
    _, _, boxes, _ = cv2.connectedComponentsWithStats(strokes)
    starts, lengths = boxes[1:, axis], boxes[1:, 2 + axis]
    places = sorted((starts + lengths / 2).tolist())
    groups: list[list[float]] = []
    for place in [0.0, *places, float(strokes.shape[1 - axis])]:
        if groups and place - groups[-1][-1] <= _DRIFT * size:
            groups[-1].append(place)
        else:
            groups.append([place])
    return [round(median(group)) for group in groups]


def _anchors(
    across: Pixels, down: Pixels, xs: Sequence[int], ys: Sequence[int], slack: int
) -> tuple[tuple[tuple[int, int], ...], ...]:
    """For each cell the first of those that it is one with, as no wall parts them."""
    places = list(product(range(len(ys) - 1), range(len(xs) - 1)))
    first = {place: place for place in places}
    for row, column in places:
        inside = ys[row] + slack // 2, ys[row + 1] - slack // 2
        if column and not _is_wall(down, xs[column], inside, slack, axis=0):
            _unite(first, (row, column - 1), (row, column))
        inside = xs[column] + slack // 2, xs[column + 1] - slack // 2
        if row and not _is_wall(across, ys[row], inside, slack, axis=1):
            _unite(first, (row - 1, column), (row, column))
    return tuple(tuple(first[row, column] for column in range(len(xs) - 1)) for row in range(len(ys) - 1))


def _is_wall(strokes: Pixels, place: int, span: tuple[int, int], slack: int, axis: int) -> bool:
    """Whether a rule is drawn at ``place`` along most of the span."""
    around = slice(max(place - slack, 0), place + slack + 1)
    along = slice(span[0], max(span[1], span[0] + 1))
    strip = strokes[along, around] if axis == 0 else strokes[around, along].T
    return bool(strip.any(axis=1).mean() >= _DRAWN) if strip.size else False


def _unite(first: dict[tuple[int, int], tuple[int, int]], one: tuple[int, int], other: tuple[int, int]) -> None:
    """All cells of both groups belong to the earlier of their first cells."""
    groups = {first[one], first[other]}
    for place, anchor in first.items():
        if anchor in groups:
            first[place] = min(groups)


def _between(edges: Sequence[float], value: float) -> int | None:
    """The number of the stretch that the value lies in."""
    return next((index for index, (low, high) in enumerate(pairwise(edges)) if low <= value < high), None)
