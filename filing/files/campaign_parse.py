"""campaign.toml → Campaign: every value checked, every mistake told with file, key and remedy."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import NoReturn
from zoneinfo import ZoneInfo

from records.campaigns import ActivityType, Campaign, Contact, Kind, Measure, Period, Requirement, Unsure
from records.errors import UsageError
from records.words import Text

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_END_OF_DAY = time(23, 59, 59)
_WRONG = Text("{source}：{key} {problem}。{remedy}", "{source}: {key} {problem}. {remedy}")
_TEXT = Text("应为文字", "must be a string"), Text("请用引号括起来。", "Put it in quotes.")
_TEXTS = Text("应为文字的列表", "must be a list of strings"), Text('例如 ["甲", "乙"]。', 'Such as ["a", "b"].')
_BOOLEAN = Text("应为 true 或 false", "must be true or false"), Text("请不要加引号。", "Without quotes.")
_DAY = Text("应为日期", "must be a date"), Text("例如 2025-06-30。", "Such as 2025-06-30.")
_MOMENT = (
    Text("应为时刻", "must be a time"),
    Text("例如 2025-06-30T23:59:59+08:00。", "Such as 2025-06-30T23:59:59+08:00."),
)
_TABLE = (
    Text("应为表", "must be a table"),
    Text("例如 {{ from = 2025-05-30, to = 2025-06-30 }}。", "Such as {{ from = 2025-05-30, to = 2025-06-30 }}."),
)
_TABLES = Text("应为一组表", "must be a list of tables"), Text("请写成 [[{name}]]。", "Write it as [[{name}]].")
_MISSING = Text("缺少", "is missing"), Text("请补上。", "Add it.")
_REVERSED = Text("的结束日期早于开始日期", "ends before it begins"), Text("请核对 from 和 to。", "Check from and to.")
_KIND = (
    Text("应为 summary 或 material", "must be summary or material"),
    Text("总结写 summary，其他资料写 material。", "summary is the closing report, material all else."),
)
_TWICE = Text("与前面的重复", "repeats an earlier one"), Text("请改成不同的编号。", "Give it another id.")
_EMPTY = Text("不能为空", "must not be empty"), Text("请填写。", "Fill it in.")
_KEYS = {
    "": (
        "id", "title", "issuer", "document_number", "issued_on", "addressees", "theme", "period", "requirements",
        "mailboxes", "contacts", "activities", "measures", "unsure", "as_read",
    ),
    "period": ("from", "to"),
    "requirements": ("id", "what", "kind", "due", "rule", "required", "categories", "units"),
    "contacts": ("name", "phone"),
    "activities": ("id", "printed", "title", "text", "required", "period", "cues"),
    "measures": ("name", "label", "unit", "cues"),
    "unsure": ("field", "why"),
}  # fmt: skip


def parsed_campaign(text: str, source: str) -> Campaign:
    """The campaign that the TOML ``text`` holds; raises UsageError (see campaign_file.campaign_from_toml)."""
    table = _Table(source, "", _parsed(text, source), "")
    campaign = Campaign(
        id=table.name("id"),
        title=table.text("title", required=True),
        issuer=table.text("issuer"),
        period=table.period("period"),
        document_number=table.text("document_number") or None,
        issued_on=table.day("issued_on"),
        theme=table.text("theme"),
        addressees=table.texts("addressees"),
        requirements=tuple(_requirement(item) for item in table.tables("requirements")),
        mailboxes=tuple(address.strip().lower() for address in table.texts("mailboxes")),
        contacts=tuple(Contact(item.text("name"), item.text("phone")) for item in table.tables("contacts")),
        activities=tuple(_activity(item, number) for number, item in enumerate(table.tables("activities"), 1)),
        measures=tuple(_measure(item) for item in table.tables("measures")),
        unsure=tuple(Unsure(item.text("field"), item.text("why")) for item in table.tables("unsure")),
    )
    table.distinct("requirements", [item.id for item in campaign.requirements])
    table.distinct("activities", [item.id for item in campaign.activities])
    table.distinct("measures", [item.name for item in campaign.measures])
    return campaign


def parsed_marks(text: str) -> Mapping[str, str]:
    """The [as_read] table of a campaign.toml that can be parsed; {} where it has none."""
    marks = tomllib.loads(text.removeprefix("\ufeff")).get("as_read", {})
    return {str(key): str(value) for key, value in marks.items()} if isinstance(marks, dict) else {}


def _parsed(text: str, source: str) -> dict[str, object]:
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        said = Text(
            "{source} 不是有效的 TOML 文件：{error}。请改正该处。",
            "{source} is no valid TOML: {error}. Mend that place.",
        )
        raise UsageError(said.fill(source=source, error=error)) from error


def _requirement(table: _Table) -> Requirement:
    kind = table.text("kind") or "material"
    if kind not in {"summary", "material"}:
        table.wrong("kind", _KIND)
    checked: Kind = "summary" if kind == "summary" else "material"
    return Requirement(
        id=table.name("id"),
        what=table.text("what"),
        kind=checked,
        due=table.moment("due"),
        rule=table.text("rule"),
        required=table.boolean("required", default=True),
        categories=table.texts("categories"),
        units=table.texts("units"),
    )


def _activity(table: _Table, number: int) -> ActivityType:
    return ActivityType(
        id=table.text("id") or str(number),
        printed=table.text("printed"),
        title=table.text("title", required=True),
        text=table.text("text"),
        required=table.boolean("required", default=True),
        period=table.period("period"),
        cues=table.texts("cues"),
    )


def _measure(table: _Table) -> Measure:
    return Measure(table.name("name"), table.text("label"), table.text("unit"), table.texts("cues"))


class _Table:
    """One table of the file; ``path`` is what errors call it, ``kind`` which keys it may have."""

    def __init__(self, source: str, path: str, values: Mapping[str, object], kind: str) -> None:
        self._source, self._path, self._values = source, path, values
        for key in values:
            if key not in _KEYS[kind]:
                self.wrong(key, _unknown(key, _KEYS[kind]))

    def wrong(self, key: str, told: tuple[Text, Text]) -> NoReturn:
        """Raise the error about ``key``."""
        name = f"{self._path}.{key}" if self._path else key
        raise UsageError(_WRONG.fill(source=self._source, key=name, problem=told[0], remedy=told[1].fill(name=key)))

    def text(self, key: str, *, required: bool = False) -> str:
        value = self._values.get(key)
        if value is None and not required:
            return ""
        if value is None:
            self.wrong(key, _MISSING)
        if not isinstance(value, str):
            self.wrong(key, _TEXT)
        return value

    def name(self, key: str) -> str:
        """A text that must be there and say something."""
        value = self.text(key, required=True).strip()
        if not value:
            self.wrong(key, _EMPTY)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.wrong(key, _TEXTS)
        return tuple(value)

    def boolean(self, key: str, *, default: bool) -> bool:
        value = self._values.get(key, default)
        if not isinstance(value, bool):
            self.wrong(key, _BOOLEAN)
        return value

    def day(self, key: str, *, required: bool = False) -> date | None:
        value = self._values.get(key)
        if value in (None, "") and not required:
            return None
        if isinstance(value, str):
            value = self._iso(key, value, _DAY)
        if isinstance(value, datetime):
            return value.date()
        if not isinstance(value, date):
            self.wrong(key, _MISSING if value is None else _DAY)
        return value

    def moment(self, key: str) -> datetime | None:
        """An aware time; a bare day lasts until 23:59:59, a time without offset is China's."""
        value = self._values.get(key)
        if value in (None, ""):
            return None
        if isinstance(value, str):
            value = self._iso(key, value, _MOMENT)
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=_SHANGHAI)
        if not isinstance(value, date):
            self.wrong(key, _MOMENT)
        return datetime.combine(value, _END_OF_DAY, _SHANGHAI)

    def _iso(self, key: str, value: str, told: tuple[Text, Text]) -> date:
        try:
            return date.fromisoformat(value) if len(value) <= 10 else datetime.fromisoformat(value)
        except ValueError:
            self.wrong(key, told)

    def period(self, key: str) -> Period | None:
        value = self._values.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.wrong(key, _TABLE)
        table = _Table(self._source, f"{self._path}.{key}" if self._path else key, value, "period")
        from_, to = table.day("from", required=True), table.day("to", required=True)
        assert from_ and to
        if to < from_:
            self.wrong(key, _REVERSED)
        return Period(from_, to)

    def tables(self, key: str) -> list[_Table]:
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.wrong(key, _TABLES)
        return [_Table(self._source, f"{key}[{number}]", item, key) for number, item in enumerate(value, 1)]

    def distinct(self, key: str, names: list[str]) -> None:
        """Refuse a name that stands twice."""
        for number, name in enumerate(names):
            if name in names[:number]:
                self.wrong(f"{key}[{number + 1}] “{name}”", _TWICE)


def _unknown(key: str, known: tuple[str, ...]) -> tuple[Text, Text]:
    near = difflib.get_close_matches(key, known, n=1)
    problem = Text("不是这里的键", "is no key here")
    if near:
        return problem, Text(f"是否应为 {near[0]}？", f"Did you mean {near[0]}?")
    return problem, Text(f"可用的键：{'、'.join(known)}。", f"Known keys: {', '.join(known)}.")
