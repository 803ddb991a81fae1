"""The outbox: each key once, the journal decides what has left, and nothing that did not leave is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from records.journals import Sent
from records.mails import OutgoingMail
from records.words import Text
from storage.database import Database
from storage.journal import Journal
from storage.outbox import (
    attempts,
    due,
    has_key,
    last_period,
    listed,
    mark_refused,
    mark_sent,
    own_message_ids,
    postpone,
    queue,
    sent_since,
    unsent,
)

AT = datetime(2025, 6, 20, 10, 0, tzinfo=UTC)
WHY = Text("服务器忙", "The server is busy")
DIGEST = OutgoingMail(
    key="digest/c/2025-06-20/a@example.com",
    kind="digest",
    campaign="c",
    period="2025-06-20",
    recipient="a@example.com",
    message_id="<1@example.com>",
    created_at=AT,
    octets=b"Subject: \xe6\x97\xa5\r\n\r\n\0\xff\r\n",
    lists=("m1", "m2"),
)


def copy_for(recipient: str) -> OutgoingMail:
    key = f"digest/c/2025-06-20/{recipient}"
    return replace(DIGEST, key=key, recipient=recipient, message_id=f"<{recipient}>")


def sent(mail: OutgoingMail) -> Sent:
    return Sent(
        mail.key, mail.kind, mail.recipient, mail.message_id, AT, "0" * 64, mail.campaign, mail.period, mail.lists
    )


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    database = Database(tmp_path / "baosong.db")
    with database.session() as opened:
        yield opened
    database.close()


def test_a_mail_waits_as_it_was_made(session: Session) -> None:
    """Octets, Message-ID and all else come out as they were put in."""
    assert queue(session, DIGEST)
    session.expire_all()
    assert due(session, AT) == [DIGEST]


def test_a_key_is_queued_once(session: Session) -> None:
    """The second mail of a key is refused, be the first waiting, sent or refused by the server."""
    second = replace(DIGEST, message_id="<2@example.com>", octets=b"other")
    assert queue(session, DIGEST)
    assert not queue(session, second)
    mark_sent(session, [sent(DIGEST)])
    assert not queue(session, second)
    refused = copy_for("b@example.com")
    queue(session, refused)
    mark_refused(session, refused.key, WHY)
    assert not queue(session, refused)
    assert own_message_ids(session) == {"<1@example.com>", "<b@example.com>"}


def test_what_was_sent_is_not_due(session: Session) -> None:
    """A mail that left leaves the queue and is counted."""
    queue(session, DIGEST)
    mark_sent(session, [sent(DIGEST)])
    mark_sent(session, [sent(DIGEST)])
    assert due(session, AT + timedelta(days=1)) == []
    assert unsent(session) == []


def test_the_daily_limit_counts_when_mails_left(session: Session) -> None:
    """A mail that waited for days counts on the day on which it leaves, not on that on which it was made."""
    for mail in (DIGEST, copy_for("b@example.com")):
        queue(session, mail)
    days_later = AT + timedelta(days=3)
    mark_sent(session, [sent(DIGEST), replace(sent(copy_for("b@example.com")), at=days_later)])
    assert sent_since(session, AT - timedelta(seconds=1)) == 2
    assert sent_since(session, AT) == 1
    assert sent_since(session, days_later) == 0


def test_the_journal_decides_in_a_new_database(tmp_path: Path, session: Session) -> None:
    """With the database deleted the journal still knows what has left: its key is never queued again."""
    journal = Journal(tmp_path / "sent.jsonl", Sent)
    journal.append(sent(DIGEST))
    mark_sent(session, journal.read())
    assert has_key(session, DIGEST.key)
    assert not queue(session, DIGEST)
    assert due(session, AT + timedelta(days=365)) == []
    assert own_message_ids(session) == {"<1@example.com>"}
    assert listed(session, "c") == {"m1", "m2"}
    assert last_period(session, "c", "digest") == "2025-06-20"


def test_the_journal_overrules_a_mail_that_seems_to_wait(session: Session) -> None:
    """It left, and the crash came before its row was written: it does not leave again."""
    queue(session, DIGEST)
    postpone(session, DIGEST.key, AT + timedelta(hours=1), WHY)
    mark_sent(session, [sent(DIGEST)])
    assert due(session, AT + timedelta(days=1)) == []
    assert unsent(session) == []


def test_the_oldest_mail_is_due_first(session: Session) -> None:
    """In the order in which they were made, whatever their keys."""
    older = replace(DIGEST, key="z", created_at=AT - timedelta(hours=1))
    for mail in (DIGEST, older):
        queue(session, mail)
    assert [mail.key for mail in due(session, AT)] == ["z", DIGEST.key]


def test_a_postponed_mail_waits_until_its_time(session: Session) -> None:
    """Not before, the same mail then; the reason and the number of attempts are known meanwhile."""
    queue(session, DIGEST)
    postpone(session, DIGEST.key, AT + timedelta(minutes=5), WHY)
    assert due(session, AT + timedelta(minutes=4)) == []
    assert due(session, AT + timedelta(minutes=5)) == [DIGEST]
    assert unsent(session) == [(DIGEST, WHY)]
    postpone(session, DIGEST.key, AT + timedelta(minutes=9), WHY)
    assert attempts(session, DIGEST.key) == 2


def test_a_refused_mail_is_shown_and_not_tried_again(session: Session) -> None:
    """Nobody retries what the server will never take, and nobody forgets it."""
    queue(session, DIGEST)
    mark_refused(session, DIGEST.key, WHY)
    assert due(session, AT + timedelta(days=9)) == []
    assert unsent(session) == [(DIGEST, WHY)]
    assert attempts(session, DIGEST.key) == 1


def test_a_queued_digest_lists_its_messages(session: Session) -> None:
    """The next digest leaves out what one on its way lists; a reminder lists nothing; campaigns do not mix."""
    queue(session, DIGEST)
    queue(session, replace(DIGEST, key="r", kind="reminder", lists=("m9",)))
    assert listed(session, "c") == {"m1", "m2"}
    assert listed(session, "other") == frozenset()


def test_a_digest_that_reached_nobody_listed_nothing(session: Session) -> None:
    """While one recipient may still get it, its messages stay listed; when all refused it, the next lists them."""
    first, second = copy_for("a@example.com"), copy_for("b@example.com")
    for mail in (first, second):
        queue(session, mail)
    mark_refused(session, first.key, WHY)
    assert listed(session, "c") == {"m1", "m2"}
    mark_refused(session, second.key, WHY)
    assert listed(session, "c") == frozenset()


def test_a_digest_that_one_recipient_got_stays_listed(session: Session) -> None:
    """One refused address does not bring all its messages into the next digest again."""
    first, second = copy_for("a@example.com"), copy_for("b@example.com")
    for mail in (first, second):
        queue(session, mail)
    mark_sent(session, [sent(first)])
    mark_refused(session, second.key, WHY)
    assert listed(session, "c") == {"m1", "m2"}


def test_the_newest_period_is_known_by_kind_and_campaign(session: Session) -> None:
    """From it the next digest begins; None before the first."""
    assert last_period(session, "c", "digest") is None
    queue(session, DIGEST)
    queue(session, replace(DIGEST, key="k", period="2025-06-21"))
    queue(session, replace(DIGEST, key="l", period="2025-06-30", kind="reminder"))
    queue(session, replace(DIGEST, key="m", period="2025-07-01", campaign="other"))
    assert last_period(session, "c", "digest") == "2025-06-21"
