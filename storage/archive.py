"""The archive on disk: raw messages, journals, files, database, filed tree, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from records.decisions import Decision
from records.journals import Arrival, Sent
from storage.blobs import BlobStore, RawArchive, TextCache
from storage.database import Database
from storage.journal import Journal
from storage.tree import FiledTree


@dataclass(frozen=True, slots=True)
class Archive:
    """Everything under the archive's root (DESIGN: The archive on disk)."""

    root: Path
    raw: RawArchive
    kept: BlobStore  # what people recorded by hand, and versions of campaign files and rosters: primary
    files: BlobStore  # decoded attachments: derived
    cache: TextCache
    arrivals: Journal[Arrival]
    decisions: Journal[Decision]
    sent: Journal[Sent]
    tree: FiledTree
    database: Database

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()


def journals(root: Path) -> tuple[Journal[Arrival], Journal[Decision], Journal[Sent]]:
    """The journals of the archive under ``root``."""
    folder = root / "journal"
    return (
        Journal(folder / "arrivals.jsonl", Arrival),
        Journal(folder / "decisions.jsonl", Decision),
        Journal(folder / "sent.jsonl", Sent),
    )


def open_archive(root: Path, derived: Path | None = None) -> Archive:
    """Open, and where need be make, the archive under ``root``; raises ArchiveError.

    ``derived`` is another root for all that can be made again (database, files, filed tree).
    """
    other = derived or root
    arrivals, decisions, sent = journals(root)
    return Archive(
        root=root,
        raw=RawArchive(root / "raw"),
        kept=BlobStore(root / "kept"),
        files=BlobStore(other / "files"),
        cache=TextCache(root / "cache"),
        arrivals=arrivals,
        decisions=decisions,
        sent=sent,
        tree=FiledTree(other / "filed"),
        database=Database(other / "baosong.db"),
    )
