"""Zip packages of XML (docx, pptx, ofd, odf): opened only after a look at how large they would become."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from typing import Any

from lxml import etree

from parsers.media_types import called
from parsers.parsed import Unread
from parsers.problems import damaged, encrypted, too_large
from records.extracts import ReadLimits

MAX_XML_BYTES = 128 * 1024**2  # a tree takes some ten times that
_MAX_MEMBERS = 20_000
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, KeyError, IndexError)
"""What zipfile raises on damaged archives."""


def open_package(content: bytes, media_type: str, limits: ReadLimits) -> zipfile.ZipFile:
    """The package, its declared sizes within the limits (zipfile never inflates more than is declared).

    Raises ``Unread``: encrypted, damaged, too_large.
    """
    what = called(media_type)
    try:
        package = zipfile.ZipFile(BytesIO(content))
        members = package.infolist()
    except BROKEN as error:
        raise damaged(what) from error
    if any(member.flag_bits & 1 for member in members):
        raise encrypted(what)
    xml = max((member.file_size for member in members if _is_xml(member.filename)), default=0)
    unpacked = sum(member.file_size for member in members)
    if unpacked > limits.max_unpacked_bytes or xml > MAX_XML_BYTES or len(members) > _MAX_MEMBERS:
        raise Unread(too_large(what))
    return package


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
