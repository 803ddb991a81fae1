"""Sentences with their numbers filled in, and the figures that these numbers state."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

_SLOT = re.compile(r"<(\w+)(?::(\d+)-(\d+))?>")
_NAMED = re.compile(r"\{(?:unit|short)\}")
_DIGITS = "零一二三四五六七八九"
_RANGES = {
    "trainings": (1, 9),
    "drills": (1, 6),
    "hazards_found": (5, 40),
    "banners": (2, 30),
    "leaflets": (40, 3000),
    "consultations": (20, 600),
    "participants": (30, 4000),
}
_USUAL = (20, 900)


@cache
def phrases(part: str) -> Mapping[str, Any]:
    """What stands around the deeds, of the part of the wording that is asked for: one of WORDINGS."""
    found: dict[str, Any] = tomllib.loads((Path(__file__).parent / "phrases.toml").read_text("utf-8"))[part]
    return found


def naming(templates: Sequence[str], named: bool) -> list[str]:
    """Those that name the unit, or those that do not."""
    return [one for one in templates if bool(_NAMED.search(one)) == named]


def measures_in(template: str) -> frozenset[str]:
    """The measures that a sentence states."""
    return frozenset(slot[1] for slot in _SLOT.finditer(template) if slot[1] != "n")


@dataclass(slots=True)
class Pen:
    """Writes for one unit; remembers what it stated."""

    random: Random
    words: Mapping[str, str]
    figures: dict[str, float] = field(default_factory=dict)

    def write(self, template: str, **more: str) -> str:
        """The template with names and numbers; what its measures state is kept as figures."""
        return _SLOT.sub(self._number, template.format_map({**self.words, **more}))

    def chosen(self, templates: Sequence[str], **more: str) -> str:
        """One of the templates, written."""
        return self.write(self.random.choice(templates), **more)

    def _number(self, slot: re.Match[str]) -> str:
        if slot[1] == "n":
            return str(self.random.randint(int(slot[2]), int(slot[3])))
        value = self._value(slot[1])
        self.figures[slot[1]] = float(value)
        english = "english" in self.words
        return str(value) if english else shown(value, self.random)

    def _value(self, measure: str) -> int:
        if measure == "hazards_fixed":
            return self.random.randint(2, int(self.figures["hazards_found"]))
        value = self.random.randint(*_RANGES.get(measure, _USUAL))
        return round(value, -2) if value > 1000 else value


def shown(value: int, random: Random) -> str:
    """The number as offices write it: 320, 300余, 四百余, 二十六, 约1200, 1.2万."""
    style = random.random()
    if value >= 10_000 and value % 1000 == 0:
        return f"{value / 10_000:g}万"
    if value >= 100 and value % 100 == 0 and style < 0.4:
        return f"{value}余"
    if value >= 100 and value % 100 == 0 and value < 1000 and style < 0.6:
        return f"{_DIGITS[value // 100]}百余"
    if value < 100 and style < 0.2:
        return chinese(value)
    return f"约{value}" if value > 100 and style > 0.93 else str(value)


def chinese(value: int) -> str:
    """A number below a hundred in Chinese numerals: 二十六."""
    tens, ones = divmod(value, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones or not tens else "")
