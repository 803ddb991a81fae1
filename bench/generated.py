"""Filing on thousands of generated messages.

    python -m bench generated [--half seen|unseen|both] [--count N] [--tricks]

N messages of each invented office. The unseen half of the wording is for figures alone: it is not looked at to mend
filing.
"""

from __future__ import annotations

from bench.generator.report import by_trick, show, wrongs
from bench.generator.trial import Outcome, as_the_service, run


def generated(half: str, count: int, *, tricks: bool) -> list[Outcome]:
    """Print the figures of one half, or of both; the outcomes of all."""
    found: list[Outcome] = []
    for one in ("seen", "unseen") if half == "both" else (half,):
        outcomes = run(one, count, {"": as_the_service})[""]
        show(f"generated mail, {one} wording", outcomes)
        if tricks:
            by_trick(outcomes)
        wrongs(outcomes)
        found += outcomes
    if half == "both":
        show("generated mail, all", found)
    return found
