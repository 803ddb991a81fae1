"""What the archive holds, file by file and as the tables know it: for backups and for verification."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session, col, select

from storage.durable import TEMPORARY, disk_errors
from storage.tables import AttachmentRow, DecisionRow, DeliveryRow, MessageRow, OutboxRow


@dataclass(frozen=True, slots=True)
class Held:
    """A file that is kept under the hash of its octets."""

    sha256: str  # by its name
    path: Path

    def is_whole(self) -> bool:
        """Whether it holds what its name says. Raises ArchiveError where it cannot be read."""
        with disk_errors(self.path, reading=True), self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == self.sha256

    def octets(self) -> bytes | None:
        """What it holds; None where that is not what its name says. Raises ArchiveError where it cannot be read."""
        with disk_errors(self.path, reading=True):
            octets = self.path.read_bytes()
        return octets if hashlib.sha256(octets).hexdigest() == self.sha256 else None


def held_messages(root: Path) -> Iterator[Held]:
    """The raw messages below an archive's root; the same octets of two months are two files."""
    return _held(root / "raw", "*/*/*.eml")


def held_files(folder: Path) -> Iterator[Held]:
    """The files below ``kept`` or ``files``."""
    return _held(folder, "??/*")


def _held(folder: Path, pattern: str) -> Iterator[Held]:
    for path in sorted(folder.glob(pattern)):
        if not path.name.startswith(TEMPORARY):
            yield Held(path.stem, path)


@dataclass(frozen=True, slots=True)
class Known:
    """What the tables say was done: each stands in a journal, written before; files were kept before."""

    messages: frozenset[str] = frozenset()
    decisions: frozenset[str] = frozenset()
    sent: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()


def known(session: Session) -> Known:
    """Read it from the tables."""
    arrived = select(DeliveryRow.message).where(DeliveryRow.state != "claimed", col(DeliveryRow.message).is_not(None))
    files = select(AttachmentRow.sha256).where(AttachmentRow.message == MessageRow.id, ~col(MessageRow.classified))
    return Known(
        messages=frozenset(item for item in session.exec(arrived) if item is not None),
        decisions=frozenset(session.exec(select(DecisionRow.id))),
        sent=frozenset(session.exec(select(OutboxRow.key).where(OutboxRow.state == "sent"))),
        files=frozenset(session.exec(files)),
    )
