"""Deadlines as notices word them, and the moments that they mean.

Source: CONTRACT.md: “X日前” includes X until 23:59:59; a deadline that no date expresses keeps its words, and ``due``
is computed where it can be; a recurring one stands as one moment for each date in the period.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from filing.notice.dates import Almanac, Day, find_days, find_ranges, month_end
from filing.notice.marks import chinese_number
from filing.notice.recurring import Recurrence, every, month_days, quarter_days, weekday, weekdays
from filing.notice.words import word
from filing.notice.workdays import add_workdays
from records.campaigns import Period

END_OF_DAY = time(23, 59, 59)
MAX_RECURRENCES = 120
_HALF = r"(?P<half>凌晨|上午|早上|中午|下午|晚上|傍晚|晚)?"
_HOUR = r"(?P<hour>\d{1,2}|[一二三四五六七八九十两]{1,2})(?:[:：时点](?P<minute>\d{2}|半|整)?分?)钟?"
_CLOCK = rf"(?P<clock>{_HALF}{_HOUR}|下班|中午|午间)"
_NO_LATER = r"(?:\s?(?:[之以]?前|截止|止|以内|内|为止))?"
_AFTER_DAY = re.compile(rf"(?:[（(](?:周|星期|礼拜)[一二三四五六日天][）)])?\s?(?:{_CLOCK})?{_NO_LATER}")
_EACH = re.compile(r"每个?(?:工作)?(?:日|天|周|星期|月|季度|半月)")  # within the days before it
_BEFORE = re.compile(r"[之以]?前|截止|止|内")
_BEGINS = re.compile(r"(?:起|开始)(?!(?:至|到|[—–-]))")
_WEEKLY = re.compile(
    rf"每(?:个)?(?:周|星期|礼拜)(?:的)?(?P<days>[一二三四五六日天](?:[、和及](?:周|星期)?[一二三四五六日天])*|末|最后一个工作日)(?:{_CLOCK})?{_NO_LATER}"
)
_MONTHLY = re.compile(
    rf"每(?:个)?月(?:的)?(?P<days>\d{{1,2}}[日号]?(?:[、和及]\d{{1,2}}[日号])*[日号]?|底|末|最后一(?:天|日|个工作日)|月底)(?:{_CLOCK})?{_NO_LATER}"
)
_EVERY = re.compile(
    r"每(?P<every>半个?月|两周|2周|双周|周|星期|月|季度)(?:至少|要|都)?(?:的)?(?=报|上报|反馈|提交|发送|报送|填报|至少|一报|定期)"
)
_DAILY = re.compile(rf"(?<![日号])每(?:个工作)?[日天](?:{_CLOCK})?{_NO_LATER}")
_QUARTERLY = re.compile(
    rf"每(?:个)?季度(?:末|最后一?个?月|末月)?(?:的)?(?P<day>\d{{1,2}})?[日号底末]?(?:{_CLOCK})?{_NO_LATER}"
)
_COUNT = r"(?P<count>\d{1,3}|[一二三四五六七八九十两]{1,3}|半)"
_UNIT = r"个?(?P<unit>工作日|自然日|日|天|周|星期|月)"
_AFTER = re.compile(
    rf"(?P<event>(?:活动|工作|行动|整治|培训|演练|会议|检查|比赛|竞赛|宣传周|宣传月|任务|全部)?(?:全部)?(?:结束|完成|收官)|"
    rf"(?:收到|接到|接|收)(?:本)?(?:通知|文件|文)|(?:本)?(?:通知|文件)?(?:印发|下发|发布|发文))(?:之)?(?:日起|后|日)?(?:的)?[，,]?{_COUNT}{_UNIT}(?:之|以)?内"
)
_WITHIN = re.compile(rf"(?<![\d月年日后起]){_COUNT}{_UNIT}(?:之|以)?内")
_NAMED_WEEKDAY = re.compile(
    rf"(?P<which>本|这|下|下下)(?:周|星期|礼拜)(?P<day>[一二三四五六日天])(?:{_CLOCK})?{_NO_LATER}"
)
_BARE_DAY = re.compile(
    rf"(?:(?P<near>本月|当月|下月|次月)|(?<![\d月年.〔—–-]))(?P<day>3[01]|[12]?\d)[日号](?:每[天日])?(?:{_CLOCK})?(?:[之以]?前|截止|(?=[、和及]\d{{1,2}}[日号]))"
)
_THIS_END = re.compile(rf"(?P<which>本月|当月|月|本年|今年|当年|年)(?:底|末)(?:{_CLOCK})?{_NO_LATER}")
_EVENT = re.compile(
    r"(?:(?:整个|全部)?(?:活动|工作|行动|整治|培训|演练|会议)(?:全部)?(?:结束|完成)(?P<side>前|后|时|之后|之前)?(?:及时|立即|尽快|第一时间)?)"
)
_PROMPT = re.compile(rf"{word('submission', 'prompt')}|尽快|立即|按时|按期|定期|按月|按周|按季度|逐月|逐周")


@dataclass(frozen=True, slots=True)
class Frame:
    """What a deadline's words are read against."""

    almanac: Almanac
    period: Period | None
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Rule:
    """The notice's words on one deadline, where they stand, and the moments that they mean.

    ``why`` says in Chinese what is doubtful ("" if nothing is); ``prompt`` marks 及时, 随时: no date is meant.
    """

    words: str
    start: int
    end: int
    due: tuple[datetime, ...] = ()
    why: str = ""
    prompt: bool = False
    is_date: bool = False


