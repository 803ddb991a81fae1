"""Pixels → text: RapidOCR with the models inside its package, the page turned upright first, lines in reading order."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Sequence
from statistics import median
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from rapidocr import EngineType, RapidOCR
from rapidocr.main import RapidOCRError

from parsers.layout import Line, paragraphs, reading_order
from parsers.parsed import PixelText
from parsers.seals import without_seals

Pixels = npt.NDArray[Any]
Boxes = npt.NDArray[Any]  # n × 4 corners × (x, y), clockwise from the line's beginning
_DETECTOR_SIDE = 960  # pixels of the longer side; more costs half as much again and finds no more
_LEAST_CONFIDENCE = 0.5  # of a line
_LINES_ASKED = 9  # for the way up
_STEP = 64  # widths of lines are rounded up to it: the engine keeps compiled code for each width that it meets
_LINE_HEIGHT, _LEAST_WIDTH = 48, 320  # of the recognizer's input
_LONG = 1.5  # a box so many times longer than wide shows which way its line runs


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
        crops, boxes = self._detect(pixels)
        turns = self._turns(crops, boxes) if crops else 0
        if turns:
            crops, boxes = self._detect(np.ascontiguousarray(np.rot90(pixels, turns)))
        if not crops:
            return PixelText(turned=90 * turns)
        kept = self._recognize(crops, boxes)
        characters = sum(len(text) for _, text, _ in kept)
        confidence = sum(len(text) * score for _, text, score in kept) / characters if characters else None
        lines = reading_order(_straight([(box, text) for box, text, _ in kept]))
        return PixelText(paragraphs(lines), round(confidence, 4) if confidence else None, 90 * turns)

    def _recognize(self, crops: list[Pixels], boxes: Boxes) -> list[tuple[Pixels, str, float]]:
        """Box, text and confidence of each line that could be read."""
        read = self._rapid.recognize_txt([_padded(crop) for crop in crops])
        return [
            (box, str(text), float(score))
            for box, text, score in zip(boxes, read.txts or (), read.scores or (), strict=True)
            if score >= _LEAST_CONFIDENCE and text.strip()
        ]

    def _detect(self, pixels: Pixels) -> tuple[list[Pixels], Boxes]:
        try:
            crops, found = self._rapid.detect_and_crop(pixels, {})
        except RapidOCRError:  # its way to say that there is no text
            return [], np.empty((0, 4, 2), np.float32)
        return crops, np.asarray(found.boxes)

    def _turns(self, crops: Sequence[Pixels], boxes: Boxes) -> int:
        """By how many quarters, counter-clockwise, the page must be turned to stand upright.

        Most boxes' long sides tell whether lines run across or along; a vote of the longest lines, which way is up.
        """
        widths = np.linalg.norm(boxes[:, 0] - boxes[:, 1], axis=1)
        heights = np.linalg.norm(boxes[:, 0] - boxes[:, 3], axis=1)
        lying, upright = heights >= _LONG * widths, widths >= _LONG * heights
        is_lying = bool(heights[lying].sum() > widths[upright].sum())
        chosen = lying if is_lying else upright
        longest = sorted(map(int, np.flatnonzero(chosen)), key=lambda index: -max(widths[index], heights[index]))[
            :_LINES_ASKED
        ]
        is_upside_down = self._vote([crops[index] for index in longest]) < 0
        if is_lying:
            return 3 if is_upside_down else 1
        return 2 if is_upside_down else 0

    def _vote(self, crops: list[Pixels]) -> float:
        """Above 0 where most lines stand upright; crops of lying lines have been turned a quarter already."""
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


def _straight(found: Sequence[tuple[Any, str]]) -> list[Line]:
    """Lines with level boxes: the page's slant, told by its long lines, is taken out of their places."""
    angles = [math.atan2(*(box[1] - box[0])[::-1]) for box, text in found if len(text) >= 4]
    slant = median(angles) if angles else 0.0
    turn = np.array([[math.cos(-slant), -math.sin(-slant)], [math.sin(-slant), math.cos(-slant)]])
    lines = []
    for box, text in found:
        points = np.asarray(box, dtype=np.float64) @ turn.T
        middle_left, middle_right = (points[0] + points[3]) / 2, (points[1] + points[2]) / 2
        height = (np.linalg.norm(points[0] - points[3]) + np.linalg.norm(points[1] - points[2])) / 2
        y = (middle_left[1] + middle_right[1]) / 2
        lines.append(
            Line(text, float(middle_left[0]), float(y - height / 2), float(middle_right[0]), float(y + height / 2))
        )
    return lines
