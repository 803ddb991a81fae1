"""Pixels → text: RapidOCR with the models inside its package, the page turned upright first, lines in reading order."""

from __future__ import annotations

import importlib.util
import math
import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from rapidocr import EngineType, RapidOCR
from rapidocr.main import RapidOCRError

from parsers.layout import Line, paragraphs, reading_order
from parsers.parsed import PixelText
from parsers.scan_tables import Filled, Grid, fill, overlooked, ruled
from parsers.seals import without_seals
from parsers.turning import begun_left, crop, quarters, turned

Pixels = npt.NDArray[Any]
Boxes = npt.NDArray[Any]  # n × 4 corners × (x, y), clockwise from the line's beginning
_DETECTOR_SIDE = 960  # pixels of the longer side; more costs half as much again and finds no more
_LEAST_CONFIDENCE = 0.5  # of a line
_LEAST_OF_LETTERS = 0.7  # of one without Chinese and figures: crowds and leaves look like "mim"
_TELLING_TEXT = re.compile(r"[0-9\u2e80-\u9fff]")
_STEP = 64  # widths of lines are rounded up to it: the engine keeps compiled code for each width that it meets
_LINE_HEIGHT, _LEAST_WIDTH = 48, 320  # of the recognizer's input
_LONG, _COLUMN = 1.5, 2.6  # times as high as wide: may be one figure or a column of text; a column for certain
_TELLING = 2.0  # times as wide as high: boxes of lines that tell how much the page slants
_LEAST_IN_TABLE = 5  # boxes; photos of scenes hold fewer and are not searched for rules
_OVER_RULE = 0.6  # heights by which a box must reach over a rule on both sides to be cut there
_STROKES = 3  # walls within one line that may be strokes of its letters
_SURE = 0.85  # confidence of a figure that need not be read as a column too


class Engine:
    """Detector, classifier and recognizer, loaded once a process; one thread."""

    def __init__(self) -> None:
        cv2.setNumThreads(1)
        fast = EngineType.OPENVINO if importlib.util.find_spec("openvino") else EngineType.ONNXRUNTIME
        self._rapid = RapidOCR(
            params={
                "Global.log_level": "critical",
                "Det.engine_type": fast,
                "Cls.engine_type": fast,
                "Rec.engine_type": fast,
                "EngineConfig.openvino.inference_num_threads": 1,
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                "Det.limit_type": "max",
                "Det.limit_side_len": _DETECTOR_SIDE,
                "Rec.rec_batch_num": 1,
            }
        )

    def read(self, pixels: Pixels) -> PixelText:
        """The text of a page, BGR; lying or upside down, and a little askew, is no hindrance."""
        pixels = without_seals(pixels)
        boxes = self._detect(pixels)
        if not len(boxes):
            return PixelText()
        turns = quarters(pixels, boxes, self._vote)
        pixels, boxes = turned(pixels, boxes, turns)
        slant, size = _slant(boxes), median(np.linalg.norm(boxes[:, 0] - boxes[:, 3], axis=1).tolist())
        tables: tuple[Grid, ...] = ()
        pieces = list(boxes)
        if len(boxes) >= _LEAST_IN_TABLE:
            page = ruled(pixels, slant, size)
            slant = page.slant
            tables = _no_letters(page.grids, [_level(box, "", slant) for box in boxes])
            pieces = [piece for box in boxes for piece in _cut(box, slant, tables)]
            level = [_level(box, "", slant) for box in pieces]
            pieces += [_slanting(box, slant) for table in tables for box in overlooked(table, level, page.gray, size)]
        kept = [read for box in pieces if (read := self._recognize(pixels, box)) is not None]
        characters = sum(len(text) for _, text, _ in kept)
        confidence = sum(len(text) * score for _, text, score in kept) / characters if characters else None
        lines, rows = _in_tables([_level(box, text, slant) for box, text, _ in kept], tables)
        return PixelText(
            paragraphs(reading_order(lines)), round(confidence, 4) if confidence else None, 90 * turns, rows
        )

    def _recognize(self, pixels: Pixels, box: Pixels) -> tuple[Pixels, str, float] | None:
        """Box, text and confidence of a line, None where it could not be read.

        A narrow box may hold one figure, or a line from top to bottom, which the recognizer knows lying.
        """
        line = crop(pixels, box)
        tallness = line.shape[0] / line.shape[1]
        text, score = self._text(np.rot90(line) if tallness >= _COLUMN else line)
        if _LONG <= tallness < _COLUMN and score < _SURE:
            text, score = max((text, score), self._text(np.rot90(line)), key=lambda read: read[1])
        least = _LEAST_CONFIDENCE if _TELLING_TEXT.search(text) else _LEAST_OF_LETTERS
        return (box, text, score) if score >= least and text.strip() else None

    def _text(self, line: Pixels) -> tuple[str, float]:
        """The text of a line's pixels and how sure it is, 0–1."""
        read = self._rapid.recognize_txt([_padded(line)])
        return (str(read.txts[0]), float((read.scores or (0.0,))[0])) if read.txts else ("", 0.0)

    def _detect(self, pixels: Pixels) -> Boxes:
        """The boxes of the page's lines."""
        try:
            _, found = self._rapid.detect_and_crop(pixels, {})
        except RapidOCRError:  # its way to say that there is no text
            return np.empty((0, 4, 2), np.float32)
        return begun_left(np.asarray(found.boxes, np.float32))

    def _vote(self, crops: list[Pixels]) -> float:
        """Above 0 where most lines stand upright."""
        if not crops:
            return 0.0
        votes = self._rapid.cls_and_rotate(crops)[1].cls_res or []
        return float(sum((0.5 - score) if "180" in label else (score - 0.5) for label, score in votes))


