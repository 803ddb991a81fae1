"""Tables as office people make them: caption rows, headers over columns of years, rows of 项目 and 情况, totals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from filing.documents import Document
from filing.text.numerals import numbers, parse_number
from filing.text.paragraphs import cells_of, tidy
from filing.text.tense import clauses_of, sides
from records.campaigns import Campaign, Period

NOTHING = re.compile(r"(?:0|/|\\|—+|-+|无|未|否|×|空|不涉及|未开展|没有)?(?:[场次份条人处项篇个]|人次)?$")
NUMBERING = re.compile(r"(?:序号|编号|No\.?|号)$", re.IGNORECASE)
YEAR_HEAD = re.compile(r"(20\d\d)")
OTHER_COLUMN = re.compile(
    r"率$|率[（(]|占比|占计划|进度$|百分比|去年|上年|上一年|同比|环比|增[长幅减]|计划|目标|任务|(?<!响)应(?![急对用邀届])|指标值|拟|预(?![案防警])"
)
MONTH_HEAD = re.compile(r"(?:其中[:：]?)?\d{1,2}月份?(?:数量?|完成\S{0,3})?")
UNIT_HEAD = re.compile(r"单位$|计量")
FORM_HEAD = re.compile(
    r"(?:填报|报送|上报|制表|填表|统计|报告)?(?:单位|部门|人|时间|日期|电话|负责人|联系人|审核人)(?:[（(][^）)]{0,6}[）)])?\s*[:：]"
)
FORM_FIELD = re.compile(r"(?:填报|报送|上报|制表|填表|统计|联系)(?:单位|部门|人|时间|日期|电话|方式)")
FIELD = re.compile(r"[^:：（(\d]{1,8}[:：]")
NOTE_HEAD = re.compile(r"备注|说明|附注")
TOTAL_LABEL = re.compile(r"^(?:合\s*计|总\s*计|共\s*计|小\s*计|总\s*数|汇\s*总)$")
RUNNING_TOTAL = re.compile(r"累\s*计")
VALUE_END = re.compile(r"[余多]?[\u4e00-\u9fff]{0,2}$")
COMMON_HEAD = re.compile(r"^(?:数量|数值|数据|完成.*|合计|总计|情况.*|本期.*|实际.*|金额|数)$")
WORD = re.compile(r"[\u3400-\u9fffA-Za-z]")
COUNTING_HEAD = re.compile(
    r"(?:参[与加训会]|开展|组织|举办|实施|活动)?(?:场次|次数|人次|人数|数量|批次|份数|课时|时长|金额)(?:[（(].{1,6}[）)])?"
)
ASKS_WHETHER = re.compile(r"是否|有无|完成与否|√")
NO_SIGN = re.compile(r"[\W_]+")
PART_OF_UNIT = re.compile(r"本级|机关$|直属")
PLACE_HEAD = re.compile(r"(?:社区|村|街道|[镇乡]|小区|公司|片区|网格|学校|小学|中学|幼儿园|校区|医院|卫生院|派出所)$")
SEVERAL = 2
SHORTEST_NAME = 3
NO_COLUMN = -1
MOST_ROWS, MOST_COLUMNS = 2000, 40
LONGEST_HEAD = 16


@dataclass(frozen=True, slots=True)
class Grid:
    """A table, its caption rows and header taken off; ``heads`` has one text a column ("" where there is no header)."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    own: tuple[str, ...] | None = None  # the row of the unit that reports, where each row is a unit's


@dataclass(frozen=True, slots=True)
class Entry:
    """One labelled row: what it is about, its unit of measure, its cells of the campaign's time, its note.

    ``values`` are pairs of the column's head and the cell.
    """

    label: str
    group: str  # what its first column calls it and its neighbours: 隐患 of 查出, 整改
    unit: str
    values: tuple[tuple[str, str], ...]
    note: str


def grids_of(document: Document, names: Sequence[str] = ()) -> tuple[Grid, ...]:
    """The tables of a document; where a parser gave none, the rows that stand in its text.

    ``names``: what the unit that reports is called, to find its row among those of several units.
    """
    tables = [(table.title, table.rows) for table in document.tables if table.rows]
    if not tables:
        rows = tuple(cells_of(line) for line in document.lines)
        tables = [("", block) for block in _blocks(rows)]
    grids = (grid for title, rows in tables for grid in _grids(title, rows) if grid.rows)
    return tuple(replace(grid, own=_own_row(grid, names)) for grid in grids)


