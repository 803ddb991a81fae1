"""Units of measure that say the same in other sizes: 公斤 and 吨, 元 and 万元, 亩 and 公顷, 米 and 公里."""

from __future__ import annotations

from functools import lru_cache

from filing.text.vocabulary import word_list

MYRIAD = "万"


def factor(unit: str) -> float:
    """How many of the smallest unit of its kind one ``unit`` is; 1 for a unit that has no other sizes."""
    times = 10_000.0 if unit.startswith(MYRIAD) and len(unit) > 1 else 1.0
    return times * _sizes().get(unit.removeprefix(MYRIAD), 1.0)


def same_kind(unit: str) -> tuple[str, ...]:
    """``unit``, without 万, and all others that it converts into."""
    bare = unit.removeprefix(MYRIAD) or unit
    kinds = word_list("figures")["scales"].values()
    return next((tuple(sizes) for sizes in kinds if bare in sizes), (bare,))


@lru_cache(maxsize=1)
def _sizes() -> dict[str, float]:
    return {unit: float(size) for sizes in word_list("figures")["scales"].values() for unit, size in sizes.items()}
