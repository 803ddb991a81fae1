"""The decision where a message belongs, with evidence and confidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from records.bounces import DeliveryReport
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


Sign = Literal["", "correction", "version", "supplement"]
"""What a message says that it is to an earlier one: its correction or repetition (更正, 重发, 以此为准); its last
version (定稿, 盖章版), which counts where the words are alike; what that one lacked (补发, 漏发)."""


@dataclass(frozen=True, slots=True)
class Trace:
    """By what a report is known again: its files, a sketch of its words, its numbers, the mails that it answers."""

    files: tuple[tuple[str, str], ...] = ()  # (sha256, name) of its files, those in archives and messages included
    papers: tuple[str, ...] = ()  # sha256 of those that are no pictures
    words: tuple[int, ...] = ()  # the smallest hashes of its runs of characters, digits left out; sorted
    length: int = 0  # how many different runs there are
    numbers: str = ""  # digest of the numbers that it states
    answers: tuple[str, ...] = ()  # Message-IDs that it answers, refers to or carries


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
    doubtful: tuple[str, ...] = ()  # "unit", "kind", "activities", "figures"
    evidence: tuple[Evidence, ...] = ()
    decided_by: str | None = None
    alternative: bool = False  # a further suggestion for the same report as the one before it
    unit_text: str = ""  # the sender's name in its own words where the unit is not on the roster
    sign: Sign = ""
    partial: bool = False  # a correction of some figures; what it does not state stands as it was
    trace: Trace = Trace()
    unauthenticated: bool = False  # the receiving server says that the From address is not the writer's
    contested: bool = False  # it would take the place of a report from a known address, and comes from an unknown one


@dataclass(frozen=True, slots=True)
class Filing:
    """What filing decided about one message."""

    status: MessageStatus
    reason: str | None = None  # a NotReportReason, or why a person must look: unit_unknown, unit_tied, unread_part …
    explanation: Text | None = None
    submissions: tuple[Submission, ...] = ()
    evidence: tuple[Evidence, ...] = ()  # for not_a_report
    new_addresses: tuple[tuple[str, str], ...] = ()  # (address, unit code) that content told, where new
    bounced: DeliveryReport | None = None  # of a bounce: what came back, from whom


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """One submission in the light of the others: what relations between messages are computed from."""

    submission_id: str
    raw_sha256: str
    received_at: datetime
    submission: Submission
    message_status: MessageStatus
    reason: str = ""  # the message's
    message_id: str = ""
    subject: str = ""
    sender: str = ""
    text_fingerprint: str = ""  # of the whole message: words and files
    sender_known: bool = False  # the sender's address is known to write for the unit

    @property
    def is_accepted(self) -> bool:
        """Whether it counts, or counted until it was sent back to the unit."""
        return self.submission.status in ("filed", "returned")


@dataclass(frozen=True, slots=True)
class Relation:
    """That a submission corrects or repeats an earlier message, and what says so."""

    supersedes: str  # raw_sha256
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class FiledSubmission:
    """A submission as it stands in the archive, with its message's time of receipt: what boards are made of."""

    id: str  # "<message>/1"
    message: str
    received_at: datetime
    message_status: MessageStatus
    submission: Submission
    supersedes: str | None = None  # message
