"""Passages of the notice that a report pastes in: they say what was asked for, not what was done."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from filing.text.sentences import Sentence
from filing.text.tense import Clause
from filing.text.vocabulary import marker
from records.campaigns import ActivityType, Campaign

LONGEST_CHANCE = 18  # signs in a row that two texts about one matter may share by chance
WHOLE_SENTENCE = 12  # a whole sentence of the notice's is no chance from here on
MOST_OWN = 0.4  # the share of a sentence that its writer may have added to a pasted passage
NO_SIGN = re.compile(r"[\W_]+")
TERM = re.compile(
    r"习近平[^,，。；、]{0,24}?(?:论述|讲话|指示|批示|思想|精神)"
)  # everybody writes it in the same words
OWN_WORDS = re.compile(
    r"(?:我|本|全)[校园院站所局公镇村中单科街]|我们|\d月\d"
    r"|(?:\d|[一二两三四五六七八九十百千]+)余?(?:场|次|份|条|人|名|处|个|期|户|篇|家)"
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a notice asks for, bare of punctuation, and all runs of ``LONGEST_CHANCE`` signs in it."""

    text: str
    runs: frozenset[str]


def clauses_told(sentence: Sentence, campaign: Campaign) -> tuple[Clause, ...]:
    """The clauses of a report's sentence; all asked for (``request``) where it only repeats the notice's own text."""
    clauses = sentence.clauses(campaign.period)
    if sentence.is_heading or not is_pasted(sentence.text, campaign):
        return clauses
    return tuple(replace(clause, mood="request") for clause in clauses)


def is_pasted(text: str, campaign: Campaign) -> bool:
    """Whether ``text`` is copied from an activity's text (18 signs in a row or more) and adds no deed to it."""
    signs, asked = _bare(text), _asked(campaign.activities)
    if len(signs) < WHOLE_SENTENCE:
        return False
    if len(signs) < LONGEST_CHANCE:
        return signs in asked.text and not _adds_a_deed(signs)
    own = _own_part(signs, asked)
    return len(own) <= MOST_OWN * len(signs) and not _adds_a_deed(own)


def _bare(text: str) -> str:
    return NO_SIGN.sub("", TERM.sub("论述", text))


@lru_cache(maxsize=32)
def _asked(activities: tuple[ActivityType, ...]) -> _Asked:
    bodies = [_bare(activity.text) for activity in activities]
    runs = (body[at : at + LONGEST_CHANCE] for body in bodies for at in range(len(body) - LONGEST_CHANCE + 1))
    return _Asked("\n".join(bodies), frozenset(runs))


def _own_part(signs: str, asked: _Asked) -> str:
    """``signs`` without the long runs that stand in the notice too."""
    kept = list(signs)
    for at in range(len(signs) - LONGEST_CHANCE + 1):
        if signs[at : at + LONGEST_CHANCE] in asked.runs:
            kept[at : at + LONGEST_CHANCE] = [""] * LONGEST_CHANCE
    return "".join(kept)


def _adds_a_deed(own: str) -> bool:
    return bool(OWN_WORDS.search(own) or marker("tense", "done").search(own))
