"""Archived messages are read, filed and stored, one transaction each; what fails goes to a person, never away."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic
from typing import Protocol

from sqlmodel import Session

from filing.alike import prints_of
from flow.ahead import IN_FLIGHT, Ahead, Waiting
from flow.judging import Judging, judging
from flow.learning import forget_learnt, learn_if_due
from flow.linked import with_saved
from flow.office import Office
from flow.settle import settle
from intake.message import read_header
from parsers.ocr_cache import keys_of
from parsers.reader import UnreadMessage
from records.errors import BaosongError, MissingFile
from records.extracts import Extract
from records.filings import Filing
from records.mail import Message, Part
from records.secrecy import CLASSIFIED
from records.words import Text
from storage import messages
from storage.faults import step
from storage.likeness import forget_likeness, store_likeness
from storage.tables import MessageRow

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 20  # a power cut or kill leaves its count with whatever was in hand; so few is no proof
BROKE = Text(
    "服务处理这封邮件时出错（{why}），原件已保存：请人工查看，并把日志交给管理员",
    "The service failed on this message ({why}); the original is kept: look at it, give the log to the administrator",
)
TOO_MUCH = Text(
    "这封邮件本身无法拆开读取（{why}）：原件已保存，请人工查看",
    "this message itself could not be taken apart ({why}); the original is kept: look at it",
)


class Reader(Protocol):
    """What reads parts (parsers.reader.PartReader)."""

    def read(self, parts: Sequence[Part]) -> tuple[Extract, ...]:
        """One extract a part, in order; never raises for content."""
        ...

    def message(self, raw: bytes) -> Message:
        """A raw message taken apart; raises UnreadMessage where that cannot be done in bounds."""
        ...

    def rest(self) -> None:
        """Let go of memory until it is needed again."""
        ...


@dataclass(frozen=True, slots=True)
class Read:
    """A message with what came out of its parts, or why it could not be read."""

    id: str
    message: Message | None
    extracts: tuple[Extract, ...] = ()
    failure: Exception | None = None
    seconds: float = 0.0


def process_pending(
    office: Office,
    reader: Reader,
    progress: Callable[[str, int], None] = lambda *_: None,
    *,
    at_most: int | None = None,
) -> int:
    """Read, file and store archived messages, all or the first ``at_most``; returns how many. Raises ArchiveError.

    While slow ones of them are read, what is archived meanwhile is filed too; ``progress`` is called then with 0.

    A message at which the service itself died again and again is no longer tried: a person decides.
    """
    with office.archive.database.session() as session:
        rows = messages.pending(session)[:at_most]
        desk = judging(session, office)
    hopeless = {row.id for row in rows if row.attempts >= MAX_ATTEMPTS}
    for id_ in hopeless:
        _store_failure(office, id_, "crash", "crashed")
    counted = {row.id: row.attempts for row in rows if row.id not in hopeless}
    ahead = Ahead(
        partial(read_one, office, reader),
        partial(_note_attempt, office),
        partial(_newly_pending, office, counted),
        partial(progress, "filed", 0),
    )
    progress("waiting", len(counted))
    try:
        for read in ahead.run([_waiting(row) for row in rows if row.id in counted]):
            _file(desk, read)
            progress("filed", 1)
            progress("pages", sum(len(one.pages) for extract in read.extracts for one in extract.walk()))
    except (BaosongError, OSError):
        _forgive(office, counted)
        raise
    learn_if_due(office)
    return len(counted) + len(hopeless)


def read_one(office: Office, reader: Reader, id_: str) -> Read:
    """Read one archived message. The one broad except of the message loop is here and in :func:`_file`."""
    started = monotonic()
    try:
        raw = office.archive.raw.find(id_).read_bytes()
        try:
            message = with_saved(reader.message(raw), office.standing.links.get(id_, {}), office.archive.kept)
        except UnreadMessage as error:  # what its header tells is there all the same
            return Read(id_, replace(read_header(raw), raw_sha256=id_), failure=error)
        return Read(id_, message, reader.read(message.parts), seconds=monotonic() - started)
    except MissingFile as error:
        return Read(id_, None, failure=error)  # its octets are gone: all others can be filed
    except (BaosongError, OSError):
        raise  # the archive's disk: nothing is wrong with the message, it is tried again
    except Exception as error:
        log.exception("message could not be read sha256=%s", id_)
        return Read(id_, None, failure=error)


def _waiting(row: MessageRow) -> Waiting:
    return Waiting(row.id, row.received_at, row.size_bytes, row.attempts)


def _newly_pending(office: Office, counted: dict[str, int]) -> list[Waiting]:
    """Some of what was archived since the reading began; its attempts are noted in ``counted``."""
    with office.archive.database.session() as session:
        rows = [row for row in messages.pending(session, len(counted) + IN_FLIGHT) if row.id not in counted]
    rows = [row for row in rows if row.attempts < MAX_ATTEMPTS]
    counted.update((row.id, row.attempts) for row in rows)
    return [_waiting(row) for row in rows]


def _note_attempt(office: Office, id_: str) -> None:
    with step("count attempt"), office.archive.database.session() as session:
        row = session.get_one(MessageRow, id_)
        row.attempts += 1
        session.add(row)


def _forgive(office: Office, counted: Mapping[str, int]) -> None:
    """The archive's disk failed, no message did: their attempts count as before (R9)."""
    with office.archive.database.session() as session:
        for row in messages.pending(session):
            row.attempts = counted.get(row.id, row.attempts)
            session.add(row)


