"""Filing on thousands of generated messages.

    python -m bench generated [--wording seen|unseen|last|all] [--count N] [--tricks]

N messages of each invented office. The wording stands in three parts: one to work on, one to measure on,
one for a last look. Whoever mends filing by a message of a part has seen that part.
"""

from __future__ import annotations

from bench.generator.offices import WORDINGS
from bench.generator.report import by_trick, show, wrongs
from bench.generator.trial import Outcome, as_the_service, run


def generated(part: str, count: int, *, tricks: bool) -> list[Outcome]:
    """Print the figures of one part of the wording, or of all; the outcomes."""
    found: list[Outcome] = []
    for one in WORDINGS if part == "all" else (part,):
        outcomes = run(one, count, {"": as_the_service})[""]
        show(f"generated mail, {one} wording", outcomes)
        if tricks:
            by_trick(outcomes)
        wrongs(outcomes)
        found += outcomes
    if part == "all":
        show("generated mail, all", found)
    return found
