"""Mails of ours that came back: bounces tied to what we sent, and the addresses that are bad until a mail stays there.

All of it is derived from the bounces' raw messages and the journal of sent mails, so a rebuild finds the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from records.bounces import DeliveryReport, ReturnedMail
from storage import messages, outbox
from storage.outbox import SentMail

SOON = timedelta(days=5)  # as long as servers go on trying (RFC 5321 §4.5.4.1)
STAYED = timedelta(days=2)  # a mail of which nothing has come back by then has arrived


def returned_mails(session: Session) -> tuple[ReturnedMail, ...]:
    """Every mail of ours that came back for good, by the time of the bounce; of several bounces the first."""
    sent = outbox.sent_mails(session)
    found: dict[tuple[str, str], ReturnedMail] = {}
    for id_, received_at, report in messages.bounces(session):
        mail = _returned(report, sent, received_at)
        if mail is not None:
            why = _why(report, mail.recipient)
            returned = ReturnedMail(mail.recipient, mail.kind, mail.campaign, mail.period, why, received_at, id_)
            found.setdefault((mail.message_id, mail.recipient), returned)
    return tuple(found.values())


def bad_addresses(session: Session, now: datetime) -> tuple[ReturnedMail, ...]:
    """The last mail that came back from each address to which no later one went and stayed."""
    sent = outbox.sent_mails(session)
    returned = returned_mails(session)
    back = {(item.recipient, item.kind, item.campaign, item.period) for item in returned}
    latest = {item.recipient: item for item in returned}
    arrived = [
        mail
        for mail in sent
        if mail.sent_at + STAYED <= now and (mail.recipient, mail.kind, mail.campaign, mail.period) not in back
    ]
    return tuple(item for item in latest.values() if not _arrived_since(item, arrived))


def _arrived_since(returned: ReturnedMail, arrived: Iterable[SentMail]) -> bool:
    return any(mail.recipient == returned.recipient and mail.sent_at > returned.returned_at for mail in arrived)


def _returned(report: DeliveryReport, sent: Sequence[SentMail], received_at: datetime) -> SentMail | None:
    """Which mail of ours it is: by its Message-ID or our own mark, else by whom it could not reach, and when.

    A report that names nobody as failed (a mere delay) returns nothing.
    """
    if not report.recipients:
        return None
    marks = set(report.marks) | {id_.strip("<>").partition("@")[0] for id_ in report.message_ids}
    named = [mail for mail in sent if mail.message_id.strip("<>").partition("@")[0] in marks]
    if named:
        return named[-1]
    failed = {recipient.address for recipient in report.recipients}
    before = [mail for mail in sent if mail.recipient in failed and mail.sent_at <= received_at <= mail.sent_at + SOON]
    return before[-1] if before else None


def _why(report: DeliveryReport, recipient: str) -> str:
    """What is said of that recipient; where the mail was passed on, of whom it could not reach in the end."""
    own = next((item for item in report.recipients if item.address == recipient), report.recipients[0])
    return own.why
