"""The filed tree, for people with a file manager.

``filed/<campaign>/<category>/<unit>/<总结 or activity>/<MMDD>_<original name>``: hard links to the kept files (copies
where links fail), the body as 正文.html, the mail as 原邮件.eml. Derived: it can be deleted and made again.
"""

from __future__ import annotations

import filecmp
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from sqlmodel import Session, select

from storage.durable import MAX_NAME_BYTES, disk_errors, file_name, make_folder, write_durably
from storage.faults import step
from storage.tables import FiledPathRow, checked


@dataclass(frozen=True, slots=True)
class TreeFile:
    """One file to stand in a submission's folders: linked from ``source``, or written from ``octets``."""

    name: str
    source: Path | None = None
    octets: bytes = b""


class FiledTree:
    """The folders under ``root``, kept in step with submissions."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def place(
        self, session: Session, submission: str, folders: Iterable[Sequence[str]], files: Sequence[TreeFile]
    ) -> None:
        """Put ``files`` into each of ``folders`` (names from the root down), in place of what stood there before."""
        self.remove(session, submission)
        places = [self.root.joinpath(*(file_name(name, 120) for name in names)) for names in folders]
        for folder in dict.fromkeys(places):  # two long names may be one when they are cut
            with disk_errors(folder):
                make_folder(folder)
                for file in files:
                    with step("place file"):
                        relative = self._put(session, folder, file)
                    session.add(checked(FiledPathRow, path=relative, submission=submission))
                    session.flush()

    def remove(self, session: Session, submission: str) -> None:
        """Take a submission's files out of the tree, and folders that are empty then."""
        for row in session.exec(select(FiledPathRow).where(FiledPathRow.submission == submission)).all():
            path = self.root / row.path
            with disk_errors(path), step("take file away"):
                path.unlink(missing_ok=True)
                self._prune(path.parent)
            session.delete(row)
        session.flush()

    def clear(self) -> None:
        """Delete the whole tree; what it links to stays."""
        if self.root.exists():
            with disk_errors(self.root):
                shutil.rmtree(self.root)

    def _put(self, session: Session, folder: Path, file: TreeFile) -> str:
        """Place a file under the first free name: taken by no submission, and on the disk by nothing else.

        The same file without an owner was left by a crash before the transaction's end: it is taken over.
        """
        for path in _names(folder, file):
            relative = str(path.relative_to(self.root))
            if session.get(FiledPathRow, relative) is not None:
                continue
            if not path.exists():
                _write(file, path)
                return relative
            if _holds(file, path):
                return relative
        raise AssertionError("names never run out")

    def _prune(self, folder: Path) -> None:
        while folder != self.root and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent


class NoTree(FiledTree):
    """For who only wants to know where things would stand: nothing is placed, nothing taken away."""

    def place(
        self, session: Session, submission: str, folders: Iterable[Sequence[str]], files: Sequence[TreeFile]
    ) -> None:
        """Nothing."""

    def remove(self, session: Session, submission: str) -> None:
        """Nothing."""

    def clear(self) -> None:
        """Nothing."""


def _names(folder: Path, file: TreeFile) -> Iterator[Path]:
    """The name itself, then with a number behind, so that two files of one name never overwrite each other (R18)."""
    yield folder / file_name(file.name)
    for number in count(2):
        behind = f"_{number}"
        name = file_name(file.name, MAX_NAME_BYTES - len(behind))
        stem, dot, extension = name.rpartition(".")
        yield folder / (f"{stem}{behind}{dot}{extension}" if dot else f"{name}{behind}")


def _write(file: TreeFile, path: Path) -> None:
    if file.source is None:
        write_durably(path, file.octets)
    else:
        _link(file.source, path)


def _holds(file: TreeFile, path: Path) -> bool:
    if not path.is_file():
        return False
    if file.source is None:
        return path.read_bytes() == file.octets
    return filecmp.cmp(file.source, path, shallow=False)


def _link(source: Path, path: Path) -> None:
    try:
        os.link(source, path)
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, path)


def tree_digest(root: Path) -> str:
    """One hash over all names and contents of a tree: equal trees, equal hashes."""
    whole = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.is_file():
            whole.update(str(path.relative_to(root)).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()
