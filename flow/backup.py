"""Backups while the service runs, and what brings an archive back from one (docs/decisions/backup.md).

What cannot be had again is copied: journals, the messages and kept files that they name, configuration without secrets.
Journals are looked at first and copied last, so that at every moment the backup holds whatever its journals name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config import Settings
from flow.campaigns import load_contexts
from flow.manifest import (
    MANIFEST,
    UNFINISHED_BACKUP,
    Manifest,
    cut_journals,
    mark_of,
    read_manifest,
    write_manifest,
)
from flow.verify import BROKEN, SHORT, kept_files
from records.edges import Clock
from records.errors import ArchiveError, UsageError
from records.words import Text
from storage.archive import journals
from storage.durable import TEMPORARY, disk_errors, sync_folder, write_all_durably, write_durably
from storage.faults import step
from storage.holdings import Held, held_files, held_messages
from storage.lock import LOCK, RESTORING, writing

Progress = Callable[[str, int], None]
GROUP_COUNT, GROUP_BYTES = 50, 8 * 1024 * 1024
CONFIGURATION = "config"
NO_ARCHIVE = Text(
    "{root} 里没有资料库：请检查 config.toml 的 [archive] root",
    "There is no archive in {root}: check root under [archive] in config.toml",
)
INSIDE = Text(
    "备份目录 {target} 与资料库 {root} 互相包含：请选另一个目录，最好在另一块磁盘上",
    "The folder {target} and the archive {root} lie within each other: choose another one, best on another disk",
)
NOT_EMPTY = Text(
    "目录 {target} 不是空的，也不是以前的备份：请选一个空目录，或原来的备份目录",
    "The folder {target} is neither empty nor an earlier backup: choose an empty one, or that of the last backup",
)
OTHER = Text(
    "备份 {target} 里的日志 {name} 与资料库里的不是同一份：请备份到另一个空目录，并对两边各运行一次 verify",
    "The journal {name} in the backup {target} is not the beginning of the archive's: back up into another, empty "
    "folder, and run verify on both",
)
INCOMPLETE = Text(
    "{count} 个文件损坏或不在了，没能备份（第一个 {first}），其余都已备份：请运行 verify 查看",
    "{count} files are damaged or gone and could not be copied (the first is {first}), all others were: run verify",
)
OCCUPIED = Text(
    "{root} 里已经有东西，不能恢复到这里：请先把它移走或改名，或在 config.toml 里另指定一个目录",
    "{root} is not empty, so nothing is restored into it: move it away first, or name another root in config.toml",
)


@dataclass(frozen=True, slots=True)
class Copied:
    """What one backup or restore did."""

    new: int  # files copied now
    messages: int  # in all
    kept: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The journals at one moment: their complete lines, and the hashes of the files that they name."""

    octets: dict[str, bytes]  # by file name; what may name something of another comes before it
    messages: frozenset[str]
    kept: frozenset[str]


def back_up(settings: Settings, target: Path, clock: Clock, progress: Progress = lambda what, count: None) -> Copied:
    """Bring the backup in ``target`` up to date; only what is new is copied, and all is durable when this returns.

    Raises UsageError where the folder cannot be one, ArchiveError where something could not be copied.
    """
    root = settings.root
    _check_target(root, target)
    with writing(target, copying=True):
        started_at = clock()
        if not (target / MANIFEST).exists():
            write_manifest(target, Manifest(started_at))  # from here on the folder is known as an unfinished backup
        snapshot = _snapshot(root)
        _check_same(target, snapshot)
        copying = _Copying(root, target, progress)
        gone = copying.all(snapshot)
        for name, octets in snapshot.octets.items():
            _write_journal(target, name, octets)
        _finish(target, started_at, clock(), snapshot)
        _copy_configuration(settings, target / CONFIGURATION)
    if gone:
        raise ArchiveError(INCOMPLETE.fill(count=len(gone), first=gone[0]))
    return Copied(copying.new, len(snapshot.messages), len(snapshot.kept))


def check_restorable(settings: Settings, source: Path) -> None:
    """That ``source`` is a whole backup and the archive's root is free. Raises UsageError, ArchiveError."""
    manifest = read_manifest(source)
    if manifest.finished_at is None:
        raise ArchiveError(UNFINISHED_BACKUP.fill(path=source))
    for path in cut_journals(source, manifest):
        raise ArchiveError(SHORT.fill(path=path, moment=f"{manifest.finished_at:%Y-%m-%d %H:%M}"))
    _snapshot(source)
    _, decisions, _ = journals(source)
    load_contexts(settings, tuple(decisions.read()))
    root = settings.root
    there = _names_in(root)
    if there and RESTORING not in there:
        raise UsageError(OCCUPIED.fill(root=root))


def restore(root: Path, source: Path, progress: Progress = lambda what, count: None) -> Copied:
    """Copy a backup into the archive's root, whose lock the caller holds; goes on with one that was broken off.

    Journals first: what they say was done is not done again, whatever happens then. Raises ArchiveError where
    something in the backup is damaged or gone; all else is there then.
    """
    snapshot = _snapshot(source)
    write_durably(root / RESTORING, b"", mode=0o640)
    for name, octets in snapshot.octets.items():
        _write_journal(root, name, octets)
    copying = _Copying(source, root, progress)
    gone = copying.all(snapshot)
    with disk_errors(root):
        (root / RESTORING).unlink()
        sync_folder(root)
    if gone:
        raise ArchiveError(INCOMPLETE.fill(count=len(gone), first=gone[0]))
    return Copied(copying.new, len(snapshot.messages), len(snapshot.kept))


