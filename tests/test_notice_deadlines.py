"""Deadlines in the words of notices, and the moments that they mean."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from filing.notice.dates import Almanac, find_ranges
from filing.notice.deadlines import Frame, Rule, find_rules
from filing.notice.workdays import add_workdays
from records.campaigns import Period

SEPTEMBER = Period(date(2025, 9, 1), date(2025, 9, 30))


def _rules(text: str, issued_on: date | None = date(2025, 9, 1), period: Period | None = SEPTEMBER) -> tuple[Rule, ...]:
    return find_rules(text, Frame(Almanac(issued_on), period, ZoneInfo("Asia/Shanghai")))


def _moments(text: str, issued_on: date = date(2025, 9, 1)) -> list[str]:
    return [f"{moment:%Y-%m-%dT%H:%M:%S%z}" for rule in _rules(text, issued_on) for moment in rule.due]


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("9月30日前", "2025-09-30T23:59:59+0800"),
        ("9月30日之前", "2025-09-30T23:59:59+0800"),
        ("九月三十日前", "2025-09-30T23:59:59+0800"),
        ("二〇二五年九月三十日前", "2025-09-30T23:59:59+0800"),
        ("2025-09-30前", "2025-09-30T23:59:59+0800"),
        ("2025/9/30前", "2025-09-30T23:59:59+0800"),
        ("2025.9.30前", "2025-09-30T23:59:59+0800"),
        ("9月30日17:00前", "2025-09-30T17:00:00+0800"),
        ("9月30日（周二）17：30前", "2025-09-30T17:30:00+0800"),
        ("9月30日下午5点前", "2025-09-30T17:00:00+0800"),
        ("9月30日下午五时半前", "2025-09-30T17:30:00+0800"),
        ("9月30日上午10时前", "2025-09-30T10:00:00+0800"),
        ("9月30日中午前", "2025-09-30T12:00:00+0800"),
        ("9月30日中午12点前", "2025-09-30T12:00:00+0800"),
        ("9月30日24时前", "2025-09-30T23:59:59+0800"),
        ("9月30日下班前", "2025-09-30T17:30:00+0800"),
        ("9月底前", "2025-09-30T23:59:59+0800"),
        ("9月上旬前", "2025-09-10T23:59:59+0800"),
        ("9月1日至9月10日", "2025-09-10T23:59:59+0800"),
        ("9月1日至10日", "2025-09-10T23:59:59+0800"),
        ("本周五前", "2025-09-05T23:59:59+0800"),
        ("下周三12:00前", "2025-09-10T12:00:00+0800"),
        ("月底前", "2025-09-30T23:59:59+0800"),
        ("年底前", "2025-12-31T23:59:59+0800"),
        ("收到通知后3日内", "2025-09-04T23:59:59+0800"),
        ("5个工作日内", "2025-09-08T23:59:59+0800"),
        ("活动结束后一周内", "2025-10-07T23:59:59+0800"),
        ("活动结束后5个工作日内", "2025-10-14T23:59:59+0800"),
        ("活动结束前", "2025-09-30T23:59:59+0800"),
        ("1月10日前", "2026-01-10T23:59:59+0800"),
        ("次年1月10日前", "2026-01-10T23:59:59+0800"),
    ],
)
def test_words_mean_one_moment(words: str, moment: str) -> None:
    """A day lasts to its last second, an hour is the hour, in the zone of the campaign; the words are kept."""
    (rule,) = _rules(f"请于{words}报送总结")

    assert [f"{due:%Y-%m-%dT%H:%M:%S%z}" for due in rule.due] == [moment]
    assert rule.words == words


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("每周五前", ["05", "12", "19", "26"]),
        ("每星期一、星期四前", ["01", "04", "08", "11", "15", "18", "22", "25", "29"]),
        ("每月25日前", ["25"]),
        ("每月5日、20日前", ["05", "20"]),
        ("每月底前", ["30"]),
        ("每季度末前", ["30"]),
        ("9月10日、20日、30日前", ["10", "20", "30"]),
    ],
)
def test_recurring_deadlines_stand_once_for_each_date_in_the_period(words: str, days: list[str]) -> None:
    """Each date in the period, its first and last day included, is a deadline of its own."""
    assert [moment[8:10] for moment in _moments(f"请于{words}报送进展")] == days


@pytest.mark.parametrize(
    "words", ["9月30日下班前", "9月初前", "收到通知后3日内", "5个工作日内", "本周五前", "10月前", "年底前"]
)
def test_what_we_had_to_guess_is_marked(words: str) -> None:
    """Where the words leave the moment open, the rule says what was assumed."""
    assert all(rule.why for rule in _rules(f"请于{words}报送总结"))


@pytest.mark.parametrize("words", ["及时", "随时", "第一时间"])
def test_promptness_is_no_date(words: str) -> None:
    """及时 and the like give no moment."""
    assert [(rule.prompt, rule.due) for rule in _rules(f"资料{words}报送")] == [(True, ())]


@pytest.mark.parametrize("text", ["2月30日前", "9月31日前"])
def test_days_that_no_calendar_has_are_marked_not_moved(text: str) -> None:
    """A day that does not exist gives no deadline and a mark."""
    assert [(rule.due, rule.why) for rule in _rules(text)] == [((), "没有这一天")]


def test_without_any_year_there_is_no_deadline() -> None:
    """No signature's date and no year in sight: the rule stands, the moment does not."""
    assert [(rule.due, bool(rule.why)) for rule in _rules("6月30日前", issued_on=None)] == [((), True)]


