"""Mail that reports nothing, and mail that only looks like it."""

from __future__ import annotations

import pytest

from records.extracts import Extract
from records.mail import Message
from tests.filing_values import COORDINATOR, NOTICE, context, extract, file, filed_units, message, summary

PLAN = (
    "静安养老院“敬老月”活动方案\n一、指导思想\n为做好敬老月工作，制定本方案。\n二、活动安排\n"
    "拟于10月9日举办重阳节文艺演出，计划走访慰问老人。\n静安养老院\n2025年9月28日"
)


@pytest.mark.parametrize(
    ("reason", "sent", "extracts"),
    [
        ("thanks", message("回复：提醒", "收到，谢谢领导！", "kn@qq.com"), ()),
        ("question", message("咨询", "您好，请问敬老月总结要盖章吗？", "kn@qq.com"), ()),
        ("question", message("申请延期", "因人员外出，我院总结申请延期两天报送，请批准。", "kn@qq.com"), ()),
        ("auto_reply", message("自动回复：提醒", "我正在休假，返岗后回复您的邮件。", "kn@qq.com"), ()),
        ("auto_reply", message("提醒", "外出中", "kn@qq.com", headers=(("auto-submitted", "auto-replied"),)), ()),
        ("bounce", message("系统退信", "收件人邮箱空间已满", "postmaster@qq.com"), ()),
        (
            "bounce",
            message(
                "Undelivered Mail",
                "could not be delivered",
                "mailer-daemon@example.com",
                headers=(("content-type", "multipart/report; report-type=delivery-status"),),
            ),
            (extract("原邮件.eml", "提醒\n请报送敬老月总结"),),
        ),
        ("newsletter", message("养老周刊第33期", "敬老月专题。退订请点击", "news@example.com"), ()),
        (
            "advertisement",
            message("敬老月慰问品现货", "尊敬的客户：本公司专业定制慰问品，量大从优，欢迎来电。", "sale@example.com"),
            (extract("报价单.xlsx", "慰问品报价单 品名 单位 单价 毛毯 床 45 元 棉被 床 120 元"),),
        ),
        ("plan", message("静安养老院敬老月方案"), (extract("方案.docx", PLAN),)),
        *(
            ("plan", message("静安养老院敬老月方案", body), (extract("方案.docx", PLAN),))
            for body in (
                "现将我院敬老月走访慰问活动组织实施方案报上，请查收。",
                "现将《敬老月宣传服务方案》报给贵局，妥否请示。",
                "兹将我院开展敬老月活动的方案呈报，谢谢！",
            )
        ),
        ("notice", message("关于开展敬老月活动的通知", "请按时报送", COORDINATOR), (extract("通知.docx", NOTICE),)),
        (
            "other_business",
            message("职工花名册", "请查收", "kn@qq.com"),
            (extract("花名册.xlsx", "姓名 性别 出生年月 学历 职称 岗位 入职时间 甲 男 1980 本科 护理员"),),
        ),
        ("other_business", message("联系人变更", "我院联系人变更为办公室王某。", "kn@qq.com"), ()),
    ],
)
def test_each_reason_is_recognised(reason: str, sent: Message, extracts: tuple[Extract, ...]) -> None:
    """CONTRACT.md, not_a_report: no submissions, a reason, the words that say so."""
    filing = file(sent, *extracts)
    assert (filing.status, filing.reason, filing.submissions) == ("not_a_report", reason, ())
    assert filing.evidence
    assert filing.explanation is not None


def test_our_own_mail_is_known_by_its_message_id() -> None:
    """Our digests in the mailbox are no reports."""
    sent = message("收报日报", "今日收到总结5份")
    assert sent.message_id is not None
    filing = file(sent, extract("总结.docx", summary("静安养老院")), own=frozenset({sent.message_id}))
    assert (filing.status, filing.reason) == ("not_a_report", "own_mail")


@pytest.mark.parametrize(
    "headers",
    [
        (("auto-submitted", "auto-generated"),),
        (("precedence", "bulk"), ("list-unsubscribe", "<mailto:x@example.com>")),
        (("x-auto-response-suppress", "All"),),
        (("return-path", "<>"),),
        (("x-autoreply", "yes"), ("auto-submitted", "auto-replied")),
    ],
)
def test_headers_of_machines_never_drop_a_report(headers: tuple[tuple[str, str], ...]) -> None:
    """People's mail carries such headers too; a readable report is filed."""
    filing = file(message("静安养老院总结", headers=headers), extract("总结.docx", summary("静安养老院")))
    assert filed_units(filing) == ["S13"]


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("自动回复：总结", "总结见附件，谢谢！"),
        ("回复：通知", "收到，谢谢。总结见附件，请问还需要盖章吗？"),
        ("静安养老院总结", "辛苦领导！退订短信请忽略。"),
        ("关于敬老月活动的通知落实情况总结", "请查收"),
    ],
)
def test_words_around_a_report_never_drop_it(subject: str, body: str) -> None:
    """Thanks, questions and the like beside a readable report do not matter."""
    assert filed_units(file(message(subject, body), extract("总结.docx", summary("静安养老院")))) == ["S13"]


def test_a_report_in_the_body_that_ends_with_a_question_is_filed() -> None:
    """Deeds told in own words are a report."""
    body = "10月9日，我院举办重阳节文艺演出，走访慰问独居老人22人，送去慰问品22份。请问还要照片吗？\n静安养老院"
    assert filed_units(file(message("重阳节活动", body))) == ["S13"]


def test_a_plan_that_a_requirement_asks_for_is_a_report() -> None:
    """方案 is material where the notice wants one."""
    asking = context(
        NOTICE.replace("请各单位于2025年11月5日前", "请各单位于2025年9月30日前报送活动方案，于2025年11月5日前")
    )
    filing = file(message("静安养老院敬老月方案"), extract("方案.docx", PLAN), contexts=(asking,))
    assert filing.status == "filed"
    assert [one.kind for one in filing.submissions] == ["material"]


def test_a_plan_beside_photos_is_not_dropped() -> None:
    """Pictures may show what was done."""
    filing = file(message("静安养老院"), extract("方案.docx", PLAN), extract("1.jpg", "静安养老院重阳节文艺演出"))
    assert filing.status != "not_a_report"


def test_a_bounce_that_returns_a_units_report_is_shown_to_a_person_at_least() -> None:
    """A machine's mail that carries a signed report is not thrown away."""
    sent = message("系统退信", "投递失败", "postmaster@qq.com")
    filing = file(sent, extract("总结.docx", summary("静安养老院")))
    assert filing.status in ("review", "filed")
