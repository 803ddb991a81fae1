"""Whether a report belongs to the only campaign: odd titles hold up no honest report, other work waits for a person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from filing.bearing import bears, other_topic
from filing.notice.reading import read_notice
from filing.text.squeeze import squeeze
from filing.themes import says_theme, themes_of
from filing.who.names import index_of
from tests.filing_values import NOTICE, context, extract, file, filed_units, message, summary

CAMPAIGN = context().campaign
TOLD = "走访慰问独居老人126人，送去慰问品126份；组织志愿者开展义诊2场、理发3场；重阳节举办文艺演出1场。"
UNNAMED = summary("夕阳红养老院").replace("“敬老月”", "").replace("2025年活动总结", "总结")


@pytest.mark.parametrize(
    "title",
    [
        *(
            "总结",
            "重报",
            "发错了，以这份为准",
            "夕阳红总结拍照",
            "填报",
            "总结（参考格式）",
            "夕阳红的总结",
            "更正",
            "最终版",
        ),
        *("补交", "总结 - 副本(2)", "IMG_2034", "扫描件0601", "转：", "小结", "迟交了抱歉", "重新盖章的", "我们的总结"),
        *("改好了", "手写版", "作业", "第二稿", "王老师代交", "昨天漏盖章", "群里要的总结", "无主题", "前天的换成这个"),
    ],
)
def test_titles_that_name_no_work_hold_up_nothing(title: str) -> None:
    """What subject and file name say of the mail is not what the report is on."""
    text = UNNAMED.replace("夕阳红养老院总结", "夕阳红养老院")
    name = title.replace("：", "")
    assert filed_units(file(message(title, sender="xyh@qq.com"), extract(f"{name}.docx", text))) == ["S11"]


@pytest.mark.parametrize(
    "title",
    [
        *("上半年工作总结", "党建工作总结", "师德师风建设总结", "禁毒工作总结", "消防宣传月总结", "安全用药宣传周总结"),
        *("节水宣传周活动总结", "爱国卫生月总结", "双拥工作总结", "计划生育工作总结", "运动会总结", "保密工作总结"),
        *("扫黄打非工作总结", "防灾减灾宣传周总结", "无偿献血活动总结", "档案工作总结", "网络安全宣传周总结"),
        *("国家安全教育日活动总结", "第二季度工作总结", "创文工作总结", "“平安家园”创建总结"),
    ],
)
def test_titles_of_other_work_wait(title: str) -> None:
    """Though the paper tells of three of the campaign's activities."""
    core = title.removesuffix("总结")
    text = f"夕阳红养老院{title}\n今年以来，我院认真做好{core}，落实责任。\n{TOLD}\n夕阳红养老院\n2025年10月31日"
    assert not filed_units(file(message(title, sender="xyh@qq.com"), extract(f"{title}.docx", text)))


def test_a_paper_of_other_work_beside_the_campaigns_name_waits() -> None:
    """The subject names the campaign, the paper another one: the wrong file was attached."""
    text = f"夕阳红养老院禁毒工作总结\n今年以来，我院认真做好禁毒工作。\n{TOLD}\n夕阳红养老院\n2025年10月31日"
    sent = message("夕阳红养老院“敬老月”活动总结", sender="xyh@qq.com")
    assert not filed_units(file(sent, extract("总结.docx", text)))


def test_a_paper_of_another_field_waits_whatever_it_is_called() -> None:
    """A bare title, a known sender, deeds of the same kinds, and hardly a word of the notice."""
    text = (
        "夕阳红养老院总结\n我院组织清运垃圾12吨，疏通沟渠3公里，改厕5户，组织志愿者清扫卫生死角2次。\n"
        "举办垃圾分类培训1场，评选清洁家庭5户，走访商户12家，张贴分类海报40张。\n夕阳红养老院\n2025年10月31日"
    )
    assert not filed_units(file(message("总结", sender="xyh@qq.com"), extract("总结.docx", text)))


def test_the_inner_of_two_quoted_names_is_the_theme() -> None:
    """《…“敬老月”活动方案》: what is printed and sent is the plan, what it is about the month."""
    title = "关于开展2025年“敬老月”活动的通知"
    nested = NOTICE.replace(
        "关于组织开展2025年“敬老月”活动的通知", "关于印发《全区民政系统2025年“敬老月”活动方案》的通知"
    )
    assert nested != NOTICE
    assert themes_of(read_notice(nested)) == ("敬老月",) == themes_of(read_notice(NOTICE.replace("组织", "", 1)))
    assert title


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("特教学校安全月总结", True),
        ("安全月总结", True),
        ("消防安全月总结", False),
        ("质量安全月总结", False),
        ("安全生产总结", False),
    ],
)
def test_a_theme_is_known_by_its_abbreviation(text: str, *, said: bool) -> None:
    """Its first signs and its mark, with nothing before them that makes them another name."""
    assert says_theme(text, ("安全生产月",)) is said


