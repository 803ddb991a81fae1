"""How like an activity of the notice a clause of a report is: shares of its words, weighed; never a sum of guesses."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from filing.text.vocabulary import marker, word_list
from filing.what.profiles import Profiles
from filing.what.terms import Term, terms_of

NUMBER = re.compile(r"[\d一二两三四五六七八九十百]")
LATIN = re.compile(r"[A-Za-z]{4}")

Shares = dict[str, float]
"""By place (a key of [word] in lexicon/weights.toml): how much of it an activity has."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A clause of a deed as it is weighed: for each activity its shares, and what speaks for none of them."""

    shares: tuple[Shares, ...]
    nothing: tuple[str, ...]  # keys of [nothing] in lexicon/weights.toml that hold


def read(clause: str, sentence: str, heading: str, profiles: Profiles) -> Reading:
    """The clause's own words count in full, what else the sentence says and the heading above it in part."""
    terms = terms_of(clause)
    parts = word_list("weights")["part"]
    shares: list[Shares] = [{} for _ in profiles.ids]
    _add(shares, terms, 1.0, profiles)
    _add(shares, terms_of(sentence) - terms, parts["sentence"], profiles)
    _add(shares, terms_of(heading), parts["heading"], profiles)
    for at in profiles.named_in(clause):
        shares[at]["name"] = 1.0
    for at in profiles.named_in(heading):
        shares[at].setdefault("name", parts["heading"])
    return Reading(tuple(shares), tuple(_nothing(clause, heading)))


def likelihoods(reading: Reading) -> list[float]:
    """For each activity how likely it is that the clause tells of it (0 to 1; together at most 1)."""
    weights = word_list("weights")
    scores = [_score(own, weights["word"]) for own in reading.shares]
    against = sum(weights["nothing"][key] for key in reading.nothing)
    highest = max((*scores, against))
    powers = [math.exp(score - highest) for score in scores]
    whole = sum(powers) + math.exp(against - highest)
    return [power / whole for power in powers]


def _score(shares: Shares, weights: Mapping[str, float]) -> float:
    return sum(weights[place] * share for place, share in shares.items())


def _add(shares: Sequence[Shares], terms: frozenset[Term], part: float, profiles: Profiles) -> None:
    for term in terms:
        loose = term.kind == "loose"
        for claim in profiles.claims.get(Term("concept", term.key) if loose else term, ()):
            place = "loose_concept" if loose else claim.place
            shares[claim.at][place] = shares[claim.at].get(place, 0.0) + part * claim.share


def _nothing(clause: str, heading: str) -> list[str]:
    """What makes it more or less likely that a clause tells of no activity at all."""
    keys = ["always"]
    if NUMBER.search(clause):
        keys.append("number")
    if tells(clause):
        keys.append("deed")
    if LATIN.search(clause):
        keys.append("latin")
    if not heading:
        keys.append("no_heading")
    return keys


def tells(clause: str) -> bool:
    """Whether a clause tells of a deed by its verb."""
    return _deed_words().search(clause) is not None


@lru_cache(maxsize=1)
def _deed_words() -> re.Pattern[str]:
    return re.compile("|".join(marker("tense", key).pattern for key in ("deed", "done", "tells")))
