"""Mails that wait to leave, and what has left: each key once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import delete
from sqlalchemy.orm import InstrumentedAttribute, defer
from sqlmodel import Session, col, func, select

from records.journals import Sent
from records.mails import OutgoingMail
from records.words import Text
from storage.tables import ListedRow, OutboxRow, checked
from storage.values import from_json, to_json


def queue(session: Session, mail: OutgoingMail) -> bool:
    """Put a mail into the outbox; False where its key is there already, sent or not.

    What a digest lists counts as listed from here on, so that the next one does not list it again.
    """
    if session.get(OutboxRow, mail.key) is not None:
        return False
    session.add(_row(mail, "queued"))
    if mail.kind == "digest":
        _list(session, mail.campaign, mail.period, mail.lists)
    session.flush()
    return True


def due(session: Session, now: datetime) -> list[OutgoingMail]:
    """What waits and may leave now, oldest first."""
    query = select(OutboxRow).where(OutboxRow.state == "queued").order_by(col(OutboxRow.created_at), col(OutboxRow.key))
    return [_mail(row) for row in session.exec(query) if row.not_before is None or row.not_before <= now]


def mark_sent(session: Session, entries: Iterable[Sent]) -> None:
    """Write what the journal says has left, and which messages a digest listed."""
    known = set(session.exec(select(OutboxRow.key).where(OutboxRow.state == "sent")))
    for entry in (item for item in entries if item.key not in known):
        row = session.get(OutboxRow, entry.key) or _left(entry)
        row.state, row.sent_at, row.not_before, row.detail = "sent", entry.at, None, None
        session.add(row)
        if entry.kind == "digest":
            _list(session, entry.campaign, entry.period, entry.lists)
        session.flush()


def mark_refused(session: Session, key: str, why: Text) -> None:
    """The server will never take this mail; it stays in the outbox, shown to people.

    A digest that reached nobody listed nothing: the next one lists its messages.
    """
    row = session.get_one(OutboxRow, key)
    row.state, row.detail, row.attempts = "refused", to_json(Text, why), row.attempts + 1
    session.add(row)
    session.flush()
    same = select(OutboxRow).where(OutboxRow.campaign == row.campaign, OutboxRow.period == row.period)
    same = same.where(OutboxRow.kind == "digest")
    if row.kind == "digest" and all(mail.state == "refused" for mail in session.exec(same)):
        gone = delete(ListedRow).where(col(ListedRow.campaign) == row.campaign, col(ListedRow.period) == row.period)
        session.execute(gone)


def attempts(session: Session, key: str) -> int:
    """How often a mail was tried in vain."""
    return session.get_one(OutboxRow, key).attempts


def postpone(session: Session, key: str, until: datetime, why: Text) -> None:
    """Try again later."""
    row = session.get_one(OutboxRow, key)
    row.not_before, row.detail, row.attempts = until, to_json(Text, why), row.attempts + 1
    session.add(row)


def unsent(session: Session) -> list[tuple[OutgoingMail, Text | None]]:
    """What has not left, with the last reason."""
    query = select(OutboxRow).where(OutboxRow.state != "sent").order_by(col(OutboxRow.created_at))
    return [(_mail(row), from_json(Text, row.detail) if row.detail else None) for row in session.exec(query)]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail that has not left, without its octets."""

    kind: str
    created_at: datetime
    state: str  # queued | refused
    attempts: int  # in vain
    why: Text | None


def waiting(session: Session) -> list[Waiting]:
    """What has not left, oldest first."""
    query = select(OutboxRow).where(OutboxRow.state != "sent").order_by(col(OutboxRow.created_at))
    return [
        Waiting(row.kind, row.created_at, row.state, row.attempts, from_json(Text, row.detail) if row.detail else None)
        for row in session.exec(query)
    ]


def withdraw(session: Session, campaign: str, period: str) -> bool:
    """Take back what was queued for that period and never tried; whether nothing of it is left, sent or waiting."""
    same = (col(OutboxRow.campaign) == campaign, col(OutboxRow.period) == period)
    untried = (col(OutboxRow.state) == "queued", col(OutboxRow.attempts) == 0)
    session.execute(delete(OutboxRow).where(*same, *untried))
    return session.exec(select(OutboxRow.key).where(*same).limit(1)).first() is None


