"""Campaigns, boards and messages for the tests of the digest room, all invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from records.boards import (
    AttachmentView,
    Board,
    DigestData,
    FigureTotal,
    MessageView,
    Obligation,
    ObligationState,
    Reconciliation,
    SubmissionView,
    UnitFigure,
    WaitingLink,
)
from records.campaigns import ActivityType, Campaign, Contact, Measure, Period, Requirement
from records.filings import Evidence, MessageStatus
from records.mail import CloudLink
from records.units import Unit
from records.words import Text

ZONE = ZoneInfo("Asia/Shanghai")
DUE = datetime(2031, 9, 30, 23, 59, 59, tzinfo=ZONE)
CUTOFF = datetime(2031, 9, 28, 17, 30, tzinfo=ZONE)
SUMMARY = Requirement("r1", "秋季防火总结", "summary", DUE, "9月30日前")
CAMPAIGN = Campaign(
    id="2031-fanghuo",
    title="某某市林业局关于开展 2031 年秋季“防火宣传周”活动的通知",
    issuer="某某市林业局",
    period=Period(date(2031, 9, 1), date(2031, 9, 30)),
    requirements=(SUMMARY, Requirement("r2", "照片等资料", "material", None, "及时报送", required=False)),
    mailboxes=("box@example.com",),
    contacts=(Contact("值班室", "000-1234"),),
    activities=(
        ActivityType("1", "（一）", "林区巡查", "巡查林区。"),
        ActivityType("2", "（二）", "防火演练", "开展演练。"),
        ActivityType("3", "（三）", "知识竞赛", "自愿参加。", required=False),
    ),
    measures=(Measure("participants", "参与人次", "人次"), Measure("drills", "演练场次", "场")),
)
UNITS = (
    Unit("U1", "某某市青松林场", "国有林场", aliases=("青松林场", "青松")),
    Unit("U2", "某某市白桦林场", "国有林场", aliases=("白桦林场",), contact="甲某", phone="000-5678"),
    Unit("U3", "某某市红枫苗圃", "苗圃", aliases=("红枫苗圃",), contact="乙某", second_contact="丙某"),
    Unit("U4", "某某市银杏苗圃", "苗圃", aliases=("银杏苗圃",)),
)


def at(day: int, hour: int = 10, minute: int = 0) -> datetime:
    """A moment of September 2031 as clocks in the campaign's zone show it."""
    return datetime(2031, 9, day, hour, minute, tzinfo=ZONE)


def owes(unit: Unit, state: ObligationState = "missing", **more: object) -> Obligation:
    """One unit's share of the summary."""
    plain = Obligation(unit=unit, requirement="r1", state=state, due=DUE)
    return replace(plain, **more)  # type: ignore[arg-type]


def board_of(*obligations: Obligation, as_of: datetime = CUTOFF, requirement: Requirement = SUMMARY) -> Board:
    """The board of one requirement."""
    return Board(as_of, CAMPAIGN, requirement, obligations)


