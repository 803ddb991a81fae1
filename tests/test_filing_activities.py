"""Which activities a report tells of as done, on a campaign of the tests' own: an education office's disaster month."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filing.documents import Document, Role
from filing.text.sentences import is_done, sentences
from filing.what.activities import find_activities
from filing.what.cues import cues_of
from records.campaigns import ActivityType, Campaign, Period
from records.extracts import Table

MAY = Period(date(2025, 5, 1), date(2025, 5, 31))
TEXTS = (
    (
        "开展防灾减灾主题教育",
        "各学校要利用升旗仪式、主题班会、校园广播、黑板报等，讲授防灾减灾知识，组织观看《应急第一课》等科普视频。",
    ),
    (
        "组织5·12集中宣传日活动",
        "5月12日前后，在校门口、宣传栏张贴海报、滚动播放宣传片，悬挂横幅，设置咨询台，发放应急知识手册。",
    ),
    (
        "扎实开展校园灾害隐患排查治理",
        "各学校要对校舍、围墙、边坡、消防设施、食堂燃气等开展拉网式排查，建立隐患台账，落实整改。",
    ),
    ("组织应急疏散演练", "各中小学每月至少开展一次地震、火灾等应急疏散演练，完善应急预案。"),
    ("开展教职工应急能力培训", "邀请红十字会对班主任、保安开展心肺复苏、灭火器使用等技能培训。"),
    (
        "开展“家校共筑安全线”活动",
        "通过家长会、致家长的一封信、家访等方式，向家长普及防溺水、用电用气知识，绘制家庭应急疏散图。",
    ),
    ("参加防灾减灾知识网络竞赛", "登录“应急科普”小程序参加全国防灾减灾知识网络竞赛，自愿参与。"),
)


def _campaign(texts: tuple[tuple[str, str], ...] = TEXTS) -> Campaign:
    whole = ["\n".join(pair) for pair in texts]
    activities = tuple(
        ActivityType(str(at), f"（{at}）", title, text, cues=cues_of(title, text, whole[: at - 1] + whole[at:]))
        for at, (title, text) in enumerate(texts, 1)
    )
    title = "关于开展2025年全区教育系统“防灾减灾宣传月”活动的通知"
    theme = "人人讲安全、个个会应急——排查身边灾害隐患"
    return Campaign("c", title, "区教育委员会", MAY, theme=theme, activities=activities)


CAMPAIGN = _campaign()


def _found(text: str, role: Role = "document", filename: str | None = None) -> str:
    return " ".join(find_activities([Document("总结.docx", role, text, filename=filename)], CAMPAIGN).ids)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("5月6日，校长作国旗下讲话，各班召开主题班会，组织学生观看《应急第一课》。", "1"),
        ("5月12日在校门口设咨询台，发放手册1200册，悬挂横幅4条。", "2"),
        ("总务处对校舍、食堂燃气拉网排查，发现隐患9处。", "3"),
        ("5月9日组织全校师生开展地震疏散演练。", "4"),
        ("邀请区红十字会老师为班主任和保安进行心肺复苏培训。", "5"),
        ("召开线上家长会，发出《致家长的一封信》980份。", "6"),
        ("师生登录“应急科普”参加知识竞赛。", "7"),
        ("开展演练2场、培训1场；排查出隐患3处。", "3 4 5"),
        ("开展演练2场、培训1场，排查出隐患3处。", "3 4 5"),
        ("科学课上，孩子们动手堆沙土看滑坡是怎么发生的。", "1"),
        ("给二年级上了一节“打雷了怎么办”。", "1"),
        ("班级群里转发竞赛链接，家长答题61人次。", "7"),
        ("全园练了一次疏散，两分钟到操场。", "4"),
        ("总务处把围墙、边坡清查了一遍。", "3"),
        ("每家发了一封信，请家长签字带回。", "6"),
        ("发上保安培训的签到册。", "5"),
        ("电工检修插座31处，发现故障5处。", "3"),
    ],
)
def test_a_deed_belongs_to_the_activity_whose_text_names_it(text: str, ids: str) -> None:
    """Deeds are recognised in words that the notice does not use, by the general lexicon."""
    assert _found(text) == ids


@pytest.mark.parametrize(
    "text",
    [
        "拟于5月28日组织应急疏散演练。",
        "下一步，学校将开展隐患排查，组织教职工培训。",
        "会议要求各班召开主题班会、组织疏散演练。",
        "校长强调，要抓好演练、培训等工作。",
        "因操场施工，应急疏散演练推迟到6月进行。",
        "网络竞赛因学生无手机，未组织参加。",
        "家长会和教职工培训均没有开展。",
        "除演练外，其余工作均已落实。",
        "2024年开展疏散演练6次，去年还组织了培训。",
        "演练定于5月30日举行，届时报送照片。",
        "教职工培训已列入6月计划。",
        "学校研究部署隐患排查、疏散演练等工作。",
        "根据《关于开展应急疏散演练的通知》要求，我校高度重视。",
        "建议上级组织培训，希望配发灭火器。",
        "一、下一步打算\n组织一次演练。召开家长会。",
        "四、存在的不足\n教职工急救培训覆盖面不够。",
        "展板、横幅正在赶制，本周内挂出。",
        "2.隐患排查因围墙施工未完，推迟到6月上旬。",
        "（四）演练，收到通知晚了，没赶上。",
        "知识竞赛没人报名。",
        "副校长到场时要求，各班要组织疏散演练、开好家长会。",
        "疏散演练3月搞过，这次不再重复。",
        "教职工培训原定5月20日，因讲师出差取消。",
        "传达学习区教委《关于开展应急疏散演练的通知》精神。",
        "今年1至3月，共开展演练3次。",
        "会后家长领了宣传手册。",
        "咨询台由街道摆，我园未设。",
        "园长表示，放假前再做一轮疏散演练。",
        "我校举行宣传月启动仪式。",
        "附件：演练方案.docx\n人人讲安全、个个会应急——排查身边灾害隐患",
    ],
)
def test_plans_requests_omissions_and_earlier_years_do_not_count(text: str) -> None:
    """What was planned, asked for, left out or done in another year is no deed."""
    assert _found(text) == ""


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("本月已开展演练1次，下月计划再开展1次。", "4"),
        ("去年未组织培训，今年5月培训了全体保安。", "5"),
        ("隐患排查3次，未发现重大隐患。", "3"),
        ("隐患排查中未发现重大隐患。", "3"),
        ("在未提前通知的情况下启动疏散演练。", "4"),
        ("计划5月开展的疏散演练已于5月12日完成。", "4"),
        ("竞赛未组织，但召开了家长会。", "6"),
        ("根据《关于举办培训的通知》，我校组织保安参加灭火器培训。", "5"),
        ("（四）抓演练。因场地原因未能开展。\n（五）抓培训。培训保安12人。", "5"),
    ],
)
def test_deeds_beside_plans_and_omissions_are_kept(text: str, ids: str) -> None:
    """Clause by clause: only what is itself planned or denied falls away."""
    assert _found(text) == ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("各学校要对校舍、围墙、边坡、消防设施、食堂燃气等开展拉网式排查，建立隐患台账，落实整改。", ""),
        ("工作要点：对校舍围墙边坡消防设施食堂燃气等开展拉网式排查，建立隐患台账。召开了家长会。", "6"),
        ("邀请红十字会对班主任、保安开展心肺复苏、灭火器使用等技能培训。", ""),
        ("我校对校舍、围墙、边坡、消防设施、食堂燃气等开展拉网式排查，建立隐患台账。", "3"),
        ("对校舍、围墙、边坡、消防设施、食堂燃气等开展拉网式排查，建立隐患台账26条。", "3"),
        ("我校逐条对照。3. 组织应急疏散演练。各中小学每月至少开展一次地震、火灾等应急疏散演练。我校6月补做。", ""),
    ],
)
def test_a_passage_copied_from_the_notice_is_no_deed(text: str, ids: str) -> None:
    """Eighteen signs in a row of the notice's own text are a quotation, unless the writer adds what was done."""
    assert _found(text) == ids


