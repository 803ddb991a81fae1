"""HTML files, also under the name of an old office format: the text that a browser would show, and the tables."""

from __future__ import annotations

import re

from parsers import media_types as mt
from parsers.media_types import called
from parsers.parsed import Parsed, Unread, one_page
from parsers.problems import too_large
from records.decoding import decode_text
from records.extracts import ReadLimits, Table
from records.mail import Part
from records.markup import html_tables, html_to_text

_MAX_HTML_BYTES = 32 * 1024**2
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]{2,30})", re.I)


class HtmlParser:
    """Text and tables of a page."""

    name = "html"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread`` (too_large) above 32 MiB."""
        if len(part.content) > _MAX_HTML_BYTES:
            raise Unread(too_large(called(mt.HTML)))
        label = _CHARSET.search(part.content[:2048])
        html = decode_text(part.content, label[1].decode("ascii") if label else None)
        tables = tuple(Table(rows) for rows in html_tables(html))
        return Parsed(mt.HTML, pages=one_page(html_to_text(html)), tables=tables)


PARSER = HtmlParser()
