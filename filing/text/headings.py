"""Headings of office prose: what numbering says of their rank, and where a paragraph carries its heading within."""

from __future__ import annotations

import re
from dataclasses import dataclass

from filing.text.tense import is_undone_heading

RANKS = (
    re.compile(r"第[一二三四五六七八九十]{1,3}(?:部分|章|篇)|[一二三四五六七八九十]{1,3}[、.．]|[IVX]{1,4}[.、]"),
    re.compile(
        r"[（(][一二三四五六七八九十]{1,3}[）)]|(?:第[一二三四五六七八九十]件(?:事)?|活动[一二三四五六七八九十\d]{1,2})[,，:：、]?"
    ),
    re.compile(r"\d{1,2}\s?[、.．](?!\d)|[一二三四五六七八九十]是"),
    re.compile(r"[（(]\d{1,2}[）)]|\d{1,2}[）)]|[①-⑳]|[●◆■▪•※★]"),
)
MARKUP = re.compile(r"^(?:#{1,6}|【)\s*")
LONGEST_HEADING = 28
RUN_IN = re.compile(r"^([^。！？；:：]{2,26}?)(?:[。:：]|\s{2,})(?=\S)")
LABEL = re.compile(r"^([^。！？；，,:：“”\d]{1,12})[:：](?=\S)")
SAYS_A_NUMBER = re.compile(r"[\d一二两三四五六七八九十百千万][余多]?(?:场|次|处|份|条|人|个|篇|项|本|期|户|家)")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a paragraph opens with: ``rank`` 1 (highest) to 5, ``text``, and where the rest of the paragraph begins."""

    rank: int
    text: str
    rest: int  # offset of what follows within the paragraph; its length where nothing does
    label: bool = False  # 学：…, 地点：…; holds for its own paragraph only


def heading_of(paragraph: str) -> Heading | None:
    """The heading that ``paragraph`` is or opens with, None for plain prose.

    A numbered paragraph without a heading of its own (一、组织全院58名职工…) yields one with an empty text: it closes
    the sections before it.
    """
    rank = rank_of(paragraph)
    if rank is not None:
        return _numbered(paragraph, rank)
    if _stands_alone(paragraph):
        return Heading(1 if is_undone_heading(paragraph) else 5, MARKUP.sub("", paragraph), len(paragraph))
    label = LABEL.match(paragraph)
    return Heading(6, label[1], 0, label=True) if label else None


def rank_of(paragraph: str) -> int | None:
    """1 to 4 by the paragraph's numbering, None where it has none."""
    bare = MARKUP.sub("", paragraph)
    return next((rank for rank, pattern in enumerate(RANKS, 1) if pattern.match(bare)), None)


def _numbered(paragraph: str, rank: int) -> Heading:
    if len(paragraph) <= LONGEST_HEADING and paragraph[-1] not in "。；！？;!?":
        return Heading(rank, paragraph, len(paragraph))
    run_in = RUN_IN.match(paragraph)
    if run_in and not SAYS_A_NUMBER.search(run_in[1][3:]):
        return Heading(rank, run_in[1], run_in.end())
    return Heading(rank, "", 0)


def _stands_alone(paragraph: str) -> bool:
    """A short line without an end of sentence: a title, an unnumbered heading, a caption, a banner."""
    return len(paragraph) <= LONGEST_HEADING and paragraph[-1] not in "。；！？，,;!?"