def test_a_heading_that_is_part_of_one_title_says_whose_the_words_below_are() -> None:
    """（2）源头管理 is the activity 车辆源头管理, in whatever words the deed is told."""
    texts = (("路面劝导", "逢赶集日对三轮车载人进行劝导。"), ("车辆源头管理", "对面包车逐一登记，签订责任书。"))
    report = Document(
        "a", "document", "（1）路面劝导：本月没有上岗。\n（2）源头管理：面包车6台、三轮车31台都过了一遍。"
    )
    assert find_activities([report], _campaign(texts)).ids == ("2",)


def test_an_activitys_whole_title_names_it() -> None:
    """Even a title of common words: 家长开放日."""
    texts = (("家长开放日活动", "邀请家长走进食堂，参与陪餐。"), ("安全知识培训", "组织食堂从业人员学习。"))
    assert find_activities([Document("a", "document", "4月17日家长开放日，来了36位家长。")], _campaign(texts)).ids == (
        "1",
    )


def test_each_activity_has_the_sentence_that_says_so() -> None:
    """The evidence names the activity, the place and the words."""
    findings = find_activities([Document("总结.docx", "document", "5月9日组织疏散演练。\n天气晴好。")], CAMPAIGN)
    (evidence,) = findings.evidence
    assert (evidence.for_, evidence.where, evidence.text) == ("activity:4", "总结.docx", "5月9日组织疏散演练。")
    assert not findings.doubtful


