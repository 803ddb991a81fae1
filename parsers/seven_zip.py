"""7z archives, unpacked in memory by py7zr."""

from __future__ import annotations

import lzma
import struct
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import PurePosixPath

import py7zr
from py7zr.exceptions import ArchiveError, DecompressionBombError, PasswordRequired, UnsupportedCompressionMethodError
from py7zr.io import Py7zIO, WriterFactory

from parsers import media_types as mt
from parsers.archives import Entry, unpack
from parsers.media_types import called
from parsers.parsed import Parsed, Unread
from parsers.problems import damaged, encrypted, no_parser, split_archive, too_large
from parsers.volumes import is_volume_name
from records.extracts import ReadLimits
from records.mail import Part

_WHAT = called(mt.SEVEN_ZIP)
_BROKEN = (ArchiveError, OSError, EOFError, ValueError, KeyError, IndexError, TypeError, AttributeError, AssertionError,
           lzma.LZMAError, zlib.error, struct.error)  # fmt: skip


class SevenZipParser:
    """Members by name, taken out together: most 7z archives are one solid block."""

    name = "7z"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: encrypted, damaged, too_large, no_parser (a method that py7zr does not know)."""
        try:
            with py7zr.SevenZipFile(BytesIO(part.content), max_extract_size=limits.max_unpacked_bytes) as archive:
                return _members(part, archive, limits)
        except PasswordRequired as error:
            raise encrypted(_WHAT) from error
        except DecompressionBombError as error:
            raise Unread(too_large(_WHAT)) from error
        except UnsupportedCompressionMethodError as error:
            raise Unread(no_parser(_WHAT)) from error
        except _BROKEN as error:
            raise (Unread(split_archive(_WHAT)) if is_volume_name(part.filename) else damaged(_WHAT)) from error


PARSER = SevenZipParser()


def _members(part: Part, archive: py7zr.SevenZipFile, limits: ReadLimits) -> Parsed:
    is_locked = archive.needs_password()
    files = [file for file in archive.list() if file.is_file]
    taken = _Memory()

    def entry(name: str, written: str, size: int) -> Entry:
        return Entry(name, size, is_locked, lambda: taken.content(archive, written, limits), (KeyError,))

    names = [file.filename for file in files]
    sizes = [file.uncompressed for file in files]
    entries = map(entry, names, _as_written(names), sizes)
    return unpack(part, mt.SEVEN_ZIP, entries, limits, together=True)


def _as_written(names: Sequence[str]) -> Iterator[str]:
    """The names under which py7zr writes members: the second of one name as ``name_0``, the third as ``name_1``."""
    seen = Counter[str]()
    for name in names:
        yield f"{name}_{seen[name] - 1}" if seen[name] else name
        seen[name] += 1


class _Memory(WriterFactory):
    """Where py7zr writes: buffers by name, filled when the first member is asked for."""

    def __init__(self) -> None:
        self._buffers: dict[str, _Buffer] | None = None

    def content(self, archive: py7zr.SevenZipFile, name: str, limits: ReadLimits) -> bytes:
        """The member of that name. Raises KeyError where the archive did not yield it."""
        if self._buffers is None:
            self._buffers = {}
            archive.extract(factory=self)
        return self._buffers[PurePosixPath(name).as_posix()].getvalue()

    def create(self, filename: str) -> Py7zIO:
        """A buffer for one member."""
        assert self._buffers is not None
        self._buffers[filename] = _Buffer()
        return self._buffers[filename]


class _Buffer(Py7zIO):
    """Octets of one member."""

    def __init__(self) -> None:
        self._octets = BytesIO()

    def write(self, s: bytes | bytearray) -> int:
        """Adds octets."""
        return self._octets.write(s)

    def read(self, size: int | None = None) -> bytes:
        """Octets from where it stands."""
        return self._octets.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Moves to an octet."""
        return self._octets.seek(offset, whence)

    def flush(self) -> None:
        """Nothing waits."""

    def size(self) -> int:
        """How many octets there are."""
        return len(self._octets.getbuffer())

    def getvalue(self) -> bytes:
        """All octets."""
        return self._octets.getvalue()
