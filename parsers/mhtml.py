"""Web pages with their pictures in one file (MHTML, RFC 2557), also under the name of a Word document."""

from __future__ import annotations

from dataclasses import replace
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from parsers import html
from parsers import media_types as mt
from parsers.media_types import called
from parsers.parsed import Member, Parsed, Unread
from parsers.pictures import member_of_document
from parsers.problems import damaged, too_large
from records.extracts import ReadLimits
from records.mail import Part

_MAX_BYTES = 64 * 1024**2
_MHTML = called(mt.MHTML)
_FURNITURE = ("text/xml", "application/xml", "text/css", "application/x-mso")


class MhtmlParser:
    """The page's text and tables; its pictures and files as members."""

    name = "mhtml"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: damaged, too_large."""
        if len(part.content) > _MAX_BYTES:
            raise Unread(too_large(_MHTML))
        leaves = [leaf for leaf in _message(part.content).walk() if not leaf.is_multipart()]
        page = next((leaf for leaf in leaves if leaf.get_content_type() == mt.HTML), None)
        if page is None:
            raise damaged(_MHTML)
        parsed = html.PARSER.parse(replace(part, content=_octets(page)), limits)
        others = [leaf for leaf in leaves if leaf is not page and leaf.get_content_type() not in (*_FURNITURE, mt.HTML)]
        members = (_member(part, number, leaf) for number, leaf in enumerate(others[: limits.max_members], 1))
        return replace(parsed, media_type=mt.MHTML, members=tuple(members))


PARSER = MhtmlParser()


def _message(content: bytes) -> Message:
    return BytesParser(policy=compat32).parsebytes(content.lstrip())


def _octets(leaf: Message) -> bytes:
    octets = leaf.get_payload(decode=True)
    return octets if isinstance(octets, bytes) else b""


def _member(part: Part, number: int, leaf: Message) -> Member:
    location = str(leaf.get("Content-Location", "")).rpartition("/")[2]
    return member_of_document(part, number, location, leaf.get_content_type(), _octets(leaf))
