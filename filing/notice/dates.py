"""Days and ranges of days as Chinese notices write them, and the year they mean where none is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import MAXYEAR, date, timedelta

from filing.notice.marks import chinese_number
from records.campaigns import Period

_YEAR = (
    r"(?:(?P<year>20\d{2}|二[〇○零OＯ0][〇○零一二三四五六七八九OＯ0]{2})年|"
    r"(?P<near>今年|本年|当年|明年|次年|翌年|去年))"
)
_MONTH = r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_NUMBER = r"3[01]|[12]\d|0?[1-9]|三十一?|二十[一二三四五六七八九]?|十[一二三四五六七八九]?|[一二三四五六七八九]"
_WEEKDAY = r"(?:[（(](?:周|星期|礼拜)[一二三四五六日天][）)])?"
_SEPARATOR = r"[—–\-－~～〜至到─―一]{1,3}"  # 一: a dash as OCR reads it
_DAYS = re.compile(
    rf"(?<![\d第])(?:{_YEAR})?(?<!\d){_MONTH}月(?:份)?"
    rf"(?:(?P<day>{_NUMBER})(?:[日号]|(?={_SEPARATOR}\d))|(?P<part>上旬|中旬|下旬|底|末|初|中(?=前|、|，|。|$|[—至到])))?{_WEEKDAY}"
)
_NUMERIC = re.compile(
    r"(?<![\d.])(?P<year>20\d\d)([-/.])(?P<month>1[0-2]|0?[1-9])\2(?P<day>3[01]|[12]\d|0?[1-9])(?![\d.]\d|\d)"
)
_MONTHS = re.compile(
    rf"(?:{_YEAR})?(?<![\d第.])(?P<month>1[0-2]|0?[1-9]){_SEPARATOR}(?P<month2>1[0-2]|0?[1-9])月(?:份)?(?!\d|[一二三]?十)(?P<part>底|末)?"
)
_TO_DAY = re.compile(rf"{_SEPARATOR}(?P<day>{_NUMBER})[日号]{_WEEKDAY}")
_LUNAR_END = re.compile(r"[初廿卅一二三四五六七八九十]{0,3}[）)]")
_BETWEEN = re.compile(
    rf"(?:[（(][^（）()\d]{{1,10}}[）)])?(?:起|开始)?[，,]?(?:持续|一直|[玩办开做干])?{_SEPARATOR}(?:次|翌)?|(?:起|开始)[^。；\d]{{0,40}}[，,](?:持续|延续)?[至到](?:次|翌)?"
)
_FROM_NOW = re.compile(
    r"(?:自|从)?(?:即日|发文之日|印发之日|通知(?:印发|下发)之日|现在|本?通知发布之日|(?:会议|会)(?:结束)?后)(?:起|开始)?[，,]?(?:持续|开展)?[—–\-－~～至到]{1,2}"
    r"(?:(?:20\d\d年)?[\u4e00-\u9fff]{2,4}前?[（(])?"  # 即日起至2027年春节前（2月5日）
)
_SHIFTS = {"今年": 0, "本年": 0, "当年": 0, "明年": 1, "次年": 1, "翌年": 1, "去年": -1}
_PARTS = {
    "上旬": (1, 10),
    "中旬": (11, 20),
    "下旬": (21, 31),
    "初": (1, 10),
    "中": (11, 20),
    "底": (31, 31),
    "末": (31, 31),
}
_PAST_DAYS = 100
"""A day without a year lies at most so long before the notice; otherwise next year's is meant."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day, a part of a month or a whole month, as written; ``start`` and ``end`` say where in the text."""

    start: int
    end: int
    month: int
    day: int | None = None
    part: str = ""
    year: int | None = None
    shift: int | None = None  # 1 for 次年

    @property
    def is_vague(self) -> bool:
        """Whether the words leave the day open: 6月初, 6月中."""
        return self.part in {"初", "中"}

    def first(self, year: int) -> date | None:
        """The first day that it can mean in ``year``."""
        return _safe(year, self.month, self.day or _PARTS.get(self.part, (1, 31))[0], clip=self.day is None)

    def last(self, year: int) -> date | None:
        """The last day that it can mean in ``year``."""
        return _safe(year, self.month, self.day or _PARTS.get(self.part, (1, 31))[1], clip=self.day is None)


@dataclass(frozen=True, slots=True)
class Range:
    """From a day to a day, as written; no ``begin``: from the notice's own day on (即日起)."""

    start: int
    end: int
    begin: Day | None
    finish: Day

    @property
    def is_vague(self) -> bool:
        """Whether an end of it names no day."""
        return self.finish.is_vague or (self.begin is not None and self.begin.is_vague)