@dataclass(slots=True)
class _Copying:
    """Files on their way from one root to another; what is there already stays."""

    source: Path
    target: Path
    progress: Progress
    new: int = 0

    def all(self, snapshot: Snapshot) -> list[Path]:
        """Copy the files that a snapshot names; returns those that could not be, because they are damaged or gone."""
        messages, kept = list(held_messages(self.source)), list(held_files(self.source / "kept"))
        wanted = [item for item in messages if item.sha256 in snapshot.messages]
        wanted += [item for item in kept if item.sha256 in snapshot.kept]
        there = {item.sha256 for item in wanted} | self._already()
        gone = [Path(sha256) for sha256 in sorted((snapshot.messages | snapshot.kept) - there)]
        new = [item for item in wanted if not self._place(item).exists()]
        return gone + [damaged for group in _groups(new) for damaged in self._copy(group)]

    def _already(self) -> set[str]:
        """What an earlier backup saved before the archive lost it."""
        return {item.sha256 for item in (*held_messages(self.target), *held_files(self.target / "kept"))}

    def _place(self, item: Held) -> Path:
        return self.target / item.path.relative_to(self.source)

    def _copy(self, group: Iterable[Held]) -> Iterator[Path]:
        """One group, made durable together; gives back what is damaged."""
        whole: dict[Path, bytes] = {}
        for item in group:
            octets = item.octets()
            if octets is None:
                yield item.path
            else:
                whole[self._place(item)] = octets
        with step("copy files"):
            write_all_durably(whole)
        self.new += len(whole)
        self.progress("copied", len(whole))


def _groups(items: Iterable[Held]) -> Iterator[list[Held]]:
    group: list[Held] = []
    size = 0
    for item in items:
        group.append(item)
        size += item.path.stat().st_size
        if len(group) >= GROUP_COUNT or size >= GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def _snapshot(root: Path) -> Snapshot:
    """The journals as they stand, what names others' things first. Raises ArchiveError where one is damaged."""
    arrivals, decisions, sent = journals(root)
    left, decided, arrived = sent.inspect(), decisions.inspect(), arrivals.inspect()
    for journal, read in ((sent, left), (decisions, decided), (arrivals, arrived)):
        if read.broken:
            raise ArchiveError(BROKEN.fill(path=journal.path, lines=read.broken[0]))
    return Snapshot(
        {sent.path.name: left.octets, decisions.path.name: decided.octets, arrivals.path.name: arrived.octets},
        frozenset(item.sha256 for item in arrived.entries if not item.too_large),
        kept_files(item.action for item in decided.entries),
    )


def _check_target(root: Path, target: Path) -> None:
    if not root.is_dir():
        raise UsageError(NO_ARCHIVE.fill(root=root))
    inner, outer = target.resolve(), root.resolve()
    if inner.is_relative_to(outer) or outer.is_relative_to(inner):
        raise UsageError(INSIDE.fill(target=target, root=root))
    there = _names_in(target)
    if there and MANIFEST not in there:
        raise UsageError(NOT_EMPTY.fill(target=target))


def _names_in(folder: Path) -> set[str]:
    """What lies in a folder, without what an attempt that was killed at once leaves."""
    with disk_errors(folder, reading=True):
        names = {path.name for path in folder.iterdir()} if folder.exists() else set()
    return {name for name in names - {LOCK} if not name.startswith(TEMPORARY)}


def _check_same(target: Path, snapshot: Snapshot) -> None:
    """Journals only grow: one that does not go on from the backup's is another, or was changed."""
    for name, octets in snapshot.octets.items():
        path = target / "journal" / name
        with disk_errors(path, reading=True):
            earlier = path.read_bytes() if path.exists() else b""
        if not octets.startswith(earlier):
            raise ArchiveError(OTHER.fill(target=target, name=name))


def _write_journal(root: Path, name: str, octets: bytes) -> None:
    path = root / "journal" / name
    if octets and (not path.exists() or path.read_bytes() != octets):
        with step("copy journal"):
            write_durably(path, octets, mode=0o640)


def _copy_configuration(settings: Settings, folder: Path) -> None:
    """config.toml, campaign files and rosters as they are now; never what stands under ``password_file``."""
    home = settings.source.resolve().parent
    named = [name for table in settings.campaign for name in (table.file, table.roster)]
    for path in [settings.source, *map(settings.path, named)]:
        with disk_errors(path, reading=True):
            octets, place = path.read_bytes(), folder / _place(path.resolve(), home)
        if not place.exists() or place.read_bytes() != octets:
            write_durably(place, octets, mode=0o640)


def _place(path: Path, home: Path) -> Path:
    """Where a file of the configuration lies in the backup: as beside config.toml; from elsewhere below ``other``."""
    return path.relative_to(home) if path.is_relative_to(home) else Path("other", *path.parts[1:])


def _finish(target: Path, started_at: datetime, finished_at: datetime, snapshot: Snapshot) -> None:
    marks = {name: mark_of(octets) for name, octets in snapshot.octets.items()}
    manifest = Manifest(started_at, finished_at, marks, len(snapshot.messages), len(snapshot.kept))
    with step("note backup"):
        write_manifest(target, manifest)
