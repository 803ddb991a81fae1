"""What a notice asks for besides the summary, plans, ledgers, lists; what part of a campaign a report comes in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from filing.decide import file_message
from filing.papers import names_summary
from filing.text.squeeze import squeeze
from filing.years import earlier_year
from records.campaigns import CampaignContext, Requirement
from records.extracts import Extract
from records.filings import Filing
from records.mail import CloudLink, Message
from tests.filing_values import COORDINATOR, NOTICE, context, extract, file, filed_units, message, summary

SHANGHAI = ZoneInfo("Asia/Shanghai")
PLAN_TEXT = "10月第二周走访慰问老人30人，组织志愿者义诊2场；重阳节举办文艺演出1场。拟发放慰问品30份。"
BASE = context()
ASKED = replace(
    BASE,
    campaign=replace(
        BASE.campaign,
        requirements=(
            Requirement("r1", "实施方案和联络员名单", "material", datetime(2025, 10, 8, tzinfo=SHANGHAI), "10月8日前"),
            Requirement(
                "r2", "走访对象台账（附件1，Excel）", "material", datetime(2025, 10, 20, tzinfo=SHANGHAI), "10月20日前"
            ),
            Requirement("r3", "总结", "summary", datetime(2025, 11, 5, tzinfo=SHANGHAI), "11月5日前"),
            Requirement("r4", "照片、信息", "material", None, "及时", required=False),
        ),
    ),
)


def _file(
    sent: Message, *extracts: Extract, day: tuple[int, int] = (10, 6), campaign: CampaignContext = ASKED
) -> Filing:
    whole = replace(sent, parts=tuple(one.part for one in extracts))
    return file_message(whole, extracts, (campaign,), datetime(2025, *day, 9, tzinfo=SHANGHAI))


@pytest.mark.parametrize("kind", ["实施方案", "活动方案", "工作方案", "方案"])
def test_a_plan_that_is_asked_for_is_a_report_of_nothing_done(kind: str) -> None:
    """Whatever it says will be done, with whatever numbers."""
    paper = extract(f"夕阳红养老院敬老月{kind}.docx", f"夕阳红养老院“敬老月”{kind}\n{PLAN_TEXT}\n夕阳红养老院")
    filing = _file(message(f"夕阳红养老院{kind}", "请查收", "xyh@qq.com"), paper)
    assert filed_units(filing) == ["S11"]
    only = filing.submissions[0]
    assert (only.kind, only.requirement, only.activities, only.figures) == ("material", "r1", (), ())


def test_a_plan_in_the_body_is_no_forgotten_attachment() -> None:
    """Where a plan is asked for and the subject calls it so."""
    body = f"区民政局：\n夕阳红养老院本次拟承担的工作：{PLAN_TEXT}联络员：院办。\n夕阳红养老院\n2025年10月5日"
    filing = _file(message("夕阳红养老院敬老月行动方案", body, "xyh@qq.com"))
    assert (filed_units(filing), filing.submissions[0].requirement) == (["S11"], "r1")


def test_a_plan_that_nobody_asks_for_is_none() -> None:
    """The same paper, and a notice that wants summary and pictures."""
    paper = extract("实施方案.docx", f"夕阳红养老院“敬老月”实施方案\n{PLAN_TEXT}\n夕阳红养老院")
    assert _file(message("实施方案", "请查收", "xyh@qq.com"), paper, campaign=BASE).reason == "plan"


@pytest.mark.parametrize(
    ("title", "requirement"),
    [
        *(("联络员名单", "r1"), ("敬老月联络员名单", "r1")),
        *(("走访对象台账", "r2"), ("敬老月走访台账", "r2"), ("走访对象台账汇总表", "r2"), ("走访台账（更正）", "r2")),
        *(("走访慰问照片", "r4"), ("走访慰问信息", "r4")),
    ],
)
def test_what_is_asked_for_by_name_answers_that_requirement(title: str, requirement: str) -> None:
    """And is no other business, though elsewhere a list or table alone would be."""
    paper = extract(f"{title}.docx", f"夕阳红养老院{title}\n走访独居老人甲、乙、丙，已送慰问品3份。\n夕阳红养老院")
    filing = _file(message(f"夕阳红养老院{title}", "请查收", "xyh@qq.com"), paper)
    assert (filed_units(filing), filing.submissions[0].requirement) == (["S11"], requirement)


@pytest.mark.parametrize(
    ("title", "day", "kind"),
    [
        *(("敬老月前期工作情况", (10, 8), "material"), ("工作情况", (10, 10), "material")),
        *(("敬老月活动情况报告", (10, 30), "summary"), ("活动情况汇报", (11, 3), "summary")),
        *(("敬老月阶段小结", (10, 20), "material"), ("敬老月活动阶段性总结", (10, 25), "material")),
        ("敬老月活动总结", (10, 8), "summary"),
    ],
)
def test_when_it_comes_tells_whether_a_report_closes(title: str, day: tuple[int, int], kind: str) -> None:
    """In the first half of a campaign only 总结 does; an interim one that nobody asked for never does."""
    text = f"夕阳红养老院{title}\n走访慰问老人30人。组织志愿者义诊2场。举办重阳节文艺演出1场。\n夕阳红养老院"
    filing = _file(message(title, "请查收", "xyh@qq.com"), extract(f"{title}.docx", text), day=day)
    assert filing.submissions[0].kind == kind


@pytest.mark.parametrize(
    ("title", "named"),
    [
        *(("龙井村总结（再发一次）", True), ("总结再发一遍", True), ("总结再次报送", True), ("总结再报一份", True)),
        *(("总结月底再报", False), ("总结稍后再发", False)),
    ],
)
def test_a_summary_sent_once_more_is_there(title: str, *, named: bool) -> None:
    """再发一次 is no promise."""
    assert names_summary(squeeze(title)) is named


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("更换热水器", "我院热水器损坏，请领导审批更换经费，谢谢！"),
        ("补助", "因床位增加，申请拨付补助资金12万元，请予批准。感谢支持！"),
        ("维修", "消防通道灯不亮，特申请维修，妥否，请批示。谢谢"),
        ("车辆", "恳请区局协调一辆车辆，谢谢领导！"),
    ],
)
def test_an_application_that_ends_with_thanks_is_other_business(subject: str, body: str) -> None:
    """请领导审批…谢谢 wants something."""
    filing = file(message(subject, body, "kn@qq.com"))
    assert (filing.status, filing.reason) == ("not_a_report", "other_business")


@pytest.mark.parametrize(
    "body",
    [
        "各科室：\n现将民政局文件转发给你们，请对照3项活动抓好落实，10月28日前把小结交到院办，院办统一上报。",
        "各村（社区）：请抓紧报台账，走访、义诊照片每周五发镇民政办。",
        "各部门：请遵照执行，组织好走访慰问和义诊。",
        "请各班组认真落实，按要求开展文艺演出。",
        "转发给各院区，请按通知开展走访慰问。",
    ],
)
def test_a_notice_handed_down_and_sent_back_is_a_notice(body: str) -> None:
    """What it tells others to do was not done."""
    filing = file(message("转发：关于组织开展“敬老月”活动的通知", body, "kn@qq.com"), extract("通知.docx", NOTICE))
    assert (filing.status, filing.reason) == ("not_a_report", "notice")


def test_a_report_in_the_body_beside_the_notice_is_none() -> None:
    """The unit passed it on, and has done something."""
    body = "我院已将通知转发给各科室，走访慰问老人30人，开展义诊2场。\n康宁老年公寓"
    filing = file(message("敬老月活动", body, "kn@qq.com"), extract("通知.docx", NOTICE))
    assert filing.status != "not_a_report"


@pytest.mark.parametrize("title", ["6月传染病防控工作情况报表", "消防安全检查情况统计表", "安全生产隐患月报表"])
def test_a_table_of_another_matter_waits(title: str) -> None:
    """From a known address, with deeds of the campaign's kinds in the body."""
    body = f"附件是我院{title}，走访慰问老人12人，发放慰问品12份。\n夕阳红养老院"
    sheet = extract(f"{title}.xlsx", f"{title}\n病种 例数\n流感 14\n手足口病 3")
    assert not filed_units(file(message(title, body, "xyh@qq.com"), sheet))