def test_a_report_that_names_nothing_is_doubtful() -> None:
    """Nothing found means that a person should look."""
    findings = find_activities([Document("body", "body", "材料请查收，谢谢！")], CAMPAIGN)
    assert findings.ids == ()
    assert findings.doubtful


def test_rows_of_a_table_count_by_what_stands_beside_them() -> None:
    """尚未开展, 拟, 0 and / beside an activity mean that it was not done."""
    rows = (
        ("项目", "开展情况"),
        ("疏散演练", "地震、火灾各1次"),
        ("教职工培训", "尚未开展"),
        ("家长会", "拟6月召开"),
        ("网络竞赛", "0"),
        ("隐患排查", "发现6处，全部整改"),
    )
    document = Document("表.xlsx", "sheet", "\n".join("\t".join(row) for row in rows), (Table(rows),))
    assert find_activities([document], CAMPAIGN).ids == ("3", "4")


def test_heads_of_columns_count_where_their_total_is_not_zero() -> None:
    """A table by department names the deeds in its header."""
    rows = (("年级", "演练（次）", "培训（场）"), ("七年级", "1", "0"), ("八年级", "1", "0"), ("合计", "2", "0"))
    document = Document("表.xlsx", "sheet", "", (Table(rows),))
    assert find_activities([document], CAMPAIGN).ids == ("4",)


def test_photos_count_by_their_banners_and_names() -> None:
    """A banner in a picture says what was done; the campaign's slogan alone says nothing."""
    assert _found("实验小学\n应急疏散演练", "picture") == "4"
    assert _found("", "picture", filename="照片/家长会.jpg") == "6"
    assert _found("人人讲安全、个个会应急", "picture") == ""


def test_plans_and_notices_among_the_attachments_are_left_out() -> None:
    """A 方案 tells what is to be done; the report beside it what was."""
    plan = Document("演练方案.docx", "document", "疏散演练方案\n一、组织演练。二、组织培训。", filename="演练方案.docx")
    report = Document("总结.docx", "document", "召开了家长会。", filename="总结.docx")
    assert find_activities([plan, report], CAMPAIGN).ids == ("6",)


def test_last_years_paper_tells_nothing_of_this_campaign() -> None:
    """A report of an earlier year beside this year's is not read."""
    old = Document("旧.docx", "document", "2024年防灾减灾工作总结\n开展培训3场。")
    new = Document("新.docx", "document", "2025年防灾减灾工作总结\n开展演练3场。")
    assert find_activities([old, new], CAMPAIGN).ids == ("4",)


def test_what_one_activity_is_about_decides_among_equals() -> None:
    """Where several activities are checks, the matter that is checked tells which."""
    campaign = _campaign(
        (
            ("消防安全专项整治", "对消防设施、疏散通道、电气线路开展自查，更换失效灭火器。"),
            ("食品安全专项整治", "检查食堂食材采购、留样、餐具消毒。"),
            ("燃气安全专项整治", "对燃气管道、灶具进行检测。"),
            ("开展应急演练", "组织夜间火灾疏散演练。"),
        )
    )
    told = {
        "对食堂留样和餐具消毒开展检查。": ("2",),
        "请燃气公司检测灶具。": ("3",),
        "组织消防疏散演练。": ("4",),
    }
    for text, ids in told.items():
        assert find_activities([Document("a", "document", text)], campaign).ids == ids


def test_blanks_and_line_ends_of_scans_do_not_hide_words() -> None:
    """OCR puts blanks between characters, pages break lines inside words."""
    first, second = (
        "本月以来学校各部门按照上级部署认真组织师生开展地",
        "震应急疏 散 演 练，秩序井然，效果良好，取得预期的成",
    )
    lines = f"{first}\n{second}\n效。"
    assert _found(lines) == "4"


