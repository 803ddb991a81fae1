"""Word documents in one XML file: Word 2003 XML and Flat OPC; both hold the markup that a docx holds."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lxml import etree

from parsers import media_types as mt
from parsers.docx import of_walks
from parsers.docx_numbers import Numbers
from parsers.media_types import called
from parsers.packages import MAX_XML_BYTES, attribute, local_name, parse_xml
from parsers.parsed import Member, Parsed, Unread
from parsers.pictures import member_of_document
from parsers.problems import damaged, too_large
from parsers.sniff import sniff
from parsers.word_walk import Walk
from records.extracts import ReadLimits
from records.mail import Part

_STORIES = ("hdr", "document", "wordDocument", "footnotes", "endnotes", "comments", "ftr")
_WORD = called(mt.WORD_XML)


class WordXmlParser:
    """Headers first, then body, notes, comments, footers; pictures as members."""

    name = "word_xml"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: damaged, too_large."""
        if len(part.content) > MAX_XML_BYTES:
            raise Unread(too_large(_WORD))
        try:
            root = parse_xml(part.content)
        except (etree.LxmlError, ValueError) as error:
            raise damaged(_WORD) from error
        parsed = of_walks([_walk(root, story) for story in _stories(root)])
        if not parsed.pages:
            raise damaged(_WORD)
        return replace(parsed, media_type=mt.WORD_XML, members=tuple(_pictures(part, root, limits)))


PARSER = WordXmlParser()


def _stories(root: Any) -> list[Any]:
    found = [element for element in root.iter() if local_name(element) in _STORIES]
    return sorted(found, key=lambda element: _STORIES.index(local_name(element)))


def _walk(root: Any, story: Any) -> Walk:
    numbering = next(root.iter("{*}numbering"), None)
    walk = Walk(Numbers.of(numbering, lambda: next(root.iter("{*}styles"), None)).label)
    for body in story.iterfind("{*}body") if local_name(story) == "wordDocument" else [story]:
        walk.story(body)
    return walk


def _pictures(part: Part, root: Any, limits: ReadLimits) -> Iterator[Member]:
    """``w:binData`` with a name (Word 2003), ``pkg:binaryData`` in a named part (Flat OPC)."""
    holders = [item for item in root.iter("{*}binData", "{*}binaryData") if item.text]
    for number, item in enumerate(holders[: limits.max_members], 1):
        name = attribute(item, "name") or attribute(item.getparent(), "name")
        try:
            content = b64decode("".join(item.text.split()))
        except ValueError:  # damaged; the others stand
            continue
        kind = sniff(Part("", None, "", content))
        extension = "" if "." in name else f".{kind.rpartition('/')[2]}"
        yield member_of_document(part, number, name + extension, kind, content)
