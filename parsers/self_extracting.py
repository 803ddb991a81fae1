"""Programs that unpack themselves: the archive inside is read, the program never run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from parsers import media_types as mt
from parsers import rar, seven_zip, zips
from parsers.parsed import Parsed, Parser, Unread
from parsers.unread import UnreadParser
from records.extracts import ReadLimits
from records.mail import Part

_MAGIC = re.compile(rb"Rar!\x1a\x07[\0\x01]|7z\xbc\xaf\x27\x1c\0")
_MOST_TRIES = 4  # the unpacking code holds its own mark too


class SelfExtractingParser:
    """Members of the first archive in the program that can be opened; else a program like any other."""

    name = "self_extracting"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread`` where the archive inside is encrypted or split."""
        for parser, content in _payloads(part.content):
            try:
                parsed = parser.parse(replace(part, content=content), limits)
            except Unread as error:
                if error.problem.reason != "damaged":
                    raise
            else:
                if parsed.members:
                    return replace(parsed, media_type=mt.EXECUTABLE)
        return UnreadParser().parse(part, limits)


PARSER = SelfExtractingParser()


def _payloads(content: bytes) -> Iterator[tuple[Parser, bytes]]:
    for number, found in enumerate(_MAGIC.finditer(content)):
        if number == _MOST_TRIES:
            break
        yield rar.PARSER if found[0].startswith(b"Rar") else seven_zip.PARSER, content[found.start() :]
    if b"PK\5\6" in content[-65557:]:  # the longest comment, and the end record (§4.3.16)
        yield zips.PARSER, content
