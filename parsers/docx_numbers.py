"""Automatic paragraph numbers of Word documents: "（一）" stands in no text run (ECMA-376 part 1, §17.9)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from parsers.packages import attribute, local_name

_DIGITS = "零一二三四五六七八九"
_CLOSED = "、）)】：:"  # after these the text follows without a blank
_MAX_LEVEL = 8


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    form: str
    pattern: str  # "（%1）"


@dataclass(slots=True)
class Styles:
    """Paragraph styles with a numbered list of their own, or one inherited."""

    load: Callable[[], Any]  # the root of styles.xml, None where there is none
    _own: dict[str, Any] | None = None
    _places: dict[str, tuple[str, int] | None] = field(default_factory=dict)

    def place(self, name: str) -> tuple[str, int] | None:
        """List and level of the style of that name, None where it has none."""
        if name and name not in self._places:
            self._places[name] = self._found(name)
        return self._places.get(name)

    def _found(self, name: str) -> tuple[str, int] | None:
        if self._own is None:
            root = self.load()
            styles = root.iterfind("{*}style") if root is not None else ()
            self._own = {attribute(style, "styleId"): style for style in styles}
        style = self._own.get(name)
        for _ in range(10):  # styles inherit from styles; a hostile one from itself
            place = _place(style.find("{*}pPr"), None) if style is not None else None
            if place is not None or style is None:
                return place
            style = self._own.get(_value(style, "basedOn"))
        return None


@dataclass(slots=True)
class Numbers:
    """Counts a document's numbered paragraphs as Word does; asked for each paragraph once, in order."""

    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)  # abstract list → its levels
    lists: dict[str, str] = field(default_factory=dict)  # list → abstract list
    restarts: dict[tuple[str, int], int] = field(default_factory=dict)
    styles: Styles = field(default_factory=lambda: Styles(lambda: None))
    counters: dict[str, dict[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, numbering: Any, styles: Callable[[], Any]) -> Numbers:
        """From the root of numbering.xml, None where the document has none; ``styles`` gives that of styles.xml.

        Styles are the largest part of most documents; they are asked for when a paragraph has one.
        """
        numbers = cls()
        if numbering is not None:
            numbers._read_lists(numbering)
            numbers.styles = Styles(styles)
        return numbers

    def label(self, paragraph: Any) -> str:
        """The number in front of the paragraph, "" where it has none or a bullet."""
        place = _place(paragraph.find("{*}pPr"), self.styles)
        if place is None or place[0] not in self.lists:
            return ""
        number_list, level = place
        abstract = self.lists[number_list]
        levels = self.levels.get(abstract, {})
        if level not in levels:
            return ""
        return _with_blank(self._text(levels, self._count(number_list, abstract, level, levels), level))

    def _count(self, number_list: str, abstract: str, level: int, levels: dict[int, _Level]) -> dict[int, int]:
        counter = self.counters.setdefault(abstract, {})
        restart = self.restarts.pop((number_list, level), None)
        if restart is not None:
            counter[level] = restart
        else:
            counter[level] = counter[level] + 1 if level in counter else levels[level].start
        for deeper in [known for known in counter if known > level]:
            del counter[deeper]
        return counter

    @staticmethod
    def _text(levels: dict[int, _Level], counter: dict[int, int], level: int) -> str:
        def number(mark: re.Match[str]) -> str:
            wanted = int(mark[1]) - 1
            if wanted not in levels:
                return ""
            return _FORMS.get(levels[wanted].form, _decimal)(counter.get(wanted, levels[wanted].start))

        shape = levels[level]
        return "" if shape.form in ("bullet", "none") else re.sub(r"%([1-9])", number, shape.pattern)

    def _read_lists(self, root: Any) -> None:
        for abstract in root.iterfind("{*}abstractNum"):
            levels = {_integer(attribute(level, "ilvl")): _level(level) for level in abstract.iterfind("{*}lvl")}
            self.levels[attribute(abstract, "abstractNumId")] = levels
        for number_list in root.iterfind("{*}num"):
            name = attribute(number_list, "numId")
            self.lists[name] = _value(number_list, "abstractNumId")
            for override in number_list.iterfind("{*}lvlOverride"):
                start = _value(override, "startOverride")
                if start:
                    self.restarts[name, _integer(attribute(override, "ilvl"))] = _integer(start)


def _level(element: Any) -> _Level:
    return _Level(_integer(_value(element, "start") or "1"), _value(element, "numFmt"), _value(element, "lvlText"))


def _value(element: Any, child: str) -> str:
    found = element.find(f"{{*}}{child}") if element is not None else None
    return attribute(found, "val") if found is not None else ""


def _integer(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _place(properties: Any, styles: Styles | None) -> tuple[str, int] | None:
    """The list and level that a paragraph's properties name, themselves or through the style."""
    if properties is None:
        return None
    inherited = styles.place(_value(properties, "pStyle")) if styles is not None else None
    marks = next((child for child in properties if local_name(child) == "numPr"), None)
    if marks is None:
        return inherited
    name = _value(marks, "numId") or (inherited[0] if inherited else "")
    level = _value(marks, "ilvl")
    return (name, min(_integer(level), _MAX_LEVEL) if level else (inherited[1] if inherited else 0)) if name else None


def _with_blank(label: str) -> str:
    return label if not label or label.endswith(tuple(_CLOSED)) else label + " "


def _decimal(number: int) -> str:
    return str(number)


def chinese(number: int) -> str:
    """1 → 一, 12 → 十二, 105 → 一百零五; larger numbers in digits."""
    if not 0 < number < 1000:
        return str(number)
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    head = f"{_DIGITS[hundreds]}百" if hundreds else ""
    middle = "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十" if tens else "零" if hundreds and ones else ""
    return head + middle + (_DIGITS[ones] if ones else "")


def _digits(number: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in str(number)).replace("零", "〇")


def _circled(number: int) -> str:
    return chr(0x2460 + number - 1) if 1 <= number <= 20 else str(number)


def _letter(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 9) if number > 0 else ""


def _roman(number: int) -> str:
    parts = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
    text, left = "", number if 0 < number < 400 else 0
    for value, sign in parts:
        text += sign * (left // value)
        left %= value
    return text or str(number)


_FORMS: dict[str, Callable[[int], str]] = {
    **dict.fromkeys(
        (
            "chineseCounting",
            "chineseCountingThousand",
            "taiwaneseCounting",
            "taiwaneseCountingThousand",
            "japaneseCounting",
        ),
        chinese,
    ),
    **dict.fromkeys(("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"), _digits),
    **dict.fromkeys(("decimalEnclosedCircle", "decimalEnclosedCircleChinese"), _circled),
    "decimalZero": lambda number: f"{number:02d}",
    "decimalFullWidth": lambda number: str(number).translate({48 + d: 0xFF10 + d for d in range(10)}),
    "lowerLetter": _letter,
    "upperLetter": lambda number: _letter(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
}
