"""Zip files whose directory is lost or lies: what their local headers still lead to (APPNOTE.TXT 6.3.10, §4.3.7)."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

_HEADER = struct.Struct("<4sHHHHHIIIHH")
_SIGNATURE = b"PK\x03\x04"
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 1
_MAX_MEMBERS = 4000


def salvage(content: bytes, most_bytes: int) -> bytes:
    """A zip file of all members that can be inflated, the last one as far as it goes; b"" where there is none.

    ``most_bytes`` bounds what is inflated altogether; the rest is left out.
    """
    out = BytesIO()
    names = set()
    with zipfile.ZipFile(out, "w") as whole:
        for name, octets in _members(content, most_bytes):
            if name and name not in names:
                names.add(name)
                whole.writestr(name, octets)
    return out.getvalue() if names else b""


def local_names(content: bytes) -> list[str]:
    """The names in the local headers, in order; nothing is inflated."""
    return [name for name, _, _ in _headers(content)]


def _members(content: bytes, most_bytes: int) -> Iterator[tuple[str, bytes]]:
    left = most_bytes
    for name, begin, (method, size) in _headers(content):
        octets = _octets(content, begin, method, size, left)
        left -= len(octets)
        if left <= 0:
            return
        if octets:
            yield name, octets


def _headers(content: bytes) -> Iterator[tuple[str, int, tuple[int, int]]]:
    """Name, where the data begin, method and packed size (0: unknown) of each member that asks for no password."""
    at = content.find(_SIGNATURE)
    for _ in range(_MAX_MEMBERS):
        if at < 0 or at + _HEADER.size > len(content):
            return
        _, _, flags, method, _, _, _, size, _, name_size, extra_size = _HEADER.unpack_from(content, at)
        begin = at + _HEADER.size + name_size + extra_size
        name = content[at + _HEADER.size : at + _HEADER.size + name_size].decode("utf-8", "replace")
        if not flags & _ENCRYPTED and method in (_STORED, _DEFLATED):
            yield name, begin, (method, size)
        at = content.find(_SIGNATURE, at + 4 if size > len(content) else max(begin + size, at + 4))


def _octets(content: bytes, begin: int, method: int, size: int, most: int) -> bytes:
    if method == _STORED:
        end = begin + size if size else content.find(_SIGNATURE, begin)
        return content[begin : end if end >= 0 else None][:most]
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        return inflater.decompress(memoryview(content)[begin:], most)
    except zlib.error:
        return _before_damage(content, begin, most)


def _before_damage(content: bytes, begin: int, most: int) -> bytes:
    """What inflates before the first damaged block, in small steps."""
    inflater, out = zlib.decompressobj(-zlib.MAX_WBITS), bytearray()
    try:
        for at in range(begin, len(content), 256):
            out += inflater.decompress(content[at : at + 256], max(most - len(out), 1))
            if inflater.eof or len(out) >= most:
                break
    except zlib.error:
        pass  # the damage is reached
    return bytes(out)
