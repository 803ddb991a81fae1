"""Business of other kinds that shares a campaign's words, themes in other wording, and mailboxes of other units."""

from __future__ import annotations

import pytest

from filing.themes import names_another, says_theme, themes_of
from tests.filing_values import COORDINATOR, NOTICE, context, extract, file, filed_units, message, summary

UNQUOTED = (
    "滨海市东湖区民政局\n关于开展2026年全区民政系统秋冬季森林防火宣传月活动的通知\n\n"
    "各单位：\n活动时间：2026年10月1日—10月31日\n"
)


def test_unquoted_title_gives_the_core_of_the_theme() -> None:
    """Field and season before what a campaign is called are left out."""
    assert "森林防火宣传月" in themes_of(context(UNQUOTED).campaign)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("大湾村森林防火宣传月总结", True),
        ("大湾村秋冬季森林防火活动月总结", True),
        ("森林防火宣传总结", True),
        ("森林防火工作总结", False),
        ("消防宣传月总结", False),
    ],
)
def test_theme_is_known_by_its_topic_and_kind(text: str, *, said: bool) -> None:
    """The topic alone names no campaign; with 宣传 or 月 behind it, it does."""
    assert says_theme(text, ("秋冬季森林防火宣传月",)) is said


@pytest.mark.parametrize(
    ("title", "other"),
    [("总结", ""), ("安全生产月活动总结", "安全生产月"), ("上半年工作总结", "上半年"), ("职业病防治宣传周总结", "")],
)
def test_title_names_another_campaign(title: str, other: str) -> None:
    """Another month's or period's work is told by the title; another wording of the theme is not another one."""
    assert names_another(title, ("职业病防治法",)) == other


def test_summary_without_theme_belongs_by_its_deeds() -> None:
    """With one open campaign a closing report that tells of several of its activities is its, whatever it is called."""
    text = summary("夕阳红养老院").replace("“敬老月”", "").replace("“敬老月”", "")
    filing = file(message("总结", sender="xyh@qq.com"), extract("夕阳红养老院总结.docx", text))
    assert filed_units(filing) == ["S11"]


@pytest.mark.parametrize(
    "title",
    [
        "关于解决“敬老月”活动经费的请示",
        "关于申请“敬老月”补助资金的报告",
        "养老护理员职称评审材料",
        "“敬老月”志愿者推荐表",
        "敬老月物资采购合同",
    ],
)
def test_papers_that_ask_or_apply_are_other_business(title: str) -> None:
    """From a known address and full of the campaign's words: what its own title says it is counts."""
    told = "我院走访慰问老人30人，组织志愿者开展义诊2场，举办文艺演出1场。\n妥否，请批示。"
    paper = extract(f"{title}.docx", f"夕阳红养老院\n{title}\n区民政局：\n{told}\n夕阳红养老院\n2025年10月20日")
    filing = file(message(title, "请审批", sender="xyh@qq.com"), paper)
    assert (filing.status, filing.reason) == ("not_a_report", "other_business")


@pytest.mark.parametrize("title", ["参加人员名单", "签到表", "工会慰问活动总结", "关于移交线索的函", "年度工作总结"])
def test_doubtful_papers_wait_for_a_person(title: str) -> None:
    """Lists, letters, summaries of other work are never filed by their deeds alone."""
    told = "我院走访慰问老人30人，组织志愿者开展义诊2场，举办文艺演出1场。"
    paper = extract(f"{title}.docx", f"夕阳红养老院\n{title}\n{told}\n夕阳红养老院\n2025年10月20日")
    assert not filed_units(file(message("材料", sender="xyh@qq.com"), paper))


def test_list_beside_a_report_does_not_hold_it_up() -> None:
    """A list of who took part goes with the report."""
    names = extract("参加人员名单.docx", "参加人员名单\n甲、乙、丙、丁、戊、己、庚、辛、壬、癸、子、丑、寅、卯、辰、巳")
    filing = file(message(sender="xyh@qq.com"), extract("总结.docx", summary("夕阳红养老院")), names)
    assert filed_units(filing) == ["S11"]


def test_paper_to_another_authority_waits() -> None:
    """A report to the fire brigade is not this office's."""
    text = "夕阳红养老院关于消防检查的整改报告\n区消防大队：\n我院走访检查，组织培训1场。\n夕阳红养老院\n2025年10月20日"
    filing = file(message("整改报告", sender="xyh@qq.com"), extract("整改报告.docx", text))
    assert filing.status == "review"


def test_automatic_reply_that_tells_of_deeds_is_no_report() -> None:
    """A machine answers for somebody who is away, whatever it says was done."""
    body = "我正在休假，10月20日返岗后回复。本月我院已走访慰问老人30人，开展义诊2场。"
    filing = file(message("自动回复：催报", body, "xyh@qq.com", headers=(("auto-submitted", "auto-replied"),)))
    assert (filing.status, filing.reason) == ("not_a_report", "auto_reply")


def test_report_with_automatic_headers_is_filed() -> None:
    """Headers of a machine alone drop nothing."""
    sent = message(sender="xyh@qq.com", headers=(("auto-submitted", "auto-generated"),))
    assert filed_units(file(sent, extract("总结.docx", summary("夕阳红养老院")))) == ["S11"]


def test_thanks_with_a_promise_are_thanks() -> None:
    """What is being done, without number or day, with the report to come, reports nothing."""
    body = "收到，谢谢提醒！我们的走访和义诊都在做，总结会按时报。"
    assert file(message("回复：催报", body, "xyh@qq.com")).reason == "thanks"


