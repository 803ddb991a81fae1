"""What one unit reports: the paper with its layout, and what is true of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, Literal

from bench.generator.files import docx, xlsx
from bench.generator.offices import Deeds, Office
from bench.generator.wording import Pen, measures_in, naming, phrases
from records.campaigns import Kind
from records.units import Unit

File = tuple[str, bytes]
Chosen = Sequence[tuple[Deeds, str]]
"""Activities with the sentence that tells of each."""
Layout = Literal[
    "title_and_signature",
    "signature",
    "title",
    "letterhead",
    "supplied",
    "file_name",
    "nameless",
    "table",
    "text",
    "body",
]
"""Where the unit's name stands. nameless: nowhere in the paper; table: a sheet with 报送单位; text: a .txt with a
signature; body: no file, the report is the mail's own text."""
LAYOUTS: tuple[Layout, ...] = (
    "title_and_signature", "title_and_signature", "signature", "title", "letterhead", "supplied", "file_name",
    "nameless", "table", "text", "body",
)  # fmt: skip
_GUESTS, _LAST_YEAR, _QUOTES, _TOTAL = 0.25, 0.2, 0.25, 0.5


@dataclass(frozen=True, slots=True)
class Who:
    """A unit by the names that it uses of itself; ``code`` None: it is on no roster."""

    code: str | None
    name: str
    short: str
    address: str = ""


def who(unit: Unit, random: Random) -> Who:
    """A unit of the roster, by its full name or the one without the district, and one of its aliases."""
    name = random.choice((unit.name, unit.aliases[0] if unit.aliases else unit.name))
    short = random.choice(unit.aliases or (unit.name,))
    return Who(unit.code, name, short, unit.emails[0] if unit.emails else "")


@dataclass(frozen=True, slots=True)
class Paper:
    """A report with its file, and the truth about it."""

    of: Who
    kind: Kind
    layout: Layout
    file: File | None  # None: the report is the body
    text: str
    title: str
    activities: tuple[str, ...]
    figures: dict[str, float]


@dataclass(frozen=True, slots=True)
class Order:
    """What paper is wanted. ``signed`` and ``titled``: another unit's name that was left there."""

    office: Office
    part: str
    of: Who
    kind: Kind
    layout: Layout
    other: str
    signed: str = ""
    titled: str = ""
    year: int | None = None  # of an earlier campaign
    zero: bool = False
    english: bool = False


def paper(order: Order, random: Random) -> Paper:
    """The paper that was ordered."""
    pen = Pen(random, _words(order))
    chosen = [] if order.zero else _deeds(order, random)
    pen.words = {**pen.words, "title": chosen[0][0].title if chosen else order.office.data["theme"]}
    title = _title(order, pen)
    text, file = _table(order, title, chosen, pen) if order.layout == "table" else _text(order, title, chosen, pen)
    activities = tuple(sorted({deed.id for deed, _ in chosen}))
    return Paper(order.of, order.kind, order.layout, file, text, title, activities, dict(pen.figures))


def _table(order: Order, title: str, chosen: Chosen, pen: Pen) -> tuple[str, File]:
    lines = [f"{pen.write(sentence)}。" for _, sentence in chosen]
    told = zip(chosen, lines, strict=True)
    rows = [[str(number), deed.title, line] for number, ((deed, _), line) in enumerate(told, 1)]
    head = [[title], ["报送单位", order.of.name], ["序号", "活动内容", "开展情况"]]
    return "\n".join(lines), (pen.chosen(phrases(order.part)["files_sheet"]), xlsx([*head, *rows]))


def _text(order: Order, title: str, chosen: Chosen, pen: Pen) -> tuple[str, File | None]:
    lines = _english(pen, chosen) if order.english else _chinese(order, pen, chosen)
    full = _laid_out(order, title, lines, pen)
    text = "\n".join(full)
    if order.layout == "body":
        return text, None
    names = phrases(order.part)[f"files_{order.kind}"]
    if order.layout == "text":
        name = pen.chosen(names).removesuffix(".docx") + ".txt"
        return text, (name, text.encode(pen.random.choice(("utf-8", "gb18030"))))
    return text, (pen.chosen(naming(names, order.layout == "file_name")), docx(full))


