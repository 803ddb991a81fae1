"""Red seals on a page's pixels: bleached, so that the signature beneath them can be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[Any]
_REDNESS = 60  # by how much red exceeds green and blue
_LEAST_RED = 0.0005  # share of the page; less is no seal
_LIGHT = 150  # of 255: paper; darker grounds are photos of scenes
_SIDES = (0.06, 0.4)  # of a seal, as a share of the page's longer side
_INKED = (0.06, 0.45)  # share of red within its box; banners and red tables hold more
_GROUND = 20  # percentile of red ink's own red channel that counts as white


def without_seals(pixels: Pixels) -> Pixels:
    """The page (BGR) with every round or square seal turned to white and what it covers kept; else the page itself.

    In the red channel red ink is nearly as bright as paper, and black print dark even beneath the ink.
    """
    green, red = pixels[:, :, 1], pixels[:, :, 2].astype(np.int16)
    if np.median(green[::4, ::4]) < _LIGHT:
        return pixels
    is_red = (red - np.maximum(pixels[:, :, 0], green) > _REDNESS).astype(np.uint8)
    if is_red.mean() < _LEAST_RED:
        return pixels
    clean = pixels.copy()
    for top, bottom, left, right in _seals(is_red):
        place = np.s_[top:bottom, left:right]
        clean[place] = _bleached(pixels[place][:, :, 2], is_red[place])
    return clean


def _seals(is_red: Pixels) -> Iterator[tuple[int, int, int, int]]:
    """Top, bottom, left and right of red shapes of a seal's size, about as wide as high and mostly hollow."""
    longest = max(is_red.shape)
    closed = cv2.morphologyEx(is_red, cv2.MORPH_CLOSE, np.ones((max(longest // 60, 3),) * 2, np.uint8))
    _, _, boxes, _ = cv2.connectedComponentsWithStats(closed)
    for left, top, width, height, _ in boxes[1:].tolist():
        is_square = 0.6 < width / height < 1.7
        has_size = _SIDES[0] * longest < max(width, height) < _SIDES[1] * longest
        inked = float(is_red[top : top + height, left : left + width].mean())
        if is_square and has_size and _INKED[0] < inked < _INKED[1]:
            yield max(top - 4, 0), top + height + 4, max(left - 4, 0), left + width + 4


def _bleached(red: Pixels, is_red: Pixels) -> Pixels:
    """The red channel alone, from the darkest print to the ink's brightness stretched to black and white."""
    smooth = cv2.GaussianBlur(red, (3, 3), 0).astype(np.float32)
    dark = float(np.percentile(smooth, 1))
    ground = max(float(np.percentile(smooth[is_red > 0], _GROUND)), dark + 1)
    stretched: Pixels = np.clip((smooth - dark) / (ground - dark) * 255, 0, 255).astype(np.uint8)[:, :, np.newaxis]
    return stretched
