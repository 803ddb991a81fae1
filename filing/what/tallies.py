"""Numbers that tables state: rows of things with a column of this year, columns of things with a row of totals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from filing.documents import Document
from filing.text.numerals import numbers, parse_number
from filing.text.tense import clauses_of
from filing.text.vocabulary import word_list
from filing.what.countable import LABEL_UNIT, Countable
from filing.what.counts import TOTAL, Count, Told, counts_with_fixed
from filing.what.grids import (
    NOTHING,
    YEAR_HEAD,
    Entry,
    Grid,
    are_places,
    columns,
    entries,
    grids_of,
    is_name,
    total_words,
    totals,
)
from filing.what.measures import any_counter
from filing.what.own import core
from filing.what.scales import factor
from records.campaigns import Period

YEAR_WORD = re.compile(r"20\d\d\s?年?度?")
HEAD_UNIT = re.compile(r"人次|人数|场次|次数|份数|条数|处数|篇数|户数|件数|家数|个数|盏数|套数")
LEADING = re.compile(r"^\s*(?:约|近|共|共计|合计|累计|已)?\s*")
SHORT_CELL = 14
OF_HAZARDS = re.compile("隐患|问题")
FOUND = re.compile(r"(?:发现|查出|排查出?|自查出?|检查出|登记)(?:数量?|处数|个数|[（(].{1,4}[）)])?")


def tabular_counts(
    document: Document, measures: Sequence[Countable], period: Period | None, names: Sequence[str] = ()
) -> Iterator[Count]:
    """What the tables of a document count; of a table of several units only the row of the one called ``names``."""
    for grid in grids_of(document, names):
        if _is_of_another_year(grid.title, period):
            continue
        yield from _of_closing_row(grid, measures, document.where, period)
        for entry in entries(grid, period):
            yield from _of_entry(_own_columns(entry, names), measures, document.where, period)
        for head, cell in (*columns(grid, period), *totals(grid, period)):
            about = "隐患" if OF_HAZARDS.search(grid.title) and FOUND.fullmatch(head) else ""
            yield from _of_column(f"{about}{head}", cell, measures, document.where)


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


def _own_columns(entry: Entry, names: Sequence[str]) -> Entry:
    """``entry`` without the columns of other units where each column is one's: 指标, 滨河社区, 河滨社区."""
    if not are_places([head for head, _ in entry.values]):
        return entry
    return replace(entry, values=tuple((head, cell) for head, cell in entry.values if is_name(head, names)))


def _of_entry(entry: Entry, measures: Sequence[Countable], where: str, period: Period | None) -> Iterator[Count]:
    """A row's number is what its label is called after; its words are read like any sentence under that label."""
    numbers_at = [(head, cell, value) for head, cell in entry.values if (value := cell_value(cell)) is not None]
    for head, cell, value in numbers_at:
        label = entry.label if len(numbers_at) == 1 else f"{entry.label}{YEAR_WORD.sub('', head)}"
        unit = _counter_of(cell) or _unit_in(entry.label) or entry.unit or _unit_in(head) or _unit_of(head)
        name = _measure_named(label, unit, measures) or _measure_named(f"{entry.group}{label}", unit, measures)
        if name == "participants" and label != entry.label and not _is_of_all(entry.label):
            continue  # those at one kind of activity are a part
        if name is not None and (value or not _is_denied(entry, period)):
            text = f"{entry.label} {cell}{entry.unit}"
            yield Count(name, _converted(name, value, cell, unit, measures), TOTAL, where, text, tabular=True)
    for _, cell in entry.values:
        if cell and cell_value(cell) is None:
            sentence = f"{entry.label}：{cell}"
            told = Told(sentence, clauses_of(sentence, period=period), entry.label, where)
            yield from counts_with_fixed(told, measures)


