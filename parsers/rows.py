"""How a table's row stands in running text."""

from __future__ import annotations

from collections.abc import Sequence

_DEFAULT_NAMES = ("sheet", "工作表", "表")


def row_lines(cells: Sequence[Sequence[str]]) -> list[str]:
    """A row of short cells as one line with tabs; where cells hold several paragraphs, line after line."""
    if any(len(cell) > 1 for cell in cells):
        return [line for cell in cells for line in cell]
    line = "\t".join(cell[0] if cell else "" for cell in cells).rstrip()
    return [line] if line.strip() else []


def sheet_text(name: str, rows: Sequence[Sequence[str]]) -> str:
    """A sheet's rows as lines with tabs, below its name where somebody gave it one."""
    lines = [] if name.casefold().rstrip("0123456789 ") in _DEFAULT_NAMES or not rows else [name]
    lines += ["\t".join(" ".join(value.split()) for value in row).rstrip() for row in rows if any(row)]
    return "\n".join(lines)
