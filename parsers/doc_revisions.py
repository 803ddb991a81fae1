"""What is deleted under tracked changes in a .doc: runs with sprmCFRMarkDel ([MS-DOC] §2.6.1)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_FC_CHPX = 0x00FA  # in FibRgFcLcb97: where the pages with the runs' properties are listed
_PAGE = 512
_DELETED = 0x0800
_VARIABLE, _SIZES = 6, (1, 1, 2, 4, 2, 2, 0, 3)  # of operands, by the three highest bits of the modifier (§2.2.5.1)


def deleted_runs(word: bytes, table: bytes) -> list[tuple[int, int]]:
    """Begin and end in the stream WordDocument of each deleted run, in order. Raises struct.error on damage."""
    begin, size = struct.unpack_from("<II", word, _FC_CHPX)
    count = (size - 4) // 8
    pages = struct.unpack_from(f"<{count}I", table, begin + 4 * (count + 1)) if count > 0 else ()
    found: list[tuple[int, int]] = []
    for number in pages:
        page = word[(number & 0x3FFFFF) * _PAGE :][:_PAGE]
        if len(page) == _PAGE:
            found += _deleted_on(page)
    return sorted(found)


def _deleted_on(page: bytes) -> Iterator[tuple[int, int]]:
    """One formatted disk page (ChpxFkp, §2.9.33)."""
    count = page[-1]
    if 4 * (count + 1) + count > _PAGE:
        return
    places = struct.unpack_from(f"<{count + 1}I", page)
    for index in range(count):
        at = 2 * page[4 * (count + 1) + index]
        if at and _is_deleted(page[at + 1 : at + 1 + page[at]]):
            yield places[index], places[index + 1]


def _is_deleted(properties: bytes) -> bool:
    at = 0
    while at + 2 < len(properties):
        modifier = struct.unpack_from("<H", properties, at)[0]
        if modifier == _DELETED:
            return bool(properties[at + 2])
        kind = modifier >> 13
        at += 2 + (1 + properties[at + 2] if kind == _VARIABLE else _SIZES[kind])
    return False
