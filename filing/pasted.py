"""Passages of the notice that a report pastes in: they say what was asked for, not what was done."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from filing.sentences import Sentence
from filing.tense import Clause
from filing.vocabulary import marker
from records.campaigns import ActivityType, Campaign

LONGEST_CHANCE = 18  # signs in a row that two texts about one matter may share by chance
WHOLE_SENTENCE = 12  # a whole sentence of the notice's is no chance from here on
SHORT_RUN = 6  # what of the rest stands in the notice too is no word of the writer's own
NO_SIGN = re.compile(r"[\W_]+")
OWN_WORDS = re.compile(
    r"(?:我|本|全)[校园院站所局公镇村中单科街]|我们|\d月\d|(?:\d|[一二两三四五六七八九十百千]+)余?(?:场|次|份|条|人|名|处|个|期|户|篇|家)"
)


def clauses_told(sentence: Sentence, campaign: Campaign) -> tuple[Clause, ...]:
    """The clauses of a report's sentence; all asked for (``request``) where it only repeats the notice's own text."""
    clauses = sentence.clauses(campaign.period)
    if sentence.is_heading or not is_pasted(sentence.text, campaign):
        return clauses
    return tuple(replace(clause, mood="request") for clause in clauses)


def is_pasted(text: str, campaign: Campaign) -> bool:
    """Whether ``text`` is copied from an activity's text (18 signs in a row or more) and adds no deed to it."""
    signs = NO_SIGN.sub("", text)
    asked = _asked(campaign.activities)
    if len(signs) < WHOLE_SENTENCE or not asked.runs:
        return False
    if len(signs) < LONGEST_CHANCE:
        return signs in asked.text and not _adds_a_deed(signs)
    copied = any(signs[at : at + LONGEST_CHANCE] in asked.runs for at in range(len(signs) - LONGEST_CHANCE + 1))
    return copied and not _adds_a_deed(_own_part(signs, asked.text))


class _Asked:
    """What a notice asks for, without signs, and every run of it."""

    def __init__(self, activities: tuple[ActivityType, ...]) -> None:
        self.text = "\n".join(NO_SIGN.sub("", f"{activity.title}{activity.text}") for activity in activities)
        bodies = (NO_SIGN.sub("", activity.text) for activity in activities)
        self.runs = frozenset(body[at : at + LONGEST_CHANCE] for body in bodies for at in _places(body))


def _places(body: str) -> range:
    return range(max(len(body) - LONGEST_CHANCE + 1, 0))


@lru_cache(maxsize=32)
def _asked(activities: tuple[ActivityType, ...]) -> _Asked:
    return _Asked(activities)


def _own_part(signs: str, asked: str) -> str:
    """``signs`` without what stands in ``asked``, in runs of some length; a blank where something was taken out."""
    kept, at = [], 0
    while at < len(signs):
        end = at + SHORT_RUN
        if signs[at:end] not in asked or len(signs) < end:
            kept.append(signs[at])
            at += 1
            continue
        while end < len(signs) and signs[at : end + 1] in asked:
            end += 1
        kept.append(" ")
        at = end
    return "".join(kept)


def _adds_a_deed(own: str) -> bool:
    return bool(OWN_WORDS.search(own) or marker("tense", "done").search(own))
