"""What fetching costs in memory: the message, and little more."""

from __future__ import annotations

import tracemalloc

import pytest

from intake.session import MailboxSession
from records.mail import Fetched
from tests.mail_servers import Dovecot, account, dovecot, dovecot_server
from tests.small_office import at

__all__ = ["dovecot", "dovecot_server"]
pytestmark = pytest.mark.dovecot
MB = 1024**2


def octets_of(fetched: Fetched) -> int:
    return len(fetched.raw)


def test_a_message_is_in_memory_once(dovecot: Dovecot) -> None:
    """Two of 8 MB, one after the other: no second copy, none as text for a log, none held while the next one comes."""
    for number in (1, 2):
        raw = b"Subject: %d\r\n\r\n" % number + b"\xe4\xb8\x80 8 bit\r\n" * (8 * MB // 12)
        dovecot.deliver(raw, at(20, 8))
        size = len(raw)
    del raw
    with MailboxSession(account(dovecot)) as session:
        session.open("INBOX")
        listings = [item for chunk in session.list_after("INBOX", 0) for item in chunk]
        tracemalloc.start()
        try:
            taken = list(map(octets_of, session.fetch(listings)))  # map holds none of them
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert taken == [size, size]
    assert peak < 1.5 * size
