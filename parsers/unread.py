"""Files that are kept and listed but not read: each gets a sentence that says what it is and what to do."""

from __future__ import annotations

import re

from parsers import media_types as mt
from parsers.parsed import Parsed, Problem, Unread
from parsers.problems import encrypted, no_parser, shortcut, split_archive
from parsers.sniff import sniff
from records.extracts import ReadLimits
from records.mail import Part
from records.words import Text

_EMPTY = Problem(
    "unreadable",
    "empty",
    Text("文件是空的，没有内容。请报送单位重新发送。", "The file is empty. Ask the unit to send it again."),
)
_VOLUME = Text("压缩包", "archive")
_SYSTEM = Problem(
    "skipped",
    "system_file",
    Text("这是操作系统自动生成的文件，无需处理。", "The operating system made this file; nothing needs to be done."),
)
_SYSTEM_NAMES = re.compile(r"(?:^|/)(?:thumbs\.db|desktop\.ini|\.ds_store|__macosx/.*|\._[^/]*|~\$[^/]*)$", re.I)


def is_system_file(name: str | None) -> bool:
    """Whether a file of that name is what an operating system or office program leaves in a folder: nobody sends it."""
    return name is not None and bool(_SYSTEM_NAMES.search(name))


class UnreadParser:
    """Names the kind of a file that no parser reads."""

    name = "unread"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread`` for Office files with a password; else an empty result with the reason."""
        media_type = sniff(part)
        if is_system_file(part.filename):
            return Parsed(media_type, problem=_SYSTEM)
        if media_type == mt.ENCRYPTED_OFFICE:
            raise encrypted(mt.called(media_type))
        if media_type == mt.VOLUME:
            raise Unread(split_archive(_VOLUME))
        return Parsed(media_type, problem=_problem(media_type))


def _problem(media_type: str) -> Problem:
    if media_type == mt.EMPTY:
        return _EMPTY
    return shortcut() if media_type == mt.SHORTCUT else no_parser(mt.called(media_type))


PARSER = UnreadParser()
