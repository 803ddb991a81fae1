"""From whom a requirement is due: categories or units that a sentence names as its subject."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from filing.notice.marks import mark_of
from filing.notice.words import table
from records.units import Roster

_EVERY = re.compile(r"各|所有|全体|全区|全市|全县|[（(][^）)]*[）)]")
_TAIL = re.compile(r"(?:请|要|须|应|需|务必|统一|应当|必须|可)*(?:分别)?(?:于|在|从)?$")
_NOUN = re.compile(
    r"(?:单位|学校|医院|机构|幼儿园|中心|街道|乡镇|企业|部门|镇街|社区|园|校|院|镇|乡|村|公司|局|委|办|科室|处室|卫生室|室|所|队|班|会|区县|市县|馆|站|联|团委|厅|企|店)$"
)
_ALL = re.compile(
    r"^(?:有关|相关|上述|以上|参与|参加|责任|辖区|属地|本辖区)*(?:单位|校|地|级|地区|地方|机构|班|科室)*$"
)
_OWN_KIND = re.compile(r"各|所有|全体|^[市区县省州驻]|^机关|有关|相关")
_QUALIFIERS = (
    "公办",
    "民办",
    "公立",
    "民营",
    "私立",
    "直属",
    "委属",
    "局属",
    "市属",
    "区属",
    "县属",
    "市级",
    "区级",
    "县级",
    "中央",
    "驻",
    "区直",
    "市直",
    "县直",
    "省直",
)


@dataclass(frozen=True, slots=True)
class Who:
    """Categories and units; both empty: all."""

    categories: tuple[str, ...] = ()
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Askers:
    """Whom a notice can mean: its addressees, and the roster's units where that is at hand."""

    addressees: Sequence[str] = ()
    roster: Roster | None = None

    def named_in(self, subject: str) -> tuple[Who, str]:
        """Who must send, by the words before a deadline, and in Chinese what is doubtful about it.

        A subject that names anybody beyond the known categories and units is taken to mean all.
        """
        names = _named(subject)
        if not names or any(_ALL.match(name) for name in names) or self._are_all(names):
            return Who(), ""
        if self.roster:
            return self._on_roster(names, self.roster)
        known = {_bare(name): re.sub(r"各|所有|全体", "", name) for name in self.addressees}
        kinds = tuple(known.get(name, name) for name in names)
        return Who(categories=kinds), f"只向{'、'.join(kinds)}提出，请与名册的类别核对"

    def _are_all(self, names: Sequence[str]) -> bool:
        """Whether the names are another word for all addressees, or a broad one (学校, 镇街) that fits none of them."""
        broad = all(name in table("kinds") for name in names)
        covered: list[bool] = []
        for addressee in self.addressees:  # 各区县民政局、老龄办: both are the 区县's
            goes_on = broad and bool(covered) and not _OWN_KIND.search(addressee)
            covered.append(any(_same(name, addressee) for name in names) or (goes_on and covered[-1]))
        return all(covered) if covered and any(covered) else broad

    def _on_roster(self, names: Sequence[str], roster: Roster) -> tuple[Who, str]:
        categories = tuple(dict.fromkeys(unit.category for unit in roster.units if unit.category))
        found: list[str] = []
        units: list[str] = []
        for name in names:
            matching = [category for category in categories if _same(name, category)]
            named = [unit.name for unit in roster.units if name in unit.names]
            if not matching and not named:
                return Who(), f"只向“{'、'.join(names)}”提出，名册中没有这一类，暂按全体单位计"
            found += matching
            units += named if not matching else []
        if len(set(found)) == len(categories) and not units:
            return Who(), ""
        return Who(tuple(dict.fromkeys(found)), tuple(dict.fromkeys(units))), ""


def _named(subject: str) -> list[str]:
    """The kinds or units that a subject lists: 各民营医院、区中医院请于 → 民营医院, 区中医院."""
    mark = mark_of(subject)
    bare = re.sub(r"[（(][^）)]*[）)]", "", subject[mark.end :] if mark else subject)
    bare = re.sub(r"^[请并另同时，、\s]+", "", bare)
    bare = _TAIL.sub("", bare)
    names = [_bare(name) for name in re.split(r"[、和及与]", bare)]
    names = [name for name in names if name]
    return names if all(_ALL.match(name) or (_NOUN.search(name) and len(name) <= 24) for name in names) else []


def _bare(name: str) -> str:
    return _EVERY.sub("", name).strip()


def _same(name: str, category: str) -> bool:
    """Whether a notice's word and a roster's category mean one kind: 民办教育机构 and 民办园 do by their qualifier."""
    plain = _bare(category)
    if plain == name or (len(plain) >= 2 and (plain in name or name in plain)):
        return True
    if any(word in name and word in plain for word in _QUALIFIERS):
        return True
    return any(_stands_for(part, plain) for part in table("kinds").get(name, ()))


def _stands_for(part: str, plain: str) -> bool:
    """镇 for 镇人民政府; one character must stand first: not 区 for 社区 or 区直单位."""
    return part in plain if len(part) > 1 else re.match(rf"{part}(?![直级属委])", plain) is not None
