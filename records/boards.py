"""How a campaign stands: received messages as people see them, obligations, the board, what a digest holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from records.bounces import ReturnedMail
from records.campaigns import Campaign, CampaignContext, Kind, Requirement
from records.extracts import Picture, ReadStatus
from records.filings import Evidence, MessageStatus, SubmissionStatus
from records.mail import CloudLink
from records.remarks import Remark
from records.units import Unit
from records.words import Text


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """One attachment as ``submissions --format jsonl`` shows it."""

    filename: str | None
    media_type: str
    size_bytes: int
    sha256: str
    status: ReadStatus
    reason: str | None
    explanation: Text | None
    pages: int | None
    text: str
    members: tuple[AttachmentView, ...] = ()
    is_from_link: bool = False  # it came by a large-attachment link, not in the message
    picture: Picture | None = None  # without its place


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """One submission as it stands now, decisions applied."""

    id: str
    status: SubmissionStatus
    campaign: str | None
    unit: str | None
    unit_name: str
    confidence: float
    decided_by: str | None
    requirement: str | None
    kind: Kind
    activities: tuple[str, ...]
    on_time: bool | None
    figures: tuple[tuple[str, float], ...]
    parts: tuple[str, ...]
    supersedes: str | None  # raw_sha256 of the message that this one corrects or repeats
    superseded_by: str | None
    doubtful: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    alternative: bool = False


@dataclass(frozen=True, slots=True)
class MessageView:
    """One received message or manual entry as people and programs see it."""

    id: str
    raw_sha256: str | None
    source: Literal["message", "manual"]
    message_id: str | None
    received_at: datetime
    deliveries: int
    sender: str
    sender_name: str
    subject: str
    status: MessageStatus
    reason: str | None
    explanation: Text | None
    body_text: str
    attachments: tuple[AttachmentView, ...]
    cloud_links: tuple[CloudLink, ...]
    submissions: tuple[SubmissionView, ...]
    new_addresses: tuple[tuple[str, str], ...] = ()
    received_source: str = "internaldate"  # where the time of receipt comes from (records.journals.ReceivedSource)
    remarks: tuple[Remark, ...] = ()
    classified: bool = False  # bears a mark of secrecy: mails say no more than that


@dataclass(frozen=True, slots=True)
class WaitingLink:
    """A large-attachment link whose file is not in the archive yet."""

    message: MessageView
    link: CloudLink
    place: int  # among the message's links, from 1
    failure: Text | None = None  # why the service could not fetch it, where it tried


ObligationState = Literal["received", "waiting", "missing", "exempt"]


@dataclass(frozen=True, slots=True)
class Obligation:
    """One unit's share of a requirement (应报), as it stands at the board's time."""

    unit: Unit
    requirement: str
    state: ObligationState
    due: datetime | None  # its own deadline, extension included
    received_at: datetime | None = None  # of the first report that counts
    late: bool = False
    last_heard: datetime | None = None  # latest message of any kind filed under the unit
    promised: date | None = None
    extended_until: datetime | None = None
    activities_without_evidence: tuple[str, ...] = ()  # required ones only


@dataclass(frozen=True, slots=True)
class Board:
    """How one requirement of one campaign stands at ``as_of``: expected = received + waiting + missing."""

    as_of: datetime
    campaign: Campaign
    requirement: Requirement
    obligations: tuple[Obligation, ...]  # in the roster's order

    def in_state(self, state: ObligationState) -> tuple[Obligation, ...]:
        """The obligations of that state, in the roster's order."""
        return tuple(item for item in self.obligations if item.state == state)

    @property
    def expected(self) -> int:
        """Units that must report; exempt ones are outside."""
        return sum(item.state != "exempt" for item in self.obligations)

    @property
    def received(self) -> int:
        """Units whose report counts."""
        return len(self.in_state("received"))

    @property
    def late(self) -> tuple[Obligation, ...]:
        """Units whose report came after their deadline."""
        return tuple(item for item in self.obligations if item.late and item.state == "received")


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """received = filed + review + not a report + unreadable + too large (DESIGN.md, principle 6)."""

    received: int
    filed: int
    review: int
    not_a_report: int
    unreadable: int
    too_large: int
    archived: int = 0  # not yet processed: another attempt follows
    own_mail: int = 0  # our own mails seen in the mailbox; outside all counts

    @property
    def balances(self) -> bool:
        """Whether every received message is accounted for."""
        parts = self.filed + self.review + self.not_a_report + self.unreadable + self.too_large + self.archived
        return self.received == parts


@dataclass(frozen=True, slots=True)
class FigureTotal:
    """A campaign's value of a measure, and how many units stated it."""

    measure: str
    label: str
    unit: str
    total: float
    stated_by: int
    provisional: bool  # rests on material where no summary states it
    asked: int = 0  # units that take part in the campaign
    doubtful: int = 0  # values among them that somebody should look at


@dataclass(frozen=True, slots=True)
class UnitFigure:
    """A unit's value of a measure, and the submission that states it (of several that add up, the last)."""

    unit: str
    measure: str
    value: float
    submission: str  # "<message>/1"
    provisional: bool = False  # from material: no summary of the unit states it
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class CampaignFigures:
    """A campaign's figures at a moment: over all units, and unit by unit."""

    context: CampaignContext
    as_of: datetime
    totals: tuple[FigureTotal, ...]
    units: tuple[UnitFigure, ...]


@dataclass(frozen=True, slots=True)
class DigestData:
    """All that the digest of one campaign and day says: what came in after ``period_from``, up to ``period_to``."""

    campaign: Campaign
    units: tuple[Unit, ...]
    day: date
    period_from: datetime
    period_to: datetime
    messages: tuple[MessageView, ...]  # received in the period, by received_at
    belated: tuple[MessageView, ...]  # 补收: received earlier, in no sent digest yet
    waiting: tuple[MessageView, ...]  # all that waits for a person, whenever received
    boards: tuple[Board, ...]
    reconciliation: Reconciliation  # of messages and belated together
    totals: tuple[FigureTotal, ...] = ()
    activity_counts: tuple[tuple[str, int], ...] = ()  # (activity id, units that reported it)
    unsent: int = 0  # mails of ours that could not be sent yet
    links: tuple[WaitingLink, ...] = ()  # linked files that somebody must fetch, the most urgent first
    returned: tuple[ReturnedMail, ...] = ()  # addresses of this campaign's recipients from which our mails come back
    everything: tuple[MessageView, ...] = ()  # all filed messages of the campaign, for the status workbook
    unit_figures: tuple[UnitFigure, ...] = ()
