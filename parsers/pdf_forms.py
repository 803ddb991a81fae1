"""Text in form fields and free-text annotations, which PDFium's page text leaves out (ISO 32000-1 §12.5, §12.7)."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import pypdfium2.raw as pdfium_c

_MAX_ANNOTATIONS = 2000
_MAX_OCTETS = 100_000
_KEYS = {pdfium_c.FPDF_ANNOT_FREETEXT: b"Contents", pdfium_c.FPDF_ANNOT_WIDGET: b"V"}
_NOT_TYPED = ("Off", "Yes", "On")  # states of boxes and buttons


def form_lines(page: Any, form: Any) -> list[str]:
    """What was typed into the page's fields and written onto it, a line each; ``form`` is the document's, or None."""
    return [line for line in _values(page, form) if line and line not in _NOT_TYPED]


def _values(page: Any, form: Any) -> Iterator[str]:
    for index in range(min(pdfium_c.FPDFPage_GetAnnotCount(page), _MAX_ANNOTATIONS)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        kind = pdfium_c.FPDFAnnot_GetSubtype(annotation)
        if kind == pdfium_c.FPDF_ANNOT_WIDGET and form is not None:
            yield _text(pdfium_c.FPDFAnnot_GetFormFieldValue, form, annotation)
        elif kind in _KEYS:
            yield _text(pdfium_c.FPDFAnnot_GetStringValue, annotation, _KEYS[kind])
        pdfium_c.FPDFPage_CloseAnnot(annotation)


def _text(call: Any, *arguments: Any) -> str:
    """A UTF-16LE string by PDFium's convention: asked once for its size, then for itself."""
    size = min(call(*arguments, None, 0), _MAX_OCTETS)
    if size <= 2:
        return ""
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    call(*arguments, buffer, size)
    return bytes(buffer)[:size].decode("utf-16-le", "replace").rstrip("\0").strip()
