"""What offices do and what about, in any of the words for it: the lexicon's concepts, families and topics."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from filing.text.vocabulary import alternatives, word_list


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing that offices do, with the patterns that name it; ``family`` is the wider kind that it belongs to."""

    name: str
    family: str
    words: re.Pattern[str]
    loose: re.Pattern[str] | None
    like: str = ""  # the concept whose owner takes it where no activity names this one


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a text names a concept; ``loose``: only in a word that could as well mean something else."""

    concept: Concept
    start: int
    end: int
    loose: bool = False

    @property
    def length(self) -> int:
        """How many signs it covers."""
        return self.end - self.start

    def is_inside(self, other: Mention) -> bool:
        """Whether a longer mention covers this one."""
        covered = other.start <= self.start and self.end <= other.end
        return covered and other.length > self.length


@lru_cache(maxsize=1)
def all_concepts() -> tuple[Concept, ...]:
    """The concepts of lexicon/concepts.toml."""
    return tuple(
        Concept(
            name=name,
            family=entry["family"],
            words=alternatives(entry["words"]),
            loose=alternatives(entry["loose"]) if "loose" in entry else None,
            like=entry.get("like", ""),
        )
        for name, entry in word_list("concepts").items()
    )


@lru_cache(maxsize=4096)
def mentions(text: str) -> tuple[Mention, ...]:
    """The concepts that ``text`` names, outright ones first; what stands inside a longer mention is none of its own."""
    outright = [Mention(concept, *match.span()) for concept in all_concepts() for match in concept.words.finditer(text)]
    named = {mention.concept.name for mention in outright}
    loose = [
        Mention(concept, *match.span(), loose=True)
        for concept in all_concepts()
        if concept.loose is not None and concept.name not in named
        for match in concept.loose.finditer(text)
    ]
    shortest = min((mention.length for mention in (*outright, *loose)), default=0)
    longer = [mention for mention in outright if mention.length > shortest]  # none, in a text that repeats one word
    return tuple(mention for mention in (*outright, *loose) if not any(mention.is_inside(other) for other in longer))


@lru_cache(maxsize=1)
def _topic_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    kinds = word_list("topics")
    return tuple((name, re.compile(words)) for kind in kinds.values() for name, words in kind.items())


@lru_cache(maxsize=2048)
def topics(text: str) -> frozenset[str]:
    """The matters that ``text`` is about."""
    return frozenset(name for name, pattern in _topic_patterns() if pattern.search(text))


def is_matter(topic: str) -> bool:
    """Whether a topic is what a deed is about, not only with whom or where it is done."""
    return topic in word_list("topics")["matter"]


@lru_cache(maxsize=1)
def _family_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(words)) for name, words in word_list("families").items())


def families(text: str) -> frozenset[str]:
    """The families that ``text`` names as such: 宣传, 教育, 整治."""
    return frozenset(name for name, pattern in _family_patterns() if pattern.search(text))
