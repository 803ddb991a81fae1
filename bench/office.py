"""A labelled mailbox laid straight into an archive, without IMAP.

It has messages/, truth.jsonl, a notice, units.csv and, where there are any, coordinators.txt.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from config import ArchiveSettings, CampaignSettings, Settings
from filing.files.campaign_file import campaign_to_toml
from flow.notices import read_notice_file
from flow.office import Office
from flow.opening import open_office
from flow.process import Reader
from records.journals import Arrival
from storage import deliveries
from storage.archive import Archive, open_archive


@dataclass(frozen=True, slots=True)
class Mail:
    """A message of the corpus with what is known of it."""

    raw: bytes
    received_at: datetime
    kinds: frozenset[str]  # of its attachments, as the truth names them


@dataclass(frozen=True, slots=True)
class Corpus:
    """A labelled mailbox, its notice read."""

    folder: Path
    mails: tuple[Mail, ...]
    campaign_toml: str
    coordinators: tuple[str, ...] = ()

    @contextmanager
    def office(self, mails: Iterable[Mail]) -> Iterator[Office]:
        """An archive of its own, in which ``mails`` wait to be filed."""
        with tempfile.TemporaryDirectory(prefix="baosong-bench-") as name:
            folder = Path(name)
            (folder / "campaign.toml").write_text(self.campaign_toml, "utf-8")
            roster = self.folder.resolve() / "units.csv"
            campaign = CampaignSettings(file="campaign.toml", roster=str(roster), coordinators=list(self.coordinators))
            settings = Settings(
                archive=ArchiveSettings(root="var"),
                campaign=[campaign],
                source=folder / "config.toml",
            )
            archive = open_archive(settings.root)
            _deliver(archive, mails)
            try:
                yield open_office(settings, archive, datetime.now(UTC))
            finally:
                archive.close()


def read_corpus(folder: Path, reader: Reader) -> Corpus:
    """The mailbox in ``folder``. Raises OSError, ValueError, KeyError where it is none, UsageError for its notice."""
    reading = read_notice_file(_notice(folder), folder / "units.csv", reader)
    lines = (folder / "truth.jsonl").read_text("utf-8").split("\n")
    mails = tuple(_mail(folder, line) for line in lines if line.strip())
    return Corpus(folder, mails, campaign_to_toml(reading.campaign, reading.notes), _coordinators(folder))


def _notice(folder: Path) -> Path:
    """The notice, whatever its form; as text where it is there so."""
    plain = folder / "notice.txt"
    return plain if plain.exists() else next(iter(sorted(folder.glob("notice.*"))), plain)


def _coordinators(folder: Path) -> tuple[str, ...]:
    """Addresses of trusted forwarders, one a line, where the mailbox has any."""
    listed = folder / "coordinators.txt"
    return tuple(listed.read_text("utf-8").split()) if listed.exists() else ()


def _mail(folder: Path, line: str) -> Mail:
    truth = json.loads(line)
    raw = (folder / "messages" / Path(truth["file"]).name).read_bytes()
    kinds = frozenset(item.get("kind", "other") for item in truth.get("attachments", ()))
    return Mail(raw, datetime.fromisoformat(truth["received_at"]), kinds)


def _deliver(archive: Archive, mails: Iterable[Mail]) -> None:
    arrivals = [_arrival(mail, uid) for uid, mail in enumerate(mails, 1)]
    for mail in mails:
        archive.raw.keep(mail.raw, mail.received_at)
    archive.arrivals.append(*arrivals)
    with archive.database.session() as session:
        deliveries.all_archived(session, arrivals)


def _arrival(mail: Mail, uid: int) -> Arrival:
    return Arrival(
        sha256=hashlib.sha256(mail.raw).hexdigest(),
        mailbox="bench",
        folder="INBOX",
        uidvalidity=1,
        uid=uid,
        internaldate=mail.received_at,
        received_at=mail.received_at,
        received_source="internaldate",
        size_bytes=len(mail.raw),
        fetched_at=datetime.now(UTC),
    )
