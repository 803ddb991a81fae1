"""Numbers that English sentences state: two fire drills, 320 pupils attended, leaflets: 500."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from filing.text.tense import Clause
from filing.text.vocabulary import word_list
from filing.what.countable import Countable
from filing.what.counts import PLAIN, TOTAL, Count, Told

LATIN = re.compile(r"[A-Za-z]{3}")
ONES = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
SMALL = {word: value for value, word in enumerate(ONES.split(), 1)} | {
    word: value for value, word in zip(range(20, 100, 10), TENS.split(), strict=True)
}
WORDS = "|".join(sorted(SMALL, key=len, reverse=True))
COMPOUND = "(?:" + "|".join(TENS.split()) + ")-(?:" + "|".join(ONES.split()[:9]) + ")"
AMOUNT = rf"(?<![\w.,/-])(?P<amount>\d{{1,3}}(?:,\d{{3}})+|\d+|(?i:{COMPOUND})|(?i:{WORDS}))(?![\w%]|[.,/]\d)"
BETWEEN = r"\+?\s+(?:(?!and\b|but\b|of\b|with\b|for\b|to\b|in\b)[A-Za-z’'()\u4e00-\u9fff-]+\s+){0,4}?"


def english_counts(told: Told, measures: Sequence[Countable]) -> Iterator[Count]:
    """What the done clauses of an English sentence count; nothing where it is Chinese.

    ``participants`` only where a total of the whole campaign is stated; see ``english_heads``.
    """
    if not LATIN.search(told.text):
        return
    hazards = 0.0
    for clause in told.clauses if not _is_part(told.text) else ():
        for name in (measure.name for measure in measures if not measure.own):
            for value in _values(name, clause) or _values(name, clause, _label(told.text)):
                hazards = value if name == "hazards_found" else hazards
                yield Count(name, value, _reach(told.text), told.where, told.text, clause.text[:8])
        if hazards and clause.is_done and _words("all_fixed").search(clause.text):
            yield Count("hazards_fixed", hazards, TOTAL, told.where, told.text, derived=True)
    if _words("total").search(told.text) and _is_of_all(told.text):
        for value in english_heads(told.clauses):
            yield Count("participants", value, TOTAL, told.where, told.text)


def english_heads(clauses: Sequence[Clause]) -> list[float]:
    """How many took part, as the done clauses say: 320 pupils attended."""
    return [value for clause in clauses for value in _values("participants", clause)]


def _values(name: str, clause: Clause, label: str | None = None) -> list[float]:
    """The numbers of ``name`` in a clause; under a ``label`` that names it also those of its sessions or times."""
    if not clause.is_done or not LATIN.search(clause.text):
        return []
    things = word_list("english")["things"].get(name, "(?!)")
    if label is not None:
        called, labelled = word_list("english")["labelled"].get(name, ("(?!)", ""))
        things = labelled if re.search(called, label, re.IGNORECASE) else "(?!)"
    return [_value(match["amount"]) for match in _counted(things).finditer(clause.text)]


def _label(text: str) -> str:
    """What stands before a colon: 1. Training."""
    return text.partition(":")[0] if ":" in text else ""


def _value(signs: str) -> float:
    words = [SMALL.get(word) for word in signs.lower().split("-")]
    spelled = sum(word for word in words if word is not None)
    return float(spelled or signs.replace(",", ""))


def _reach(text: str) -> int:
    return TOTAL if _words("total").search(text) else PLAIN


def _is_of_all(text: str) -> bool:
    """Whether a total is that of the whole campaign: it says so, or names no kind of event."""
    return _words("whole").search(text) is not None or _words("event").search(text) is None


def _is_part(text: str) -> bool:
    return _words("part").search(text) is not None


@lru_cache(maxsize=32)
def _counted(things: str) -> re.Pattern[str]:
    """A number before one of the ``things`` that it counts."""
    return re.compile(rf"{AMOUNT}{BETWEEN}(?i:{things})")


@lru_cache(maxsize=8)
def _words(key: str) -> re.Pattern[str]:
    return re.compile(word_list("english")["scope"][key], re.IGNORECASE)
