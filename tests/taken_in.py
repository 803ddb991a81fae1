"""Mails put into an archive at moments of the test's choice, and filed, without a mailbox."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256

from flow.opening import open_office
from flow.process import process_pending
from intake.message import read_message
from parsers.reader import PartReader
from records.extracts import ReadLimits
from records.journals import Arrival
from storage import deliveries
from storage.archive import open_archive
from tests.small_office import SmallOffice


def take_in(office: SmallOffice, mails: Iterable[tuple[bytes, str]], reader: PartReader | None = None) -> None:
    """File mails in the order given; each comes with its time of receipt (ISO 8601 with offset)."""
    archive = open_archive(office.root)
    try:
        for place, (raw, at) in enumerate(mails, 1):
            moment = datetime.fromisoformat(at)
            arrival = Arrival(
                sha256(raw).hexdigest(), "m", "INBOX", 1, place + sum(1 for _ in archive.arrivals.read()), moment,
                moment, "internaldate", len(raw), moment,
            )  # fmt: skip
            archive.raw.keep(raw, moment)
            archive.arrivals.append(arrival)
            with archive.database.session() as session:
                deliveries.archived(session, arrival)
        with PartReader(ReadLimits(), read_message, archive.cache) as own:
            process_pending(open_office(office.settings(), archive, datetime.now(UTC)), reader or own)
    finally:
        archive.close()
