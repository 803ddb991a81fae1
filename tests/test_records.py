"""The values that rooms hand each other: frozen, and the same again after a journal, a table or another process."""

from __future__ import annotations

import dataclasses
import importlib
import pickle
import pkgutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, get_args

import pytest
from sqlmodel import Session

import records
from records.boards import AttachmentView, Board, DigestData, FigureTotal, MessageView, Obligation, Reconciliation
from records.boards import SubmissionView as View
from records.bounces import DeliveryReport, FailedRecipient, ReturnedMail
from records.campaigns import (
    ActivityType,
    Campaign,
    CampaignContext,
    Contact,
    Measure,
    Period,
    Requirement,
    Unsure,
)
from records.decisions import (
    Action,
    Assign,
    Close,
    Decision,
    Exempt,
    Extend,
    Promise,
    Record,
    Reject,
    Return,
    SaveLink,
    Undo,
    Version,
    Withdraw,
)
from records.extracts import Extract, Page, Picture, Table
from records.filings import Evidence, Figure, FiledSubmission, Filing, Relation, ReportFacts, Submission, Trace
from records.journals import Arrival, Sent
from records.learnt import LearntAddress
from records.mail import Address, CloudLink, Fetched, Listing, Location, MailboxAccount, Message, Oversized, Part
from records.mails import Attachment, Letter, OutgoingAccount, OutgoingMail
from records.units import Membership, Roster, Unit
from records.words import Text
from storage.catalogue import store_campaign, store_decisions, stored_campaigns, stored_decisions
from storage.database import Database
from storage.deliveries import archived
from storage.journal import Journal
from storage.messages import (
    filed_submissions,
    found_filing,
    new_manual,
    set_supersedes,
    store_filing,
    store_reading,
    views,
)
from storage.tables import AttachmentRow, DecisionRow, MessageRow
from storage.values import from_json, to_json