def find_rules(text: str, frame: Frame) -> tuple[Rule, ...]:
    """All deadlines that ``text`` words, in order, none inside another."""
    found: list[Rule] = []
    for reader in (_recurring, _after, _on_days, _relative, _events):
        for rule in reader(text, frame):
            if not any(rule.start < other.end and other.start < rule.end for other in found):
                found.append(rule)
    return tuple(sorted(found, key=lambda rule: rule.start))


# -- days -------------------------------------------------------------------------------------------------------------


def _on_days(text: str, frame: Frame) -> Iterator[Rule]:
    """6月30日前, 6月30日17:00前, 6月30日下班前, 6月底前; of a range (6月1日至6月10日) the last day."""
    spans = find_ranges(text)
    for span in spans:
        if not _EACH.search(text, span.end) or _BEFORE.match(text, span.end):
            yield from _on_day(text, span.start, span.end, span.finish, frame)
    for day in find_days(text):
        if not any(span.start <= day.start < span.end for span in spans):
            yield from _on_day(text, day.start, day.end, day, frame)


def _on_day(text: str, start: int, end: int, day: Day, frame: Frame) -> Iterator[Rule]:
    after = _AFTER_DAY.match(text, end)
    assert after
    is_month = day.day is None and not day.part
    if is_month and not re.search(r"前|内|止", after.group()):
        return
    if text[max(0, start - 2) : start] == "截至" and "前" not in after.group():
        return
    if _BEGINS.match(text, after.end()):
        return
    yield _dated(text[start : after.end()], start, after, day, frame)


def _dated(words: str, start: int, after: re.Match[str], day: Day, frame: Frame) -> Rule:
    on = frame.almanac.date_of(day)
    if on is None:
        known = day.year is not None or frame.almanac.base_year is not None
        why = "没有这一天" if known else "通知没有写明年份，也没有落款日期"
        return Rule(words, start, after.end(), why=why, is_date=True)
    clock, why = _clock(after)
    if day.day is None and not day.part:
        on, why = _month_before(on, words), why or "只写了月份"
    elif day.is_vague:
        why = why or f"“{words}”没有写明哪一天"
    return Rule(words, start, after.end(), (_at(on, clock, frame.zone),), why, is_date=True)


def _month_before(last: date, words: str) -> date:
    """6月前 ends with May, 6月内 with June."""
    return date(last.year, last.month, 1) - timedelta(days=1) if words.endswith("前") else last


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone)


def _clock(match: re.Match[str]) -> tuple[time, str]:
    """The hour that a deadline names, and what is doubtful about it."""
    words = match.group("clock")
    if not words:
        return END_OF_DAY, ""
    if words == "下班":
        closing = word("clock", "close_of_business")
        return time.fromisoformat(closing), f"“下班前”按{closing}计"
    if words in {"中午", "午间"}:
        return time.fromisoformat(word("clock", "noon")), ""
    hour = _count(match.group("hour"))
    minute = match.group("minute") or ""
    minutes = 30 if minute == "半" else int(minute) if minute.isdigit() else 0
    if (match.group("half") in {"下午", "晚上", "晚", "傍晚"} and hour < 12) or (
        match.group("half") == "中午" and hour < 3
    ):
        hour += 12
    if hour >= 24 or minutes > 59:
        return END_OF_DAY, "" if hour == 24 else f"没有“{words}”这个时刻"
    return time(hour, minutes), ""


