"""The decision where a message belongs, with evidence and confidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from records.campaigns import Kind
from records.words import Text

MessageStatus = Literal["archived", "filed", "review", "not_a_report", "unreadable", "too_large"]
SubmissionStatus = Literal["filed", "review", "returned", "withdrawn"]
NotReportReason = Literal[
    "advertisement",
    "bounce",
    "auto_reply",
    "newsletter",
    "thanks",
    "question",
    "plan",
    "notice",
    "other_business",
    "own_mail",
    "rejected",
    "history",  # imported, from before any open campaign
]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that justify a decision."""

    for_: str  # unit | campaign | kind | requirement | activity:3 | figure:participants | supersedes
    where: str  # "body", "subject", "sender", or a file name
    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A stated number, and what it counts."""

    measure: str
    value: float
    evidence: Evidence
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Submission:
    """What one unit reports to one campaign in one message (报送材料), or a person recorded by hand.

    ``requirement`` is the most binding one that it answers. Several submissions of one message with the same
    ``alternative`` group are suggestions for one report, best first: only one of them can be true.
    """

    status: SubmissionStatus
    campaign: str | None
    unit: str | None  # code; None where the unit is not on the roster or not found
    kind: Kind
    requirement: str | None
    confidence: float  # 0–1 that campaign and unit are right
    activities: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    parts: tuple[str, ...] = ()  # sha256 of the attachments that belong to it
    doubtful: tuple[str, ...] = ()  # "kind", "activities", "figures"
    evidence: tuple[Evidence, ...] = ()
    decided_by: str | None = None
    alternative: bool = False  # a further suggestion for the same report as the one before it
    unit_text: str = ""  # the sender's name in its own words where the unit is not on the roster
    correction: bool = False  # says that it corrects or repeats an earlier report (更正, 重发, 以此为准)


@dataclass(frozen=True, slots=True)
class Filing:
    """What filing decided about one message."""

    status: MessageStatus
    reason: str | None = None  # a NotReportReason, or why a person must look: unit_unknown, unit_tied, unread_part …
    explanation: Text | None = None
    submissions: tuple[Submission, ...] = ()
    evidence: tuple[Evidence, ...] = ()  # for not_a_report
    new_addresses: tuple[tuple[str, str], ...] = ()  # (address, unit code): filed by content from an unknown address


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """One submission in the light of the others: what relations between messages are computed from."""

    submission_id: str
    raw_sha256: str
    received_at: str  # ISO 8601 in UTC: sorts by time
    campaign: str | None
    unit: str | None
    status: SubmissionStatus
    kind: Kind
    correction: bool
    message_status: MessageStatus
    part_hashes: tuple[str, ...] = ()
    subject: str = ""
    sender: str = ""
    text_fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class FiledSubmission:
    """A submission as it stands in the archive, with its message's time of receipt: what boards are made of."""

    id: str  # "<message>/1"
    message: str
    received_at: datetime
    message_status: MessageStatus
    submission: Submission
    supersedes: str | None = None  # message