def entries(grid: Grid, period: Period | None) -> tuple[Entry, ...]:
    """The rows of a table whose rows are things; none where its columns are (科室, 培训场次, 演练场次)."""
    label_at = _label_column(grid)
    values_at = _value_columns(grid, label_at, period)
    if _columns_are_things(grid, values_at):
        return ()
    unit_at = next((at for at, head in enumerate(grid.heads) if UNIT_HEAD.search(head) and at != label_at), None)
    note_at = next((at for at, head in enumerate(grid.heads) if NOTE_HEAD.search(head)), None)
    return tuple(
        Entry(
            label=_cell(row, label_at),
            group=group,
            unit=_cell(row, unit_at),
            values=tuple((grid.heads[at], _cell(row, at)) for at in values_at),
            note=_cell(row, note_at),
        )
        for row, group in zip(grid.rows, _groups(grid, label_at), strict=True)
        if _cell(row, label_at)
    )


def _groups(grid: Grid, label_at: int) -> list[str]:
    """For each row the word left of its label, or the last one above where cells were merged."""
    above, groups = "", []
    for row in grid.rows:
        above = (_cell(row, label_at - 1) if label_at > 0 else "") or above
        groups.append("" if _is_value(above) or NUMBERING.search(above) else above)
    return groups


def columns(grid: Grid, period: Period | None) -> tuple[tuple[str, str], ...]:
    """Of a table whose columns are things: each head with its cell in the row of totals, or in the only row."""
    values_at = _value_columns(grid, _label_column(grid), period)
    row = _total_row(grid)
    if row is None or not _columns_are_things(grid, values_at):
        return ()
    return tuple((grid.heads[at], _cell(row, at)) for at in values_at)


def totals(grid: Grid, period: Period | None) -> tuple[tuple[str, str], ...]:
    """Of a table whose columns only count (场次, 参与人次): each head with its cell in the row of totals."""
    row = _total_row(grid)
    if row is None or len(grid.rows) == 1:
        return ()
    values_at = _value_columns(grid, _label_column(grid), period)
    return tuple((grid.heads[at], _cell(row, at)) for at in values_at if COUNTING_HEAD.fullmatch(grid.heads[at]))


def total_words(grid: Grid) -> tuple[str, ...]:
    """The cells of a row of totals that say more than a number."""
    rows = [row for row in grid.rows if any(TOTAL_LABEL.match(cell) for cell in row[:3])]
    cells = [cell for row in rows for cell in row if cell and not TOTAL_LABEL.match(cell)]
    return tuple(cell for cell in cells if not _is_value(cell) and WORD.search(cell) and numbers(cell))


def done_rows(document: Document, campaign: Campaign) -> Iterator[str]:
    """Each row or column of a document's tables that tells of a deed, as a sentence: 应急演练：火灾、停电共4场."""
    for grid in grids_of(document):
        for entry in entries(grid, campaign.period):
            yield from _deeds(entry, campaign.period)
        for head, cell in columns(grid, campaign.period):
            if not NOTHING.match(cell):
                yield f"{head}：{cell}"


def _deeds(entry: Entry, period: Period | None) -> Iterator[str]:
    if any(ASKS_WHETHER.search(head) and NOTHING.match(cell) for head, cell in entry.values):
        return
    cells = [cell for head, cell in entry.values if not NOTHING.match(cell) and not ASKS_WHETHER.search(head)]
    said = f"{entry.label}：{'，'.join(cells)}"
    moods = [clause.mood for clause in clauses_of(said, period=period)]
    noted = [clause.mood for clause in clauses_of(entry.note, period=period)]
    if cells and "done" in moods[1:] and "left_out" not in moods + noted and moods[0] != "plan":
        yield said


def _own_row(grid: Grid, names: Sequence[str]) -> tuple[str, ...] | None:
    """The one row that a unit's name heads, among others; 本级 is a part of it."""
    called = [row for row in grid.rows if any(is_name(cell, names) for cell in row[:3])]
    return called[0] if len(called) == 1 and len(grid.rows) > 1 else None


def are_places(heads: Sequence[str]) -> bool:
    """Whether the columns of a table are units: 指标, 滨河社区, 河滨社区."""
    return len(heads) >= SEVERAL and all(PLACE_HEAD.search(head) for head in heads)