@dataclass(frozen=True, slots=True)
class Almanac:
    """What a notice tells of its own time: the day it was issued, the year in its title or number."""

    issued_on: date | None = None
    year: int | None = None

    @property
    def base_year(self) -> int | None:
        """The year that is meant where nothing else tells."""
        return self.issued_on.year if self.issued_on else self.year

    def date_of(self, day: Day, *, last: bool = True) -> date | None:
        """The date that ``day`` means; None where no year can be told or the calendar has no such day."""
        year = self._year_of(day)
        return None if year is None else _pick(day, year, last=last)

    def _year_of(self, day: Day) -> int | None:
        if day.year is not None:
            return day.year
        if self.base_year is None:
            return None
        if day.shift is not None:
            return self.base_year + day.shift
        found = day.last(self.base_year)
        if self.issued_on and found and found < self.issued_on - timedelta(days=_PAST_DAYS):
            return self.base_year + 1
        return self.base_year

    def period_of(self, span: Range) -> Period | None:
        """The days that ``span`` means, over a year's end too; None where no year can be told."""
        if span.begin is None:
            to = self.date_of(span.finish)
            return Period(self.issued_on, to) if self.issued_on and to and to >= self.issued_on else None
        if span.finish.year is None and (span.begin.year is not None or span.finish.shift == 1):
            return self._period_from_begin(span.begin, span.finish)
        to = self.date_of(span.finish)
        if to is None:
            return None
        return _period(self._begin_before(span.begin, to), to)

    def _period_from_begin(self, begin: Day, finish: Day) -> Period | None:
        from_ = self.date_of(begin, last=False)
        if from_ is None:
            return None
        to = finish.last(from_.year + (1 if finish.shift == 1 else 0))
        if to is not None and to < from_:
            to = finish.last(from_.year + 1)
        return _period(from_, to)

    def _begin_before(self, begin: Day, to: date) -> date | None:
        if begin.year is not None:
            return begin.first(begin.year)
        from_ = begin.first(to.year)
        return begin.first(to.year - 1) if from_ is not None and from_ > to else from_


def _pick(day: Day, year: int, *, last: bool) -> date | None:
    return day.last(year) if last else day.first(year)


def _period(from_: date | None, to: date | None) -> Period | None:
    return Period(from_, to) if from_ and to and from_ <= to else None


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    if (year, month) == (MAXYEAR, 12):
        return date.max
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _safe(year: int, month: int, day: int, *, clip: bool) -> date | None:
    if not 1 <= year <= MAXYEAR:
        return None
    end = month_end(year, month)
    if day > end.day and not clip:
        return None
    return date(year, month, min(day, end.day))


def find_days(text: str) -> tuple[Day, ...]:
    """All days, parts of months and months that ``text`` writes, in order."""
    found = [_numeric_day(match) for match in _NUMERIC.finditer(text)]
    found += [day for match in _DAYS.finditer(text) if (day := _day(match)) and not _is_count(text, match)]
    found.sort(key=lambda day: day.start)
    return tuple(day for at, day in enumerate(found) if not (at and _is_lunar(text, found[at - 1], day)))


def _is_lunar(text: str, before: Day, day: Day) -> bool:
    """2月6日（正月二十）, 9月1日（七月二十）: in brackets behind a day, the same one by the other calendar."""
    return text[before.end : day.start] in {"（", "(", "（农历", "(农历"} and bool(_LUNAR_END.match(text, day.end))


def _is_count(text: str, match: re.Match[str]) -> bool:
    """三月 in 三个月 is not caught; 安全生产月, 1月 in 第1月 and the like stay out."""
    return (
        match.group("day") is None and not match.group("part") and text[match.end() : match.end() + 1] in {"内", "度"}
    )


def _day(match: re.Match[str]) -> Day | None:
    month = _int(match.group("month"))
    if month is None:
        return None
    year, near, day = match.group("year"), match.group("near"), match.group("day")
    return Day(
        match.start(),
        match.end(),
        month,
        _int(day) if day else None,
        match.group("part") or "",
        year_number(year) if year else None,
        _SHIFTS[near] if near else None,
    )


def _numeric_day(match: re.Match[str]) -> Day:
    return Day(
        match.start(), match.end(), int(match.group("month")), int(match.group("day")), year=int(match.group("year"))
    )


def _int(word: str) -> int | None:
    return int(word) if word.isdigit() else chinese_number(word)


def year_number(word: str) -> int:
    """2025 for 2025 and for 二〇二五."""
    digits = {**{c: str(i) for i, c in enumerate("〇一二三四五六七八九")}, "零": "0", "○": "0", "O": "0", "Ｏ": "0"}
    return int("".join(digits.get(character, character) for character in word))


def find_ranges(text: str) -> tuple[Range, ...]:
    """All ranges of days that ``text`` writes, in order: 5月30日—6月30日, 6月1日至30日, 5—6月, 即日起至6月底."""
    ranges = [*_month_ranges(text), *_day_ranges(text)]
    ranges.sort(key=lambda span: (span.start, -span.end))
    kept: list[Range] = []
    for span in ranges:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return tuple(kept)


def _month_ranges(text: str) -> Iterator[Range]:
    for match in _MONTHS.finditer(text):
        year, near = match.group("year"), match.group("near")
        begin = Day(
            match.start(),
            match.end(),
            int(match.group("month")),
            year=year_number(year) if year else None,
            shift=_SHIFTS[near] if near else None,
        )
        yield Range(match.start(), match.end(), begin, Day(match.start(), match.end(), int(match.group("month2"))))


def _day_ranges(text: str) -> Iterator[Range]:
    days = find_days(text)
    for index, day in enumerate(days):
        short = _TO_DAY.match(text, day.end)
        if short and day.day is not None:
            last = _int(short.group("day"))
            yield Range(
                day.start, short.end(), day, Day(day.start, short.end(), day.month, last, "", day.year, day.shift)
            )
        elif index + 1 < len(days) and _BETWEEN.fullmatch(text, day.end, days[index + 1].start):
            yield Range(day.start, days[index + 1].end, day, _shifted(text, days[index + 1]))
        now = _now_before(text, day.start)
        if now is not None:
            yield Range(now, day.end, None, day)


def _shifted(text: str, day: Day) -> Day:
    return replace(day, shift=1) if text[day.start - 1 : day.start] in {"次", "翌"} else day


def _now_before(text: str, end: int) -> int | None:
    """Where 即日起至 begins that leads up to ``end``."""
    window = max(0, end - 24)
    found = [match for match in _FROM_NOW.finditer(text, window, end) if match.end() == end]
    return found[-1].start() if found else None
