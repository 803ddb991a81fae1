"""Files that were put into documents: OLE objects around one file ([MS-OLEDS] §2.3.6), which is their only member."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from typing import Any

import olefile

from parsers import media_types as mt
from parsers.media_types import called
from parsers.parsed import Member, Parsed
from parsers.problems import damaged
from records.decoding import decode_text
from records.extracts import ReadLimits
from records.mail import Part

BROKEN = (OSError, struct.error, ValueError, IndexError, KeyError, TypeError, AttributeError)
"""What olefile and the walks through its streams raise on damage."""
NATIVE = "\x01Ole10Native"
_WHOLE = ("Package", "CONTENTS")  # streams that are the file, as they are


class OleObjectParser:
    """The file inside."""

    name = "ole_object"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread`` (damaged)."""
        try:
            with olefile.OleFileIO(BytesIO(part.content)) as storage:
                name, content = file_inside(storage)
        except BROKEN as error:
            raise damaged(called(mt.OLE_OBJECT)) from error
        member = Member(Part(f"{part.position}/1", name or part.filename, mt.UNKNOWN, content))
        return Parsed(mt.OLE_OBJECT, members=(member,))


PARSER = OleObjectParser()


def file_inside(storage: olefile.OleFileIO[Any], folder: str = "") -> tuple[str, bytes]:
    """Name ("" where none is kept) and octets of the file in an object's folder. Raises one of ``BROKEN``."""
    if storage.exists(folder + NATIVE):
        return _packaged(storage.openstream(folder + NATIVE).read())
    name = next((name for name in _WHOLE if storage.exists(folder + name)), NATIVE)
    return "", bytes(storage.openstream(folder + name).read())


def files_inside(storage: olefile.OleFileIO[Any], pool: str) -> Iterator[tuple[str, bytes]]:
    """Name and octets of each file embedded in the objects below the folder ``pool``; damaged ones are left out.

    Objects of Office programs themselves (a sheet in an old document) are folders without a file, and stay unread.
    """
    for path in storage.listdir(streams=True, storages=False):
        if len(path) == 3 and path[0] == pool and path[2] in (NATIVE, *_WHOLE):
            with suppress(*BROKEN):
                yield file_inside(storage, f"{pool}/{path[1]}/")


def _packaged(stream: bytes) -> tuple[str, bytes]:
    """What Windows packs: label, path, path on the sender's machine, then the file itself; strings end in NUL."""
    label, at = _string(stream, 6)  # after the size and a flag
    _, at = _string(stream, at)
    path_size = struct.unpack_from("<I", stream, at + 4)[0]  # after two unknown words
    at += 8 + path_size
    size = struct.unpack_from("<I", stream, at)[0]
    return decode_text(label).replace("\\", "/").rpartition("/")[2], stream[at + 4 : at + 4 + size]


def _string(stream: bytes, at: int) -> tuple[bytes, int]:
    end = stream.index(b"\0", at)
    return stream[at:end], end + 1
