"""The tables (SQLModel). Everything here is derived: it can be deleted and made again from raw messages and journals.

SQLModel classes with ``table=True`` take any value unchecked, so rows are made by :func:`checked` alone.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import JSON, Column, DateTime, Dialect, Index, Text, TypeDecorator, UniqueConstraint
from sqlmodel import Field, SQLModel

Row = TypeVar("Row", bound=SQLModel)
Json = Any  # lists and objects of JSON; their form is that of the records' values


class UtcTime(TypeDecorator[datetime]):
    """Aware times, stored in UTC; SQLite itself knows no zones. Naive ones are refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Into the database: UTC without its mark."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Out of the database: aware again."""
        return None if value is None else value.replace(tzinfo=UTC)


def checked(table: type[Row], **values: object) -> Row:
    """A row whose values were validated against the table's types. Raises pydantic.ValidationError."""
    unknown = values.keys() - table.model_fields.keys()
    if unknown:
        raise ValueError(f"{table.__name__} has no {', '.join(sorted(unknown))}")
    return table.model_validate(values)


def _time(nullable: bool = False, index: bool = False) -> Any:
    return Column(UtcTime(), nullable=nullable, index=index)


class DeliveryRow(SQLModel, table=True):
    """One place in a mailbox where a message was found; made before any work on it (the claim)."""

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("mailbox", "folder", "uidvalidity", "uid"),)
    id: int | None = Field(default=None, primary_key=True)
    mailbox: str
    folder: str
    uidvalidity: int
    uid: int
    size_bytes: int
    internaldate: datetime | None = Field(default=None, sa_column=_time(nullable=True))
    state: str  # claimed | archived | told
    message: str | None = Field(default=None, index=True)


class MessageRow(SQLModel, table=True):
    """One received message (by raw_sha256), one too large (l-…) or one manual entry (m-…)."""

    __tablename__ = "message"
    id: str = Field(primary_key=True)
    source: str  # message | manual
    received_at: datetime = Field(sa_column=_time(index=True))
    received_source: str
    size_bytes: int
    deliveries: int = 1
    message_id: str | None = Field(default=None, index=True)
    sender: str = Field(default="", index=True)
    sender_name: str = ""
    subject: str = ""
    body_text: str = Field(default="", sa_column=Column(Text, nullable=False))
    status: str = Field(index=True)
    reason: str | None = None
    explanation: Json = Field(default=None, sa_column=Column(JSON))
    cloud_links: Json = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    new_addresses: Json = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    found: Json = Field(default=None, sa_column=Column(JSON))  # records.filings.Filing, before people's decisions
    fingerprint: str = Field(default="", index=True)
    attempts: int = 0
    classified: bool = False  # bears a mark of secrecy: nothing of its words is kept here


class AttachmentRow(SQLModel, table=True):
    """One attachment, member of an archive or picture inside a document, with what was read from it."""

    __tablename__ = "attachment"
    id: int | None = Field(default=None, primary_key=True)
    message: str = Field(index=True)
    parent: int | None = Field(default=None, index=True)
    ordinal: int
    position: str
    filename: str | None = None
    declared_type: str
    media_type: str
    size_bytes: int
    sha256: str = Field(index=True)
    status: str
    reason: str | None = None
    explanation: Json = Field(default=None, sa_column=Column(JSON))
    page_count: int | None = None
    pages: Json = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    tables: Json = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    picture: Json = Field(default=None, sa_column=Column(JSON))
    info: Json = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    parser: str = ""


class PictureRow(SQLModel, table=True):
    """A picture in a message, as far as finding it again needs it; all else stands with its attachment."""

    __tablename__ = "picture"
    id: int | None = Field(default=None, primary_key=True)
    message: str = Field(index=True)
    part: str  # sha256 of the attachment in which it stands
    sha256: str
    name: str
    dhash: str | None = None
    taken_at: str | None = None


class ThumbnailRow(SQLModel, table=True):
    """The small copy of a picture (WebP, without EXIF), by the picture's hash."""

    __tablename__ = "thumbnail"
    sha256: str = Field(primary_key=True)
    octets: bytes


class PrintsRow(SQLModel, table=True):
    """Sampled hashes of the texts of one attachment, or of the body ("")."""

    __tablename__ = "prints"
    message: str = Field(primary_key=True)
    part: str = Field(primary_key=True)
    octets: bytes


