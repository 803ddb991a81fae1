"""RTF as Outlook packs it into winmail.dat ([MS-OXRTFCP])."""

from __future__ import annotations

import struct

_COMPRESSED, _STORED = 0x75465A4C, 0x414C454D  # "LZFu", "MELA"
_DICTIONARY = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)  # §2.1.3.1.5: what both sides know before the first octet
_SIZE = 4096
_MAX_BYTES = 16 * 1024**2


def unpack_rtf(packed: bytes) -> bytes:
    """The RTF; what is there of it where the stream breaks off. Raises ValueError: no such stream."""
    if len(packed) < 16:
        raise ValueError("no header")
    _, raw_size, kind, _ = struct.unpack_from("<IIII", packed)
    if kind == _STORED:
        return packed[16 : 16 + raw_size]
    if kind != _COMPRESSED:
        raise ValueError("unknown compression")
    return _unpacked(packed[16:], min(raw_size, _MAX_BYTES))


def _unpacked(stream: bytes, size_bytes: int) -> bytes:
    window = bytearray(_DICTIONARY.ljust(_SIZE, b"\0"))
    write, out, position = len(_DICTIONARY), bytearray(), 0
    while position < len(stream) and len(out) < size_bytes:
        control = stream[position]
        position += 1
        for bit in range(8):
            reference = control >> bit & 1
            piece = stream[position : position + 1 + reference]
            position += 1 + reference
            if len(piece) < 1 + reference:
                return bytes(out)
            if not reference:
                out += piece
                window[write] = piece[0]
                write = (write + 1) % _SIZE
                continue
            offset, length = (piece[0] << 4) | (piece[1] >> 4), (piece[1] & 15) + 2
            if offset == write:
                return bytes(out)  # §2.1.3.2.1: the end
            for step in range(length):
                octet = window[(offset + step) % _SIZE]
                out.append(octet)
                window[write] = octet
                write = (write + 1) % _SIZE
    return bytes(out)
