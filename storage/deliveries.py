"""Claims and deliveries: where in the mailboxes each message was found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import update
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col, func, select

from records.journals import IMPORTED, Arrival
from records.mail import Listing, Location
from storage.tables import DecisionRow, DeliveryRow, MessageRow, checked
from storage.values import OVERSIZED

DeliveryState = Literal["claimed", "archived", "told"]
_TRUST = {"internaldate": 0, "received": 1, "date": 2, "fetched": 3}  # sources of a time of receipt, best first
_TOGETHER = 500  # SQLite takes no list of 40,000 names
_BLANK = checked(
    MessageRow,
    id="",
    source="message",
    received_at=datetime.min.replace(tzinfo=UTC),
    received_source="",
    size_bytes=0,
    status="archived",
).model_dump()
_PLACE = ("mailbox", "folder", "uidvalidity", "uid")  # unique
_STATE = ("size_bytes", "internaldate", "state", "message")


def unknown(session: Session, listings: Sequence[Listing], limit_bytes: int = 0) -> list[Listing]:
    """Those that were never archived, whose UID now stands for something else (R3), or that were too large once and
    are so no longer: below ``limit_bytes``.
    """
    if not listings:
        return []
    first = listings[0].location
    uids = [listing.location.uid for listing in listings]
    rows = session.exec(
        select(DeliveryRow.uid, DeliveryRow.size_bytes, DeliveryRow.internaldate, DeliveryRow.message)
        .where(DeliveryRow.mailbox == first.mailbox, DeliveryRow.folder == first.folder)
        .where(DeliveryRow.uidvalidity == first.uidvalidity, DeliveryRow.state != "claimed")
        .where(col(DeliveryRow.uid).between(min(uids), max(uids)))  # SQLite takes no list of 40,000 UIDs
    )
    known = {
        uid: (size_bytes, internaldate)
        for uid, size_bytes, internaldate, message in rows
        if size_bytes > limit_bytes or not (message or "").startswith(OVERSIZED)
    }
    return [listing for listing in listings if not _is_known(known.get(listing.location.uid), listing)]


def claim(session: Session, listings: Iterable[Listing]) -> None:
    """Write down what is about to be fetched, before any work on it (R2)."""
    _write(session, [_values(item.location, item.size_bytes, item.internaldate, "claimed") for item in listings])


def archived(session: Session, arrival: Arrival) -> MessageRow:
    """Note that a message is safe in the archive; returns its row, new or that of an earlier delivery."""
    all_archived(session, [arrival])
    return session.get_one(MessageRow, arrival.sha256)


def all_archived(session: Session, arrivals: Sequence[Arrival]) -> None:
    """As ``archived``, for a group."""
    for start in range(0, len(arrivals), _TOGETHER):
        _note_archived(session, arrivals[start : start + _TOGETHER])


def _note_archived(session: Session, arrivals: Sequence[Arrival]) -> None:
    """Rows of messages never seen before are written all at once, those of others one by one."""
    old_mail = imported_alone(session, [item.sha256 for item in arrivals if item.mailbox != IMPORTED])
    _write(session, [_safe(arrival) for arrival in arrivals])
    there = archived_ids(session, {item.sha256 for item in arrivals})
    new: dict[str, Arrival] = {}
    again = [item for item in arrivals if item.sha256 in there or new.setdefault(item.sha256, item) is not item]
    if new:
        session.execute(insert(MessageRow), [_message(arrival) for arrival in new.values()])
    for arrival in again:
        _come_again(session, arrival, arrival.sha256 in old_mail)
    session.flush()


def _come_again(session: Session, arrival: Arrival, is_old_mail: bool) -> None:
    """The same octets as those of a message that is known; old mail was imported and in no mailbox so far."""
    message = session.get_one(MessageRow, arrival.sha256)
    message.deliveries = _count_deliveries(session, arrival.sha256)
    if _is_better(arrival, message):
        message.received_at, message.received_source = arrival.received_at, arrival.received_source
    if is_old_mail and message.status != "too_large":
        message.status = "archived"  # the mailbox holds it too: it is judged again, as what came by mail
    session.add(message)


def retire_oversized(session: Session, arrivals: Iterable[Arrival]) -> None:
    """Forget what stood for messages too large once, now that their bodies are among ``arrivals``.

    What people decided about stays.
    """
    whole = {(arrival.size_bytes, arrival.received_at) for arrival in arrivals if not arrival.too_large}
    seen = select(DeliveryRow.message).where(col(DeliveryRow.message).startswith(OVERSIZED))
    decided = select(DecisionRow.target).where(col(DecisionRow.target).startswith(OVERSIZED))
    query = select(MessageRow).where(
        col(MessageRow.id).startswith(OVERSIZED), col(MessageRow.id).not_in(seen), col(MessageRow.id).not_in(decided)
    )
    for row in session.exec(query).all():
        if (row.size_bytes, row.received_at) in whole:
            session.delete(row)


def archived_ids(session: Session, ids: Collection[str]) -> set[str]:
    """Which of these messages are in the archive."""
    return set(session.exec(select(MessageRow.id).where(col(MessageRow.id).in_(ids))))


def imported_alone(session: Session, ids: Collection[str] | None = None) -> frozenset[str]:
    """Messages (of these, or all) that came by import and were never seen in a mailbox."""
    query = select(DeliveryRow.message).where(col(DeliveryRow.message).is_not(None))
    if ids is not None:
        query = query.where(col(DeliveryRow.message).in_(ids))
    query = query.group_by(col(DeliveryRow.message))
    found = session.exec(query.having(func.sum(col(DeliveryRow.mailbox) != IMPORTED) == 0))
    return frozenset(id_ for id_ in found if id_ is not None)


def untold(session: Session, mailbox: str, folder: str, uidvalidity: int) -> list[Location]:
    """What is archived and of which the mailbox was not told yet, save what is too large: that is not safe with us."""
    uids = session.exec(
        select(DeliveryRow.uid)
        .where(DeliveryRow.mailbox == mailbox, DeliveryRow.folder == folder)
        .where(DeliveryRow.uidvalidity == uidvalidity, DeliveryRow.state == "archived")
        .where(~col(DeliveryRow.message).startswith(OVERSIZED))
        .order_by(col(DeliveryRow.uid))
    )
    return [Location(mailbox, folder, uidvalidity, uid) for uid in uids]


def told(session: Session, where: Location) -> None:
    """Note that the mailbox shows the message as configured."""
    session.execute(
        update(DeliveryRow)
        .where(col(DeliveryRow.mailbox) == where.mailbox, col(DeliveryRow.folder) == where.folder)
        .where(col(DeliveryRow.uidvalidity) == where.uidvalidity, col(DeliveryRow.uid) == where.uid)
        .values(state="told")
    )


def _is_better(arrival: Arrival, message: MessageRow) -> bool:
    """Whether an arrival knows the time of receipt better (R22).

    INTERNALDATE beats what a header says, whichever came first, so that the order of import and poll plays no part; of
    equals the earlier counts: a copy that was moved keeps its first time of receipt.
    """
    known = (_TRUST[message.received_source], message.received_at)
    return (_TRUST[arrival.received_source], arrival.received_at) < known


def _is_known(taken: tuple[int, datetime | None] | None, listing: Listing) -> bool:
    if taken is None:
        return False
    size_bytes, internaldate = taken
    same_time = listing.internaldate is None or internaldate is None or internaldate == listing.internaldate
    return size_bytes == listing.size_bytes and same_time


def _safe(arrival: Arrival) -> dict[str, object]:
    where = Location(arrival.mailbox, arrival.folder, arrival.uidvalidity, arrival.uid)
    return _values(where, arrival.size_bytes, arrival.internaldate, "archived", arrival.sha256)


def _values(
    where: Location, size_bytes: int, internaldate: datetime | None, state: DeliveryState, message: str | None = None
) -> dict[str, object]:
    place = (where.mailbox, where.folder, where.uidvalidity, where.uid)
    return dict(zip((*_PLACE, *_STATE), (*place, size_bytes, internaldate, state, message), strict=True))


def _write(session: Session, rows: Sequence[dict[str, object]]) -> None:
    """Insert or overwrite, all in one statement: half of what intake cost went into rows made one by one."""
    if rows:
        statement = insert(DeliveryRow)
        newer = {name: statement.excluded[name] for name in _STATE}
        session.execute(statement.on_conflict_do_update(index_elements=_PLACE, set_=newer), rows)


def _message(arrival: Arrival) -> dict[str, object]:
    """The values of a new row. Checking them one by one as pydantic does was a quarter of what intake cost: the
    columns that an arrival does not fill come from a row that was checked, its own are typed already.
    """
    return {
        **_BLANK,
        "id": arrival.sha256,
        "received_at": arrival.received_at,
        "received_source": arrival.received_source,
        "size_bytes": arrival.size_bytes,
        "status": "too_large" if arrival.too_large else "archived",
        "sender": arrival.sender,
        "sender_name": arrival.sender_name,
        "subject": arrival.subject,
        "message_id": arrival.message_id,
    }


def _count_deliveries(session: Session, message: str) -> int:
    """How often the same octets were delivered.

    A folder whose UIDVALIDITY changed, or a message that a clerk moved, shows the same delivery again under another
    UID; INTERNALDATE stays. So: the most copies seen at once in one folder, or the number of different times. What
    was imported from a file is no delivery of its own.
    """
    places: dict[tuple[str, str, int], int] = {}
    times: set[datetime | None] = set()
    row = DeliveryRow
    query = select(row.mailbox, row.folder, row.uidvalidity, row.internaldate).where(row.message == message)
    query = query.where(row.mailbox != IMPORTED)
    for mailbox, folder, uidvalidity, internaldate in session.exec(query):
        place = (mailbox, folder, uidvalidity)
        places[place] = places.get(place, 0) + 1
        times.add(internaldate)
    return max([*places.values(), len(times), 1])
