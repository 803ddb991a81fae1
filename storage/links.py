"""Large-attachment links as rows: which messages have them, what came of attempts to fetch them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from records.mail import CloudLink
from records.words import Text
from storage.state import recall_all, remember
from storage.tables import MessageRow
from storage.values import OVERSIZED, from_json, to_json

ATTEMPT = "link "  # + message + link: what came of attempts to fetch it


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of the last attempt to fetch a link, none of which has brought the file."""

    failures: int
    not_before: datetime
    why: Text
    rules: str  # under which it was tried: others may fare better
    is_final: bool = False  # trying again under the same rules brings nothing


def fetchable(session: Session) -> list[tuple[str, datetime, list[CloudLink]]]:
    """(id, time of receipt, links) of the messages whose links may be fetched, in that order.

    Not of what is no report, nor of what is marked as secret: a machine on the network must not fetch that.
    """
    query = select(MessageRow.id, MessageRow.received_at, MessageRow.cloud_links).where(
        func.json_array_length(col(MessageRow.cloud_links)) > 0,
        col(MessageRow.status).in_(("filed", "review", "unreadable")),
        func.coalesce(MessageRow.reason, "") != "classified",
    )
    rows = session.exec(query.order_by(col(MessageRow.received_at), col(MessageRow.id)))
    return [(id_, received_at, [from_json(CloudLink, link) for link in links]) for id_, received_at, links in rows]


def attempts(session: Session) -> dict[tuple[str, str], Attempt]:
    """The failed attempts, by message and link id."""
    found = recall_all(session, ATTEMPT)
    return {_ids(name): from_json(Attempt, json.loads(value)) for name, value in found.items()}


def note_attempt(session: Session, message: str, link: CloudLink, attempt: Attempt) -> None:
    """Keep what came of an attempt."""
    remember(session, f"{ATTEMPT}{message} {link.id}", json.dumps(to_json(Attempt, attempt)))


def read_again(session: Session, message: str) -> None:
    """Have a message read and filed anew: what belongs to it has changed. Unknown messages and manual entries stay."""
    row = session.get(MessageRow, message)
    if row is not None and row.source == "message" and not row.id.startswith(OVERSIZED):
        row.status, row.attempts = "archived", 0
        session.add(row)


def _ids(name: str) -> tuple[str, str]:
    message, _, link = name.removeprefix(ATTEMPT).partition(" ")
    return message, link
