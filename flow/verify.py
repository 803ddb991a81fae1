"""Whether everything that was kept is there, whole: files re-hashed, journals' chains followed, one against the other.

Reads only, so it works beside a running service: tables are read first, journals next, files last, the other way round
from writing. So whatever is named by what was read before must be found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flow.manifest import MANIFEST, UNFINISHED_BACKUP, cut_journals, read_manifest
from records.decisions import Action, Decision, Record, Version
from records.errors import ArchiveError, UsageError
from records.journals import Arrival, Sent
from records.words import Text
from storage.archive import journals
from storage.database import Database
from storage.holdings import Held, Known, held_files, held_messages, known
from storage.journal import Inspection, Journal
from storage.lock import RESTORING, UNFINISHED

CHANGED = Text(
    "{path} 的内容与文件名（sha256）不符：文件已损坏或被截断，请从备份恢复这个文件",
    "{path} does not hold what its name (sha256) says: it is damaged or cut short; restore this file from a backup",
)
MISSING = Text(
    "{path} 不在了，而日志里有它：请从备份恢复这个文件",
    "{path} is gone, and a journal names it: restore it from a backup",
)
DERIVED_CHANGED = Text(
    "{path} 的内容与文件名（sha256）不符：这个文件可以重建，请删除它，再运行 rebuild",
    "{path} does not hold what its name (sha256) says: it can be made again; delete it, then run rebuild",
)
DERIVED_MISSING = Text(
    "{path} 不在了：这个文件可以重建，请运行 rebuild", "{path} is gone: it can be made again; run rebuild"
)
BROKEN = Text(
    "日志 {path} 第 {lines} 行与校验不符：有行被改动、删除或移动，请从备份恢复这个日志",
    "Journal {path}, line {lines}: it does not match its checksums, a line was changed, removed or moved; "
    "restore the journal from a backup",
)
CUT = Text(
    "日志 {path} 末尾缺少 {count} 行（第一项 {first}）：请从备份恢复这个日志",
    "Journal {path} lacks {count} lines at its end (the first is {first}): restore the journal from a backup",
)
SHORT = Text(
    "日志 {path} 与 {moment} 备份时不一样，或缺少末尾几行：请换用另一份备份，或重新备份到新的目录",
    "Journal {path} is not as it was backed up at {moment}, or lacks lines at its end: use another backup, "
    "or make a new one in an empty folder",
)
TORN = Text(
    "日志 {path} 末尾有一行没写完：是中断留下的，不是损坏；下次写入时自动处理",
    "Journal {path} ends in an unfinished line: a crash left it, nothing is damaged; the next writer sets it aside",
)
NO_ARRIVAL = Text(
    "{path} 没有收件记录：正在收取，或是中断留下的，无害；邮箱里的这封信会再收一次",
    "{path} stands in no journal: it is being taken, or a crash left it; harmless, the message is taken again",
)
NO_DECISION = Text(
    "{path} 没有决定提到它：是中断留下的，无害", "{path} is named by no decision: a crash left it; harmless"
)
MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be; what a crash leaves is no damage."""

    text: Text
    is_damage: bool = True


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at, and what was found."""

    messages: int
    kept: int
    files: int
    lines: int
    findings: tuple[Finding, ...]

    @property
    def damages(self) -> int:
        """How many findings need somebody to do something."""
        return sum(item.is_damage for item in self.findings)


@dataclass(frozen=True, slots=True)
class Read:
    """The journals as they stood."""

    arrivals: Inspection[Arrival]
    decisions: Inspection[Decision]
    sent: Inspection[Sent]


def verify(root: Path, progress: Callable[[str, int], None] = lambda what, count: None) -> Verified:
    """Verify the archive, or the backup, under ``root``. Raises ArchiveError where the disk cannot be read."""
    findings = list(_unfinished(root))
    tables, broken = _tables(root)
    findings += broken
    arrivals, decisions, sent = journals(root)
    read = Read(arrivals.inspect(), decisions.inspect(), sent.inspect())
    findings += [*_chain(arrivals, read.arrivals), *_chain(decisions, read.decisions), *_chain(sent, read.sent)]
    findings += _ends(root, read, tables)
    findings += _manifest(root)
    messages, kept, files = list(held_messages(root)), list(held_files(root / "kept")), list(held_files(root / "files"))
    findings += _messages(root, read.arrivals.entries, messages)
    findings += _kept(root, read.decisions.entries, kept)
    findings += _derived(root, tables, files)
    findings += _hashed([*messages, *kept], CHANGED, progress)
    findings += _hashed(files, DERIVED_CHANGED, progress)
    lines = read.arrivals.lines + read.decisions.lines + read.sent.lines
    return Verified(len(messages), len(kept), len(files), lines, tuple(findings))


def kept_files(actions: Iterable[Action]) -> frozenset[str]:
    """Hashes of the files in ``kept`` that decisions name."""
    named: set[str] = set()
    for action in actions:
        if isinstance(action, Version):
            named.add(action.sha256)
        elif isinstance(action, Record) and action.file_sha256 is not None:
            named.add(action.file_sha256)
    return frozenset(named)


def _unfinished(root: Path) -> Iterator[Finding]:
    if (root / RESTORING).exists():
        yield Finding(UNFINISHED.fill(root=root))


def _manifest(root: Path) -> Iterator[Finding]:
    """Of a backup: whether it was completed, and whether its journals still begin as they did then."""
    if not (root / MANIFEST).exists():
        return
    try:
        manifest = read_manifest(root)
    except UsageError as error:
        yield Finding(error.text)
        return
    if manifest.finished_at is None:
        yield Finding(UNFINISHED_BACKUP.fill(path=root))
    for path in cut_journals(root, manifest):
        yield Finding(SHORT.fill(path=path, moment=f"{manifest.finished_at:%Y-%m-%d %H:%M}"))


def _tables(root: Path) -> tuple[Known, list[Finding]]:
    """What the tables know; a database that is not there, as in a backup, knows nothing and is no damage."""
    path = root / "baosong.db"
    if not path.exists():
        return Known(), []
    try:
        database = Database(path)
        try:
            with database.session() as session:
                return known(session), []
        finally:
            database.close()
    except ArchiveError as error:
        return Known(), [Finding(error.text)]


def _chain(journal: Journal[Any], read: Inspection[Any]) -> Iterator[Finding]:
    if read.broken:
        lines = "、".join(map(str, read.broken[:MOST_LINES])) + ("…" if len(read.broken) > MOST_LINES else "")
        yield Finding(BROKEN.fill(path=journal.path, lines=lines))
    if read.is_torn:
        yield Finding(TORN.fill(path=journal.path), is_damage=False)


def _ends(root: Path, read: Read, tables: Known) -> Iterator[Finding]:
    """No line vouches for the last ones; the tables do. Lines that cannot be read are told already."""
    arrivals, decisions, sent = journals(root)
    for journal, told, known_ones in (
        (arrivals, read.arrivals.broken, tables.messages - {item.sha256 for item in read.arrivals.entries}),
        (decisions, read.decisions.broken, tables.decisions - {item.id for item in read.decisions.entries}),
        (sent, read.sent.broken, tables.sent - {item.key for item in read.sent.entries}),
    ):
        if known_ones and not told:
            yield Finding(CUT.fill(path=journal.path, count=len(known_ones), first=min(known_ones)))


def _messages(root: Path, arrivals: Iterable[Arrival], held: Iterable[Held]) -> Iterator[Finding]:
    there = {item.sha256: item.path for item in held}
    named = {item.sha256: item for item in arrivals if not item.too_large}
    for sha256 in sorted(named.keys() - there.keys()):
        place = root / "raw" / f"{named[sha256].received_at:%Y/%m}" / f"{sha256}.eml"
        yield Finding(MISSING.fill(path=place))
    for sha256 in sorted(there.keys() - named.keys()):
        yield Finding(NO_ARRIVAL.fill(path=there[sha256]), is_damage=False)


def _kept(root: Path, decisions: Iterable[Decision], held: Iterable[Held]) -> Iterator[Finding]:
    there = {item.sha256: item.path for item in held}
    named = kept_files(item.action for item in decisions)
    for sha256 in sorted(named - there.keys()):
        yield Finding(MISSING.fill(path=root / "kept" / sha256[:2] / sha256))
    for sha256 in sorted(there.keys() - named):
        yield Finding(NO_DECISION.fill(path=there[sha256]), is_damage=False)


def _derived(root: Path, tables: Known, held: Iterable[Held]) -> Iterator[Finding]:
    for sha256 in sorted(tables.files - {item.sha256 for item in held}):
        yield Finding(DERIVED_MISSING.fill(path=root / "files" / sha256[:2] / sha256))


def _hashed(held: Iterable[Held], text: Text, progress: Callable[[str, int], None]) -> Iterator[Finding]:
    for item in held:
        try:
            is_whole = item.is_whole()
        except ArchiveError as error:
            yield Finding(error.text)
        else:
            if not is_whole:
                yield Finding(text.fill(path=item.path))
        progress("verified", 1)