def _padded(crop: Pixels) -> Pixels:
    """The line with its last column repeated until its width is a whole number of steps."""
    height, width = crop.shape[:2]
    scaled = _LINE_HEIGHT * width / height
    if scaled <= _LEAST_WIDTH:
        return crop
    wanted = round(math.ceil(scaled / _STEP) * _STEP * height / _LINE_HEIGHT)
    return cv2.copyMakeBorder(crop, 0, 0, 0, max(wanted - width, 0), cv2.BORDER_REPLICATE)


def _slant(boxes: Boxes) -> float:
    """By how many radians the page's long lines fall to the right."""
    edges = boxes[:, 1] - boxes[:, 0]
    long = np.linalg.norm(edges, axis=1) >= _TELLING * np.linalg.norm(boxes[:, 3] - boxes[:, 0], axis=1)
    angles = np.arctan2(edges[long, 1], edges[long, 0])
    return float(np.median(angles)) if len(angles) else 0.0


def _levelled(box: Pixels, slant: float) -> Pixels:
    """The box's corners on the page turned level about its upper left corner."""
    turn = np.array([[math.cos(slant), math.sin(slant)], [-math.sin(slant), math.cos(slant)]])
    points: Pixels = np.asarray(box, dtype=np.float64) @ turn.T
    return points


def _slanting(box: tuple[float, float, float, float], slant: float) -> Pixels:
    """The corners on the page itself of a box on the levelled page."""
    left, top, right, bottom = box
    return _levelled(np.array([[left, top], [right, top], [right, bottom], [left, bottom]]), -slant)


def _level(box: Pixels, text: str, slant: float) -> Line:
    """The line with a level box: the page's slant is taken out of its place."""
    points = _levelled(box, slant)
    middle_left, middle_right = (points[0] + points[3]) / 2, (points[1] + points[2]) / 2
    height = (np.linalg.norm(points[0] - points[3]) + np.linalg.norm(points[1] - points[2])) / 2
    y = (middle_left[1] + middle_right[1]) / 2
    return Line(text, float(middle_left[0]), float(y - height / 2), float(middle_right[0]), float(y + height / 2))


def _no_letters(tables: Sequence[Grid], lines: Sequence[Line]) -> tuple[Grid, ...]:
    """The tables without those whose rules are strokes of large letters: closer to each other than these are high."""
    return tuple(table for table in tables if not any(_is_ruled_by(line, table) for line in lines))


def _is_ruled_by(line: Line, table: Grid) -> bool:
    walls = [wall for wall in table.walls((line.top + line.bottom) / 2) if line.left < wall < line.right]
    return len(walls) >= _STROKES and median(after - before for before, after in pairwise(walls)) < line.height


def _cut(box: Pixels, slant: float, tables: Sequence[Grid]) -> list[Pixels]:
    """The box, or its pieces where the detector took the text of several cells for one line."""
    level = _level(box, "", slant)
    slack = _OVER_RULE * level.height
    walls = [wall for table in tables for wall in table.walls((level.top + level.bottom) / 2)]
    places = [wall for wall in walls if level.left + slack < wall < level.right - slack]
    shares = [0.0, *((place - level.left) / (level.right - level.left) for place in sorted(places)), 1.0]
    upper, lower = box[1] - box[0], box[2] - box[3]
    return [
        np.stack([box[0] + begin * upper, box[0] + end * upper, box[3] + end * lower, box[3] + begin * lower])
        for begin, end in pairwise(shares)
    ]


def _in_tables(lines: list[Line], tables: Sequence[Grid]) -> tuple[list[Line], tuple[tuple[tuple[str, ...], ...], ...]]:
    """The lines, those in tables as the tables' rows, and the rows of cells of each table."""
    read: list[Filled] = []
    for table in tables:
        filled, lines = fill(table, lines)
        read += [filled] if filled else []
    return lines + [row for table in read for row in table.lines], tuple(table.rows for table in read)