def test_recurring_deadline_without_a_period_keeps_its_words() -> None:
    """每周五前 needs to know when the campaign runs."""
    assert [(rule.words, rule.due, bool(rule.why)) for rule in _rules("每周五前", period=None)] == [
        ("每周五前", (), True)
    ]


def test_working_days_pass_over_holidays_and_count_weekends_worked_for_them() -> None:
    """1–8 October 2025 are free, Saturday the 11th is worked."""
    assert add_workdays(date(2025, 9, 30), 3) == (date(2025, 10, 11), "")


def test_working_days_of_years_without_a_published_calendar_are_marked() -> None:
    """Monday to Friday is counted where the holidays are not known yet."""
    day, why = add_workdays(date(2093, 1, 2), 5)

    assert (day, bool(why)) == (date(2093, 1, 9), True)


@pytest.mark.parametrize(
    ("words", "issued_on", "period"),
    [
        ("5月30日—6月30日", "2025-05-26", ("2025-05-30", "2025-06-30")),
        ("5月30日——6月30日", "2025-05-26", ("2025-05-30", "2025-06-30")),
        ("6月1日起至6月30日止", "2025-05-26", ("2025-06-01", "2025-06-30")),
        ("6月1日-30日", "2025-05-26", ("2025-06-01", "2025-06-30")),
        ("6月1～7日", "2025-05-26", ("2025-06-01", "2025-06-07")),
        ("6月16日（周一）至6月20日（周五）", "2025-05-26", ("2025-06-16", "2025-06-20")),
        ("11月1日至次年3月15日", "2025-10-20", ("2025-11-01", "2026-03-15")),
        ("11月1日至3月15日", "2025-10-20", ("2025-11-01", "2026-03-15")),
        ("2025年12月1日至2026年1月31日", "2025-11-20", ("2025-12-01", "2026-01-31")),
        ("2025年12月1日至1月31日", "2025-11-20", ("2025-12-01", "2026-01-31")),
        ("1月1日至3月31日", "2025-12-20", ("2026-01-01", "2026-03-31")),
        ("3月至12月", "2025-04-10", ("2025-03-01", "2025-12-31")),
        ("2025年3—11月", "2025-03-10", ("2025-03-01", "2025-11-30")),
        ("即日起至6月30日", "2025-05-26", ("2025-05-26", "2025-06-30")),
        ("自发文之日起至12月底", "2025-05-26", ("2025-05-26", "2025-12-31")),
        ("5月下旬至6月底", "2025-05-26", ("2025-05-21", "2025-06-30")),
        ("2025.6.1-2025.6.30", "2025-05-26", ("2025-06-01", "2025-06-30")),
        ("二〇二五年六月一日至六月三十日", "2025-05-26", ("2025-06-01", "2025-06-30")),
    ],
)
def test_ranges_of_days_find_their_years(words: str, issued_on: str, period: tuple[str, str]) -> None:
    """A range without years lies where the notice's own date puts it, over a year's end too."""
    (span,) = find_ranges(words)

    found = Almanac(date.fromisoformat(issued_on)).period_of(span)

    assert found == Period(date.fromisoformat(period[0]), date.fromisoformat(period[1]))
