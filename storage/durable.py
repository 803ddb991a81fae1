"""Files that survive a power cut, and file names that survive every file system."""

from __future__ import annotations

import errno
import os
import secrets
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import TypeVar

from records.errors import ArchiveError
from records.words import Text
from storage.faults import step

DISK_FULL = Text(
    "磁盘已满，无法写入 {path}：请清理磁盘空间后重试，已收到的邮件不会丢失",
    "The disk is full, {path} cannot be written: free some space and try again; nothing received is lost",
)
CANNOT_WRITE = Text(
    "无法写入 {path}（{why}）：请检查目录权限和磁盘后重试",
    "Cannot write {path} ({why}): check the folder's permissions and the disk, then try again",
)
CANNOT_READ = Text(
    "无法读取 {path}（{why}）：请检查目录权限和磁盘后重试",
    "Cannot read {path} ({why}): check the folder's permissions and the disk, then try again",
)
_TOGETHER = 200  # files open at a time: a process may have 1,024
_SYNCS_AT_ONCE = 4
Item = TypeVar("Item")
MAX_NAME_BYTES = 200  # of 255: room for a date before and a suffix behind
TEMPORARY = ".tmp-"  # begins the name of a file that is being written
RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in "123456789¹²³")})


@contextmanager
def disk_errors(path: Path, reading: bool = False) -> Iterator[None]:
    """Turn what the disk says into an ArchiveError that tells a person what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ArchiveError(DISK_FULL.fill(path=path)) from error
        text = CANNOT_READ if reading else CANNOT_WRITE
        raise ArchiveError(text.fill(path=path, why=error.strerror or error)) from error


def make_folder(folder: Path) -> Path:
    """Create a folder and its parents, each durable in its own parent; returns it."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=0o750, exist_ok=True)
        sync_folder(folder.parent)
    return folder


def sync_folder(folder: Path) -> None:
    """Make renames and new names in ``folder`` durable."""
    _sync(folder, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_durably(path: Path, octets: bytes, mode: int = 0o444) -> None:
    """Write a whole file so that after a crash it is there complete or not at all. Raises ArchiveError."""
    write_all_durably({path: octets}, mode)


def write_all_durably(files: Mapping[Path, bytes], mode: int = 0o444) -> None:
    """Write whole files, each of which is there complete or not at all after a crash; all are durable on return.

    Temporary files in the same folders, fsync, rename, fsync of each folder once: a disk commits many files in
    little more time than one. Raises ArchiveError; then some may be there already, which a repeat does not mind.
    """
    folders = {path.parent for path in files}
    for folder in folders:
        with disk_errors(folder):
            make_folder(folder)
    for together in _batched(files.items(), _TOGETHER):
        _write_together(together, mode)
    for folder in folders:
        with disk_errors(folder), step("sync folder"):
            sync_folder(folder)


class _Temporary:
    """A file that is being written beside its place; closed and named, or taken away again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lies = path.with_name(f"{TEMPORARY}{secrets.token_hex(8)}")
        self._handle = os.open(self._lies, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)

    def write(self, octets: bytes, mode: int) -> None:
        """Fill the file; the disk begins at once, and the whole group is under way when the first fsync waits."""
        rest = memoryview(octets)
        while rest:
            rest = rest[os.write(self._handle, rest) :]
        os.fchmod(self._handle, mode)
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(self._handle, 0, 0, os.POSIX_FADV_DONTNEED)

    def sync(self) -> None:
        """Make the octets durable."""
        with disk_errors(self.path):
            os.fsync(self._handle)

    def show(self) -> None:
        """Give the file its name."""
        self._close()
        self._lies.replace(self.path)

    def remove(self) -> None:
        """Leave nothing behind; what has its name already stays."""
        self._close()
        self._lies.unlink(missing_ok=True)

    def _close(self) -> None:
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)


def _write_together(files: Iterable[tuple[Path, bytes]], mode: int) -> None:
    """Octets of all, fsync of all, then the names."""
    begun: list[_Temporary] = []
    try:
        for path, octets in files:
            with disk_errors(path):
                begun.append(_Temporary(path))
                with step("write file"):
                    begun[-1].write(octets, mode)
        with step("sync file"):
            _sync_all(begun)
        for file in begun:
            with disk_errors(file.path), step("rename file"):
                file.show()
    except BaseException:
        for file in begun:
            file.remove()
        raise


def _sync_all(files: Sequence[_Temporary]) -> None:
    """One waits for the disk no longer than another: several fsyncs at a time share a commit of its journal."""
    shares = [files[n::_SYNCS_AT_ONCE] for n in range(min(_SYNCS_AT_ONCE, len(files)))]
    if len(shares) == 1:
        _sync_each(shares[0])
        return
    with ThreadPoolExecutor(len(shares)) as pool:
        for _ in pool.map(_sync_each, shares):
            pass


def _sync_each(files: Iterable[_Temporary]) -> None:
    for file in files:
        file.sync()


def _batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def sweep(folder: Path, before: float) -> None:
    """Delete what writes that never ended left at or below ``folder``, last changed before then (s since 1970)."""
    leftovers = [folder] if folder.name.startswith(TEMPORARY) else folder.rglob(f"{TEMPORARY}*")
    for path in leftovers:
        with disk_errors(path), suppress(FileNotFoundError):  # it was no leftover: its write has just ended
            if path.stat().st_mtime < before:
                path.unlink()


def move_durably(source: Path, target: Path, mode: int = 0o444) -> None:
    """Give a finished file of the same file system its place, durable on return: fsync, rename, fsync of the folder.

    Raises ArchiveError; then it lies where it lay.
    """
    with disk_errors(target):
        source.chmod(mode)
        _sync(source, os.O_RDONLY)
        make_folder(target.parent)
        source.replace(target)
        sync_folder(target.parent)


def file_name(name: str, limit_bytes: int = MAX_NAME_BYTES) -> str:
    """A name that any file system takes, as near to ``name`` as possible (R18).

    NFC; no control, format (bidi) or reserved characters, no separators; not "." or ".."; at most ``limit_bytes``
    octets of UTF-8, the extension kept.
    """
    clean = unicodedata.normalize("NFC", "".join(map(_harmless, name)))
    clean = " ".join(clean.split()).strip(". ")
    stem, dot, extension = clean.rpartition(".")
    if not dot or len(extension.encode()) > 16:
        stem, dot, extension = clean, "", ""
    stem = _cut(stem, limit_bytes - len((dot + extension).encode())).strip(". ") or "未命名"
    if stem.split(".")[0].lower() in RESERVED:
        stem = f"_{stem}"
    return f"{stem}{dot}{extension}"


def _harmless(char: str) -> str:
    if char in '<>:"/\\|?*':
        return "_"
    category = unicodedata.category(char)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    return "" if category in ("Cf", "Cs", "Co", "Cn") else char


def _cut(text: str, limit_bytes: int) -> str:
    return text.encode()[: max(limit_bytes, 1)].decode(errors="ignore")
