"""Which requirement a report answers: the most binding that it can, and of recurring ones that of its own period."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from filing.papers import is_interim, paper_of
from filing.text.lexica import contains_any, words
from filing.text.numerals import han_value
from filing.text.squeeze import squeeze
from records.campaigns import Campaign, Kind, Requirement
from records.units import Roster, Unit

_MONTH = re.compile(r"(?<!\d)(1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?:份|报|[^\d一二三四五六七八九十日号])")
_SPLIT = re.compile(r"[、，,;；/]|以及|和|及|或")
_BRACKETS = re.compile(r"[（(][^（()）]*[）)]")
LATE = timedelta(days=5)
_GENERIC = ("材料", "资料", "报告", "总结", "情况", "活动", "相关", "有关", "工作")


@dataclass(frozen=True, slots=True)
class Answer:
    """The requirement (None where none fits), the kind that it makes the report, and whether a person should look."""

    requirement: Requirement | None
    kind: Kind
    doubtful: bool


def requirement_for(
    campaign: Campaign,
    unit: Unit | None,
    kind: Kind,
    *,
    roster: Roster,
    doubtful: bool,
    titles: str,
    received: datetime,
) -> Answer:
    """``roster`` is the campaign's, ``titles`` the squeezed titles, file names and subject; ``received`` aware."""
    asked = [one for one in campaign.requirements if unit is None or applies_to(one, unit, roster)]
    if doubtful and is_interim(titles) and not any(is_interim(one.what) for one in asked):
        kind = "material"
    early = [one for one in asked if _is_in_time_for(one, titles, received)]
    closing = kind == "summary" and not doubtful and not is_interim(titles) and not early
    if named := early or _named([one for one in asked if one.kind == "summary" or not closing], titles):
        chosen = _of_period(named, titles, received)
        return Answer(chosen, chosen.kind, doubtful and chosen.kind != kind)
    fitting = [one for one in asked if one.kind == kind and _is_open(one)]
    if not fitting:
        return Answer(None, kind, doubtful)
    return Answer(_of_period(_most_binding(fitting), titles, received), kind, doubtful)


def _is_open(requirement: Requirement) -> bool:
    """Whether any report of its kind answers it; an interim report, a table or a list must be named to be one."""
    if is_interim(requirement.what):
        return False
    if requirement.kind == "summary":
        return True
    what = squeeze(requirement.what)
    return bool(contains_any(what, words("kinds", "open_materials"))) or not contains_any(
        what, words("kinds", "closed_materials")
    )


def asked_for(requirement: Requirement) -> tuple[str, ...]:
    """What a table, list or plan that is asked for is called: 隐患排查台账, 台账; none where any report answers."""
    if requirement.kind == "summary" or _is_open(requirement) or is_interim(requirement.what):
        return ()
    found = []
    for token in _tokens(requirement):
        noun = next((word for word in words("kinds", "closed_materials") if token.endswith(word)), "")
        found += [word for word in (token, noun) if noun and len(word) > 1]
    return tuple(dict.fromkeys(found))


def words_asked_for(campaign: Campaign) -> tuple[str, ...]:
    """The same of all its requirements."""
    return tuple(word for requirement in campaign.requirements for word in asked_for(requirement))


def _tokens(requirement: Requirement) -> list[str]:
    return [squeeze(token) for token in _SPLIT.split(_BRACKETS.sub("", requirement.what)) if squeeze(token)]


def applies_to(requirement: Requirement, unit: Unit, roster: Roster) -> bool:
    """Whether the unit must or may answer it, by category or by name; boards and filing ask the same.

    A requirement that names nobody whom the roster knows (各校 of a notice read without it) is everybody's: better one
    unit too many on the board than nobody, and no summary without its requirement. ``check`` names such categories.
    """
    named = {squeeze(name) for name in requirement.units}
    if unit.category in requirement.categories or not named.isdisjoint(_names(unit)):
        return True
    if not roster.categories.isdisjoint(requirement.categories):
        return False
    return not named or all(named.isdisjoint(_names(other)) for other in roster.units)


def _names(unit: Unit) -> set[str]:
    return {squeeze(unit.code), *map(squeeze, unit.names)}


def _is_in_time_for(requirement: Requirement, titles: str, received: datetime) -> bool:
    """Whether titles that tell of progress (进展情况, 阶段性小结) mean this interim report: soon after it was due."""
    if not is_interim(requirement.what) or not contains_any(titles, words("kinds", "progress")):
        return False
    recurring = contains_any(requirement.what + titles, words("kinds", "recurring"))
    return not recurring and requirement.due is not None and received <= requirement.due + LATE


def _named(requirements: Iterable[Requirement], titles: str) -> list[Requirement]:
    """Requirements whose own distinctive words stand in the titles: 中期 of 中期简报, 自查表, 统计表."""
    scored = [(score, one) for one in requirements if (score := _naming(one, titles)) > 0]
    best = max((score for score, _ in scored), default=0)
    return [one for score, one in scored if score == best]


def _naming(requirement: Requirement, titles: str) -> int:
    wanted = is_interim(requirement.what)
    if wanted:
        return 4 if wanted in titles else 0
    if is_interim(titles):
        return 0
    if any(word in titles for word in asked_for(requirement)):
        return 2
    tokens = _tokens(requirement)
    distinctive = [
        token for token in tokens if len(token) >= 3 and token not in _GENERIC and paper_of(token) != "material"
    ]
    if requirement.kind == "summary":
        return 3 if any(token in titles for token in distinctive) else 0
    plain = [token for token in tokens if paper_of(token) in ("plan", "")]
    return 2 if any(len(token) >= 2 and token in titles for token in plain if token not in _GENERIC) else 0


def _most_binding(requirements: Sequence[Requirement]) -> list[Requirement]:
    """Required ones before voluntary ones, dated ones before undated."""
    best = max((one.required, one.due is not None) for one in requirements)
    return [one for one in requirements if (one.required, one.due is not None) == best]


def _of_period(requirements: Sequence[Requirement], titles: str, received: datetime) -> Requirement:
    """Of several with the same words, the one whose date fits the report's: its month, else the next date due."""
    if len(requirements) == 1:
        return requirements[0]
    dated = sorted((one for one in requirements if one.due is not None), key=_due)
    if not dated:
        return requirements[0]
    month_end = _month_end(titles, received)
    if month_end is not None:
        return next((one for one in dated if _due(one).date() >= month_end), dated[-1])
    return next((one for one in dated if _due(one) >= received), dated[-1])


def _due(requirement: Requirement) -> datetime:
    assert requirement.due is not None
    return requirement.due


def _month_end(titles: str, received: datetime) -> date | None:
    """A few days before the last day of the month that the titles name (5月份月报), in the year of receipt."""
    hit = _MONTH.search(titles + "。")
    month = _number(hit[1]) if hit else None
    if not month:
        return None
    month = int(month)
    year = received.year if month <= received.month else received.year - 1
    return date(year, month, max(1, calendar.monthrange(year, month)[1] - 5))


def _number(numeral: str) -> float | None:
    return float(numeral) if numeral.isdigit() else han_value(numeral)