def _words(order: Order) -> dict[str, str]:
    data = order.office.data
    year = str(order.year or data["year"])
    names = ("theme", "slogan", "office", "addressee")
    self_ = "我校" if order.of.name.endswith("学") else "我园" if order.of.name.endswith("园") else "我单位"
    english = {"english": "yes"} if order.english else {}
    return {
        **{name: data[name] for name in names},
        "work": data["work"].replace(str(data["year"]), year),
        "unit": order.titled or order.of.name,
        "short": order.titled or order.of.short,
        "self": self_,
        "other": order.other,
        **english,
    }


def _deeds(order: Order, random: Random) -> list[tuple[Deeds, str]]:
    """Activities with one sentence each; no measure is stated twice."""
    count = 1 if order.kind == "material" else random.randint(2, 5)
    picked = sorted(random.sample(order.office.deeds, count), key=lambda deed: deed.id)
    used: set[str] = set()
    found = []
    for deed in picked:
        wording = deed.done[f"english_{order.part}" if order.english else order.part]
        fitting = [one for one in wording if not measures_in(one) & used]
        if fitting:
            sentence = random.choice(fitting)
            used |= measures_in(sentence)
            found.append((deed, sentence))
    return found


def _title(order: Order, pen: Pen) -> str:
    if order.english:
        return f"Report on {'the campaign' if order.kind == 'summary' else 'our activity'} ({order.of.name})"
    named = order.layout in ("title_and_signature", "title") or bool(order.titled)
    templates = phrases(order.part)[f"{order.kind}_titles"]
    return pen.chosen(naming(templates, named) or [*naming(templates, named=False), "{title}情况"])


def _chinese(order: Order, pen: Pen, chosen: Chosen) -> list[str]:
    said = phrases(order.part)
    if order.zero:
        return [pen.chosen(said["zero"])]
    lines = [pen.chosen(said["intros"])] if order.kind == "summary" else []
    heads = pen.random.choice(said["heads"]) if order.kind == "summary" else [_day(order, pen.random)]
    for number, (_, sentence) in enumerate(chosen):
        lines.append(f"{heads[number]}{'，' if order.kind == 'material' else ''}{pen.write(sentence)}。")
    if order.kind == "material":
        lines.append(pen.chosen(said["heads_single"]))
    if pen.random.random() < _GUESTS:
        lines.append(pen.chosen(said["guests"]))
    if order.kind == "summary":
        lines += _around(order, pen, said)
    return lines


def _around(order: Order, pen: Pen, said: Mapping[str, Any]) -> list[str]:
    """Total, last year, what the notice asks, what is lacking, plans: of all these only the total counts."""
    random = pen.random
    plans = random.sample(order.office.deeds, 2)
    lines = [pen.chosen(said["totals"])] if random.random() < _TOTAL else []
    lines += [pen.chosen(said["last_year"])] if random.random() < _LAST_YEAR and order.year is None else []
    lines += [pen.chosen(said["quotes"], plan=plans[0].plan)] if random.random() < _QUOTES else []
    lines += [line for line in [pen.chosen(said["lacks"])] if line]
    return [*lines, pen.chosen(said["plans"], plan=plans[0].plan, plan2=plans[1].plan)]


def _english(pen: Pen, chosen: Chosen) -> list[str]:
    return [f"{pen.write(sentence)}." for _, sentence in chosen]


def _day(order: Order, random: Random) -> str:
    day = _some_day(order, random)
    return f"{day.month}月{day.day}日"


def _some_day(order: Order, random: Random) -> date:
    period = order.office.context.campaign.period
    assert period is not None, "each invented notice has one"
    day = period.from_ + timedelta(days=random.randint(0, (period.to - period.from_).days))
    return day.replace(year=order.year) if order.year else day


def _laid_out(order: Order, title: str, lines: Sequence[str], pen: Pen) -> list[str]:
    name, day = order.signed or order.of.name, _some_day(order, pen.random)
    dated = f"{day.year}年{day.month}月{day.day}日"
    to = [f"{order.office.data['addressee']}："] if order.kind == "summary" else []
    if order.layout in ("title_and_signature", "signature", "text", "body"):
        return [title, *to, *lines, name, dated]
    if order.layout == "letterhead":
        return [name, f"工作简报 第{pen.random.randint(2, 30)}期", title, *lines, dated]
    if order.layout == "supplied":
        return [title, *lines, f"（供稿：{order.of.short}）", dated]
    return [title, *to, *lines, dated]
