"""Layouts of other offices: companies' numbers, remarks and people in tables, lists of deadlines, meetings."""

from __future__ import annotations

import pytest

from filing.notice.contacts import read_contacts, read_mailboxes
from filing.notice.offices import office
from filing.notice.reading import read_notice
from records.campaigns import Campaign, Period
from records.errors import UsageError
from records.extracts import Table
from tests.notice_cases import day

_COMPANY = """恒丰集团文件
编号：HF-AH-2026-007　　密级：内部

关于开展集团“夏季安全攻坚行动”的通知

致：各子公司、各工厂

发自：集团安委会办公室

1　目的
降低夏季生产风险。

2　时间
2026年7月6日—2026年8月28日

3　行动内容
{items}

4　报送
{dues}
4.4　以上均发 ehs@hengfeng.example，抄送 audit@hengfeng.example

集团安全生产委员会办公室
2026/6/29
"""
_DECIMALS = "3.1　除尘系统清灰\n各工厂全面清理。\n3.2　机房体检\n委托第三方检测。\n3.3　动火复训\n车间自愿组织。"
_POINTS = "1. 除尘系统清灰\n各工厂全面清理。\n2. 机房体检\n委托第三方检测。\n3. 动火复训\n车间自愿组织。"
_DUES = "4.1　7月17日18:00前：清灰记录表\n4.2　8月7日18:00前：体检报告扫描件\n4.3　9月4日18:00前：行动总结"
_DUE_TABLE = """截止时间 | 材料 | 备注
7月17日18:00前 | 清灰记录表 | 电子版
8月7日18:00前 | 体检报告扫描件 | 电子版
9月4日18:00前 | 行动总结 | 盖章"""


@pytest.mark.parametrize("items", [_DECIMALS, _POINTS])
@pytest.mark.parametrize("dues", [_DUES, _DUE_TABLE])
def test_company_notice_with_bare_numbers(items: str, dues: str) -> None:
    """1 目的, 3.1 …, 致：, 编号：, and deadlines as a list or a table below 报送."""
    found = read_notice(_COMPANY.format(items=items, dues=dues))

    assert (found.document_number, found.addressees) == ("HF-AH-2026-007", ("各子公司", "各工厂"))
    assert found.period == Period(day("2026-07-06"), day("2026-08-28"))
    assert [(item.title, item.required) for item in found.activities] == [
        ("除尘系统清灰", True),
        ("机房体检", True),
        ("动火复训", False),
    ]
    assert _due(found) == [
        ("material", "07-17 18:00", "清灰记录表"),
        ("material", "08-07 18:00", "体检报告扫描件"),
        ("summary", "09-04 18:00", "行动总结"),
    ]
    assert found.mailboxes == ("ehs@hengfeng.example",)


def _due(campaign: Campaign) -> list[tuple[str, str, str]]:
    return [(item.kind, f"{item.due:%m-%d %H:%M}" if item.due else "", item.what) for item in campaign.requirements]


_NOTICE = (
    "关于开展2026年秋季健康行动的通知\n\n各街道办事处：\n\n现将有关事项通知如下：\n一、活动时间\n{when}\n"
    "二、活动内容\n（一）健康讲堂。邀请医生讲课。\n（二）健步走。组织干部群众参加。\n三、{heading}\n{asked}\n\n"
    "海棠区卫生健康局\n2026年8月20日\n"
)


def _asking(asked: str, heading: str = "报送要求", when: str = "2026年9月1日至9月30日") -> Campaign:
    return read_notice(_NOTICE.format(asked=asked, heading=heading, when=when))


@pytest.mark.parametrize(
    "asked",
    [
        "1.9月10日前：活动方案；\n2.10月9日前：活动总结。",
        "（一）活动方案：9月10日前\n（二）活动总结：10月9日前",
        "1、活动方案（9月10日前）\n2、活动总结（10月9日前）",
        "9月10日前，活动方案\n10月9日前，活动总结",
        "①9月10日前——活动方案\n②10月9日前——活动总结",
    ],
)
def test_deadlines_listed_below_a_heading_on_reports(asked: str) -> None:
    """No verb says that they are sent in: the heading does."""
    assert _due(_asking(asked)) == [("material", "09-10 23:59", "活动方案"), ("summary", "10-09 23:59", "活动总结")]


