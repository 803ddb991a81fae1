"""How members of a ZIP archive are packed (APPNOTE.TXT 6.3.10 §4.4.5), each unpacked no further than it is declared."""

from __future__ import annotations

import bz2
import lzma
import zipfile
import zlib
from collections.abc import Callable, Mapping

import inflate64
from backports import zstd

_CHUNK = 4096  # octets given to a library that does not limit what it gives back

DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, zstd.ZstdError, EOFError, OSError, ValueError, TypeError)
"""What is raised on damaged members."""

Unpack = Callable[[bytes, int], bytes]
"""Packed octets and the most octets wanted → octets."""


def _stored(packed: bytes, most: int) -> bytes:
    return packed[:most]


def _deflate(packed: bytes, most: int) -> bytes:
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, most)


def _deflate64(packed: bytes, most: int) -> bytes:
    inflater, content = inflate64.Inflater(), bytearray()
    for at in range(0, len(packed), _CHUNK):
        content += inflater.inflate(packed[at : at + _CHUNK])
        if len(content) >= most:
            break
    return bytes(content[:most])


def _bzip2(packed: bytes, most: int) -> bytes:
    return bz2.BZ2Decompressor().decompress(packed, most)


def _lzma(packed: bytes, most: int) -> bytes:
    """§5.8: version, length of the properties, properties, data; as the old .lzma format has them in another order."""
    length = int.from_bytes(packed[2:4], "little")
    alone = packed[4 : 4 + length] + b"\xff" * 8 + packed[4 + length :]
    return lzma.LZMADecompressor(lzma.FORMAT_ALONE).decompress(alone, most)


def _xz(packed: bytes, most: int) -> bytes:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ).decompress(packed, most)


def _zstd(packed: bytes, most: int) -> bytes:
    return bytes(zstd.ZstdDecompressor().decompress(packed, most))


METHODS: Mapping[int, Unpack] = {
    0: _stored,
    8: _deflate,
    9: _deflate64,  # Windows' own, for large files
    12: _bzip2,
    14: _lzma,
    93: _zstd,
    95: _xz,
}
