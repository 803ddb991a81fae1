"""gzip, bzip2 and xz files, and tar archives inside them or by themselves."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
import zlib
from io import BytesIO

from parsers import media_types as mt
from parsers.archives import Entry, unpack
from parsers.media_types import called
from parsers.parsed import Member, Parsed, Unread
from parsers.problems import damaged, too_large
from parsers.sniff import sniff
from records.extracts import ReadLimits
from records.mail import Part

_ENDINGS = {".tgz": ".tar", ".gz": "", ".bz2": "", ".xz": ""}
_BROKEN = (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, tarfile.TarError)


class TarParser:
    """A compressed file is an archive of one member; a compressed tar, of the tar's members."""

    name = "tar"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: damaged, too_large (no more than the limit is ever unpacked)."""
        media_type = sniff(part)
        try:
            if media_type == mt.TAR:
                return _tar_members(part, part.content, media_type, limits)
            content = _unpacked(part.content, media_type, limits)
            inner = Part(f"{part.position}/1", _inner_name(part.filename), "application/octet-stream", content)
            if sniff(inner) == mt.TAR:
                return _tar_members(part, content, media_type, limits)
        except _BROKEN as error:
            raise damaged(called(media_type)) from error
        return Parsed(media_type, members=(Member(inner),))


PARSER = TarParser()


def _unpacked(content: bytes, media_type: str, limits: ReadLimits) -> bytes:
    """Such files do not say how large they become, so they are unpacked up to the limit."""
    with _opened(BytesIO(content), media_type) as stream:
        unpacked = stream.read(limits.max_unpacked_bytes + 1)
    if len(unpacked) > limits.max_unpacked_bytes:
        raise Unread(too_large(called(media_type)))
    return unpacked


def _opened(raw: BytesIO, media_type: str) -> gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile:
    if media_type == mt.GZIP:
        return gzip.GzipFile(fileobj=raw)
    return bz2.BZ2File(raw) if media_type == mt.BZIP2 else lzma.LZMAFile(raw)


def _tar_members(part: Part, content: bytes, media_type: str, limits: ReadLimits) -> Parsed:
    """Regular files only; links and devices lead out of the archive."""
    with tarfile.open(fileobj=BytesIO(content), mode="r:", encoding="utf-8", errors="surrogateescape") as archive:
        entries = []
        for info in archive:
            if info.isreg() and not info.issparse():
                entries.append(_entry(archive, info))
            if len(entries) > limits.max_members:
                break
        return unpack(part, media_type, entries, limits)


def _entry(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Entry:
    def read() -> bytes:
        stream = archive.extractfile(info)
        assert stream is not None  # a regular file
        return stream.read()

    name = info.name.encode("utf-8", "surrogateescape").decode("gb18030", "replace")
    return Entry(info.name if info.name.isprintable() else name, info.size, False, read, _BROKEN)


def _inner_name(name: str | None) -> str:
    for ending, instead in _ENDINGS.items():
        if name is not None and name.casefold().endswith(ending):
            return name[: -len(ending)] + instead
    return name or "content"
