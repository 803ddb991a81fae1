"""What is drawn on a PDF page besides text: pictures, ruled lines, nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

_MAX_OBJECTS = 4000  # of one page; a drawing has more, and holds no table
_MAX_DEPTH = 4  # of forms inside forms
_SCAN = 0.5  # share of the page that pictures cover
_HAIR = 4.0  # points: a ruled line is thinner


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
    """What is drawn on the page."""
    look = Look()
    area = max(page.get_width() * page.get_height(), 1.0)
    for drawn in islice(page.get_objects(max_depth=_MAX_DEPTH), _MAX_OBJECTS):
        look.objects += 1
        if drawn.type not in (pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_PATH):
            continue
        try:
            left, bottom, right, top = drawn.get_bounds()
        except pdfium.PdfiumError:
            continue
        width, height = right - left, top - bottom
        if drawn.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            look.images.append(drawn)
            look.covered += width * height / area
        else:
            _count_rule(look, width, height)
    return look


def _count_rule(look: Look, width: float, height: float) -> None:
    if width > 20 and height < _HAIR:
        look.horizontal += 1
    elif height > 8 and width < _HAIR:
        look.vertical += 1
    elif width > 15 and height > 8:
        look.boxes += 1
