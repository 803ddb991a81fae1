"""A campaign's own measures: units that convert, wordings far from the notice's, tables that abbreviate them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from filing.documents import Document
from filing.what.figures import find_figures
from filing.what.scales import factor, same_kind
from records.campaigns import ActivityType, Campaign, Kind, Measure, Period
from records.extracts import Table

CAMPAIGN = Campaign(
    "c",
    "关于开展2025年河湖清洁行动的通知",
    "某某市河长制办公室",
    Period(date(2025, 8, 1), date(2025, 11, 8)),
    measures=(
        Measure("trash", "清理垃圾（吨）", "吨", ("清理垃圾",)),
        Measure("patrol", "巡河里程（公里）", "公里", ("巡河里程",)),
        Measure("razed", "拆除违建面积", "平方米", ("拆除违建面积", "拆除违建")),
        Measure("money", "发放慰问金额（万元）", "万元", ("发放慰问金额",)),
        Measure("visited", "慰问职工人数", "人", ("慰问职工人数", "慰问职工")),
        Measure("disputes", "调解劳动争议件数", "件", ("调解劳动争议件数", "调解劳动争议")),
        Measure("jobs", "提供岗位数", "个", ("提供岗位数", "提供岗位")),
        Measure("lamps", "更换护眼灯盏数", "盏", ("更换护眼灯盏数", "更换护眼灯")),
    ),
)
Told = dict[str, float]


def stated(text: str, kind: Kind = "summary", names: Sequence[str] = ()) -> Told:
    return of([Document("总结.docx", "document", text)], kind, names)


def of(documents: Sequence[Document], kind: Kind = "summary", names: Sequence[str] = ()) -> Told:
    return {figure.measure: figure.value for figure in find_figures(documents, CAMPAIGN, kind, names)}


def table(*rows: Sequence[str], names: Sequence[str] = ()) -> Told:
    return of([Document("表.xlsx", "sheet", "", (Table(tuple(tuple(row) for row in rows)),))], names=names)


@pytest.mark.parametrize(
    ("unit", "size", "kind"),
    [
        ("吨", 1000, "公斤"),
        ("斤", 0.5, "吨"),
        ("万元", 10_000, "元"),
        ("公里", 1000, "米"),
        ("万份", 10_000, "份"),
        ("份", 1, "份"),
    ],
)
def test_units_know_their_size_and_their_kind(unit: str, size: float, kind: str) -> None:
    """万 before any unit is ten thousand; a unit without other sizes is of its own kind."""
    assert factor(unit) == size
    assert kind in same_kind(unit)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("清理垃圾1,860吨。", {"trash": 1860}),
        ("清理了河道垃圾四万二千公斤。", {"trash": 42}),
        ("学生志愿者捡拾垃圾900斤。", {"trash": 0.45}),
        ("各级河长巡河里程累计1.2万米。", {"patrol": 12}),
        ("累计拆除河道违建11处1450平米。", {"razed": 1450}),
        ("拆除沿河违建2处、面积85㎡。", {"razed": 85}),
        ("拆除违建两公顷。", {"razed": 20_000}),
        ("发放慰问金额115,000元。", {"money": 11.5}),
        ("送去慰问金1.7万元。", {"money": 1.7}),
        ("发放慰问金十二万三千元。", {"money": 12.3}),
        ("慰问品折合人民币4万3千元。", {}),
        ("慰问退休教师、困难教职工共计198人，其中退休教师150人。", {"visited": 198}),
        ("慰问环卫、交警、外卖骑手共五百余人次。", {"visited": 500}),
        ("受理劳动争议9件，调解成功8件。", {"disputes": 8}),
        ("调解争议二十三起。", {"disputes": 23}),
        ("招聘会一场，岗位480个。", {"jobs": 480}),
        ("计划提供岗位200个，实际提供岗位235个，完成率117.5%。", {"jobs": 235}),
        ("护眼灯：63盏", {"lamps": 63}),
        ("今年以来清理垃圾700吨，其中行动期间清理310吨。", {"trash": 310}),
        ("清理垃圾累计1.35万吨（其中行动期间3200吨）。", {"trash": 3200}),
        ("清理垃圾任务60吨，截至7月5日实际完成58吨。", {"trash": 58}),
        ("清理垃圾较去年翻一番，达到300吨。", {"trash": 300}),
    ],
)
def test_own_measures_in_prose(text: str, said: Told) -> None:
    """Verb and thing in any order, with what says the same; the unit converts."""
    assert stated(text) == said


def test_a_row_of_like_things_is_no_total() -> None:
    """One number of three, or those of one kind of people, stand for nobody else."""
    assert stated("先后慰问医护人员320人、140人、55人。") == {}
    assert stated("慰问住院职工6人、困难职工11人。") == {}


def test_what_is_new_counts_beside_a_running_total() -> None:
    """The campaign's own share is the new ones."""
    assert stated("新增更换护眼灯38盏，累计更换护眼灯521盏。") == {"lamps": 38}


