"""Own measures told in the freest words: what offices say for 宣讲培训, 入户宣传, 督导, 厨余垃圾 and their like."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from filing.documents import Document
from filing.what.figures import find_figures
from records.campaigns import Campaign, Measure, Period
from records.extracts import Table

LABELS = {
    "lectures": ("宣讲培训", "场"),
    "visits": ("入户宣传", "户"),
    "guarding": ("桶边督导", "人次"),
    "correcting": ("纠正误投", "次"),
    "points": ("撤并投放点", "处"),
    "kitchen": ("收集厨余垃圾", "吨"),
    "recyclables": ("回收可回收物", "公斤"),
    "hazardous": ("回收有害垃圾", "公斤"),
    "volunteers": ("志愿者", "人"),
}
CAMPAIGN = Campaign(
    "c",
    "关于开展2025年垃圾分类集中行动的通知",
    "某某区城市管理局",
    Period(date(2025, 9, 15), date(2025, 10, 31)),
    measures=tuple(Measure(name, label, unit, (label,)) for name, (label, unit) in LABELS.items()),
)


def stated(text: str) -> dict[str, float]:
    document = Document("总结.docx", "document", text)
    return {figure.measure: figure.value for figure in find_figures([document], CAMPAIGN, "summary")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("共开展宣讲31场。", {"lectures": 31}),
        ("大队部开展主题队会48场。", {"lectures": 48}),
        ("开了三场院坝会，组长都来了。", {"lectures": 3}),
        ("在出租屋楼下讲分类课十二场。", {"lectures": 12}),
        ("保洁员集中起来学了两回。", {"lectures": 2}),
        ("班级讲座15场，员工培训3场，合计18场。", {"lectures": 18}),
        ("社区网格员入户1200户。", {"visits": 1200}),
        ("两轮敲门2248户。", {"visits": 2248}),
        ("干部挨家挨户，一共走访五百七十二户。", {"visits": 572}),
        ("假期共督导64人次。", {"guarding": 64}),
        ("党员守桶520人次。", {"guarding": 520}),
        ("早晚守桶：楼栋长轮流服务1014人次。", {"guarding": 1014}),
        ("志愿者198人次在宿舍楼下值守。", {"guarding": 198}),
        ("每周五到车站路口引导，累计上岗390人次。", {"guarding": 390}),
        ("当场纠错1205次。", {"correcting": 1205}),
        ("纠正错投六百余次。", {"correcting": 600}),
        ("劝导改正投放780余次。", {"correcting": 780}),
        ("纠正误投行为35次。", {"correcting": 35}),
        ("撤除旧桶点8处。", {"points": 8}),
        ("零星点位合并9处。", {"points": 9}),
        ("撤掉路边散桶点6处。", {"points": 6}),
        ("厨余垃圾4.2吨。", {"kitchen": 4.2}),
        ("村里拉走泔水菜叶大约15000斤。", {"kitchen": 7.5}),
        ("湿垃圾900公斤。", {"kitchen": 0.9}),
        ("鱼杂由专车清运，一共拉了63.2吨。", {"kitchen": 63.2}),
        ("拉运餐厨垃圾三十二吨半。", {"kitchen": 32.5}),
        ("厨余垃圾18吨，半年来没有断过。", {"kitchen": 18}),
        ("原定宣讲40场、志愿者100人，实际宣讲36场。", {"lectures": 36}),
        ("收旧衣旧鞋二千三百斤。", {"recyclables": 1150}),
        ("回收废纸、塑料瓶640公斤。", {"recyclables": 640}),
        ("积分超市收废品0.74吨。", {"recyclables": 740}),
        ("孩子们翻出旧电池7公斤。", {"hazardous": 7}),
        ("过期药品、废灯管共46斤。", {"hazardous": 23}),
        ("52名志愿者从早忙到晚。", {"volunteers": 52}),
        ("87名党员、楼栋长志愿者组成督导队。", {"volunteers": 87}),
        ("热心居民志愿者共73人轮流守桶。", {"volunteers": 73}),
    ],
)
def test_free_words_for_a_measure(text: str, said: dict[str, float]) -> None:
    assert stated(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "26个班召开了主题班会。",
        "校园内投放点由19处优化为10处。",
        "食堂剩菜由原来每天140公斤降到85公斤。",
        "食堂日均剩餐34公斤，比以前减少厨余12公斤。",
        "新建投放点6处，换新桶210组。",
        "评出清洁户30户。",
        "计划年内再撤并投放点6处，力争收集厨余垃圾30吨。",
        "签订承诺书2248份。",
        "宣讲团走进12个小区。",
        "志愿者发放扇子、袋子300个。",
        "督导组检查小区41个。",
    ],
)
def test_what_only_sounds_like_a_measure(text: str) -> None:
    assert stated(text) == {}


def test_trainings_are_not_counted_again_beside_the_notices_own() -> None:
    assert stated("专题培训（食堂、宿管、保洁）3场。") == {"lectures": 3}


def test_other_words_give_way_to_the_labels_own() -> None:
    campaign = replace(CAMPAIGN, measures=(Measure("talks", "宣讲场次", "场", ("宣讲场次",)),))
    text = "全县召开主题班会1240节。\n邀请法治副校长到校宣讲76场。"
    found = find_figures([Document("总结.docx", "document", text)], campaign, "summary")
    assert {figure.measure: figure.value for figure in found} == {"talks": 76}


def test_volunteers_of_an_event_are_not_its_head_count_too() -> None:
    text = "10月11日，中心在文化广场举办交换集市。\n52名志愿者从早上七点忙到天黑，开展服务。"
    found = find_figures([Document("简报.docx", "document", text)], CAMPAIGN, "material")
    assert {figure.measure: figure.value for figure in found} == {"volunteers": 52}


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("另附各村进度表（仅供参考，不作为报送）。", "各村进度表.xlsx"),
        ("总结见附件。", "进度表（参考）.xlsx"),
        ("随信附上排名表，不计入统计。", "九月排名表.xlsx"),
        ("汇总表供领导参考之用，数据以总结为准。", "镇汇总表.xlsx"),
        ("附表仅供内部参考，数据以总结为准。", "数据.xlsx"),
    ],
)
def test_a_table_for_reference_reports_nothing(body: str, name: str) -> None:
    rows = (("村（社区）", "入户宣传（户）"), ("滩头村", "1200"), ("洲尾村", "760"))
    text = "\n".join("\t".join(row) for row in rows)
    sheet = Document(name, "sheet", text, (Table(rows, "进度"),), filename=name)
    report = Document("总结.docx", "document", "我村开展宣讲6场。")
    documents = [Document("body", "body", body), report, sheet]
    found = find_figures(documents, CAMPAIGN, "summary", ("滩头村村民委员会", "滩头村"))
    assert {figure.measure: figure.value for figure in found} == {"lectures": 6}


def test_the_same_table_counts_where_nobody_says_so() -> None:
    rows = (("村（社区）", "入户宣传（户）"), ("滩头村", "1200"), ("洲尾村", "760"))
    sheet = Document("进度表.xlsx", "sheet", "", (Table(rows, "进度"),), filename="进度表.xlsx")
    found = find_figures([sheet], CAMPAIGN, "summary", ("滩头村村民委员会", "滩头村"))
    assert {figure.measure: figure.value for figure in found} == {"visits": 1200}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("今年1—10月，开展宣讲21场，回收可回收物9.8吨。\n其中行动期间，开展宣讲7场，回收可回收物2.4吨。", 7),
        ("1至9月共开展宣讲40场。\n集中行动期间开展宣讲12场。", 12),
        ("9—10月共开展宣讲9场。", 9),
    ],
)
def test_months_before_the_campaign_are_not_its_own(text: str, said: int) -> None:
    assert stated(text)["lectures"] == said


def test_numbers_of_others_are_not_the_senders_own() -> None:
    text = "集团全国项目共回收可回收物3.6万吨（仅供参考，非本公司数据）。\n我公司守桶督导1260人次。"
    assert stated(text) == {"guarding": 1260}
    assert stated("街道组成检查组，对3个社区检查打分。\n检查共发现问题53个，已整改29个。") == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("找到隐患3处，2处下周整改，1处当场改了。", {"hazards_found": 3, "hazards_fixed": 1}),
        ("巡河员记下毛病11处。", {"hazards_found": 11}),
        ("揪出4处毛病，雨前全收拾利索了。", {"hazards_found": 4, "hazards_fixed": 4}),
        ("找出隐患五处，已全部处理。", {"hazards_found": 5, "hazards_fixed": 5}),
        ("发现隐患52处，处治49处，其余3处已列入计划。", {"hazards_found": 52, "hazards_fixed": 49}),
        ("九月份共揪出隐患13处，当日整改当日销。", {"hazards_found": 13, "hazards_fixed": 13}),
        ("共摸出隐患8处，均已处理到位。", {"hazards_found": 8, "hazards_fixed": 8}),
        ("查出隐患20处，了结18处，2处在改。", {"hazards_found": 20, "hazards_fixed": 18}),
        ("洪水演练、闸门启闭演练，先后2次。", {"drills": 2}),
    ],
)
def test_hazards_in_plain_words(text: str, said: dict[str, float]) -> None:
    assert stated(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("乡里办班2期，各村巡查员都来了。", {"trainings": 2}),
        ("培训楼栋长、物业经理5场。", {"trainings": 5}),
        ("轮训班组长、安全员和新进职工共6期。", {"trainings": 6}),
        ("百日里全乡参与防汛活动3200余人次。", {"participants": 3200}),
        ("专项行动累计参与1870人次，其中宣讲时900人次。", {"participants": 1870}),
        ("活动参加人数980人次。", {"participants": 980}),
        ("每周五“安全日”共发放明白卡400张。", {"leaflets": 400}),
        ("九十一位家长收到图示卡九十一张。", {"leaflets": 91}),
        ("家庭记录卡全部填写、上交236张。", {}),
        ("前台摆上提示卡，十月以来送出近3000份。", {"leaflets": 3000}),
        ("摆上宣传册，发放300份礼品。", {}),
        ("印好宣传单，收到问卷300份。", {}),
        ("每周五发放明白卡40张。", {}),
    ],
)
def test_standard_measures_in_plain_words(text: str, said: dict[str, float]) -> None:
    plain = replace(CAMPAIGN, measures=())
    found = find_figures([Document("总结.docx", "document", text)], plain, "summary")
    assert {figure.measure: figure.value for figure in found} == said


@pytest.mark.parametrize("found", ["发现", "查出（处）", "排查数量", "自查出"])
def test_a_ledgers_column_counts_what_its_title_is_about(found: str) -> None:
    rows = (("类别", found, "整改", "备注"), ("堤防", "14", "11", ""), ("水库", "9", "7", ""), ("合计", "23", "18", ""))
    ledger = Document("台账.xlsx", "sheet", "", (Table(rows, "某镇隐患排查台账汇总表"),), filename="台账.xlsx")
    counted = {figure.measure: figure.value for figure in find_figures([ledger], CAMPAIGN, "material")}
    assert counted == {"hazards_found": 23, "hazards_fixed": 18}


@pytest.mark.parametrize(
    ("label", "unit", "text", "value"),
    [
        ("劝导劝离", "人次", "劝离戏水学生147人次。", 147),
        ("劝阻", "人次", "网格员劝返下河人员13人次。", 13),
        ("宣讲授课", "场", "把课堂搬到河边，组织“河边课堂”12场。", 12),
        ("配备救生设备", "套", "各塘口补充救生圈4套。", 4),
        ("入户家访", "户", "老师包片，走访学生家庭610户。", 610),
        ("水域值守", "人次", "教师轮流到水塘站岗，累计286人次。", 286),
        ("夜间巡查", "人次", "红袖章夜巡2300人次。", 2300),
        ("设充电端口", "个", "新增充电端口860个。", 860),
        ("配置灭火器", "具", "配灭火器512具。", 512),
        ("纠正违停电动车", "辆", "劝阻、纠正违规停放电动车418辆。", 418),
        ("清理卫生死角", "处", "师生清死角6处。", 6),
        ("健康宣讲", "场", "社区组织健康讲座12场。", 12),
    ],
)
def test_free_words_in_another_field(label: str, unit: str, text: str, value: float) -> None:
    campaign = replace(CAMPAIGN, measures=(Measure("one", label, unit, (label,)),))
    found = find_figures([Document("总结.docx", "document", text)], campaign, "summary")
    assert {figure.measure: figure.value for figure in found} == {"one": value}


def test_who_dissuades_is_not_who_is_dissuaded() -> None:
    campaign = replace(CAMPAIGN, measures=(Measure("one", "劝导违法行为", "起", ("劝导违法行为",)),))
    text = "共出动劝导员510人次，劝导违法行为2360起。"
    found = find_figures([Document("总结.docx", "document", text)], campaign, "summary")
    assert {figure.measure: figure.value for figure in found} == {"one": 2360}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("In total 890 people participated.", {"participants": 890}),
        ("Altogether 1,200 residents took part.", {"participants": 1200}),
        ("A total of 45 people attended the training session.", {}),
        ("In total 60 students took part in the quiz.", {}),
    ],
)
def test_an_english_total_is_the_campaigns_unless_it_names_an_event(text: str, said: dict[str, float]) -> None:
    found = stated(f"We made posters and put the bins in order.\n{text}")
    assert {name: value for name, value in found.items() if name == "participants"} == said


@pytest.mark.parametrize("told", ["36名教师分成9个小组进村家访", "20名党员组成突击队上门服务", "12名干部入户讲解"])
def test_who_goes_out_is_no_audience(told: str) -> None:
    found = find_figures([Document("信息.docx", "document", f"10月8日，{told}。")], CAMPAIGN, "material")
    assert "participants" not in {figure.measure for figure in found}


def test_a_table_may_count_in_a_unit_that_prose_keeps_for_another_measure() -> None:
    rows = (("指标", "单位", "数量"), ("桶边督导", "人", "64"), ("志愿者", "人次", "30"), ("宣讲培训", "场次", "5"))
    sheet = Document("表.xlsx", "sheet", "", (Table(rows, "统计表"),), filename="表.xlsx")
    found = {figure.measure: figure.value for figure in find_figures([sheet], CAMPAIGN, "summary")}
    assert found == {"guarding": 64, "volunteers": 30, "lectures": 5}


@pytest.mark.parametrize(
    ("cell", "value"),
    [("1720斤", 860), ("0.74吨", 740), ("815公斤", 815), ("约1.2吨", 1200), ("2,300kg", 2300), ("640", 640)],
)
def test_units_typed_into_a_cell_convert(cell: str, value: float) -> None:
    rows = (("指标", "单位", "数量"), ("回收可回收物", "公斤", cell), ("宣讲培训", "场", "5场"))
    sheet = Document("表.xlsx", "sheet", "", (Table(rows, "统计表"),), filename="表.xlsx")
    found = {figure.measure: figure.value for figure in find_figures([sheet], CAMPAIGN, "summary")}
    assert found == {"recyclables": value, "lectures": 5}


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((), {}),
        (("滩头街道办事处", "滩头街道"), {}),
        (("滩头街道洲尾社区", "洲尾社区"), {"lectures": 24, "guarding": 1500}),
    ],
)
def test_columns_of_communities_are_no_totals(names: tuple[str, ...], said: dict[str, float]) -> None:
    rows = (("指标", "洲头社区", "洲尾社区"), ("宣讲培训", "24", "24"), ("桶边督导", "1900", "1500"))
    sheet = Document("表.docx", "document", "", (Table(rows, "各社区分表"),), filename="表.docx")
    assert {one.measure: one.value for one in find_figures([sheet], CAMPAIGN, "summary", names)} == said
