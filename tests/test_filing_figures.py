"""The figures that a report states (CONTRACT.md, Figures)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filing.documents import Document, Role
from filing.what.figures import find_figures
from records.campaigns import ActivityType, Campaign, Kind, Measure, Period
from records.extracts import Table

CAMPAIGN = Campaign(
    "c",
    "关于开展2025年消防宣传月活动的通知",
    "区消防救援局",
    Period(date(2025, 6, 1), date(2025, 6, 30)),
    activities=(ActivityType("1", "1.", "参加“火眼金睛”线上答题", ""),),
    measures=(
        Measure("households", "入户宣传户数", "户", ("入户宣传户数", "入户宣传")),
        Measure("alarms", "安装烟感数量", "个", ("安装烟感数量", "安装烟感")),
    ),
)
Told = dict[str, float]


def _stated(text: str, kind: Kind = "summary", role: Role = "document") -> Told:
    return _of([Document("总结.docx", role, text)], kind)


def _of(documents: Sequence[Document], kind: Kind = "summary") -> Told:
    return {figure.measure: figure.value for figure in find_figures(documents, CAMPAIGN, kind)}


def _table(*rows: Sequence[str], title: str = "") -> Told:
    table = Table(tuple(tuple(row) for row in rows), title)
    return _of([Document("统计表.xlsx", "sheet", "", (table,))])


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("举办安全培训5场，210人次参加培训。", {"trainings": 5}),
        ("开展应急演练三场次，举办培训两期。", {"drills": 3, "trainings": 2}),
        ("消防疏散、防暴恐两场演练。", {"drills": 2}),
        ("组织了一次防火疏散演练。", {"drills": 1}),
        ("共查出隐患二十六处，已完成整改二十四处。", {"hazards_found": 26, "hazards_fixed": 24}),
        ("发放《家庭安全手册》等宣传资料800余份，悬挂横幅6条。", {"leaflets": 800, "banners": 6}),
        ("接受咨询四百余人次，发出传单近千份。", {"consultations": 400, "leaflets": 1000}),
        ("职工参与网络答题1,024人次，满分率35%。", {"quiz_participants": 1024}),
        ("“火眼金睛”参与508人次。", {"quiz_participants": 508}),
        ("发布安全笔记37篇，撰写学习笔记88篇。", {"notes_posted": 37}),
        ("共开展2场培训、3场演练，发放1400份宣传资料。", {"trainings": 2, "drills": 3, "leaflets": 1400}),
        ("开展培训2场演练3场。", {"trainings": 2, "drills": 3}),
        ("组 织 演 练 2 次 ，发 放 资 料 3 0 0 份。", {"drills": 2, "leaflets": 300}),
        ("入户宣传136户，安装烟感25个。", {"households": 136, "alarms": 25}),
        ("围绕插座、热水器排查，建账19条，销号17条。", {"hazards_found": 19, "hazards_fixed": 17}),
        ("查出门锁坏了、应急灯不亮等问题6项，都改了。", {"hazards_found": 6, "hazards_fixed": 6}),
        ("对14个岗位检查，发现防护缺陷8处，整改8处。", {"hazards_found": 8, "hazards_fixed": 8}),
        ("给每户写了一封信，共190封，一封一封塞进门缝。", {"leaflets": 190}),
        ("发公开信四百份。", {"leaflets": 400}),
        ("逃生手册发了1.2万册。", {"leaflets": 12000}),
        ("挨家放提示卡，发放提示卡410张。", {"leaflets": 410}),
        ("自查隐患14处，治理完11处。", {"hazards_found": 14, "hazards_fixed": 11}),
        ("自查找出隐患6处，已处理4处。", {"hazards_found": 6, "hazards_fixed": 4}),
        ("检修中发现故障9处，修复9处。", {"hazards_found": 9, "hazards_fixed": 9}),
        ("为安全员培训班授课2次。", {}),
        ("随手拍反映问题60条，处理56条。", {}),
        ("二、演练：6月3日、9日各组织一次，累计2次。", {"drills": 2}),
    ],
)
def test_a_measure_has_the_number_beside_its_word(text: str, stated: Told) -> None:
    """Left or right of the word, in digits or Chinese numerals, with any of its counters."""
    assert _stated(text) == stated


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("桌面推演3次、实战演练2次，合计演练5次。", {"drills": 5}),
        ("咨询560人次（其中6月16日320人次）。", {"consultations": 560}),
        ("火灾、停电演练共4场（含6月8日2场）。", {"drills": 4}),
        ("培训2场（消防1场、急救1场）。", {"trainings": 2}),
        ("当天改好5处，8处隐患全部整改到位。", {"hazards_found": 8, "hazards_fixed": 8}),
        ("内科发现隐患3处，外科发现隐患4处，共发现隐患7处。", {"hazards_found": 7}),
        ("发现隐患11处，其中混放4处、临时接线2处。", {"hazards_found": 11}),
        ("6月5日开展消防演练1次，6月20日开展防汛演练1次。", {}),
        ("内科发现隐患3处，外科发现隐患4处。", {}),
        ("各科室开展演练各1次。", {}),
        ("组织培训、演练等活动共12场次。", {}),
        ("内科发现隐患3处，均已整改。外科发现隐患4处，均已整改。", {}),
    ],
)
def test_totals_go_before_parts_and_parts_are_not_added_up(text: str, stated: Told) -> None:
    """Where a total stands it counts; where there are only parts there is no figure."""
    assert _stated(text) == stated


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("发现隐患13处，均已整改。", {"hazards_found": 13, "hazards_fixed": 13}),
        ("发现隐患13处，整改率100%。", {"hazards_found": 13, "hazards_fixed": 13}),
        ("发现隐患13处。目前已全部整改到位。", {"hazards_found": 13, "hazards_fixed": 13}),
        ("排查整改隐患18处。", {"hazards_found": 18, "hazards_fixed": 18}),
        ("发现隐患13处，除2处外均已整改。", {"hazards_found": 13}),
        ("发现隐患13处，将于7月10日前全部整改到位。", {"hazards_found": 13}),
        ("发现隐患13处，要求各科室限期整改。", {"hazards_found": 13}),
        ("已整改9处，余下2处于7月10日前完成。", {"hazards_fixed": 9}),
    ],
)
def test_all_put_right_gives_the_number_found(text: str, stated: Told) -> None:
    """均已整改 counts as many as were found; a promise to put right counts none."""
    assert _stated(text) == stated


@pytest.mark.parametrize(
    "text",
    [
        "全年计划演练6次。",
        "7月拟开展培训3场，预计300人参加。",
        "去年开展培训5场，发放资料500份。",
        "2024年同期排查发现隐患14处。",
        "要求各科室每月至少开展演练1次。",
        "每周开展安全培训1次。",
        "收到隐患线索61条。",
        "全区共排查隐患1300处。",
        "对辖区32家药店开展检查，发现隐患45处，督促整改40处。",
        "搞过演练，也办过培训。",
        "数十人参加，发放资料几百份。",
        "电话023-12345678，渝卫〔2025〕12号，3号楼12层。",
        "一、下一步打算\n开展演练2次。",
        "上半年累计开展培训9场、演练4次。",
        "今年以来，共发放资料3000份。",
        "消防站当天也看了隔壁宾馆，指出隐患9处，与我院无关。",
        "学生把检查表带回家，找到家中隐患205处。",
        "对辖区木材厂、石材厂等11家企业检查，发现问题23个，企业已整改19个。",
    ],
)
def test_plans_targets_last_year_and_others_hazards_are_no_figures(text: str) -> None:
    """Nor are rates, leads, vague words, telephone and document numbers."""
    assert _stated(text) == {}


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("去年开展培训2场，今年增加到5场。", {"trainings": 5}),
        ("培训场次由去年的2场增加到今年的4场。", {"trainings": 4}),
        ("发放资料800份，比去年多300份。", {"leaflets": 800}),
        ("全年计划演练6次，本月完成演练2次。", {"drills": 2}),
        ("原计划开展演练3场，实际开展4场。", {"drills": 4}),
        ("今年以来开展培训12场，其中消防宣传月期间4场。", {"trainings": 4}),
        ("今年上半年开展演练5次；宣传月里演练2次。", {"drills": 2}),
        (
            "我院自查发现隐患6处，均已整改。消防站又看了隔壁宾馆，指出隐患9处。",
            {"hazards_found": 6, "hazards_fixed": 6},
        ),
    ],
)
def test_this_year_is_told_from_last_year_and_from_plans(text: str, stated: Told) -> None:
    """Of two numbers in one sentence the one of the campaign's time counts."""
    assert _stated(text) == stated


