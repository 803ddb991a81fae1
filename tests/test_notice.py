"""The notice reader on whole notices: the sample and sixty invented ones of other offices, fields and layouts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import east_asian_width

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filing.files.campaign_json import campaign_to_json
from filing.notice.reading import read_notice, read_with_notes
from records.campaigns import Period
from records.errors import UsageError
from records.extracts import Table
from records.units import Roster, Unit
from tests.notice_cases import CASES, Case, Due, day
from tests.notice_cases_further import FURTHER
from tests.notice_cases_more import MORE

SAMPLE = CASES[0]
ALL = (*CASES, *MORE, *FURTHER)
_all = pytest.mark.parametrize("case", ALL, ids=[case.file for case in ALL])


def _period(pair: tuple[str, str] | None) -> Period | None:
    return Period(day(pair[0]), day(pair[1])) if pair else None


@_all
def test_head_and_foot_are_read_from_letterhead_title_and_signature(case: Case) -> None:
    """Title, issuer, number, date and addressees come from where each layout puts them."""
    campaign = read_notice(case.text)

    assert (campaign.id, campaign.title, campaign.issuer) == (case.id, case.title, case.issuer)
    assert (campaign.document_number, campaign.issued_on) == (case.number, day(case.issued_on))
    assert len(campaign.addressees) == case.addressees


@_all
def test_period_and_theme_are_those_of_the_notice(case: Case) -> None:
    """Days without a year take it from the notice, over a year's end too; what is not told is not invented."""
    campaign = read_notice(case.text)

    assert (campaign.period, campaign.theme) == (_period(case.period), case.theme)
    assert (campaign.period is None) == any(
        unsure.field == "period" and "没有找到" in unsure.why for unsure in campaign.unsure
    )


@_all
def test_requirements_say_what_is_due_when_from_whom(case: Case) -> None:
    """Each request stands once, with its deadline, kind and, where not all are meant, from whom."""
    found = [
        Due(item.kind, f"{item.due:%Y-%m-%dT%H:%M}" if item.due else None, item.required, item.what, item.categories)
        for item in read_notice(case.text).requirements
    ]

    assert [(item.kind, item.due, item.required, item.only) for item in found] == [
        (item.kind, item.due, item.required, item.only) for item in case.dues
    ]
    assert all(wanted.what in item.what for wanted, item in zip(case.dues, found, strict=True))


@_all
def test_requirements_keep_the_words_of_the_notice(case: Case) -> None:
    """A deadline's rule stands in the notice word for word, in China's time, a whole day to its last second."""
    plain = "".join(case.text.split())
    for item in read_notice(case.text).requirements:
        assert "".join(item.rule.split()) in plain.replace("６", "6")
        assert item.due is None or item.due.isoformat().endswith("+08:00")


@_all
def test_activities_are_the_items_of_the_content_section(case: Case) -> None:
    """By any numbering or none, in order, with ids from 1; requirements of organisation are no activities."""
    activities = read_notice(case.text).activities

    assert [activity.id for activity in activities] == [str(number) for number in range(1, len(case.activities) + 1)]
    assert all(found.title.startswith(title) for found, title in zip(activities, case.activities, strict=True))
    assert all(activity.cues for activity in activities)


@_all
def test_activities_know_what_is_voluntary_and_when(case: Case) -> None:
    """自愿, 不强制 and the like make an item voluntary; only days of its own that matter give it a period."""
    activities = read_notice(case.text).activities

    assert tuple(activity.id for activity in activities if not activity.required) == case.voluntary
    assert {activity.id: activity.period for activity in activities if activity.period} == {
        id_: Period(day(from_), day(to)) for id_, from_, to in case.own_periods
    }


@_all
def test_mailboxes_contacts_and_measures_are_found_however_written(case: Case) -> None:
    """Full-width, spaced, masked and broken addresses are read; names go with their telephones."""
    campaign = read_notice(case.text)

    assert campaign.mailboxes == case.mailboxes
    assert tuple((contact.name, contact.phone) for contact in campaign.contacts) == case.contacts
    assert tuple(measure.label for measure in campaign.measures) == case.measures


TABLE_NOTICE = (
    "云溪区文旅集团\n关于组织参加2025年“全民健身月”活动的通知\n各园区、各场馆：\n"
    "定于2025年8月组织开展“全民健身月”活动，活动项目见附件1。请各园区、场馆于8月31日前将活动情况统计表（附件2）和工作总结"
    "报送集团工会，邮箱jt_gh@example.com。\n附件：1.活动项目安排表\n2.活动情况统计表\n云溪区文旅集团\n2025年7月21日"
)


# -- layouts ----------------------------------------------------------------------------------------------------------


