"""Mail of machines, of ours, and about the notice: what reports nothing, and what reports although it looks so."""

from __future__ import annotations

import pytest

from records.extracts import Extract
from records.mail import Message
from tests.filing_values import COORDINATOR, NOTICE, extract, file, message, summary

DIGEST = (
    "【收报日报】10月30日：新收3件\n新收报送 3 件（已归类：总结 2、资料 1）。\n"
    "静安养老院 总结 走访慰问独居老人126人\n"
    "康宁公寓 资料\n本邮件由报送系统自动发出，请不要回复。"
)
AWAY = "您好，您的来信已收到，我会尽快回复。"
OUT = "我在外地出差，10日返回。"
DEEDS = "10月9日，我院举办重阳节文艺演出，走访慰问独居老人22人，送去慰问品22份。\n静安养老院\n2025年10月10日"
OWN = frozenset({"<own@example.com>"})


def quoted(subject: str, text: str) -> str:
    """A mail as QQ quotes it below the own words."""
    return f"\n-----原始邮件-----\n发件人: 安稳办<report@example.com>\n主题: {subject}\n\n{text}"


@pytest.mark.parametrize(
    ("expected", "sent", "extracts"),
    [
        (
            "bounce",
            message(
                "failure notice",
                "Hi. This is the qmail-send program at mx.example.net.\n"
                "I'm afraid I wasn't able to deliver your message to the following addresses.\n\n"
                "<coordinator@example.com>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
                "--- Below this line is a copy of the message.\n\nMessage-ID: <a@example.com>\n"
                "Subject: x\n\n" + DIGEST,
                "MAILER-DAEMON@mx.example.net".lower(),
            ),
            (),
        ),
        (
            "bounce",
            message(
                "系统退信",
                "很抱歉您发送的邮件被退回，以下是该邮件的相关信息：\n"
                "被退回邮件 主题：【收报日报】10月30日\n无法发送到 coordinator@example.com\n"
                "退信原因 收件人邮件地址（coordinator@example.com）不存在，邮件无法送达。",
                "postmaster@qq.com",
            ),
            (),
        ),
        (
            "bounce",
            message(
                "系统退信",
                "抱歉，您的邮件被退回来了……\n原邮件信息：\n时间：2025-10-30 17:30:05\n"
                "主题：【收报日报】10月30日\n收件人：coordinator@example.com\n退信原因：\n"
                "收件人地址不存在 550 User not found: coordinator@example.com",
                "postmaster@163.com",
            ),
            (),
        ),
        (
            "bounce",
            message(
                "Mail delivery failed: returning message to sender",
                "This message was created automatically by mail delivery software.\n\n"
                "  coordinator@example.com\n    550 unknown user\n"
                "------ This is a copy of the message, including all the headers. ------\n" + DIGEST,
                "mailer-daemon@mx.example.org",
                headers=(("x-failed-recipients", "coordinator@example.com"),),
            ),
            (),
        ),
        (
            "bounce",
            message(
                "未送达: 【催报清单】10月30日",
                "邮件无法传递给这些收件人或组：\ncoordinator@example.com",
                "postmaster@corp.example.cn",
            ),
            (),
        ),
        (
            "bounce",
            message(
                "Undeliverable: 【催报清单】",
                "Delivery has failed to these recipients",
                "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e@corp.example.cn",
                headers=(("content-type", "multipart/report; report-type=delivery-status"),),
            ),
            (),
        ),
        (
            "bounce",
            message(
                "Delivery Status Notification (Failure)", "The response was: 550 5.1.1", "mailer-daemon@googlemail.com"
            ),
            (),
        ),
        (
            "bounce",
            message(
                "Warning: message delayed 24 hours",
                "could not be delivered yet",
                "mailer-daemon@mx.example.org",
                headers=(("content-type", "multipart/report; report-type=delivery-status"),),
            ),
            (),
        ),
        (
            "bounce",
            message(
                "来自postmaster@exmail.qq.com的退信",
                "您的邮件未能送达 coordinator@example.com，原因：对方邮箱已满",
                "postmaster@exmail.qq.com",
            ),
            (),
        ),
        (
            "bounce",
            message(
                "退信通知：【收报日报】",
                "您发往 coordinator@example.com 的邮件被退回",
                "10000@qq.com",
                headers=(("return-path", "<>"),),
            ),
            (),
        ),
        (
            "bounce",
            message(
                "Undelivered Mail Returned to Sender",
                "your message to friend@example.org could not be delivered: 午饭约在12点",
                "mailer-daemon@mx.example.org",
            ),
            (),
        ),
        (
            "bounce",
            message(
                "Undelivered Mail Returned to Sender",
                "could not be delivered",
                "mailer-daemon@mx.example.org",
                headers=(("content-type", "multipart/report"),),
            ),
            (extract("x.eml", DIGEST, metadata=(("message_id", "<own@example.com>"), ("from", "report@example.com"))),),
        ),
        ("auto_reply", message("回复：催报", AWAY, "kn@qq.com", headers=(("auto-submitted", "auto-replied"),)), ()),
        ("auto_reply", message("来信收悉", AWAY, "kn@qq.com", headers=(("auto-submitted", "auto-generated"),)), ()),
        (
            "auto_reply",
            message("外出", AWAY, "kn@qq.com", headers=(("auto-submitted", "auto-replied (vacation)"),)),
            (),
        ),
        ("auto_reply", message("谢谢来信", OUT, "kn@qq.com", headers=(("precedence", "auto_reply"),)), ()),
        ("auto_reply", message("Re: 催报", OUT, "kn@qq.com", headers=(("x-autoreply", "yes"),)), ()),
        ("auto_reply", message("Re: 催报", OUT, "kn@qq.com", headers=(("x-autorespond", "x"),)), ()),
        ("auto_reply", message("Re: 催报", OUT, "kn@qq.com", headers=(("x-mail-autoreply", "x"),)), ()),
        ("auto_reply", message("Re: 催报", OUT, "kn@qq.com", headers=(("x-autogenerated", "Reply"),)), ()),
        ("auto_reply", message("Re: 催报", OUT, "kn@qq.com", headers=(("x-autoresponder", "1"),)), ()),
        (
            "auto_reply",
            message(
                "自动回复:【收报日报】",
                "您好，我最近正在休假中，无法亲自回复您的邮件。我将在假期结束后，尽快给您回复。",
                "kn@qq.com",
                headers=(("return-path", "<>"),),
            ),
            (),
        ),
        (
            "auto_reply",
            message(
                "Re:【催报清单】10月30日",
                "您好，我正在外出参加培训，暂时无法查看邮件，有急事请电话联系。",
                "kn@qq.com",
                headers=(("return-path", "<>"),),
            ),
            (),
        ),
        (
            "auto_reply",
            message(
                "已读：静安养老院总结",
                "您的邮件已于2025年10月30日被阅读",
                "leader@example.cn",
                headers=(("content-type", "multipart/report; report-type=disposition-notification"),),
            ),
            (),
        ),
        (
            "auto_reply",
            message(
                "Return Receipt (displayed) - 总结",
                "This is a Return Receipt for the mail that you sent",
                "leader@example.cn",
                headers=(("content-type", "multipart/report; report-type=disposition-notification"),),
            ),
            (),
        ),
        (
            "auto_reply",
            message(
                "自动答复: 【催报清单】10月30日",
                "我在参加敬老月演出排练，下周一回来。",
                "kn@qq.com",
                headers=(("x-auto-response-suppress", "All"),),
            ),
            (),
        ),
        (
            "filed",
            message("静安养老院总结", "总结见附件", headers=(("x-auto-response-suppress", "DR, OOF, AutoReply"),)),
            (extract("总结.docx", summary("静安养老院")),),
        ),
        (
            "filed",
            message(
                "静安养老院重阳节活动",
                DEEDS,
                headers=(
                    ("auto-submitted", "auto-generated"),
                    ("precedence", "bulk"),
                ),
            ),
            (),
        ),
        (
            "notice",
            message(
                "转发：关于组织开展2025年“敬老月”活动的通知",
                "各科室：请按要求抓紧落实。" + quoted("关于组织开展2025年“敬老月”活动的通知", NOTICE),
                "kn@qq.com",
            ),
            (),
        ),
        (
            "notice",
            message("转发：关于组织开展2025年“敬老月”活动的通知", "各科室：请认真落实。", "kn@qq.com"),
            (extract("关于组织开展2025年敬老月活动的通知.docx", NOTICE),),
        ),
        (
            "notice",
            message(
                "转发通知", "现将区民政局通知转发给你们，请各社区于10月30日前将总结报送至我街道。", "street@example.cn"
            ),
            (extract("附件：敬老月通知.docx", NOTICE),),
        ),
        (
            "notice",
            message(
                "【提醒】敬老月总结报送",
                "各单位：敬老月活动总结请于11月5日前报送至本邮箱，未报送的单位请抓紧。联系人：张某",
                COORDINATOR,
            ),
            (),
        ),
        (
            "own_mail",
            message(
                "转发：【收报日报】10月30日：新收3件", "请关注" + quoted("【收报日报】10月30日", DIGEST), COORDINATOR
            ),
            (),
        ),
        (
            "thanks",
            message(
                "回复：【收报日报】10月30日：新收3件",
                "收到，辛苦了！" + quoted("【收报日报】10月30日", DIGEST),
                COORDINATOR,
            ),
            (),
        ),
        (
            "question",
            message(
                "回复：【收报日报】10月30日：新收3件",
                "静安养老院的数据是不是有问题？请核实一下。" + quoted("【收报日报】10月30日", DIGEST),
                COORDINATOR,
            ),
            (),
        ),
        (
            "own_mail",
            message(
                "转发：【催报清单】10月30日：未报5家",
                "大家看看"
                + quoted(
                    "【催报清单】10月30日", "静安养老院、康宁公寓 总结未报\n本邮件由报送系统自动发出，请不要回复。"
                ),
                "kn@qq.com",
            ),
            (),
        ),
        (
            "filed",
            message(
                "回复：【催报清单】10月30日：未报5家",
                "总结已补报，见附件。" + quoted("【催报清单】10月30日", DIGEST),
                "kn@qq.com",
            ),
            (extract("康宁老年公寓总结.docx", summary("康宁老年公寓", self_name="我公寓")),),
        ),
        (
            "filed",
            message("转发：静安养老院总结", "转" + quoted("静安养老院总结", "总结见附件"), COORDINATOR),
            (extract("总结.docx", summary("静安养老院")),),
        ),
        ("other_business", message("邮箱变更", "我院报送邮箱变更为 new@163.com，请更新。静安养老院", "kn@qq.com"), ()),
        ("question", message("请问", "请问敬老月总结需要加盖公章吗？", "kn@qq.com"), ()),
        ("thanks", message("Re: 催报", "好的，收到，我们会按时报送。", "kn@qq.com"), ()),
        (
            "newsletter",
            message(
                "每周资讯：养老行业动态第12期",
                "您订阅的资讯。敬老月专题……退订请点击这里",
                "news@example.net",
                headers=(("list-unsubscribe", "<https://example.net/u>"),),
            ),
            (),
        ),
        (
            "advertisement",
            message(
                "敬老月礼品团购",
                "尊敬的客户：厂家直销，量大从优，欢迎来电咨询，可开具增值税发票。",
                "sales@example.net",
            ),
            (),
        ),
        (
            "plan",
            message("静安养老院敬老月活动方案", "方案见附件"),
            (
                extract(
                    "方案.docx",
                    "静安养老院“敬老月”活动方案\n一、指导思想\n为做好敬老月工作，制定本方案。\n"
                    "二、活动安排\n拟于10月9日举办重阳节文艺演出，计划走访慰问老人。\n静安养老院\n"
                    "2025年9月28日",
                ),
            ),
        ),
    ],
)
def test_what_the_mail_is(expected: str, sent: Message, extracts: tuple[Extract, ...]) -> None:
    """Each gets its reason (CONTRACT.md), bounces and automatic answers in all their forms (R25); reports are filed."""
    filing = file(sent, *extracts, own=OWN)
    assert (filing.reason if filing.status == "not_a_report" else filing.status) == expected
