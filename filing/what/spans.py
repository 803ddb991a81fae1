"""Numbers of a longer time than the campaign (今年以来, 上半年, 全年), and the share of them that is the campaign's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from filing.text.tense import Clause, sides
from filing.text.vocabulary import word_list
from records.campaigns import Period

LONG_CAMPAIGN = 150  # days; to a campaign of half a year 上半年 is its own time
MONTHS = re.compile(r"(?P<first>\d{1,2})月?份?\s?[-—–~～至到]+\s?\d{1,2}月(?!\d{1,2}[日号])")
LONG_BEFORE = 3  # months: 1—10月 is no campaign of September and October


def clauses_within(clauses: Sequence[Clause], heading: str, period: Period | None) -> tuple[Clause, ...]:
    """``clauses`` for counting: those whose numbers run over a longer time than ``period`` are of ``earlier`` mood.

    今年以来开展培训12场，其中活动月期间4场 counts 4. Without ``period``, or with a long one, they stay as they are.
    """
    if period is None or (period.to - period.from_).days > LONG_CAMPAIGN:
        return tuple(clauses)
    shares = [at for at, clause in enumerate(clauses) if share_of_campaign().search(clause.text)]
    wide = _words("wide").search(heading) is not None
    out = []
    for at, clause in enumerate(clauses):
        if at in shares or _words("own").search(clause.text):
            wide = False
        elif clause.is_done and _months_before(clause.text, period):
            wide = True
        elif 0 in sides(clause.text, period):
            wide = False
        elif clause.is_done and _words("wide").search(clause.text):
            wide = True
        beyond = wide or at < max(shares, default=0)
        out.append(replace(clause, mood="earlier") if beyond and clause.is_done else clause)
    return tuple(out)


def _months_before(text: str, period: Period) -> bool:
    """Whether a clause counts over months that began long before ``period``: 今年1—10月."""
    return any(int(match["first"]) <= period.from_.month - LONG_BEFORE for match in MONTHS.finditer(text))


def share_of_campaign() -> re.Pattern[str]:
    """其中活动月期间: what follows is the campaign's own share of a number that runs over a longer time."""
    return _words("share")


def longer_time() -> re.Pattern[str]:
    """今年以来, 上半年: words of a longer time than a campaign's."""
    return _words("wide")


@lru_cache(maxsize=1)
def bracketed_share() -> re.Pattern[str]:
    """1.35万平方米（其中会战期间3200平方米）: ``own`` is the campaign's share of ``wide``, its bracket included."""
    amount = r"\d[\d,，.]*\s?[百千]?[万亿]?余?\s?(?P<{0}>[\u4e00-\u9fffa-z㎡²]{{1,4}})"
    return re.compile(
        rf"(?P<wide>{amount.format('unit')}[（(](?:其中)?[:：,，]?[^（）()\d]{{0,8}}(?:{word_list('figures')['spans']['own']})"
        rf"[^（）()\d]{{0,4}})(?P<own>{amount.format('same')})[）)]"
    )


def _words(key: str) -> re.Pattern[str]:
    return re.compile(word_list("figures")["spans"][key])
