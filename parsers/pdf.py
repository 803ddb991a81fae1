"""PDF: text, tables, pictures, form values, properties; pages without usable text go to OCR (ISO 32000-1)."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Literal

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from parsers import media_types as mt
from parsers.media_types import called
from parsers.parsed import Parsed, PixelPage, Problem
from parsers.pdf_forms import form_lines, xfa_lines
from parsers.pdf_pages import Look, has_hidden_text, look_at
from parsers.pdf_pictures import Pictures
from parsers.pdf_tables import second_reading, tables_of
from parsers.pdf_text import Words, page_words
from parsers.problems import broken_off, damaged, encrypted, partly_in_time, too_many_members, too_many_pages
from parsers.quality import is_good_layer, is_usable, score
from records.extracts import Page, ReadLimits
from records.mail import Part

_PDF = called(mt.PDF)
_SHORT = 60  # characters: less beside a picture of the whole page is a stamp or a page number
_SHARE_OF_TIME = 0.6  # after that no further page is begun, so that what was read is not lost
_SHARE_FOR_PDFPLUMBER = 0.15  # each, for tables and for second readings
_PROPERTIES = ("Title", "Author", "Subject", "Keywords", "Creator", "Producer")
_XFA = (pdfium_c.FORMTYPE_XFA_FULL, pdfium_c.FORMTYPE_XFA_FOREGROUND)
_NO_PROPERTY = ("", "untitled", "anonymous", "unspecified")


class PdfParser:
    """Text by PDFium; pdfplumber for tables on pages with ruled lines, and where PDFium's text is poor."""

    name = "pdf"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: encrypted, damaged."""
        document = _open(part.content)
        try:
            reading = _Reading(part, limits, Pictures(part, limits))
            if document.get_formtype():
                document.init_forms()
            reading.read(document)
            reading.read_xfa(document)
            reading.pictures.collect_files(document)
            metadata, count, left_out = _properties(document), len(document), reading.pictures.left_out
        finally:
            document.close()
        reading.read_poor_pages_again()
        return Parsed(
            mt.PDF,
            pages=tuple(reading.pages[number] for number in sorted(reading.pages)),
            tables=tables_of(part.content, reading.ruled, limits.timeout_s * _SHARE_FOR_PDFPLUMBER),
            metadata=metadata,
            members=tuple(reading.pictures.members),
            pixel_pages=tuple(sorted(reading.pixel_pages, key=lambda page: page.number)),
            page_count=count,
            problem=reading.problem or (too_many_members(len(reading.pictures.members)) if left_out else None),
        )


PARSER = PdfParser()


def _open(content: bytes) -> Any:
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        if error.err_code == pdfium_c.FPDF_ERR_PASSWORD:
            raise encrypted(_PDF) from error
        raise damaged(_PDF) from error
    if len(document) == 0:
        raise damaged(_PDF)
    return document


@dataclass(frozen=True, slots=True)
class _Poor:
    """A page whose text PDFium could not tell."""

    filled: tuple[str, ...]  # its forms and annotations, which need no font
    is_ruled: bool


@dataclass(slots=True)
class _Reading:
    """What was found on the pages so far, by page number."""

    part: Part
    limits: ReadLimits
    pictures: Pictures
    pages: dict[int, Page] = field(default_factory=dict)
    pixel_pages: list[PixelPage] = field(default_factory=list)
    ruled: list[int] = field(default_factory=list)  # may hold tables
    poor: dict[int, _Poor] = field(default_factory=dict)
    problem: Problem | None = None

    def read(self, document: Any) -> None:
        """Goes through the pages, as far as limits and time allow."""
        deadline = time.monotonic() + self.limits.timeout_s * _SHARE_OF_TIME
        for index in range(len(document)):
            if index >= self.limits.max_pages:
                self.problem = too_many_pages(index, "pages")
                return
            if time.monotonic() > deadline:
                self.problem = partly_in_time(index)
                return
            self._read_page(document, index)

    def _read_page(self, document: Any, index: int) -> None:
        try:
            page = document[index]
            look = look_at(page)
            words = page_words(page, has_cells=look.is_ruled)
        except pdfium.PdfiumError:
            self.problem = broken_off(_PDF)
            return
        has_words = bool(words.text.strip())
        is_layer = look.is_scan and has_words and has_hidden_text(page)
        self._take(index + 1, words, tuple(form_lines(page, document.formenv)), look, is_layer)
        if not look.is_scan or (has_words and not is_layer):  # a picture of the page is no photo on it
            self.pictures.collect(look.images)
        self.pictures.collect_pinned(page)
        page.close()

    def _take(self, number: int, words: Words, filled: tuple[str, ...], look: Look, is_layer: bool) -> None:
        if is_layer and not is_good_layer(words.text):
            self._want_pixels(number, "replace")
        elif words.text.strip() and (words.is_guessed or not is_usable(words.text)):
            self.poor[number] = _Poor(filled, look.is_ruled)
        else:
            self._keep(number, "\n".join([words.text, *filled]).strip())
            self._want_pixels(number, _wanted_pixels(words.text, look))
            if look.is_ruled and words.text:
                self.ruled.append(number)

    def read_poor_pages_again(self) -> None:
        """Asks pdfplumber for the pages that PDFium could not tell; those it cannot tell either go to OCR."""
        texts = second_reading(self.part.content, list(self.poor), self.limits.timeout_s * _SHARE_FOR_PDFPLUMBER)
        for number, page in self.poor.items():
            text = texts.get(number, "")
            if not is_usable(text) or score(text) <= 0:
                self._want_pixels(number, "replace")
                continue
            self._keep(number, "\n".join([text, *page.filled]))
            self.ruled += [number] if page.is_ruled else []

    def read_xfa(self, document: Any) -> None:
        """What was typed into a form that only Adobe shows stands on the first page."""
        if document.get_formtype() not in _XFA:
            return
        shown = self.pages[1].text if 1 in self.pages else ""
        new = [line for line in xfa_lines(document) if line not in shown]
        self._keep(1, "\n".join([shown, *new]).strip())

    def _keep(self, number: int, text: str) -> None:
        if text:
            self.pages[number] = Page(number, text)

    def _want_pixels(self, number: int, onto: Literal["replace", "append"] | None) -> None:
        if onto is None:
            return
        if len(self.pixel_pages) >= self.limits.max_ocr_pages:
            self.problem = self.problem or too_many_pages(number - 1, "ocr_pages")
            return
        self.pixel_pages.append(PixelPage(number, number - 1, onto))


def _wanted_pixels(text: str, look: Look) -> Literal["replace", "append"] | None:
    """A page without text is read from its pixels, unless it is blank; a scan with a few characters on it too."""
    if not text.strip():
        return None if look.is_blank else "replace"
    if look.is_scan and len("".join(text.split())) < _SHORT:
        return "append"
    return None


def _properties(document: Any) -> tuple[tuple[str, str], ...]:
    """The document information dictionary (§14.3.3); dates without offset, as written."""
    found = {name.casefold(): document.get_metadata_value(name).strip() for name in _PROPERTIES}
    for name, key in (("created", "CreationDate"), ("modified", "ModDate")):
        digits = "".join(char for char in document.get_metadata_value(key)[:16] if char.isdigit())
        if len(digits) == 14:
            found[name] = f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}T{digits[8:10]}:{digits[10:12]}:{digits[12:]}"
    if document.get_formtype() in _XFA:
        found["form"] = "XFA"
    return tuple((name, value) for name, value in found.items() if value.casefold() not in _NO_PROPERTY)
