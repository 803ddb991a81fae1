"""OFD documents (GB/T 33190): the text objects of each page, in reading order; pictures as members."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from parsers import media_types as mt
from parsers.layout import Line, paragraphs, reading_order
from parsers.ofd_seals import seal_name
from parsers.packages import DAMAGED, local_name, parse_xml, read_package
from parsers.parsed import Member, Parsed
from parsers.pictures import member_of_document, members_of_package
from parsers.problems import too_many_pages
from records.extracts import Page, ReadLimits
from records.mail import Part

_PROPERTIES = {"Title": "title", "Author": "author", "CreationDate": "created", "ModDate": "modified"}
_PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".jp2")


class OfdParser:
    """Pages in the document's order, with the templates that lie beneath them."""

    name = "ofd"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: encrypted, damaged, too_large."""
        return read_package(part.content, mt.OFD, limits, lambda package: _read(part, package, limits))


PARSER = OfdParser()


def _read(part: Part, package: zipfile.ZipFile, limits: ReadLimits) -> Parsed:
    entry = next((name for name in package.namelist() if name.casefold().lstrip("/") == "ofd.xml"), "OFD.xml")
    root = parse_xml(package.read(entry))
    documents = [_path(entry, place.text or "") for place in _all(root, "DocRoot")]
    listed = [names for document in documents for names in _pages(package, document)]
    found = [_page_text(package, names) for names in listed[: limits.max_pages]]
    return Parsed(
        mt.OFD,
        pages=tuple(Page(number, text) for number, text in enumerate(found, 1) if text),
        metadata=(*_properties(root), *_signatures(package, entry, root)),
        members=_members(part, package, documents, limits),
        page_count=len(listed),
        problem=too_many_pages(limits.max_pages, "pages") if len(listed) > limits.max_pages else None,
    )


def _pages(package: zipfile.ZipFile, name: str) -> Iterator[list[str]]:
    """For each page the members that hold its content: templates first, then its own."""
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


def _properties(root: Any) -> tuple[tuple[str, str], ...]:
    """Title, author and dates of the document (§7.4)."""
    found = {local_name(item): (item.text or "").strip() for info in _all(root, "DocInfo") for item in info}
    return tuple((ours, found[theirs]) for theirs, ours in _PROPERTIES.items() if found.get(theirs))


def _signatures(package: zipfile.ZipFile, entry: str, root: Any) -> Iterator[tuple[str, str]]:
    """The names on the seals with which the document is signed (§18); damaged signatures are left out."""
    names: list[str] = []
    for place in _all(root, "Signatures"):
        try:
            listed = _path(entry, place.text or "")
            for signature in _all(parse_xml(package.read(listed)), "Signature"):
                names += _names_on_seal(package, _path(listed, signature.get("BaseLoc", "")))
        except DAMAGED:
            continue
    yield from (("seal", name) for name in dict.fromkeys(names) if name)


def _names_on_seal(package: zipfile.ZipFile, name: str) -> Iterator[str]:
    """The seal lies in a file of its own or inside the signature's value."""
    root = parse_xml(package.read(name))
    places = [place for kind in ("BaseLoc", "SignedValue") for place in _all(root, kind)]
    holders = [_path(name, place.text or "") for place in places]
    yield next((found for holder in holders if (found := seal_name(package.read(holder)))), "")


def _members(part: Part, package: zipfile.ZipFile, documents: Sequence[str], limits: ReadLimits) -> tuple[Member, ...]:
    """Pictures, then the attached files (§19) under the names that people gave them."""
    names = [name for name in package.namelist() if name.casefold().endswith(_PICTURES)]
    files = {name: title for document in documents for name, title in _attached(package, document)}
    pictures = (name for name in names if name not in files)
    members = members_of_package(part, package, pictures, limits.max_members)
    room = limits.max_members - len(members)
    attached = (
        member_of_document(part, number, title, "application/octet-stream", package.read(name))
        for number, (name, title) in enumerate(list(files.items())[:room], len(members) + 1)
    )
    return (*members, *attached)


def _attached(package: zipfile.ZipFile, document: str) -> Iterator[tuple[str, str]]:
    """Member and title of each attached file that is there."""
    for listed in _all(parse_xml(package.read(document)), "Attachments"):
        listing = _path(document, listed.text or "")
        for item in _all(parse_xml(package.read(listing)), "Attachment") if listing in package.NameToInfo else ():
            name = next((_path(listing, place.text or "") for place in _all(item, "FileLoc")), "")
            if name in package.NameToInfo:
                yield name, _titled(item.get("Name") or posixpath.basename(name), name)


def _titled(title: str, name: str) -> str:
    """Titles often lack the extension."""
    extension = posixpath.splitext(name)[1]
    return title if title.casefold().endswith(extension.casefold()) else title + extension


def _all(root: Any, name: str) -> list[Any]:
    return [element for element in root.iter() if local_name(element) == name]
