"""When coordinators are told by mail that something fails, and that it is over: once each, by keys in the outbox.

Whether a failure was told is read from the outbox, which the journal ``sent`` makes again: a restart, a kill or a lost
database tells nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from digest.alarms import Failure, alarm_letter, all_clear_letter, subject_of
from digest.compose import compose, mail_key
from flow.office import Office
from flow.pulse import Pulse
from records.mail import MailboxAccount
from records.mails import Letter
from records.words import Language
from storage import outbox

ALARM, CLEAR = "alarm", "clear"  # in this order: the last period of a subject tells whether it is over
HOME = "Asia/Shanghai"


Found = Mapping[str, Failure | None]
"""By subject: what has failed for long, None where all is well. What it is too early to judge is not there."""


def mailbox_found(account: MailboxAccount, pulse: Pulse, now: datetime, after: timedelta) -> Found:
    """A mailbox has failed where that has lasted for ``after``, or where only a person can end it."""
    name = f"{account.username} ({account.host})"
    if not pulse.is_failing or pulse.failing_since is None:
        return {subject_of("mailbox", name): None} if pulse.good_at is not None else {}
    if not pulse.is_stopped and now - pulse.failing_since < after:
        return {}
    return {subject_of("mailbox", name): Failure("mailbox", name, pulse.failing_since, pulse.why)}


def outgoing_found(waiting: Sequence[outbox.Waiting], now: datetime, after: timedelta) -> Found:
    """Sending has failed where a mail that was tried in vain has waited for ``after``."""
    tried = [mail for mail in waiting if mail.state == "queued" and mail.attempts and mail.kind != "alarm"]
    if not tried:
        return {subject_of("outgoing"): None}
    if now - tried[0].created_at < after:
        return {}
    return {subject_of("outgoing"): Failure("outgoing", "", tried[0].created_at, tried[0].why)}


@dataclass(frozen=True, slots=True)
class Telling:
    """Whom to tell, from which address, in which language, and the moment."""

    office: Office
    sender: str
    language: Language
    now: datetime


def queue_alarms(how: Telling, found: Found) -> int:
    """Put into the outbox what coordinators do not know yet; returns how many mails."""
    with how.office.archive.database.session() as session:
        return sum(_queue_one(session, how, subject, failure) for subject, failure in found.items())


def _queue_one(session: Session, how: Telling, subject: str, failure: Failure | None) -> int:
    since, state = _last(session, subject)
    contexts = how.office.contexts
    local = how.now.astimezone(ZoneInfo(contexts[0].timezone if contexts else HOME))
    if failure is not None and state != ALARM:
        letter = alarm_letter(failure, local, how.language)
        return _queue(session, how, (subject, _period(failure.since, ALARM)), letter)
    if failure is None and state == ALARM and since is not None:
        if outbox.withdraw(session, subject, _period(since, ALARM)):
            return 0  # nobody was told: it never came to leave
        what, _, name = subject.partition(" ")
        over = Failure("mailbox" if what == "mailbox" else "outgoing", name, since)
        return _queue(session, how, (subject, _period(since, CLEAR)), all_clear_letter(over, local, how.language))
    return 0


def _last(session: Session, subject: str) -> tuple[datetime | None, str]:
    """Since when the last failure was that coordinators were told of, and whether they were told of its end."""
    period = outbox.last_period(session, subject, "alarm")
    if period is None:
        return None, CLEAR
    since, _, state = period.partition(" ")
    return datetime.fromisoformat(since), state


def _period(since: datetime, state: str) -> str:
    return f"{since.astimezone(UTC).isoformat(timespec='seconds')} {state}"


def _queue(session: Session, how: Telling, what: tuple[str, str], letter: Letter) -> int:
    subject, period = what
    return sum(
        outbox.queue(
            session,
            compose(
                letter,
                key=mail_key("alarm", subject, period, address),
                kind="alarm",
                campaign=subject,
                period=period,
                sender=how.sender,
                recipient=address,
                created_at=how.now,
            ),
        )
        for address in dict.fromkeys(_readers(how.office))
    )


def _readers(office: Office) -> Iterator[str]:
    """The coordinators of open campaigns, or of all where none is open."""
    some = [context for context in office.contexts if context.is_open] or office.contexts
    for context in some:
        yield from context.coordinators
