"""From when to when a notice's campaign runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from filing.notice.dates import Almanac, Range, find_days, find_ranges, month_end
from filing.notice.marks import chinese_number
from filing.notice.outline import Node
from filing.notice.words import pattern
from records.campaigns import Period
from records.extracts import Table

_LABEL = re.compile(
    r"(?:(?:活动|工作|开展|实施|整治|宣传|行动|培训|起止)(?:的)?|^|(?<=[。；\n]))(?:时间|周期|时限|期限)(?:安排)?"
    r"(?:为|是|从|自|：|:|定于|在)"
)
_HELD = re.compile(r"开展|组织|举办|举行|进行|实施|实行|启动|部署|集中|结束")
_IS_CAMPAIGN = re.compile(r"[为是][^，。；]{0,30}(?:月|周|季|日|期|年)")
_YEAR_LONG = re.compile(r"(?P<year>20\d\d)年(?:全年|1月(?:1日)?(?:至|—|-)12月)|全年")
_PAPER = re.compile(r"《[^》]{0,200}》")
_LASTING = re.compile(
    r"(?:为期|历时|用|利用|持续)(?P<count>\d{1,3}|[一二三四五六七八九十]{1,2})个?(?P<unit>天|日|周|星期|月)"
)
_DAYS_OF = {"天": 1, "日": 1, "周": 7, "星期": 7, "月": 30}
_TIME_COLUMN = re.compile(r"(?:活动|开展|实施|举办|完成)?(?:时间|日期)(?:安排)?")
_MEETING = re.compile(r"会议|会期|参会")  # whose day is not the campaign's
_QUARTER = re.compile(r"(?:(?P<year>20\d\d)年)?第?(?P<quarter>[一二三四])季度")


@dataclass(frozen=True, slots=True)
class FoundPeriod:
    """The period, the words it rests on, and in Chinese what is doubtful about it."""

    period: Period | None
    words: str = ""
    why: str = ""


def read_period(roots: Sequence[Node], title: str, almanac: Almanac, tables: Sequence[Table] = ()) -> FoundPeriod:
    """The period of the section on time, else of a labelled or telling sentence, phases, or the title's month.

    Else of all rows of a table that says when what is held.
    """
    readers = (_from_time_sections, _from_labels, _from_phases, _from_preamble)
    for reader in readers:
        for root in roots:
            found = reader(root, almanac)
            if found and found.period:
                return found
    found = _from_month(title, roots, almanac) or _from_anywhere(roots, almanac) or _from_tables(tables, almanac)
    return found or FoundPeriod(None, "", "没有找到活动的起止时间")


# -- the section on time ----------------------------------------------------------------------------------------------


def _from_time_sections(root: Node, almanac: Almanac) -> FoundPeriod | None:
    nodes = [node for node in root.walk() if node.role == "time"]
    nodes.sort(key=lambda node: 0 if re.search(r"活动|起止|工作|实施|开展|^时间", node.title) else 1)
    for node in nodes:
        found = _in_text(_without_requests(node.content() or node.own_text()), almanac)
        if found and found.period and not re.search(r"报送|截止|报名|填报", node.title):
            return found
    return None


def _without_requests(text: str) -> str:
    """``text`` without the sentences that ask for reports: their days are deadlines."""
    verb = pattern("submission", "verb")
    return "".join(part for part in re.split(r"(?<=[。；\n])", text) if not verb.search(part))


def _in_text(text: str, almanac: Almanac) -> FoundPeriod | None:
    plain = _PAPER.sub("", text)
    spans = [(span, period) for span in find_ranges(plain) if (period := almanac.period_of(span))]
    if len(spans) > 1:
        return _widest(plain, spans)
    if spans:
        return _whole_month(plain, spans[0][1], almanac) or _one(plain, *spans[0])
    return _without_range(plain, almanac)


def _whole_month(text: str, inner: Period, almanac: Almanac) -> FoundPeriod | None:
    """2026年6月，6月20日至26日为集中宣传周: the month, where the range is only a part of it."""
    for day in find_days(text):
        first, last = almanac.date_of(day, last=False), almanac.date_of(day)
        if day.day is None and not day.part and first and last and first <= inner.from_ and inner.to <= last:
            return FoundPeriod(Period(first, last), text[day.start : day.end])
    return None


def _one(text: str, span: Range, period: Period) -> FoundPeriod:
    words = text[span.start : span.end]
    return FoundPeriod(period, words, f"“{words}”没有写明日期" if span.is_vague else "")


def _widest(text: str, spans: Sequence[tuple[Range, Period]]) -> FoundPeriod:
    """Several ranges: one that holds all others, else from the first day to the last."""
    whole = Period(min(period.from_ for _, period in spans), max(period.to for _, period in spans))
    holder = next((span for span, period in spans if period == whole), None)
    words = text[holder.start : holder.end] if holder else "；".join(text[span.start : span.end] for span, _ in spans)
    return FoundPeriod(whole, words, "" if holder else "由各阶段的起止日期合成")


def _without_range(text: str, almanac: Almanac) -> FoundPeriod | None:
    """全年, 第三季度, 6月, 9月15日: a stretch or a day without 至."""
    year_long, quarter = _YEAR_LONG.search(text), _QUARTER.search(text)
    if year_long:
        year = int(year_long.group("year") or almanac.year or almanac.base_year or 0)
        return FoundPeriod(Period(date(year, 1, 1), date(year, 12, 31)), year_long.group()) if year else None
    if quarter:
        return _quarter(quarter, almanac)
    days = find_days(text)
    if not days:
        return None
    lasting = _from_day_on(text, almanac)
    if lasting:
        return lasting
    first, last = almanac.date_of(days[0], last=False), almanac.date_of(days[-1])
    if not first or not last or first > last:
        return None
    words = text[days[0].start : days[-1].end]
    return FoundPeriod(
        Period(first, last), words, "" if len(days) == 1 and not days[0].is_vague else "没有写成“某日至某日”"
    )


def _lasting(first: date, match: re.Match[str]) -> Period:
    """6月1日起，为期一个月: that many days, the first included."""
    count = int(match.group("count")) if match.group("count").isdigit() else chinese_number(match.group("count"))
    return Period(first, first + timedelta(days=_DAYS_OF[match.group("unit")] * (count or 1) - 1))


def _quarter(match: re.Match[str], almanac: Almanac) -> FoundPeriod | None:
    year = int(match.group("year") or almanac.base_year or 0)
    last = ("一二三四".index(match.group("quarter")) + 1) * 3
    return FoundPeriod(Period(date(year, last - 2, 1), month_end(year, last)), match.group()) if year else None


# -- elsewhere --------------------------------------------------------------------------------------------------------


def _from_labels(root: Node, almanac: Almanac) -> FoundPeriod | None:
    """活动时间为6月1日至6月30日, anywhere."""
    for text in _texts(root):
        for label in _LABEL.finditer(text):
            found = _in_text(re.split(r"[。；\n]", text[label.end() :], maxsplit=1)[0], almanac)
            if found and found.period:
                return found
    return None


def _from_phases(root: Node, almanac: Almanac) -> FoundPeriod | None:
    """动员部署阶段（6月1日—6月10日） … 总结阶段（…）: from the first phase's first day to the last one's last."""
    spans: list[tuple[Range, Period]] = []
    words: list[str] = []
    for node in root.walk():
        if pattern("not_activity", "phase").search(re.sub(r"[（(][^）)]*[）)]$", "", node.title)):
            text = f"{node.title}\n{node.content()}"
            first = next(((span, period) for span in find_ranges(text) if (period := almanac.period_of(span))), None)
            if first:
                spans.append(first)
                words.append(text[first[0].start : first[0].end])
    if len(spans) < 2:
        return None
    whole = Period(min(period.from_ for _, period in spans), max(period.to for _, period in spans))
    return FoundPeriod(whole, "；".join(words), "由各阶段的起止日期合成")


def _from_preamble(root: Node, almanac: Almanac) -> FoundPeriod | None:
    """定于6月1日至30日在全区开展…, in the first paragraphs."""
    for text in [*root.paragraphs[:4], *(node.own_text() for node in root.children[:3])]:
        plain = _PAPER.sub("", text)
        for sentence in re.split(r"[。；\n]", plain):
            spans = [(span, period) for span in find_ranges(sentence) if (period := almanac.period_of(span))]
            lasting = _from_day_on(sentence, almanac) if not spans and _HELD.search(sentence) else None
            if lasting:
                return lasting
            told = spans and sentence[: spans[0][0].start].endswith(("从", "自"))
            if spans and (told or _HELD.search(sentence) or _IS_CAMPAIGN.match(sentence, spans[0][0].end)):
                return _one(sentence, *spans[0])
    return None


def _from_anywhere(roots: Sequence[Node], almanac: Almanac) -> FoundPeriod | None:
    """The first range of days on which something is held, wherever it stands."""
    sentences = (
        part for root in roots for text in _texts(root) for part in re.split(r"[。；\n]", _PAPER.sub("", text))
    )
    for sentence in sentences:
        for span in find_ranges(sentence):
            found = almanac.period_of(span)
            if found and _HELD.match(sentence, span.end):
                words = sentence[span.start : span.end]
                return FoundPeriod(found, words, f"没有写明活动时间，取自“{words}”")
    return None


def _from_tables(tables: Sequence[Table], almanac: Almanac) -> FoundPeriod | None:
    """9月, 9月至11月, 10月中旬 below 时间: from the first day to the last."""
    for table in tables:
        heads = ["".join(cell.split()) for cell in table.rows[0]] if table.rows else []
        at = next((index for index, head in enumerate(heads) if _TIME_COLUMN.fullmatch(head)), None)
        cells = [row[at] for row in table.rows[1:] if len(row) > at] if at is not None else []
        found = [(one.period, one.words) for cell in cells if (one := _in_text(cell, almanac)) and one.period]
        if len(found) >= 2:
            whole = Period(min(one.from_ for one, _ in found), max(one.to for one, _ in found))
            return FoundPeriod(whole, "；".join(words for _, words in found), "由表中各项活动的时间合成")
    return None


def _from_day_on(sentence: str, almanac: Almanac) -> FoundPeriod | None:
    """自9月7日起，用一个月时间在全县开展…: a first day and how long."""
    days, lasting = find_days(sentence), _LASTING.search(sentence)
    first = almanac.date_of(days[0], last=False) if days and days[0].day else None
    if not lasting or not first or lasting.start() < days[0].end:
        return None
    return FoundPeriod(_lasting(first, lasting), sentence[days[0].start : lasting.end()], "由“为期”推算")


def _from_month(title: str, roots: Sequence[Node], almanac: Almanac) -> FoundPeriod | None:
    """The month or day that the title or the first paragraph names: 今年6月是…“安全生产月”."""
    texts = [title, *(text for root in roots[:1] for text in root.paragraphs[:2])]
    for text in texts:
        plain = _PAPER.sub("", text)
        for day in find_days(plain):
            first, last = almanac.date_of(day, last=False), almanac.date_of(day)
            if first and last and day.day is None:
                words = plain[day.start : day.end]
                return FoundPeriod(Period(first, last), words, f"没有写明起止时间，按“{words}”计")
    return None


def _texts(root: Node) -> Iterator[str]:
    yield from root.paragraphs
    for node in root.walk():
        if node is not root and not _MEETING.search(node.title):
            yield node.own_text()
