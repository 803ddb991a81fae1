"""Which way up a page lies, told by the boxes of its lines; and its pixels and boxes turned upright."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[Any]
Boxes = npt.NDArray[Any]  # n × 4 corners × (x, y), clockwise from the line's beginning
_LINES_ASKED = 9  # for the way up
_LONG = 1.5  # a box so many times longer than wide shows which way its line runs


def begun_left(boxes: Boxes) -> Boxes:
    """The same boxes, the corners of each counted from the one whose next lies most nearly to its right."""
    edges = np.roll(boxes, -1, axis=1) - boxes
    lengths = np.maximum(np.linalg.norm(edges, axis=2), 1e-6)
    first = np.argmax(edges[:, :, 0] / lengths, axis=1)
    return np.stack([np.roll(box, -start, axis=0) for box, start in zip(boxes, first, strict=True)])


def quarters(pixels: Pixels, boxes: Boxes, vote: Callable[[list[Pixels]], float]) -> int:
    """By how many quarters, counter-clockwise, the page must be turned to stand upright.

    Most boxes' long sides tell whether lines run across or along; ``vote`` over the longest of them, which way is up:
    it is above 0 where most lines, lying ones turned by one quarter, stand upright.
    """
    widths, heights = _sides(boxes)
    lying, upright = heights >= _LONG * widths, widths >= _LONG * heights
    is_lying = bool(heights[lying].sum() > widths[upright].sum())
    chosen = np.flatnonzero(lying if is_lying else upright).tolist()
    longest = sorted(chosen, key=lambda index: -max(widths[index], heights[index]))[:_LINES_ASKED]
    crops = [crop(pixels, boxes[index]) for index in longest]
    is_upside_down = vote([np.rot90(line) for line in crops] if is_lying else crops) < 0
    if is_lying:
        return 3 if is_upside_down else 1
    return 2 if is_upside_down else 0


def turned(pixels: Pixels, boxes: Boxes, turns: int) -> tuple[Pixels, Boxes]:
    """The page turned by so many quarters counter-clockwise, and its boxes with it; each begins where its line does."""
    for _ in range(turns):
        width = pixels.shape[1]
        boxes = np.stack([boxes[:, :, 1], width - boxes[:, :, 0]], axis=2)
        pixels = np.rot90(pixels)
    return np.ascontiguousarray(pixels), np.ascontiguousarray(np.roll(boxes, -turns, axis=1), dtype=np.float32)


def crop(pixels: Pixels, box: Sequence[Any] | Pixels) -> Pixels:
    """What lies within the box, straightened."""
    corners = np.asarray(box, dtype=np.float32)
    width = max(round(float(max(np.linalg.norm(corners[0] - corners[1]), np.linalg.norm(corners[3] - corners[2])))), 1)
    height = max(round(float(max(np.linalg.norm(corners[0] - corners[3]), np.linalg.norm(corners[1] - corners[2])))), 1)
    onto = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, onto)
    return cv2.warpPerspective(pixels, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def _sides(boxes: Boxes) -> tuple[Pixels, Pixels]:
    """Widths and heights of the boxes."""
    return np.linalg.norm(boxes[:, 0] - boxes[:, 1], axis=1), np.linalg.norm(boxes[:, 0] - boxes[:, 3], axis=1)
