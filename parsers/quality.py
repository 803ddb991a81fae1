"""Whether text that came out of a document is what a person sees there, or rubbish from a font without a map."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

_SAMPLE = 4000
_NO_CHARACTER = "(cid:"  # pdfminer's way to say that a glyph has none
_SIGNS = re.escape("·—–‘’“”…‰′″※℃№㎡㎏㎜㎝㎝×÷°±←→↑↓■□▲△◆◇○●★☆√☑☒≤≥≈≠∶")
_STRANGE = re.compile(
    f"[^ -~\u2010-\u27bf\u3000-\u9fff\uff00-\uffee\U0001f000-\U0001faff\U00020000-\U0003ffff$¢£¤¥€₩{_SIGNS}]"
)
"""Control and private-use characters, replacement marks, letters of scripts and accents foreign to the office."""
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_NOT_HAN = re.compile("[^\u3400-\u9fff\U00020000-\U0003ffff]+")
_ASCII_SIGNS = re.compile(r"([!-/:-@\[-`{-~])\1*")
_EVERYDAY = (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6))
"""Codings and the lead bytes of their 3,755 (5,401) everyday characters: level 1 of GB 2312, of Big5."""
_FREQUENT = re.compile(
    "[的一是在不了有和人这這中大为為上个個国國我以要他时時来來用们們生到作地于於出就分对對成会會可主发發年动動同工也能下过過子说說产產种種"
    "面而方后後多定行学學法所民得经經十三之进進着等部度家电電力里如水化高自二理起小物现現实實加量都两兩体體制机機当當使点點从從业業本去把性好应應"
    "开開它合还還因由其些然前外天政四日那社义義事平形相全表间間样樣与與关關各重新线線内數数正心反你明看原又么利比或但质質气氣第向道命此变變条條"
    "只没沒结結解问問意建月公无無系军軍很情者最立代想已通并提直题題党黨程展五果料象员員革位入常文总總次品式活设設及管特件长長求老头頭基资資边邊"
    "流路级級少图圖山统統接知较較将將组組见見计計别別她手角期根论論运運农農指几幾九区區强強放决決西被干做必战戰先回则則任取据據处處理世车車]"
)
"""Characters so frequent that half of what anybody writes in Chinese consists of them, in the mainland's and in
Taiwan's forms; a roster of units still has a third, numbers of glyphs read as characters less than a tenth."""
_KANA = re.compile("[\u3040-\u30ff]")


def is_usable(text: str) -> bool:
    """Whether nearly all characters are such as people write, and Chinese ones mostly everyday characters.

    One foreign script beside Chinese and Latin is a language; letters of many are numbers of glyphs read as characters.
    """
    head = text[:_SAMPLE]
    sample = "".join(head.split())
    if not sample or _NO_CHARACTER in head:
        return False
    strange = _STRANGE.findall(sample)
    if strange and _rubbish(strange, len(sample)) > 0.1 * len(sample):
        return False
    han = _NOT_HAN.sub("", sample)
    if not han and not strange:  # numbers of glyphs read as ASCII; a row of dots is one sign
        return len(_ASCII_SIGNS.findall(sample)) <= 0.45 * len(sample)
    frequent = len(_FREQUENT.findall(han))
    if len(han) < 10 or frequent >= 0.3 * len(han):  # no rubbish comes near that: most pages end here
        return True
    return _everyday_share(han) >= 0.7 and (frequent >= 0.15 * len(han) or _may_miss_frequent_ones(han, sample))


def _may_miss_frequent_ones(han: str, sample: str) -> bool:
    """A table of few words may miss the frequent characters, and Japanese has others."""
    return len(han) < 40 or len(set(han)) < 25 or bool(_KANA.search(sample))


def _rubbish(strange: list[str], size: int) -> int:
    """How many of them belong to no script that a text of ``size`` characters may be written in."""
    pages = Counter(ord(char) >> 8 for char in strange if char.isalpha() or unicodedata.category(char)[0] == "M")
    accents = pages.pop(0, 0) + pages.pop(1, 0)  # Latin letters beyond ASCII
    others = pages.most_common(1)
    return len(strange) - (accents if accents <= 0.25 * size else 0) - (others[0][1] if others else 0)


def score(text: str) -> float:
    """How much of the text is good: everyday characters count 1, strange ones −2; for comparing two readings."""
    sample = "".join(text[:_SAMPLE].split())
    return len(sample) - 3.0 * len(_STRANGE.findall(sample))


def is_good_layer(text: str) -> bool:
    """Whether text that a scanner laid under its picture is worth keeping: mostly Chinese, nearly all of it everyday.

    A scanner set to another language finds Latin letters in Chinese ones. What is not kept is read anew, at OCR's cost.
    """
    sample = "".join(text[:_SAMPLE].split())
    han = _NOT_HAN.sub("", sample)
    return is_usable(text) and len(han) >= 0.5 * len(sample) and _everyday_share(han) >= 0.9


def _everyday_share(han: str) -> float:
    """The share of everyday characters among Chinese ones, 0 to 1, as mainland or as Taiwan has it."""
    return max(_everyday(han, *coding) for coding in _EVERYDAY) / len(han)


def _everyday(han: str, codec: str, first: int, last: int) -> int:
    leads = han.encode(codec, "ignore")[::2]
    return sum(map(leads.count, range(first, last + 1)))
