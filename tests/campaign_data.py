"""Small values for tests of the pure flow: a campaign of three units, submissions by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from records.campaigns import ActivityType, Campaign, CampaignContext, Period, Requirement
from records.filings import Evidence, Figure, FiledSubmission, MessageStatus, Submission, SubmissionStatus
from records.units import Membership, Roster, Unit

BEIJING = timezone(timedelta(hours=8))
UNITS = tuple(
    Unit(code, name, category)
    for code, name, category in (("A1", "甲医院", "医院"), ("A2", "乙医院", "医院"), ("B1", "丙托育园", "托育"))
)


def at(day: int, hour: int = 10, minute: int = 0, second: int = 0, month: int = 6) -> datetime:
    """A moment of 2025 as clocks in Beijing show it."""
    return datetime(2025, month, day, hour, minute, second, tzinfo=BEIJING)


DUE = at(30, 23, 59, 59)
SUMMARY = Requirement("r1", "活动总结", "summary", DUE, "6月30日前")
MATERIAL = Requirement("r2", "活动资料", "material", None, "及时报送", required=False)


def context(*memberships: Membership, id_: str = "c1") -> CampaignContext:
    """A campaign of June with a summary due at its end; all three units are members unless told otherwise."""
    campaign = Campaign(
        id=id_,
        title="安全月",
        issuer="某委",
        period=Period(date(2025, 6, 1), date(2025, 6, 30)),
        requirements=(SUMMARY, MATERIAL),
        activities=(
            ActivityType("1", "（一）", "学习", "组织学习"),
            ActivityType("2", "（二）", "答题", "自愿参加", required=False),
        ),
    )
    roster = Roster(UNITS, memberships or tuple(Membership(id_, unit.code) for unit in UNITS))
    return CampaignContext(campaign, roster)


def filed(
    unit: str,
    received_at: datetime,
    *,
    message: str | None = None,
    kind: str = "summary",
    status: SubmissionStatus = "filed",
    message_status: MessageStatus = "filed",
    supersedes: str | None = None,
    figures: dict[str, float] | None = None,
    activities: tuple[str, ...] = (),
    campaign: str = "c1",
) -> FiledSubmission:
    """A submission of a unit as the archive holds it."""
    id_ = message or f"{unit}-{received_at:%m%d%H%M%S}"
    stated = tuple(
        Figure(name, value, Evidence(f"figure:{name}", "body", "")) for name, value in (figures or {}).items()
    )
    requirement = "r1" if kind == "summary" else "r2"
    submission = Submission(
        status, campaign, unit, "summary" if kind == "summary" else "material", requirement, 0.9, activities, stated
    )
    return FiledSubmission(f"{id_}/1", id_, received_at, message_status, submission, supersedes)
