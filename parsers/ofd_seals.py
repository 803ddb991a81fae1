"""The name on an electronic seal: SES_ESPropertyInfo of GB/T 38540-2020 (and GM/T 0031-2014), ASN.1 in DER."""

from __future__ import annotations

from collections.abc import Iterator

_UTF8_STRING = 0x0C
_CONSTRUCTED = 0x20
_MAX_DEPTH = 8
_MAX_ELEMENTS = 2000


def seal_name(octets: bytes) -> str:
    """The first UTF-8 string in the seal, or in a signature that holds one: the name; "" where there is none.

    Header, identifiers and dates before it are of other types.
    """
    found = (value for tag, value in _elements(octets, 0) if tag == _UTF8_STRING)
    return next((value.decode("utf-8", "replace").strip() for value in found if value.strip()), "")


def _elements(octets: bytes, depth: int) -> Iterator[tuple[int, bytes]]:
    """Tags and values, depth first; ends at the first damage."""
    at = count = 0
    while at + 2 <= len(octets) and count < _MAX_ELEMENTS:
        tag, (begin, size) = octets[at], _length(octets, at + 1)
        if begin + size > len(octets):
            return
        value = octets[begin : begin + size]
        at, count = begin + size, count + 1
        if tag & _CONSTRUCTED and depth < _MAX_DEPTH:
            yield from _elements(value, depth + 1)
        else:
            yield tag, value


def _length(octets: bytes, at: int) -> tuple[int, int]:
    """Where the value begins, and its size (X.690 §8.1.3)."""
    first = octets[at]
    if first < 0x80:
        return at + 1, first
    width = first & 0x7F
    return at + 1 + width, int.from_bytes(octets[at + 1 : at + 1 + width], "big")