@pytest.mark.parametrize(
    ("text", "kind", "stated"),
    [
        ("活动期间，线上线下累计参与约1.2万人次。", "summary", {"participants": 12000}),
        ("整个活动月，职工和家长参与共118人次。", "summary", {"participants": 118}),
        ("累计1200余人次参与各项活动。", "summary", {"participants": 1200}),
        ("6月12日举行灭火演练，72人参加。", "summary", {}),
        ("6月12日举行灭火演练，共72人参加。", "material", {"participants": 72}),
        ("参演：护理部、保安队，共72人。", "material", {"participants": 72}),
        ("6月3日培训，45人参加。6月9日演练，共60人参加。", "material", {}),
        ("教师9人、学生40人参加活动。", "material", {}),
        ("昨晚在楼下练灭火，来了五十多个业主。", "material", {"participants": 50}),
        ("6月8日，42名家长代表穿上鞋套走进后厨。", "material", {"participants": 42}),
        ("36名学生、4名教师走进消防站。", "material", {}),
        ("邻校两位老师应邀参加了检查。", "material", {}),
    ],
)
def test_participants_are_a_stated_total_or_the_heads_of_the_one_event(text: str, kind: Kind, stated: Told) -> None:
    """The head count of one drill among many activities is no total."""
    assert _stated(text, kind) == stated