def test_branch_from_the_parents_mailbox_is_filed_by_signature_and_file_name() -> None:
    """Address and display name of the parent do not outweigh what the paper says of itself."""
    sent = message("城南分院总结", sender="xyh@qq.com", name="夕阳红养老院")
    paper = extract("城南分院总结.docx", summary("夕阳红养老院城南分院"))
    assert filed_units(file(sent, paper)) == ["S12"]


def test_own_words_for_a_branch_against_the_parents_paper_wait() -> None:
    """Somebody took the parent's paper as a pattern, or attached the wrong one."""
    sent = message("总结", "城南分院的总结见附件", "someone@qq.com")
    filing = file(sent, extract("夕阳红养老院城南分院.docx", summary("夕阳红养老院")))
    assert not filed_units(filing)


def test_unit_that_reports_by_itself_is_no_rival() -> None:
    """大桥…的材料另报 says that the other unit's report comes by itself."""
    body = "我院的材料见附件，静和养老院的材料由他们自行报送。"
    filing = file(message("材料", body, "xyh@qq.com"), extract("总结.docx", summary("夕阳红养老院")))
    assert filed_units(filing) == ["S11"]


@pytest.mark.parametrize(("self_name", "filed"), [("我院", ["S11"]), ("我校", []), ("我们", [])])
def test_address_alone_files_only_what_speaks_as_the_unit(self_name: str, filed: list[str]) -> None:
    """Without any name the address decides, if the text calls itself what the unit is."""
    paper = extract("总结.docx", summary("", self_name=self_name))
    assert filed_units(file(message("总结", sender="xyh@qq.com"), paper)) == filed


def test_template_is_no_report() -> None:
    """A form with its gaps unfilled tells of nothing."""
    text = "“敬老月”活动总结\n一、走访慰问（   ）人\n二、志愿服务（   ）场\n三、文体活动（   ）场\n单位：\n年 月 日"
    assert not filed_units(file(message("总结", sender="xyh@qq.com"), extract("总结.docx", text)))


def test_single_year_read_from_pixels_is_a_misreading() -> None:
    """2006 for 2025 in a scan's date is no last year's text; told twice it is."""
    once = summary("夕阳红养老院", date="2006年11月2日").replace("2025年", "")
    sent = message(sender="xyh@qq.com")
    assert filed_units(file(sent, extract("扫描.jpg", once))) == ["S11"]
    twice = summary("夕阳红养老院", date="2024年11月2日").replace("2025年", "2024年")
    assert file(sent, extract("扫描.jpg", twice)).reason == "earlier_year"


@pytest.mark.parametrize("reason", ["system_file", "no_program"])
def test_files_of_the_system_hold_nothing_up(reason: str) -> None:
    """Thumbs.db and programs need nobody."""
    junk = extract("x.zip", status="skipped", reason=reason)
    filing = file(message(sender="xyh@qq.com"), junk, extract("照片.jpg", "夕阳红养老院敬老月演出"))
    assert filing.reason != "unread_part"


def test_drawings_inside_a_paper_hold_nothing_up() -> None:
    """What no parser reads inside a paper that says enough is a drawing."""
    emf = extract("image1.rar", status="skipped", reason="no_parser")
    paper = extract("信息.docx", summary("夕阳红养老院").replace("总结", "信息"), members=(emf,))
    assert filed_units(file(message("信息", sender="xyh@qq.com"), paper)) == ["S11"]


MONTHLY = NOTICE.replace("请各单位于2025年11月5日前", "请各单位每月25日前报送工作进展，于2025年11月5日前")


@pytest.mark.parametrize("month", ["10月", "十月"])
def test_month_in_a_title_chooses_the_period(month: str) -> None:
    """Arabic and Chinese months are read alike where a notice asks every month."""
    told = "10月9日，我院走访慰问老人30人，开展义诊1场。"
    text = f"夕阳红养老院“敬老月”活动{month}工作进展\n{told}\n夕阳红养老院\n2025年10月20日"
    sent = message(f"{month}工作进展", sender="xyh@qq.com")
    filing = file(sent, extract("工作进展.docx", text), contexts=(context(MONTHLY),))
    assert filed_units(filing) == ["S11"]


def test_body_marked_secret_is_shown_to_nobody() -> None:
    """A mark of secrecy at the head of the mail itself counts as one on a paper; nothing is quoted."""
    body = "秘密★1年\n夕阳红养老院10月9日走访慰问老人30人，开展义诊1场。"
    filing = file(message("信息", body, "xyh@qq.com"))
    assert (filing.status, filing.reason) == ("review", "classified")
    assert not any(one.evidence or one.activities or one.figures for one in filing.submissions)


def test_coordinator_is_no_unit() -> None:
    """A trusted forwarder's address files nothing by itself."""
    assert not filed_units(file(message("总结", sender=COORDINATOR), extract("总结.docx", summary(""))))


def test_list_beside_a_report_in_the_body_is_harmless() -> None:
    """A closing report pasted into the body stays one, whatever list is attached to it."""
    body = summary("夕阳红养老院")
    for attached in (
        extract("物资清单.docx", "应急演练清单"),
        extract("人员名单.docx", "活动人员名单\n甲、乙、丙" * 20),
    ):
        filing = file(message("夕阳红养老院“敬老月”活动总结", body, sender="xyh@qq.com"), attached)
        assert filed_units(filing) == ["S11"]
