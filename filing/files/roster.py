"""The roster reader: an office's list of units (csv, xlsx, xls) → Roster.

Source: CONTRACT.md, config.toml: the columns, lists separated by ``;``, codes that are missing are made once and kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NoReturn

from filing.files.roster_columns import Columns, find_columns, lexicon
from filing.files.roster_sheets import Sheet, read_sheets
from filing.notice.dates import find_days
from records.errors import UsageError
from records.units import Membership, Roster, Unit
from records.words import Text

_LIST = re.compile(r"[;；、,，\n]")
_ADDRESS = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_MADE = re.compile(r"U(\d+)")
_EXCEL_EPOCH = date(1899, 12, 30)
_ROW = Text("名册 {file}{sheet} 第 {row} 行：{problem}", "Roster {file}{sheet}, row {row}: {problem}")
_NO_NAMES = Text(
    "名册 {file} 没有单位名称一列。请在表头写上“单位名称”。",
    "The roster {file} has no column of names. Head one with name or 单位名称.",
)
_NO_UNITS = Text(
    "名册 {file} 没有单位。请在表头下填写单位。", "The roster {file} holds no units. List them below the headings."
)
_CODE_TWICE = Text(
    "代码“{code}”已在第 {first} 行用过。请改成不同的代码。",
    "code “{code}” stands in row {first} already. Give another one.",
)
_NAME_TWICE = Text(
    "“{name}”已在第 {first} 行，代码不同。请删去一行或改名。",
    "“{name}” stands in row {first} with another code. Remove one or rename it.",
)
_NO_NAME = Text("有代码“{code}”而没有单位名称。请补上名称。", "code “{code}” has no name. Add the name.")
_BAD_DATE = Text("日期“{value}”看不懂。请写成 2025-06-30。", "“{value}” is no date. Write it as 2025-06-30.")
_BAD_FLAG = Text(
    "免报一列的“{value}”看不懂。请填“是”或“否”。", "“{value}” in exempt is neither yes nor no. Write 是 or 否."
)
_BAD_EMAIL = Text("邮箱“{value}”不是有效的地址。请改正。", "“{value}” is no mail address. Mend it.")
_BAD_SPAN = Text("退出日期早于加入日期。请核对。", "the unit leaves before it joins. Check the dates.")


def read_roster(octets: bytes, filename: str, campaign: str, kept_codes: Mapping[str, str] | None = None) -> Roster:
    """The units of a roster file in its order, each with its membership in ``campaign``.

    ``kept_codes`` maps names to the codes that earlier readings made (``made_codes``): a unit without a code in the
    file keeps its own, by its name or a former one; new codes U001, U002 … go on after the highest, none twice.
    Raises UsageError, one line with row and remedy, where the file cannot be read or contradicts itself.
    """
    named = [(sheet, columns) for sheet in read_sheets(octets, filename) if (columns := find_columns(sheet))]
    entries = [
        entry for sheet, columns in named for entry in _entries(sheet, columns, filename, several=len(named) > 1)
    ]
    if not entries:
        raise UsageError((_NO_UNITS if named else _NO_NAMES).fill(file=filename))
    merged = _merged(entries)
    coded, made = _coded(merged, kept_codes or {})
    members = tuple(
        Membership(campaign, unit.code, entry.valid_from, entry.valid_to, entry.exempt)
        for unit, entry in zip(coded, merged, strict=True)
    )
    return Roster(coded, members, made)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A row: its unit (code "" where the file has none), its membership, and where it stands."""

    unit: Unit
    valid_from: date | None
    valid_to: date | None
    exempt: bool
    row: _Row

    def wrong(self, problem: Text) -> NoReturn:
        self.row.wrong(problem)


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a sheet, read by column."""

    filename: str
    sheet: str
    number: int
    cells: tuple[str, ...]
    columns: Columns

    def cell(self, field: str) -> str:
        return self.columns.cell(self.cells, field).strip()

    def value(self, field: str) -> str:
        """The cell, "" where it only says that there is nothing."""
        text = self.cell(field)
        return "" if text.lower() in lexicon()["values"]["nothing"] else text

    def wrong(self, problem: Text) -> NoReturn:
        sheet = f"（{self.sheet}）" if self.sheet else ""
        raise UsageError(_ROW.fill(file=self.filename, sheet=sheet, row=self.number, problem=problem))


# -- rows -------------------------------------------------------------------------------------------------------------


def _entries(sheet: Sheet, columns: Columns, filename: str, *, several: bool) -> Iterator[_Entry]:
    group = _sheet_category(sheet) if several else ""
    rows = [_Row(filename, sheet.title, at + 1, row, columns) for at, row in enumerate(sheet.rows)]
    del rows[: columns.header + 1]
    sparse = _is_sparse([row.cell("category") for row in rows if row.cell("name")])
    numbered = _is_numbered([row.cell("code") for row in rows])
    above = ""
    for row in rows:
        heading = _group_heading(row, wide=row.number - 1 in sheet.wide)
        if heading is not None:
            group = heading or group
            continue
        above = (row.value("category") or (above if sparse else "")) if "category" in columns.places else ""
        entry = _entry(row, above or group, numbered=numbered)
        if entry:
            yield entry


def _sheet_category(sheet: Sheet) -> str:
    plain = re.search(lexicon()["rows"]["plain_sheet"], sheet.title, re.IGNORECASE)
    return "" if plain else _without_count(sheet.title)


def _is_sparse(categories: Sequence[str]) -> bool:
    """Whether the category stands once for several rows, as merged cells leave it: each one once, blanks below it."""
    named = [category for category in categories if category]
    return bool(named) and bool(categories[0]) and len(named) < len(categories) and len(set(named)) == len(named)


def _is_numbered(codes: Sequence[str]) -> bool:
    """Whether the codes are just 1, 2, 3 …: the row's number, no code."""
    numbers = [code for code in codes if code]
    return bool(numbers) and numbers == [str(number) for number in range(1, len(numbers) + 1)]


