"""Derived data again, from raw messages and journals; sends nothing."""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import select

from flow.office import Office
from flow.process import Reader, process_pending
from flow.settle import settle, settle_records
from flow.taking import note_too_large
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
        for id_ in office.standing.by_message:
            settle(session, office, id_)  # of messages too large: all others come below
        settle_records(session, office)
    count = process_pending(office, reader, progress)
    if gone:
        raise ArchiveError(LOST.fill(count=len(gone), first=gone[0]))
    return count


def restore_arrivals(archive: Archive) -> list[str]:
    """Make deliveries and messages again from the journal; returns the hashes of raw messages that are gone."""
    raw = {sha256 for sha256, _ in archive.raw.paths()}
    arrivals = list(archive.arrivals.read())
    kept = [arrival for arrival in arrivals if arrival.too_large or arrival.sha256 in raw]
    with archive.database.session() as session:
        deliveries.all_archived(session, kept)
        note_too_large(session, kept)
        deliveries.retire_oversized(session, kept)
    return [arrival.sha256 for arrival in arrivals if not arrival.too_large and arrival.sha256 not in raw]


def is_forgetful(archive: Archive) -> bool:
    """Whether the database knows of no delivery while the journal does: it was deleted or is new."""
    with archive.database.session() as session:
        known = session.exec(select(DeliveryRow.id).limit(1)).first()
    return known is None and archive.arrivals.size_bytes > 0