def test_the_name_of_a_file_behind_a_link_tells_of_nothing() -> None:
    """The summary lies behind the link: nobody has read it."""
    body = "总结、照片打在一个包里，太大了，请下载。\n走访慰问义诊总结照片.zip 233.1M 下载\n夕阳红养老院"
    sent = replace(
        message("夕阳红养老院敬老月总结", body, "xyh@qq.com"),
        cloud_links=(CloudLink("走访慰问义诊总结照片.zip", "https://example.com/x"),),
    )
    filing = file(sent)
    assert (filing.status, filing.reason) == ("review", "cloud_link")


def test_last_years_paper_is_known_by_its_signature() -> None:
    """The subject bears this year, the paper's title none."""
    text = summary("夕阳红养老院", date="2024年11月2日").replace("2025年“敬老月”", "“敬老月”")
    filing = file(message("夕阳红养老院2025年敬老月总结", sender="xyh@qq.com"), extract("总结.docx", text))
    assert (filing.status, filing.reason) == ("review", "earlier_year")
    assert earlier_year((), (), BASE.campaign, 2025) is None


def test_another_systems_word_that_a_report_waits_there_is_for_a_person() -> None:
    """A machine wrote it, and a unit's report must be fetched."""
    body = "夕阳红养老院向您发送公文《夕阳红养老院敬老月总结》，请登录系统签收。本邮件由系统自动发出，请勿回复。"
    assert file(message("您有新公文：夕阳红养老院敬老月总结", body, "oa@example.cn")).status == "review"


def test_an_automatic_answer_that_advertises_is_an_automatic_answer() -> None:
    """A shop's footer sells nothing to this office."""
    body = "您好，来信已收到，谢谢。招商、团购请拨打服务热线。此邮件为系统自动发送。"
    filing = file(message("自动回复: 关于报送总结的提醒", body, "shop@163.com"))
    assert (filing.status, filing.reason) == ("not_a_report", "auto_reply")


def test_the_coordinators_own_notice_is_none_of_a_units() -> None:
    """The office's mail with the notice and a word of haste."""
    filing = file(message("通知", "请各单位抓紧报送。", COORDINATOR), extract("通知.docx", NOTICE))
    assert (filing.status, filing.reason) == ("not_a_report", "notice")
