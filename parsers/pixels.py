"""One page of a part → pixels → text; runs in OCR workers."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from io import BytesIO

import numpy as np
import numpy.typing as npt
import pillow_heif
import pypdfium2 as pdfium
from PIL import ExifTags, Image, ImageFile

from parsers import media_types as mt
from parsers.media_types import called
from parsers.ocr import Engine
from parsers.parsed import PixelText, Problem, Unread
from parsers.problems import broken_off, damaged, too_large
from records.extracts import ReadLimits
from records.words import Text

pillow_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = None  # our own limit is looked at before anything is decoded

Pixels = npt.NDArray[np.uint8]
_DPI = 150
_MOST_SIDE = 2000  # pixels that OCR is given; the detector looks at fewer, the recognizer at lines
_TURNS = {  # EXIF 2.32, tag 274
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, TypeError, IndexError, KeyError)


def read_page(content: bytes, media_type: str, frame: int, limits: ReadLimits) -> PixelText:
    """The text of page ``frame`` (from 0) of a PDF or an image.

    Raises ``Unread``: damaged, too_large. Of a picture that is broken off the rest is read, and said to be so.
    """
    if media_type == mt.PDF:
        return _engine().read(_rendered(content, frame))
    pixels, problem = _pixels(content, frame, limits, called(media_type))
    return replace(_engine().read(pixels), problem=problem)


@lru_cache(maxsize=1)
def _engine() -> Engine:
    return Engine()


def _pixels(content: bytes, frame: int, limits: ReadLimits, what: Text) -> tuple[Pixels, Problem | None]:
    try:
        return _decoded(content, frame, limits, what), None
    except _BROKEN:
        ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        return _decoded(content, frame, limits, what), broken_off(what)
    except _BROKEN as error:
        raise damaged(what) from error
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False


def _decoded(content: bytes, frame: int, limits: ReadLimits, what: Text) -> Pixels:
    """The picture upright as its camera held it, on white, no larger than OCR needs; in BGR order."""
    with Image.open(BytesIO(content)) as image:
        if frame:
            image.seek(frame)
        if image.width * image.height > limits.max_pixels:
            raise Unread(too_large(what))
        image.draft("RGB", (_MOST_SIDE, _MOST_SIDE))  # JPEG can be decoded at a half or a quarter
        orientation = image.getexif().get(ExifTags.Base.Orientation)
        image.thumbnail((_MOST_SIDE, _MOST_SIDE), Image.Resampling.LANCZOS)
        flat = _on_white(image)
    turned = flat.transpose(_TURNS[orientation]) if orientation in _TURNS else flat
    return np.ascontiguousarray(np.asarray(turned)[:, :, ::-1])


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("I;16", "I;16B", "I;16L", "I", "F"):
        image = image.point(lambda value: value / 256).convert("L")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(ground, layer).convert("RGB")
    return image.convert("RGB")


def _rendered(content: bytes, frame: int) -> Pixels:
    document = pdfium.PdfDocument(content)
    try:
        if document.get_formtype():
            document.init_forms()
        page = document[frame]
        longest = max(page.get_width(), page.get_height(), 1.0)
        scale = min(_DPI / 72, _MOST_SIDE / longest)
        bitmap = page.render(scale=scale, rev_byteorder=False)
        pixels = np.ascontiguousarray(bitmap.to_numpy()[:, :, :3])
    finally:
        document.close()
    return pixels
