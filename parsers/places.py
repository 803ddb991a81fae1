"""A picture without the place where it was taken, for whatever leaves the archive; the archive keeps the original.

The GPS part of EXIF (EXIF 2.32 §4.6.6) and GPS properties of XMP are overwritten where they stand, so pixels and all
other properties stay as they were, octet for octet.
"""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass

_TIFF = re.compile(rb"II\*\0|MM\0\*")
_GPS_POINTER = 0x8825
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}  # octets a value, by type
_XMP_GPS = re.compile(rb"(GPS\w+\s*=\s*)([\"'])(.*?)(\2)|(<[\w.-]*:?GPS\w+[^>]*>)([^<]*)(<)", re.DOTALL)
_PNG = b"\x89PNG\r\n\x1a\n"
_MOST_DIRECTORIES = 64


@dataclass(slots=True)
class _Tiff:
    """A TIFF structure inside a file: header at ``start``."""

    octets: bytearray
    start: int

    @property
    def order(self) -> str:
        return "<" if self.octets[self.start : self.start + 2] == b"II" else ">"

    def numbers(self, form: str, at: int) -> tuple[int, ...]:
        """Numbers at an offset from the header. Raises struct.error beyond the end of the file."""
        found: tuple[int, ...] = struct.unpack_from(self.order + form, self.octets, self.start + at)
        return found

    def blank(self, at: int, size: int) -> None:
        """Zeros from an offset on, no further than the file goes."""
        begin = self.start + at
        end = min(begin + size, len(self.octets))
        self.octets[begin:end] = bytes(max(end - begin, 0))


def without_place(octets: bytes) -> bytes:
    """The same picture file (JPEG, HEIC, WebP, PNG, TIFF) of the same length, without where it was taken."""
    kept = bytearray(octets)
    for found in _TIFF.finditer(octets):
        _blank_gps(_Tiff(kept, found.start()))
    for xmp in _XMP_GPS.finditer(octets):
        group = 3 if xmp[2] else 6
        kept[xmp.start(group) : xmp.end(group)] = b" " * (xmp.end(group) - xmp.start(group))
    return _with_checksums(kept) if octets.startswith(_PNG) else bytes(kept)


def _blank_gps(tiff: _Tiff) -> None:
    """Overwrite the GPS directories to which the main ones point; what is no TIFF after all is left as it is."""
    try:
        (directory,) = tiff.numbers("I", 4)
        for _ in range(_MOST_DIRECTORIES):
            if directory < 8:
                return
            (count,) = tiff.numbers("H", directory)
            for number in range(count):
                entry = directory + 2 + 12 * number
                tag, kind, _ = tiff.numbers("HHI", entry)
                if tag == _GPS_POINTER and kind in (4, 13):
                    _blank_directory(tiff, *tiff.numbers("I", entry + 8))
            (directory,) = tiff.numbers("I", directory + 2 + 12 * count)
    except struct.error:
        return


def _blank_directory(tiff: _Tiff, directory: int) -> None:
    """A directory without entries in place of one with some: their values go as well, wherever they stand."""
    if directory < 8:
        return
    (count,) = tiff.numbers("H", directory)
    for number in range(count):
        entry = directory + 2 + 12 * number
        _, kind, many, at = tiff.numbers("HHII", entry)
        size = _SIZES.get(kind, 0) * many
        if size > 4:
            tiff.blank(at, size)
        tiff.blank(entry, 12)
    tiff.blank(directory, 2)


def _with_checksums(png: bytearray) -> bytes:
    """Every chunk's CRC anew (PNG §5.3)."""
    at = len(_PNG)
    while at + 12 <= len(png):
        (length,) = struct.unpack_from(">I", png, at)
        end = at + 8 + length
        if end + 4 > len(png):
            break
        png[end : end + 4] = struct.pack(">I", zlib.crc32(png[at + 4 : end]))
        at = end + 4
    return bytes(png)
