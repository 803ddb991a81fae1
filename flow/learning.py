"""What decisions and reports teach, and the messages that are judged in its light (docs/decisions/learning.md).

What is learnt follows from the decisions in force and from what each message says by itself. The order in which things
happened plays no part, so that poll, a crash, undo and rebuild agree.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from sqlmodel import Session, col, func, select

from filing.learnt import as_learnt, concerning, needs_learnt, placed, with_addresses, with_names, wording
from filing.text.quoting import is_forward
from flow.judging import Judging, Kept, judging, kept_message
from flow.office import Office
from flow.remarks import remark
from flow.settle import relate, settle
from records.campaigns import CampaignContext
from records.decisions import Assign, Decision, Reject, Withdraw
from records.errors import BaosongError
from records.filings import Filing
from records.learnt import Learnt, LearntAddress, LearntName, LearntRefusal
from storage import messages
from storage.faults import step
from storage.state import LEARNT, UNRELATED, forget, recall, recall_all, remember
from storage.tables import MessageRow
from storage.values import from_json

log = logging.getLogger(__name__)


def learn_if_due(office: Office) -> None:
    """Judge anew what is due, where filings or decisions changed since that was last done; then relate all messages."""
    with office.archive.database.session() as session:
        if not recall(session, UNRELATED):
            return
    with step("learn"), office.archive.database.session() as session:
        apply_learnt(session, office)
        relate(session, office)
        remark(session, office.contexts)


def apply_learnt(session: Session, office: Office) -> None:
    """Bring every message into step with what is known now; those that nothing new concerns are not read.

    First those about which a person decided meanwhile: what they say by themselves is what they teach.
    """
    known = {name.removeprefix(LEARNT): mark for name, mark in recall_all(session, LEARNT).items()}
    alone = _Desk(judging(session, office), Learnt())
    for id_ in sorted(known):
        if _is_settled(office, id_) and _judge_again(session, alone, id_, Learnt()):
            del known[id_]
    desk = _Desk(alone.judging, learnt_of(session, office))
    for row in _candidates(session, office, desk.learnt, known):
        about = desk.about(row)
        mark = _mark(about)
        if mark == known.get(row.id, "") or (row.id not in known and not desk.needs(row, about)):
            continue
        _judge_again(session, desk, row.id, about)


def _judge_again(session: Session, desk: _Desk, id_: str, about: Learnt) -> bool:
    """Judge a message in the light of ``about``; whether that could be done."""
    found = desk.found(session, id_, about)
    if found is None:
        return False
    messages.store_found(session, id_, found)
    if about:
        remember(session, LEARNT + id_, _mark(about))
    else:
        forget_learnt(session, id_)
    settle(session, desk.judging.office, id_)
    return True


def forget_learnt(session: Session, message: str) -> None:
    """What was found stands by itself from here on."""
    forget(session, LEARNT + message)


def learnt_of(session: Session, office: Office) -> Learnt:
    """All that is known beyond campaign files and rosters: from decisions in force, and from filings by content."""
    lessons = list(_lessons(session, office))
    names = (LearntName(one.name, *unit, one.sender, one.decision) for one in lessons if one.name for unit in one.units)
    refusals = (LearntRefusal(one.sender, one.refuses, one.decision) for one in lessons if one.sender and one.refuses)
    addresses = _addresses(lessons, _reports(session, office), office)
    return Learnt(addresses, placed(tuple(names), office.contexts), tuple(refusals))


Share = tuple[str, str, str]  # address, code and name of the unit


@dataclass(frozen=True, slots=True)
class _Lesson:
    """What the decisions about one message, or one report in it, say in the end."""

    decision: str
    message: str
    sender: str  # "" where the address proves nothing
    units: tuple[tuple[str, str], ...] = ()  # code and name
    name: str = ""  # as the report writes it
    refuses: str = ""


def _lessons(session: Session, office: Office) -> Iterator[_Lesson]:
    """In the order of the messages' ids: the order of decisions about different messages plays no part."""
    for id_, decisions in sorted(office.standing.by_message.items()):
        row = session.get(MessageRow, id_)
        if row is None or row.source != "message":
            continue
        forwards = is_forward(row.subject, "") or _is_coordinator(row.sender, office)  # R21
        found = from_json(Filing, row.found) if row.found is not None else Filing("review")
        for decision in _last(decisions):
            match decision.action:
                case Reject():
                    names_one = any(one.unit for one in found.submissions)  # last year's paper: this year's is one
                    yield _Lesson(decision.id, id_, row.sender, refuses="" if names_one else wording(row.subject))
                case Assign() as action:
                    yield _assigned(decision, action, found, "" if forwards else row.sender, office)
                case _:
                    continue


def _is_coordinator(address: str, office: Office) -> bool:
    return any(address in item.coordinators for item in office.contexts)


def _assigned(decision: Decision, action: Assign, found: Filing, sender: str, office: Office) -> _Lesson:
    """The unit that a person named; and the name in the report, where by itself it is on no roster."""
    message, _, place = action.submission.rpartition("/")
    context = next((item for item in office.contexts if item.campaign.id == action.campaign), None)
    unit = context.roster.unit(action.unit or "") if context else None
    units = ((unit.code, unit.name),) if unit else ()
    head = next((one for one in reversed(found.submissions[: int(place)]) if not one.alternative), None)
    if head is None or int(place) > len(found.submissions):
        return _Lesson(decision.id, message, sender, units)
    name = head.unit_text if head.unit is None else ""
    return _Lesson(decision.id, message, "" if head.unauthenticated else sender, units, name)