AT = datetime(2025, 6, 20, 10, 0, 30, tzinfo=timezone(timedelta(hours=8)))
DUE = datetime(2025, 6, 30, 23, 59, 59, tzinfo=timezone(timedelta(hours=8)))
EVIDENCE = Evidence("unit", "总结.docx", "某街道办事处")
SUMMARY = Submission(
    status="filed",
    campaign="spring",
    unit="W01",
    kind="summary",
    requirement="r1",
    confidence=0.98,
    activities=("1", "3"),
    figures=(Figure("participants", 320.0, Evidence("figure:participants", "body", "参加320人次"), doubtful=True),),
    parts=("a" * 64,),
    doubtful=("activities",),
    evidence=(EVIDENCE, Evidence("kind", "subject", "总结")),
    unit_text="某街道",
    sign="correction",
    partial=True,
    trace=Trace((("a" * 64, "总结.docx"),), ("a" * 64,), (1, 2), 2, "n", ("<1@example.com>",)),
)
MATERIAL = Submission("review", "autumn", None, "material", None, 0.4, alternative=True, unit_text="陌生单位")
FILING = Filing(
    status="review",
    reason="unit_tied",
    explanation=Text("两个单位都可能", "Two units fit"),
    submissions=(SUMMARY, MATERIAL),
    evidence=(EVIDENCE,),
    new_addresses=(("neu@example.com", "W01"),),
    bounced=DeliveryReport((FailedRecipient("c@example.com", "5.1.1"),), ("<1@example.com>",), ("a" * 40,)),
)
SPRING = Campaign(
    id="spring",
    title="“安全”活动",
    issuer="某办公室",
    period=Period(date(2025, 5, 30), date(2025, 6, 30)),
    document_number="〔2025〕1号",
    issued_on=date(2025, 5, 26),
    theme="人人讲安全",
    addressees=("各单位",),
    requirements=(
        Requirement("r1", "活动总结", "summary", DUE, "6月30日前", categories=("街道",)),
        Requirement("r2", "图片", "material", None, "及时报送", required=False, units=("W01",)),
    ),
    mailboxes=("report@example.com",),
    contacts=(Contact("李某", "000-0000"), Contact("王某")),
    activities=(
        ActivityType("1", "（一）", "宣传", "开展宣传", cues=("宣传", "讲座")),
        ActivityType("2", "（二）", "比武", "自愿", False, Period(date(2025, 6, 1), date(2025, 12, 31))),
    ),
    measures=(Measure("participants", "参与人次", "人次", ("参加",)),),
    unsure=(Unsure("requirements.r1.due", "没有年份"),),
)
AUTUMN = Campaign("autumn", "秋季", "某办公室", None)
STREET = Unit(
    code="W01",
    name="某街道办事处",
    category="街道",
    aliases=("某街道",),
    former_names=("某镇",),
    emails=("a@example.com", "b@example.com"),
    contact="李某",
    phone="000-0000",
    second_contact="王某",
    parent="某区",
)
FIRM = Unit("W02", "某公司")
ROSTER = Roster(
    (STREET, FIRM),
    (
        Membership("spring", "W01", date(2025, 5, 30), date(2025, 6, 10)),
        Membership("spring", "W02", exempt=True),
        Membership("spring", "W01", date(2025, 6, 20), None),
    ),
)
ARRIVAL = Arrival("a" * 64, "report@imap.example.com", "INBOX", 7, 1, AT, AT, "internaldate", 1234, AT)
ACTIONS: tuple[Any, ...] = (
    Assign("m/2", "spring", "W01", "summary", "r1", ("1", "3"), (("participants", 320.0), ("drills", None))),
    Assign("m/1", activities=()),
    Assign("m/1"),
    Reject("m"),
    Return("m/1"),
    Withdraw("m/1"),
    Record("m-1", "spring", "W01", AT, "phone"),
    Record("m-2", "spring", "W01", AT, "paper", "material", "r2", "b" * 64, "扫描件.pdf"),
    Exempt("spring", "W01"),
    Exempt("spring", "W01", "r1"),
    Extend("spring", "W01", DUE, "r1"),
    Promise("spring", "W01", date(2025, 7, 2)),
    Close("spring"),
    SaveLink("a" * 64, "e" * 64, "b" * 64, "视频.mp4", "video/mp4"),
    SaveLink("a" * 64, "e" * 64),
    Undo("d-0001"),
    Version("spring", "roster", "c" * 64, (("无编号单位", "U001"),)),
)
DECISIONS = tuple(
    Decision(f"d-{place:04}", AT + timedelta(minutes=place), "李某", "command", action, "来电说明", '{"a": 1}', "{}")
    for place, action in enumerate(ACTIONS, 1)
)
SENT = Sent("k", "digest", "a@example.com", "<1@example.com>", AT, "d" * 64, "spring", "2025-06-20", ("a" * 64,))
PICTURE_PART = Part("2/1", "照片.jpg", "image/jpeg", b"\xff\xd8\xff", "inline", "cid-1")
MESSAGE = Message(
    raw_sha256=ARRIVAL.sha256,
    size_bytes=1234,
    message_id="<1@example.com>",
    in_reply_to=None,
    references=("<0@example.com>",),
    sender=Address("a@example.com", "某街道"),
    reply_to=Address("b@example.com"),
    to=(Address("report@example.com"),),
    cc=(),
    subject="总结",
    date=AT,
    received_header_at=None,
    body_text="见附件",
    body_html="<p>见附件</p>",
    parts=(Part("1", "总结.docx", "application/octet-stream", b"PK\x03\x04\0\xff", "attachment"),),
    cloud_links=(
        CloudLink("大附件.zip", "https://example.com/f", 10**9, AT),
        CloudLink("无期限", "https://example.com/g"),
    ),
    headers=(("subject", "总结"),),
    defects=("charset",),
)
PICTURE = Extract(
    part=PICTURE_PART,
    media_type="image/jpeg",
    status="ok",
    pages=(Page(1, "横幅上的字", "ocr", 0.9),),
    picture=Picture(640, 480, "2025-06-16T09:00:00", "camera", 30.5, 120.25),
    parser="image",
)
DOCUMENT = Extract(
    part=MESSAGE.parts[0],
    media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    status="partial",
    pages=(Page(1, "第一页"), Page(2, "第二页")),
    tables=(Table((("名称", "数量"), ("演练", "3")), "统计表", 2),),
    metadata=(("author", "李某"),),
    members=(PICTURE,),
    reason="timeout",
    explanation=Text("读了一部分", "Partly read"),
    parser="docx",
    page_count=2,
)
OBLIGATION = Obligation(STREET, "r1", "missing", DUE, AT, True, AT, date(2025, 7, 1), DUE, ("1",))
BOARD = Board(AT, SPRING, SPRING.requirements[0], (OBLIGATION, Obligation(FIRM, "r1", "received", DUE, AT, late=True)))
ATTACHMENT_VIEW = AttachmentView("总结.docx", "x/y", 6, "a" * 64, "ok", None, None, 2, "字")
SUBMISSION_VIEW = View(
    "m/1", "filed", "spring", "W01", "某街道", 0.9, "李某", "r1", "summary", ("1",), True, (("participants", 320.0),),
    ("a" * 64,), "b" * 64, None, (), (EVIDENCE,),
)  # fmt: skip
MESSAGE_VIEW = MessageView(
    "m", "a" * 64, "message", "<1@example.com>", AT, 2, "a@example.com", "某街道", "总结", "filed", None,
    Text("好", "good"), "见附件", (dataclasses.replace(ATTACHMENT_VIEW, members=(ATTACHMENT_VIEW,)),),
    MESSAGE.cloud_links, (SUBMISSION_VIEW,), (("neu@example.com", "W01"),),
)  # fmt: skip
DIGEST_DATA = DigestData(
    SPRING, ROSTER.units, date(2025, 6, 20), AT, DUE, (MESSAGE_VIEW,), (), (MESSAGE_VIEW,), (BOARD,),
    Reconciliation(2, 1, 1, 0, 0, 0), (FigureTotal("participants", "人次", "人次", 320.0, 1, True),), (("1", 1),), 1,
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    SPRING, AUTUMN, ROSTER, ARRIVAL, SENT, FILING, BOARD, DIGEST_DATA, *DECISIONS,
    CampaignContext(SPRING, ROSTER, ("c@example.com",), is_open=False, learnt=(LearntAddress("a@qq.com", "W1", "甲"),)),
    FiledSubmission("m/1", "m", AT, "filed", SUMMARY, "b" * 64),
    ReportFacts("m/1", "a" * 64, AT, SUMMARY, "filed", "thanks", "<1@example.com>", "总结", "a@example.com", "f", True),
    Relation("a" * 64, EVIDENCE),
    ReturnedMail("a@example.com", "digest", "spring", "2025-06-20", "5.1.1", AT, "b" * 64),
    Listing(Location("report@imap.example.com", "INBOX", 7, 1), 1234, AT), Text("甲", "a"),
    OutgoingMail("k", "digest", "spring", "2025-06-20", "a@example.com", "<1@example.com>", AT, b"a", ("m",)),
)  # fmt: skip
BINARY: tuple[Any, ...] = (
    MESSAGE, DOCUMENT, Fetched(Listing(Location("m", "INBOX", 7, 1), 2, AT), b"\xff\0"),
    Oversized(Listing(Location("m", "INBOX", 7, 1), 2, None), b"Subject: \xff\r\n"),
    Letter("日报", "文", "<p>", (Attachment("表.xlsx", "x/y", b"\xff"),)),
)  # fmt: skip