def report(message_id: str, unit: str | None, **more: object) -> SubmissionView:
    """A filed summary of one unit, changed as asked."""
    name = next((item.name for item in UNITS if item.code == unit), "")
    plain = SubmissionView(
        id=f"{message_id}/1",
        status="filed",
        campaign=CAMPAIGN.id,
        unit=unit,
        unit_name=name,
        confidence=0.97,
        decided_by=None,
        requirement="r1",
        kind="summary",
        activities=(),
        on_time=True,
        figures=(),
        parts=(),
        supersedes=None,
        superseded_by=None,
        doubtful=(),
        evidence=(Evidence("unit", "总结.docx", "落款：青松林场"),),
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def message(
    name: str, received_at: datetime, status: MessageStatus = "filed", unit: str | None = "U1", **more: object
) -> MessageView:
    """A received message whose id is the hash of ``name``, with one report of ``unit`` (None: without)."""
    id_ = sha256(name.encode()).hexdigest()
    plain = MessageView(
        id=id_,
        raw_sha256=id_,
        source="message",
        message_id=f"<{name}@example.com>",
        received_at=received_at,
        deliveries=1,
        sender="sender@example.com",
        sender_name="办公室",
        subject=f"报送 {name}",
        status=status,
        reason=None,
        explanation=None,
        body_text="正文不进日报",
        attachments=(),
        cloud_links=(),
        submissions=(report(id_, unit),) if unit else (),
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def attachment(filename: str, status: str = "ok", explanation: Text | None = None) -> AttachmentView:
    """An attachment as it was read."""
    plain = AttachmentView(filename, "application/octet-stream", 1, "0" * 64, "ok", None, explanation, None, "")
    return replace(plain, status=status)  # type: ignore[arg-type]


def balanced(messages: Sequence[MessageView]) -> Reconciliation:
    """The reconciliation of these messages."""

    def count(status: str) -> int:
        return sum(item.status == status for item in messages)

    return Reconciliation(
        len(messages),
        count("filed"),
        count("review"),
        count("not_a_report"),
        count("unreadable"),
        count("too_large"),
        count("archived"),
    )


def digest_of(messages: Sequence[MessageView] = (), **more: object) -> DigestData:
    """The digest of 28 September with these new messages, nothing else having happened."""
    plain = DigestData(
        campaign=CAMPAIGN,
        units=UNITS,
        day=CUTOFF.date(),
        period_from=CUTOFF - timedelta(days=1),
        period_to=CUTOFF,
        messages=tuple(messages),
        belated=(),
        waiting=tuple(item for item in messages if item.status in {"review", "unreadable"}),
        boards=(board_of(*(owes(unit) for unit in UNITS)),),
        reconciliation=balanced(messages),
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def busy_digest() -> DigestData:
    """A day on which everything happened."""
    summary = message("a", at(28, 9))
    first = replace(
        summary,
        submissions=(
            replace(
                summary.submissions[0],
                activities=("1", "2"),
                figures=(("participants", 1200.0), ("drills", 2.0)),
                supersedes=message("e", at(20)).id,
                doubtful=("figures",),
            ),
        ),
        new_addresses=(("new@example.com", "U1"),),
        cloud_links=(CloudLink("演练.mp4", "https://files.example.com/f?k=1", 9, at(30)),),
        attachments=(attachment("总结.docx"), attachment("录像.rar", "skipped", Text("暂不能读", "no parser"))),
    )
    suggestion = report(message("b", at(28)).id, "U2", status="review")
    other = replace(suggestion, unit="U3", unit_name="某某市红枫苗圃", alternative=True, evidence=())
    waiting = WaitingLink(first, first.cloud_links[0], 1, Text("连接不上", "unreachable"))
    second = message(
        "b",
        at(28, 11),
        "review",
        reason="unit_tied",
        explanation=Text("信中有两家单位的名称", "two units are named"),
        submissions=(suggestion, other),
    )
    asked = message("c", at(28, 12), "not_a_report", None, reason="question", subject="请问格式要求，电话13800138000")
    locked = message("d", at(28, 13), "unreadable", "U4", explanation=Text("压缩包有密码", "encrypted"))
    advert = message("f", at(28, 14), "not_a_report", None, reason="advertisement", subject="发票代开")
    belated = message("g", at(25), submissions=(report(message("g", at(25)).id, "U3", on_time=False, kind="material"),))
    new = (first, second, asked, locked, advert)
    return digest_of(
        new,
        belated=(belated,),
        reconciliation=balanced((*new, belated)),
        boards=(
            board_of(
                owes(UNITS[0], "received", received_at=at(28, 9), late=True),
                owes(UNITS[1], "waiting"),
                owes(UNITS[2], promised=date(2031, 9, 29), extended_until=datetime(2031, 10, 3, 12, tzinfo=ZONE)),
                owes(UNITS[3], last_heard=at(12)),
            ),
        ),
        totals=(FigureTotal("participants", "参与人次", "人次", 1200, 1, provisional=True),),
        activity_counts=(("1", 1), ("2", 1), ("3", 0)),
        unsent=2,
        links=(waiting,),
        everything=(message("e", at(20)), first, belated),
        unit_figures=(UnitFigure("U1", "participants", 1200.0, "a/1"), UnitFigure("U1", "drills", 2.0, "a/1", True)),
    )
