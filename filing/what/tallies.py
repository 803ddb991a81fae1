"""Numbers that tables state: rows of things with a column of this year, columns of things with a row of totals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from filing.documents import Document
from filing.text.numerals import numbers, parse_number
from filing.text.tense import clauses_of
from filing.text.vocabulary import word_list
from filing.what.counts import TOTAL, Count, Told, counts_with_fixed
from filing.what.grids import YEAR_HEAD, Entry, columns, entries, grids_of, totals
from filing.what.measures import LABEL_UNIT, Countable, any_counter
from records.campaigns import Period

YEAR_WORD = re.compile(r"20\d\d\s?年?度?")
HEAD_UNIT = re.compile(r"人次|人数|场次|次数|份数|条数|处数|篇数|户数|金额|时长|面积")
LEADING = re.compile(r"^\s*(?:约|近|共|共计|合计|累计|已)?\s*")
SHORT_CELL = 14


def tabular_counts(document: Document, measures: Sequence[Countable], period: Period | None) -> Iterator[Count]:
    """What the tables of a document count."""
    for grid in grids_of(document):
        if _is_of_another_year(grid.title, period):
            continue
        for entry in entries(grid, period):
            yield from _of_entry(entry, measures, document.where, period)
        for head, cell in (*columns(grid, period), *totals(grid, period)):
            yield from _of_column(head, cell, measures, document.where)


def cell_value(cell: str) -> float | None:
    """The number of a cell that is a number, with or without counter and 余 (1200余份, 约300, 13（均已整改）)."""
    whole = parse_number(cell)
    if whole is not None:
        return whole
    bare = re.sub(r"[（(].*$", "", cell)
    found = numbers(bare)
    if len(found) != 1 or len(bare) > SHORT_CELL or found[0].ordinal:
        return None
    lead, rest = LEADING.match(bare), bare[found[0].end :].strip()
    counted = not rest or rest in "%％" or any_counter().fullmatch(rest)  # 三楼应急灯不亮 is no 3
    return found[0].value if counted and lead and lead.end() == found[0].start else None


def _of_entry(entry: Entry, measures: Sequence[Countable], where: str, period: Period | None) -> Iterator[Count]:
    """A row's number is what its label is called after; its words are read like any sentence under that label."""
    numbers_at = [(head, cell, value) for head, cell in entry.values if (value := cell_value(cell)) is not None]
    for head, cell, value in numbers_at:
        label = entry.label if len(numbers_at) == 1 else f"{entry.label}{YEAR_WORD.sub('', head)}"
        name = _measure_named(label, entry.unit or _counter_of(cell) or _unit_of(head), measures)
        if name == "participants" and label != entry.label and not _is_of_all(entry.label):
            continue  # those at one kind of activity are a part
        if name is not None and (value or not _is_denied(entry, period)):
            yield Count(
                name,
                _scaled(name, value, cell, measures),
                TOTAL,
                where,
                f"{entry.label} {cell}{entry.unit}",
                tabular=True,
            )
    for _, cell in entry.values:
        if cell and cell_value(cell) is None:
            sentence = f"{entry.label}：{cell}"
            told = Told(sentence, clauses_of(sentence, period=period), entry.label, where)
            yield from counts_with_fixed(told, measures)


def _scaled(name: str, value: float, cell: str, measures: Sequence[Countable]) -> float:
    """A cell that spells 万 out (12.5万元) in the unit of its measure, which may be 万元."""
    scale = next((measure.scale for measure in measures if measure.name == name), 1.0)
    return value / scale if "万" in cell else value


def _is_of_all(label: str) -> bool:
    return re.search(word_list("figures")["participants"]["label"], label) is not None


def _is_denied(entry: Entry, period: Period | None) -> bool:
    """Whether a row that counts 0 says that it was left out or is still to come: then it states no number."""
    said = (entry.note, *(cell for _, cell in entry.values))
    return any(clause.mood in ("left_out", "plan") for cell in said for clause in clauses_of(cell, period=period))


def _of_column(head: str, cell: str, measures: Sequence[Countable], where: str) -> Iterator[Count]:
    value = cell_value(cell)
    name = _measure_named(head, _counter_of(cell), measures)
    if value is not None and name is not None:
        yield Count(name, _scaled(name, value, cell, measures), TOTAL, where, f"{head} {cell}", tabular=True)


def _measure_named(label: str, unit: str, measures: Sequence[Countable]) -> str | None:
    """The measure that a row or column is called after; the campaign's own before the others."""
    words = word_list("figures")["participants"]
    bare = LABEL_UNIT.sub("", label)
    stated = unit or next(iter(LABEL_UNIT.findall(label)), "")
    if re.search(words["label"], bare) and (not stated or re.fullmatch(words["counters"], stated)):
        return "participants"
    fitting = [measure for measure in measures if measure.fits_label(label, unit)]
    return min(fitting, key=lambda measure: not measure.own).name if fitting else None


def _counter_of(cell: str) -> str:
    match = re.search(r"\d\s?(?:余|多)?([场次份条人处项篇个期本册户家]{1,2}|人次|场次)$", cell.strip())
    return match[1] if match else ""


def _unit_of(head: str) -> str:
    """The counter that a column's head tells: 人次 of 参加人数, 场次 of 培训场次."""
    match = HEAD_UNIT.search(head)
    return {"人数": "人次", "次数": "次", "金额": "元"}.get(match[0], match[0].removesuffix("数")) if match else ""


def _is_of_another_year(text: str, period: Period | None) -> bool:
    if period is None:
        return False
    years = {str(year) for year in range(period.from_.year, period.to.year + 1)}
    named = set(YEAR_HEAD.findall(text))
    return bool(named) and not named & years
