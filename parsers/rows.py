"""How a table's row stands in running text."""

from __future__ import annotations

from collections.abc import Sequence


def row_lines(cells: Sequence[Sequence[str]]) -> list[str]:
    """A row of short cells as one line with tabs; where cells hold several paragraphs, line after line."""
    if any(len(cell) > 1 for cell in cells):
        return [line for cell in cells for line in cell]
    line = "\t".join(cell[0] if cell else "" for cell in cells).rstrip()
    return [line] if line.strip() else []
