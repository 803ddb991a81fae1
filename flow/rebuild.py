"""Derived data again, from raw messages and journals; sends nothing."""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import select

from flow.office import Office
from flow.process import Reader, process_pending
from flow.settle import relate, settle_records
from records.errors import ArchiveError
from records.words import Text
from storage import deliveries
from storage.archive import Archive
from storage.tables import DeliveryRow

LOST = Text(
    "原始邮件缺失 {count} 封（第一封 {first}）：请从备份恢复 raw 目录后再运行",
    "{count} raw messages are gone (the first is {first}): restore the folder raw from a backup, then try again",
)


def rebuild(office: Office, reader: Reader, progress: Callable[[str, int], None] = lambda *_: None) -> int:
    """Read and file every message again into an archive whose database is new; returns how many messages there are.

    Raises ArchiveError where raw messages are gone; all others are there then.
    """
    office.archive.tree.clear()
    gone = restore_arrivals(office.archive)
    with office.archive.database.session() as session:
        settle_records(session, office)
    count = process_pending(office, reader, progress)
    with office.archive.database.session() as session:
        relate(session)
    if gone:
        raise ArchiveError(LOST.fill(count=len(gone), first=gone[0]))
    return count


def restore_arrivals(archive: Archive) -> list[str]:
    """Make deliveries and messages again from the journal; returns the hashes of raw messages that are gone."""
    kept = {sha256 for sha256, _ in archive.raw.paths()}
    gone = []
    with archive.database.session() as session:
        for arrival in archive.arrivals.read():
            if arrival.too_large or arrival.sha256 in kept:
                deliveries.archived(session, arrival)
            else:
                gone.append(arrival.sha256)
    return gone


def is_forgetful(archive: Archive) -> bool:
    """Whether the database knows of no delivery while the journal does: it was deleted or is new."""
    with archive.database.session() as session:
        known = session.exec(select(DeliveryRow.id).limit(1)).first()
    return known is None and archive.arrivals.size_bytes > 0
