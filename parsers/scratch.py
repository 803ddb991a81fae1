"""Where workers may write: a folder for each, and what is to be cleared away when one of them has died."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


class Scratch:
    """The folder of one pool; each worker makes one in it, named by its process id."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="baosong-"))

    def sweep(self) -> None:
        """Ends what dead workers' programs still do, and removes what they wrote."""
        for folder in self.path.iterdir():
            if not _lives(int(folder.name)):
                clear(folder)

    def remove(self) -> None:
        """The same for all workers, dead or alive."""
        for folder in self.path.iterdir():
            clear(folder)
        shutil.rmtree(self.path, ignore_errors=True)


def own_folder(pool: str) -> Path:
    """Makes the folder of this worker; what it and its programs write for the time being goes there."""
    folder = Path(pool, str(os.getpid()))
    folder.mkdir()
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
    return folder


def clear(folder: Path) -> None:
    """Removes a worker's folder; programs that it started are known by an environment that names it."""
    for process in _programs(folder):
        with suppress(ProcessLookupError):  # it has ended in this very moment
            os.kill(process, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


def _programs(folder: Path) -> Iterator[int]:
    name = os.fsencode(folder)
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # another user's, or it has ended
            if name in environment.read_bytes():
                yield int(environment.parent.name)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
