"""How our mails say things: days, times, numbers, names; and how text from mails is made harmless for display."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from records.words import Language, Text

PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d(?:[- ]?\d{4}){2}|0\d{2,3}[- ]?\d{7,8})(?!\d)")
SPACE_LIKE = frozenset({"Cc", "Zs", "Zl", "Zp"})
DROPPED = frozenset({"Cf", "Cs", "Co"})  # invisible marks, bidi controls, half characters, private use
NONCHARACTERS = re.compile("[\ufdd0-\ufdef\ufffe\uffff]")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def say(language: Language, zh: str, en: str, **values: object) -> str:
    """The sentence in ``language`` with its fields filled; values are never read as patterns themselves."""
    return Text(zh, en).fill(**values).say(language)


def clean(text: str, limit: int = 60) -> str:
    """``text`` on one line, at most ``limit`` characters, without control, bidi and invisible characters."""
    # Cut first: a name of a million characters must not cost a million look-ups.
    kept = (_visible(character) for character in text[: limit * 8])
    line = " ".join(NONCHARACTERS.sub("", "".join(kept)).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def quoted(text: str, limit: int = 60) -> str:
    """As :func:`clean`, for words of a mail: telephone numbers are masked too."""
    return clean(PHONE.sub("***", text[: limit * 8]), limit)


def day_text(day: date, language: Language) -> str:
    """6月30日, or 30 Jun."""
    return f"{day.month}月{day.day}日" if language == "zh" else f"{day.day} {MONTHS[day.month - 1]}"


def moment_text(moment: datetime, language: Language) -> str:
    """6月30日 17:30, or 30 Jun 17:30: as clocks show it in the moment's own zone."""
    return f"{day_text(moment.date(), language)} {moment:%H:%M}"


def number_text(value: float) -> str:
    """12,000 or 1.5: without a needless fraction."""
    whole = round(value)
    return f"{whole:,}" if abs(value - whole) < 1e-9 else f"{value:,.2f}".rstrip("0")


def size_text(size_bytes: int) -> str:
    """286.4 MB, 20 KB, 900 B."""
    size, unit = float(size_bytes), "B"
    for larger in ("KB", "MB", "GB"):
        if size < 1024:
            break
        size, unit = size / 1024, larger
    return f"{size:.1f}".removesuffix(".0") + f" {unit}"


def names_text(names: Iterable[str], language: Language) -> str:
    """Names one after the other, as the language lists them."""
    return ("、" if language == "zh" else ", ").join(names)


def sentence_text(parts: Iterable[str], language: Language) -> str:
    """Parts of a sentence one after the other, empty ones left out."""
    return ("，" if language == "zh" else ", ").join(part for part in parts if part)


def bracketed(name: str, marks: Sequence[str], language: Language) -> str:
    """A name with what is to be said of it: 青松林场（延期至10月3日）."""
    if not marks:
        return name
    return say(language, "{name}（{marks}）", "{name} ({marks})", name=name, marks=sentence_text(marks, language))


def plural(count: int, word: str, words: str | None = None) -> str:
    """English only: 1 report, 2 reports."""
    return f"{count} {word if count == 1 else words or word + 's'}"


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category in SPACE_LIKE:
        return " "
    return "" if category in DROPPED else character


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of a table in text, its columns below one another where Chinese letters are two wide."""
    widths = [max(map(text_width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell + " " * (width - text_width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def text_width(text: str) -> int:
    """Columns that a text takes in a fixed-width font."""
    return sum(2 if unicodedata.east_asian_width(character) in "FW" else 1 for character in text)