def is_name(cell: str, names: Sequence[str]) -> bool:
    """Whether a cell calls the unit of those ``names``; a part of it (本级, 机关) does not."""
    bare = NO_SIGN.sub("", cell)
    if len(bare) < SHORTEST_NAME or PART_OF_UNIT.search(bare):
        return False
    return any(bare == (name := NO_SIGN.sub("", one)) or name.startswith(bare) or bare in name for one in names)


def _blocks(rows: Sequence[tuple[str, ...]]) -> Iterator[tuple[tuple[str, ...], ...]]:
    block: list[tuple[str, ...]] = []
    for row in (*rows, ()):
        if len(row) > 1:
            block.append(row)
        elif block:
            yield tuple(block)
            block = []


def _grids(title: str, rows: Sequence[Sequence[str]]) -> Iterator[Grid]:
    """A table's rows, and apart from them those of labels and values by turns that a form closes with."""
    grid = _grid(title, rows)
    turned = [row for row in grid.rows if _turns(row)] if _holds_pairs(grid) else []
    yield replace(grid, rows=tuple(row for row in grid.rows if row not in turned))
    if turned:
        yield Grid(grid.title, ("", ""), tuple(_pairs(turned)))


def _holds_pairs(grid: Grid) -> bool:
    """Whether labels and values may stand by turns: heads that come twice (项目, 数量), or too few of them."""
    heads, half = grid.heads, len(grid.heads) // 2
    twice = len(heads) >= 4 and heads[:half] == heads[half : 2 * half]
    return any(heads) and (twice or "" in heads)


def _grid(title: str, rows: Sequence[Sequence[str]]) -> Grid:
    width = max((len(row) for row in rows), default=0)
    filled = ((*row, *[""] * (width - len(row))) for row in rows[:MOST_ROWS])
    cleaned = [tuple(tidy(cell.replace("\n", "")) for cell in row[:MOST_COLUMNS]) for row in filled]
    kept = [row for row in cleaned if any(row)]
    while len(kept) > 1 and _is_caption(kept[0]):
        title = f"{title} {' '.join(cell for cell in kept.pop(0) if cell)}".strip()
    if len(kept) > 1 and _is_header(kept[0]) and not _is_form(kept):
        depth = 2 if len(kept) > 2 and _is_subheader(kept[0], kept[1]) else 1
        return Grid(title, _heads(kept[:depth]), tuple(kept[depth:]))
    pairs = tuple(_pairs(kept))
    return Grid(title, tuple("" for _ in pairs[0]) if pairs else (), pairs)


def _is_caption(row: Sequence[str]) -> bool:
    """Whether a row is the table's title, or says who filled it in and when (填报单位：…)."""
    filled = [cell for cell in row if cell]
    if len(row) > 1 and (len(filled) == 1 or all(FORM_HEAD.match(cell) or FIELD.match(cell) for cell in filled)):
        return True
    return len(row) > 1 and all(FORM_FIELD.fullmatch(label) for label in row[::2] if label) and len(filled) > 1