def dataclasses_of_records() -> Iterator[Any]:
    """Every public dataclass that a module of records/ defines."""
    for module in pkgutil.iter_modules(records.__path__, "records."):
        for name, found in vars(importlib.import_module(module.name)).items():
            public = isinstance(found, type) and found.__module__ == module.name and not name.startswith("_")
            if public and dataclasses.is_dataclass(found):
                yield found


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    database = Database(tmp_path / "baosong.db")
    with database.session() as opened:
        yield opened
    database.close()


def test_every_value_is_frozen() -> None:
    """What one room got no other room can change: all dataclasses of records/ are frozen and have no room for more."""
    found = list(dataclasses_of_records())
    assert {Message, Campaign, Decision, Board, Unit, Filing} <= set(found)
    loose = [kind.__name__ for kind in found if not kind.__dataclass_params__.frozen or not hasattr(kind, "__slots__")]
    assert loose == []


@pytest.mark.parametrize("value", [*VALUES, *BINARY], ids=lambda value: type(value).__name__)
def test_a_value_cannot_be_changed(value: Any) -> None:
    """Assigning to a field is an error, and all that a value holds is as firm as itself: it has a hash."""
    name = dataclasses.fields(value)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, name, None)
    assert hash(value) == hash(pickle.loads(pickle.dumps(value)))


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_comes_back_from_json(value: Any) -> None:
    """As JSON and back a value is equal to itself, times and None included."""
    kind = type(value)
    if kind is OutgoingMail:  # its octets need not be text; the outbox keeps them apart
        value = dataclasses.replace(value, octets=b"")
    assert from_json(kind, to_json(kind, value)) == value


@pytest.mark.parametrize("value", BINARY, ids=lambda value: type(value).__name__)
def test_a_value_with_octets_comes_back_from_a_worker(value: Any) -> None:
    """Messages, parts and extracts go through worker processes; every octet comes back."""
    assert pickle.loads(pickle.dumps(value)) == value


