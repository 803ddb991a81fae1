"""Compound files ([MS-CFB]) as Outlook and Office write them: for kinds that no program here can make."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TypeAlias

Tree: TypeAlias = "dict[str, bytes | Tree]"

_FREE, _END, _FAT, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_SECTOR, _SMALL, _CUTOFF = 512, 64, 4096
_ROOT, _FOLDER, _STREAM = 5, 1, 2


@dataclass
class _Writer:
    sectors: list[bytes] = field(default_factory=list)
    fat: list[int] = field(default_factory=list)
    small: bytearray = field(default_factory=bytearray)
    small_fat: list[int] = field(default_factory=list)
    entries: list[bytearray] = field(default_factory=list)

    def chain(self, octets: bytes) -> int:
        """Lays the octets into sectors of their own; gives the first."""
        pieces = [octets[at : at + _SECTOR].ljust(_SECTOR, b"\0") for at in range(0, len(octets), _SECTOR)]
        first = len(self.sectors)
        self.sectors += pieces
        self.fat += [*range(first + 1, first + len(pieces)), _END] if pieces else []
        return first if pieces else _END

    def small_chain(self, octets: bytes) -> int:
        """The same in the small sectors, for streams under 4096 octets."""
        count = -(-len(octets) // _SMALL)
        first = len(self.small_fat)
        self.small += octets.ljust(count * _SMALL, b"\0")
        self.small_fat += [*range(first + 1, first + count), _END] if count else []
        return first if count else _END

    def entry(self, name: str, kind: int) -> int:
        """A directory entry without links or content yet."""
        coded = (name + "\0").encode("utf-16-le")
        head = coded.ljust(64, b"\0") + struct.pack("<HBBIII", len(coded), kind, 1, _NONE, _NONE, _NONE)
        self.entries.append(bytearray(head.ljust(116, b"\0") + struct.pack("<IQ", _END, 0)))
        return len(self.entries) - 1

    def fill(self, number: int, tree: Tree) -> None:
        """Adds what stands in a folder; each entry's right neighbour is the next by the order of names (§2.6.4)."""
        previous = None
        for name in sorted(tree, key=lambda name: (len(name), name.upper())):
            content = tree[name]
            inner = self.entry(name, _STREAM if isinstance(content, bytes) else _FOLDER)
            where, offset = (number, 76) if previous is None else (previous, 72)
            struct.pack_into("<I", self.entries[where], offset, inner)
            previous = inner
            if isinstance(content, bytes):
                chain = self.small_chain if len(content) < _CUTOFF else self.chain
                struct.pack_into("<IQ", self.entries[inner], 116, chain(content), len(content))
            else:
                self.fill(inner, content)


def compound_file(tree: Tree) -> bytes:
    """The file with these streams and folders; small enough for one sector of references to the FAT."""
    writer = _Writer()
    root = writer.entry("Root Entry", _ROOT)
    writer.fill(root, tree)
    struct.pack_into("<IQ", writer.entries[root], 116, writer.chain(bytes(writer.small)), len(writer.small))
    directory = writer.chain(b"".join(bytes(entry) for entry in writer.entries))
    small_fat = writer.chain(struct.pack(f"<{len(writer.small_fat)}I", *writer.small_fat))
    first_fat = len(writer.sectors)
    count = -(-first_fat // (_SECTOR // 4 - 1))
    fat = [*writer.fat, *[_FAT] * count]
    fat += [_FREE] * (count * _SECTOR // 4 - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack(
        "<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, count, directory, 0, _CUTOFF,
        small_fat, -(-4 * len(writer.small_fat) // _SECTOR), _END, 0, first_fat,
    )  # fmt: skip
    header += struct.pack(f"<{count - 1}I", *range(first_fat + 1, first_fat + count))
    return header.ljust(_SECTOR, b"\xff") + b"".join(writer.sectors) + struct.pack(f"<{len(fat)}I", *fat)
