"""Which column of a roster sheet holds what, by its headings in any order and any of their usual names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

from filing.files.roster_sheets import Sheet

_FILE = Path(__file__).parent.parent / "lexicon" / "roster.toml"
_SEARCHED_ROWS = 30


@cache
def lexicon() -> dict[str, Any]:
    """The roster's words, from lexicon/roster.toml."""
    with _FILE.open("rb") as file:
        return tomllib.load(file)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the headings stand, and the column of each field."""

    header: int  # row from 0
    places: Mapping[str, int]

    def cell(self, row: Sequence[str], field: str) -> str:
        """The field's text in ``row``; "" where the sheet has no such column."""
        place = self.places.get(field)
        return row[place] if place is not None and place < len(row) else ""


def find_columns(sheet: Sheet) -> Columns | None:
    """The row of headings: of the first rows the one that names most columns, a name among them; None if none does."""
    best: Columns | None = None
    for number, row in enumerate(sheet.rows[:_SEARCHED_ROWS]):
        places = _places(row)
        if "name" in places and number not in sheet.wide and (best is None or len(places) > len(best.places)):
            best = _with_second_row(sheet, number, places)
    return best


def _with_second_row(sheet: Sheet, number: int, places: dict[str, int]) -> Columns:
    """Headings of two rows (联系方式 over 联系人 and 邮箱): the name's heading is merged over both."""
    upper = sheet.rows[number]
    lower = sheet.rows[number + 1] if number + 1 < len(sheet.rows) else ()
    at = places["name"]
    if at >= len(lower) or lower[at] != upper[at]:
        return Columns(number, places)
    both = [below or above for above, below in zip_longest(upper, lower, fillvalue="")]
    return Columns(number + 1, _places(both))


def _places(row: Sequence[str]) -> dict[str, int]:
    """Fields of the headings in ``row``; of two headings for one field the first counts."""
    places: dict[str, int] = {}
    for place, heading in enumerate(row):
        field = _field(heading)
        if field and field not in places:
            places[field] = place
        elif field == "contact" and "second_contact" not in places:
            places["second_contact"] = place
    return places


@cache
def _field(heading: str) -> str:
    bare = re.sub(r"[（(].*?[）)]|[\s*＊：:]", "", heading).lower()
    fields = lexicon()["columns"]
    return next((field for field, regex in fields.items() if bare and re.fullmatch(regex, bare)), "")