def test_every_kind_of_decision_is_tried_here() -> None:
    """A new action cannot be added without being written and read by these tests."""
    union, *_ = get_args(Action)
    assert {type(action) for action in ACTIONS} == set(get_args(union))


def test_decisions_come_back_from_the_journal(tmp_path: Path) -> None:
    """Who decided what, when, through which channel, before and after: all of it, for every kind of decision."""
    Journal(tmp_path / "decisions.jsonl", Decision).append(*DECISIONS)
    assert tuple(Journal(tmp_path / "decisions.jsonl", Decision).read()) == DECISIONS


def test_arrivals_and_sent_mails_come_back_from_their_journals(tmp_path: Path) -> None:
    """Each field, with and without a time of the server, of a message too large too."""
    arrivals = (
        ARRIVAL,
        dataclasses.replace(ARRIVAL, internaldate=None, received_source="received"),
        dataclasses.replace(
            ARRIVAL, sha256="l-1", too_large=True, sender="a@example.com", message_id="<1@example.com>"
        ),
    )
    Journal(tmp_path / "arrivals.jsonl", Arrival).append(*arrivals)
    Journal(tmp_path / "sent.jsonl", Sent).append(SENT)
    assert tuple(Journal(tmp_path / "arrivals.jsonl", Arrival).read()) == arrivals
    assert list(Journal(tmp_path / "sent.jsonl", Sent).read()) == [SENT]


def test_decisions_come_back_from_their_table(session: Session) -> None:
    """In the journal's order, however many times they are stored, an undone one among them, marked."""
    for _ in range(2):
        store_decisions(session, DECISIONS)
    session.expire_all()
    assert tuple(stored_decisions(session)) == DECISIONS
    assert session.get_one(DecisionRow, "d-0001").undone_by == "d-0016"
    assert session.get_one(DecisionRow, "d-0002").undone_by is None


def test_decisions_keep_their_order_beyond_9999(session: Session) -> None:
    """The ten thousandth decision comes last, though its id sorts before others as text."""
    late = [Decision(f"d-{place:04}", AT, "李某", "web", Close("spring")) for place in (9999, 10000)]
    store_decisions(session, late)
    assert stored_decisions(session) == late


def test_several_campaigns_come_back(session: Session) -> None:
    """Requirements with their own deadlines, voluntary activities, a unit that leaves and joins, an exempt one."""
    other = Roster((STREET,), (Membership("autumn", "W01"),))
    store_campaign(session, CampaignContext(SPRING, ROSTER))
    store_campaign(session, CampaignContext(AUTUMN, other, is_open=False))
    store_campaign(session, CampaignContext(SPRING, ROSTER))
    session.expire_all()
    assert stored_campaigns(session) == [(AUTUMN, other), (SPRING, ROSTER)]


def test_a_unit_that_changed_its_name_comes_back_with_both(session: Session) -> None:
    """The newest roster counts; the old name stands among the former ones."""
    store_campaign(session, CampaignContext(SPRING, ROSTER))
    renamed = dataclasses.replace(STREET, name="新街道办事处", former_names=("某街道办事处",))
    changed = Roster((renamed, FIRM), ROSTER.memberships)
    store_campaign(session, CampaignContext(SPRING, changed))
    session.expire_all()
    assert stored_campaigns(session) == [(SPRING, changed)]


def test_one_code_for_two_units_in_two_campaigns_stays_two_units(session: Session) -> None:
    """Two rosters that number independently do not overwrite each other."""
    mine = Roster((Unit("1", "甲"),), (Membership("spring", "1"),))
    yours = Roster((Unit("1", "乙"),), (Membership("autumn", "1"),))
    store_campaign(session, CampaignContext(SPRING, mine))
    store_campaign(session, CampaignContext(AUTUMN, yours))
    assert stored_campaigns(session) == [(AUTUMN, yours), (SPRING, mine)]


def test_a_filing_comes_back_with_all_its_submissions(session: Session) -> None:
    """Several units' reports in one message, alternatives, figures and evidence; found by the service or decided."""
    archived(session, ARRIVAL)
    assert found_filing(session, ARRIVAL.sha256) is None
    store_reading(session, MESSAGE, (), FILING)
    store_filing(session, ARRIVAL.sha256, FILING)
    session.expire_all()
    assert found_filing(session, ARRIVAL.sha256) == FILING
    filed = filed_submissions(session)
    assert [item.submission for item in filed] == [SUMMARY, MATERIAL]
    assert [(item.id, item.message_status) for item in filed] == [
        (f"{ARRIVAL.sha256}/1", "review"),
        (f"{ARRIVAL.sha256}/2", "review"),
    ]
    assert {item.received_at for item in filed} == {AT}
    assert [item.submission for item in filed_submissions(session, "autumn")] == [MATERIAL]


