"""The reminder list, the chat paragraph and the list for calling."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from digest.reminders import reminder_calls, reminder_letter, reminder_text
from records.boards import Board
from records.campaigns import Requirement
from records.units import Unit
from records.words import Language
from tests.digest_data import CAMPAIGN, DUE, UNITS, ZONE, at, board_of, owes

BEFORE = at(28, 9)
AFTER = datetime(2031, 10, 2, 9, tzinfo=ZONE)


def usual(as_of: datetime = BEFORE) -> Board:
    """One received, one waiting, two missing: one with promise and extension."""
    extended = datetime(2031, 10, 3, 12, tzinfo=ZONE)
    return board_of(
        owes(UNITS[0], "received", received_at=at(20)),
        owes(UNITS[1], "waiting"),
        owes(UNITS[2], promised=date(2031, 9, 29), extended_until=extended, due=extended),
        owes(UNITS[3], last_heard=at(12)),
        as_of=as_of,
    )


def test_the_letter_lists_who_is_missing_and_how_long_there_is() -> None:
    """By category, with days left, promise, extension, last mail; those who wait are named as not reminded."""
    letter = reminder_letter([usual()], BEFORE)
    assert letter.subject == "【催报清单】9月28日：未报2家，还剩2天 — 2031年秋季“防火宣传周”活动"
    assert "- 某某市红枫苗圃 〔还剩5天〕〔承诺9月29日报〕〔延期至10月3日 12:00〕\n    联系人：乙某" in letter.text
    assert "- 某某市银杏苗圃 〔还剩2天〕\n    最近来信：9月12日 10:00" in letter.text
    assert "已来件、待复核，暂不催：某某市白桦林场" in letter.text
    assert "青松" not in letter.text


def test_after_the_deadline_the_days_past_are_told_and_an_extension_still_runs() -> None:
    """Each unit is judged by its own deadline."""
    text = reminder_letter([usual()], AFTER).text
    assert "- 某某市银杏苗圃 〔已过2天〕" in text
    assert "- 某某市红枫苗圃 〔还剩1天〕〔承诺9月29日报（已过）〕" in text


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(30, 9), "今天截止"),
        (datetime(2031, 9, 30, 23, 59, 59, tzinfo=ZONE), "今天截止"),
        (datetime(2031, 10, 1, 0, 0, 0, tzinfo=ZONE), "已过1天"),
        (at(29, 23), "还剩1天"),
    ],
)
def test_the_last_second_of_the_day_is_still_in_time(now: datetime, expected: str) -> None:
    """ "X日前" includes X until 23:59:59."""
    assert expected in reminder_letter([usual()], now).subject


def test_an_hour_that_has_passed_today_is_past() -> None:
    """A deadline at noon is over in the afternoon of its day."""
    noon = replace(CAMPAIGN.requirements[0], due=at(28, 12))
    board = board_of(owes(UNITS[0], due=at(28, 12)), requirement=noon)
    assert "今天已截止" in reminder_letter([board], at(28, 15)).subject


def test_the_chat_paragraph_is_one_polite_paragraph() -> None:
    """Greeting, campaign, deadline, short names, mailbox, contact; no line break, nobody who reported or waits."""
    assert reminder_text([usual()], BEFORE) == (
        "各单位好！2031年秋季“防火宣传周”活动的秋季防火总结请于9月30日 23:59前报送（还剩2天），"
        "以下2家单位的我们还没有收到：红枫苗圃（已延至10月3日）、银杏苗圃。报送邮箱：box@example.com。已报送的单位请忽略本消息，感谢支持！"
        "联系人：值班室 000-1234。"
    )
    after = reminder_text([usual()], AFTER)
    assert "已于9月30日 23:59截止" in after
    assert "请尽快报送：红枫苗圃（已延至10月3日）、银杏苗圃。" in after


def test_when_everybody_has_reported_the_group_is_thanked() -> None:
    """Also while one report is still under review."""
    board = board_of(owes(UNITS[0], "received"), owes(UNITS[1], "waiting"), owes(UNITS[2], "exempt"))
    assert reminder_text([board], AFTER) == (
        "各单位好！截至10月2日 09:00，各单位的秋季防火总结均已收到，感谢大家的支持与配合！"
    )
    assert "均已报送" in reminder_letter([board], AFTER).subject


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_is_asked_where_nothing_is_due(language: Language) -> None:
    """Voluntary requirements and those without a date remind nobody, in no form."""
    boards = [
        board_of(owes(UNITS[0]), requirement=Requirement("v", "自愿", "summary", DUE, "", required=False)),
        board_of(owes(UNITS[0]), requirement=Requirement("n", "随时", "material", None, "及时报送")),
    ]
    said = (reminder_text(boards, AFTER, language), reminder_letter(boards, AFTER, language).text)
    assert all("林场" not in text for text in (*said, reminder_calls(boards, language)))
    assert reminder_text([], AFTER, language) == said[0]


def test_the_calling_list_has_names_telephones_and_promises_in_columns() -> None:
    """One line a unit, columns below one another although Chinese letters are twice as wide."""
    board = board_of(owes(UNITS[1]), owes(UNITS[2], promised=date(2031, 9, 29)), as_of=BEFORE)
    lines = reminder_calls([board]).splitlines()
    assert lines[1].split() == ["单位", "联系人", "电话", "第二联系人", "备注"]
    assert lines[2].split() == ["某某市白桦林场", "甲某", "000-5678", "—", "—"]
    assert lines[3].split() == ["某某市红枫苗圃", "乙某", "—", "丙某", "承诺9月29日报"]
    assert lines[2].index("甲某") == lines[3].index("乙某")
    assert reminder_calls([board_of(owes(UNITS[0], "received"))]) == "目前没有需要打电话的单位。"


def test_several_requirements_stand_in_one_list() -> None:
    """Each with its own units and deadline; a unit that misses two counts once in the subject."""
    plan = Requirement("p", "工作方案", "summary", at(15), "9月15日前")
    boards = [usual(), board_of(owes(UNITS[3], due=at(15)), as_of=BEFORE, requirement=plan)]
    letter = reminder_letter(boards, BEFORE)
    assert "未报2家" in letter.subject
    assert "【秋季防火总结：未报 2 家】" in letter.text
    assert "【工作方案：未报 1 家】" in letter.text
    text = reminder_text(boards, BEFORE)
    assert "工作方案已于9月15日 10:00截止" in text
    assert text.count("各单位好") == 1


def test_times_follow_the_zone_of_now() -> None:
    """A deadline kept in UTC is told as the office's clocks show it."""
    utc = replace(CAMPAIGN.requirements[0], due=DUE.astimezone(UTC))
    board = board_of(owes(UNITS[0], due=DUE.astimezone(UTC)), requirement=utc)
    assert "9月30日 23:59" in reminder_text([board], BEFORE)


def test_a_hostile_roster_and_notice_stay_text() -> None:
    """Tags, line breaks and bidi characters of names change neither the HTML nor the paragraph."""
    evil = Unit("E", "甲<b>\u202e\n乙", "类<i>", contact="<u>丙", phone="1\n2")
    asked = replace(CAMPAIGN.requirements[0], what="总结<script>")
    board = board_of(owes(evil), requirement=asked)
    letter = reminder_letter([board], BEFORE)
    assert not re.search("<b>甲<b>|<script|<i>|<u>", letter.html)
    assert "甲&lt;b&gt; 乙" in letter.html
    assert "\n" not in reminder_text([board], BEFORE)


def test_the_list_goes_along_as_a_workbook() -> None:
    """未报名单 holds those who are missing, with contacts, and nobody else."""
    (workbook,) = reminder_letter([usual()], BEFORE).attachments
    assert workbook.filename == "未报名单2031-09-28.xlsx"
    sheet = load_workbook(BytesIO(workbook.content))["未报名单"]
    assert [row[2] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["某某市红枫苗圃", "某某市银杏苗圃"]
