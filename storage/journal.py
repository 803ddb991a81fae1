"""Append-only journals: JSON lines, fsynced, each chained to the one before by hash.

A line is ``{"n": 1, "prev": "<sha256 of the line before>", "sum": "<sha256 of the entry>", "entry": {…}}``; ``prev`` of
the first is 64 zeros. ``prev`` tells of lines changed, lost or moved; ``sum`` of a change in the last line too, for
which no later one vouches. A line torn by a crash was never acknowledged: it is set aside in ``<name>.torn`` and the
journal goes on.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from records.errors import ArchiveError
from records.words import Text
from storage.durable import disk_errors, make_folder, sync_folder
from storage.faults import step

Entry = TypeVar("Entry")
ZERO = "0" * 64
BROKEN = Text(
    "日志 {path} 第 {line} 行校验不符或无法读取：文件被改动过，请从备份恢复后再运行",
    "Journal {path}, line {line} does not match its checksums or cannot be read: the file was changed; "
    "restore it from a backup before you go on",
)


@dataclass(frozen=True, slots=True)
class Inspection(Generic[Entry]):
    """What a journal holds, whatever happened to it."""

    octets: bytes  # of its complete lines
    entries: tuple[Entry, ...]  # of the lines that can be read
    broken: tuple[int, ...]  # lines, from 1, that do not match their checksum or do not follow from the line before
    lines: int = 0
    is_torn: bool = False  # a crash left an unfinished line at the end, which the next writer sets aside


class Journal(Generic[Entry]):
    """One journal of entries of one type; safe against concurrent appenders on the same machine."""

    def __init__(self, path: Path, entry_type: type[Entry]) -> None:
        self.path = path
        self._adapter = TypeAdapter(entry_type)
        self._tail: tuple[int, int, str] | None = None  # file size, lines, hash of the last line

    def append(self, *entries: Entry) -> None:
        """Write entries, one line each, durable when this returns. Raises ArchiveError."""
        self.extend(lambda _: entries)

    def extend(self, make: Callable[[int], Sequence[Entry]]) -> Sequence[Entry]:
        """Write what ``make`` gives for the number of lines so far; nobody else writes meanwhile."""
        with disk_errors(self.path), self._locked() as handle:
            size, count, last = self._repaired_tail(handle)
            entries = make(count)
            lines = bytearray()
            for entry in entries:
                count += 1
                line = self._line(count, last, entry)
                last = hashlib.sha256(line).hexdigest()
                lines += line + b"\n"
            if lines:
                self._write(handle, size, bytes(lines))
            self._tail = (size + len(lines), count, last)
        return entries

    def read(self) -> Iterator[Entry]:
        """All entries, oldest first, the chain checked. Raises ArchiveError where it is broken."""
        last = ZERO
        for number, line in enumerate(self._complete_lines(), 1):
            try:
                row = json.loads(line)
                if (row["n"], row["prev"], row["sum"]) != (number, last, _sum(row["entry"])):
                    raise ValueError("chain")
                entry = self._adapter.validate_python(row["entry"])
            except (ValueError, KeyError, TypeError) as error:
                raise ArchiveError(BROKEN.fill(path=self.path, line=number)) from error
            last = hashlib.sha256(line).hexdigest()
            yield entry

    def inspect(self) -> Inspection[Entry]:
        """The journal as it stands, damage told instead of raised; nobody writes while it is read. Raises ArchiveError
        where it cannot be read at all.
        """
        with disk_errors(self.path, reading=True):
            content = self._content()
        end = content.rfind(b"\n") + 1
        entries, broken = [], []
        expected, last = 1, ZERO
        lines = content[:end].split(b"\n")[:-1]
        for number, line in enumerate(lines, 1):
            found, fits, entry = self._judged(line, expected, last)
            if entry is not None:
                entries.append(entry)
            if not fits:
                broken.append(number)
            expected, last = found + 1, hashlib.sha256(line).hexdigest()
        return Inspection(content[:end], tuple(entries), tuple(broken), len(lines), end != len(content))

    @property
    def size_bytes(self) -> int:
        """Length of the file: grows with each entry, so tells cheaply whether there is something new."""
        return self.path.stat().st_size if self.path.exists() else 0

    def _content(self) -> bytes:
        if not self.path.exists():
            return b""
        with self.path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH)  # a line that is being written is no torn one
            return file.read()

    def _judged(self, line: bytes, expected: int, last: str) -> tuple[int, bool, Entry | None]:
        """The line's own number, whether it follows from the line before and matches its checksum, its entry."""
        try:
            row = json.loads(line)
            fits = (row["n"], row["prev"], row["sum"]) == (expected, last, _sum(row["entry"]))
            return int(row["n"]), fits, self._adapter.validate_python(row["entry"])
        except (ValueError, KeyError, TypeError):
            return expected, False, None

    def _line(self, number: int, previous: str, entry: Entry) -> bytes:
        text = _json(self._adapter.dump_python(entry, mode="json"))  # once, for its sum and for the line
        head = _json({"n": number, "prev": previous, "sum": hashlib.sha256(text).hexdigest()})
        return head[:-1] + b',"entry":' + text + b"}"

    def _write(self, handle: int, size: int, lines: bytes) -> None:
        try:
            rest = lines
            with step("write lines"):
                while rest:  # a disk that fills up writes a part, then refuses
                    rest = rest[os.write(handle, rest) :]
            with step("sync lines"):
                os.fsync(handle)
        except OSError:
            os.ftruncate(handle, size)
            raise

    @contextmanager
    def _locked(self) -> Iterator[int]:
        make_folder(self.path.parent)
        handle = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o640)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if not os.fstat(handle).st_size:  # whoever writes the first line makes the file's name durable
                sync_folder(self.path.parent)
            yield handle
        finally:
            os.close(handle)

    def _repaired_tail(self, handle: int) -> tuple[int, int, str]:
        """Size, number of lines and last hash of the journal, a torn last line set aside first."""
        size = os.fstat(handle).st_size
        if self._tail and self._tail[0] == size:
            return self._tail
        content = self.path.read_bytes()
        end = content.rfind(b"\n") + 1
        if end != len(content):
            with self.path.with_name(f"{self.path.name}.torn").open("ab") as torn:
                torn.write(content[end:] + b"\n")
            os.ftruncate(handle, end)
            os.fsync(handle)
        lines = content[:end].splitlines()
        last = hashlib.sha256(lines[-1]).hexdigest() if lines else ZERO
        return end, len(lines), last

    def _complete_lines(self) -> Iterator[bytes]:
        if not self.path.exists():
            return
        with disk_errors(self.path, reading=True), self.path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):  # torn, or being written: what follows would not be a line
                    return
                yield line[:-1]


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def _sum(entry: object) -> str:
    return hashlib.sha256(_json(entry)).hexdigest()
