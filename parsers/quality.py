"""Whether text that came out of a document is what a person sees there, or rubbish from a font without a map."""

from __future__ import annotations

import re

_SAMPLE = 4000
_NO_CHARACTER = "(cid:"  # pdfminer's way to say that a glyph has none
_SIGNS = re.escape("·—–‘’“”…‰′″※℃№㎡㎏㎜㎝㎝×÷°±←→↑↓■□▲△◆◇○●★☆√☑☒≤≥≈≠∶")
_STRANGE = re.compile(f"[^ -~\u2010-\u27bf\u3000-\u9fff\uff00-\uffee\U00020000-\U0003ffff$¢£¤¥€₩{_SIGNS}]")
"""Control and private-use characters, replacement marks, letters of scripts and accents foreign to the office."""
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_NOT_HAN = re.compile("[^\u3400-\u9fff\U00020000-\U0003ffff]+")
_ASCII_SIGN = re.compile(r"[!-/:-@\[-`{-~]")
_EVERYDAY = (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6))
"""Codings and the lead bytes of their 3,755 (5,401) everyday characters: level 1 of GB 2312, of Big5."""


def is_usable(text: str) -> bool:
    """Whether nearly all characters are such as offices write, and Chinese ones mostly everyday characters."""
    head = text[:_SAMPLE]
    sample = "".join(head.split())
    if not sample:
        return False
    strange = len(_STRANGE.findall(sample))
    if strange > 0.1 * len(sample) or _NO_CHARACTER in head:
        return False
    han = _NOT_HAN.sub("", sample)
    if not han:  # numbers of glyphs read as ASCII
        return strange == 0 and len(_ASCII_SIGN.findall(sample)) <= 0.35 * len(sample)
    return len(han) < 10 or everyday_share(han) >= 0.7


def score(text: str) -> float:
    """How much of the text is good: everyday characters count 1, strange ones −2; for comparing two readings."""
    sample = "".join(text[:_SAMPLE].split())
    return len(sample) - 3.0 * len(_STRANGE.findall(sample))


def han_share(text: str) -> float:
    """The share of Chinese characters among all that are no blanks, 0 to 1."""
    sample = "".join(text[:_SAMPLE].split())
    return len(_HAN.findall(sample)) / len(sample) if sample else 0.0


def everyday_share(han: str) -> float:
    """The share of everyday characters among Chinese ones, 0 to 1, as mainland or as Taiwan has it."""
    return max(_everyday(han, *coding) for coding in _EVERYDAY) / len(han)


def _everyday(han: str, codec: str, first: int, last: int) -> int:
    leads = han.encode(codec, "ignore")[::2]
    return sum(map(leads.count, range(first, last + 1)))
