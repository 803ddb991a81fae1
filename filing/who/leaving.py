"""Evidence left out on purpose, to see what each kind is good for (docs/ablation.md)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from filing.who.units import Witnesses

GUARDS = ("strangers", "selves", "branches")
"""What keeps from filing: other organisations' names, 我校 of a hospital, a 分园 that is not named."""


def left_out(seen: Witnesses, without: Collection[str]) -> Witnesses:
    """The witnesses without the kinds named: a ``Source`` of clues, or one of GUARDS."""
    if not without:
        return seen
    return replace(
        seen,
        clues=tuple(clue for clue in seen.clues if clue.source not in without),
        strangers=() if "strangers" in without else seen.strangers,
        selves=frozenset() if "selves" in without else seen.selves,
        hints_at_branch=seen.hints_at_branch and "branches" not in without,
    )