def _count(words: str) -> int:
    if words.isdigit():
        return int(words)
    return 2 if words == "两" else chinese_number(words.replace("两", "二")) or 0


# -- recurring --------------------------------------------------------------------------------------------------------


def _recurring(text: str, frame: Frame) -> Iterator[Rule]:
    """每周五前, 每月25日前, 每季度末前, 每日17时前: a moment for each date in the period, or in the sentence's own.

    3月28日至4月6日实行日报制度，各地于每日16:00前报送… recurs in these days alone.
    """
    every_ = _EACH.search(text)
    spans = [span for span in find_ranges(text) if every_ and span.end <= every_.start()]
    own = frame.almanac.period_of(spans[-1]) if spans else _from_then_on(text, frame, every_.start() if every_ else 0)
    frame = replace(frame, period=own or frame.period)
    for match in _WEEKLY.finditer(text):
        yield _each(match, frame, weekdays(match.group("days")))
    for match in _MONTHLY.finditer(text):
        yield _each(match, frame, month_days(match.group("days")))
    for match in _QUARTERLY.finditer(text):
        yield _each(match, frame, quarter_days(match.group("day")))
    for match in _EVERY.finditer(text):
        rule = _each(match, frame, every(match.group("every"), frame.period))
        yield replace(rule, why=rule.why or f"“{match.group()}”没有写明哪一天") if rule.due else rule
    for match in _DAILY.finditer(text):
        if match.group("clock") or match.group().endswith("前"):
            yield _each(match, frame, Recurrence(workdays="工作" in match.group()))


def _from_then_on(text: str, frame: Frame, end: int) -> Period | None:
    """自11月30日起，每周一…: the period from that day on."""
    for day in find_days(text[:end]):
        first = frame.almanac.date_of(day, last=False)
        if frame.period and first and first in frame.period and _BEGINS.match(text, day.end):
            return Period(first, frame.period.to)
    return None


def _each(match: re.Match[str], frame: Frame, pattern: Recurrence) -> Rule:
    words = match.group()
    if frame.period is None:
        return Rule(words, match.start(), match.end(), why="重复的期限需要活动的起止时间才能算出日期", is_date=True)
    clock, why = _clock(match) if "clock" in match.re.groupindex else (END_OF_DAY, "")
    length = min((frame.period.to - frame.period.from_).days + 1, 3700)
    days = [day for offset in range(length) if (day := frame.period.from_ + timedelta(days=offset)) in pattern]
    if len(days) > MAX_RECURRENCES:
        return Rule(words, match.start(), match.end(), why=f"活动期间共有{len(days)}个期限，没有逐一列出", is_date=True)
    why = why or ("" if days else "活动期间没有这样的日子")
    return Rule(
        words, match.start(), match.end(), tuple(_at(day, clock, frame.zone) for day in days), why, is_date=True
    )


# -- after an event, or relative to the notice ------------------------------------------------------------------------


def _after(text: str, frame: Frame) -> Iterator[Rule]:
    """活动结束后5个工作日内, 收到通知后3日内, 10个工作日内."""
    for match in _AFTER.finditer(text):
        at_end = re.search(r"结束|完成|收官", match.group("event")) is not None
        start = (frame.period.to if frame.period else None) if at_end else frame.almanac.issued_on
        missing = "活动结束日期不明" if at_end else "通知没有落款日期"
        yield _counted(match, start, frame, missing, "" if at_end else "从落款日期起算")
    for match in _WITHIN.finditer(text):
        yield _counted(match, frame.almanac.issued_on, frame, "通知没有落款日期", "没有写明从哪天起算，按落款日期计")


