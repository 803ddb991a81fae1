"""What was read and decided, as rows: messages, attachments, submissions; and back as values."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlalchemy import delete
from sqlalchemy.orm import InstrumentedAttribute, defer
from sqlmodel import Session, col, select

from records.boards import AttachmentView, MessageView, SubmissionView
from records.bounces import DeliveryReport
from records.extracts import Extract, Page, Picture, Table
from records.filings import Evidence, FiledSubmission, Filing, Submission
from records.mail import LINKED, CloudLink, Message
from records.secrecy import CLASSIFIED, bare
from records.words import Text
from storage.likeness import forget_likeness, remarks_on
from storage.tables import AttachmentRow, Json, MessageRow, SubmissionRow, checked
from storage.values import OVERSIZED, from_json, to_json

AttachmentRows = dict[tuple[str, int | None], list[AttachmentRow]]  # by message and parent
SLICE = 500  # ids a query


def pending(session: Session, at_most: int | None = None) -> list[MessageRow]:
    """Messages that are archived and not filed yet, by time of receipt; all, or the first ``at_most``."""
    query = select(MessageRow).where(MessageRow.status == "archived", MessageRow.source == "message")
    return list(session.exec(query.order_by(col(MessageRow.received_at), col(MessageRow.id)).limit(at_most)))


def store_reading(session: Session, message: Message, extracts: Sequence[Extract], found: Filing) -> None:
    """Write what was read in a message and what the service found, in place of what stood there.

    Of one that bears a mark of secrecy no words, tables or pictures are written.
    """
    is_secret = found.reason == CLASSIFIED
    row = session.get_one(MessageRow, message.raw_sha256)
    row.message_id, row.subject = message.message_id, message.subject
    row.body_text = "" if is_secret else message.body_text
    row.sender, row.sender_name = message.sender.address, message.sender.name
    row.cloud_links = to_json(tuple[CloudLink, ...], () if is_secret else message.cloud_links)
    row.fingerprint = fingerprint(message)
    row.found = to_json(Filing, found)
    row.classified = is_secret
    session.add(row)
    session.execute(delete(AttachmentRow).where(col(AttachmentRow.message) == message.raw_sha256))
    for ordinal, extract in enumerate(map(bare, extracts) if is_secret else extracts):
        _store_extract(session, message.raw_sha256, extract, ordinal, None)


def store_filing(session: Session, message: str, filing: Filing) -> None:
    """Write a decision about a message, in place of what stood there."""
    row = session.get_one(MessageRow, message)
    row.status, row.reason = filing.status, filing.reason
    row.explanation = to_json(Text | None, filing.explanation)
    row.new_addresses = [list(pair) for pair in filing.new_addresses]
    session.add(row)
    session.execute(delete(SubmissionRow).where(col(SubmissionRow.message) == message))
    for ordinal, submission in enumerate(filing.submissions, 1):
        session.add(
            checked(
                SubmissionRow,
                id=f"{message}/{ordinal}",
                message=message,
                ordinal=ordinal,
                status=submission.status,
                campaign=submission.campaign,
                unit=submission.unit,
                kind=submission.kind,
                requirement=submission.requirement,
                alternative=submission.alternative,
                value=to_json(Submission, submission),
            )
        )
    session.flush()


def store_found(session: Session, message: str, found: Filing) -> None:
    """Write what the service found about a message that could not be read."""
    row = session.get_one(MessageRow, message)
    row.found = to_json(Filing, found)
    session.add(row)
    session.flush()


def found_filing(session: Session, message: str) -> Filing | None:
    """What the service found by itself; None where the message was not processed yet, or is none (a manual entry)."""
    row = session.get(MessageRow, message)
    return from_json(Filing, row.found) if row is not None and row.found is not None else None


def fingerprint(message: Message) -> str:
    """Equal for messages that carry the same words and files, whatever the way they came."""
    words = "".join(message.body_text.split())
    parts = sorted(part.sha256 for part in message.parts if not part.is_from_link)
    return hashlib.sha256("\n".join([words, *parts]).encode()).hexdigest()


def filed_submissions(
    session: Session, campaign: str | None = None, message: str | None = None
) -> list[FiledSubmission]:
    """All submissions with their messages' time of receipt, ordered by it; of one campaign or message where named."""
    query = select(SubmissionRow, MessageRow.received_at, MessageRow.status)
    query = query.where(SubmissionRow.message == MessageRow.id)
    if campaign is not None:
        query = query.where(SubmissionRow.campaign == campaign)
    if message is not None:
        query = query.where(SubmissionRow.message == message)
    query = query.order_by(col(MessageRow.received_at), col(MessageRow.id), col(SubmissionRow.ordinal))
    return [_filed(row, received_at, status) for row, received_at, status in session.exec(query)]


