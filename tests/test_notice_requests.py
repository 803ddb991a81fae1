"""Single sentences by which notices ask for reports, and what each asks for."""

from __future__ import annotations

import pytest

from filing.notice.reading import read_notice

_NOTICE = (
    "某区卫健委关于开展2025年“安全月”活动的通知\n各医院，各社区卫生服务中心，各村卫生室：\n一、活动时间\n6月1日至6月30日\n"
    "二、活动内容\n（一）开展培训。组织培训。\n（二）开展演练。组织演练。\n三、工作要求\n{}\n某区卫健委\n2025年5月26日"
)


@pytest.mark.parametrize(
    ("sentence", "asked"),
    [
        (
            "请各单位于6月30日前将活动总结（电子版）以电子邮件形式发送至a@example.com。",
            ["summary 06-30 23:59 活动总结"],
        ),
        ("各单位要认真总结活动开展情况，于6月30日前形成书面总结报送我局。", ["summary 06-30 23:59 总结"]),
        ("活动总结请务必于6月30日（星期一）下午5:00前报局安全科。", ["summary 06-30 17:00 活动总结"]),
        ("请各校6月30日前，将总结、图片打包上传至市教育局平台。", ["summary 06-30 23:59 总结、图片"]),
        (
            "请于6月30日前将总结一式两份报区民政局养老科，电子版同时发送至a@example.com。",
            ["summary 06-30 23:59 总结"],
        ),
        (
            "请将联络员名单（附件1）于5月30日前、活动方案于6月5日前、总结于7月5日前报送至安稳办。",
            ["material 05-30 23:59 联络员名单", "material 06-05 23:59 活动方案", "summary 07-05 23:59 总结"],
        ),
        (
            "6月15日前报送阶段性小结，7月5日前报送活动总结，重要信息随时报送。",
            ["material 06-15 23:59 阶段性小结", "summary 07-05 23:59 活动总结", "material None 重要信息"],
        ),
        (
            "各区县于6月20日、7月5日前分别报送中期小结和活动总结。",
            ["material 06-20 23:59 中期小结", "summary 07-05 23:59 活动总结"],
        ),
        ("总结材料不少于1500字，附照片5张以上，请于7月5日前反馈至邮箱。", ["summary 07-05 23:59 总结材料"]),
        ("我局将于7月15日前对各单位报送的总结进行评审。请各单位于7月5日前报送总结。", ["summary 07-05 23:59 总结"]),
        (
            "请明确1名联络员，填写联络员信息表，于5月29日12:00前发至邮箱。总结于7月2日前发至邮箱。",
            ["material 05-29 12:00 联络员信息表", "summary 07-02 23:59 总结"],
        ),
        (
            "请于本月28日前将参加人员名单报送。总结7月5日前报。",
            ["material 05-28 23:59 参加人员名单", "summary 07-05 23:59 总结"],
        ),
        ("遇有突发情况及时上报，发现隐患第一时间报送。请于7月5日前报送总结。", ["summary 07-05 23:59 总结"]),
        ("报送内容：活动总结、照片。\n报送时间：7月5日前。", ["summary 07-05 23:59 活动总结、照片"]),
        ("请于7月5日前报送情况报告。", ["summary 07-05 23:59 情况报告"]),
        ("各单位每天下午6点前在群里报平安，7月5日前将总结交到安稳办。", ["summary 07-05 23:59 总结"]),
        ("活动结束后及时报送总结。", ["summary None 总结"]),
        ("请于7月5日前报总结。", ["summary 07-05 23:59 总结"]),
        ("请于7月5日前将总结报安监部。", ["summary 07-05 23:59 总结"]),
        (
            "请于6月20日前报送本周巡河里程，7月5日前报送总结。",
            ["material 06-20 23:59 本周巡河里程", "summary 07-05 23:59 总结"],
        ),
        (
            "请于6月10日前在平台填报信息，并将《申报表》发至邮箱。总结7月5日前报。",
            ["material 06-10 23:59 信息、《申报表》", "summary 07-05 23:59 总结"],
        ),
        (
            "6月2日至6月4日实行日报告制度，各单位于每日16:00前报送当日情况。总结7月5日前报。",
            [
                *(f"material 06-0{day} 16:00 当日情况" for day in (2, 3, 4)),
                "summary 07-05 23:59 总结",
            ],
        ),
        (
            "自6月16日起，每周一前报送进展；7月5日前报送总结。",
            [
                "material 06-16 23:59 进展",
                "material 06-23 23:59 进展",
                "material 06-30 23:59 进展",
                "summary 07-05 23:59 总结",
            ],
        ),
        ("每月最后一个工作日前报送进展。7月5日前报送总结。", ["material 06-30 23:59 进展", "summary 07-05 23:59 总结"]),
        (
            "6月2日、3日、4日每天18时前报送进展，7月5日前报送总结。",
            [*(f"material 06-0{day} 18:00 进展" for day in (2, 3, 4)), "summary 07-05 23:59 总结"],
        ),
        ("（三）及时报送总结。请于7月5日前报送总结。", ["summary 07-05 23:59 总结"]),
    ],
)
def test_sentence_asks_for_what_it_says(sentence: str, asked: list[str]) -> None:
    """Kind, deadline and thing of each request, in the order of the sentence; nothing more."""
    requirements = read_notice(_NOTICE.format(sentence)).requirements

    assert [f"{item.kind} {item.due and format(item.due, '%m-%d %H:%M')} {item.what}" for item in requirements] == asked


def test_kinds_of_units_with_their_own_deadlines_are_told_apart() -> None:
    """Each kind of unit owes the report by its own day; with one day for all, all owe it."""
    sentence = "请各医院7月5日前报送总结，各社区卫生服务中心7月8日前报送总结，各村卫生室7月10日前报送总结。"

    assert [item.categories for item in read_notice(_NOTICE.format(sentence)).requirements] == [
        ("医院",),
        ("社区卫生服务中心",),
        ("村卫生室",),
    ]


@pytest.mark.parametrize(
    ("sentence", "only"),
    [
        ("请各医院7月5日前报送总结。", [("医院",)]),
        ("各医院要高度重视，7月5日前报送总结。", [("医院",)]),
        ("7月5日前各医院报送总结。", [("医院",)]),
        ("各医院7月5日前报送总结；7月1日前报送数据。", [("医院",), ("医院",)]),
        ("请各单位7月5日前报送总结。", [()]),
        ("请各医院、社区卫生服务中心、村卫生室7月5日前报送总结。", [()]),
        ("请各区县7月5日前报送总结。", [()]),
    ],
)
def test_who_must_report_is_read_where_the_sentence_names_him(sentence: str, only: list[tuple[str, ...]]) -> None:
    """Before or behind the date, or at the sentence's head; a word that fits no addressee, or all, means all."""
    assert [item.categories for item in read_notice(_NOTICE.format(sentence)).requirements] == only


@pytest.mark.parametrize(
    ("sentence", "required"),
    [
        ("鼓励各单位于6月20日前报送短视频作品。", False),
        ("有意参加的单位请于6月20日前报送作品。", False),
        ("各单位可于6月20日前报送优秀案例。", False),
        ("活动照片随时报送。", False),
        ("请于6月20日前报送照片。", True),
        ("活动结束后及时报送总结。", True),
    ],
)
def test_offers_are_voluntary_and_requests_are_not(sentence: str, required: bool) -> None:
    """鼓励, 可, 有意 and 随时 bind nobody; a closing report does, even without a date."""
    assert [item.required for item in read_notice(_NOTICE.format(sentence)).requirements] == [required]
