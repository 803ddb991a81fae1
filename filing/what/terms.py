"""What a text says, taken apart: deeds, matters, signs and pairs of signs, by which it is compared with a notice."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from filing.what.concepts import mentions, topics

RUN = re.compile(r"[\u4e00-\u9fff]+|[A-Za-z]{2,}")
PAIR = 2


class Term(NamedTuple):
    """One thing that a text says; ``key`` is a name in the lexicon, or the signs themselves."""

    kind: Literal["concept", "loose", "family", "topic", "sign", "pair"]
    key: str


@lru_cache(maxsize=4096)
def terms_of(text: str) -> frozenset[Term]:
    """All that ``text`` says."""
    deeds = (Term("loose" if mention.loose else "concept", mention.concept.name) for mention in mentions(text))
    return frozenset(deeds) | {Term("topic", topic) for topic in topics(text)} | signs_of(text)


def signs_of(text: str) -> frozenset[Term]:
    """Its single Chinese signs and pairs of neighbouring ones; a Latin word counts as a pair."""
    found: set[Term] = set()
    for run in RUN.findall(text):
        if run.isascii():
            found.add(Term("pair", run.lower()))
            continue
        found |= {Term("sign", sign) for sign in run}
        found |= {Term("pair", run[at : at + PAIR]) for at in range(len(run) - 1)}
    return frozenset(found)