def test_tables_abbreviate_and_state_units() -> None:
    """违建（㎡）, 慰问（人）, 金额 in 元; 巡河 where the column of units says 公里."""
    rows = (("项目", "单位", "目标", "完成数"), ("巡河", "公里", "1500", "1730"), ("违建", "㎡", "500", "620"))
    assert table(*rows) == {"patrol": 1730, "razed": 620}
    heads = ("慰问人数", "慰问金额（元）", "岗位数", "调解件数")
    assert table(heads, ("420", "84,000", "1500", "6")) == {"visited": 420, "money": 8.4, "jobs": 1500, "disputes": 6}


def test_an_event_goes_by_the_end_of_its_name() -> None:
    """讲座20场 counts 健康讲座场次 where no other measure ends so."""
    talks = Measure("talks", "健康讲座场次", "场", ("健康讲座场次", "健康讲座"))
    campaign = replace(CAMPAIGN, measures=(talks,))
    document = Document("a", "document", "孕妇学校讲座12场次，家长课堂讲座8场次，合计讲座20场次。")
    assert [(one.measure, one.value) for one in find_figures([document], campaign, "summary")] == [("talks", 20)]


def test_the_whole_name_goes_before_its_end() -> None:
    """健康讲座7场 beside 家庭教育讲座2场 is another thing; 油站 of a unit's own 加油站 is no verb of 检查."""
    measures = (
        Measure("talks", "家庭教育讲座场次", "场", ("家庭教育讲座",)),
        Measure("stations", "检查加油站数", "座", ("检查加油站",)),
        Measure("works", "征集作品件数", "件", ("征集作品",)),
    )
    campaign = replace(CAMPAIGN, measures=measures)

    def told(text: str) -> Told:
        found = find_figures([Document("a", "document", text)], campaign, "summary")
        return {figure.measure: figure.value for figure in found}

    assert told("举办女性健康讲座7场、家庭教育讲座2场。") == {"talks": 2}
    assert told("所属加油站22座全部开门营业。") == {}
    assert told("讲座16场、作品152件。") == {"talks": 16, "works": 152}


def test_of_several_units_the_senders_own_row_counts() -> None:
    """By its name on the roster; without one the row of totals; 本级 is only a part of a unit."""
    rows = (
        ("单位", "清理垃圾（吨）", "慰问（人）"),
        ("东湖街道", "12", "30"),
        ("西湖街道", "20", "41"),
        ("合计", "32", "71"),
    )
    assert table(*rows, names=("某某市西湖街道办事处", "西湖街道")) == {"trash": 20, "visited": 41}
    assert table(*rows) == {"trash": 32, "visited": 71}
    parts = (rows[0], ("石梁镇本级", "1", "2"), ("石梁镇下塘村", "3", "4"), ("合计", "4", "6"))
    assert table(*parts, names=("石梁镇",)) == {"trash": 4, "visited": 6}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "“清理垃圾2300吨”系统计错误，应为230吨；拆除违建面积由1860平方米更正为1680平方米。",
            {"trash": 230, "razed": 1680},
        ),
        ("上次把护眼灯写成了36盏，实际是63盏，其余无误。", {"lamps": 63}),
        ("清理垃圾应是18.6吨，误写成了186吨。", {"trash": 18.6}),
        ("清理垃圾数写错了，不是12吨，是2吨。", {"trash": 2}),
        ("调解劳动争议由12件改为10件。", {"disputes": 10}),
    ],
)
def test_a_correction_counts_the_right_number(text: str, said: Told) -> None:
    """Whichever stands first."""
    assert stated(text) == said


def test_a_correction_in_the_body_goes_before_the_attachment() -> None:
    """附件数据有误: the body's number counts, what it does not correct stays."""
    body = Document("body", "body", "附件有误：清理垃圾更正为35.6吨。")
    paper = Document("总结.docx", "document", "清理垃圾53.6吨，调解劳动争议3件。")
    assert of([paper, body]) == {"trash": 35.6, "disputes": 3}


@pytest.mark.parametrize("issuer", ["某某市河长制办公室", "某某州河长制办公室"])
def test_a_countys_own_numbers_count_where_a_citys_campaign_asks(issuer: str) -> None:
    """全县 of a county's report is itself; 全市共 tells of all units."""
    campaign = replace(CAMPAIGN, issuer=issuer)

    def told(text: str) -> Told:
        found = find_figures([Document("a", "document", text)], campaign, "summary")
        return {figure.measure: figure.value for figure in found}

    assert told("全县共清理垃圾80吨。") == {"trash": 80}
    whole = "全市" if "市" in issuer else "全州"
    assert told(f"{whole}共清理垃圾8000吨。") == {}


def test_lessons_are_trainings_only_where_no_other_training_is_asked_for() -> None:
    """“安全第一课” that the notice describes as 培训, or one beside a training of its own."""
    lesson = ActivityType("1", "1.", "上好“安全第一课”", "面向职工开展安全培训。")
    other = ActivityType("2", "2.", "组织技能训练", "组织演练。")
    document = Document("a", "document", "老技师接力讲课，共讲课16场。")

    def trainings(*activities: ActivityType) -> list[float]:
        campaign = replace(CAMPAIGN, activities=activities)
        return [one.value for one in find_figures([document], campaign, "summary") if one.measure == "trainings"]

    assert trainings(lesson) == [16]
    assert trainings(lesson, other) == []