def test_a_decided_filing_replaces_the_found_one_and_keeps_it(session: Session) -> None:
    """What the service found stays known beside what a person made of it, returned and withdrawn ones too."""
    archived(session, ARRIVAL)
    store_reading(session, MESSAGE, (), FILING)
    returned = dataclasses.replace(SUMMARY, status="returned", decided_by="李某")
    withdrawn = dataclasses.replace(MATERIAL, status="withdrawn", decided_by="李某")
    store_filing(session, ARRIVAL.sha256, FILING)
    store_filing(session, ARRIVAL.sha256, Filing("filed", submissions=(returned, withdrawn)))
    assert [item.submission for item in filed_submissions(session)] == [returned, withdrawn]
    assert found_filing(session, ARRIVAL.sha256) == FILING


def test_what_supersedes_what_comes_back(session: Session) -> None:
    """A correction names the message that it corrects, and loses the name when that is no longer so."""
    for sha256 in ("a" * 64, "b" * 64):
        archived(session, dataclasses.replace(ARRIVAL, sha256=sha256, uid=ord(sha256[0])))
        store_filing(session, sha256, Filing("filed", submissions=(SUMMARY,)))
    words = Evidence("supersedes", "subject", "更正")
    set_supersedes(session, {f"{'b' * 64}/1": ("a" * 64, words)})
    assert [item.supersedes for item in filed_submissions(session)] == [None, "a" * 64]
    assert [words in item.submission.evidence for item in filed_submissions(session)] == [False, True]
    set_supersedes(session, {})
    assert [item.supersedes for item in filed_submissions(session)] == [None, None]
    assert [item.submission for item in filed_submissions(session)] == [SUMMARY, SUMMARY]


def test_a_message_comes_back_as_people_see_it(session: Session) -> None:
    """Headers, body, links, attachments with their members, and submissions, from the tables alone."""
    archived(session, ARRIVAL)
    store_reading(session, MESSAGE, (DOCUMENT, PICTURE), FILING)
    store_reading(session, MESSAGE, (DOCUMENT, PICTURE), FILING)
    store_filing(session, ARRIVAL.sha256, FILING)
    session.expire_all()
    (view,) = views(session, [ARRIVAL.sha256, "unknown"])
    picture = AttachmentView(
        "照片.jpg", "image/jpeg", 3, PICTURE_PART.sha256, "ok", None, None, None, "横幅上的字",
        picture=Picture(640, 480, "2025-06-16T09:00:00", "camera"),
    )  # fmt: skip
    document = AttachmentView(
        "总结.docx", DOCUMENT.media_type, 6, MESSAGE.parts[0].sha256, "partial", "timeout", DOCUMENT.explanation, 2,
        "第一页\n第二页", (picture,),
    )  # fmt: skip
    assert view.attachments == (document, picture)
    assert (view.id, view.raw_sha256, view.source, view.received_at) == ("a" * 64, "a" * 64, "message", AT)
    assert (view.sender, view.sender_name, view.subject) == ("a@example.com", "某街道", "总结")
    assert (view.message_id, view.body_text, view.cloud_links) == ("<1@example.com>", "见附件", MESSAGE.cloud_links)
    assert (view.status, view.reason, view.explanation) == (FILING.status, FILING.reason, FILING.explanation)
    assert view.new_addresses == FILING.new_addresses
    shown = view.submissions[0]
    assert (shown.unit, shown.kind, shown.figures) == ("W01", "summary", (("participants", 320.0),))
    assert shown.evidence == (*SUMMARY.evidence, SUMMARY.figures[0].evidence)


