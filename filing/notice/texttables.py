"""Tables that stand in a notice's plain text: cells parted by tabs, bars or wide gaps."""

from __future__ import annotations

import re
from itertools import groupby

from records.extracts import Table

_GAPS = re.compile(r"\t+|\s*[|｜│┃]\s*|\u3000{2,}| {3,}")
_RULE = re.compile(r"^[-—+|=:\s┌┐└┘├┤┬┴┼─│]+$")
_MAX_LINE = 2_000


def parted(text: str) -> tuple[str, tuple[Table, ...]]:
    """``text`` without its tables, and these: rows of at least three cells, two or more below each other."""
    kept: list[str] = []
    tables: list[Table] = []
    for wide, run in groupby(text.splitlines(), key=_is_row):
        lines = list(run)
        rows = [_cells(line) for line in lines if not _RULE.match(line)]
        if wide and len(rows) >= 2:
            tables.append(Table(tuple(rows)))
        else:
            kept += lines
    return "\n".join(kept), tuple(tables)


def _is_row(line: str) -> bool:
    return len(line) <= _MAX_LINE and len(_cells(line)) >= 3


def _cells(line: str) -> tuple[str, ...]:
    bare = line.strip().strip("|｜│┃").strip()
    return tuple(cell.strip() for cell in _GAPS.split(bare[:_MAX_LINE]))
