"""Names and lines in English: they are longer than Chinese ones, hold commas (Co., Ltd.) and are parted by spaces."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from filing.text.lexica import words
from filing.text.squeeze import squeeze

_LEGAL = (
    r"\b(?:co(?:mpany)?\b\.?[ ,]*(?:ltd|limited)|pte\.?[ ,]*ltd|ltd|limited|inc|llc|gmbh|corp(?:oration)?|plc|co)\b\.?"
)
LEGAL = re.compile(rf"[ ,]*{_LEGAL}", re.IGNORECASE)
_LEGAL_END = re.compile(rf"[ ,]*{_LEGAL}$", re.IGNORECASE)
_BRACKETS = re.compile(r"[(（]\s*([A-Za-z ]{2,20}?)\s*[)）]")
_SENTENCE = re.compile(r"[.!?;](?:\s|$)|[。；！？]")
_NO_SENTENCE = re.compile(r"\b(?:no|nos|dr|mr|mrs|ms|st|vs|dept|e\.g|i\.e)\.", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z][A-Za-z'’&\-]*")
_PART = re.compile(r"[ ,:\-–]*((?:[a-z]+ ){0,3})(?:branch|campus|plant|site|subsidiary|division|works|factory)\b")
_OTHERS = r"(?!(?:to|and|for|with|in|on|by|co|ltd)\b)[a-z&]+(?: [a-z&]+){0,3}"
_LONGER = re.compile(rf"(?:{LEGAL.pattern} ?| ){_OTHERS}{LEGAL.pattern}")
_SMALL = frozenset(("a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"))
_TITLED = 0.7  # of the words of a title or name that begin with a capital
_DISTINCT = 5  # letters of a word that can be an organisation's own
_TELLING = frozenset(words("names", "latin_telling"))


def is_latin(line: str) -> bool:
    """Whether a line is written in Latin letters, a few Chinese characters apart."""
    letters = sum(char.isascii() and char.isalpha() for char in line)
    return letters >= 4 and letters > 3 * sum("\u3400" <= char <= "\u9fff" for char in line)


def width(line: str) -> int:
    """Length as Chinese characters would have it: two Latin ones take the room of one."""
    return len(line) // 2 if is_latin(line) else len(line)


def has_sentence(line: str) -> bool:
    """Whether an English line holds the end of a sentence; the stops of Co., Ltd. and No. 7 are none."""
    return bool(_SENTENCE.search(_NO_SENTENCE.sub("", LEGAL.sub("", line))))


def is_titled(line: str) -> bool:
    """Whether the words begin with capitals, as those of English titles and names do."""
    told = [word for word in _WORD.findall(line) if word.lower() not in _SMALL]
    return bool(told) and sum(word[0].isupper() for word in told) >= _TITLED * len(told)


def is_legal_form(name: str) -> bool:
    """Whether it is Ltd. alone, as it comes of Co., Ltd. where a list is parted by commas."""
    return bool(LEGAL.fullmatch(name.strip()))


def forms_of_name(name: str) -> tuple[str, ...]:
    """Squeezed: without Co., Ltd.; without a place in brackets where two words stay. () for a Chinese name."""
    if not is_latin(name):
        return ()
    bare = _LEGAL_END.sub("", name.strip())
    found = (squeeze(one).rstrip(".,") for one in (bare, _BRACKETS.sub(" ", bare)))
    return tuple(dict.fromkeys(one for one in found if len(one.split()) >= 2))


def bracketed(names: Iterable[str]) -> frozenset[str]:
    """Words that stand in brackets in English names, as the places of companies do: ningchuan."""
    return frozenset(word for name in names for place in _BRACKETS.findall(name) for word in place.lower().split())


def behind_name(text: str, places: frozenset[str]) -> int | None:
    """How much of the squeezed text behind an English name is still its own (Ningchuan Co., Ltd.).

    None where it makes the name another's: a plant elsewhere, a longer company name.
    """
    end = 0
    while (word := re.match(r" ?([a-z]+)\b", text[end:])) and word[1] in places:
        end += word.end()
    legal = LEGAL.match(text[end:])
    stop = end + legal.end() if legal else end
    part = _PART.match(text[stop:])
    elsewhere = part is not None and set(part[1].split()) - places
    return None if elsewhere or _LONGER.match(text[end:]) else stop


def is_before_name(text: str, places: frozenset[str]) -> bool:
    """Whether an English name can begin behind the squeezed text of its line: after a stop, Summary of, at, a place."""
    while (last := re.search(r"([a-z'&]+) $", text)) and last[1] in places:
        text = text[: last.start()]
    return last is None or last[1] in words("names", "latin_before")


def guest_before(text: str) -> bool:
    """Whether the squeezed text right before a name makes its unit a guest, a partner or an addressee."""
    return text.rstrip().endswith(tuple(words("names", "latin_guests"))) and bool(re.search(r"[a-z:] ?$", text))


def rest_of(text: str) -> str:
    """What is left of squeezed text beside an English name that signs; "" where that is a department or a date."""
    told = re.findall(r"[a-z']+", LEGAL.sub("", text))
    return " ".join(word for word in told if word not in words("names", "latin_departments"))


@cache
def own_words(name: str) -> tuple[str, ...]:
    """The words of a name in lower case without legal form and place in brackets."""
    return tuple(word.lower() for word in _WORD.findall(_BRACKETS.sub(" ", _LEGAL_END.sub("", name.strip()))))


def is_wording_of(name: str, known: str) -> bool:
    """Whether one English name is the other with words left out: Kessling Bearings, Kessling Precision Bearings.

    First and last word agree, and none of those left out tells units apart (First, North).
    """
    shorter, longer = sorted((own_words(name), own_words(known)), key=len)
    if len(shorter) < 2 or shorter[0] != longer[0] or shorter[-1] != longer[-1]:
        return False
    rest = iter(longer)
    return all(word in rest for word in shorter) and not _TELLING & set(longer) - set(shorter)


def distinct_word(name: str) -> str:
    """The first word of an English name if it can be an organisation's own, else ""."""
    told = own_words(name)
    return told[0] if told and len(told[0]) >= _DISTINCT and told[0] not in _TELLING else ""


def organisation_in(line: str) -> str:
    """The English name of an organisation if the line is one, with a place or date beside it at most; else ""."""
    text = line.strip()
    if not is_latin(text) or has_sentence(text) or not is_titled(text) or width(text) > 42:
        return ""
    ends = LEGAL.search(text) or (own_words(text) or ("",))[-1] in words("names", "latin_organisations")
    return text if ends and len(own_words(text)) >= 2 else ""
