"""Mail from files goes the way of all mail: raw octets → journal → rows; what is there already stays as it is.

Sends nothing, tells no mailbox, asks for no ``since`` (docs/decisions/importing.md).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from flow.taking import GROUP_BYTES, GROUP_COUNT, Progress, note_too_large, oversized_arrival
from intake.mailfiles import NoMail, StoredMail, mail_in, on_the_wire
from intake.message import read_header
from records.edges import Clock
from records.journals import IMPORTED, Arrival, ReceivedSource
from records.mail import Listing, Location, Oversized
from records.words import Text
from storage import deliveries
from storage.archive import Archive

_CLOCKS_DIFFER = timedelta(days=1)  # a header's time that lies further ahead is wrong


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    archived: int = 0
    known: int = 0  # already in the archive, or twice in these files
    too_large: int = 0
    refused: tuple[Text, ...] = ()  # what is no message, a line each

    def __add__(self, other: Imported) -> Imported:
        return Imported(
            self.archived + other.archived,
            self.known + other.known,
            self.too_large + other.too_large,
            self.refused + other.refused,
        )


@dataclass(frozen=True, slots=True)
class Importing:
    """The archive that takes messages in from files."""

    archive: Archive
    clock: Clock
    max_message_bytes: int
    progress: Progress = lambda what, count: None

    def take(self, paths: Iterable[Path]) -> Imported:
        """Archive every message in files and folders; all of it is durable on return. Raises ArchiveError.

        A crash anywhere repeats work and loses none: what is archived is known by its octets.
        """
        refused: list[Text] = []
        imported = Imported()
        for group in _in_groups(self._mails(paths, refused)):
            imported += self._keep(group)
        return replace(imported, refused=tuple(refused))

    def _mails(self, paths: Iterable[Path], refused: list[Text]) -> Iterator[StoredMail]:
        for path in paths:
            for found in mail_in(path, self.max_message_bytes):
                if isinstance(found, NoMail):
                    refused.append(found.text)
                else:
                    yield found

    def _keep(self, group: Sequence[StoredMail]) -> Imported:
        """Make a group durable: octets, then one journal write for all, then rows."""
        now = self.clock()
        arrivals = {arrival.sha256: (arrival, mail) for mail in group for arrival in [_arrival(mail, now)]}
        with self.archive.database.session() as session:
            known = _known(session, group, arrivals)
        new = [pair for id_, pair in arrivals.items() if id_ not in known]
        whole = [(mail.raw, arrival.received_at) for arrival, mail in new if not mail.too_large]
        self.archive.raw.keep_all(whole)
        self._journal([arrival for arrival, _ in new])
        return Imported(len(whole), len(group) - len(new), len(new) - len(whole))

    def _journal(self, arrivals: Sequence[Arrival]) -> None:
        if not arrivals:
            return
        self.archive.arrivals.append(*arrivals)
        with self.archive.database.session() as session:
            deliveries.all_archived(session, arrivals)
            note_too_large(session, arrivals)
        self.progress("archived", len(arrivals))


def time_in_header(header: bytes, now: datetime) -> tuple[datetime, ReceivedSource]:
    """The topmost Received, else Date, else now (CONTRACT: import); a time that has not come yet is no time."""
    read = read_header(header)
    said: tuple[tuple[datetime | None, ReceivedSource], ...] = (
        (read.received_header_at, "received"),
        (read.date, "date"),
    )
    known = ((moment, source) for moment, source in said if moment is not None and moment <= now + _CLOCKS_DIFFER)
    return next(known, (now, "fetched"))


def _arrival(mail: StoredMail, now: datetime) -> Arrival:
    received_at, source = time_in_header(mail.raw, now)
    sha256 = hashlib.sha256(mail.raw).hexdigest()
    arrival = Arrival(
        sha256=sha256,
        mailbox=IMPORTED,
        folder=mail.name,
        uidvalidity=0,
        uid=_number(sha256),
        internaldate=None,
        received_at=received_at,
        received_source=source,
        size_bytes=mail.size_bytes,
        fetched_at=now,
    )
    if not mail.too_large:
        return arrival
    where = Location(IMPORTED, mail.name, 0, arrival.uid)
    large = oversized_arrival(Oversized(Listing(where, mail.size_bytes, None), mail.raw), now)
    return replace(large, received_at=received_at, received_source=source)


def _number(sha256: str) -> int:
    """A file has no UIDs: the octets number themselves, so that importing again finds the same place."""
    return int(sha256[:15], 16)


def _known(session: Session, group: Sequence[StoredMail], ids: Iterable[str]) -> set[str]:
    """Ids of the group that are archived, as they are or with the line ends with which they travelled."""
    wired = {
        hashlib.sha256(on_the_wire(mail.raw)).hexdigest(): hashlib.sha256(mail.raw).hexdigest()
        for mail in group
        if not mail.too_large and b"\r" not in mail.raw
    }
    there = deliveries.archived_ids(session, [*ids, *wired])
    return there | {own for other, own in wired.items() if other in there}


def _in_groups(mails: Iterable[StoredMail]) -> Iterator[list[StoredMail]]:
    """Groups that are made durable together, as those from a mailbox."""
    group: list[StoredMail] = []
    size = 0
    for mail in mails:
        group.append(mail)
        size += len(mail.raw)
        if len(group) >= GROUP_COUNT or size >= GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group
