"""Figures that a notice asks for, in words or in an annexed table, beyond those every campaign has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from filing.notice.slug import pinyin_name
from filing.notice.words import pattern, word
from records.campaigns import Measure
from records.extracts import Table

_ASKED = re.compile(
    r"(?:包括|包含|含|注明|写明|统计(?!表|局)|填写|填报|汇总(?!表)|说明|涵盖|明确|体现|反映|列明)(?P<list>[^。；！？\n]{3,160})"
)
_NUMBERS = re.compile(r"(?:人次|人数|场次|次数|份数|条数|篇数|户数|件数|数量|总数|金额|面积|时长|数)")
_UNIT_IN = re.compile(rf"[（(](?:单位[：:])?({word('measures', 'units')})[）)]")
_MAX_MEASURES = 40


def read_measures(texts: Sequence[str], tables: Sequence[Table]) -> tuple[Measure, ...]:
    """Measures of the campaign's own, named by the pinyin of their label; standard ones are left out."""
    labels = [*_labels_in_tables(tables), *_labels_in_words(texts)]
    measures: dict[str, Measure] = {}
    for label in labels:
        measure = _measure(label)
        if measure:
            measures.setdefault(measure.name, measure)
    return tuple(measures.values())[:_MAX_MEASURES]


def _labels_in_words(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for asked in _ASKED.finditer(text):
            listed = re.split(r"[、，,和及与）)]|以及", asked.group("list"))
            yield from (part for part in listed if _NUMBERS.search(part))


def _labels_in_tables(tables: Iterable[Table]) -> Iterator[str]:
    for table in tables:
        for row in table.rows[:6]:
            cells = ["".join(cell.split()) for cell in row]
            yield from (cell for cell in cells if _UNIT_IN.search(cell) or _NUMBERS.search(cell))
        yield from (cell for row in table.rows[1:80] for cell in _first_cells(row) if _UNIT_IN.search(cell))


def _first_cells(row: Sequence[str]) -> Iterator[str]:
    return ("".join(cell.split()) for cell in row[:3])


def _measure(label: str) -> Measure | None:
    unit_found = _UNIT_IN.search(label)
    bare = re.sub(r"[（(][^）)]*[）)]|等.*$|^(?:的|了|好|并|活动|本单位|具体|相关|有关|其中|：|:)+|[:：].*$", "", label)
    if pattern("measures", "standard").fullmatch(bare):  # 参加活动总人次, before 参加 is taken off
        return None
    bare = re.sub(r"^(?:开展|参加|举办|组织)(?:的)?(?=.{4})", "", bare)
    ends = pattern("measures", "ending").search(bare)
    if not 3 <= len(bare) <= 16 or not (ends or unit_found) or re.search(r"[。；？！《》“”]", bare):
        return None
    if pattern("measures", "not_measure").search(bare) or pattern("measures", "standard").fullmatch(bare):
        return None
    core = re.sub(r"(?:数|数量|总数|个数|数目)$", "", bare)
    return Measure(
        pinyin_name(bare), bare, unit_found.group(1) if unit_found else _unit(bare), tuple(dict.fromkeys((bare, core)))
    )


def _unit(label: str) -> str:
    """人次 of 入户人次, 场 of 讲座场次: the unit that the label's end tells."""
    ends = {
        "人次": "人次",
        "人数": "人",
        "场次": "场",
        "次数": "次",
        "份数": "份",
        "条数": "条",
        "篇数": "篇",
        "户数": "户",
        "件数": "件",
    }
    return next((unit for end, unit in ends.items() if label.endswith(end)), "")