def _group_heading(row: _Row, *, wide: bool) -> str | None:
    """The category that a row of one cell announces (一、直属单位（12家）), "" for a footer; None for a unit's row."""
    filled = [cell for cell in row.cells if cell]
    footer = re.compile(lexicon()["rows"]["footer"])
    if not filled or footer.search(filled[0]) or footer.search(row.cell("name")):
        return ""
    if len(filled) != 1:
        return None
    group = re.search(lexicon()["rows"]["group"], filled[0])
    if wide or not row.cell("name") or group:
        return _without_count(filled[0])
    return None


def _without_count(text: str) -> str:
    bare = re.sub(r"^(?:[一二三四五六七八九十]+[、.．]|[（(][一二三四五六七八九十]+[）)])\s*", "", text)
    return re.sub(r"[（(](?:共)?\d+\s*[家个所户]?[）)]$|[：:]$", "", bare).strip()


def _entry(row: _Row, category: str, *, numbered: bool) -> _Entry | None:
    name, code = _name(row.cell("name")), "" if numbered else row.value("code")
    if not name:
        if code and any(row.cell(field) for field in ("emails", "aliases", "contact")):
            row.wrong(_NO_NAME.fill(code=code))
        return None
    unit = Unit(
        code=code,
        name=name,
        category=category,
        aliases=_names(row.value("aliases"), name),
        former_names=_names(row.value("former_names"), name),
        emails=_emails(row),
        contact=row.value("contact"),
        phone=row.value("phone"),
        second_contact=row.value("second_contact"),
        parent=_name(row.value("parent")),
    )
    from_, to = _day(row, "valid_from"), _day(row, "valid_to")
    if from_ and to and to < from_:
        row.wrong(_BAD_SPAN)
    return _Entry(unit, from_, to, _exempt(row), row)


def _name(text: str) -> str:
    """A name without the blanks that layout puts between Chinese characters."""
    return re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", text).strip()


def _names(text: str, own: str) -> tuple[str, ...]:
    names = (_name(part) for part in _LIST.split(text))
    return tuple(dict.fromkeys(name for name in names if name and name != own))


def _emails(row: _Row) -> tuple[str, ...]:
    """Addresses in lower case. What has no @ (a QQ number, 办公室) is no address; what has one must be right."""
    text = row.value("emails").replace("＠", "@").replace("．", ".")
    parts = [part.strip(" <>()（）\"'") for part in re.split(r"[;；、,，/\s]+", text)]
    addresses = [part for part in parts if "@" in part]
    for address in addresses:
        if not _ADDRESS.fullmatch(address):
            row.wrong(_BAD_EMAIL.fill(value=address))
    return tuple(dict.fromkeys(address.lower() for address in addresses))


