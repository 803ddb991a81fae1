"""Claims and deliveries: where in the mailboxes each message was found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

from sqlmodel import Session, col, select

from records.journals import Arrival
from records.mail import Listing, Location
from storage.tables import DeliveryRow, MessageRow, checked

DeliveryState = Literal["claimed", "archived", "told"]


def unknown(session: Session, listings: Sequence[Listing]) -> list[Listing]:
    """Those that were never archived, or whose UID now stands for something else (R3)."""
    if not listings:
        return []
    first = listings[0].location
    uids = [listing.location.uid for listing in listings]
    rows = session.exec(
        select(DeliveryRow)
        .where(DeliveryRow.mailbox == first.mailbox, DeliveryRow.folder == first.folder)
        .where(DeliveryRow.uidvalidity == first.uidvalidity)
        .where(col(DeliveryRow.uid).between(min(uids), max(uids)))  # SQLite takes no list of 40,000 UIDs
    )
    known = {row.uid: row for row in rows}
    return [listing for listing in listings if not _is_known(known.get(listing.location.uid), listing)]


def claim(session: Session, listings: Iterable[Listing]) -> None:
    """Write down what is about to be fetched, before any work on it (R2)."""
    for listing in listings:
        row = _row(session, listing.location)
        row.size_bytes, row.internaldate = listing.size_bytes, listing.internaldate
        row.state, row.message = "claimed", None
        session.add(row)


def archived(session: Session, arrival: Arrival) -> MessageRow:
    """Note that a message is safe in the archive; returns its row, new or that of an earlier delivery."""
    where = Location(arrival.mailbox, arrival.folder, arrival.uidvalidity, arrival.uid)
    delivery = _row(session, where)
    delivery.size_bytes, delivery.internaldate = arrival.size_bytes, arrival.internaldate
    delivery.state, delivery.message = "archived", arrival.sha256
    session.add(delivery)
    session.flush()
    message = session.get(MessageRow, arrival.sha256)
    if message is None:
        message = _message(arrival)
    else:
        message.deliveries = _count_deliveries(session, arrival.sha256)
        if arrival.received_at < message.received_at:  # a copy that was moved keeps its first time of receipt
            message.received_at, message.received_source = arrival.received_at, arrival.received_source
    session.add(message)
    session.flush()
    return message


def untold(session: Session, mailbox: str, folder: str, uidvalidity: int) -> list[Location]:
    """What is archived and of which the mailbox was not told yet."""
    rows = session.exec(
        select(DeliveryRow)
        .where(DeliveryRow.mailbox == mailbox, DeliveryRow.folder == folder)
        .where(DeliveryRow.uidvalidity == uidvalidity, DeliveryRow.state == "archived")
        .order_by(col(DeliveryRow.uid))
    )
    return [Location(row.mailbox, row.folder, row.uidvalidity, row.uid) for row in rows]


def told(session: Session, where: Location) -> None:
    """Note that the mailbox shows the message as configured."""
    row = _row(session, where)
    row.state = "told"
    session.add(row)


def earliest_arrival(arrivals: Iterable[Arrival]) -> datetime | None:
    """When the service first took anything in."""
    return min((arrival.fetched_at for arrival in arrivals), default=None)


def _is_known(row: DeliveryRow | None, listing: Listing) -> bool:
    if row is None or row.state == "claimed":
        return False
    same_time = listing.internaldate is None or row.internaldate is None or row.internaldate == listing.internaldate
    return row.size_bytes == listing.size_bytes and same_time


def _row(session: Session, where: Location) -> DeliveryRow:
    found = session.exec(
        select(DeliveryRow)
        .where(DeliveryRow.mailbox == where.mailbox, DeliveryRow.folder == where.folder)
        .where(DeliveryRow.uidvalidity == where.uidvalidity, DeliveryRow.uid == where.uid)
    ).first()
    if found is not None:
        return found
    return checked(
        DeliveryRow,
        mailbox=where.mailbox,
        folder=where.folder,
        uidvalidity=where.uidvalidity,
        uid=where.uid,
        size_bytes=0,
        state="claimed",
    )


def _message(arrival: Arrival) -> MessageRow:
    return checked(
        MessageRow,
        id=arrival.sha256,
        source="message",
        received_at=arrival.received_at,
        received_source=arrival.received_source,
        size_bytes=arrival.size_bytes,
        status="too_large" if arrival.too_large else "archived",
        sender=arrival.sender,
        sender_name=arrival.sender_name,
        subject=arrival.subject,
        message_id=arrival.message_id,
    )


def _count_deliveries(session: Session, message: str) -> int:
    """How often the same octets were delivered.

    A folder whose UIDVALIDITY changed, or a message that a clerk moved, shows the same delivery again under another
    UID; INTERNALDATE stays. So: the most copies seen at once in one folder, or the number of different times.
    """
    rows = session.exec(select(DeliveryRow).where(DeliveryRow.message == message)).all()
    at_once: dict[tuple[str, str, int], int] = {}
    for row in rows:
        place = (row.mailbox, row.folder, row.uidvalidity)
        at_once[place] = at_once.get(place, 0) + 1
    return max(*at_once.values(), len({row.internaldate for row in rows}), 1)
