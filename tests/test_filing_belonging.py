"""Whether a report belongs to the only campaign: odd titles hold up no honest report, other work waits for a person."""

from __future__ import annotations

import pytest

from filing.bearing import bears, other_topic
from filing.notice.reading import read_notice
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
