"""How figures are printed: a line each, with its unit, and the ratio to the peer."""

from __future__ import annotations

import math
from collections.abc import Sequence


def heading(text: str) -> None:
    """The name of a group of figures."""
    print(f"\n{text}", flush=True)


def line(what: str, figure: float | None, unit: str, note: str = "") -> None:
    """One figure; ``None``: it could not be had, and the note says why."""
    value = "-" if figure is None else f"{figure:.3g}" if abs(figure) < 1000 else f"{figure:,.0f}"
    print(f"  {what:<46} {value:>9} {unit:<20} {note}".rstrip(), flush=True)


def beside(ours: float, theirs: float, peer: str) -> str:
    """The note of our figure: how many times the peer's it is."""
    return f"×{ours / theirs:.2f} of {peer} ({theirs:.3g})" if theirs else f"{peer}: nothing to compare with"


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that at least ``percent`` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(math.ceil(len(ordered) * percent / 100), 1) - 1]
