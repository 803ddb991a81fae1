"""Figures that a notice asks for, in words or in an annexed table, beyond those every campaign has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from filing.notice.slug import pinyin_name
from filing.notice.words import pattern, word
from records.campaigns import Measure
from records.extracts import Table

_ASKED = re.compile(
    r"(?:包括|包含|含|注明|写明|统计(?!表|局)|填写|填报|汇总(?!表)|说明|涵盖|明确|体现|反映|列明|(?:数据|统计表|情况表)[（(])(?P<list>[^。；！？\n]{3,160})"
)
_NUMBERS = re.compile(r"(?:人次|人数|场次|次数|份数|条数|篇数|户数|件数|数量|总数|金额|面积|时长|数)")
_LISTED = re.compile(r"[、，,和及]|以及|(?<!参)与(?!会)|(?<=[）)])")
_UNIT_IN = re.compile(rf"[（(](?:单位[：:])?({word('measures', 'units')})[）)]")
_AROUND = re.compile(
    r"[（(][^）)]*[）)]|[）)].*$|等.*$|^(?:的|了|好|并|活动|本单位|具体|相关|有关|其中|：|:)+|[:：].*$"
)
_HOW_MANY = re.compile(rf"(?:共|有|了)*(?:多少|几)个?({word('measures', 'units')})")  # 慰问老人多少人次
_INDICATORS = re.compile(r"(?:统计|主要|数据|填报)?指标(?:名称)?")  # not 考核指标 beside a task
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


def is_column(cell: str) -> bool:
    """Whether a cell's words head a column of numbers: 入户户数, 回收旧物重量（公斤）."""
    bare = "".join(cell.split())
    return bool(_UNIT_IN.search(bare) or pattern("measures", "ending").search(bare))


def asks_numbers(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table below ``heads`` is a form of figures: most rows give a unit of counting, or count by name."""
    said = [row for row in rows if any(cell.strip() for cell in row)]
    units = sum(any(re.fullmatch(word("measures", "units"), cell.strip()) for cell in row) for row in said)
    counts = sum(any(map(is_column, row)) for row in said)
    return bool(said) and (
        2 * units > len(said) or 2 * counts > len(said) or any(_INDICATORS.fullmatch(head) for head in heads)
    )


def _labels_in_words(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for asked in _ASKED.finditer(_HOW_MANY.sub(r"（\1）", text)):
            listed = _LISTED.split(asked.group("list"))
            yield from (part for part in listed if _NUMBERS.search(part) or _UNIT_IN.search(part))


def _labels_in_tables(tables: Iterable[Table]) -> Iterator[str]:
    for table in tables:
        above: list[str] = []
        for row in table.rows[:6]:
            cells = ["".join(cell.split()) for cell in row]
            yield from (label for at, cell in enumerate(cells) if is_column(label := _grouped(cell, above, at)))
            above = cells
        yield from (cell for row in table.rows[1:80] for cell in _first_cells(row) if _UNIT_IN.search(cell))
        yield from _with_their_units(table.rows)


def _grouped(cell: str, above: Sequence[str], at: int) -> str:
    """场次 below the merged heading 专题讲座 is 专题讲座场次."""
    if not cell or len(cell) > 3 or not pattern("measures", "ending").fullmatch(cell):
        return cell
    group = next((group for group in reversed(above[: at + 1]) if group), "")
    return cell if group.endswith("单位") or re.fullmatch(word("measures", "units"), group) else group + cell


def _with_their_units(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows under 指标 and 计量单位: each is a measure with its unit."""
    for index, row in enumerate(rows[:5]):
        heads = ["".join(cell.split()) for cell in row]
        unit = next((at for at, head in enumerate(heads) if head in {"单位", "计量单位", "数量单位"}), None)
        name = next((at for at, head in enumerate(heads) if re.search(r"(?:指标|项目|内容|名称)$", head)), None)
        if unit is not None and name is not None:
            pairs = ((row[name], row[unit]) for row in rows[index + 1 :] if len(row) > max(name, unit))
            yield from (
                f"{label}（{of}）" for label, of in pairs if re.fullmatch(word("measures", "units"), of.strip())
            )


def _first_cells(row: Sequence[str]) -> Iterator[str]:
    return ("".join(cell.split()) for cell in row[:3])


def _measure(label: str) -> Measure | None:
    unit_found = _UNIT_IN.search(label)
    whole = _AROUND.sub("", label)
    bare = re.sub(r"^(?:开展|参加|举办|组织)(?:的)?(?=.{4})|的(?=[^的]{2,3}$)", "", whole)
    ends = pattern("measures", "ending").search(bare)
    if not 3 <= len(bare) <= 16 or not (ends or unit_found) or re.search(r"[。；？！《》]", bare):
        return None
    if pattern("measures", "not_measure").search(bare) or _is_standard(
        whole, unit_found.group(1) if unit_found else ""
    ):
        return None
    core = re.sub(r"(?:数|数量|总数|个数|数目)$", "", bare)
    return Measure(
        pinyin_name(bare), bare, unit_found.group(1) if unit_found else _unit(bare), tuple(dict.fromkeys((bare, core)))
    )


def _is_standard(label: str, unit: str) -> bool:
    """Whether every campaign has the measure anyway, with its number word or with the unit in brackets instead."""
    plain = label.replace("、", "")
    said = {plain, f"{plain}数", *((f"{plain}{unit}", f"{plain}{unit}次", f"{plain}{unit}数") if unit else ())}
    return any(pattern("measures", "standard").fullmatch(words) for words in said)


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
