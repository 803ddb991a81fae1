"""How far a share that was counted can be from the true one (Clopper and Pearson, Biometrika 26, 1934)."""

from __future__ import annotations

from math import exp, lgamma, log

_STEPS = 60  # halvings: far below what is printed


def upper_bound(hits: int, asked: int, confidence: float = 0.95) -> float:
    """The highest share under which ``hits`` or fewer of ``asked`` are not too rare; one-sided. 1.0 where none asked.

    Without any hit it is about 3 / asked (the rule of three).
    """
    if asked == 0 or hits >= asked:
        return 1.0
    low, high = hits / asked, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(hits, asked, middle) > 1 - confidence else (low, middle)
    return high


def lower_bound(hits: int, asked: int, confidence: float = 0.95) -> float:
    """The lowest share under which ``hits`` or more of ``asked`` are not too rare; one-sided. 0.0 where none asked."""
    return 1.0 - upper_bound(asked - hits, asked, confidence)


def _at_most(hits: int, asked: int, share: float) -> float:
    """The probability of ``hits`` or fewer."""
    return sum(_exactly(count, asked, share) for count in range(hits + 1))


def _exactly(hits: int, asked: int, share: float) -> float:
    ways = lgamma(asked + 1) - lgamma(hits + 1) - lgamma(asked - hits + 1)
    return exp(ways + hits * log(share) + (asked - hits) * log(1 - share)) if 0 < share < 1 else float(share == 0)
