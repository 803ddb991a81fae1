"""What only covers a report (names, salutations, words about the mail) tells of no activity; faults listed of one."""

from __future__ import annotations

import pytest

from filing.documents import Document
from filing.what.activities import find_activities
from filing.what.covering import Covering
from filing.what.profiles import profiles_of
from filing.what.terms import Term
from records.campaigns import ActivityType, Campaign
from records.extracts import Table

ACTIVITIES = (
    ActivityType("1", "1.", "分类知识宣讲", "通过讲座、展板、排涝泵站参观向市总工会会员宣传生活垃圾分类。"),
    ActivityType("2", "2.", "图书馆里的旧物交换", "在县图书馆、社区设点，征集、转发旧物交换信息。"),
    ActivityType("3", "3.", "隐患排查和应急演练", "对厨房、泵站逐处排查，组织演练。"),
    ActivityType("4", "4.", "沟渠疏通", "清除排水沟、涵洞内的淤泥。"),
)
CAMPAIGN = Campaign("c", "关于开展生活垃圾分类宣传周活动的通知", "南湖市总工会", None, activities=ACTIVITIES)
NAMES = ("南湖县图书馆", "县图书馆", "南湖县排涝泵站")


def _ids(text: str, *tables: Table) -> str:
    return " ".join(find_activities([Document("总结.docx", "document", text, tables)], CAMPAIGN, NAMES).ids)


@pytest.mark.parametrize(
    "text",
    [
        "生活垃圾分类宣传周总结",
        "生活垃圾分类宣传周活动期间，我单位高度重视。",
        "市总工会：现报送简报一期。",
        "市总工会宣传部：转发一份材料，请查收。",
        "信息一篇，请采用。",
        "报送我单位活动总结，详见附件。",
        "县图书馆办公室",
        "南湖县排涝泵站",
        "南湖县城东社区居民委员会（盖章）",
        "二〇二五年五月十八日",
        "2025年5月18日",
        "本周零报告。",
        "县图书馆5月零报告。",
        "以改后的总结为准，前一封邮件作废。",
        "邮箱打不开，由县图书馆代报。",
        "两家公司分两封邮件发，这是第一封。",
        "召开宣传周启动会。",
        "各社区负责人、图书馆代表共46人参加。",
    ],
)
def test_what_only_covers_a_report_tells_of_no_activity(text: str) -> None:
    """Names of the campaign, the office and the unit, signatures, dates, words about the mail, who attended."""
    assert _ids(text) == ""


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("市总工会：5月6日举办垃圾分类讲座2场，120人听讲。", "1"),
        ("县图书馆在大厅开展旧物交换3次。", "2"),
        ("南湖县排涝泵站组织应急演练1次，35人参加。", "3"),
        ("请查收：我站清出排水沟淤泥30吨。", "4"),
        ("各社区负责人疏散演练46人参加。", "3"),
        ("隐患排查清单已附后，本周排查出隐患12处。", "3"),
    ],
)
def test_deeds_beside_a_covering_are_kept(text: str, ids: str) -> None:
    """Only the covering words fall away."""
    assert _ids(text) == ids


def test_a_salutation_is_no_heading() -> None:
    """市总工会 above a sentence is whom it is for; 应急演练 is what it is about."""
    covering = Covering(CAMPAIGN, NAMES)
    assert covering.is_addressed("市总工会")
    assert not covering.is_addressed("应急演练")


@pytest.mark.parametrize("title", ["泵站隐患排查台账", "安全隐患清单（5月）", "问题隐患登记表"])
def test_the_rows_of_a_list_of_faults_are_no_deeds(title: str) -> None:
    """What was found (排水沟淤堵) is no 沟渠疏通: the list tells of the search for faults alone."""
    rows = (("序号", "位置", "隐患", "措施"), ("1", "二组排水沟", "淤泥堵塞", "清除"), ("2", "涵洞", "淤泥", "清除"))
    assert _ids(title, Table(rows, "")) == "3"


def test_the_rows_of_other_tables_are_deeds() -> None:
    """清淤 in a table of what was done counts."""
    rows = (("项目", "情况"), ("疏通排水沟", "3处，清除淤泥20吨"))
    assert "4" in _ids("工作情况表", Table(rows, "")).split()


def test_deeds_joined_by_and_limit_each_other_not() -> None:
    """隐患排查和应急演练: checks need not speak of drills; 用电专项整治 is of wires."""
    held = profiles_of(CAMPAIGN).claims[Term("concept", "inspection")]
    assert all("exercising" not in claim.within for claim in held)


@pytest.mark.parametrize(
    "text",
    [
        "沟渠疏通等天晴后再搞。",
        "演练原本定在8月8日，那天下大雨，就没有再搞。",
        "下一站，宣讲将走进城东社区。",
        "6月计划走进10所学校讲垃圾分类。",
        "演练由县里统一组织。",
        "三、隐患排查和应急演练\n按通知要求应开展，因人手不足未开展。",
    ],
)
def test_what_is_put_off_or_left_to_others_is_no_deed(text: str) -> None:
    """Wordings of plans, denials and of what others do."""
    assert _ids(text) == ""