class RemarkRow(SQLModel, table=True):
    """What a coordinator is told beside the filing; ``value`` holds records.remarks.Remark."""

    __tablename__ = "remark"
    id: int | None = Field(default=None, primary_key=True)
    message: str = Field(index=True)
    value: Json = Field(sa_column=Column(JSON, nullable=False))


class SubmissionRow(SQLModel, table=True):
    """One submission as it stands, people's decisions applied; ``value`` holds records.filings.Submission."""

    __tablename__ = "submission"
    __table_args__ = (Index("ix_submission_campaign_unit", "campaign", "unit"),)
    id: str = Field(primary_key=True)  # "<message>/1"
    message: str = Field(index=True)
    ordinal: int
    status: str = Field(index=True)
    campaign: str | None = None
    unit: str | None = None
    kind: str
    requirement: str | None = None
    alternative: bool = False
    supersedes: str | None = None  # message
    value: Json = Field(sa_column=Column(JSON, nullable=False))


class CampaignRow(SQLModel, table=True):
    """A campaign as its file has it; ``value`` holds records.campaigns.Campaign."""

    __tablename__ = "campaign"
    id: str = Field(primary_key=True)
    title: str
    timezone: str
    is_open: bool = True
    value: Json = Field(sa_column=Column(JSON, nullable=False))


class UnitRow(SQLModel, table=True):
    """A unit of the office; two rosters that give one code to different names mean different units."""

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("code", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    code: str
    name: str
    value: Json = Field(sa_column=Column(JSON, nullable=False))


class MembershipRow(SQLModel, table=True):
    """That a unit must report to a campaign, from a day to a day."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("campaign", "unit_id", "ordinal"),)
    id: int | None = Field(default=None, primary_key=True)
    campaign: str = Field(index=True)
    unit_id: int = Field(index=True)
    ordinal: int
    value: Json = Field(sa_column=Column(JSON, nullable=False))


class DecisionRow(SQLModel, table=True):
    """A decision as the journal has it; ``value`` holds records.decisions.Decision."""

    __tablename__ = "decision"
    id: str = Field(primary_key=True)
    at: datetime = Field(sa_column=_time())
    by: str
    type: str = Field(index=True)
    campaign: str | None = None
    unit: str | None = None
    target: str | None = Field(default=None, index=True)  # message or manual entry
    undone_by: str | None = None
    value: Json = Field(sa_column=Column(JSON, nullable=False))


class OutboxRow(SQLModel, table=True):
    """A mail of ours: queued, or sent; the journal `sent` decides what has left."""

    __tablename__ = "outbox"
    key: str = Field(primary_key=True)
    kind: str
    campaign: str
    period: str
    recipient: str
    message_id: str = Field(index=True)
    created_at: datetime = Field(sa_column=_time())
    octets: bytes
    lists: Json = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    state: str = Field(index=True)  # queued | sent | refused
    attempts: int = 0
    not_before: datetime | None = Field(default=None, sa_column=_time(nullable=True))
    sent_at: datetime | None = Field(default=None, sa_column=_time(nullable=True))
    detail: Json = Field(default=None, sa_column=Column(JSON))


class ListedRow(SQLModel, table=True):
    """That a digest of a campaign lists a message: each stands in exactly one."""

    __tablename__ = "listed"
    campaign: str = Field(primary_key=True)
    message: str = Field(primary_key=True)
    period: str


class FiledPathRow(SQLModel, table=True):
    """A file of the filed tree, relative to its root."""

    __tablename__ = "filed_path"
    path: str = Field(primary_key=True)
    submission: str = Field(index=True)


class SearchRow(SQLModel, table=True):
    """One searchable text; the full-text index `search_index` holds its word pairs under the same id."""

    __tablename__ = "search_text"
    id: int | None = Field(default=None, primary_key=True)
    message: str = Field(index=True)
    where: str  # body, a file name, "file name, page 2"
    text: str = Field(sa_column=Column(Text, nullable=False))


class StateRow(SQLModel, table=True):
    """What the service remembers between runs, by name."""

    __tablename__ = "state"
    name: str = Field(primary_key=True)
    value: str