def sent_since(session: Session, since: datetime) -> int:
    """How many mails left after ``since``: for the daily limit."""
    query = select(func.count()).select_from(OutboxRow).where(OutboxRow.state == "sent")
    return session.exec(query.where(col(OutboxRow.sent_at) > since)).one()


def sent_to(session: Session, recipient: str, since: datetime) -> int:
    """How many mails left for an address after ``since``: whatever goes wrong, nobody gets a flood of ours (R25)."""
    query = select(func.count()).select_from(OutboxRow).where(OutboxRow.state == "sent")
    return session.exec(query.where(OutboxRow.recipient == recipient, col(OutboxRow.sent_at) > since)).one()


def has_key(session: Session, key: str) -> bool:
    """Whether a mail with that key was queued or sent."""
    return session.get(OutboxRow, key) is not None


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail of ours that left."""

    message_id: str
    recipient: str
    kind: str
    campaign: str
    period: str
    sent_at: datetime


def sent_mails(session: Session) -> list[SentMail]:
    """Every mail that left, in the order of leaving."""
    query = select(OutboxRow).where(OutboxRow.state == "sent").order_by(col(OutboxRow.sent_at), col(OutboxRow.key))
    rows = session.exec(query.options(*(defer(_column(item)) for item in (OutboxRow.octets, OutboxRow.lists))))
    return [
        SentMail(row.message_id, row.recipient.lower(), row.kind, row.campaign, row.period, row.sent_at)
        for row in rows
        if row.sent_at is not None
    ]


def own_message_ids(session: Session) -> frozenset[str]:
    """Message-IDs of all mails of ours, queued ones too: one may have left without our knowing."""
    return frozenset(session.exec(select(OutboxRow.message_id)))


def listed(session: Session, campaign: str) -> Collection[str]:
    """The messages that a digest of the campaign lists, sent or on its way."""
    return frozenset(session.exec(select(ListedRow.message).where(ListedRow.campaign == campaign)))


def last_period(session: Session, campaign: str, kind: str) -> str | None:
    """The newest period for which a mail of that kind was queued or sent."""
    query = select(func.max(OutboxRow.period)).where(OutboxRow.campaign == campaign, OutboxRow.kind == kind)
    return session.exec(query).one()


def _list(session: Session, campaign: str, period: str, messages: Iterable[str]) -> None:
    for message in messages:
        if session.get(ListedRow, (campaign, message)) is None:
            session.add(checked(ListedRow, campaign=campaign, message=message, period=period))


def _row(mail: OutgoingMail, state: str) -> OutboxRow:
    return checked(
        OutboxRow,
        key=mail.key,
        kind=mail.kind,
        campaign=mail.campaign,
        period=mail.period,
        recipient=mail.recipient,
        message_id=mail.message_id,
        created_at=mail.created_at,
        octets=mail.octets,
        lists=list(mail.lists),
        state=state,
    )


def _mail(row: OutboxRow) -> OutgoingMail:
    return OutgoingMail(
        key=row.key,
        kind=row.kind,  # type: ignore[arg-type]  # a column holds plain strings
        campaign=row.campaign,
        period=row.period,
        recipient=row.recipient,
        message_id=row.message_id,
        created_at=row.created_at,
        octets=row.octets,
        lists=tuple(row.lists),
    )


def _left(entry: Sent) -> OutboxRow:
    """A mail known from the journal alone: its octets are gone with the database, its key is not."""
    return checked(
        OutboxRow,
        key=entry.key,
        kind=entry.kind,
        campaign=entry.campaign,
        period=entry.period,
        recipient=entry.recipient,
        message_id=entry.message_id,
        created_at=entry.at,
        octets=b"",
        lists=list(entry.lists),
        state="sent",
    )


def _column(attribute: object) -> InstrumentedAttribute[object]:
    """SQLModel types its columns as the values that they hold."""
    return cast("InstrumentedAttribute[object]", attribute)
