"""ZIP archives, in memory: nothing is written to disk, so names can do no harm (APPNOTE.TXT 6.3.10)."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO

from parsers import media_types as mt
from parsers.archives import Entry, unpack
from parsers.media_types import called
from parsers.packages import BROKEN
from parsers.parsed import Parsed
from parsers.problems import damaged
from records.decoding import decode_text
from records.extracts import ReadLimits
from records.mail import Part

_ZIP = called(mt.ZIP)
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_UNICODE_PATH = 0x7075


class ZipParser:
    """Members by name; those that cannot be taken out are listed with the reason."""

    name = "zip"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: damaged."""
        try:
            archive = zipfile.ZipFile(BytesIO(part.content))
        except BROKEN as error:
            raise damaged(_ZIP) from error
        with archive:
            entries = [_entry(archive, info) for info in archive.infolist() if not info.is_dir()]
            return unpack(part, mt.ZIP, entries, limits)


PARSER = ZipParser()


def _entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
    def read() -> bytes:
        return archive.read(info)

    return Entry(_name(info), info.file_size, bool(info.flag_bits & _ENCRYPTED), read, BROKEN)


def _name(info: zipfile.ZipInfo) -> str:
    """The member's path as its packer meant it: UTF-8 where flagged or valid, else as Chinese Windows writes it."""
    if info.flag_bits & _UTF8_NAME:
        return info.orig_filename
    raw = info.orig_filename.encode("cp437")  # zipfile's reading of names without the flag; loses nothing
    return _unicode_path(info.extra, raw) or decode_text(raw)


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    """The name in the Info-ZIP Unicode Path field (APPNOTE.TXT §4.6.9), if it belongs to this very name."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        field = extra[at + 4 : at + 4 + size]
        if kind == _UNICODE_PATH and field[1:5] == zlib.crc32(raw).to_bytes(4, "little"):
            return field[5:].decode("utf-8", "replace")
        at += 4 + size
    return None
