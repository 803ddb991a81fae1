"""How a unit is called besides its registered names: places left out, endings shortened, numerals changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from filing.text.lexica import words
from filing.text.squeeze import squeeze
from filing.text.vocabulary import word_list
from records.units import Unit

_DIGITS = "一二三四五六七八九十"
_ORDINAL = re.compile(rf"第([{_DIGITS}]{{1,3}})")
_ARABIC = re.compile(r"第?(\d{1,2})")
_COMMON_SHARE = 0.2  # of all names: from then on a place before a name tells nothing


@dataclass(frozen=True, slots=True)
class Anatomy:
    """A name in its parts: places that many names begin with, what is its own, the kind of organisation."""

    places: tuple[str, ...]
    stem: str
    ending: str

    @property
    def rest(self) -> str:
        """The name without the places."""
        return self.stem + self.ending


def _place_pattern() -> re.Pattern[str]:
    marks = word_list("names")["prefixes"]
    no_district, no_city = marks["not_before_district"], marks["not_before_city"]
    district = rf"[\u4e00-\u9fff]{{1,6}}?(?:(?<![{no_district}])区|县|旗|(?<![{no_city}])市)"
    city = rf"[\u4e00-\u9fff]{{2,7}}?(?:省|自治区|自治州|地区|盟|(?<![{no_city}])市)"
    return re.compile(rf"({city})?({city})?({district})?")


_PLACE = _place_pattern()


def common_places(names: Iterable[str]) -> tuple[str, ...]:
    """Places with which many of the names begin (滨海市, 东湖区), and the same without their ending; longest first."""
    found = [_PLACE.match(name) for name in names]
    parted = [tuple(place for place in one.groups() if place) for one in found if one]
    counted = Counter(place for places in parted for place in set(places))
    floor = max(2, len(found) * _COMMON_SHARE)
    common = {place for place, count in counted.items() if count >= floor}
    common |= {above for places in parted for above, place in pairwise(places) if place in common}
    bare = {re.sub(r"(自治区|自治州|地区|省|市|区|县|旗|盟)$", "", place) for place in common}
    return tuple(sorted(common | {place for place in bare if len(place) >= 2}, key=len, reverse=True))


def take_apart(name: str, places: Sequence[str]) -> Anatomy:
    """Parts of a squeezed name; a place is only taken off where at least two characters stay."""
    taken: list[str] = []
    rest = name
    while place := next((one for one in places if rest.startswith(one) and _comes_off(one, rest)), ""):
        taken.append(place)
        rest = rest[len(place) :]
    ending = next((kind for kind in _endings() if rest.endswith(kind)), "")
    return Anatomy(tuple(taken), rest[: len(rest) - len(ending)], ending)


def _comes_off(place: str, name: str) -> bool:
    """Whether the place may be left out: 江南 of 江南中学 may not, 江南区 of 江南区第一中学 may."""
    rest = name[len(place) :]
    return len(rest) >= 2 and (place[-1] in "省市区县旗州" or not rest.startswith(_endings()))


@cache
def _endings() -> tuple[str, ...]:
    return tuple(sorted({row[0] for row in word_list("names")["types"]}, key=len, reverse=True))


def short_forms(name: str, places: Sequence[str]) -> tuple[str, ...]:
    """Forms of one registered name that people use for it; the caller keeps those that only one unit has."""
    parts = take_apart(name, places)
    forms = {parts.rest, *_ordinal_forms(parts)}
    for stem in _stems(parts.stem):
        forms.update(stem + ending for ending in (parts.ending, *shorter_endings(parts.ending)) if ending)
    forms.update(_places_alone(parts))
    forms.update(form for each in tuple(forms) for form in _other_numerals(each))
    return tuple(sorted(form for form in forms if len(form) >= 3 and form != name))


def _places_alone(parts: Anatomy) -> Iterator[str]:
    """青塘乡桃园村 and 青塘桃园村 of 青塘乡桃园村村民委员会: the town stands with it, so that it is no other."""
    if is_village(parts):
        yield from (one for one in (parts.stem, *_stems(parts.stem)) if one.startswith(parts.stem[:2]))


def is_village(parts: Anatomy) -> bool:
    """Whether it is the committee of a village that the name tells with its town."""
    in_town = any(2 <= parts.stem.find(word) <= 5 for word in words("names", "middles"))
    return in_town and parts.stem.endswith("村") and parts.ending in ("村民委员会", "村委会")


def village_alone(name: str, places: Sequence[str]) -> tuple[str, ...]:
    """红星村 of 青塘乡红星村村民委员会: clear in its own town alone."""
    parts = take_apart(name, places)
    return tuple(one for one in _stems(parts.stem) if is_village(parts) and one in parts.stem[2:])


def alias_forms(alias: str, name: str, places: Sequence[str]) -> tuple[str, ...]:
    """An alias with the other endings that the unit's own ending has: 滨江路社区 is also 滨江路社区居委会."""
    ending = take_apart(name, places).ending
    endings = (ending, *shorter_endings(ending)) if ending else ()
    stems = {alias.removesuffix(one) for one in endings if alias.endswith(one)}
    if not stems and ending.endswith("公司"):  # 宁钢矿业 is also 宁钢矿业公司
        stems, endings = {alias}, (ending, "公司")
    return tuple(sorted(stem + one for stem in stems if is_own(stem) for one in endings if stem + one != alias))