def test_a_table_counts_in_the_column_of_the_campaigns_year() -> None:
    """Last year's column, units and remarks are no figures."""
    stated = _table(
        ("2025年活动统计表", "", "", "", ""),
        ("序号", "项目", "单位", "2024年", "2025年"),
        ("1", "参与活动", "人次", "1960", "2318"),
        ("2", "安全培训", "场", "5", "7"),
        ("3", "参训人员", "人次", "400", "500"),
        ("4", "排查隐患", "处", "33", "29"),
        ("5", "整改隐患", "处", "33", "27"),
    )
    assert stated == {"participants": 2318, "trainings": 7, "hazards_found": 29, "hazards_fixed": 27}


def test_a_table_by_department_counts_in_its_row_of_totals() -> None:
    """The departments' rows are parts."""
    head = ("科室", "演练（次）", "发现隐患（处）", "已整改（处）", "未整改（处）")
    rows = (("内科", "1", "3", "3", "0"), ("外科", "1", "4", "2", "2"))
    assert _table(head, *rows, ("合计", "2", "7", "5", "2")) == {"drills": 2, "hazards_found": 7, "hazards_fixed": 5}
    assert _table(head, *rows) == {}


def test_words_in_cells_are_read_like_sentences_under_their_label() -> None:
    """A bare 发现22处 counts what the row is called after."""
    stated = _table(
        ("项目", "开展情况"),
        ("隐患排查", "发现22处，整改21处"),
        ("应急演练", "火灾、停电共4场（含6月8日2场）"),
        ("线上答题", "参加156人次"),
        ("培训", "拟7月举办2场"),
    )
    assert stated == {"hazards_found": 22, "hazards_fixed": 21, "drills": 4, "quiz_participants": 156}


def test_forms_of_labels_and_values_by_turns_are_read() -> None:
    """悬挂横幅 | 5条 | 发放资料 | 300份, without a header."""
    assert _table(("悬挂横幅", "5条", "发放资料", "300余份"), ("接受咨询", "120人次", "演练", "2场")) == {
        "banners": 5,
        "leaflets": 300,
        "consultations": 120,
        "drills": 2,
    }


def test_planned_numbers_in_a_table_are_left_out() -> None:
    """计划数 beside 完成数 is a target."""
    assert _table(("项目", "计划数", "完成数"), ("安全培训（场）", "8", "5")) == {"trainings": 5}


