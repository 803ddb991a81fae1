"""Octets kept once under their hash: raw messages by month, decoded files by prefix."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from records.errors import MissingFile
from records.words import Text
from storage.durable import disk_errors, move_durably, sync_folder, write_all_durably, write_durably

GONE = Text(
    "资料库中缺少文件 {path}：请从备份恢复",
    "The archive lacks the file {path}: restore it from a backup",
)


class RawArchive:
    """What arrived, byte for byte, read-only: ``raw/2025/06/<sha256>.eml``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def keep(self, raw: bytes, received_at: datetime) -> Path:
        """Store a message under its hash, durable when this returns; the same octets of a month are written once."""
        (sha256,) = self.keep_all([(raw, received_at)])
        return self._path(sha256, received_at)

    def keep_all(self, mails: Iterable[tuple[bytes, datetime]]) -> list[str]:
        """As ``keep``, for a group of messages with their times of receipt; returns their hashes."""
        group = [(hashlib.sha256(raw).hexdigest(), raw, received_at) for raw, received_at in mails]
        _keep_all({self._path(sha256, received_at): raw for sha256, raw, received_at in group})
        return [sha256 for sha256, _, _ in group]

    def _path(self, sha256: str, received_at: datetime) -> Path:
        return self.root / f"{received_at:%Y}" / f"{received_at:%m}" / f"{sha256}.eml"

    def paths(self) -> Iterator[tuple[str, Path]]:
        """(sha256, path) of every message kept, in the order of their names."""
        for path in sorted(self.root.glob("*/*/*.eml")):
            yield path.stem, path

    def find(self, sha256: str) -> Path:
        """Where the message lies. Raises MissingFile if it is gone."""
        path = next(iter(sorted(self.root.glob(f"*/*/{sha256}.eml"))), None)
        if path is None:
            raise MissingFile(GONE.fill(path=f"{sha256}.eml"))
        return path


class BlobStore:
    """Decoded attachments and images, once each, mode 0444: ``files/ab/<sha256>``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """Where the file of that hash lies or would lie."""
        return self.root / sha256[:2] / sha256

    @staticmethod
    def hash(octets: bytes) -> str:
        """The name under which octets are kept."""
        return hashlib.sha256(octets).hexdigest()

    def keep(self, octets: bytes) -> str:
        """Store octets under their hash; returns it. Already there: nothing is written."""
        self.keep_all([octets])
        return self.hash(octets)

    def keep_all(self, files: Iterable[bytes]) -> None:
        """As ``keep``, for a group of files."""
        _keep_all({self.path(self.hash(octets)): octets for octets in files})

    def take(self, file: Path, sha256: str) -> None:
        """Move a file that was written elsewhere in the archive, its hash known, under that hash; durable on return."""
        move_durably(file, self.path(sha256))

    def read(self, sha256: str) -> bytes:
        """The octets of that hash. Raises MissingFile if they are gone."""
        path = self.path(sha256)
        if not path.exists():
            raise MissingFile(GONE.fill(path=path))
        with disk_errors(path, reading=True):
            return path.read_bytes()


class TextCache:
    """Results that are dear to make again (OCR), by key; losing them costs time only."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def get(self, key: str) -> str | None:
        """What was put under ``key``, or None."""
        path = self._path(key)
        with disk_errors(path, reading=True):
            return path.read_bytes().decode() if path.exists() else None

    def put(self, key: str, value: str) -> None:
        """Keep ``value`` under ``key``."""
        write_durably(self._path(key), value.encode(), mode=0o644)

    def forget(self, key: str) -> None:
        """Delete what was put under ``key``, if anything was."""
        path = self._path(key)
        with disk_errors(path):
            path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        digest = hashlib.sha256(key.encode()).hexdigest()
        return self.root / digest[:2] / f"{digest}.txt"


def _keep_all(files: Mapping[Path, bytes]) -> None:
    """Write files once. One that is there may be so by a process that died before its name was durable."""
    there = {path for path in files if path.exists()}
    for folder in {path.parent for path in there}:
        with disk_errors(folder):
            sync_folder(folder)
    write_all_durably({path: octets for path, octets in files.items() if path not in there})
