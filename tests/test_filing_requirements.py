"""Which of several requirements a report answers: the mid-term briefing or the closing summary."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from filing.documents import Document
from filing.kinds import kind_of, titles_of
from filing.requirements import Answer, requirement_for
from filing.text.squeeze import squeeze
from flow.board import board
from flow.standing import Standing
from records.campaigns import Campaign, CampaignContext, Requirement
from records.units import Membership, Roster, Unit

SHANGHAI = ZoneInfo("Asia/Shanghai")
TOWN, SCHOOL = Unit("A1", "石桥乡", "乡镇"), Unit("B1", "石桥中学", "学校", aliases=("石桥初级中学",))
ROSTER = Roster((TOWN, SCHOOL))
CAMPAIGN = Campaign(
    "c",
    "关于开展“春耕备耕服务月”活动的通知",
    "县农业农村局",
    None,
    requirements=(
        Requirement("r1", "总结", "summary", datetime(2025, 4, 5, 23, 59, 59, tzinfo=SHANGHAI), "4月5日前"),
        Requirement("r2", "中期简报", "material", datetime(2025, 3, 20, 23, 59, 59, tzinfo=SHANGHAI), "3月20日前"),
        Requirement("r3", "图片、典型做法", "material", None, "随时", required=False),
    ),
)


def _answer(title: str, day: tuple[int, int], campaign: Campaign = CAMPAIGN, unit: Unit | None = None) -> Answer:
    documents = [Document(f"{title}.docx", "document", f"{title}\n举办培训2期。", filename=f"{title}.docx")]
    titles = titles_of(documents, [f"{title}.docx"])
    kind = kind_of(documents, titles, ["春耕备耕服务月"], 1)
    said = squeeze("\n".join(one.text for one in titles))
    received = datetime(2025, *day, 12, tzinfo=SHANGHAI)
    return requirement_for(
        campaign, unit, kind.kind, roster=ROSTER, doubtful=kind.doubtful, titles=said, received=received
    )


@pytest.mark.parametrize(
    ("title", "day", "requirement"),
    [
        ("石桥乡春耕备耕服务月工作总结", (4, 3), "r1"),
        ("石桥乡春耕备耕服务月活动情况报告", (4, 3), "r1"),
        ("石桥乡春耕备耕服务月中期简报", (3, 19), "r2"),
        ("石桥乡春耕备耕服务月中期简报", (4, 1), "r2"),
        ("石桥乡春耕备耕服务月工作进展情况报告", (3, 18), "r2"),
        ("石桥乡春耕备耕服务月阶段性小结", (3, 21), "r2"),
        ("石桥乡春耕备耕服务月工作进展情况报告", (4, 4), "r1"),
        ("石桥乡农机检修照片", (3, 12), "r3"),
    ],
)
def test_the_title_and_what_is_due_tell_the_requirement(title: str, day: tuple[int, int], requirement: str) -> None:
    """A briefing by name whenever it comes; a report of progress while the briefing is due, else the summary."""
    found = _answer(title, day).requirement
    assert found is not None
    assert found.id == requirement


def test_a_report_of_progress_is_the_summary_where_no_briefing_is_asked_for() -> None:
    """工作进展情况报告 closes a campaign that asks for one paper alone."""
    alone = Campaign("c", CAMPAIGN.title, CAMPAIGN.issuer, None, requirements=CAMPAIGN.requirements[:1])
    found = _answer("石桥乡春耕备耕服务月工作进展情况报告", (3, 18), alone)
    assert (found.requirement, found.kind) == (CAMPAIGN.requirements[0], "summary")


def test_a_monthly_report_is_no_mid_term_briefing() -> None:
    """月报 is of another rhythm, whatever it says of progress."""
    found = _answer("石桥乡3月份工作进度月报", (3, 18))
    assert found.requirement is None or found.requirement.id != "r2"


@pytest.mark.parametrize(
    ("categories", "units", "asked"),
    [
        ((), (), "A1 B1"),
        (("乡镇",), (), "A1"),
        (("学校",), (), "B1"),
        ((), ("石桥 初级中学",), "B1"),
        (("乡镇",), ("石桥中学",), "A1 B1"),
        (("乡镇", "各企业"), (), "A1"),
        (("各校",), (), "A1 B1"),
        ((), ("县医院",), "A1 B1"),
        (("各校",), ("县医院",), "A1 B1"),
        (("各校",), ("石桥乡",), "A1"),
    ],
)
def test_filing_and_the_board_ask_the_same_units(
    categories: tuple[str, ...], units: tuple[str, ...], asked: str
) -> None:
    """Who owes the summary gives it to the requirement; one that names nobody on the roster is everybody's."""
    requirement = replace(CAMPAIGN.requirements[0], categories=categories, units=units)
    campaign = replace(CAMPAIGN, requirements=(requirement,))
    members = replace(ROSTER, memberships=tuple(Membership("c", unit.code) for unit in ROSTER.units))
    due = board(CampaignContext(campaign, members), requirement, (), Standing(), datetime(2025, 4, 3, tzinfo=SHANGHAI))

    owing = [item.unit.code for item in due.obligations]
    answered = [
        unit.code for unit in ROSTER.units if _answer("石桥春耕备耕服务月工作总结", (4, 3), campaign, unit).requirement
    ]
    assert owing == answered == asked.split()