def test_the_attachment_counts_where_the_body_differs() -> None:
    """A measure that only the body states is taken from there."""
    body = Document("body", "body", "今年共培训4场，悬挂横幅3条。")
    attached = Document("总结.docx", "document", "举办培训5场。")
    assert _of([body, attached]) == {"trainings": 5, "banners": 3}


def test_a_column_of_the_campaigns_month_counts() -> None:
    """Not the month before, nor the year so far."""
    assert _table(("事项", "5月", "6月"), ("排查隐患（处）", "3", "6")) == {"hazards_found": 6}
    assert _table(("事项", "本年累计", "其中：6月"), ("安全培训（场）", "11", "4")) == {"trainings": 4}


def test_a_zero_beside_a_plan_is_no_number() -> None:
    """0 with the note that it is still to come tells of nothing done."""
    assert _table(("事项", "数量", "备注"), ("疏散演练（次）", "0", "拟7月补做")) == {}


def test_a_register_of_hazards_states_no_number_in_its_words() -> None:
    """三楼 in a row of a register is a floor."""
    assert (
        _table(("部位", "隐患", "状态"), ("三楼", "三楼应急灯不亮", "已整改"), ("食堂", "五孔插座松动", "已整改")) == {}
    )


def test_those_at_one_event_are_no_total_in_a_table() -> None:
    """参加启动仪式（人） counts one event of several."""
    assert _table(("项目", "数据"), ("参加启动仪式（人）", "20"), ("悬挂横幅（条）", "6")) == {"banners": 6}


def test_numbers_of_the_staff_in_a_label_do_not_hide_the_measure() -> None:
    """从业人员培训 counts trainings, 培训人员数 does not."""
    assert _table(("内容", "单位", "数量"), ("从业人员培训", "场", "2"), ("培训人员数", "人", "58")) == {"trainings": 2}


@pytest.mark.parametrize(
    ("text", "doubtful"),
    [
        ("发现隐患8处，已整改12处。", {"hazards_found", "hazards_fixed"}),
        ("发现隐患12处，已整改8处。", set()),
        ("发放宣传资料12000000份。", {"leaflets"}),
        ("开展培训3.5场。", {"trainings"}),
    ],
)
def test_numbers_that_cannot_be_are_marked(text: str, doubtful: set[str]) -> None:
    """More put right than found, more than an office can have done, half a training: a person should look."""
    figures = find_figures([Document("a", "document", text)], CAMPAIGN, "summary")
    assert {figure.measure for figure in figures if figure.doubtful} == doubtful


def test_statements_that_contradict_each_other_are_marked() -> None:
    """Two different totals: one is taken, and doubtful."""
    (figure,) = find_figures([Document("a", "document", "累计培训5场。\n合计培训6场。")], CAMPAIGN, "summary")
    assert figure.doubtful


def test_each_figure_has_its_sentence() -> None:
    """The evidence names the measure, the place and the words."""
    (figure,) = find_figures([Document("总结.docx", "document", "天气晴。举办培训5场。")], CAMPAIGN, "summary")
    told = figure.evidence
    assert (told.for_, told.where, told.text) == ("figure:trainings", "总结.docx", "举办培训5场。")
    assert not figure.doubtful


@settings(max_examples=60)
@given(st.text(alphabet="培训演练隐患整改场次处共累计1２三百万余，。、（）《》%-/.\n\t| ", max_size=300))
def test_any_text_is_counted_without_a_fault(text: str) -> None:
    """Hostile text raises nothing; no measure is stated twice."""
    rows = tuple(tuple(line.split("|")) for line in text.splitlines())
    figures = find_figures([Document("a", "document", text, (Table(rows),))], CAMPAIGN, "material")
    assert len({figure.measure for figure in figures}) == len(figures)


def test_what_is_said_to_be_counted_elsewhere_is_no_figure() -> None:
    """A branch's numbers that the report names and leaves out do not disturb its own."""
    assert _stated("查出隐患20处，均已整改。分院单独报送，其隐患11处不在此列。") == {
        "hazards_found": 20.0,
        "hazards_fixed": 20.0,
    }
    assert _stated("本院演练2次。分院演练1次另计，不计入以上统计。") == {"drills": 2.0}


