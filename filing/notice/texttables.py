"""Tables that stand in a notice's plain text: cells parted by tabs, bars or wide gaps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from filing.notice.measures import is_column
from filing.notice.offices import office
from records.extracts import Table

_GAPS = re.compile(r"\t+|\s*[|｜│┃]\s*|\u3000{2,}| {3,}")
_RULE = re.compile(r"^[-—+|=:\s┌┐└┘├┤┬┴┼─│]+$")
_RULED = re.compile(r"^\s*[|｜│┃]")
_MAX_LINE = 2_000
_MAX_HEAD = 12  # a row of its own that is longer says something
_MAX_PEOPLE = 7
_REACHED = ("电话", "方式", "手机", "邮箱")
_PEOPLE = re.compile(
    r"(?:业务)?联系人(?:姓名)?|姓名|职务|科室|(?:联系|办公)?(?:电话|方式|手机)|(?:电子)?邮箱|传真|备注"
)


def parted(text: str) -> tuple[str, tuple[Table, ...]]:
    """``text`` without its tables, and these: rows of at least three cells, two or more below each other.

    A single such row is a table where its cells are a form's headings: 入户户数（户） 桶边督导人次 …
    """
    kept: list[str] = []
    tables: list[Table] = []
    for wide, run in groupby(text.splitlines(), key=_is_row):
        lines = list(run)
        rows = _rows([line for line in lines if not _RULE.match(line)])
        if wide and (len(rows) >= 2 or _is_form(rows)):
            tables.append(Table(tuple(rows)))
        else:
            kept += lines
    return "\n".join(kept), tuple(tables)


def told_in(tables: Sequence[Table]) -> tuple[str, ...]:
    """What tables tell as sentences: remarks that fill a row alone (注：…), and whom to ask where columns say so."""
    return tuple(text for table in tables for text in (*_remarks(table), *_people(table)))


def _remarks(table: Table) -> Iterator[str]:
    for row in table.rows:
        said = {cell.strip() for cell in row if cell.strip()}
        if len(said) == 1 and len(row) > 1:
            yield from (line.strip() for line in said.pop().splitlines() if len(line) > _MAX_HEAD)


def _people(table: Table) -> Iterator[str]:
    """联系人：…，电话：…，邮箱：… of each row of a short table under these headings; lists of units are none."""
    heads = ["".join(cell.split()) for cell in table.rows[0]] if table.rows else []
    labels = [_PEOPLE.fullmatch(head) for head in heads]
    if len(table.rows) > _MAX_PEOPLE or not all(labels) or not any(head.endswith(_REACHED) for head in heads):
        return
    for row in table.rows[1:]:
        yield "，".join(
            f"{head}：{''.join(cell.split())}" for head, cell in zip(heads, row, strict=False) if cell.strip()
        )


def without_cells(text: str, tables: Sequence[Table]) -> str:
    """``text`` without the lines that only repeat the cells of ``tables``, as a PDF's text layer has them."""
    lines = text.splitlines()
    for table in tables:
        cells = ["".join(cell.split()) for row in table.rows for cell in row if cell.strip()]
        whole = sum(map(len, cells))
        for repeats, run in groupby(range(len(lines)), key=lambda at: _is_of(lines[at], cells)):
            places = list(run)
            said = sum(len("".join(lines[at].split())) for at in places)
            if repeats and len(places) >= 2 and said >= 0.6 * whole:
                lines[places[0] : places[-1] + 1] = [""] * len(places)
                break
    return "\n".join(lines)


def _is_of(line: str, cells: Sequence[str]) -> bool:
    """Whether every piece of the line stands in a cell; an empty line breaks no run."""
    return all(any(piece in cell for cell in cells) for piece in line.split())


def _is_form(rows: Sequence[Sequence[str]]) -> bool:
    """Whether one row heads a form to fill in: short cells, most of which count something."""
    cells = [cell for row in rows for cell in row if cell]
    counting = sum(map(is_column, cells))
    return all(len(cell) <= 20 for cell in cells) and counting >= 2


def _rows(lines: Sequence[str]) -> list[tuple[str, ...]]:
    """The cells; where all lines have as many tabs, a tab parts two cells though one of them is empty."""
    tabs = {line.count("\t") for line in lines}
    if len(tabs) == 1 and min(tabs) >= 2:
        return [tuple(cell.strip() for cell in line[:_MAX_LINE].split("\t")) for line in lines]
    return [_cells(line) for line in lines]


def _is_row(line: str) -> bool:
    cells = _cells(line) if len(line) <= _MAX_LINE else ()
    return (len(cells) >= 3 or len(cells) == 2 <= line.count("\t")) and not all(
        map(office, cells)
    )  # offices side by side sign


def _cells(line: str) -> tuple[str, ...]:
    bare = line.strip(" |｜│┃\u3000\n") if _RULED.match(line) else line.strip(" \u3000\n")
    return tuple(cell.strip() for cell in _GAPS.split(bare[:_MAX_LINE]))
