"""The libraries beside which our reading is measured, each used alone in its plainest way."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pdfplumber
import pillow_heif
import pypdfium2 as pdfium
from docx import Document
from PIL import Image, ImageOps
from rapidocr import EngineType, RapidOCR

pillow_heif.register_heif_opener()
_MOST_SIDE, _DPI = 2000, 150  # as in parsers/pixels.py


def by_python_docx(content: bytes) -> str:
    """Paragraphs and tables."""
    document = Document(BytesIO(content))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def by_pdfplumber(content: bytes) -> str:
    """The text of all pages."""
    with pdfplumber.open(BytesIO(content)) as document:
        return "\n".join(page.extract_text() or "" for page in document.pages)


def by_pypdfium2(content: bytes) -> str:
    """The text of all pages."""
    document = pdfium.PdfDocument(content)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def by_rapidocr(content: bytes) -> str:
    """The text of an image or of a PDF's pages, by the same engine, models and settings as ours, one thread."""
    return "\n".join(text for pixels in _pictures(content) for text in _engine()(pixels).txts or ())


def by_rapidocr_from_file(path: Path) -> str:
    """The text of an image file as the engine reads it when it is just given the name."""
    return "\n".join(_engine()(str(path)).txts or ())


def _pictures(content: bytes) -> Iterator[Any]:
    if not content.startswith(b"%PDF"):
        with Image.open(BytesIO(content)) as image:
            image.draft("RGB", (_MOST_SIDE, _MOST_SIDE))
            upright = ImageOps.exif_transpose(image).convert("RGB")
            upright.thumbnail((_MOST_SIDE, _MOST_SIDE))
            yield np.asarray(upright)[:, :, ::-1]
        return
    document = pdfium.PdfDocument(content)
    try:
        for page in document:
            scale = min(_DPI / 72, _MOST_SIDE / max(page.get_width(), page.get_height(), 1.0))
            yield np.ascontiguousarray(page.render(scale=scale).to_numpy()[:, :, :3])
    finally:
        document.close()


@lru_cache(maxsize=1)
def _engine() -> Any:
    cv2.setNumThreads(1)
    kind = EngineType.OPENVINO if importlib.util.find_spec("openvino") else EngineType.ONNXRUNTIME
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            **{f"{step}.engine_type": kind for step in ("Det", "Cls", "Rec")},
            "EngineConfig.openvino.inference_num_threads": 1,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Det.limit_type": "max",
            "Det.limit_side_len": 960,
            "Rec.rec_batch_num": 1,
        }
    )
