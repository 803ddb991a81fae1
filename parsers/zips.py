"""ZIP archives, in memory: nothing is written to disk, so names can do no harm (APPNOTE.TXT 6.3.10)."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from parsers import media_types as mt
from parsers.archives import Entry, unpack
from parsers.media_types import called
from parsers.packages import BROKEN
from parsers.parsed import Parsed, Problem, Unread
from parsers.problems import broken_off, damaged, split_archive
from parsers.volumes import is_volume_name
from parsers.zip_directory import ZipMember, by_directory, by_local_headers, is_volume
from parsers.zip_methods import DAMAGE
from records.extracts import ReadLimits
from records.mail import Part

_ZIP = called(mt.ZIP)


class ZipParser:
    """Members by name; those that cannot be taken out are listed with the reason."""

    name = "zip"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: damaged, split (a volume with no whole member)."""
        try:
            return self._unpack(part, by_directory(part.content), limits)
        except BROKEN:
            return self._rescued(part, limits)

    def _rescued(self, part: Part, limits: ReadLimits) -> Parsed:
        """Whole members of an archive that is broken off, or of one of its volumes."""
        found = by_local_headers(part.content, limits.max_unpacked_bytes)
        parsed = self._unpack(part, list(islice(found, limits.max_members + 1)), limits)
        is_part = is_volume_name(part.filename) or is_volume(part.content)
        if all(member.problem for member in parsed.members):
            raise Unread(split_archive(_ZIP)) if is_part else damaged(_ZIP)
        return replace(parsed, problem=parsed.problem or broken_off(_ZIP)) if not is_part else _split(parsed)

    def _unpack(self, part: Part, members: list[ZipMember], limits: ReadLimits) -> Parsed:
        parsed = unpack(part, mt.ZIP, [_entry(part.content, member) for member in members], limits)
        return _split(parsed) if is_volume(part.content) else parsed


PARSER = ZipParser()


def _split(parsed: Parsed) -> Parsed:
    problem: Problem = replace(split_archive(_ZIP), status="partial")
    return replace(parsed, problem=parsed.problem or problem)


def _entry(archive: bytes, member: ZipMember) -> Entry:
    return Entry(member.name, member.size_bytes, member.is_encrypted, lambda: member.content(archive), DAMAGE)
