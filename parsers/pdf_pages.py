"""What is drawn on a PDF page besides text: pictures, ruled lines, nothing (ISO 32000-1 §8)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from ctypes import byref, c_float
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

_MAX_OBJECTS = 4000  # of one page; a drawing has more, and holds no table
_MAX_DEPTH = 4  # of forms inside forms
_SCAN = 0.5  # share of the page that pictures cover
_HAIR = 4.0  # points: a ruled line is thinner
_TEXT, _PATH, _IMAGE, _FORM = (
    pdfium_c.FPDF_PAGEOBJ_TEXT, pdfium_c.FPDF_PAGEOBJ_PATH, pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_FORM
)  # fmt: skip

Matrix = tuple[float, float, float, float, float, float]
_UPRIGHT: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(slots=True)
class Look:
    """Counts over one page's objects."""

    images: list[Any] = field(default_factory=list)
    covered: float = 0.0  # share of the page under pictures, overlaps counted twice
    objects: int = 0
    horizontal: int = 0
    vertical: int = 0
    boxes: int = 0

    @property
    def is_blank(self) -> bool:
        """Nothing is drawn at all."""
        return self.objects == 0

    @property
    def is_scan(self) -> bool:
        """Pictures cover most of the page; scanners cut a page into strips at times."""
        return self.covered >= _SCAN

    @property
    def is_ruled(self) -> bool:
        """Lines or boxes enough for a table with two columns and two rows."""
        return self.boxes >= 4 or (self.horizontal >= 3 and self.vertical >= 2)


def look_at(page: Any) -> Look:
    """What is drawn on the page. PDFium is asked directly: its helper objects cost more than all else here."""
    look = Look()
    width, height = page.get_size()
    area = max(width * height, 1.0)
    for drawn, kind, matrix in islice(_drawn(page), _MAX_OBJECTS):
        look.objects += 1
        if kind not in (_PATH, _IMAGE):
            continue
        size = _size(drawn, matrix)
        if size is None:
            continue
        if kind == _PATH:
            _count_rule(look, *size)
        else:
            look.images.append(pdfium.PdfObject(drawn, page=page, pdf=page.pdf))
            look.covered += size[0] * size[1] / area
    return look


def has_hidden_text(page: Any) -> bool:
    """Whether most text is drawn invisibly, as scanners lay what they read over a picture (§9.3.6, mode 3)."""
    modes = [
        pdfium_c.FPDFTextObj_GetTextRenderMode(drawn)
        for drawn, kind, _ in islice(_drawn(page), _MAX_OBJECTS)
        if kind == _TEXT
    ]
    return modes.count(pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE) > len(modes) / 2


def _drawn(page: Any) -> Iterator[tuple[Any, int, Matrix]]:
    """The objects of the page and of the forms on it (§8.10), each with its kind and the matrix of its form."""
    raw = page.raw
    objects = (pdfium_c.FPDFPage_GetObject(raw, index) for index in range(pdfium_c.FPDFPage_CountObjects(raw)))
    return _kinds(objects, _UPRIGHT, _MAX_DEPTH)


def _kinds(objects: Iterator[Any], matrix: Matrix, depth: int) -> Iterator[tuple[Any, int, Matrix]]:
    for drawn in objects:
        kind = pdfium_c.FPDFPageObj_GetType(drawn)
        yield drawn, kind, matrix
        if kind == _FORM and depth > 1:
            count = pdfium_c.FPDFFormObj_CountObjects(drawn)
            inner = (pdfium_c.FPDFFormObj_GetObject(drawn, index) for index in range(count))
            yield from _kinds(inner, _times(_matrix(drawn), matrix), depth - 1)


def _matrix(form: Any) -> Matrix:
    found = pdfium_c.FS_MATRIX()
    if not pdfium_c.FPDFPageObj_GetMatrix(form, byref(found)):
        return _UPRIGHT
    return (found.a, found.b, found.c, found.d, found.e, found.f)


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    (a, b, c, d, e, f), (g, h, i, j, k, m) = inner, outer
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _size(drawn: Any, matrix: Matrix) -> tuple[float, float] | None:
    """Width and height in points of the box around an object; None where PDFium cannot tell."""
    left, bottom, right, top = c_float(), c_float(), c_float(), c_float()
    if not pdfium_c.FPDFPageObj_GetBounds(drawn, byref(left), byref(bottom), byref(right), byref(top)):
        return None
    width, height = right.value - left.value, top.value - bottom.value
    if matrix is not _UPRIGHT:
        a, b, c, d, _, _ = matrix
        width, height = abs(a) * width + abs(c) * height, abs(b) * width + abs(d) * height
    return (width, height) if math.isfinite(width) and math.isfinite(height) else None


def _count_rule(look: Look, width: float, height: float) -> None:
    if width > 20 and height < _HAIR:
        look.horizontal += 1
    elif height > 8 and width < _HAIR:
        look.vertical += 1
    elif width > 15 and height > 8:
        look.boxes += 1