def _counted(match: re.Match[str], start: date | None, frame: Frame, missing: str, doubt: str) -> Rule:
    words, unit = match.group(), match.group("unit")
    if start is None:
        return Rule(words, match.start(), match.end(), why=missing, is_date=True)
    count = match.group("count")
    if unit == "工作日":
        day, why = add_workdays(start, _count(count))
    else:
        day, why = _add(start, count, unit), ""
    why = "；".join(part for part in (doubt, why) if part)
    return Rule(words, match.start(), match.end(), (_at(day, END_OF_DAY, frame.zone),), why, is_date=True)


def _add(start: date, count: str, unit: str) -> date:
    if count == "半":
        return start + timedelta(days=15 if unit == "月" else 4)
    if unit == "月":
        months = start.year * 12 + start.month - 1 + _count(count)
        return start.replace(
            year=months // 12, month=months % 12 + 1, day=min(start.day, month_end(months // 12, months % 12 + 1).day)
        )
    return start + timedelta(days=_count(count) * (7 if unit in {"周", "星期"} else 1))


def _relative(text: str, frame: Frame) -> Iterator[Rule]:
    """本周五前, 下周三17:00前, 本月底前, 年底前, 30日前."""
    issued = frame.almanac.issued_on
    for match in _NAMED_WEEKDAY.finditer(text):
        weeks = {"下": 1, "下下": 2}.get(match.group("which"), 0)
        monday = issued - timedelta(days=issued.weekday()) if issued else None
        yield _placed(match, monday and monday + timedelta(days=7 * weeks + weekday(match.group("day"))), frame)
    for match in _THIS_END.finditer(text):
        if not text[match.start() - 1 : match.start()].isdigit():
            yield _placed(match, _end_of(match.group("which"), frame), frame)
    for match in _BARE_DAY.finditer(text):
        before = text[: match.start()] if match.group("near") is None else ""
        rule = _placed(match, _bare_day(match, before, frame), frame)
        yield replace(rule, why=_clock(match)[1]) if rule.due and find_days(before) else rule


def _placed(match: re.Match[str], day: date | None, frame: Frame) -> Rule:
    if day is None:
        return Rule(match.group(), match.start(), match.end(), why="通知没有写明日期从何算起", is_date=True)
    clock, why = _clock(match)
    doubt = why or f"“{match.group()}”按{day.isoformat()}计"
    return Rule(match.group(), match.start(), match.end(), (_at(day, clock, frame.zone),), doubt, is_date=True)


def _end_of(which: str, frame: Frame) -> date | None:
    base = frame.period.to if frame.period else frame.almanac.issued_on
    if "年" in which:
        year = frame.almanac.base_year or (base.year if base else None)
        return date(year, 12, 31) if year else None
    return month_end(base.year, base.month) if base else None


def _bare_day(match: re.Match[str], before: str, frame: Frame) -> date | None:
    number, near, issued = int(match.group("day")), match.group("near"), frame.almanac.issued_on
    if near and issued:
        following = month_end(issued.year, issued.month) + timedelta(days=1)
        return _day_in(issued if near in {"本月", "当月"} else following, number)
    return _same_month(number, before, frame)


def _same_month(number: int, before: str, frame: Frame) -> date | None:
    """The day of the month that was named last, else of the notice's (or the next) month."""
    named = [day for day in find_days(before) if day.day is not None]
    if named:
        last = frame.almanac.date_of(named[-1])
        return _day_in(last, number) if last else None
    issued = frame.almanac.issued_on
    if issued is None:
        return None
    here = _day_in(issued, number)
    return (
        here if here and here >= issued else _day_in(month_end(issued.year, issued.month) + timedelta(days=1), number)
    )


def _day_in(month: date, number: int) -> date | None:
    return month.replace(day=number) if 1 <= number <= month_end(month.year, month.month).day else None


def _events(text: str, frame: Frame) -> Iterator[Rule]:
    """活动结束前, 活动结束后及时, 及时, 随时."""
    for match in _EVENT.finditer(text):
        side = match.group("side") or ""
        if "前" in side and frame.period:
            yield Rule(
                match.group(), match.start(), match.end(), (_at(frame.period.to, END_OF_DAY, frame.zone),), is_date=True
            )
        elif "前" in side or "后" in side:
            yield Rule(match.group(), match.start(), match.end(), why=f"“{match.group()}”没有写明日期", is_date=True)
    for match in _PROMPT.finditer(text):
        yield Rule(match.group(), match.start(), match.end(), prompt=True)