def _last(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Of the decisions about one message those that hold: the last about each report, or that it is none."""
    held: dict[str, Decision] = {}
    for decision in decisions:
        match decision.action:
            case Reject(message=id_):
                held = {id_: decision}
            case Assign(submission=id_):
                held.pop(id_.rpartition("/")[0], None)
                held[id_] = decision
            case Withdraw(submission=id_):
                held.pop(id_, None)
            case _:
                continue
    return tuple(held.values())


def _reports(session: Session, office: Office) -> dict[Share, tuple[str, ...]]:
    """Messages whose content alone told whose they are, though nobody knew the address; without those decided about."""
    query = select(MessageRow.id, MessageRow.new_addresses)
    query = query.where(func.json_array_length(col(MessageRow.new_addresses)) > 0).order_by(col(MessageRow.id))
    found: dict[Share, list[str]] = {}
    for id_, pairs in session.exec(query):
        if id_ not in office.standing.by_message:
            for address, code in pairs:
                for name in _names_of(code, office):
                    found.setdefault((address, code, name), []).append(id_)
    return {share: tuple(ids) for share, ids in found.items()}


def _names_of(code: str, office: Office) -> set[str]:
    """The name of the unit of that code; none where it means different units on different rosters."""
    names = {unit.name for item in office.contexts if (unit := item.roster.unit(code)) is not None}
    return names if len(names) == 1 else set()


def _addresses(
    lessons: Iterable[_Lesson], reports: Mapping[Share, tuple[str, ...]], office: Office
) -> tuple[LearntAddress, ...]:
    """What both tell, save what the rosters have."""
    decided: dict[Share, dict[str, str]] = {}
    for one in lessons:
        for code, name in one.units if one.sender else ():
            decided.setdefault((one.sender, code, name), {}).setdefault(one.message, one.decision)
    units = [unit for item in office.contexts for unit in item.roster.units]
    registered = {(email, unit.code, unit.name) for unit in units for email in unit.emails}
    shares = sorted({*decided, *reports} - registered)
    by_age = {share: sorted(decided.get(share, {}).values(), key=lambda id_: (len(id_), id_)) for share in shares}
    return tuple(LearntAddress(*share, tuple(by_age[share]), reports.get(share, ())) for share in shares)


@dataclass(frozen=True, slots=True)
class _Desk:
    """Judges messages again, in the light of what was learnt."""

    judging: Judging
    learnt: Learnt
    _named: dict[tuple[LearntName, ...], tuple[CampaignContext, ...]] = field(default_factory=dict)

    @property
    def _office(self) -> Office:
        return self.judging.office

    def about(self, row: MessageRow) -> Learnt:
        """What concerns a message; nothing where a person said what it is: that is laid over what it says by itself."""
        if _is_settled(self._office, row.id):
            return Learnt()
        return concerning(self.learnt, row.id, row.sender, self._office.contexts)

    def needs(self, row: MessageRow, about: Learnt) -> bool:
        """Whether a message whose filing rests on nothing learnt must be judged in the light of ``about``."""
        found = from_json(Filing, row.found) if row.found is not None else Filing("archived")
        return needs_learnt(found, about, self._office.contexts, row.sender)

    def found(self, session: Session, id_: str, about: Learnt) -> Filing | None:
        """What filing says now; None where the message cannot be judged again."""
        kept = kept_message(session, self._office, id_)
        try:
            return self._judged(session, kept, about) if kept is not None else None
        except (BaosongError, OSError):
            raise  # the archive's disk
        except Exception:
            log.exception("message could not be judged again sha256=%s", id_)
            return None  # it stays where its own words put it

    def _judged(self, session: Session, kept: Kept, about: Learnt) -> Filing:
        message, extracts = kept.message, kept.extracts
        alone = self.judging.judge(session, message, extracts)
        if not about or not needs_learnt(alone, about, self._office.contexts, message.sender.address):
            return alone
        found = self.judging.judge(session, message, extracts, self._contexts(about))
        return replace(as_learnt(message, found, about), new_addresses=alone.new_addresses)

    def _contexts(self, about: Learnt) -> list[CampaignContext]:
        if about.names not in self._named:  # of each roster the index is made once
            self._named[about.names] = tuple(with_names(item, about.names) for item in self._office.contexts)
        return [with_addresses(item, about.addresses) for item in self._named[about.names]]


def _candidates(session: Session, office: Office, learnt: Learnt, known: Collection[str]) -> Iterator[MessageRow]:
    """Messages that wait, that rest on what was learnt, or whose sender is known for more than the roster says."""
    registered = {email for item in office.contexts for unit in item.roster.units for email in unit.emails}
    senders = {one.address for one in learnt.addresses if one.decisions or one.address in registered}
    query = select(MessageRow.id, MessageRow.status, MessageRow.sender)
    query = query.where(MessageRow.source == "message").order_by(col(MessageRow.id))
    for id_, status, sender in session.exec(query).all():
        if status == "review" or id_ in known or (status == "filed" and sender in senders):
            yield session.get_one(MessageRow, id_)


def _is_settled(office: Office, message: str) -> bool:
    """Whether a person said what it is; that it was sent back or withdrawn says nothing about whose it is."""
    return any(isinstance(item.action, Assign | Reject) for item in office.standing.by_message.get(message, ()))


def _mark(about: Learnt) -> str:
    """By which it is seen whether what concerns a message has changed; "" where nothing does."""
    return hashlib.sha256(repr(about).encode()).hexdigest() if about else ""
