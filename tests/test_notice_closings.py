"""Where a notice's last activity ends: what follows it speaks of the whole notice, and no item is lost."""

from __future__ import annotations

import pytest

from filing.notice.reading import read_notice

_NOTICE = (
    "某县民政局关于开展宣传活动的通知\n各单位：\n{indent}定于2025年6月1日至30日开展活动。\n{indent}{section}\n{items}\n"
    "{indent}{closing}\n\n某县民政局\n2025年5月20日"
)
_MARKS = (
    "（一） （二） （三）",
    "1. 2. 3.",
    "1、 2、 3、",
    "（1） （2） （3）",
    "① ② ③",
    "一是 二是 三是",
    "A. B. C.",
    "● ● ●",
)
_ITEMS = {
    "label": ("达人评选：评选“安全达人”20名。", "应急演练：演练疏散逃生。", "知识培训：邀请专家授课。"),
    "sentence": (
        "开展宣传咨询。设立咨询台，发放资料。",
        "组织应急演练。演练疏散逃生。",
        "举办评比表彰。评比先进班组。",
    ),
    "heading": (
        "开展宣传咨询\n设立咨询台，向过往群众发放资料，讲解安全知识。",
        "组织应急演练\n各单位要组织一次演练，演练疏散逃生，做好记录。",
        "举办知识培训\n邀请专家授课，讲解事故案例，提高职工安全意识。",
    ),
}
_CLOSINGS = (
    "各单位要高度重视，精心组织，确保活动取得实效。",
    "请各单位认真总结，于7月5日前将总结报送至a@example.com。",
    "希望各单位结合实际抓好落实。",
    "联系人：王某，电话：00000001。",
    "区安委办将适时对活动开展情况进行督查。",
    "以上活动开展情况请于7月5日前反馈。",
    "未尽事宜，另行通知。",
    "活动结束后，各单位要及时总结，7月5日前报送总结。",
)


@pytest.mark.parametrize("closing", _CLOSINGS)
@pytest.mark.parametrize("items", _ITEMS.values(), ids=_ITEMS)
@pytest.mark.parametrize("marks", _MARKS)
def test_closing_paragraph_is_no_part_of_the_last_activity(marks: str, items: tuple[str, ...], closing: str) -> None:
    """Whatever the numbering and the shape of the items, under a heading or a lead-in sentence, indented or not."""
    for section in ("二、活动内容", "为此，决定开展以下活动：", "【活动内容】"):
        for indent in ("", "    "):
            body = "\n".join(f"{indent}{mark}{item}" for mark, item in zip(marks.split(), items, strict=True))
            text = _NOTICE.format(indent=indent, section=section, items=body, closing=closing)

            activities = read_notice(text).activities

            assert len(activities) == 3
            assert closing[:8] not in activities[-1].title + activities[-1].text


def test_closing_sentence_on_the_last_items_line_is_no_part_of_it() -> None:
    """A PDF's line that ends with its sentence hides the paragraph's end: the words tell it."""
    text = _NOTICE.format(
        indent="",
        section="二、活动内容",
        items="1.应急演练。演练疏散逃生。\n2.知识培训。邀请专家授课。请各单位于7月5日前将总结报送至a@example.com。",
        closing="特此通知。",
    )

    assert [activity.text for activity in read_notice(text).activities] == ["演练疏散逃生。", "邀请专家授课。"]


def test_page_number_below_a_telephone_is_no_part_of_it() -> None:
    """Only a line that fills the page's width can break off in the middle of a telephone."""
    text = _NOTICE.format(
        indent="",
        section="二、活动内容",
        items="1.应急演练。演练疏散逃生，确保每名职工都会使用灭火器、都会报火警、都会组织逃生。\n2.知识培训。邀请专家授课。",
        closing="联系电话：00000001\n3",
    )

    assert [contact.phone for contact in read_notice(text).contacts] == ["00000001"]


def test_headings_that_only_sort_give_way_to_what_they_sort() -> None:
    """必选动作 and 自选动作 are no activities; what stands below the second is voluntary."""
    items = (
        "（一）必选动作（各单位均应开展）\n1.应急演练。演练疏散逃生。\n2.知识培训。邀请专家授课。\n"
        "（二）自选动作（各单位结合实际自愿参加）\nA.作品征集。征集海报。\nB.心理讲座。举办讲座。"
    )
    text = _NOTICE.format(indent="", section="二、活动内容", items=items, closing="特此通知。")

    activities = read_notice(text).activities

    assert [(item.id, item.title, item.required) for item in activities] == [
        ("1", "应急演练", True),
        ("2", "知识培训", True),
        ("3", "作品征集", False),
        ("4", "心理讲座", False),
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "图文信息一天一报，每天16:00前发至工作群，不发邮箱。",
        "每日17时前通过值班系统报送当日情况，无须发邮件。",
        "各校结合实际制定方案，方案无需上报。",
    ],
)
def test_what_goes_elsewhere_is_not_waited_for_in_the_mailbox(sentence: str) -> None:
    """Reports to a chat group or another system are nobody's debt here."""
    closing = f"请于7月5日前报送总结。{sentence}"
    text = _NOTICE.format(indent="", section="二、活动内容", items="1.演练。疏散。\n2.培训。授课。", closing=closing)

    assert [item.what for item in read_notice(text).requirements] == ["总结"]