def test_deadlines_listed_below_another_heading_are_steps_of_the_work() -> None:
    """9月10日前：活动方案 below 实施步骤 asks nobody to send anything."""
    asked = "1.9月10日前：活动方案；\n2.10月9日前：活动总结。"
    assert not _asking(asked, heading="实施步骤").requirements


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ("各单位要结合实际制定实施方案，于9月10日前连同联络员名单一并报送。", "实施方案、联络员名单"),
        ("各单位填写自查表，9月10日前与问题清单一起报送。", "自查表、问题清单"),
        ("请各单位认真编制工作计划，并于9月10日前随回执一并上报。", "工作计划、回执"),
        ("请各单位制定实施方案，于9月10日前报送。", "实施方案"),
    ],
)
def test_what_is_sent_together_with_something_else_is_named_too(asked: str, what: str) -> None:
    """连同…一并报送: the paper of the clause before is asked for, the other goes with it."""
    (found,) = _asking(asked).requirements
    assert (found.what, found.required, found.rule) == (what, True, "9月10日前")


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ("各单位于10月9日前报送活动总结，活动中的亮点工作随时报送。", "活动中的亮点工作"),
        ("各单位于10月9日前报送活动总结。感人的故事请随时发来。", "感人的故事"),
        ("各单位于10月9日前报送活动总结。好照片请随时传来。", "好照片"),
    ],
)
def test_what_may_come_at_any_time_is_voluntary(asked: str, what: str) -> None:
    """随时 asks nobody."""
    first, second = _asking(asked).requirements
    assert (first.kind, first.required) == ("summary", True)
    assert (second.kind, second.due, second.required, second.what) == ("material", None, False, what)


def test_remarks_and_people_inside_tables_are_read() -> None:
    """注：… filling a row of its own, and 联系人, 电话, 邮箱 as columns."""
    plan = Table(
        (
            ("序号", "活动名称", "时间"),
            ("1", "健康大讲堂", "9月"),
            ("2", "健步走", "10月中旬"),
            ("注：1.请各单位于11月28日前报送行动总结一份。\n2.统一发至邮箱 jk@example.com。", "", ""),
        )
    )
    people = Table(
        (("联系人", "电话", "邮箱"), ("黎某", "0000-3310552", "lee@example.com"), ("丘某", "0000-3310556", ""))
    )
    text = "关于印发健康行动安排表的函\n\n各街道办事处：\n\n现印发给你们。\n\n海棠区卫生健康局\n2026年8月20日\n"
    found = read_notice(text, tables=[plan, people])

    assert [item.title for item in found.activities] == ["健康大讲堂", "健步走"]
    assert found.period == Period(day("2026-09-01"), day("2026-10-20"))
    assert _due(found) == [("summary", "11-28 23:59", "行动总结")]
    assert found.mailboxes == ("jk@example.com", "lee@example.com")
    assert [(one.name, one.phone) for one in found.contacts] == [("黎某", "0000-3310552"), ("丘某", "0000-3310556")]


def test_list_of_units_with_their_people_names_nobody_to_ask() -> None:
    """单位, 联系人, 电话: an annexed roster."""
    units = Table((("单位", "联系人", "电话"), ("东街道", "黎某", "0000-3310552"), ("西街道", "丘某", "0000-3310556")))
    text = "关于印发健康行动名单的函\n\n各街道办事处：\n\n现印发给你们。\n\n海棠区卫生健康局\n2026年8月20日\n"
    assert read_notice(text, tables=[units]).contacts == ()


@pytest.mark.parametrize(
    "when",
    [
        "2026年9月1日（七月二十）至2026年9月30日（八月二十）",
        "2026年9月1日（白露前）起至9月30日",
        "9月1日（星期二）—9月30日（星期三）",
    ],
)
def test_days_with_a_remark_in_brackets_are_a_range(when: str) -> None:
    """Lunar days, weekdays and feasts in brackets part no range."""
    assert _asking("", when=when).period == Period(day("2026-09-01"), day("2026-09-30"))


def test_day_of_a_meeting_is_not_the_campaign() -> None:
    """A notice of a meeting and an action: the action's days count."""
    text = (
        "关于召开食品安全会议暨开展春季行动的通知\n\n各中小学：\n\n一、会议安排\n时间：2026年2月27日下午2:30\n地点：四楼报告厅\n"
        "二、春季行动\n会议后至4月30日，各单位要开展以下行动：\nA．明厨亮灶再升级\n更换损坏摄像头。\nB．食材大清查\n逐批核对。\n\n"
        "南津区食品安全工作领导小组（区教育局代章）\n2026年2月13日\n"
    )
    found = read_notice(text)
    assert found.period is not None and found.period.to == day("2026-04-30")
    assert found.issuer == "南津区食品安全工作领导小组"


