"""A message without the bulk of its bodies: what the MIME parser needs to see, small however large the message is.

The standard library's parser goes line by line and copies what it reads some eight times; an attachment of 50 MB would
take 400 MB beside the message. Boundaries and headers are all that it looks for, so the octets between them are put
aside and come back when a leaf is taken out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_DASHES = re.compile(rb"--+")
_BLANK_LINE = re.compile(rb"\n[ \t]*\r?\n|\r[ \t]*\r")
_KEPT_BEFORE = 4096  # of a body: headers that a stray blank line cut in two are mended from here
_KEPT_BEHIND = 64  # the line end before a boundary belongs to that
_WORTHWHILE = 4096


@dataclass(frozen=True, slots=True)
class Skeleton:
    """``octets`` with marks where something was put aside; whole again by :meth:`restored`."""

    octets: bytes
    _whole: bytes
    _mark: re.Pattern[bytes]
    _aside: tuple[tuple[int, int], ...]

    def restored(self, piece: bytes) -> bytes:
        """A piece of ``octets``, what was put aside back in its place."""
        pieces: list[bytes | memoryview] = []
        end = 0
        with memoryview(self._whole) as whole:
            for match in self._mark.finditer(piece):
                start, stop = self._aside[int(match[1])]
                pieces += [piece[end : match.start()], whole[start:stop]]
                end = match.end()
            return b"".join([*pieces, piece[end:]]) if pieces else piece


def skeleton_of(octets: bytes) -> Skeleton:
    """Put aside the long middle of each stretch between two lines that may be boundaries (RFC 2046 §5.1.1)."""
    aside = _stretches(octets)
    mark = b"=_aside"
    while mark in octets:
        mark += b"_"
    pieces: list[bytes] = []
    end = 0
    for number, (start, stop) in enumerate(aside):
        pieces += [octets[end:start], b"%b%d;" % (mark, number)]
        end = stop
    small = b"".join([*pieces, octets[end:]]) if aside else octets
    return Skeleton(small, octets, re.compile(re.escape(mark) + rb"(\d+);"), aside)


def _stretches(octets: bytes) -> tuple[tuple[int, int], ...]:
    """Where bodies begin and end that are long enough; a stretch without a blank line may be all header."""
    if len(octets) < _KEPT_BEFORE + _KEPT_BEHIND + _WORTHWHILE:
        return ()
    found: list[tuple[int, int]] = []
    dashes = (match.start() for match in _DASHES.finditer(octets))
    delimiters = [start for start in dashes if octets[start - 1 : start] in (b"\n", b"\r")]
    for start, stop in zip([0, *delimiters], [*delimiters, len(octets)], strict=True):
        blank = _BLANK_LINE.search(octets, start, stop)
        if blank and stop - blank.end() >= _KEPT_BEFORE + _KEPT_BEHIND + _WORTHWHILE:
            found.append((blank.end() + _KEPT_BEFORE, stop - _KEPT_BEHIND))
    return tuple(found)
