"""One writer at a time on one archive; the next one tidies up after one that was killed."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from records.errors import ArchiveBusy, ArchiveError
from records.words import Text
from storage.durable import disk_errors, make_folder, sweep

BUSY = Text(
    "资料库 {root} 正由另一个命令写入（进程 {pid}）：请等它结束或停止它后再试",
    "Another command (process {pid}) is writing to the archive {root}: wait until it ends or stop it, then try again",
)

UNFINISHED = Text(
    "资料库 {root} 的恢复（restore）没有做完：请再运行一次 restore，它会接着做",
    "The restore of the archive {root} was broken off: run restore once more, it goes on",
)
LOCK = "lock"
RESTORING = "restoring"  # a file that stands in an archive's root until a restore is complete
KEPT, PATIENCE_S = "kept", 3600.0  # commands that only queue a decision write there without the lock

_held: set[int] = set()


def _close_in_child() -> None:
    """A forked worker lets go, or it would hold the lock when its parent was killed."""
    while _held:
        os.close(_held.pop())


os.register_at_fork(after_in_child=_close_in_child)


@contextmanager
def writing(root: Path, *, copying: bool = False) -> Iterator[None]:
    """Hold the archive's lock; the system lets go of it however the process ends. Raises ArchiveBusy at once.

    The file names the holder until it ends well. A name that still stands there is that of one that was killed.
    An archive that is half restored takes nobody but ``copying`` (backup, restore): what its journals do not know yet
    would be done again. Raises ArchiveError.
    """
    path = root / LOCK
    with disk_errors(path):
        make_folder(root)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o640)
    _held.add(handle)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            pid = os.pread(handle, 32, 0).decode(errors="replace").strip() or "?"
            raise ArchiveBusy(BUSY.fill(root=root, pid=pid)) from error
        if (root / RESTORING).exists() and not copying:
            raise ArchiveError(UNFINISHED.fill(root=root))
        _tidy(root, killed=bool(os.fstat(handle).st_size), alone=copying)
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        try:
            yield
        finally:
            if handle in _held:
                os.ftruncate(handle, 0)
    finally:
        if handle in _held:  # a forked child has closed it already
            _held.remove(handle)
            os.close(handle)


def holder(root: Path) -> int | None:
    """The process that holds the archive's lock, None where nobody does."""
    path = root / LOCK
    try:
        pid = int(path.read_text("ascii"))
        os.kill(pid, 0)  # asks first: whoever tries a lock that is free keeps others from it for a moment
    except PermissionError:
        return pid  # somebody else's, hence there
    except (OSError, ValueError):
        return None
    return pid if _is_held(path) else None


def _is_held(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _tidy(root: Path, *, killed: bool, alone: bool) -> None:
    """Take away half-written files. Nobody but the holder writes, save in ``kept``: there a young one may be in use."""
    now = time.time()
    sweep(root / KEPT, now if alone else now - PATIENCE_S)
    if killed:
        for path in (path for path in root.iterdir() if path.name != KEPT):
            sweep(path, now)
