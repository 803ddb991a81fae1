"""What a notice starts: a campaign with its period, requirements, activity types and measures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from records.learnt import LearntAddress
from records.units import Roster

Kind = Literal["summary", "material"]
"""summary 总结: the closing report that the notice asks for; material 活动资料: all else that units report."""


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both included."""

    from_: date
    to: date

    def __contains__(self, day: date) -> bool:
        return self.from_ <= day <= self.to


@dataclass(frozen=True, slots=True)
class Requirement:
    """What is due (报送要求): kind, when, from whom, required or voluntary."""

    id: str  # "r1" …
    what: str  # in the notice's words
    kind: Kind
    due: datetime | None  # aware; None where no date expresses it
    rule: str  # the notice's words on the deadline: 6月30日前, 及时报送, 每周五前
    required: bool = True
    categories: tuple[str, ...] = ()  # from which categories of units; () means all
    units: tuple[str, ...] = ()  # from which units by name; () means all


@dataclass(frozen=True, slots=True)
class ActivityType:
    """One numbered item of the notice's content section."""

    id: str  # "1" … in order of appearance
    printed: str  # as numbered in the notice: （一）
    title: str
    text: str
    required: bool = True
    period: Period | None = None  # where it differs from the campaign's
    cues: tuple[str, ...] = ()  # its own words by which reports are recognised


@dataclass(frozen=True, slots=True)
class Measure:
    """What a figure counts (指标)."""

    name: str
    label: str
    unit: str = ""  # 人次, 场, 份 …
    cues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom units ask."""

    name: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Unsure:
    """A field that the notice reader is not sure of, and why."""

    field: str
    why: str


@dataclass(frozen=True, slots=True)
class Campaign:
    """A 报送任务, as campaign.toml and ``notice --format json`` hold it (CONTRACT.md)."""

    id: str
    title: str
    issuer: str
    period: Period | None
    document_number: str | None = None
    issued_on: date | None = None
    theme: str = ""
    addressees: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    mailboxes: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    activities: tuple[ActivityType, ...] = ()
    measures: tuple[Measure, ...] = ()
    unsure: tuple[Unsure, ...] = ()

    @property
    def begins(self) -> date | None:
        """The day from which reports can come: the notice's, else the period's first; None where neither is known."""
        return self.issued_on or (self.period.from_ if self.period else None)

    def requirement(self, id_: str) -> Requirement | None:
        """The requirement of that id, or None."""
        return next((item for item in self.requirements if item.id == id_), None)


@dataclass(frozen=True, slots=True)
class CampaignContext:
    """A campaign with all that filing must know about it."""

    campaign: Campaign
    roster: Roster
    coordinators: tuple[str, ...] = ()  # addresses, lower case; also trusted forwarders
    timezone: str = "Asia/Shanghai"
    is_open: bool = True
    learnt: tuple[LearntAddress, ...] = ()  # from which addresses its units wrote, beside those that the roster has

    def has_begun(self, moment: datetime) -> bool:
        """Whether a message received at ``moment`` can be meant for it: none answers a notice that is not out yet."""
        begins = self.campaign.begins
        return begins is None or moment.astimezone(ZoneInfo(self.timezone)).date() >= begins
