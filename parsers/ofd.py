"""OFD documents (GB/T 33190): the text objects of each page, in reading order; pictures as members."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree

from parsers import media_types as mt
from parsers.layout import Line, paragraphs, reading_order
from parsers.media_types import called
from parsers.packages import BROKEN, local_name, open_package, parse_xml
from parsers.parsed import Member, Parsed
from parsers.pictures import member_of_document
from parsers.problems import damaged, too_many_pages
from records.extracts import Page, ReadLimits
from records.mail import Part

_OFD = called(mt.OFD)
_PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".jp2")


class OfdParser:
    """Pages in the document's order, with the templates that lie beneath them."""

    name = "ofd"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: encrypted, damaged, too_large."""
        with open_package(part.content, mt.OFD, limits) as package:
            try:
                found = [_page_text(package, names) for names in _pages(package)]
                members = tuple(_pictures(part, package, limits))
            except (*BROKEN, etree.LxmlError) as error:
                raise damaged(_OFD) from error
        pages = tuple(Page(number, text) for number, text in enumerate(found[: limits.max_pages], 1) if text)
        problem = too_many_pages(limits.max_pages, "pages") if len(found) > limits.max_pages else None
        return Parsed(mt.OFD, pages=pages, members=members, page_count=len(found), problem=problem)


PARSER = OfdParser()


def _pages(package: zipfile.ZipFile) -> Iterator[list[str]]:
    """For each page the members that hold its content: templates first, then its own."""
    entry = next(name for name in package.namelist() if name.casefold().lstrip("/") == "ofd.xml")
    for root in _all(parse_xml(package.read(entry)), "DocRoot"):
        name = _path(entry, root.text or "")
        document = parse_xml(package.read(name))
        templates = {page.get("ID"): _path(name, page.get("BaseLoc", "")) for page in _all(document, "TemplatePage")}
        for page in _all(document, "Page"):
            own = _path(name, page.get("BaseLoc", ""))
            beneath = [templates.get(use.get("TemplateID")) for use in _all(parse_xml(package.read(own)), "Template")]
            yield [*(template for template in beneath if template), own]


def _path(base: str, location: str) -> str:
    """A location (§7.2.1): absolute in the package, or beside the member that names it."""
    location = location.strip()
    return posixpath.normpath(
        location.lstrip("/") if location.startswith("/") else posixpath.join(posixpath.dirname(base), location)
    )


def _page_text(package: zipfile.ZipFile, names: list[str]) -> str:
    lines = [line for name in names for line in _lines(parse_xml(package.read(name)))]
    return paragraphs(reading_order(lines))


def _lines(root: Any) -> Iterator[Line]:
    """Text codes with their places in millimetres: the object's boundary, moved by X and Y (§11.3)."""
    for element in _all(root, "TextObject"):
        left, top = _numbers(element.get("Boundary", ""), 4)[:2]
        size = abs(_numbers(element.get("Size", ""), 1)[0]) or 4.0
        scale = _numbers(element.get("CTM", "1 0 0 1 0 0"), 6)
        for code in _all(element, "TextCode"):
            text = (code.text or "").rstrip()
            x, y = (_numbers(code.get(axis, ""), 1)[0] for axis in "XY")
            begin, base = left + x * scale[0] + scale[4], top + y * (scale[3] or 1.0) + scale[5]
            blanks = text[: len(text) - len(text.lstrip())]
            if text.strip():
                yield Line(text, begin + size * _ems(blanks), base - size, begin + size * _ems(text), base)


def _ems(text: str) -> float:
    """About how wide the text is, in sizes of its font; boundaries are often drawn over the whole line."""
    return sum(0.5 if char < "\u0100" else 1.0 for char in text)


def _numbers(text: str, count: int) -> list[float]:
    values = []
    for word in text.split()[:count]:
        try:
            values.append(float(word))
        except ValueError:
            values.append(0.0)
    return values + [0.0] * (count - len(values))


def _pictures(part: Part, package: zipfile.ZipFile, limits: ReadLimits) -> Iterator[Member]:
    names = [name for name in package.namelist() if name.casefold().endswith(_PICTURES)][: limits.max_members]
    for number, name in enumerate(names, 1):
        kind = name.rpartition(".")[2].casefold()
        yield member_of_document(part, number, name, f"image/{kind}", package.read(name))


def _all(root: Any, name: str) -> list[Any]:
    return [element for element in root.iter() if local_name(element) == name]