def _of_closing_row(grid: Grid, measures: Sequence[Countable], where: str, period: Period | None) -> Iterator[Count]:
    """A row of totals that speaks in words (发现6处, 已改4处), as a sentence under what the ledger is about."""
    cells = total_words(grid)
    if cells:
        about = "隐患" if OF_HAZARDS.search(grid.title + "".join(grid.heads)) else grid.title
        sentence = "，".join(cells)
        yield from counts_with_fixed(Told(sentence, clauses_of(sentence, period=period), about, where), measures)


def _converted(name: str, value: float, cell: str, unit: str, measures: Sequence[Countable]) -> float:
    """A cell's number in the unit of its measure; a cell that spells 万 out (12.5万) is in no 万元 any more."""
    counted_in = unit.removeprefix("万") if "万" in cell else unit
    measure = next((measure for measure in measures if measure.name == name), None)
    if measure is None:
        return value * factor(counted_in)
    return measure.converted(value, counted_in or (measure.unit.removeprefix("万") if "万" in cell else ""))


def _is_of_all(label: str) -> bool:
    return re.search(word_list("figures")["participants"]["label"], label) is not None


def _is_denied(entry: Entry, period: Period | None) -> bool:
    """Whether a row that counts 0 says that it was left out or is still to come: then it states no number."""
    said = (entry.note, *(cell for _, cell in entry.values))
    return any(clause.mood in ("left_out", "plan") for cell in said for clause in clauses_of(cell, period=period))


def labelled_counts(label: str, value: str, measures: Sequence[Countable], where: str) -> Iterator[Count]:
    """What a line of a label and its number counts: 演练场次：2."""
    if not NOTHING.fullmatch(value):
        yield from _of_column(label, value, measures, where)


def _of_column(head: str, cell: str, measures: Sequence[Countable], where: str) -> Iterator[Count]:
    value = cell_value(cell)
    unit = _counter_of(cell) or _unit_in(head) or _unit_of(head)
    name = _measure_named(head, unit, measures)
    if value is not None and name is not None:
        text = f"{head} {cell}"
        yield Count(name, _converted(name, value, cell, unit, measures), TOTAL, where, text, tabular=True)


def _measure_named(label: str, unit: str, measures: Sequence[Countable]) -> str | None:
    """The measure that a row or column is called after; the campaign's own before the others."""
    words = word_list("figures")["participants"]
    bare = LABEL_UNIT.sub("", label).strip()
    fitting = [measure for measure in measures if measure.fits_label(label, unit)]
    if any(measure.own and bare in measure.words for measure in fitting):
        return next(measure.name for measure in fitting if measure.own and bare in measure.words)
    own = [measure for measure in measures if measure.own and measure.fits_unit(unit)]
    called = [measure.name for measure in own if measure.is_called(core(bare))]
    if len(called) == 1 and not fitting and not re.search("参[加与]", bare):
        return called[0]
    if re.search(words["label"], bare) and (not unit or re.fullmatch(words["counters"], unit.removeprefix("万"))):
        return "participants"
    if fitting:
        return min(fitting, key=lambda measure: not measure.own).name
    short = [measure.name for measure in own if unit and measure.is_short_for(core(bare))]
    return next((found[0] for found in (called, short) if len(found) == 1), None)


def _counter_of(cell: str) -> str:
    found = numbers(cell)
    match = any_counter().match(cell, found[0].end) if len(found) == 1 else None
    return match["counter"] if match else ""


def _unit_in(head: str) -> str:
    """The unit in brackets: 万元 of 慰问金额（万元）."""
    return next(iter(LABEL_UNIT.findall(head)), "")


def _unit_of(head: str) -> str:
    """The counter that a column's head tells: 人次 of 参加人数, 场次 of 培训场次."""
    match = HEAD_UNIT.search(head)
    return {"人数": "人次", "次数": "次"}.get(match[0], match[0].removesuffix("数")) if match else ""


def _is_of_another_year(text: str, period: Period | None) -> bool:
    if period is None:
        return False
    years = {str(year) for year in range(period.from_.year, period.to.year + 1)}
    named = set(YEAR_HEAD.findall(text))
    return bool(named) and not named & years
