"""What stands in a backup beside the archive's own files: when it was made, and how far its journals went."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from records.errors import UsageError
from records.words import Text
from storage.durable import write_durably
from storage.values import from_json, to_json

MANIFEST = "manifest.json"
NO_BACKUP = Text(
    "{path} 不是 backup 命令做的备份：请指明备份目录",
    "{path} is no backup made by this service: name the backup's folder",
)
TOO_NEW = Text(
    "备份 {path} 由更新版本的程序建立：请升级程序后再用", "The backup {path} was made by a newer version: upgrade first"
)
UNFINISHED_BACKUP = Text(
    "备份 {path} 没有做完：请在原来的机器上再运行一次 backup，它会接着做",
    "The backup {path} was never completed: run backup once more where it was made, it goes on",
)
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a journal went: the length of its complete lines, and the hash of them all."""

    size_bytes: int
    lines: int
    sha256: str

    def fits(self, octets: bytes) -> bool:
        """Whether ``octets`` begin with the journal as it was then."""
        return hashlib.sha256(octets[: self.size_bytes]).hexdigest() == self.sha256


def mark_of(octets: bytes) -> Mark:
    """The mark of a journal's complete lines."""
    return Mark(len(octets), octets.count(b"\n"), hashlib.sha256(octets).hexdigest())


@dataclass(frozen=True, slots=True)
class Manifest:
    """``manifest.json``. Without ``finished_at`` the first backup into this folder never ended."""

    started_at: datetime
    finished_at: datetime | None = None
    journals: Mapping[str, Mark] = field(default_factory=dict)  # by file name
    messages: int = 0
    kept: int = 0
    format: int = FORMAT


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put it into a backup, in place of an earlier one. Raises ArchiveError."""
    text = json.dumps(to_json(Manifest, manifest), ensure_ascii=False, indent=1) + "\n"
    write_durably(folder / MANIFEST, text.encode(), mode=0o640)


def read_manifest(folder: Path) -> Manifest:
    """That of the backup in ``folder``. Raises UsageError where it is none."""
    path = folder / MANIFEST
    try:
        manifest = from_json(Manifest, json.loads(path.read_bytes()))
    except (OSError, ValueError, ValidationError) as error:
        raise UsageError(NO_BACKUP.fill(path=folder)) from error
    if manifest.format > FORMAT:
        raise UsageError(TOO_NEW.fill(path=folder))
    return manifest


def cut_journals(folder: Path, manifest: Manifest) -> Iterator[Path]:
    """The journals of a backup that no longer begin as they did when it was made."""
    for name, mark in manifest.journals.items():
        path = folder / "journal" / name
        octets = path.read_bytes() if path.exists() else b""
        if not mark.fits(octets):
            yield path
