"""What a rebuild would change, found on a copy of the database: the archive itself is only read.

Every message is judged anew from its raw octets and the texts that were read from it, by campaign files, rosters and
rules of now; nothing is read by OCR or a parser again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import Session

from flow.board import boards
from flow.judging import judging, kept_message
from flow.learning import apply_learnt, forget_learnt
from flow.office import Office
from flow.settle import relate, settle, settle_records
from flow.views import judge
from records.boards import Board, MessageView, SubmissionView
from records.campaigns import CampaignContext
from storage import messages
from storage.catalogue import stored_campaigns
from storage.database import Database
from storage.tree import NoTree

Field = str  # status, reason; report, campaign, unit, kind, requirement, activities, figures, on_time, supersedes


@dataclass(frozen=True, slots=True)
class Change:
    """One message that would stand otherwise: the fields that change, each with what stands there and what would."""

    view: MessageView
    fields: tuple[tuple[Field, str, str], ...]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a rebuild would change."""

    messages: int  # judged anew
    kept: int  # that stay as they are: never read, marked secret, or files are gone
    changes: tuple[Change, ...]
    boards: tuple[
        tuple[Board | None, Board | None], ...
    ]  # those whose numbers or deadlines change; None: there is none


def foresee(office: Office, now: datetime, progress: Callable[[str, int], None] = lambda *_: None) -> Foreseen:
    """Compare the archive with what a rebuild by ``office`` would make of it. Writes to a temporary folder alone."""
    with _copy(office) as copy, copy.archive.database.session() as session:
        then = _contexts_then(session, copy)
        before = _views(session, copy, then)
        boards_before = _boards(session, copy, then, now)
        ids = [view.id for view in before.values() if view.source == "message" and view.status != "archived"]
        progress("waiting", len(ids))
        judged = _refile(session, copy, ids, progress)
        after = _views(session, copy, copy.contexts)
        boards_after = _boards(session, copy, copy.contexts, now)
    changes = [Change(after.get(id_, view), _changed(view, after.get(id_))) for id_, view in before.items()]
    return Foreseen(
        judged,
        len(ids) - judged,
        tuple(change for change in changes if change.fields),
        tuple(_moved(boards_before, boards_after)),
    )


@contextmanager
def _copy(office: Office) -> Iterator[Office]:
    """The office on a copy of its database, which goes again; no file of its tree is touched."""
    archive = office.archive
    with TemporaryDirectory(prefix="baosong-dry-run-") as name:
        path = Path(name, "baosong.db")
        source = sqlite3.connect(f"file:{_quoted(archive.database.path)}?mode=ro", uri=True)
        with closing(source), closing(sqlite3.connect(path)) as target:
            source.backup(target)
        with closing(Database(path)) as database:
            yield replace(office, archive=replace(archive, database=database, tree=NoTree(Path(name))))


def _quoted(path: Path) -> str:
    return path.resolve().as_uri().removeprefix("file://")


def _contexts_then(session: Session, office: Office) -> tuple[CampaignContext, ...]:
    """The campaigns and rosters in the state in which the service used them last."""
    now = {item.campaign.id: item for item in office.contexts}
    known = [(campaign, roster) for campaign, roster in stored_campaigns(session) if campaign.id in now]
    return tuple(replace(now[campaign.id], campaign=campaign, roster=roster) for campaign, roster in known)


def _views(session: Session, office: Office, contexts: Sequence[CampaignContext]) -> dict[str, MessageView]:
    judged_by = judge(contexts, office.standing, messages.filed_submissions(session))
    found = messages.views(session, messages.message_ids(session), with_content=False)
    return {view.id: judged_by.seen(view) for view in found}


def _boards(
    session: Session, office: Office, contexts: Iterable[CampaignContext], now: datetime
) -> dict[tuple[str, str], Board]:
    found = [
        board
        for context in contexts
        if context.is_open
        for board in boards(context, messages.filed_submissions(session, context.campaign.id), office.standing, now)
    ]
    return {(board.campaign.id, board.requirement.id): board for board in found}


def _refile(session: Session, office: Office, ids: Iterable[str], progress: Callable[[str, int], None]) -> int:
    """Judge all anew, as a rebuild does; returns how many could be judged."""
    desk = judging(session, office)
    judged = 0
    for id_ in ids:
        kept = kept_message(session, office, id_)
        if kept is not None:
            messages.store_found(session, id_, desk.judge(session, kept.message, kept.extracts))
            forget_learnt(session, id_)
            judged += 1
        settle(session, office, id_)
        progress("filed", 1)
        progress("pages", 0)
    settle_records(session, office)
    apply_learnt(session, office)
    relate(session, office)
    return judged


def _changed(before: MessageView, after: MessageView | None) -> tuple[tuple[Field, str, str], ...]:
    old, new = _fields(before), _fields(after) if after is not None else {}
    return tuple(
        (name, old.get(name, ""), new.get(name, "")) for name in {**old, **new} if old.get(name) != new.get(name)
    )


def _fields(view: MessageView) -> Mapping[Field, str]:
    """What people see of a message, by field; of the second report and further ones with its number behind."""
    found = {"status": view.status, "reason": view.reason or ""}
    for place, item in enumerate((one for one in view.submissions if not one.alternative), 1):
        behind = f" {place}" if place > 1 else ""
        found |= {name + behind: value for name, value in _of_report(item).items()}
    return found


def _of_report(item: SubmissionView) -> Mapping[Field, str]:
    return {
        "report": item.status,
        "campaign": item.campaign or "",
        "unit": f"{item.unit} {item.unit_name}" if item.unit else item.unit_name,
        "kind": item.kind,
        "requirement": item.requirement or "",
        "activities": " ".join(item.activities),
        "figures": " ".join(f"{name}={value:g}" for name, value in item.figures),
        "on_time": "" if item.on_time is None else str(item.on_time).lower(),
        "supersedes": (item.supersedes or "")[:12],
    }


def _moved(
    before: Mapping[tuple[str, str], Board], after: Mapping[tuple[str, str], Board]
) -> Iterator[tuple[Board | None, Board | None]]:
    for key in {**before, **after}:
        old, new = before.get(key), after.get(key)
        if old is None or new is None or _numbers(old) != _numbers(new):
            yield old, new


def _numbers(board: Board) -> object:
    units = [(item.unit.code, item.state, item.late) for item in board.obligations]
    return board.requirement.due, units
