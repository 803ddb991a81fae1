"""Mailboxes, people and measures in the odd writings of notices."""

from __future__ import annotations

import pytest

from filing.notice.contacts import read_contacts, read_mailboxes
from filing.notice.measures import read_measures
from filing.notice.text import lines_of, paragraphs
from filing.notice.texttables import parted
from records.extracts import Table


@pytest.mark.parametrize(
    ("written", "mailboxes"),
    [
        ("邮箱：abc（at）example.com", "abc@example.com"),
        ("abc [at] example [dot] com", "abc@example.com"),
        ("ＡＢＣ＠ｅｘａｍｐｌｅ．ｃｏｍ", "abc@example.com"),
        ("abc@example。com", "abc@example.com"),
        ("邮箱：123456789 @ example . com", "123456789@example.com"),
        ("abc艾特example.com", "abc@example.com"),
        ("abc(圈a)example.com", "abc@example.com"),
        ("abc{at}example.com", "abc@example.com"),
        ("abc(a)example.com（把(a)换成@）", "abc@example.com"),
        ("邮箱：abc#example.com\n注：邮箱中的#请替换为@。", "abc@example.com"),
        ("user%example.com（%替换为@）", "user@example.com"),
        ("邮箱：a@example.com、b@example.org；c@example.cn", "a@example.com b@example.org c@example.cn"),
        ("邮箱：a@example.com／b@example.com", "a@example.com b@example.com"),
        ("电子邮箱：ybq-ajb@\nexample.com", "ybq-ajb@example.com"),
        ("请用50%以上的时间，每人2#楼集合。", ""),
    ],
)
def test_mailbox_is_read_however_it_is_written(written: str, mailboxes: str) -> None:
    """Offices hide the @ from robots, typists put blanks and wide letters into addresses, pages cut them."""
    assert read_mailboxes(paragraphs(lines_of(written))) == tuple(mailboxes.split())


@pytest.mark.parametrize(
    ("written", "people"),
    [
        ("联系人：张某，00000001", [("张某", "00000001")]),
        ("联系人：张某、李某；电话：00000001、00000002", [("张某", "00000001"), ("李某", "00000002")]),
        ("联 系 人：张 某   电 话：0000-00000001", [("张某", "0000-00000001")]),
        (
            "业务联系人：王某（000-00000001）；技术支持：李某 00000002",
            [("王某", "000-00000001"), ("李某", "00000002")],
        ),
        (
            "联系人：张某（安全科），电话：00000001；李某（宣传科），电话：00000002",
            [("张某", "00000001"), ("李某", "00000002")],
        ),
        ("联系电话：00000001（安全科）、00000002（宣传科）", [("安全科", "00000001"), ("宣传科", "00000002")]),
        ("如有疑问，请与区安委办张某联系，电话00000001。", [("区安委办张某", "00000001")]),
        ("有问题请联系政教处阮老师（00000001）。", [("政教处阮老师", "00000001")]),
        ("咨询电话：00000001 联系人：赵某", [("赵某", "00000001")]),
        ("联系人：张某，联系电话：\n00000001", [("张某", "00000001")]),
        ("请将联络员姓名、电话报区安委办。", []),
    ],
)
def test_people_go_with_their_telephones(written: str, people: list[tuple[str, str]]) -> None:
    """Each name with its own number; a list of things to report is nobody's name."""
    found = read_contacts(paragraphs(lines_of(written)))

    assert [(contact.name, contact.phone) for contact in found] == people


def _labels(texts: list[str], *tables: Table) -> list[str]:
    return [f"{measure.label} {measure.unit}".strip() for measure in read_measures(texts, tables)]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("总结须写明开展专题讲座的场次、参加讲座人数和整改清单。", ["专题讲座场次 场", "讲座人数 人"]),
        (
            "统计表应包含入户走访户数，化解矛盾纠纷件数以及慰问金额（万元）。",
            ["入户走访户数 户", "化解矛盾纠纷件数 件", "慰问金额 万元"],
        ),
        (
            "总结中须注明参与志愿者人数、服务时长（小时）、服务群众人次。",
            ["参与志愿者人数 人", "服务时长 小时", "服务群众人次 人次"],
        ),
        (
            "总结须如实写明参与活动多少人次、走访慰问老人多少人次、志愿服务时长多少小时，处理投诉几件。",
            ["走访慰问老人 人次", "志愿服务时长 小时", "处理投诉 件"],
        ),
        ("总结不超过2000字，附照片5张。", []),
    ],
)
def test_measures_named_in_a_sentence(text: str, labels: list[str]) -> None:
    """What a report must state, with its unit where the words tell it; 与 in 参与 parts nothing."""
    assert _labels([text]) == labels


def test_measures_under_merged_headings_carry_the_heading() -> None:
    """场次 alone says nothing: it is that of the heading above it."""
    table = Table(
        (
            ("序号", "专题讲座", "", "义诊活动", "", "备注"),
            ("", "场次", "听讲人数", "次数", "服务人次", ""),
            ("1", "", "", "", "", ""),
        )
    )

    assert _labels([], table) == ["专题讲座场次 场", "听讲人数 人", "义诊活动次数 次", "服务人次 人次"]


def test_measures_in_rows_have_the_unit_of_their_row() -> None:
    """指标, 计量单位, 数量: each row is a measure."""
    table = Table(
        (
            ("序号", "指标名称", "计量单位", "数量"),
            ("1", "开展宣讲", "场", ""),
            ("2", "慰问老人", "人次", ""),
            ("3", "制作展板", "块", ""),
        )
    )

    assert _labels([], table) == ["开展宣讲 场", "慰问老人 人次", "制作展板 块"]


def test_form_of_one_row_in_plain_text_is_a_table() -> None:
    """An annexed form loses its empty rows in plain text; wide gaps part its headings."""
    plain, tables = parted("附件\n统计表\n社区名称\t入户户数（户）\t发放袋数（个）\t备注\n某某局    某某委    某某办\n")

    assert _labels([], *tables) == ["入户户数 户", "发放袋数 个"]
    assert plain == "附件\n统计表\n某某局    某某委    某某办"