@dataclass(frozen=True, slots=True)
class Envelope:
    """What relations between messages need to know of one."""

    subject: str
    sender: str
    fingerprint: str
    message_id: str = ""
    reason: str = ""


def envelopes(session: Session) -> dict[str, Envelope]:
    """The envelopes of all messages, by id."""
    columns = (MessageRow.id, MessageRow.subject, MessageRow.sender, MessageRow.fingerprint)
    found = {id_: Envelope(subject, sender, mark) for id_, subject, sender, mark in session.exec(select(*columns))}
    more = select(MessageRow.id, MessageRow.message_id, MessageRow.reason)
    for id_, message_id, reason in session.exec(more):
        found[id_] = replace(found[id_], message_id=message_id or "", reason=reason or "")
    return found


@dataclass(frozen=True, slots=True)
class Outline:
    """How a message stands, as far as one line tells it."""

    status: str
    units: tuple[str, ...]  # under which it is filed
    subject: str


def outlines(session: Session) -> dict[str, Outline]:
    """How every message stands, by time of receipt."""
    units: dict[str, list[str]] = {}
    filed = select(SubmissionRow.message, SubmissionRow.unit).where(SubmissionRow.status == "filed")
    for message, unit in session.exec(filed.order_by(col(SubmissionRow.id))):
        units.setdefault(message, []).append(unit or "")
    query = select(MessageRow.id, MessageRow.status, MessageRow.subject)
    rows = session.exec(query.order_by(col(MessageRow.received_at), col(MessageRow.id)))
    return {id_: Outline(status, tuple(units.get(id_, ())), subject) for id_, status, subject in rows}


def bounces(session: Session) -> list[tuple[str, datetime, DeliveryReport]]:
    """Messages that are bounces, with what they say, by time of receipt."""
    query = select(MessageRow).where(MessageRow.reason == "bounce", MessageRow.status == "not_a_report")
    rows = session.exec(query.order_by(col(MessageRow.received_at), col(MessageRow.id)))
    found = ((row, from_json(Filing, row.found)) for row in rows if row.found is not None)
    return [(row.id, row.received_at, filing.bounced) for row, filing in found if filing.bounced is not None]


def set_supersedes(session: Session, found: Mapping[str, tuple[str, Evidence]]) -> None:
    """Write which submission corrects which message, and by what words; all others correct none."""
    for row in session.exec(select(SubmissionRow)):
        target, evidence = found.get(row.id, (None, None))
        value = from_json(Submission, row.value)
        told = tuple(one for one in value.evidence if one.for_ != "supersedes") + ((evidence,) if evidence else ())
        if (row.supersedes, value.evidence) != (target, told):
            row.supersedes = target
            row.value = to_json(Submission, replace(value, evidence=told))
            session.add(row)


def message_ids(session: Session, received_until: datetime | None = None) -> list[str]:
    """Ids of messages by time of receipt, then id; received up to ``received_until`` where it is given."""
    query = select(MessageRow.id)
    if received_until is not None:
        query = query.where(col(MessageRow.received_at) <= received_until)
    return list(session.exec(query.order_by(col(MessageRow.received_at), col(MessageRow.id))))