def _exempt(row: _Row) -> bool:
    value = row.cell("exempt").lower()
    if value in lexicon()["values"]["yes"]:
        return True
    if value not in lexicon()["values"]["no"]:
        row.wrong(_BAD_FLAG.fill(value=value))
    return bool(re.search(lexicon()["values"]["exempt_remark"], row.cell("remark")))


def _day(row: _Row, field: str) -> date | None:
    """2025-06-30, 2025/6/30, 2025.6.30, 2025年6月30日, 20250630, or a spreadsheet's day number."""
    value = row.value(field)
    if not value:
        return None
    digits = re.fullmatch(r"(20\d\d)(\d\d)(\d\d)", value)
    text = "-".join(digits.groups()) if digits else value.split(" ")[0].split("T")[0]
    days = find_days(text)
    found = days[0].last(days[0].year) if len(days) == 1 and days[0].year and days[0].day else None
    if found is None and re.fullmatch(r"[345]\d{4}", value):
        found = _EXCEL_EPOCH + timedelta(days=int(value))
    if found is None:
        row.wrong(_BAD_DATE.fill(value=value))
    return found


# -- units ------------------------------------------------------------------------------------------------------------


def _merged(entries: Sequence[_Entry]) -> list[_Entry]:
    """One entry a unit: a name that stands again (a second contact's row) adds to the first."""
    by_name: dict[str, _Entry] = {}
    codes: dict[str, _Entry] = {}
    for entry in entries:
        unit, first = entry.unit, by_name.get(entry.unit.name)
        if first and unit.code and first.unit.code and unit.code != first.unit.code:
            entry.wrong(_NAME_TWICE.fill(name=unit.name, first=first.row.number))
        holder = codes.get(unit.code) if unit.code else None
        if holder and holder.unit.name != unit.name:
            entry.wrong(_CODE_TWICE.fill(code=unit.code, first=holder.row.number))
        by_name[unit.name] = _joined(first, entry) if first else entry
        if unit.code:
            codes[unit.code] = by_name[unit.name]
    return list(by_name.values())


def _joined(first: _Entry, second: _Entry) -> _Entry:
    one, two = first.unit, second.unit
    contacts = [contact for contact in (one.contact, one.second_contact, two.contact, two.second_contact) if contact]
    contacts = list(dict.fromkeys(contacts))
    unit = replace(
        one,
        code=one.code or two.code,
        category=one.category or two.category,
        aliases=tuple(dict.fromkeys([*one.aliases, *two.aliases])),
        former_names=tuple(dict.fromkeys([*one.former_names, *two.former_names])),
        emails=tuple(dict.fromkeys([*one.emails, *two.emails])),
        contact=contacts[0] if contacts else "",
        phone=one.phone or two.phone,
        second_contact=" ".join(contacts[1:2]),
        parent=one.parent or two.parent,
    )
    return replace(first, unit=unit, exempt=first.exempt or second.exempt)


def _coded(entries: Sequence[_Entry], kept: Mapping[str, str]) -> tuple[tuple[Unit, ...], tuple[tuple[str, str], ...]]:
    """The units with codes, and those codes that the file lacked, by name."""
    taken = {entry.unit.code for entry in entries if entry.unit.code}
    numbers = (_MADE.fullmatch(code) for code in [*taken, *kept.values()])
    highest = max((int(found.group(1)) for found in numbers if found), default=0)
    units: list[Unit] = []
    made: list[tuple[str, str]] = []
    for entry in entries:
        unit = entry.unit
        if not unit.code:
            code = _kept_code(unit, kept, taken)
            if not code:
                highest += 1
                code = f"U{highest:03d}"
            taken.add(code)
            unit = replace(unit, code=code)
            made.append((unit.name, code))
        units.append(unit)
    return tuple(units), tuple(made)


def _kept_code(unit: Unit, kept: Mapping[str, str], taken: set[str]) -> str:
    """The code made earlier for the unit's name or a former one, unless another unit has it now."""
    codes = (kept[name] for name in (unit.name, *unit.former_names) if name in kept)
    return next((code for code in codes if code not in taken), "")
