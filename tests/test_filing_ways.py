"""Own measures told in the freest words: what offices say for 宣讲培训, 入户宣传, 督导, 厨余垃圾 and their like."""

from __future__ import annotations

from datetime import date

import pytest

from filing.documents import Document
from filing.what.figures import find_figures
from records.campaigns import Campaign, Measure, Period

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
