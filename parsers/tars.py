"""gzip, bzip2, xz and zstd files, and tar archives inside them or by themselves."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO

from backports import zstd

from parsers import media_types as mt
from parsers.archives import Entry, unpack
from parsers.media_types import called
from parsers.parsed import Member, Parsed, Unread
from parsers.problems import broken_off, damaged, not_a_file, too_large
from parsers.sniff import sniff
from records.decoding import decode_text
from records.extracts import ReadLimits
from records.mail import Part

_CHUNK = 1024**2  # octets unpacked at a time
_ENDINGS = {".tgz": ".tar", ".zst": "", ".gz": "", ".bz2": "", ".xz": ""}
_BROKEN = (zstd.ZstdError, OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, tarfile.TarError)


class TarParser:
    """A compressed file is an archive of one member; a compressed tar, of the tar's members."""

    name = "tar"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: damaged, too_large (no more than the limit is ever unpacked)."""
        media_type = sniff(part)
        if media_type == mt.TAR:
            return _tar_members(part, part.content, media_type, limits)
        content, is_whole = _unpacked(part.content, media_type, limits)
        if not content and not is_whole:
            raise damaged(called(media_type))
        inner = Part(f"{part.position}/1", _inner_name(part.filename), "application/octet-stream", content)
        if sniff(inner) == mt.TAR:
            parsed = _tar_members(part, content, media_type, limits)
        else:
            parsed = Parsed(media_type, members=(Member(inner),))
        return parsed if is_whole else replace(parsed, problem=parsed.problem or broken_off(called(media_type)))


PARSER = TarParser()


def _unpacked(content: bytes, media_type: str, limits: ReadLimits) -> tuple[bytes, bool]:
    """What comes out before the file breaks off, and whether it does not.

    Such files do not say how large they become, so they are unpacked up to the limit.
    """
    unpacked = bytearray()
    try:
        with _opened(BytesIO(content), media_type) as stream:
            while chunk := stream.read1(_CHUNK):
                unpacked += chunk
                if len(unpacked) > limits.max_unpacked_bytes:
                    raise Unread(too_large(called(media_type)))
    except _BROKEN:
        return bytes(unpacked), False
    return bytes(unpacked), True


def _opened(raw: BytesIO, media_type: str) -> gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile | zstd.ZstdFile:
    if media_type == mt.GZIP:
        return gzip.GzipFile(fileobj=raw)
    if media_type == mt.ZSTD:
        return zstd.ZstdFile(raw)
    return bz2.BZ2File(raw) if media_type == mt.BZIP2 else lzma.LZMAFile(raw)


def _tar_members(part: Part, content: bytes, media_type: str, limits: ReadLimits) -> Parsed:
    entries: list[Entry] = []
    try:
        with tarfile.open(fileobj=BytesIO(content), mode="r:", encoding="utf-8", errors="surrogateescape") as archive:
            is_whole = _list(archive, entries, limits.max_members)
            parsed = unpack(part, media_type, entries, limits)
    except _BROKEN as error:
        raise damaged(called(media_type)) from error
    return parsed if is_whole else replace(parsed, problem=parsed.problem or broken_off(called(media_type)))


def _list(archive: tarfile.TarFile, entries: list[Entry], most: int) -> bool:
    """Adds all that is no folder to ``entries``; False where the archive breaks off."""
    files: dict[str, tarfile.TarInfo] = {}
    try:
        for info in archive:
            if info.isreg():
                files[info.name] = info
            if not info.isdir():
                entries.append(_entry(archive, info, files))
            if len(entries) > most:
                break
    except _BROKEN:
        return False
    return True


def _entry(archive: tarfile.TarFile, info: tarfile.TarInfo, files: Mapping[str, tarfile.TarInfo]) -> Entry:
    """A hard link is the earlier file of that name; other links and devices lead out of the archive."""
    source = files.get(info.linkname) if info.islnk() else info

    def read() -> bytes:
        if source is None or not source.isreg():
            raise Unread(not_a_file(called(mt.TAR)))
        if source.issparse():
            raise NotImplementedError
        stream = archive.extractfile(source)
        assert stream is not None  # a regular file
        return stream.read()

    name = info.name if info.name.isascii() else decode_text(info.name.encode("utf-8", "surrogateescape"))
    return Entry(name, source.size if source else 0, False, read, _BROKEN)


def _inner_name(name: str | None) -> str:
    for ending, instead in _ENDINGS.items():
        if name is not None and name.casefold().endswith(ending):
            return name[: -len(ending)] + instead
    return name or "content"
