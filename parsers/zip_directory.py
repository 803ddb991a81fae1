"""The members of a ZIP archive, by its directory or, where that is lost, by what stands before each member."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from parsers.zip_methods import METHODS
from records.decoding import decode_text

_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_SIZES_FOLLOW = 0x8
_UNICODE_PATH = 0x7075
_HEADER = struct.Struct("<4s5H3I2H")  # §4.3.7
_ENTRY = struct.Struct("<4s6H3I5H2I")  # §4.3.12
_END = struct.Struct("<4s4H2IH")  # §4.3.16
_CHUNK = 65536


@dataclass(frozen=True, slots=True)
class ZipMember:
    """Where a member stands in the archive, and how it is packed."""

    name: str
    method: int
    is_encrypted: bool
    crc: int
    size_bytes: int  # as declared
    packed: slice  # of the archive's octets

    def content(self, archive: bytes) -> bytes:
        """Its octets. Raises NotImplementedError (method unknown), BadZipFile or what the method raises on damage."""
        if self.method not in METHODS:
            raise NotImplementedError(self.method)
        content = METHODS[self.method](archive[self.packed], self.size_bytes + 1)
        if len(content) != self.size_bytes or zlib.crc32(content) != self.crc:
            raise zipfile.BadZipFile("size or check sum")
        return content


def by_directory(archive: bytes) -> list[ZipMember]:
    """Files, folders left out. Raises what zipfile raises where the directory is lost or damaged."""
    try:
        opened = zipfile.ZipFile(BytesIO(archive))
    except UnicodeDecodeError:  # names in GBK that claim to be UTF-8
        opened = zipfile.ZipFile(BytesIO(_without_name_flags(archive)))
    with opened:
        return [_member(archive, info) for info in opened.infolist() if not info.is_dir()]


def is_volume(archive: bytes) -> bool:
    """Whether the archive's end says that there are other disks (§4.4.19)."""
    end = archive.rfind(b"PK\5\6")
    return 0 <= end <= len(archive) - _END.size and archive[end + 4 : end + 8] not in (b"\0\0\0\0", b"\xff\xff\xff\xff")


def by_local_headers(archive: bytes, most: int) -> Iterator[ZipMember]:
    """Members in order, found by their headers; of those whose size follows, up to ``most`` octets are unpacked."""
    at = archive.find(b"PK\3\4")
    while 0 <= at <= len(archive) - _HEADER.size:
        _, _, flags, method, _, _, crc, packed, size, name_length, extra_length = _HEADER.unpack_from(archive, at)
        start = at + _HEADER.size + name_length + extra_length
        raw = archive[at + _HEADER.size : at + _HEADER.size + name_length]
        if flags & _SIZES_FOLLOW and not packed and not flags & _ENCRYPTED:
            packed, size, crc = _measured(archive, start, method, most)
        if not raw.endswith((b"/", b"\\")):
            name = _name(flags, raw, archive[start - extra_length : start])
            yield ZipMember(name, method, bool(flags & _ENCRYPTED), crc, size, slice(start, start + packed))
        at = archive.find(b"PK\3\4", start + packed)


def _member(archive: bytes, info: zipfile.ZipInfo) -> ZipMember:
    at = info.header_offset
    name_length, extra_length = struct.unpack_from("<2H", archive[max(at, 0) : at + 30].ljust(30, b"\0"), 26)
    start = at + _HEADER.size + name_length + extra_length
    raw = info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8_NAME else "cp437")  # as zipfile read it
    name = _name(info.flag_bits, raw, info.extra)
    is_encrypted = bool(info.flag_bits & _ENCRYPTED)
    packed = slice(start, start + info.compress_size)
    return ZipMember(name, info.compress_type, is_encrypted, info.CRC, info.file_size, packed)


def _name(flags: int, raw: bytes, extra: bytes) -> str:
    """The member's path as its packer meant it: UTF-8 where flagged or valid, else as Chinese Windows writes it."""
    if not flags & _UTF8_NAME:
        return _unicode_path(extra, raw) or decode_text(raw)
    return decode_text(raw)  # the flag may be wrong


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    """The name in the Info-ZIP Unicode Path field (§4.6.9), if it belongs to this very name."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        field = extra[at + 4 : at + 4 + size]
        if kind == _UNICODE_PATH and field[1:5] == zlib.crc32(raw).to_bytes(4, "little"):
            return field[5:].decode("utf-8", "replace")
        at += 4 + size
    return None


def _without_name_flags(archive: bytes) -> bytes:
    """The same, no name in its directory marked as UTF-8."""
    end = archive.rfind(b"PK\5\6")
    at = end - int.from_bytes(archive[end + 12 : end + 16], "little")  # where the directory begins
    cleared = bytearray(archive)
    while 0 <= at <= end - _ENTRY.size and cleared.startswith(b"PK\1\2", at):
        cleared[at + 9] &= ~(_UTF8_NAME >> 8)
        at += _ENTRY.size + sum(struct.unpack_from("<3H", cleared, at + 28))
    return bytes(cleared)


def _measured(archive: bytes, start: int, method: int, most: int) -> tuple[int, int, int]:
    """Packed size, size, check sum of a deflated member whose sizes follow it (§4.3.9); 0, 0, 1 where it breaks off."""
    inflater, at, size, crc = zlib.decompressobj(-zlib.MAX_WBITS), start, 0, 0
    while method == 8 and at < len(archive) and size <= most and not inflater.eof:
        try:
            content = inflater.decompress(archive[at : at + _CHUNK])
        except zlib.error:
            break
        at, size, crc = min(at + _CHUNK, len(archive)), size + len(content), zlib.crc32(content, crc)
    if not inflater.eof:
        return 0, 0, 1
    at -= len(inflater.unused_data)
    follows = at + 4 if archive.startswith(b"PK\7\x08", at) else at
    told = int.from_bytes(archive[follows : follows + 4], "little")
    return at - start, size, crc if told == crc else crc ^ 1  # a wrong sum makes the member damaged