@pytest.mark.parametrize(
    ("text", "heading", "done"),
    [
        ("三、下一步打算\n（一）抓好培训\n组织全员培训。", "三、下一步打算 / （一）抓好培训", False),
        ("二、存在问题及整改情况\n更换灭火器3具。", "二、存在问题及整改情况", True),
        ("一、主要做法\n更换灭火器3具。", "一、主要做法", True),
    ],
)
def test_a_sentence_knows_its_headings(text: str, heading: str, done: bool) -> None:
    """What stands under 下一步打算 is not done, whatever its own words say."""
    last = sentences(text)[-1]
    assert last.heading == heading
    assert is_done(last, MAY) is done


@settings(max_examples=60)
@given(st.text(alphabet="开展演练培训，。；：未拟将已各班一二三1、（）《》“”\n\t| ", max_size=300))
def test_any_text_is_judged_without_a_fault(text: str) -> None:
    """Hostile text raises nothing; only activities of the campaign come out, in its order."""
    ids = find_activities([Document("a", "document", text)], CAMPAIGN).ids
    assert list(ids) == sorted(set(ids) & {activity.id for activity in CAMPAIGN.activities})


ELDERS = (
    (
        "营造关爱老人安全氛围",
        "各镇要在村口悬挂横幅，用电子屏、大喇叭宣传用火用电和防诈骗知识，发放宣传资料。",
    ),
    ("开展入户走访慰问", "组织村干部逐户走访独居老人，查看燃气管线，送上安全提示资料。"),
    ("组织护理员培训和疏散演练", "对护理员、门卫开展噎食急救、用氧安全培训，组织疏散演练。"),
    ("排查整治安全隐患", "对消防设施、电气线路、燃气开展自查，建立清单，限时整改。"),
    ("举办便民服务日", "在广场设台，开展防范诈骗咨询、义诊、理发、急救体验。"),
)
ELDERS_MONTH = _campaign(ELDERS)


def _elders(text: str) -> str:
    return " ".join(find_activities([Document("总结.docx", "document", text)], ELDERS_MONTH).ids)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("走访独居老人50户，送上用电提示资料50份。", "2"),
        ("走访独居老人50户，查看了灶具，顺手发放宣传册50本。", "2"),
        ("设咨询台2个，接受咨询70人次，发放宣传资料90份。", "5"),
        ("村口大喇叭讲用火用电，发放宣传资料90份。", "1"),
        ("电子屏循环播放防诈骗短片。", "1"),
        ("护理员在假人上练噎食急救。", "3"),
        ("走访、培训、排查、答题均已开展。", "2 3 4"),
    ],
)
def test_what_was_handed_out_or_told_at_a_deed_belongs_to_that_deed(text: str, told: str) -> None:
    """Leaflets of a visit, a film about fraud, first aid that staff train: no deeds of others that name them."""
    assert _elders(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("走访由街道组织，公寓未安排。培训1次。", "3"),
        ("镇里组织的走访，我院老人作为观众参加。培训1次。", "3"),
        ("分院单独报送，其演练2次不在此列。悬挂横幅1条。", "1"),
        ("镇上办的义诊，人数由镇政府统计。悬挂横幅1条。", "1"),
        ("正在与中医院联系，准备六一前来院义诊。悬挂横幅1条。", "1"),
        ("六一当天还要在文化站摆咨询台。悬挂横幅1条。", "1"),
        ("区民政局来我院检查消防设施，给予好评。悬挂横幅1条。", "1"),
        ("消防大队来我院检查，发现隐患3处，已全部整改。", "4"),
        ("我院消防设施齐全，护理员人人持证。悬挂横幅1条。", "1"),
        ("本镇有独居老人120人。悬挂横幅1条。", "1"),
        ("还要感谢中医院来院义诊90人。", "5"),
        ("便民服务由街道牵头、我院承办，设咨询台6个。", "5"),
        ("我院培训2期，均已计入以上统计。", "3"),
    ],
)
def test_what_others_did_or_counted_is_not_the_units(text: str, told: str) -> None:
    """Where the unit was audience, left it to others, or counts another's work out, it did nothing of the kind."""
    assert _elders(text) == told


def test_a_campaign_without_activities_has_none_to_find() -> None:
    bare = Campaign("c", "关于开展防灾减灾活动的通知", "某某市教育局", MAY)
    report = Document("总结.docx", "document", "5月12日组织疏散演练，开展培训，发放手册800份。\n排查隐患6处。")
    assert find_activities([report], bare).ids == ()
