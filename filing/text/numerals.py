"""Numbers in Chinese office prose: 1,286 · １２８６ · 1.2万 · 三百五十 · 四百余 · 近百 · 两, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

DIGITS = {
    **dict(zip("零〇○一二三四五六七八九", (0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)),
    **dict(zip("壹贰叁肆伍陆柒捌玖两俩", (1, 2, 3, 4, 5, 6, 7, 8, 9, 2, 2), strict=True)),
}
TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
MYRIADS = {"万": 10_000, "萬": 10_000, "亿": 100_000_000}
TENS_AND_MYRIADS = frozenset([*TENS, *MYRIADS])
HAN = "".join([*DIGITS, *TENS, *MYRIADS])

WIDE = str.maketrans("０１２３４５６７８９．，％", "0123456789.,%")
ARABIC = r"\d{1,3}(?:[,，]\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?"
NUMBER = re.compile(
    rf"(?P<arabic>{ARABIC})(?P<scale>\s?[百千]?[万亿]|[百千](?![克米瓦]))?(?P<tail>\d千)?|(?P<han>[{HAN}]+)"
)
VAGUE_BEFORE = re.compile(r"(?:几|若干)$")
SEVERAL_BEFORE = re.compile(r"(?<![人次总处份个件户条场项篇量])[数成]$")  # 数十 is no amount, 人数十二 is one
ORDINAL_BEFORE = re.compile(r"第\s?$")
_BEFORE = 8  # characters in front of a number that tell what it is
MORE_AFTER = re.compile(
    r"\s?(?:余|多(?!样|种|元|次|个|方|项|部门|渠道)|来(?=[个名人位份条场次户张本册件袋家棵株块处期天套台])|几)"
)
MORE_THAN_TENS = re.compile(r"\s?多(?=[个次种])")  # 五十多个; of 多个 alone there is no number
ABOUT_BEFORE = re.compile(r"(?:约|近|将近|超过|超|逾|达|大约|上|不少于|至少)\s?$")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it stands in a text: ``start`` to ``end`` cover its own signs, 余 and 多 included."""

    value: float
    start: int
    end: int
    ordinal: bool = False  # 第三: a place in a row, no amount
    rounded: bool = False  # 约, 近, 余, 多: as the writer rounded it


def numbers(text: str) -> tuple[Number, ...]:
    """All numbers of ``text`` from left to right; 数十, 几百 and 两三 (no amount) are left out.

    Source: CONTRACT.md, Figures (800余份, 四百余人次, 约1.2万人次, 近百人 count as 800, 400, 12000, 100).
    """
    plain = text.translate(WIDE)
    found: list[Number] = []
    for match in NUMBER.finditer(plain):
        number = _number(plain, match) if not found or match.start() >= found[-1].end else None
        found += [number] if number else []
    return tuple(found)


def parse_number(text: str) -> float | None:
    """The value of a text that is one number and nothing else (a table cell), else None."""
    stripped = text.strip()
    found = numbers(stripped)
    whole = len(found) == 1 and found[0].start == 0 and found[0].end == len(stripped)
    return found[0].value if whole and not found[0].ordinal else None


def _number(text: str, match: re.Match[str]) -> Number | None:
    before = text[max(match.start() - _BEFORE, 0) : match.start()]
    if VAGUE_BEFORE.search(before) or (_opens_with_unit(match) and SEVERAL_BEFORE.search(before)):
        return None
    value = _arabic(match) if match["arabic"] else han_value(match["han"])
    if value is None:
        return None
    more = MORE_AFTER.match(text, match.end()) or (MORE_THAN_TENS.match(text, match.end()) if value % 10 == 0 else None)
    if more and more[0].strip() == "几":  # 十几: no amount
        return None
    end = more.end() if more else match.end()
    scale = MYRIADS.get(text[end : end + 1]) if more else None  # 二千六百余万
    return Number(
        value=value * (scale or 1),
        start=match.start(),
        end=end + (1 if scale else 0),
        ordinal=ORDINAL_BEFORE.search(before) is not None,
        rounded=more is not None or ABOUT_BEFORE.search(before) is not None,
    )


def _opens_with_unit(match: re.Match[str]) -> bool:
    return (match["han"] or "0")[0] in TENS_AND_MYRIADS


def _arabic(match: re.Match[str]) -> float:
    value = float(re.sub(r"[,，]", "", match["arabic"]))
    for sign in (match["scale"] or "").strip():
        value *= TENS.get(sign) or MYRIADS[sign]
    if match["tail"]:  # 1万2千
        value += int(match["tail"][0]) * 1000
    return round(value, 6)


def han_value(signs: str) -> float | None:
    """The value of a run of numeral characters (三百五十, 二〇二五, 近百's 百, 一百二), None where it is no number."""
    if all(sign in DIGITS for sign in signs):
        return _digit_string(signs)
    total = section = digit = 0
    last_unit = 1
    for sign in signs:
        if sign in DIGITS:
            if digit and sign not in "零〇○":  # 两三百
                return None
            digit = DIGITS[sign]
            last_unit = 1 if sign in "零〇○" else last_unit
        elif sign in TENS:
            section += (digit or 1) * TENS[sign]
            digit, last_unit = 0, TENS[sign]
        else:
            total = (total + section + digit or 1) * MYRIADS[sign]
            section = digit = 0
            last_unit = MYRIADS[sign]
    spoken = digit * last_unit // 10 if last_unit > 10 else digit  # 一百二 is 120
    return float(total + section + spoken)


def _digit_string(signs: str) -> float | None:
    """二〇二五 is 2025; 两三 (two or three) is no number."""
    if len(signs) == 1:
        return float(DIGITS[signs])
    if len(signs) == 2 and "零" not in signs and "〇" not in signs and "○" not in signs:
        return None
    return float("".join(str(DIGITS[sign]) for sign in signs))