def test_a_remark_in_brackets_names_no_event_of_a_total() -> None:
    """累计参与…（含观看直播） is the whole campaign's number, though the remark names one thing."""
    assert _stated("全街道累计参与约1.3万人次（含线上观看直播）。") == {"participants": 13000.0}


def test_heads_of_a_drill_beside_banners_are_no_total() -> None:
    """A message that tells of a drill and of banners is not about one event."""
    assert _stated("组织疏散演练1次，参加员工77人。", "material") == {"drills": 1.0, "participants": 77.0}
    assert _stated("组织疏散演练1次，参加员工77人；悬挂横幅3条。", "material") == {"drills": 1.0, "banners": 3.0}


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("Two training sessions and one fire drill were held.", {"trainings": 2, "drills": 1}),
        ("We found 8 hazards and all of them were fixed.", {"hazards_found": 8, "hazards_fixed": 8}),
        ("We will hold two drills next month.", {}),
        ("The drill was postponed.", {}),
    ],
)
def test_english_sentences_are_counted(text: str, stated: Told) -> None:
    """Numbers in words and digits before the thing that they count; plans and cancellations are none."""
    assert _stated(text) == stated


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("敲门入户136户。", {"households": 136}),
        ("一、甲村\n举办培训2场。\n二、乙村\n举办培训3场。\n全镇合计发放资料90份。", {"leaflets": 90}),
        ("对工地、市场等28家单位检查，发现隐患33处，均已整改。", {}),
        ("全市共悬挂横幅2100条，发放资料9000份。", {}),
        ("举办“九个不准”培训4场。", {"trainings": 4}),
        ("发现灯不亮1起、线破6起，均已整改。", {}),
    ],
)
def test_own_measures_by_their_unit_and_numbers_of_others(text: str, stated: Told) -> None:
    """One word beside a telling unit is enough; villages' shares and other units' numbers are none of the sender's."""
    assert _stated(text) == stated


def test_a_correction_in_the_body_goes_before_the_attachment() -> None:
    """更正为…，以此为准 replaces what the attachment says."""
    body = Document("body", "body", "培训场次更正为6场，请以此为准。")
    assert _of([body, Document("总结.docx", "document", "举办培训5场。")]) == {"trainings": 6}


def test_a_table_of_kinds_with_counting_columns_counts_its_row_of_totals() -> None:
    """场次 and 参与人次 beside each kind: the rows are things, the last row the whole."""
    head = ("序号", "活动", "场次", "参与人次")
    rows = (("1", "培训", "2", "60"), ("2", "演练", "1", "40"), ("合计", "", "3", "100"))
    assert _table(head, *rows) == {"trainings": 2, "drills": 1, "participants": 100}


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("开展各类活动30场，其中培训10场、演练8场。", {"trainings": 10, "drills": 8}),
        ("发放宣传资料1200份，其中折页800份。", {"leaflets": 1200}),
        ("应培训6场，实培训5场。", {"trainings": 5}),
        ("组织应知应会培训9场次。", {"trainings": 9}),
        ("发放手册300本、折页300张。", {}),
        ("8月发放折页800份，又发放600份。", {}),
        ("组织疏散演练1场，晚上又在急诊楼组织了一次演练。", {}),
        ("指导全区26家养老机构开展消防演练52场次。", {}),
        ("职工参加市里培训3次。", {}),
        ("组织18家医疗机构开展自查，发现隐患126处，整改119处。", {}),
        ("排查地质灾害隐患点37处。", {}),
        ("查改各类问题17个。", {"hazards_found": 17, "hazards_fixed": 17}),
        ("发现弱口令、未打补丁等隐患58个，整改55个。", {"hazards_found": 58, "hazards_fixed": 55}),
        ("发现隐患64处。64处全部闭环。", {"hazards_found": 64, "hazards_fixed": 64}),
        ("培训4场（去年2场）。", {"trainings": 4}),
        ("培训4场，比去年增加2场。", {"trainings": 4}),
        ("派发资料一千一百份，回答家长提问近四百人次。", {"leaflets": 1100, "consultations": 400}),
        ("发放折页三千六百余份，接待咨询10余万人次。", {"leaflets": 3600, "consultations": 100_000}),
        ("集团所属6个分公司、2600余名职工参加了本次活动。", {"participants": 2600}),
        ("组织救助，惠及两千一百余人。", {}),
        ("下个月想办一期培训。", {}),
        ("6月开展演练1次，7月又开展了1次。", {}),
        ("演练、培训各开展1次。", {"drills": 1, "trainings": 1}),
        ("消防、触电演练各1次，共计2次。", {"drills": 2}),
        ("上半年共培训21场、演练9场，其中6月份培训8场、演练4场。", {"trainings": 8, "drills": 4}),
        ("发放《健康素养66条》读本9,000册。", {"leaflets": 9000}),
        ("平台注册420人，答题3,216人次。", {"quiz_participants": 3216}),
        ("自查隐患12处，整改12处。客户仓库隐患9处已告知货主。", {"hazards_found": 12, "hazards_fixed": 12}),
    ],
)
def test_wholes_shares_and_others(text: str, stated: Told) -> None:
    """其中 makes a part only of what its measure counts; what others did, and what is told apart, is no total."""
    assert _stated(text) == stated