def _pairs(rows: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Rows of a form, label and value by turns, as rows of one label and one value; all others as they are."""
    for row in rows:
        labels, values = row[::2], row[1::2]
        if len(row) > 2 and len(labels) == len(values) and all(_is_value(value) for value in values if value):
            yield from zip(labels, values, strict=True)
        else:
            yield row


def _is_form(rows: Sequence[Sequence[str]]) -> bool:
    """Whether labels and values stand by turns in all rows but the first few (names, dates)."""
    turns = [_turns(row) for row in rows]
    return len(rows[0]) >= 4 and len(rows[0]) % 2 == 0 and turns[-1] and sum(turns) * 2 > len(rows)


def _turns(row: Sequence[str]) -> bool:
    labels, values = row[::2], row[1::2]
    return (
        sum(map(_is_value, values)) > 1
        and all(_is_value(value) for value in values if value)
        and not any(_is_value(label) for label in labels)
    )


def _is_header(row: Sequence[str]) -> bool:
    filled = [cell for cell in row if cell]
    return len(filled) > 1 and all(len(cell) <= LONGEST_HEAD and not _is_value(cell) for cell in filled)


def _is_value(cell: str) -> bool:
    """Whether a cell is a number, with or without its counter (5条, 1200余份); years are heads."""
    bare = VALUE_END.sub("", cell)
    return not re.search("[年月]", cell) and parse_number(bare) is not None


def _is_subheader(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether the second row splits columns that the first names together (merged cells leave "" behind)."""
    return (
        "" in first and _is_header(second) and not any(numbers(cell) for cell in second if not YEAR_HEAD.search(cell))
    )


def _heads(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    heads = list(rows[0])
    for row in rows[1:]:
        spread = ""
        for at, cell in enumerate(row):
            spread = heads[at] if at < len(heads) and heads[at] else spread
            if at < len(heads):
                heads[at] = (spread if cell else heads[at]) + cell
    return tuple(heads)


def _label_column(grid: Grid) -> int:
    """The first column that holds words and no running numbers; ``NO_COLUMN`` where none does."""
    wordy = [at for at in range(max(len(row) for row in grid.rows)) if _is_wordy(grid, at)]
    if len(wordy) > 1 and wordy[1] == wordy[0] + 1 and _repeats(grid, wordy[0]) and not _repeats(grid, wordy[1]):
        return wordy[1]  # 类别 (宣传, 宣传, 管控) before 内容
    return wordy[0] if wordy else NO_COLUMN


def _is_wordy(grid: Grid, at: int) -> bool:
    cells = [cell for row in grid.rows if (cell := _cell(row, at))]
    head = grid.heads[at] if at < len(grid.heads) else ""
    words = sum(WORD.search(cell) is not None and not _is_value(cell) for cell in cells)
    return not NUMBERING.search(head) and words * 2 > len(cells)


def _repeats(grid: Grid, at: int) -> bool:
    """Whether cells of a column are alike, or left empty below the first of a group."""
    cells = [_cell(row, at) for row in grid.rows]
    return len(set(cells)) < len(cells) or "" in cells


def _value_columns(grid: Grid, label_at: int, period: Period | None) -> tuple[int, ...]:
    """The columns of the campaign's year; without years all that are no number, unit, note, plan or last year's."""
    wanted = [at for at in range(len(grid.heads)) if at != label_at and not _is_side_column(grid.heads[at])]
    years = {str(year) for year in range(period.from_.year, period.to.year + 1)} if period else set()
    current = [at for at in wanted if not OTHER_COLUMN.search(grid.heads[at])]
    of_year = [at for at in current if set(YEAR_HEAD.findall(grid.heads[at])) & years]
    totals = [at for at in current if TOTAL_LABEL.match(grid.heads[at])]
    if totals and len(current) > len(totals):  # 11月, 12月, 合计
        return tuple(totals)
    running = [at for at in current if RUNNING_TOTAL.match(grid.heads[at])]
    if running and all(at in running or MONTH_HEAD.fullmatch(grid.heads[at]) for at in current):
        return tuple(running)
    of_month = [at for at in current if MONTH_HEAD.fullmatch(grid.heads[at]) and 0 in sides(grid.heads[at], period)]
    if of_month and len(of_month) < len(current):
        return tuple(of_month)
    rest = [at for at in current if not YEAR_HEAD.search(grid.heads[at]) and at > label_at]
    return tuple(of_year or rest)


def _columns_are_things(grid: Grid, values_at: Sequence[int]) -> bool:
    """Whether several columns without years hold numbers: then the heads say what is counted, not the rows."""
    if grid.own is not None:
        return True
    numeric = [at for at in values_at if _is_numeric(grid, at) and not YEAR_HEAD.search(grid.heads[at])]
    if are_places([grid.heads[at] for at in numeric]):
        return False
    if len(numeric) > 1:
        return not all(COUNTING_HEAD.fullmatch(grid.heads[at]) for at in numeric)
    if not numeric:
        return False
    has_total = any(TOTAL_LABEL.match(cell) for row in grid.rows for cell in row[:3])
    alone = len(grid.rows) == 1 and len(values_at) > 1
    return alone or (has_total and not COMMON_HEAD.match(grid.heads[numeric[0]]))


def _is_numeric(grid: Grid, at: int) -> bool:
    cells = [cell for row in grid.rows if (cell := _cell(row, at))]
    counted = sum(_is_value(cell) for cell in cells)
    return bool(cells) and counted * 2 > len(cells) and grid.heads[at] != ""


def _total_row(grid: Grid) -> tuple[str, ...] | None:
    if grid.own is not None:
        return grid.own
    totals = [row for row in grid.rows if any(TOTAL_LABEL.match(cell) for cell in row[:3])]
    if totals:
        return totals[-1]
    return grid.rows[0] if len(grid.rows) == 1 else None


def _is_side_column(head: str) -> bool:
    return bool(NUMBERING.search(head) or UNIT_HEAD.search(head) or NOTE_HEAD.search(head))


def _cell(row: Sequence[str], at: int | None) -> str:
    return row[at] if at is not None and 0 <= at < len(row) else ""
