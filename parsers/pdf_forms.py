"""Text in form fields and annotations, which PDFium's page text leaves out (ISO 32000-1 §12.5, §12.7); files in them.

Scripts, actions and links (§12.6) are never run or followed: nothing here, nor in PDFium built without V8, does.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import pypdfium2.raw as pdfium_c
from lxml import etree

_MAX_ANNOTATIONS = 2000
_MAX_OCTETS = 100_000
_MAX_XFA_OCTETS = 10_000_000
_WITHOUT_TEXT = (pdfium_c.FPDF_ANNOT_LINK, pdfium_c.FPDF_ANNOT_POPUP, pdfium_c.FPDF_ANNOT_FILEATTACHMENT)
_BOXES = (pdfium_c.FPDF_FORMFIELD_CHECKBOX, pdfium_c.FPDF_FORMFIELD_RADIOBUTTON)
_FIELDS = (pdfium_c.FPDF_FORMFIELD_TEXTFIELD, pdfium_c.FPDF_FORMFIELD_COMBOBOX, pdfium_c.FPDF_FORMFIELD_LISTBOX)


def annotations_of(page: Any) -> Iterator[tuple[Any, int]]:
    """The page's annotations with their subtypes, each to be used before the next is asked for."""
    for index in range(min(pdfium_c.FPDFPage_GetAnnotCount(page), _MAX_ANNOTATIONS)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page, index)
        if annotation:
            yield annotation, pdfium_c.FPDFAnnot_GetSubtype(annotation)
            pdfium_c.FPDFPage_CloseAnnot(annotation)


def form_lines(page: Any, form: Any) -> list[str]:
    """What was typed or ticked in the page's fields or written onto it, a line each; ``form``: the document's, or None.

    A ticked box stands as "☑" and what its author called it.
    """
    return [line for line in _values(page, form) if line]


def _values(page: Any, form: Any) -> Iterator[str]:
    for annotation, kind in annotations_of(page):
        if kind == pdfium_c.FPDF_ANNOT_WIDGET:
            yield _field(form, annotation) if form is not None else ""
        elif kind not in _WITHOUT_TEXT:
            yield _text(pdfium_c.FPDFAnnot_GetStringValue, annotation, b"Contents")


def _field(form: Any, annotation: Any) -> str:
    kind = pdfium_c.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind in _BOXES and pdfium_c.FPDFAnnot_IsChecked(form, annotation):
        return f"☑ {_called(form, annotation)}"
    return _text(pdfium_c.FPDFAnnot_GetFormFieldValue, form, annotation) if kind in _FIELDS else ""


def _called(form: Any, annotation: Any) -> str:
    """The words for people (§12.7.3.1, TU), else the field's name, and which of several buttons it is."""
    name = _text(pdfium_c.FPDFAnnot_GetFormFieldAlternateName, form, annotation)
    name = name or _text(pdfium_c.FPDFAnnot_GetFormFieldName, form, annotation)
    state = _text(pdfium_c.FPDFAnnot_GetFormFieldExportValue, form, annotation)
    return name if state in ("", "Yes", "On", "1") else f"{name} {state}"


def _text(call: Any, *arguments: Any) -> str:
    """A UTF-16LE string by PDFium's convention: asked once for its size, then for itself."""
    size = min(call(*arguments, None, 0), _MAX_OCTETS)
    if size <= 2:
        return ""
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    call(*arguments, buffer, size)
    return bytes(buffer)[:size].decode("utf-16-le", "replace").rstrip("\0").strip()


def xfa_lines(document: Any) -> list[str]:
    """What was typed into a form of Adobe's own kind (§12.7.8), whose pages say nothing but "please wait"."""
    return [line for index in range(pdfium_c.FPDF_GetXFAPacketCount(document)) for line in _of_packet(document, index)]


def _of_packet(document: Any, index: int) -> list[str]:
    name = ctypes.create_string_buffer(32)
    pdfium_c.FPDF_GetXFAPacketName(document, index, name, len(name))
    if name.value != b"datasets":
        return []
    size = ctypes.c_ulong()
    pdfium_c.FPDF_GetXFAPacketContent(document, index, None, 0, size)
    if not 0 < size.value <= _MAX_XFA_OCTETS:
        return []
    content = ctypes.create_string_buffer(size.value)
    pdfium_c.FPDF_GetXFAPacketContent(document, index, content, size.value, size)
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    try:
        texts = etree.fromstring(content.raw, parser).itertext()
    except (etree.XMLSyntaxError, AttributeError):  # of what is no XML at all, lxml makes None
        return []
    return [line for text in texts if (line := " ".join(str(text).split()))]