def test_further_people_stand_on_their_own_lines() -> None:
    """联系人：… and below it the next one, without a label."""
    found = read_contacts(
        ["联系人：法规科蒋某0000-2290031", "路政支队寇某0000-2290188（业务咨询）", "以上电话工作日接听"]
    )
    assert [(one.name, one.phone) for one in found] == [
        ("法规科蒋某", "0000-2290031"),
        ("路政支队寇某", "0000-2290188"),
    ]


def test_address_that_gets_copies_is_no_mailbox_unless_it_is_alone() -> None:
    """抄送 a@… is for the knowledge of others."""
    assert read_mailboxes(["发至a@example.com，抄送b@example.com（审计部）"]) == ("a@example.com",)
    assert read_mailboxes(["材料抄送b@example.com"]) == ("b@example.com",)


def test_office_that_lends_its_seal_is_not_part_of_the_name() -> None:
    """（区教育局代章）."""
    assert office("食品安全工作领导小组（区教育局代章）") == "食品安全工作领导小组"


@pytest.mark.parametrize("led", ["牵头：县消保委", "责任单位：各街道", "牵头单位：区民政局；配合单位：各街道"])
def test_who_leads_an_activity_is_no_part_of_its_title(led: str) -> None:
    """（牵头：…） behind the title; the text stays."""
    text = _NOTICE.replace("健康讲堂。", f"健康讲堂（{led}）。").format(when="2026年9月", heading="报送要求", asked="")
    assert [item.title for item in read_notice(text).activities] == ["健康讲堂", "健步走"]


_POST = """🏡 {title}

各位居民小组长、物业、共建单位：

🍂 一年一度的邻里节，从10月17日玩到10月25日，请大家一起出力👇

{first} 百家宴
每栋楼出一道菜，楼组长负责报菜名。

{second} 旧物换新
家里闲置的玩具、图书拿来换。

{third} 邻里义诊
请医生来量血压、测血糖。

📮 请在28号晚8点前，把活动小结和照片发到 wutongli@example.com
☎️ 有事找居委会小陶：0000-6612300

梧桐里社区居委会
2026.10.9
"""


@pytest.mark.parametrize("title", ["2026年“邻里节”来啦！", "关于举办2026年邻里节的通知", "邻里节开始报名"])
@pytest.mark.parametrize("marks", [("🎎", "🧵", "🩺"), ("1️⃣", "2️⃣", "3️⃣"), ("✅", "✅", "✅"), ("●", "●", "●")])
def test_post_in_a_chat_group_is_read(title: str, marks: tuple[str, str, str]) -> None:
    """Pictures are bullets before headings, and nothing elsewhere; a post needs no word for what it is."""
    found = read_notice(_POST.format(title=title, first=marks[0], second=marks[1], third=marks[2]))

    assert (found.title, found.issuer) == (title, "梧桐里社区居委会")
    assert [item.title for item in found.activities] == ["百家宴", "旧物换新", "邻里义诊"]
    assert found.period == Period(day("2026-10-17"), day("2026-10-25"))
    assert _due(found) == [("summary", "10-28 20:00", "活动小结和照片")]


@pytest.mark.parametrize(
    "text",
    [
        "桥南社区邻里节圆满结束！\n\n各位领导：\n\n我社区于10月17日举办邻里节，120人参加。\n\n桥南社区居委会\n2026.10.26\n",
        "邻里节活动总结\n\n区民政局：\n\n按要求于10月28日前报送总结。\n\n桥南社区居委会\n2026.10.26\n",
        "周末去哪儿？\n\n同学们：\n\n10月28日前都可以来图书馆。\n",
    ],
)
def test_post_that_asks_nobody_to_send_anything_is_no_notice(text: str) -> None:
    """Without a deadline and a mailbox such a text is a report or news."""
    with pytest.raises(UsageError):
        read_notice(text)


@pytest.mark.parametrize("head", ["【第二阶段  排查整治】", "第二阶段：排查整治（9月11日至20日）", "二阶段 排查整治"])
def test_phase_between_two_items_belongs_to_neither(head: str) -> None:
    """A heading without a number inside a running list is no text of the item above it."""
    text = _NOTICE.replace("（二）健步走", f"{head}\n（二）健步走").format(
        when="2026年9月", heading="报送要求", asked=""
    )
    assert [(item.title, item.text) for item in read_notice(text).activities] == [
        ("健康讲堂", "邀请医生讲课。"),
        ("健步走", "组织干部群众参加。"),
    ]