def views(session: Session, ids: Sequence[str], with_content: bool = True) -> list[MessageView]:
    """Messages as people and programs see them, in the order of ``ids``; without content: no texts."""
    found: dict[str, MessageView] = {}
    for start in range(0, len(ids), SLICE):
        found |= _slice(session, ids[start : start + SLICE], with_content)
    return [found[id_] for id_ in ids if id_ in found]


def _slice(session: Session, ids: Sequence[str], with_content: bool) -> dict[str, MessageView]:
    """Some messages by three queries, whatever their number; texts are left in the database where nobody asks."""
    heavy = () if with_content else (MessageRow.body_text, MessageRow.found)
    rows = session.exec(
        select(MessageRow).where(col(MessageRow.id).in_(ids)).options(*(defer(_column(item)) for item in heavy))
    ).all()
    submissions: dict[str, list[SubmissionRow]] = {}
    query = select(SubmissionRow).where(col(SubmissionRow.message).in_(ids)).order_by(col(SubmissionRow.ordinal))
    for submission in session.exec(query):
        submissions.setdefault(submission.message, []).append(submission)
    below = _attachment_rows(session, ids, with_content)
    remarks = remarks_on(session, ids)
    return {
        row.id: replace(_view(row, submissions.get(row.id, []), below, with_content), remarks=remarks.get(row.id, ()))
        for row in rows
    }


def find_by_prefix(session: Session, prefix: str) -> list[str]:
    """Ids of the messages that begin so."""
    return list(session.exec(select(MessageRow.id).where(col(MessageRow.id).startswith(prefix, autoescape=True))))


def _store_extract(session: Session, message: str, extract: Extract, ordinal: int, parent: int | None) -> None:
    row = checked(
        AttachmentRow,
        message=message,
        parent=parent,
        ordinal=ordinal,
        position=extract.part.position,
        filename=extract.part.filename,
        declared_type=extract.part.media_type,
        media_type=extract.media_type,
        size_bytes=len(extract.part.content),
        sha256=extract.part.sha256,
        status=extract.status,
        reason=extract.reason,
        explanation=to_json(Text | None, extract.explanation),
        page_count=extract.page_count,
        pages=to_json(tuple[Page, ...], extract.pages),
        tables=to_json(tuple[Table, ...], extract.tables),
        picture=to_json(Picture | None, extract.picture),
        info=[list(pair) for pair in extract.metadata],
        parser=extract.parser,
    )
    session.add(row)
    session.flush()
    for number, member in enumerate(extract.members):
        _store_extract(session, message, member, number, row.id)


def _filed(row: SubmissionRow, received_at: datetime, status: str) -> FiledSubmission:
    return FiledSubmission(
        id=row.id,
        message=row.message,
        received_at=received_at,
        message_status=status,  # type: ignore[arg-type]  # a column holds plain strings
        submission=from_json(Submission, row.value),
        supersedes=row.supersedes,
    )


def _view(
    row: MessageRow, submissions: Sequence[SubmissionRow], below: AttachmentRows, with_content: bool
) -> MessageView:
    return MessageView(
        id=row.id,
        raw_sha256=row.id if row.source == "message" and not row.id.startswith(OVERSIZED) else None,
        source=row.source,  # type: ignore[arg-type]  # a column holds plain strings
        message_id=row.message_id,
        received_at=row.received_at,
        deliveries=row.deliveries,
        sender=row.sender,
        sender_name=row.sender_name,
        subject=row.subject,
        status=row.status,  # type: ignore[arg-type]  # a column holds plain strings
        reason=row.reason,
        explanation=from_json(Text, row.explanation) if row.explanation else None,
        body_text=row.body_text if with_content else "",
        attachments=_attachments(below, row.id, None, with_content),
        cloud_links=tuple(from_json(CloudLink, link) for link in row.cloud_links),
        submissions=tuple(_submission_view(item) for item in submissions),
        new_addresses=tuple((address, unit) for address, unit in row.new_addresses),
        received_source=row.received_source,
        classified=row.classified,
    )


