"""Mail that reports nothing: advertisements, thanks, questions, automatic answers, plans, the notice passed on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random

from bench.generator.files import docx
from bench.generator.mails import Letter
from bench.generator.offices import Office
from bench.generator.papers import Who


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who writes what when."""

    random: Random
    office: Office
    of: Who
    part: str
    received_at: datetime
    number: str


_WORDS = {
    "seen": {
        "advertisement": ("专业定制横幅展板，价格优惠", "本公司承接各类横幅、展板、宣传册印刷，量大从优，欢迎来电。"),
        "thanks": ("收到", "收到，谢谢！"),
        "question": ("请问总结什么时候交", "老师您好，请问{theme}总结是哪天截止？需要盖章吗？"),
        "auto_reply": ("自动回复：{theme}", "您好，我正在休假，回来后尽快与您联系。"),
        "plan": ("{short}{theme}活动方案", "附件是我单位{theme}活动方案，请审阅。"),
        "notice": ("Fw: 关于开展{work}活动的通知", "请各科室认真学习，按要求落实。\n{notice}"),
        "other_business": ("关于请求拨付办公经费的函", "因办公设备老化，申请拨付办公经费三万元。\n{unit}"),
    },
    "unseen": {
        "advertisement": ("【限时特价】应急物资、宣传品一站式采购", "宣传品现货供应，全场八折，加微信领取报价单。"),
        "thanks": ("Re: {theme}", "好的，知道了，辛苦了。"),
        "question": ("咨询", "您好！{theme}的材料可以晚两天报吗？照片要不要单独发？"),
        "auto_reply": ("[自动回复]您好", "这是一封自动回复邮件。您的邮件我已经收到，会尽快处理。"),
        "plan": ("报送{work}实施方案", "现将我单位{work}实施方案报上，请查收。"),
        "notice": ("转发：{work}通知", "转发通知，请查收并执行。\n{notice}"),
        "other_business": ("年休假审批表", "请领导审批我单位职工年休假，谢谢。\n{unit}"),
    },
    "last": {
        "advertisement": ("会务物料、文化墙设计制作", "本公司提供会务物料、文化墙设计制作，价格实惠，欢迎来电咨询。"),
        "thanks": ("回复：{theme}", "收到，感谢支持！"),
        "question": ("请教一个问题", "请问{theme}总结需要附照片吗？发到哪个邮箱？"),
        "auto_reply": ("自动答复", "本人已外出，将于下周一回复您的邮件。此为自动回复。"),
        "plan": ("{short}关于{theme}的工作方案", "附件为我单位工作方案，请指正。"),
        "notice": ("Fw：{work}活动通知", "现将通知转发给你们，请按要求落实。\n{notice}"),
        "other_business": ("关于更换办公电脑的申请", "我单位电脑老化，申请更换办公电脑两台，请批示。\n{unit}"),
    },
}  # fmt: skip


def other_mail(draft: Occasion) -> tuple[str, Letter]:
    """What kind of mail it is, and the mail. The sender may be a unit: its address makes no report of it."""
    random, data, of = draft.random, draft.office.data, draft.of
    reason = random.choice(list(_WORDS[draft.part]))
    words = {"short": of.short, "unit": of.name, **{name: data[name] for name in ("theme", "work", "notice")}}
    subject, body = (text.format_map(words) for text in _WORDS[draft.part][reason])
    sender, name = of.address or f"{random.randint(10**8, 10**9)}@qq.com", of.short
    if reason == "advertisement":
        sender, name = "sale@print.example.net", "印刷厂"
    files = ((f"{data['theme']}活动方案.docx", docx(_plan(draft.office, of))),) if reason == "plan" else ()
    return reason, Letter(sender, name, subject, body, files, draft.received_at, draft.number)


def _plan(office: Office, of: Who) -> list[str]:
    steps = [f"（{number}）拟{deed.plan}。" for number, deed in enumerate(office.deeds, 1)]
    title = f"{of.name}{office.data['work']}活动实施方案"
    goal = ["为做好本次活动，制定本方案。", "一、工作目标", "提高意识，防范风险。", "二、工作安排"]
    return [title, *goal, *steps, of.name, "2026年5月8日"]