@pytest.mark.parametrize(
    "sent",
    [
        "将活动总结报xc@example.com",
        "将活动总结发xc@example.com",
        "把活动总结传指定邮箱xc@example.com",
        "活动总结请发电子邮箱：xc@example.com",
        "活动总结（盖章）报我局邮箱xc@example.com",
    ],
)
def test_report_sent_to_an_address_without_a_word_between(sent: str) -> None:
    """报a@… and 发邮箱 ask as 报送至 does."""
    assert _due(_asking(f"各单位于10月9日前{sent}。")) == [("summary", "10-09 23:59", "活动总结")]


def test_a_task_with_its_goals_in_a_table_is_an_activity() -> None:
    """考核指标 beside a task heads no form of figures."""
    tasks = Table(
        (
            ("序号", "任务", "考核指标", "责任单位"),
            ("1", "走访慰问", "不少于10户", "各镇街"),
            ("2", "义诊服务", "每村1场", "各镇街"),
        )
    )
    text = "关于印发敬老月任务分工的通知\n\n各街道办事处：\n\n现印发给你们。\n\n海棠区民政局\n2026年8月20日\n"
    assert [item.title for item in read_notice(text, tables=[tasks]).activities] == ["走访慰问", "义诊服务"]


@pytest.mark.parametrize(
    "form",
    [
        "项目\t数量\t单位\n参与活动\t\t人次\n漂流图书\t\t册\n共读家庭\t\t户",
        "项目\t单位\t数量\n参与活动\t人次\t\n漂流图书\t册\t\n共读家庭\t户\t",
        "项目 | 单位 | 数量\n参与活动 | 人次 | \n漂流图书 | 册 | \n共读家庭 | 户 | ",
        "序号\t\t项目\t\t单位\n1\t\t参与活动\t人次\n2\t\t漂流图书\t册\n3\t\t共读家庭\t户",
    ],
)
def test_form_with_empty_cells_in_plain_text(form: str) -> None:
    """Tabs around an empty cell, and tabs that only align."""
    found = read_notice(_NOTICE.format(when="2026年9月", heading="报送要求", asked="") + "附件\n统计表\n" + form)
    assert [(item.label, item.unit) for item in found.measures] == [("漂流图书", "册"), ("共读家庭", "户")]


@pytest.mark.parametrize(
    ("addressees", "asked"),
    [
        ("各村（社区）", "各村10月9日前报送活动总结。"),
        ("各中心校、县直学校", "2. 各校10月9日前报送活动总结。"),
        ("各园", "（三）各园于10月9日前报送活动总结。"),
        ("各镇、街道", "1.各镇、街道要于10月9日前报送活动总结。"),
    ],
)
def test_all_addressees_by_a_short_name_or_behind_a_number(addressees: str, asked: str) -> None:
    """2. 各校 means all, and no kind called 2.校."""
    text = _NOTICE.replace("各街道办事处", addressees).format(when="2026年9月", heading="报送要求", asked=asked)
    assert [item.categories for item in read_notice(text).requirements] == [()]


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ("9月10日前交实施计划。", "实施计划"),
        ("9月10日下班前交自查报告和照片。", "自查报告和照片"),
        ("各单位9月10日前提供问题台账。", "问题台账"),
        ("请在9月10日17:00前递交推荐材料。", "推荐材料"),
    ],
)
def test_handing_in_by_a_day_is_sending_it(asked: str, what: str) -> None:
    """9月10日前交…, as small offices write."""
    (found,) = _asking(asked).requirements
    assert (found.what, found.required, found.due is not None) == (what, True, True)


@pytest.mark.parametrize(
    "asked", ["9月10日前交警部门开展检查。", "9月10日前提供一次义诊服务。", "9月10日前交办问题全部整改。"]
)
def test_other_words_behind_a_day_ask_for_nothing(asked: str) -> None:
    """交警, 提供服务."""
    assert not _asking(asked).requirements


@pytest.mark.parametrize("label", ["联系民警", "联系老师", "联系人", "业务联系人"])
def test_person_to_ask_by_any_title(label: str) -> None:
    """联系民警：… as 联系人：…"""
    assert [(one.name, one.phone) for one in read_contacts([f"{label}：丁某0000-1100022"])] == [
        ("丁某", "0000-1100022")
    ]
