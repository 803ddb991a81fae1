"""What is counted: one measure as patterns over the words around a number and over what tables call it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from filing.text.vocabulary import word_list
from filing.what.scales import factor

NEVER = re.compile(r"(?!)")
BRACKETED = re.compile(r"[（(].*$")
LONGEST_SHORT = 4
MOST_LEFT_OUT = 4  # signs of a name: 调解 of 调解劳动争议
LABEL_UNIT = re.compile(r"[（(]\s*(?:单位[:：]\s*)?([^（）()]{1,6})[）)]")


@dataclass(frozen=True, slots=True)
class Countable:
    """One measure as it is looked for; all patterns but the counters are over the text around a number."""

    name: str
    counters: re.Pattern[str]
    before: re.Pattern[str]
    bare: re.Pattern[str]  # words that count only where the words around say what (隐患排查：发现22处)
    after: re.Pattern[str]
    never: re.Pattern[str]
    label: re.Pattern[str]
    not_label: re.Pattern[str]
    context: re.Pattern[str] = NEVER  # words of a sentence in which a bare word counts too
    unit: str = ""  # in which it is counted: 万元, 吨
    units: re.Pattern[str] = NEVER  # those besides the counters that a table may state beside its label
    own: bool = False  # added by the campaign
    words: tuple[str, ...] = ()  # what an own measure is called, longest first
    halves: tuple[tuple[str, str], ...] = ()  # two words of its label that may stand on both sides of a number
    pieces: re.Pattern[str] = NEVER  # one word of its label is enough where its unit says the rest: 检查旅馆19家
    row: re.Pattern[str] = NEVER  # its verb over a row of things: 慰问退休教师、困难职工共198人
    ends: re.Pattern[str] = NEVER  # the end of its name: 讲座 of 家庭教育讲座; gives way to the whole name
    deed: re.Pattern[str] = NEVER  # its verb right before a number, the thing named before: 受理争议9件，调解8件
    thing: re.Pattern[str] = NEVER
    kept: re.Pattern[str] = NEVER  # words of an own measure's label that other words for it give way to

    def is_around(self, left: str, right: str) -> bool:
        """Whether both halves of the label stand around a number: 职工320人参赛 for 参赛职工."""
        return any(
            (first in left and second in right) or (second in left and first in right) for first, second in self.halves
        )

    def is_called(self, words: str) -> bool:
        """Whether ``words`` are part of what an own measure is called, and say something: 岗位 of 提供岗位数."""
        return (
            len(words) > 1
            and words not in _says_nothing()
            and any(words in called and len(called) <= len(words) + MOST_LEFT_OUT for called in self.words)
        )

    def is_short_for(self, words: str) -> bool:
        """Whether a table's ``words`` abbreviate what it is called: 挽损 of 挽回损失, 养护投入 of 投入养护资金."""
        if not 1 < len(words) <= LONGEST_SHORT:
            return False
        return any(_in_order(words, one) or (words[:2] in one and words[2:] in one) for one in self.words)

    def fits_label(self, label: str, unit: str) -> bool:
        """Whether a table that calls a row or column so counts this; a stated unit must be one of its counters."""
        bare = LABEL_UNIT.sub("", label)
        return bool(self.label.search(bare)) and not self.not_label.search(bare) and self.fits_unit(unit)

    def fits_unit(self, unit: str) -> bool:
        """Whether ``unit`` (份, 万元; "" where none is stated) counts this."""
        bare = BRACKETED.sub("", unit.removeprefix("万"))  # 台（套）
        return not unit or any(known.fullmatch(bare) for known in (self.counters, self.units))

    def converted(self, value: float, unit: str) -> float:
        """A value stated in ``unit`` in the measure's own: 28 万元 of 280000 元, 0.9 吨 of 900 公斤."""
        return round(value * factor(unit or self.unit) / factor(self.unit), 6)


def _in_order(signs: str, text: str) -> bool:
    rest = iter(text)
    return all(sign in rest for sign in signs)


@lru_cache(maxsize=1)
def _says_nothing() -> frozenset[str]:
    return frozenset(word_list("figures")["own"]["says_nothing"])