@pytest.mark.parametrize(
    ("title", "words", "plain"),
    [
        ("夕阳红养老院禁毒工作总结", "禁毒", True),
        ("夕阳红创文工作总结", "创文", False),
        ("走访慰问工作总结", "", False),
        ("夕阳红总结（参考格式）", "", False),
        ("夕阳红养老院宣传月活动总结", "", False),
        ("夕阳红养老院环境日总结", "夕阳红养老院环境日", True),
        ("东民发〔2025〕12号 总结", "", False),
    ],
)
def test_what_else_a_title_says(title: str, words: str, *, plain: bool) -> None:
    """Names, the notice's words, numbers of documents and words about the mail are no topic."""
    found = other_topic(title, CAMPAIGN, index_of(context().roster), "S11")
    assert (found.words if found else "", bool(found and found.plain)) == (words, plain)


def test_a_text_bears_on_the_campaign_by_words_and_matters() -> None:
    """A report on rubbish shares verbs with one on visits to the old, and hardly a word more."""
    assert bears(TOLD, CAMPAIGN)
    assert not bears("组织清运垃圾12吨，疏通沟渠3公里，改厕5户，清扫卫生死角2次，评选清洁家庭。", CAMPAIGN)


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("关于开展“书香东湖”全民阅读季活动的通知", ("书香东湖", "全民阅读季", "阅读季")),
        ("关于开展第34个全国税收宣传月暨便民春风行动的通知", ("税收宣传月", "便民春风行动")),
        ("关于开展《职业病防治法》宣传周活动的通知", ("职业病防治法", "职业病防治法宣传周", "宣传周")),
        (
            "关于开展2026年主汛期“防大汛、保安全”百日行动的通知",
            ("防大汛、保安全", "防大汛、保安全百日行动", "主汛期百日行动", "百日行动"),
        ),
        (
            "关于开展“安康杯”竞赛暨夏季职工劳动保护专项行动的通知",
            ("安康杯", "安康杯竞赛", "竞赛", "职工劳动保护专项行动", "专项行动"),
        ),
        ("关于开展秋季生活垃圾分类集中行动的通知", ("生活垃圾分类集中行动", "集中行动")),
        ("关于开展2026年城镇燃气安全“敲门行动”的通知", ("敲门行动", "城镇燃气安全敲门行动")),
        ("关于开展“安全生产月”和“百日除患”行动的通知", ("安全生产月", "百日除患", "百日除患行动")),
    ],
)
def test_a_campaign_has_all_the_names_of_its_title(title: str, names: tuple[str, ...]) -> None:
    """A quoted name, what stands behind it, both halves of 暨; 第34个 names nothing."""
    assert themes_of(replace(CAMPAIGN, title=title)) == names


HUNDRED_DAYS = replace(CAMPAIGN, title="关于开展2026年主汛期“防大汛、保安全”百日行动的通知")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *(("桥东村百日行动总结", True), ("百日行动统计表", True), ("自百日行动开展以来,我镇排查隐患", True)),
        *(("防汛百日行动总结", True), ("主汛期百日行动小结", True), ("防大汛保安全百日行动情况报告", True)),
        *(("防大汛,保安全", True), ("关于百日行动开展情况的报告", True), ("市政中心2026年百日行动总结", True)),
        *(("消防安全百日行动总结", False), ("打击整治百日行动总结", False), ("百日攻坚总结", False)),
        *(("创文百日行动总结", False), ("专项行动总结", False), ("行动总结", False)),
    ],
)
def test_what_kind_of_campaign_it_is_names_it_where_no_other_topic_stands_before(text: str, *, said: bool) -> None:
    """百日行动 behind a unit's name is the only one that the notice knows; 消防安全百日行动 is another."""
    assert says_theme(squeeze(text), themes_of(HUNDRED_DAYS)) is said


@pytest.mark.parametrize(
    ("title", "words"),
    [
        *(
            ("夕阳红百日行动总结", ""),
            ("统计表百日行动统计表", ""),
            ("汛期百日行动总结", ""),
            ("东湖区百日行动报告", ""),
        ),
        *(("夕阳红消防百日行动总结", "夕阳红消防百日行动"), ("夕阳红专项行动总结", "夕阳红专项行动")),
        ("创文百日行动总结", "创文百日行动"),
    ],
)
def test_an_action_with_another_topic_is_other_work(title: str, words: str) -> None:
    """An abbreviated name of a unit and what a table is called are no topic."""
    found = other_topic(title, HUNDRED_DAYS, index_of(context().roster), "S11")
    assert (found.words if found else "") == words


