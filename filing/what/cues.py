"""An activity's own words out of a notice: quoted names, distinctive nouns, verb–noun pairs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from filing.text.vocabulary import alternatives, word_list

QUOTED_NAME = re.compile(r"[《“\"「]#?([^《》“”\"「」]{2,24})[》”\"」]")
CHUNK_END = re.compile(r"[^\u3400-\u9fffA-Za-z+·-]+")
NAME_BREAK = re.compile(r"[,，、：:；;！!？?—\-－–\s]+")
LATIN = re.compile(r"[A-Za-z]+")
FEWEST, MOST = 5, 25


def cues_of(title: str, text: str, others: Sequence[str] = ()) -> tuple[str, ...]:
    """The words by which reports of this activity are recognised, strongest first, at most 25.

    ``title`` and ``text`` are the activity's own in the notice, ``others`` the texts (titles included) of the notice's
    other activities: what stands there too distinguishes nothing and comes last, where it is needed to have five.
    """
    whole = f"{title}。\n{text}"
    elsewhere = "\n".join(others)
    scores: dict[str, float] = {}
    for name in quoted_names(whole):
        scores[name] = scores.get(name, 0.0) + 6.0
    for chunk in chunks(whole):
        scores[chunk] = scores.get(chunk, 0.0) + 1.0
    ranked = sorted(scores, key=lambda cue: -_strength(cue, scores[cue], title, elsewhere))
    own = [cue for cue in ranked if cue not in elsewhere]
    shared = [cue for cue in ranked if cue in elsewhere]
    return tuple([*own, *shared[: max(0, FEWEST - len(own))]][:MOST])


def quoted_names(text: str) -> tuple[str, ...]:
    """What stands in quotation marks, and the parts of a name that commas divide, each once, in order."""
    names: dict[str, None] = {}
    for match in QUOTED_NAME.finditer(_joined(text)):
        name = match[1].strip(" #")
        for part in (name, *NAME_BREAK.split(name)):
            if len(part) >= 2 and not is_generic(part):
                names.setdefault(part)
    return tuple(names)


@lru_cache(maxsize=256)
def chunks(text: str) -> tuple[str, ...]:
    """The nouns and pairs that remain when common verbs and particles are taken out of ``text``."""
    bare = QUOTED_NAME.sub("，", _joined(text))
    pieces: list[str] = []
    for phrase in CHUNK_END.split(bare):
        pieces += _split(phrase)
    return tuple(piece for piece in pieces if 2 <= len(piece) <= 12 and not is_generic(piece))


def own_parts(chunk: str) -> tuple[str, ...]:
    """A name cut at its common words, those left out."""
    return tuple(part for part in _common().split(chunk) if len(part) >= 2 and not is_generic(part))


def is_generic(text: str) -> bool:
    """Whether ``text`` consists of common words alone."""
    rest = _common().sub("", "".join(_split(text)))
    return len(re.sub(r"[\W_]", "", rest)) < 2 and not LATIN.fullmatch(rest or "-")


def _joined(text: str) -> str:
    """Text with the line ends inside its paragraphs taken out: a name may run over the end of a line."""
    return re.sub(r"(?<=[^\s。；])\s*\n+\s*(?=[^\s（(一二三四五六七八九十\d])", "", text)


def _split(phrase: str) -> list[str]:
    """``phrase`` cut at common verbs and particles, but not inside words that only contain one (应急, 技能)."""
    pieces, start = [], 0
    for match in _splitter().finditer(phrase):
        if not _kept_whole().fullmatch(match[0]):
            pieces.append(phrase[start : match.start()])
            start = match.end()
    return [*pieces, phrase[start:]]


def _strength(cue: str, score: float, title: str, elsewhere: str) -> float:
    length = 1.0 + min(len(cue), 8) / 8
    return score * length * (3.0 if cue in title else 1.0) * (0.2 if cue in elsewhere else 1.0)


@lru_cache(maxsize=1)
def _splitter() -> re.Pattern[str]:
    words = (word for line in word_list("generic")["split"] for word in line.split("|"))
    return _longest_first([*words, *word_list("generic")["whole"]])


@lru_cache(maxsize=1)
def _kept_whole() -> re.Pattern[str]:
    return alternatives(word_list("generic")["whole"])


@lru_cache(maxsize=1)
def _common() -> re.Pattern[str]:
    return _longest_first(word_list("generic")["stop"])


def _longest_first(words: Iterable[str]) -> re.Pattern[str]:
    return alternatives(sorted(words, key=len, reverse=True))
