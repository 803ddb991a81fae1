"""What a title, subject or file name says a paper is."""

from __future__ import annotations

import re
from typing import Literal

from filing.text.lexica import contains_any, words
from filing.text.squeeze import squeeze

Paper = Literal["summary", "report", "material", "plan", "notice", ""]
"""summary: a closing report by name; report: 情况报告 and the like, a closing report where it is on the whole; plan and
notice: of the unit's own; "": the words do not say."""

_CITED = re.compile(r"《[^》]*(?:通知|方案|意见|函|计划)》")
_NOTICE = re.compile(r"(?:的|紧急|补充)通知\W*$")  # 关于报送总结的通知 asks for one
# 总结再发一次: it is there, and not to come.
_AGAIN = re.compile(r"再次?(?:发|报送?|传|寄)(?:来|给您)?[一1两2][次遍份]|再次(?:报送|发送|上报)")
_ORDER: tuple[tuple[Paper, str], ...] = (
    ("report", "reports"),
    ("material", "materials"),
    ("plan", "plans"),
    ("notice", "notices"),
)


def paper_of(title: str) -> Paper:
    """What the words say; a closing report wherever it is named, else the last word that names a kind of paper."""
    text = squeeze(_CITED.sub("", title))
    if _NOTICE.search(text):
        return "notice"
    if names_summary(text):
        return "summary"
    best: tuple[int, int, Paper] = (0, 0, "")
    for paper, key in _ORDER:
        for word in words("kinds", key):
            at = text.rfind(word)
            if at >= 0 and _whole(text, at, word):
                best = max(best, (at + len(word), len(word), paper))
    return best[2]


def names_summary(text: str) -> bool:
    """Whether squeezed text names a closing report that is there, not one to come or a meeting about it."""
    text = _AGAIN.sub("", text)
    for phrase in words("kinds", "not_yet"):
        text = text.replace(phrase, "")
    if not contains_any(text, words("kinds", "summaries")):
        return False
    for word in words("kinds", "summaries"):
        for hit in re.finditer(re.escape(word), text):
            coming = contains_any(text[hit.end() : hit.end() + 8], words("kinds", "later"))
            if not coming and not contains_any(text[max(0, hit.start() - 8) : hit.start()], words("kinds", "sooner")):
                return True
    return False


def is_interim(text: str) -> str:
    """The word that makes it an intermediate report (中期, 月报), "" where none does."""
    return contains_any(squeeze(text), words("kinds", "interim"))


def _whole(text: str, at: int, word: str) -> bool:
    """Latin words stand by themselves: plan is not in planet."""
    if not word.isascii():
        return True
    before, behind = text[at - 1 : at], text[at + len(word) : at + len(word) + 1]
    return not ((before.isascii() and before.isalpha()) or (behind.isascii() and behind.isalpha()))
