"""RAR 4 and RAR 5 archives: listed and, where stored, read by rarfile; packed members by a program, if there is one.

rarfile's own way to run programs is not taken: it gives them names from the archive and knows no limits.
"""

from __future__ import annotations

import struct
import tempfile
import time
import zlib
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from typing import Any

import rarfile

from parsers import media_types as mt
from parsers.archives import Entry, unpack
from parsers.media_types import called
from parsers.parsed import Parsed, Problem, Unread
from parsers.problems import broken_off, damaged, encrypted, no_program, not_unpacked, split_archive
from parsers.unpackers import Unpacker, installed
from records.decoding import decode_text
from records.extracts import ReadLimits
from records.mail import Part
from records.words import Text

_RAR = called(mt.RAR)
_FILE = Text("文件", "file")
_BROKEN = (rarfile.Error, OSError, EOFError, ValueError, OverflowError, KeyError, IndexError, TypeError, AttributeError,
           struct.error)  # fmt: skip
_SHARE_OF_TIME = 0.5  # for programs, all runs together
_SPLIT = rarfile.RAR_FILE_SPLIT_BEFORE | rarfile.RAR_FILE_SPLIT_AFTER


def _no_comment(*_: object, **__: object) -> bytes:
    return b""


# rarfile would run a program, without limits, to unpack an archive's comment while it lists the members.
rarfile.rar3_decompress = _no_comment


class RarParser:
    """Members by name; those that cannot be taken out are listed with the reason."""

    name = "rar"

    def __init__(self, unpackers: Sequence[Unpacker] | None = None) -> None:
        """``unpackers``: the programs to try, in this order; None for those on the machine."""
        self._unpackers = unpackers

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: encrypted (names and all), damaged, split (not the first volume), too_large."""
        try:
            with rarfile.RarFile(BytesIO(part.content)) as archive:
                return self._members(part, archive, limits)
        except rarfile.NeedFirstVolume as error:
            raise Unread(split_archive(_RAR)) from error
        except _BROKEN as error:
            raise damaged(_RAR) from error

    def _members(self, part: Part, archive: Any, limits: ReadLimits) -> Parsed:
        files = [info for info in archive.infolist() if info.is_file()]  # links lead out of the archive
        if not files and archive.needs_password():
            raise encrypted(_RAR)
        if not archive.infolist() or (not files and archive.strerror()):
            raise damaged(_RAR)
        unpackers = installed() if self._unpackers is None else self._unpackers
        packed = _Packed(part.content, files[: limits.max_members], unpackers, limits.timeout_s * _SHARE_OF_TIME)
        parsed = unpack(part, mt.RAR, [_entry(archive, info, packed) for info in files], limits, together=True)
        return replace(parsed, problem=parsed.problem or _problem(archive, files, parsed))


PARSER = RarParser()


def _problem(archive: Any, files: Sequence[Any], parsed: Parsed) -> Problem | None:
    """What is to be said of the archive as a whole."""
    reasons = {member.problem.reason if member.problem else None for member in parsed.members}
    if reasons == {"no_program"}:
        return no_program(_RAR)
    if any(info.flags & _SPLIT for info in files):
        return replace(split_archive(_RAR), status="partial")
    return broken_off(_RAR) if archive.strerror() else None


def _entry(archive: Any, info: Any, packed: _Packed) -> Entry:
    source = _source(archive, info)

    def read() -> bytes:
        if source.flags & _SPLIT:
            raise Unread(split_archive(_FILE))
        if source.file_redir is not None or archive.getinfo(source) is not source:  # copies of copies, names twice
            raise damaged(_FILE)
        if source.compress_type != rarfile.RAR_M0:
            return packed.content(source)
        return bytes(archive.read(source))

    return Entry(_name(info), source.file_size, info.needs_password() or source.needs_password(), read, _BROKEN)


def _source(archive: Any, info: Any) -> Any:
    """The member that holds the octets: RAR 5 writes equal files once."""
    try:
        return archive.getinfo_orig(info) if info.file_redir is not None else info
    except rarfile.NoRarEntry:
        return info


def _name(info: Any) -> str:
    """The member's path as its packer meant it: Unicode where so marked or valid, else as Chinese Windows writes it."""
    name = info.filename if info.flags & rarfile.RAR_FILE_UNICODE else decode_text(info.orig_filename)
    return str(name)


class _Packed:
    """The packed members of an archive, taken out together when the first of them is asked for."""

    def __init__(self, archive: bytes, files: Sequence[Any], unpackers: Sequence[Unpacker], seconds: float) -> None:
        self._archive = archive
        self._files = [info for info in files if not info.needs_password() and not info.flags & _SPLIT]
        self._unpackers = unpackers
        self._seconds = seconds
        self._contents: dict[int, bytes] | None = None  # by the member's place in the archive

    def content(self, info: Any) -> bytes:
        """The octets of a member. Raises ``Unread``: no_program, not_unpacked."""
        if not self._unpackers:
            raise Unread(no_program(_FILE))
        if self._contents is None:
            self._contents = self._unpack()
        if info.header_offset not in self._contents:
            raise Unread(not_unpacked(_FILE))
        return self._contents[info.header_offset]

    def _unpack(self) -> dict[int, bytes]:
        """As many members as the programs take out right, in a folder of its own that is gone thereafter."""
        with tempfile.TemporaryDirectory(prefix="baosong-rar-") as folder:
            path = Path(folder) / "archive.rar"
            try:
                path.write_bytes(self._archive)
                return self._from_programs(path)
            except (
                OSError
            ):  # no room for the file, or a program that cannot be run: members are told not to be unpacked
                return {}

    def _from_programs(self, archive: Path) -> dict[int, bytes]:
        """One program after the other, until all members are there; some programs write copies too, some do not."""
        deadline = time.monotonic() + self._seconds
        originals = [info for info in self._files if info.file_redir is None]
        size = sum(info.file_size for info in self._files)
        found: dict[int, bytes] = {}
        for unpacker in self._unpackers:
            output = unpacker.output(archive, size, max((deadline - time.monotonic()) / 2, 0.1))
            found |= _cut(output, self._files) | _cut(output, originals)
            if len(found) == len(originals):
                break
        return found


def _cut(output: bytes, files: Sequence[Any]) -> dict[int, bytes]:
    """The output cut at the members' sizes; only what agrees with a member's check sum, or all of it, counts."""
    ends = list(accumulate(info.file_size for info in files))
    is_whole = bool(ends) and len(output) == ends[-1]
    found = {}
    for info, end in zip(files, ends, strict=True):
        content = output[end - info.file_size : end]
        is_right = len(content) == info.file_size and (
            zlib.crc32(content) == info.CRC if info.CRC is not None else is_whole
        )
        if is_right and info.file_redir is None:
            found[info.header_offset] = content
    return found
