"""Zip packages of XML (docx, pptx, ofd, odf): opened only after a look at how large they would become."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from lxml import etree

from parsers.media_types import called
from parsers.parsed import Parsed, Unread
from parsers.problems import broken_off, damaged, encrypted, too_large
from parsers.salvage import salvage
from records.extracts import ReadLimits

MAX_XML_BYTES = 128 * 1024**2  # a tree takes some ten times that
_MAX_MEMBERS = 20_000
_PROPERTIES = {
    "title": "title",
    "subject": "subject",
    "creator": "author",
    "keywords": "keywords",
    "category": "category",
    "description": "comments",
    "lastModifiedBy": "last_modified_by",
    "created": "created",
    "modified": "modified",
}
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, KeyError, IndexError)
"""What zipfile raises on damaged archives."""
DAMAGED = (*BROKEN, etree.LxmlError)
"""What reading XML in a damaged archive raises."""


def read_package(
    content: bytes, media_type: str, limits: ReadLimits, read: Callable[[zipfile.ZipFile], Parsed]
) -> Parsed:
    """What ``read`` makes of the package; where that fails on damage, of what can be salvaged, marked as partial.

    Raises ``Unread``: encrypted, damaged, too_large.
    """
    try:
        with open_package(content, media_type, limits) as package:
            return read(package)
    except DAMAGED:
        pass
    return _read_salvaged(content, media_type, limits, read)


def _read_salvaged(
    content: bytes, media_type: str, limits: ReadLimits, read: Callable[[zipfile.ZipFile], Parsed]
) -> Parsed:
    what = called(media_type)
    try:
        with open_package(salvage(content, limits.max_unpacked_bytes), media_type, limits) as package:
            parsed = read(package)
    except DAMAGED as error:
        raise damaged(what) from error
    if not any(page.text for page in parsed.pages) and not parsed.members:
        raise damaged(what)
    return replace(parsed, problem=parsed.problem or broken_off(what))


def open_package(content: bytes, media_type: str, limits: ReadLimits) -> zipfile.ZipFile:
    """The package, its declared sizes within the limits (zipfile never inflates more than is declared).

    Raises ``Unread`` (encrypted, too_large), and one of ``BROKEN`` where the directory is damaged.
    """
    what = called(media_type)
    package = zipfile.ZipFile(BytesIO(content))
    members = package.infolist()
    if any(member.flag_bits & 1 for member in members) or _has_odf_password(package):
        raise encrypted(what)
    xml = max((member.file_size for member in members if _is_xml(member.filename)), default=0)
    unpacked = sum(member.file_size for member in members)
    if unpacked > limits.max_unpacked_bytes or xml > MAX_XML_BYTES or len(members) > _MAX_MEMBERS:
        raise Unread(too_large(what))
    return package


def _has_odf_password(package: zipfile.ZipFile) -> bool:
    """The manifest of an OpenDocument package tells which members are encrypted (ODF 1.3 part 2, §4.8.3)."""
    manifest = package.NameToInfo.get("META-INF/manifest.xml")
    small = manifest is not None and manifest.file_size < MAX_XML_BYTES
    return small and b"encryption-data" in package.read("META-INF/manifest.xml")


def _is_xml(name: str) -> bool:
    return name.casefold().endswith((".xml", ".rels"))


def parse_xml(octets: bytes) -> Any:
    """The root element; entities are not expanded, nothing outside is fetched, what is broken is mended.

    Raises ``etree.XMLSyntaxError`` where there is nothing to read.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, recover=True
    )
    root = etree.fromstring(octets, parser)
    if root is None:
        raise etree.XMLSyntaxError("no element", 0, 0, 0)
    return root


def local_name(element: Any) -> str:
    """The element's name without its namespace; "" for comments, instructions and entity references."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Any, name: str) -> str:
    """The value of the attribute with that local name, in whatever namespace; "" where there is none."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return ""


@dataclass(frozen=True, slots=True)
class Relation:
    """What a member says of another one: ``kind`` is the last word of the relationship type ("image", "header")."""

    kind: str
    target: str  # a member's name; it need not exist


def relations(package: zipfile.ZipFile, name: str) -> dict[str, Relation]:
    """Relationships of the member of that name ("": the package) by id, those that lead outside left out.

    The last word of the type is the same in transitional and strict documents (ECMA-376 part 1, annex A; part 2, §9).
    """
    folder, base = posixpath.split(name)
    path = posixpath.join(folder, "_rels", f"{base}.rels")
    if path not in package.NameToInfo:
        return {}
    found = {}
    for relation in parse_xml(package.read(path)):
        if local_name(relation) == "Relationship" and relation.get("TargetMode") != "External":
            target = relation.get("Target", "")
            whole = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            kind = relation.get("Type", "").rpartition("/")[2]
            found[relation.get("Id", "")] = Relation(kind, posixpath.normpath(whole))
    return found


def core_properties(package: zipfile.ZipFile) -> tuple[tuple[str, str], ...]:
    """Core properties as far as they are set and readable (ECMA-376 part 2, §11); moments in ISO 8601."""
    found = {}
    try:
        for relation in relations(package, "").values():
            if relation.kind == "core-properties" and relation.target in package.NameToInfo:
                for element in parse_xml(package.read(relation.target)):
                    found[local_name(element)] = (element.text or "").strip()
    except DAMAGED:
        return ()
    return tuple((ours, found[theirs]) for theirs, ours in _PROPERTIES.items() if found.get(theirs))