def _stems(stem: str) -> tuple[str, ...]:
    """The stem; without 街道 or 镇 at its end; without the street or town before it (桂花镇桂花 of 桂花镇桂花村)."""
    found = [stem]
    for word in words("names", "middles"):
        found += [stem.removesuffix(word)] if stem.endswith(word) else []
        if 2 <= stem.find(word) <= 5:
            town, village = stem.split(word, 1)
            found += [village, town + village] if village else [town]
    return tuple(one for one in dict.fromkeys(found) if is_own(one))


def own_pieces(name: str, places: Sequence[str]) -> tuple[str, ...]:
    """What is the unit's own in a registered name, without the town before it (大石坝, 河滨路); () if an ordinal."""
    stem = take_apart(name, places).stem
    for word in words("names", "middles"):
        stem = stem.removesuffix(word)
        stem = stem.split(word, 1)[1] if 2 <= stem.find(word) <= 5 else stem
    for word in ("村", "社区"):
        stem = stem.removesuffix(word)
    return (stem,) if is_own(stem) and not _ORDINAL.search(stem) else ()


def is_own(stem: str) -> bool:
    """Whether the stem is somebody's own name, not 社区, 中心 or an ordinal alone."""
    return len(stem) >= 2 and stem not in words("names", "generic_stems") and not re.fullmatch(r"第.{1,3}", stem)


@cache
def shorter_endings(ending: str) -> tuple[str, ...]:
    """What stands for an ending in daily use."""
    rows: list[list[str]] = word_list("names")["types"]
    return next((tuple(row[1:]) for row in rows if row[0] == ending), ())


def _ordinal_forms(parts: Anatomy) -> set[str]:
    """东湖区第二人民医院: 东湖二院, 区二院; 第一中学 behind a place: 东湖一中. Never without a place."""
    found: set[str] = set()
    for ending, *shorts in word_list("names")["ordinals"]:
        hit = re.fullmatch(rf"(.*?)第([{_DIGITS}]{{1,3}}){ending}", parts.rest)
        if not hit:
            continue
        lowest = parts.places[-1:]  # 东湖区第二人民医院 is not 滨海二院
        before = {hit[1]} if hit[1] else {form for place in lowest for form in (place, place[:-1], place[-1]) if form}
        found.update(place + hit[2] + short for place in before if place for short in shorts)
    return found


def _other_numerals(form: str) -> tuple[str, ...]:
    """第2小学 for 第二小学, 第二小学 for 第2小学 and 2号."""
    if hit := _ORDINAL.search(form):
        value = _value(hit[1])
        return (form.replace(hit[0], f"第{value}"),) if value else ()
    if (hit := _ARABIC.search(form)) and hit[0].startswith("第") and 0 < int(hit[1]) <= 99:
        return (form.replace(hit[0], f"第{_han(int(hit[1]))}"),)
    return ()


def _value(numeral: str) -> int:
    tens, ten, ones = numeral.rpartition("十")
    return (_DIGITS.index(tens) + 1 if tens else 1) * 10 * bool(ten) + (_DIGITS.index(ones) + 1 if ones else 0)


def _han(value: int) -> str:
    tens, ones = divmod(value, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens - 1] + "十"
    return head + (_DIGITS[ones - 1] if ones else "")


def unique_forms(units: Sequence[Unit], places: Sequence[str]) -> dict[str, str]:
    """Short form → code, for forms that one unit alone has and that is no other's registered name."""
    registered = {squeeze(name) for unit in units for name in unit.names}
    owners: dict[str, set[str]] = {}
    for unit in units:
        for name in (unit.name, *unit.former_names):
            for form in short_forms(squeeze(name), places):
                owners.setdefault(form, set()).add(unit.code)
        for alias in unit.aliases:
            for form in alias_forms(squeeze(alias), squeeze(unit.name), places):
                owners.setdefault(form, set()).add(unit.code)
    return {form: next(iter(codes)) for form, codes in owners.items() if len(codes) == 1 and form not in registered}