def _wrapped(text: str, columns: int, lines_a_page: int = 30) -> str:
    """``text`` as a PDF gives it: cut at ``columns``, a page number between pages."""
    lines = [piece for line in text.splitlines() for piece in _pieces(line.strip(), columns)]
    pages = [lines[start : start + lines_a_page] for start in range(0, len(lines), lines_a_page)]
    return "\n".join("\n".join(page) + f"\n\n— {number} —\n\f" for number, page in enumerate(pages, 1))


def _pieces(line: str, columns: int) -> Iterator[str]:
    piece, width = "", 0
    for character in line:
        wide = 2 if east_asian_width(character) in "WFA" else 1
        if width + wide > columns:
            yield piece
            piece, width = "", 0
        piece, width = piece + character, width + wide
    yield piece


_NOT_TO_CUT = "scan|fire-week|table|patriotic-health|veterans-prose"
"""Broken lines already, tables between blanks, and paragraphs that nothing but a line's length tells apart."""


@pytest.mark.parametrize("columns", [60, 72, 84])
@pytest.mark.parametrize(
    "case",
    [case for case in ALL if not re.search(_NOT_TO_CUT, case.file) and "\t" not in case.text and "|" not in case.text],
    ids=lambda case: case.file,
)
def test_lines_cut_at_a_pages_width_say_the_same(case: Case, columns: int) -> None:
    """The same notice as paragraphs and as a PDF's lines gives the same campaign."""
    whole = (
        case.text.replace("个个会\n\n应急", "个个会应急")
        .replace("训\n\n练营", "训练营")
        .replace("、新\n\n设备", "、新设备")
    )

    assert campaign_to_json(read_notice(_wrapped(whole, columns))) == campaign_to_json(read_notice(whole))


def test_page_cuts_in_the_middle_of_sentences_are_healed() -> None:
    """A page's end in the middle of an item leaves no gap in its text."""
    first, *_, seventh = read_notice(SAMPLE.text).activities

    assert "聚焦“人人讲安全、个个会应急”，要组织开展" in first.text
    assert "新技术、新设备、新系统" in seventh.text


@pytest.mark.parametrize(
    ("printed", "marks"),
    [
        ("brackets", "（一） （二） （三）"),
        ("half-width brackets", "(一) (二) (三)"),
        ("numbers", "1. 2. 3."),
        ("number and comma", "1、 2、 3、"),
        ("numbers in brackets", "（1） （2） （3）"),
        ("half brackets", "1) 2) 3)"),
        ("circles", "① ② ③"),
        ("is", "一是 二是 三是"),
        ("ordinals", "第一， 第二， 第三，"),
        ("named", "活动一： 活动二： 活动三："),
        ("bullets", "● ● ●"),
        ("none", "- - -"),
    ],
)
def test_any_numbering_gives_the_same_activities(printed: str, marks: str) -> None:
    """Numbers, circles, words or bullets: the items are the same, and printed as in the notice."""
    items = ("开展宣传咨询。设立咨询台，发放资料。", "组织应急演练。演练疏散逃生。", "举办知识培训。邀请专家授课。")
    body = "\n".join(mark + item for mark, item in zip(marks.split(), items, strict=True))
    text = (
        "某县民政局关于开展宣传活动的通知\n各单位：\n一、活动时间\n2025年6月1日至30日\n二、活动内容\n"
        f"{body}\n三、工作要求\n（一）加强领导。要高度重视。\n请于7月5日前报送总结。\n某县民政局\n2025年5月20日"
    )

    activities = read_notice(text).activities

    assert [activity.title for activity in activities] == ["开展宣传咨询", "组织应急演练", "举办知识培训"]
    numbered = printed not in {"bullets", "none"}
    assert [activity.printed for activity in activities] == (
        [mark.strip("，：") for mark in marks.split()] if numbered else [""] * 3
    )


def test_activities_and_measures_are_read_from_annexed_tables() -> None:
    """Where the text only points to a table, its rows are the activities and its columns the measures."""
    plan = Table(
        (
            ("序号", "活动名称", "时间", "地点"),
            ("1", "健步走", "8月8日", "滨河园区"),
            ("2", "广场舞展演", "8月15日", "中心场馆"),
        )
    )
    form = Table((("序号", "单位", "参与人数（人）", "健步走里程（公里）", "备注"), ("", "", "", "", "")))

    campaign = read_notice(TABLE_NOTICE, tables=(plan, form))

    assert [(activity.printed, activity.title) for activity in campaign.activities] == [
        ("1", "健步走"),
        ("2", "广场舞展演"),
    ]
    assert [(measure.label, measure.unit) for measure in campaign.measures] == [("健步走里程", "公里")]
    assert campaign.period == _period(("2025-08-01", "2025-08-31"))


# -- whom ------------------------------------------------------------------------------------------------------------


