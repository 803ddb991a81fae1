"""Activities numbered by words (行动一：, 【任务一】, 第一项) and annexed forms of figures, which are no activities."""

from __future__ import annotations

import pytest

from filing.notice.marks import mark_of
from filing.notice.reading import read_notice
from records.extracts import Table

_HEAD = "关于开展2026年秋季文明实践月的通知\n\n各街道办事处：\n\n定于2026年9月1日至9月30日开展文明实践月，通知如下：\n"
_FOOT = "三、报送要求\n各单位于10月9日前将活动总结报送至wenming@example.com。\n\n海棠区文明办\n2026年8月20日\n"
_TITLES = ("知识宣讲", "桶边督导", "入户走访")
_TEXT = "组织志愿者走进小区、学校开展工作，做到一户不漏。"


def _notice(section: str, heads: tuple[str, ...], *, parted: str = "。") -> str:
    items = "\n".join(f"{head}{title}{parted}{_TEXT}" for head, title in zip(heads, _TITLES, strict=True))
    return f"{_HEAD}一、总体要求\n聚焦群众需求，务求实效。\n二、{section}\n{items}\n{_FOOT}"


@pytest.mark.parametrize(
    ("heads", "printed"),
    [
        (("行动一：", "行动二：", "行动三："), ("行动一", "行动二", "行动三")),
        (("行动一　", "行动二　", "行动三　"), ("行动一", "行动二", "行动三")),
        (("任务一、", "任务二、", "任务三、"), ("任务一", "任务二", "任务三")),
        (("项目1：", "项目2：", "项目3："), ("项目1", "项目2", "项目3")),
        (("专题一  ", "专题二  ", "专题三  "), ("专题一", "专题二", "专题三")),
        (("【行动一】", "【行动二】", "【行动三】"), ("行动一", "行动二", "行动三")),
        (("第一项：", "第二项：", "第三项："), ("第一项", "第二项", "第三项")),
        (("第一项行动 ", "第二项行动 ", "第三项行动 "), ("第一项行动", "第二项行动", "第三项行动")),
        (("举措一——", "举措二——", "举措三——"), ("举措一", "举措二", "举措三")),
        (("活动之一：", "活动之二：", "活动之三："), ("活动之一", "活动之二", "活动之三")),
        (("1.行动一：", "2.行动二：", "3.行动三："), ("行动一", "行动二", "行动三")),
        (
            ("（一）专项行动一：", "（二）专项行动二：", "（三）专项行动三："),
            ("专项行动一", "专项行动二", "专项行动三"),
        ),
    ],
)
@pytest.mark.parametrize("section", ["重点行动", "守护家园这样干"])
@pytest.mark.parametrize("parted", ["。", "\n"])
def test_items_numbered_by_words_are_the_activities(
    heads: tuple[str, ...], printed: tuple[str, ...], section: str, parted: str
) -> None:
    """Whatever the heading above them: such a number says itself that an activity begins."""
    found = read_notice(_notice(section, heads, parted=parted)).activities

    assert [item.title for item in found] == list(_TITLES)
    assert tuple(item.printed for item in found) == printed
    assert all(item.text == _TEXT for item in found)


@pytest.mark.parametrize(
    "section",
    ["重点行动", "主要行动", "十大行动", "开展三项行动", "实施3大工程", "专项行动内容", "重点举措", "系列活动"],
)
def test_sections_of_actions_hold_the_activities(section: str) -> None:
    """Plainly numbered items below such a heading, though another section is numbered the same way."""
    found = read_notice(_notice(section, ("（一）", "（二）", "（三）"))).activities

    assert [item.title for item in found] == list(_TITLES)


@pytest.mark.parametrize(
    "sentence",
    ["活动一定要注重实效", "任务一般由社区承担", "项目一览表见附件", "行动一开始就要抓紧"],
)
def test_words_that_only_look_numbered_are_no_number(sentence: str) -> None:
    """一定, 一般, 一览 follow a noun without anything between."""
    assert mark_of(sentence) is None


_FORM = [("序号", "指标", "单位"), ("1", "宣讲培训", "场"), ("2", "参与活动", "人次"), ("3", "收集厨余垃圾", "吨")]
_FORMS = (
    Table(tuple(_FORM)),
    Table((("序号", "项目", "计量单位", "数量"), ("1", "敲门入户", "户", ""), ("2", "参与活动", "人次", ""))),
    Table((("序号", "统计内容", "数值"), ("1", "入户户数", ""), ("2", "参与活动人次", ""))),
    Table((("统计项目", "数量"), ("敲门入户（户）", ""), ("参与活动（人次）", ""), ("劝导（次）", ""))),
)


@pytest.mark.parametrize("form", _FORMS)
@pytest.mark.parametrize("section", ["重点行动", ""])
def test_annexed_form_of_figures_is_never_the_list_of_activities(form: Table, section: str) -> None:
    """Neither beside a section of activities nor where the notice has none at all."""
    body = _notice(section, ("行动一：", "行动二：", "行动三：")) if section else _HEAD + _FOOT.replace("三、", "一、")
    campaign = read_notice(body, tables=[form])

    rows = {cell for row in form.rows for cell in row}
    assert not rows & {item.title for item in campaign.activities}
    assert len(campaign.activities) == (3 if section else 0)


@pytest.mark.parametrize("form", _FORMS)
def test_participants_of_the_form_are_those_that_every_campaign_counts(form: Table) -> None:
    """参与活动（人次） makes no measure of its own; what only this campaign counts does."""
    labels = {
        item.label for item in read_notice(_notice("重点行动", ("（一）", "（二）", "（三）")), tables=[form]).measures
    }

    assert labels and not any("参与活动" in label for label in labels)
