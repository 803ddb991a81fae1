"""What people decide; each goes into the decisions journal with who, when, through which channel, before and after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from records.campaigns import Kind


@dataclass(frozen=True, slots=True)
class Assign:
    """Where a submission belongs. Fields that are None keep what the service found."""

    submission: str  # "<raw_sha256 or m-…>/1"
    campaign: str | None = None
    unit: str | None = None
    kind: Kind | None = None
    requirement: str | None = None
    activities: tuple[str, ...] | None = None
    figures: tuple[tuple[str, float | None], ...] = ()  # None takes a figure away
    type: Literal["assign"] = "assign"


@dataclass(frozen=True, slots=True)
class Reject:
    """The message is no report: status ``not_a_report``, reason ``rejected``."""

    message: str
    type: Literal["reject"] = "reject"


@dataclass(frozen=True, slots=True)
class Return:
    """Sent back to the unit for correction (退回补正); the unit counts as missing again."""

    submission: str
    type: Literal["return"] = "return"


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The unit took its report back (撤回)."""

    submission: str
    type: Literal["withdraw"] = "withdraw"


@dataclass(frozen=True, slots=True)
class Record:
    """A report that came by telephone, paper or chat; ``id`` is that of the manual entry (m-…)."""

    id: str
    campaign: str
    unit: str
    received_at: datetime
    channel: Literal["phone", "paper", "chat", "other"]
    kind: Kind = "summary"
    requirement: str | None = None
    file_sha256: str | None = None
    filename: str | None = None
    type: Literal["record"] = "record"


@dataclass(frozen=True, slots=True)
class Exempt:
    """The unit need not report (免报): to one requirement, or to the whole campaign where ``requirement`` is None."""

    campaign: str
    unit: str
    requirement: str | None = None
    type: Literal["exempt"] = "exempt"


@dataclass(frozen=True, slots=True)
class Extend:
    """The unit may report until ``until`` without being late (延期)."""

    campaign: str
    unit: str
    until: datetime
    requirement: str | None = None
    type: Literal["extend"] = "extend"


@dataclass(frozen=True, slots=True)
class Promise:
    """The unit promised its report for ``day``."""

    campaign: str
    unit: str
    day: date
    requirement: str | None = None
    type: Literal["promise"] = "promise"


@dataclass(frozen=True, slots=True)
class Close:
    """The campaign is over; only a person ends one."""

    campaign: str
    type: Literal["close"] = "close"


@dataclass(frozen=True, slots=True)
class SaveLink:
    """The file behind a large-attachment link is in the archive (``kept/``); without a file: nobody needs to fetch it.

    By the service where an administrator allows the host, else by a person. The message is read anew with the file.
    """

    message: str
    link: str  # records.mail.CloudLink.id: addresses hold keys and stand in no journal
    file_sha256: str | None = None
    filename: str | None = None
    media_type: str = "application/octet-stream"
    type: Literal["link"] = "link"


@dataclass(frozen=True, slots=True)
class Undo:
    """Takes an earlier decision back."""

    decision: str
    type: Literal["undo"] = "undo"


@dataclass(frozen=True, slots=True)
class Version:
    """A campaign file or roster in the state in which it was first used; its octets are kept by sha256.

    ``made_codes`` are the codes given to units for which the roster has none: made once and kept.
    """

    campaign: str
    what: Literal["campaign", "roster"]
    sha256: str
    made_codes: tuple[tuple[str, str], ...] = ()  # (unit name, code)
    type: Literal["version"] = "version"


Action = Annotated[
    Assign | Reject | Return | Withdraw | Record | Exempt | Extend | Promise | Close | SaveLink | Undo | Version,
    Field(discriminator="type"),
]


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of the decisions journal."""

    id: str  # "d-0001", its place in the journal
    at: datetime
    by: str
    channel: Literal["command", "web", "service"]
    action: Action
    note: str = ""
    before: str = ""  # what stood there, as JSON
    after: str = ""
