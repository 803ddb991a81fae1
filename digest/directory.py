"""The names by which letters call units, activities and measures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from digest.speech import clean, number_text
from records.campaigns import Campaign, Kind
from records.units import Unit
from records.words import Language, Text

SHORTEST_NAME = 3
SHORT_ID = 8
KINDS: dict[Kind, Text] = {"summary": Text("总结", "summary"), "material": Text("资料", "material")}
NO_UNIT = Text("单位不明", "unit unknown")
NO_CATEGORY = Text("其他", "others")
BLANK_BESIDE_CHINESE = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")
# 关于开展……的通知: what is left between is what people call the campaign.
TITLE_FRAME = re.compile(
    r"^.{0,40}?关于(?:认真|扎实|切实)?(?:开展|组织|做好|印发|举办|报送|上报)?(?P<core>.+?)(?:工作)?的(?:预)?通知$"
)


class Directory:
    """A campaign's units, activity types and measures by id, called by names that are safe to show."""

    def __init__(self, campaign: Campaign, units: Sequence[Unit], language: Language) -> None:
        self._units = {unit.code: unit for unit in units}
        self._places = {unit.code: place for place, unit in enumerate(units)}
        self._short = short_names(units)
        self._activities = {activity.id: activity for activity in campaign.activities}
        self._measures = {measure.name: measure for measure in campaign.measures}
        self._language = language

    def unit(self, code: str | None, fallback: str = "") -> str:
        """A unit's full name; ``fallback``, else the code, else that it is unknown, where it is on no roster."""
        unit = self._units.get(code or "")
        return clean(unit.name if unit else fallback or code or "", 40) or NO_UNIT.say(self._language)

    def short(self, code: str) -> str:
        """A unit's short name, else its code."""
        return self._short.get(code) or clean(code, 40)

    def place(self, code: str | None) -> int:
        """Where the unit stands on the roster; behind all others where it does not."""
        return self._places.get(code or "", len(self._places))

    def activities(self, ids: Iterable[str]) -> str:
        """Activities as the notice numbers them: （一）（三）."""
        return "".join(self._number(id_) for id_ in ids)

    def activity(self, id_: str) -> str:
        """An activity with its number and title."""
        known = self._activities.get(id_)
        return self._number(id_) + (clean(known.title, 24) if known else "")

    def figure(self, measure: str, value: float) -> str:
        """A figure with what it counts: 参与人次 320."""
        known = self._measures.get(measure)
        if known is None:
            return f"{clean(measure, 20)} {number_text(value)}"
        unit = "" if known.unit in known.label else known.unit  # 参与人次 320, not 参与人次 320人次
        return f"{clean(known.label, 16)} {figure_text(unit, value)}"

    def _number(self, id_: str) -> str:
        known = self._activities.get(id_)
        printed = clean(known.printed, 8) if known else ""
        return printed or f"（{clean(id_, 8)}）"


def figure_text(unit: str, value: float) -> str:
    """12,000人次."""
    return number_text(value) + clean(unit, 6)


def short_names(units: Sequence[Unit]) -> dict[str, str]:
    """By code, the shortest of each unit's name and those aliases (three letters or more) that no other unit bears."""
    bearers = Counter(name for unit in units for name in {unit.name, *unit.aliases})
    names = {}
    for unit in units:
        own = [name for name in unit.aliases if bearers[name] == 1 and len(name) >= SHORTEST_NAME]
        names[unit.code] = clean(min([unit.name, *own], key=len), 40)
    return names


def short_ids(ids: Iterable[str]) -> dict[str, str]:
    """The first eight characters of each id, more where another one begins alike: what `review` takes."""
    ordered = sorted(set(ids))
    short = {}
    for place, id_ in enumerate(ordered):
        neighbours = ordered[max(place - 1, 0) : place] + ordered[place + 1 : place + 2]
        length = SHORT_ID
        while any(other.startswith(id_[:length]) for other in neighbours) and length < len(id_):
            length += 1
        short[id_] = id_[:length]
    return short


def category_name(unit: Unit, language: Language) -> str:
    """The unit's category, or that it has none."""
    return clean(unit.category, 20) or NO_CATEGORY.say(language)


def campaign_name(campaign: Campaign) -> str:
    """What people call the campaign: its title without issuer, 关于开展 and 的通知, at most thirty letters."""
    title = BLANK_BESIDE_CHINESE.sub("", clean(campaign.title, 200))
    framed = TITLE_FRAME.match(title)
    return clean(framed["core"] if framed else title, 30) or clean(campaign.id, 30)
