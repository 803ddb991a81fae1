"""Whether text that came out of a document is what a person sees there, or rubbish from a font without a map."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_SAMPLE = 4000
_NO_CHARACTER = "(cid:"  # pdfminer's way to say that a glyph has none
_SIGNS = frozenset("·—–‘’“”…‰′″※℃№㎡㎏㎜㎝㎝×÷°±←→↑↓■□▲△◆◇○●★☆√☑☒≤≥≈≠∶")


def is_usable(text: str) -> bool:
    """Whether nearly all characters are such as offices write, and Chinese ones mostly everyday characters."""
    sample = [char for char in text[:_SAMPLE] if not char.isspace()]
    if not sample:
        return False
    strange = sum(1 for char in sample if _is_strange(char))
    if strange > 0.1 * len(sample) or _NO_CHARACTER in text[:_SAMPLE]:
        return False
    han = [char for char in sample if _is_han(char)]
    if not han:  # numbers of glyphs read as ASCII
        signs = sum(1 for char in sample if "!" <= char <= "~" and not char.isalnum())
        return strange == 0 and signs <= 0.35 * len(sample)
    if len(han) < 10:
        return True
    return max(sum(_is_common(char, codec) for char in han) for codec in ("gb2312", "big5")) >= 0.7 * len(han)


def score(text: str) -> float:
    """How much of the text is good: everyday characters count 1, strange ones −2; for comparing two readings."""
    sample = [char for char in text[:_SAMPLE] if not char.isspace()]
    return sum(-2.0 if _is_strange(char) else 1.0 for char in sample)


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff" or char >= "\U00020000"


@lru_cache(maxsize=20_000)
def _is_common(char: str, codec: str) -> bool:
    """Whether it is among the 3,755 (5,401) everyday characters of GB 2312 (Big5)."""
    coded = char.encode(codec, "ignore")
    last = 0xD7 if codec == "gb2312" else 0xC6
    return len(coded) == 2 and (0xB0 if codec == "gb2312" else 0xA4) <= coded[0] <= last


@lru_cache(maxsize=20_000)
def _is_strange(char: str) -> bool:
    """Control and private-use characters, replacement marks, letters of scripts and accents foreign to the office."""
    if char < "\x7f":
        return char < " "
    if _is_han(char) or char in _SIGNS or "\u3000" <= char <= "\u33ff" or "\uff00" <= char <= "\uffee":
        return False
    if "\u2010" <= char <= "\u27bf":  # punctuation, Roman and circled numbers, mathematical signs, boxes
        return False
    return unicodedata.category(char) != "Sc"
