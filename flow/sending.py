"""The outbox leaves: each mail once, spread under the daily limit, retried with the same Message-ID."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from typing import Protocol

from digest.outgoing import SendResult
from records.edges import Clock
from records.journals import Sent
from records.mails import OutgoingMail
from storage import outbox
from storage.archive import Archive
from storage.faults import step

log = logging.getLogger(__name__)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
ONE_DAY = timedelta(days=1)
PER_ADDRESS = 20  # mails a day to one address: far above digest and reminders of several campaigns


class Server(Protocol):
    """What takes mails (digest.outgoing.OutgoingServer)."""

    def send(self, mail: OutgoingMail) -> SendResult:
        """Hand one mail over; never raises for what the server does."""
        ...


@dataclass(frozen=True, slots=True)
class SendRun:
    """What one run over the outbox did."""

    sent: int = 0
    refused: int = 0
    waiting: int = 0
    detail: str = ""


def everything(mail: OutgoingMail) -> bool:
    """All that is due."""
    return True


def is_alarm(mail: OutgoingMail) -> bool:
    """What tells that something fails: it may have an account of its own."""
    return mail.kind == "alarm"


def is_no_alarm(mail: OutgoingMail) -> bool:
    """All other mails."""
    return not is_alarm(mail)


def send_due(
    archive: Archive,
    server: Server,
    daily_limit: int,
    clock: Clock,
    wanted: Callable[[OutgoingMail], bool] = everything,
) -> SendRun:
    """Send what is due and ``wanted``, alarms first.

    The journal is written, durable, right after the server took a mail; then the table.
    A mail whose outcome is unknown is tried again with its own Message-ID, so that a second copy can be told.
    """
    now = clock()
    with archive.database.session() as session:
        waiting = sorted(filter(wanted, outbox.due(session, now)), key=is_no_alarm)
        budget = daily_limit - outbox.sent_since(session, now - ONE_DAY)
    sent = refused = 0
    detail = ""
    for mail in waiting[: max(budget, 0)]:
        if _is_flooded(archive, mail, now):
            continue
        with step("hand over mail"):
            result = server.send(mail)
        log.info("mail key=%s outcome=%s", hashlib.sha256(mail.key.encode()).hexdigest()[:12], result.outcome)
        if result.outcome == "sent":
            _note_sent(archive, mail, clock())
            sent += 1
            continue
        detail = result.detail.say()
        if result.outcome == "refused":
            with archive.database.session() as session:
                outbox.mark_refused(session, mail.key, result.detail)
            refused += 1
            continue
        _postpone(archive, mail, result, now)
        break  # the server is busy or away: the others wait too
    return SendRun(sent, refused, len(waiting) - sent - refused, detail)


def _is_flooded(archive: Archive, mail: OutgoingMail, now: datetime) -> bool:
    """Whether its recipient has had more than enough today (R25): the mail waits."""
    with archive.database.session() as session:
        return outbox.sent_to(session, mail.recipient, now - ONE_DAY) >= PER_ADDRESS


def _note_sent(archive: Archive, mail: OutgoingMail, now: datetime) -> None:
    entry = Sent(
        key=mail.key,
        kind=mail.kind,
        recipient=mail.recipient,
        message_id=mail.message_id,
        at=now,
        sha256=hashlib.sha256(mail.octets).hexdigest(),
        campaign=mail.campaign,
        period=mail.period,
        lists=mail.lists,
        sender=_sender(mail),
    )
    with step("journal sent"):
        archive.sent.append(entry)
    with step("note sent"), archive.database.session() as session:
        outbox.mark_sent(session, [entry])


def _sender(mail: OutgoingMail) -> str:
    header = BytesHeaderParser().parsebytes(mail.octets)
    return parseaddr(str(header["From"]))[1].lower()


def _postpone(archive: Archive, mail: OutgoingMail, result: SendResult, now: datetime) -> None:
    with archive.database.session() as session:
        tried = outbox.attempts(session, mail.key)
        pause = min(FIRST_PAUSE * 2 ** min(tried, 10), LONGEST_PAUSE)
        outbox.postpone(session, mail.key, now + pause, result.detail)
