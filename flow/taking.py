"""What is new becomes archived messages, durable before anybody is told: claims, raw octets, journal, rows.

claim row → raw octets and arrival fsynced → row `archived` (docs/decisions/identity-and-claims.md). While one group is
being made durable, the next is fetched (docs/decisions/intake-speed.md).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from flow.overlap import work_behind
from intake.message import read_header
from intake.session import MailboxSession
from records.edges import Clock
from records.filings import Filing
from records.journals import Arrival, ReceivedSource
from records.mail import Fetched, Listing, MailboxAccount, Oversized
from records.words import Text
from storage import deliveries, messages
from storage.archive import Archive
from storage.faults import step
from storage.values import OVERSIZED

Progress = Callable[[str, int], None]  # what was done, how many
GROUP_COUNT, GROUP_BYTES = 200, 8 * 1024 * 1024
TOO_LARGE = Text(
    "邮件约 {mb} MB，超过上限（max_message_mb），没有下载：请在邮箱里查看，或请单位拆分后重发",
    "about {mb} MB, more than max_message_mb, so it was not downloaded: look at it in the mailbox, "
    "or ask the unit to send it in parts",
)


@dataclass(frozen=True, slots=True)
class Polled:
    """What one pass did."""

    archived: int = 0  # deliveries taken, copies included
    too_large: int = 0

    def __add__(self, other: Polled) -> Polled:
        return Polled(self.archived + other.archived, self.too_large + other.too_large)


@dataclass(frozen=True, slots=True)
class Taking:
    """Where listed messages come from and the archive that takes them in."""

    session: MailboxSession
    account: MailboxAccount
    archive: Archive
    clock: Clock
    progress: Progress = lambda what, count: None

    def take(self, listings: Sequence[Listing]) -> Polled:
        """Archive what is new among messages of one folder; returns what was taken when all of it is durable."""
        limit = self.account.max_message_bytes
        with step("claim"), self.archive.database.session() as session:
            new = deliveries.unknown(session, listings, limit)
            deliveries.claim(session, new)
        for large in (item for item in new if item.size_bytes > limit):
            self._keep_oversized(self.session.fetch_oversized(large))
        fitting = [item for item in new if item.size_bytes <= limit]
        work_behind(in_groups(self.session.fetch(fitting)), self._keep, is_large)
        return Polled(len(fitting), len(new) - len(fitting))

    def _keep(self, group: Sequence[Fetched]) -> None:
        """Make a group durable: octets, then one journal write for all, then rows."""
        now = self.clock()
        received = [time_of_receipt(fetched, now) for fetched in group]
        octets = ((fetched.raw, received_at) for fetched, (received_at, _) in zip(group, received, strict=True))
        with step("keep raw"):
            hashes = self.archive.raw.keep_all(octets)
        taken = zip(group, hashes, received, strict=True)
        self._journal([_arrival(fetched.listing, sha256, when, now) for fetched, sha256, when in taken])

    def _keep_oversized(self, oversized: Oversized) -> None:
        self._journal([oversized_arrival(oversized, self.clock())])

    def _journal(self, arrivals: Sequence[Arrival]) -> None:
        with step("journal arrivals"):
            self.archive.arrivals.append(*arrivals)
        with step("note archived"), self.archive.database.session() as session:
            deliveries.all_archived(session, arrivals)
            note_too_large(session, arrivals)
            deliveries.retire_oversized(session, arrivals)
        self.progress("archived", len(arrivals))


def note_too_large(session: Session, arrivals: Iterable[Arrival]) -> None:
    """Messages whose bodies stay in the mailbox have come as far as they can by themselves; people may decide."""
    for arrival in arrivals:
        if arrival.too_large and messages.found_filing(session, arrival.sha256) is None:
            found = Filing("too_large", "too_large", TOO_LARGE.fill(mb=math.ceil(arrival.size_bytes / 1024**2)))
            messages.store_found(session, arrival.sha256, found)
            messages.store_filing(session, arrival.sha256, found)


def time_of_receipt(fetched: Fetched, now: datetime) -> tuple[datetime, ReceivedSource]:
    """INTERNALDATE; where the server left it out, the topmost Received; else now (CONTRACT: time of receipt)."""
    if fetched.listing.internaldate is not None:
        return fetched.listing.internaldate, "internaldate"
    header_time = read_header(fetched.raw).received_header_at
    return (header_time, "received") if header_time is not None else (now, "fetched")


def _arrival(listing: Listing, sha256: str, received: tuple[datetime, ReceivedSource], now: datetime) -> Arrival:
    received_at, source = received
    place = listing.location
    return Arrival(
        sha256=sha256,
        mailbox=place.mailbox,
        folder=place.folder,
        uidvalidity=place.uidvalidity,
        uid=place.uid,
        internaldate=listing.internaldate,
        received_at=received_at,
        received_source=source,
        size_bytes=listing.size_bytes,
        fetched_at=now,
    )


def oversized_arrival(oversized: Oversized, now: datetime) -> Arrival:
    """The journal's line for a message whose body was never downloaded."""
    header = read_header(oversized.header)
    listing = oversized.listing
    received_at = listing.internaldate or header.received_header_at or now
    source: ReceivedSource = "internaldate" if listing.internaldate else "received"
    place = listing.location
    # Its octets are not known. Header and size tell it even when the folder is renumbered or a clerk moves it.
    where = f"{place.mailbox}/{place.folder}/{place.uidvalidity}/{place.uid}".encode()
    identity = (oversized.header or where) + b"/%d" % listing.size_bytes
    return Arrival(
        sha256=f"{OVERSIZED}{hashlib.sha256(identity).hexdigest()}",
        mailbox=place.mailbox,
        folder=place.folder,
        uidvalidity=place.uidvalidity,
        uid=place.uid,
        internaldate=listing.internaldate,
        received_at=received_at,
        received_source=source,
        size_bytes=listing.size_bytes,
        fetched_at=now,
        too_large=True,
        sender=header.sender.address,
        sender_name=header.sender.name,
        subject=header.subject,
        message_id=header.message_id,
    )


def in_groups(fetched: Iterable[Fetched]) -> Iterator[list[Fetched]]:
    """Groups that are made durable together: at most GROUP_COUNT messages or about GROUP_BYTES."""
    group: list[Fetched] = []
    size = 0
    for item in fetched:
        group.append(item)
        size += len(item.raw)
        del item  # else the last of a group would still be held while the next one is fetched
        if len(group) >= GROUP_COUNT or size >= GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def is_large(group: Sequence[Fetched]) -> bool:
    """Whether the next message should not be fetched before this group is written: memory has an end."""
    return sum(len(item.raw) for item in group) > 2 * GROUP_BYTES