def test_deeds_in_any_words_are_a_report_in_the_body() -> None:
    """No verb of any list, but activities of the campaign: the attachment was not forgotten."""
    body = "昨天下午我们陪社区里的独居老人聊天，给26位老人理了发、量了血压，又教他们用智能手机。\n夕阳红养老院"
    assert filed_units(file(message("夕阳红活动", body, "xyh@qq.com"))) == ["S11"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("收到，谢谢！", "thanks"),
        ("您的邮件收到了，辛苦", "thanks"),
        ("本周收到捐赠棉被140余床，志愿者为老人修补门窗75扇，上门理发12人。夕阳红养老院", ""),
    ],
)
def test_receipt_is_no_deed_and_a_deed_no_receipt(body: str, reason: str) -> None:
    """收到 alone is a receipt, with what and how much behind it a deed."""
    filing = file(message("回复：敬老月", body, "xyh@qq.com"))
    assert (filing.reason if filing.status == "not_a_report" else "") == reason


def test_a_correction_of_one_number_belongs() -> None:
    """A few words without a paper: which number of the earlier report is another."""
    body = "10月29日所报我院走访慰问、志愿服务总结有笔误，“悬挂横幅90条”应为9条，其他内容不变。\n夕阳红养老院"
    filing = file(message("更正", body, "xyh@qq.com"))
    assert (filed_units(filing), filing.submissions[0].sign) == (["S11"], "correction")


def test_a_correction_of_another_table_waits() -> None:
    """It says itself that it was not this report."""
    body = "10月29日所报我院传染病防控工作总结有笔误，“悬挂横幅90条”应为9条，其他内容不变。\n夕阳红养老院"
    assert not filed_units(file(message("更正", body, "xyh@qq.com")))


def test_last_years_paper_under_this_years_subject_waits() -> None:
    """Title and dates of the paper count, not what the mail is called."""
    old = summary("夕阳红养老院", date="2024年11月2日").replace("2025年", "2024年")
    sent = message("夕阳红养老院2025年“敬老月”活动总结", sender="xyh@qq.com")
    assert file(sent, extract("2025年敬老月总结.docx", old)).reason == "earlier_year"


@pytest.mark.parametrize(
    "sentence",
    ["自2019年起我院坚持走访。", "2023年我院曾走访慰问92人。", "我院2021年建成活动室。", "较2024年10月增加12人。"],
)
def test_years_of_a_comparison_are_not_the_reports(sentence: str) -> None:
    """Without a date of its own the report is not of the year that it is compared with."""
    text = summary("夕阳红养老院", date="").replace("2025年", "").replace("现总结如下。", f"现总结如下。\n{sentence}")
    assert filed_units(file(message(sender="xyh@qq.com"), extract("总结.docx", text))) == ["S11"]


def test_lines_of_a_pdf_that_ran_together_name_their_addressee() -> None:
    """夕阳红养老院敬老活动总结区民政局: is addressed to 区民政局."""
    text = UNNAMED.replace("夕阳红养老院总结\n区民政局：", "夕阳红养老院走访慰问老人总结区民政局：")
    assert text != UNNAMED
    assert filed_units(file(message(sender="xyh@qq.com"), extract("总结.pdf", text))) == ["S11"]


def test_a_union_of_a_campaign_by_unions_reports() -> None:
    """工会 is no other business where the notice is a union's."""
    notice = NOTICE.replace("区民政局", "区总工会").replace("滨海市东湖区民政局", "滨海市东湖区总工会")
    paper = extract("夕阳红工会简报第14期.docx", f"夕阳红养老院工会简报\n{TOLD}\n夕阳红养老院\n2025年10月20日")
    sent = message("夕阳红养老院进展", sender="xyh@qq.com")
    assert filed_units(file(sent, paper, contexts=(context(notice),))) == ["S11"]
    assert file(sent, paper).reason == "other_business"


def test_a_stranger_who_sells_is_told_by_many_words() -> None:
    """Though the mail names units that bought."""
    body = "七月流火，敬老月礼包现货团购，68元/份，经费可开票，500份起送。已服务夕阳红养老院等320家单位。微信同号"
    filing = file(message("敬老月礼包", body, "vip@shop.example"))
    assert (filing.status, filing.reason) == ("not_a_report", "advertisement")
