"""Plain text and CSV, in whatever charset; CSV also as a table (RFC 4180, with ; and tab)."""

from __future__ import annotations

import csv
from dataclasses import replace
from io import StringIO

from parsers import media_types as mt
from parsers.media_types import called
from parsers.parsed import Parsed, Unread, one_page
from parsers.problems import too_large
from parsers.sniff import sniff
from records.decoding import decode_text
from records.extracts import ReadLimits, Table
from records.mail import Part

_MAX_TEXT_BYTES = 64 * 1024**2
_MAX_ROWS = 20_000
_MAX_FIELD = 1_000_000


class PlainParser:
    """Text as it stands."""

    name = "plain"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread`` (too_large) above 64 MiB."""
        media_type = sniff(part)
        if len(part.content) > _MAX_TEXT_BYTES:
            raise Unread(too_large(called(media_type)))
        text = decode_text(part.content).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
        parsed = Parsed(media_type, pages=one_page(text))
        return replace(parsed, tables=_tables(text)) if media_type == mt.CSV else parsed


PARSER = PlainParser()


def _tables(text: str) -> tuple[Table, ...]:
    head = text[:4096]
    separator = max(",;\t", key=head.count)
    csv.field_size_limit(_MAX_FIELD)
    rows = []
    try:
        for row in csv.reader(StringIO(text), delimiter=separator):
            rows.append(tuple(row))
            if len(rows) >= _MAX_ROWS:
                break
    except csv.Error:
        return ()  # the text stands all the same
    return (Table(rows=tuple(rows)),) if rows else ()