def test_lines_of_label_and_number_are_rows() -> None:
    """With or without counter, as mails list them; 整改隐患 is no hazard found."""
    text = "培训场次：4\n演练场次：2\n发现隐患：18处\n整改隐患：17处\n横幅：8条\n宣传资料：无"
    assert _stated(text, role="body") == {
        "trainings": 4,
        "drills": 2,
        "hazards_found": 18,
        "hazards_fixed": 17,
        "banners": 8,
    }


def test_levels_of_one_unit_are_parts() -> None:
    """A town's own training and those of its villages, under headings, make no total."""
    text = "（一）镇级层面\n举办培训1场，发放资料500份。\n（二）村级层面\n累计举办培训16场次。"
    assert "trainings" not in _stated(text)


def test_a_form_closes_with_labels_and_values_by_turns() -> None:
    """A yes/no form whose last row counts; and a table of two blocks side by side."""
    form = _table(
        ("填报单位", "某某小学", "填报人", "教导处"),
        ("活动项目", "是否开展", "开展情况", ""),
        ("演练", "是", "地震避险演练1次，防踩踏演练1次，共2次", ""),
        ("合计参加人次", "1350", "培训场次", "2"),
    )
    assert form == {"participants": 1350, "trainings": 2, "drills": 2}
    blocks = _table(("项目", "数量", "项目", "数量"), ("培训（场）", "3", "演练（场）", "2"))
    assert blocks == {"trainings": 3, "drills": 2}


def test_a_ledger_closes_in_words() -> None:
    """合计 | 发现6处 | 已改4处."""
    told = _table(
        ("序号", "部位", "隐患描述", "完成情况"),
        ("1", "车间", "护罩缺失", "已完成"),
        ("合计", "", "发现6处", "已改4处"),
    )
    assert told == {"hazards_found": 6, "hazards_fixed": 4}


def test_rates_plans_and_groups_of_a_table() -> None:
    """完成率 is no number of a measure, 应急演练 no 应; 查出 under 隐患 is found; kinds of one thing are parts."""
    assert _table(("指标", "计划", "实际", "完成率"), ("应急演练（次）", "2", "3", "150%")) == {"drills": 3}
    grouped = (("项目", "内容", "数量"), ("隐患", "查出", "9处"), ("", "整改", "7处"))
    assert _table(*grouped) == {"hazards_found": 9, "hazards_fixed": 7}
    kinds = (("项目", "数量"), ("消防培训（场）", "2"), ("用电培训（场）", "4"))
    assert "trainings" not in _table(*kinds)
    assert _table(("项目", "数量"), ("宣传资料（万份）", "1.2")) == {"leaflets": 12_000}


@pytest.mark.parametrize(
    ("text", "heads"),
    [
        ("今天上午，县司法局组织5名律师走进工地，给90多名工人讲条例。", 90),
        ("8月16日，我乡组织党员、民兵共计45人在大桥段开展清漂。", 45),
        ("昨天请大夫讲了一堂课，42人听课；周三、周四体检车进厂。", None),
    ],
)
def test_heads_of_one_event(text: str, heads: float | None) -> None:
    """Those who came, not those who served them; two events have no count in common."""
    assert _stated(text, "material", "body").get("participants") == heads
