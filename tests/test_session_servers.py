"""The demonstration's embedded servers do what real ones do."""

from __future__ import annotations

import gc
import smtplib
from datetime import UTC, datetime

import pytest

from demo.servers import EmbeddedImap, EmbeddedSmtp, ReceivedMail

MAIL = "Subject: 日报\r\n\r\ntext\r\n".encode()
WHEN = datetime(2025, 6, 30, 9, 30, tzinfo=UTC)


def _send(server: EmbeddedSmtp, octets: bytes = MAIL) -> None:
    with smtplib.SMTP(server.host, server.port, timeout=10) as client:
        client.sendmail("office@example.com", ["a@example.com", "b@example.com"], octets)


def test_mail_is_kept_with_its_envelope() -> None:
    """Sender, all recipients, and the octets as they came."""
    with EmbeddedSmtp() as server:
        _send(server)

        assert server.received == [ReceivedMail("office@example.com", ("a@example.com", "b@example.com"), MAIL)]


def test_refusals_come_in_the_order_in_which_they_were_ordered() -> None:
    """Two are refused, the third is taken."""
    with EmbeddedSmtp() as server:
        server.refuse_next("452 4.2.2 full", "554 5.7.1 spam")
        for code in (452, 554):
            with pytest.raises(smtplib.SMTPDataError) as caught:
                _send(server)
            assert caught.value.smtp_code == code
        _send(server)

        assert len(server.received) == 1


def test_mail_whose_fate_is_unknown_was_taken() -> None:
    """The server hangs up after it took the mail: the sender cannot know."""
    with EmbeddedSmtp() as server:
        server.break_off_next()
        with pytest.raises(smtplib.SMTPServerDisconnected):
            _send(server)

        assert len(server.received) == 1


def test_login_is_wanted_where_there_is_an_account() -> None:
    """Nothing goes out without, or with a wrong password."""
    with EmbeddedSmtp("office@example.com", "code") as server:
        with smtplib.SMTP(server.host, server.port, timeout=10) as client:
            with pytest.raises(smtplib.SMTPSenderRefused):
                client.sendmail("office@example.com", ["a@example.com"], MAIL)
            with pytest.raises(smtplib.SMTPAuthenticationError):
                client.login("office@example.com", "wrong")
            client.login("office@example.com", "code")
            client.sendmail("office@example.com", ["a@example.com"], MAIL)

        assert len(server.received) == 1


def test_mail_can_be_passed_on_into_the_mailbox() -> None:
    """What we send to our own mailbox arrives there."""
    with (
        EmbeddedImap() as imap,
        EmbeddedSmtp(pass_on=lambda mail: imap.deliver(mail.octets, WHEN)) as smtp,
    ):
        _send(smtp)

        with imap.client() as client:
            client.select_folder("INBOX", readonly=True)
            (item,) = client.fetch(client.search(), ["BODY.PEEK[]", "INTERNALDATE"]).values()
            assert item[b"BODY[]"] == MAIL
            assert item[b"INTERNALDATE"] == WHEN


def test_garbage_collection_does_not_break_a_waiting_connection() -> None:
    """A connection that idles is held by nothing but its server; it must still be there when mail comes."""
    with EmbeddedImap() as server, server.client() as client:
        client.select_folder("INBOX")
        client.idle()
        assert client.idle_check(timeout=0.3) == []
        gc.collect()
        server.deliver(MAIL, WHEN)

        _, responses = client.idle_done()

    assert (1, b"EXISTS") in responses


def test_stopped_servers_leave_their_port() -> None:
    """A server that was stopped does not listen any more."""
    with EmbeddedImap() as server:
        port = server.port

    with pytest.raises(OSError, match="refused"):
        smtplib.SMTP(server.host, port, timeout=2)