def test_an_extract_is_kept_whole(session: Session) -> None:
    """Pages with their numbers and confidence, tables, what a picture tells, metadata: each column holds its values."""
    archived(session, ARRIVAL)
    store_reading(session, MESSAGE, (DOCUMENT,), FILING)
    session.expire_all()
    rows = [session.get_one(AttachmentRow, number) for number in (1, 2)]
    for row, extract in zip(rows, (DOCUMENT, PICTURE), strict=True):
        assert tuple(from_json(Page, page) for page in row.pages) == extract.pages
        assert tuple(from_json(Table, table) for table in row.tables) == extract.tables
        assert (from_json(Picture, row.picture) if row.picture else None) == extract.picture
        assert tuple((name, value) for name, value in row.info) == extract.metadata
        assert (row.parser, row.media_type, row.declared_type) == (
            extract.parser,
            extract.media_type,
            extract.part.media_type,
        )


def test_a_manual_entry_comes_back(session: Session) -> None:
    """A report by telephone has no octets, no sender's address, and counts like one that came by mail."""
    new_manual(session, "m-1", AT, "电话报送", "李某")
    decided = dataclasses.replace(SUMMARY, decided_by="李某", parts=())
    store_filing(session, "m-1", Filing("filed", submissions=(decided,)))
    new_manual(session, "m-1", AT, "电话报送", "李某")
    (view,) = views(session, ["m-1"])
    assert (view.id, view.raw_sha256, view.source, view.received_at) == ("m-1", None, "manual", AT)
    assert [item.submission for item in filed_submissions(session, "spring")] == [decided]
    assert session.get_one(MessageRow, "m-1").received_source == "decision"


def test_a_board_counts_what_it_shows() -> None:
    """expected = received + waiting + missing, exempt units outside; late are those received late."""
    exempt, waiting = (Obligation(FIRM, "r1", state, DUE) for state in ("exempt", "waiting"))
    board = dataclasses.replace(BOARD, obligations=(*BOARD.obligations, exempt, waiting))
    assert board.expected == 3
    assert board.expected == board.received + len(board.in_state("waiting")) + len(board.in_state("missing"))
    assert [item.unit.code for item in board.late] == ["W02"]


def test_a_reconciliation_balances_only_when_it_does() -> None:
    """One message that is nowhere accounted for is seen at once."""
    assert Reconciliation(6, 1, 1, 1, 1, 1, archived=1, own_mail=9).balances
    assert not Reconciliation(2, 1, 0, 0, 0, 0).balances


@pytest.mark.parametrize(
    ("day", "covered"),
    [(date(2025, 5, 29), False), (date(2025, 5, 30), True), (date(2025, 6, 10), True), (date(2025, 6, 11), False)],
)
def test_membership_and_period_hold_both_their_days(day: date, covered: bool) -> None:
    """From and to are included; a side that is open covers all days."""
    assert ROSTER.memberships[0].covers(day) is covered
    assert (day in Period(date(2025, 5, 30), date(2025, 6, 10))) is covered
    assert Membership("spring", "W02").covers(day)


def test_look_ups_find_or_give_none() -> None:
    """A campaign's requirement, a roster's unit, a message's header, a unit's names."""
    assert SPRING.requirement("r2") is SPRING.requirements[1]
    assert SPRING.requirement("r9") is None
    assert ROSTER.unit("W02") is FIRM
    assert ROSTER.unit("W99") is None
    assert MESSAGE.header("Subject") == "总结"
    assert MESSAGE.header("x") is None
    assert STREET.names == ("某街道办事处", "某街道", "某镇")
    assert [extract.part.filename for extract in DOCUMENT.walk()] == ["总结.docx", "照片.jpg"]
    assert DOCUMENT.text == "第一页\n第二页"


def test_a_sentence_is_filled_in_both_languages() -> None:
    """Braces in values are no fields; a sentence inside a sentence is said in the same language."""
    text = Text("{who} 不对：{why}", "{who} is wrong: {why}").fill(who="{x}", why=Text("缺", "missing"))
    assert (text.say(), text.say("en")) == ("{x} 不对：缺", "{x} is wrong: missing")


def test_passwords_are_never_shown() -> None:
    """Neither account shows its password when it is printed or logged."""
    mailbox = MailboxAccount("imap.example.com", 993, "implicit", "report", "geheim")
    outgoing = OutgoingAccount("smtp.example.com", 465, "implicit", "a@example.com", "report", "geheim")
    for account in (mailbox, outgoing):
        assert "geheim" not in f"{account} {account!r} {[account]}"
    assert mailbox.name == "report@imap.example.com"


def test_now_is_the_same_in_every_zone() -> None:
    """Values with the same instant in two zones are equal after a journal, too."""
    assert from_json(Arrival, to_json(Arrival, dataclasses.replace(ARRIVAL, fetched_at=AT.astimezone(UTC)))) == ARRIVAL