def _file(desk: Judging, read: Read) -> None:
    """Decide about a message and store everything in one transaction."""
    office = desk.office
    if read.message is None:
        gone = isinstance(read.failure, MissingFile)
        _store_failure(office, read.id, type(read.failure).__name__, "raw_missing" if gone else "service_error")
        return
    try:
        found = _decide(desk, read)
        if found.reason == CLASSIFIED:
            for key in keys_of(read.extracts):
                office.archive.cache.forget(key)
        else:
            _keep_files(office, read)
        with step("store filing"), office.archive.database.session() as session:
            messages.store_reading(session, read.message, read.extracts, found)
            _store_likeness(session, read, found)
            forget_learnt(session, read.id)
            settle(session, office, read.id)
    except (BaosongError, OSError):
        raise  # the archive's disk: nothing is wrong with the message, it is tried again
    except Exception as error:
        log.exception("message could not be filed sha256=%s", read.id)
        _store_failure(office, read.id, type(error).__name__, "service_error")
        return
    log.info(
        "message_id=%s sha256=%s unit=%s status=%s parts=%d duration_ms=%d",
        read.message.message_id,
        read.id,
        ",".join(item.unit or "-" for item in found.submissions) or "-",
        found.status,
        len(read.extracts),
        read.seconds * 1000,
    )


def _decide(desk: Judging, read: Read) -> Filing:
    """What the message says by itself; what was learnt comes after all others are filed (flow.learning)."""
    assert read.message is not None
    if isinstance(read.failure, UnreadMessage):
        problem = read.failure.problem
        return Filing("review", problem.reason, TOO_MUCH.fill(why=problem.explanation))
    with desk.office.archive.database.session() as session:
        return desk.judge(session, read.message, read.extracts)


def _store_likeness(session: Session, read: Read, found: Filing) -> None:
    """What pictures and texts look like, for comparing; nothing of what bears a mark of secrecy."""
    assert read.message is not None
    if found.reason == CLASSIFIED:
        forget_likeness(session, read.id)
    else:
        store_likeness(session, read.id, read.extracts, prints_of(read.message, read.extracts))


def _keep_files(office: Office, read: Read) -> None:
    """Of every message, whatever it was taken for: a person may decide otherwise."""
    members = (member for extract in read.extracts for member in extract.walk())
    with step("keep files"):
        office.archive.files.keep_all(member.part.content for member in members)


def _store_failure(office: Office, id_: str, why: str, reason: str) -> None:
    with office.archive.database.session() as session:
        messages.store_found(session, id_, Filing("review", reason, BROKE.fill(why=why)))
        settle(session, office, id_)
