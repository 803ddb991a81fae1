"""What a picture looks like: a hash that outlives e-mail and chat programs, and a small copy that fits a page.

The hash is dHash (two of 64 bits, along rows and along columns): whether each place is brighter than the one before.
It withstands what chat programs do to photos, smaller sizes, strong compression, other light, watermarks; crops beyond
a few percent and turned copies it does not find. What hardly differs from place to place (a page of text, a QR code, a
logo on white) looks like many others and has none.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, ImageStat

THUMBNAIL_SIDE = 320  # pixels
_DRAFT = (2 * THUMBNAIL_SIDE, 2 * THUMBNAIL_SIDE)  # a JPEG is decoded at an eighth of its size where that suffices
_LEAST_SIDE = 200  # pixels: below are icons, logos, signatures
_MOST_PIXELS = 60_000_000  # of what must be decoded whole
_LEAST_CONTRAST = 12.0  # standard deviation of brightness, of 255
_MOST_EXTREME = 0.7  # of all pixels may be nearly white or nearly black
_FEWEST_BITS = 8  # of 64 that must be set, and that must not be
_QUALITY = 70
_BROKEN = (
    OSError, SyntaxError, ValueError, EOFError, TypeError, IndexError, KeyError, ZeroDivisionError, struct.error,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """What :func:`look_at` found: 32 hexadecimal digits, None where there is none, and a WebP file, b"" likewise."""

    dhash: str | None = None
    thumbnail: bytes = b""


def look_at(image: Image.Image) -> Look:
    """The look of an opened picture, whose pixels this decodes; an empty one where they cannot be had."""
    least_side = min(image.size)
    try:
        small = _small(image)
        return Look(_dhash(small) if least_side >= _LEAST_SIDE else None, _webp(small))
    except _BROKEN:
        return Look()


def _small(image: Image.Image) -> Image.Image:
    """Upright, on white, at most 320 pixels a side."""
    image.draft("RGB", _DRAFT)
    if image.width * image.height > _MOST_PIXELS:
        raise ValueError("too many pixels to decode them for a small copy")
    if image.mode in ("I;16", "I;16B", "I;16L", "I", "F"):
        image = image.point(lambda value: value / 256).convert("L")
    if image.mode in ("RGBA", "LA", "PA", "P"):
        image = image.convert("RGBA")
    image.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    upright = ImageOps.exif_transpose(image)
    if upright.mode != "RGBA":
        return upright.convert("RGB")
    ground = Image.new("RGBA", upright.size, "white")
    return Image.alpha_composite(ground, upright).convert("RGB")


def _dhash(small: Image.Image) -> str | None:
    grey = small.convert("L")
    counts = grey.histogram()
    extreme = sum(counts[:40]) + sum(counts[216:])
    tiny = grey.resize((9, 9), Image.Resampling.LANCZOS)
    if extreme > _MOST_EXTREME * sum(counts) or ImageStat.Stat(tiny).stddev[0] < _LEAST_CONTRAST:
        return None
    cells = tiny.tobytes()
    rows = [cells[9 * y + x] < cells[9 * y + x + 1] for y in range(8) for x in range(8)]
    columns = [cells[9 * y + x] < cells[9 * (y + 1) + x] for x in range(8) for y in range(8)]
    if not all(_FEWEST_BITS <= sum(bits) <= 64 - _FEWEST_BITS for bits in (rows, columns)):
        return None
    return f"{_number(rows):016x}{_number(columns):016x}"


def _number(bits: Sequence[bool]) -> int:
    return sum(bit << place for place, bit in enumerate(bits))


def _webp(small: Image.Image) -> bytes:
    """Pixels alone: no EXIF, so neither place nor owner."""
    written = BytesIO()
    Image.frombytes("RGB", small.size, small.tobytes()).save(written, "WEBP", quality=_QUALITY)
    return written.getvalue()