def _submission_view(row: SubmissionRow) -> SubmissionView:
    value = from_json(Submission, row.value)
    return SubmissionView(
        id=row.id,
        status=value.status,
        campaign=value.campaign,
        unit=value.unit,
        unit_name=value.unit_text,
        confidence=value.confidence,
        decided_by=value.decided_by,
        requirement=value.requirement,
        kind=value.kind,
        activities=value.activities,
        on_time=None,
        figures=tuple((figure.measure, figure.value) for figure in value.figures),
        parts=value.parts,
        supersedes=row.supersedes,
        superseded_by=None,
        doubtful=value.doubtful,
        evidence=value.evidence + tuple(figure.evidence for figure in value.figures),
        alternative=value.alternative,
    )


def _attachment_rows(session: Session, ids: Sequence[str], with_content: bool) -> AttachmentRows:
    """Attachments of some messages by (message, parent)."""
    heavy = (AttachmentRow.tables, AttachmentRow.info, *(() if with_content else (AttachmentRow.pages,)))
    query = select(AttachmentRow).where(col(AttachmentRow.message).in_(ids)).order_by(col(AttachmentRow.ordinal))
    below: AttachmentRows = {}
    for row in session.exec(query.options(*(defer(_column(item)) for item in heavy))):
        below.setdefault((row.message, row.parent), []).append(row)
    return below


def _attachments(
    below: AttachmentRows, message: str, parent: int | None, with_content: bool
) -> tuple[AttachmentView, ...]:
    return tuple(
        AttachmentView(
            filename=row.filename,
            media_type=row.media_type,
            size_bytes=row.size_bytes,
            sha256=row.sha256,
            status=row.status,  # type: ignore[arg-type]  # a column holds plain strings
            reason=row.reason,
            explanation=from_json(Text, row.explanation) if row.explanation else None,
            pages=row.page_count,
            text="\n".join(page["text"] for page in row.pages if page["text"]) if with_content else "",
            picture=_shown(row.picture),
            members=_attachments(below, message, row.id, with_content),
            is_from_link=row.position.startswith(LINKED),
        )
        for row in below.get((message, parent), [])
    )


def _shown(picture: Json) -> Picture | None:
    """What listings may show of a picture: not where it was taken (issue 4: places stay inside)."""
    known = from_json(Picture, picture) if picture is not None else None
    return replace(known, latitude=None, longitude=None) if known is not None else None


def _column(attribute: object) -> InstrumentedAttribute[object]:
    """SQLModel types its columns as the values that they hold."""
    return cast("InstrumentedAttribute[object]", attribute)


def texts(session: Session, message: str) -> list[tuple[str, str]]:
    """What can be searched of a message, as (where, text): subject, body, each page of each part, pictures' text."""
    row = session.get_one(MessageRow, message)
    found = [("subject", row.subject), ("body", row.body_text)]
    query = select(AttachmentRow).where(AttachmentRow.message == message).order_by(col(AttachmentRow.id))
    for part in session.exec(query):
        name = part.filename or part.position
        found.append((name, name))
        for page in part.pages:
            many = len(part.pages) > 1
            where = (
                f"picture: {name}" if part.picture is not None else f"{name}, page {page['number']}" if many else name
            )
            found.append((where, page["text"]))
    return found


def new_manual(session: Session, id_: str, received_at: datetime, subject: str, by: str) -> None:
    """Make, or make anew, the row of a report that was recorded by hand."""
    session.merge(
        checked(
            MessageRow,
            id=id_,
            source="manual",
            received_at=received_at,
            received_source="decision",
            size_bytes=0,
            deliveries=0,
            sender_name=by,
            subject=subject,
            status="filed",
        )
    )
    session.flush()


def forget(session: Session, message: str) -> None:
    """Delete a manual entry that was undone."""
    session.execute(delete(SubmissionRow).where(col(SubmissionRow.message) == message))
    session.execute(delete(AttachmentRow).where(col(AttachmentRow.message) == message))
    forget_likeness(session, message)
    session.execute(delete(MessageRow).where(col(MessageRow.id) == message))
