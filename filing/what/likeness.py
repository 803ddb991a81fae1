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
HAN = re.compile(r"[\u4e00-\u9fff]")
LONG = 20
UNSAID = 0.1

LIKELY, SURE = 0.45, 0.8
LEAST, STANDS_OUT = 0.15, 1.5
ONCE = frozenset({"title_topic", "text_topic", "title_pair", "text_pair"})  # a row of places names no more than one

Shares = dict[str, float]
"""By place (a key of [word] in lexicon/weights.toml): how much of it an activity has."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A clause of a deed as it is weighed: for each activity its shares, and what speaks for none of them."""

    shares: tuple[Shares, ...]
    nothing: Shares  # by keys of [nothing] in lexicon/weights.toml

    def beside(self, others: Mapping[int, float], before: Mapping[int, float]) -> Reading:
        """The same beside other clauses of its sentence, and after a sentence, that tell of activities so likely."""
        named = (own.get(place, 0.0) for own in self.shares for place in ("title_concept", "text_concept"))
        free = max(0.0, 1.0 - max(named, default=0.0))
        shares = tuple(
            {**own, "company": free * others.get(at, 0.0), "before": before.get(at, 0.0)}
            for at, own in enumerate(self.shares)
        )
        return Reading(shares, {**self.nothing, "in_company": free * max(others.values(), default=0.0)})


def read(clause: str, sentence: str, heading: str, profiles: Profiles, *, stated: bool = False) -> Reading:
    """The clause's own words count in full, what else the sentence says and the heading above it in part."""
    terms = terms_of(clause)
    parts = word_list("weights")["part"]
    shares: list[Shares] = [{} for _ in profiles.ids]
    rest, above = terms_of(sentence) - terms, terms_of(heading)
    said = frozenset(term.key for term in terms | rest | above if term.kind == "topic")
    _add(shares, terms, 1.0, profiles, said)
    _add(shares, rest, parts["sentence"], profiles, said)
    _add(shares, above, parts["heading"], profiles, said)
    for at in profiles.named_in(clause):
        shares[at]["name"] = 1.0
    for at in profiles.named_in(heading):
        shares[at].setdefault("name", parts["heading"])
    counted = tuple({place: _damped(place, share) for place, share in own.items()} for own in shares)
    return Reading(counted, {**_nothing(clause, heading, stated), "asked": float(_is_asked(terms, profiles))})


def _damped(place: str, share: float) -> float:
    """What several words give together: one signs' run or matter in full, further ones nothing, other places less."""
    damped = math.log2(1.0 + share)
    return min(damped, 1.0) if place in ONCE else damped


def likelihoods(reading: Reading) -> list[float]:
    """For each activity how likely it is that the clause tells of it (0 to 1; together at most 1)."""
    weights = word_list("weights")
    scores = [_score(own, weights["word"]) for own in reading.shares]
    against = _score(reading.nothing, weights["nothing"])
    highest = max((*scores, against))
    powers = [math.exp(score - highest) for score in scores]
    whole = sum(powers) + math.exp(against - highest)
    return [power / whole for power in powers]


def decided(clauses: Sequence[Sequence[float]]) -> dict[int, int]:
    """Of which activities a report's clauses tell likely enough, each with the clause that most does."""
    found: dict[int, int] = {}
    for at, likely in enumerate(clauses):
        for which, value in enumerate(likely):
            if value >= LIKELY and (which not in found or value > clauses[found[which]][which]):
                found[which] = at
    return found or _likeliest(clauses)


def _likeliest(clauses: Sequence[Sequence[float]]) -> dict[int, int]:
    """A report tells of something: where no clause is plain, the likeliest activity, if it stands out."""
    ranked = sorted(((value, which, at) for at, likely in enumerate(clauses) for which, value in enumerate(likely)))
    if not ranked or ranked[-1][0] < LEAST:
        return {}
    value, which, at = ranked[-1]
    rival = max((other for other, what, _ in ranked if what != which), default=0.0)
    return {which: at} if value >= STANDS_OUT * rival else {}


def _score(shares: Shares, weights: Mapping[str, float]) -> float:
    return sum(weights[place] * share for place, share in shares.items())


def _add(
    shares: Sequence[Shares], terms: frozenset[Term], part: float, profiles: Profiles, said: frozenset[str]
) -> None:
    for term in terms:
        loose = term.kind == "loose"
        claims = profiles.claims.get(Term("concept", term.key) if loose else term, ())
        held = [claim.share * (UNSAID if claim.within and not claim.within & said else 1.0) for claim in claims]
        whole = sum(claim.share for claim in claims) / (sum(held) or 1.0)
        for claim, share in zip(claims, held, strict=True):
            place = "loose_concept" if loose else claim.place
            shares[claim.at][place] = shares[claim.at].get(place, 0.0) + part * share * whole


def _nothing(clause: str, heading: str, stated: bool) -> Shares:
    """What makes it more or less likely that a clause tells of no activity at all."""
    return {
        "always": 1.0,
        "number": float(stated or NUMBER.search(clause) is not None),
        "deed": float(tells(clause)),
        "latin": float(LATIN.search(clause) is not None),
        "no_heading": float(not heading),
        "length": min(len(HAN.findall(clause)), LONG) / LONG,
    }


def _is_asked(terms: frozenset[Term], profiles: Profiles) -> bool:
    """Whether a clause names a deed that the notice asks for: then it tells of some activity."""
    return any(term.kind == "concept" and profiles.claims.get(term) for term in terms)


def tells(clause: str) -> bool:
    """Whether a clause tells of a deed by its verb."""
    return _deed_words().search(clause) is not None


@lru_cache(maxsize=1)
def _deed_words() -> re.Pattern[str]:
    return re.compile("|".join(marker("tense", key).pattern for key in ("deed", "done", "tells")))