def test_roster_tells_which_categories_a_sentence_means() -> None:
    """公办学校 and 民办教育机构 are the roster's 公办校园 and 民办园; its names count, not the notice's."""
    units = (Unit("A", "云溪一小", "公办校园"), Unit("B", "云溪二小", "公办校园"), Unit("C", "小星星园", "民办园"))

    first, second = read_notice(CASES[1].text, roster=Roster(units)).requirements

    assert (first.categories, second.categories) == (("公办校园",), ("民办园",))


def test_category_that_the_roster_lacks_leaves_the_requirement_to_all() -> None:
    """A subject that nobody on the roster fits must not make a requirement that nobody owes; it is marked."""
    campaign = read_notice(CASES[1].text, roster=Roster((Unit("A", "云溪一小", "初中"), Unit("B", "云溪二小", "小学"))))

    assert all(item.categories == item.units == () for item in campaign.requirements)
    assert {unsure.field for unsure in campaign.unsure} >= {"requirements.r1.categories", "requirements.r2.categories"}


# -- doubt -----------------------------------------------------------------------------------------------------------


def test_notice_without_a_deadline_is_marked_and_none_is_invented() -> None:
    """The request stands without a date, and both the request and the notice are marked."""
    campaign = read_notice(next(case for case in CASES if case.file == "market-no-deadline").text)

    assert [(item.due, item.rule) for item in campaign.requirements] == [(None, "")]
    assert {unsure.field for unsure in campaign.unsure} >= {"requirements", "requirements.r1.due", "period"}


def test_end_of_office_hours_is_marked_as_a_guess() -> None:
    """下班前 names no hour: the one that we take is said to be ours."""
    campaign = read_notice(CASES[1].text)

    assert any(unsure.field == "requirements.r1.due" and "下班前" in unsure.why for unsure in campaign.unsure)


def test_notes_tell_the_words_behind_each_field() -> None:
    """Period, date and requirements come with the notice's own words."""
    notes = read_with_notes(SAMPLE.text).notes

    assert (notes["period"], notes["issued_on"]) == ("5月30日—6月30日", "2025年5月26日")
    assert "请各单位于6月30日前将活动总结报送至" in notes["requirements.r1"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\u3000\n",
        "今天天气很好，我们去公园玩。",
        "关于全国爱牙日活动的总结\n我院开展了活动，现将总结报送贵委。",
        "abc",
        "\x00\x01",
        "— 1 —",
    ],
)
def test_what_is_no_notice_is_refused_in_one_line(text: str) -> None:
    """An empty text, a report or a chat is refused with a sentence that says what to do."""
    with pytest.raises(UsageError) as refused:
        read_notice(text)

    assert refused.value.say("zh").endswith("。")
    assert "\n" not in refused.value.say("en")


_WORDS = st.sampled_from(
    [
        *(
            "关于开展",
            "的通知",
            "\n",
            "各单位：",
            "一、",
            "（一）",
            "1.",
            "活动内容",
            "活动时间",
            "6月30日前",
            "2月30日",
            "13月40日",
            "每周五前",
        ),
        *(
            "报送",
            "将",
            "总结",
            "二〇二五年",
            "2025年",
            "—",
            "至",
            "次年",
            "即日起至",
            "活动结束后5个工作日内",
            "@",
            "a.com",
            "联系人：",
            "下班前",
            "99时99分前",
        ),
        *(
            "“",
            "”",
            "《",
            "》",
            "（",
            "）",
            "。",
            "，",
            "；",
            "附件：",
            "自愿",
            "0",
            "本周五前",
            "每月31日前",
            "每季度末",
            "半年内",
            "999个工作日内",
            "某某局",
        ),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=400), st.lists(_WORDS, max_size=60).map("".join)))
def test_any_text_gives_a_campaign_or_a_usage_error(text: str) -> None:
    """No text makes the reader fail in any other way."""
    for whole in (text, f"某某局关于开展活动的通知\n各单位：\n{text}\n某某局\n2025年5月26日"):
        try:
            campaign = read_notice(whole)
        except UsageError:
            continue
        assert campaign.id.isascii()


def test_broad_words_mean_the_categories_of_the_roster() -> None:
    """镇街 are the roster's 镇 and 街道, 区直单位 its 区直部门; enterprises owe nothing by that sentence."""
    units = tuple(
        Unit(code, name, category)
        for code, name, category in (
            ("A", "桃园镇", "镇"),
            ("B", "滨河街道", "街道"),
            ("C", "区教委", "区直部门"),
            ("D", "某某公司", "驻区企业"),
        )
    )
    case = next(case for case in ALL if case.file == "sweep-gangs-categories")

    *weekly_, first, second = read_notice(case.text, roster=Roster(units)).requirements

    assert {item.categories for item in weekly_} == {()}
    assert (first.categories, second.categories) == (("镇", "街道"), ("区直部门",))
