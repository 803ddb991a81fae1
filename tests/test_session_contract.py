"""The mailbox session: Dovecot, pymap, and scripted servers with the quirks of 163, QQ, exmail keep one contract."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from intake.session import MailboxSession, check_login
from records.errors import MailboxError
from records.mail import Listing
from tests.mail_servers import Dovecot, ImapServer, account, any_server, dovecot, dovecot_server, imap_server, pymap
from tests.quirky_server import QuirkyImap
from tests.sample_corpus import PARTS, truth_lines

__all__ = ["any_server", "dovecot", "dovecot_server", "imap_server", "pymap"]  # fixtures

CHINA = timezone(timedelta(hours=8))
JUNE = datetime(2025, 6, 20, 10, 0, 0, tzinfo=CHINA)


def _mail(number: int, size: int = 0) -> bytes:
    return (
        f"From: a@example.com\r\nSubject: {number}\r\nMessage-ID: <{number}@x>\r\n\r\nbody\r\n{'x' * size}\r\n".encode()
    )


def _fill(server: ImapServer, count: int, size: int = 0) -> None:
    with server.client() as client:
        for number in range(1, count + 1):
            client.append("INBOX", _mail(number, size), msg_time=JUNE + timedelta(minutes=number))


def _all(chunks: Iterator[tuple[Listing, ...]]) -> list[Listing]:
    return [listing for chunk in chunks for listing in chunk]


def _flags(server: ImapServer, folder: str = "INBOX") -> list[set[bytes]]:
    with server.client() as client:
        client.select_folder(folder, readonly=True)
        uids = client.search()
        return [set(item[b"FLAGS"]) - {b"\\Recent"} for item in client.fetch(uids, ["FLAGS"]).values()]


def _subjects(server: ImapServer, folder: str) -> list[bytes]:
    with server.client() as client:
        client.select_folder(folder, readonly=True)
        found: dict[int, Any] = client.fetch(client.search(), ["FLAGS", "BODY.PEEK[HEADER.FIELDS (SUBJECT)]"])
        left = [
            item for item in found.values() if b"\\Deleted" not in item[b"FLAGS"]
        ]  # without UIDPLUS it stays, marked
        return sorted(next(v for k, v in item.items() if k.startswith(b"BODY")).strip() for item in left)


def _delete(server: ImapServer, uid: int) -> None:
    """Somebody else deletes a message for good."""
    if isinstance(server, QuirkyImap):
        del server.mails[uid]
        return
    with server.client() as client:
        client.select_folder("INBOX")
        client.delete_messages([uid])
        client.expunge()


def test_sample_messages_come_octet_for_octet_with_their_times(any_server: ImapServer) -> None:
    """The octets and the time of receipt are those with which they were delivered."""
    part = PARTS[0]
    delivered = [(part / "messages" / name).read_bytes() for name, _ in truth_lines(part)]
    for number, raw in enumerate(delivered):
        any_server.deliver(raw, JUNE + timedelta(hours=number))

    with MailboxSession(account(any_server)) as session:
        listings = _all(session.list_all("INBOX"))
        fetched = list(session.fetch(listings))

    assert [item.raw for item in fetched] == delivered
    assert [item.listing.internaldate for item in fetched] == [
        JUNE + timedelta(hours=number) for number in range(len(delivered))
    ]
    assert all(item.internaldate is not None and item.internaldate.utcoffset() is not None for item in listings)
    assert [item.size_bytes for item in listings] == [len(raw) for raw in delivered]


def test_nothing_older_than_since_is_listed(any_server: ImapServer) -> None:
    """``since`` is a day in China's time: one minute past midnight is on it, one minute before is not."""
    for minute in (-1, 1):
        any_server.deliver(_mail(minute), datetime(2025, 5, 26, 0, 0, tzinfo=CHINA) + timedelta(minutes=minute))

    with MailboxSession(replace(account(any_server), since=date(2025, 5, 26))) as session:
        (fetched,) = session.fetch(_all(session.list_all("INBOX")))

    assert b"Subject: 1\r\n" in fetched.raw


def test_nothing_new_is_listed_after_the_last_message(any_server: ImapServer) -> None:
    """R14: ``n:*`` would give the last message again and again; it is never asked."""
    _fill(any_server, 3)
    with MailboxSession(account(any_server)) as session:
        last = _all(session.list_all("INBOX"))[-1]

        assert list(session.list_after("INBOX", last.location.uid)) == []

    any_server.deliver(_mail(4), JUNE)
    with MailboxSession(account(any_server)) as session:
        (new,) = _all(session.list_after("INBOX", last.location.uid))
        assert new.location.uid > last.location.uid


def test_reading_changes_nothing(any_server: ImapServer) -> None:
    """R6: EXAMINE and BODY.PEEK: unread stays unread, in the same folder."""
    _fill(any_server, 2)
    with MailboxSession(account(any_server)) as session:
        listings = _all(session.list_all("INBOX"))
        assert len(list(session.fetch(listings))) == 2
        assert session.tell(listings[0].location, "keep")

    assert _flags(any_server) == [set(), set()]


@pytest.mark.dovecot
def test_large_mailbox_is_listed_in_chunks_oldest_first(dovecot: Dovecot) -> None:
    """R14: no more than 500 at a time, all of them, by ascending UID; bodies come in batches."""
    _fill(dovecot, 620)
    with MailboxSession(account(dovecot)) as session:
        chunks = list(session.list_all("INBOX"))
        uids = [listing.location.uid for chunk in chunks for listing in chunk]

        assert [len(chunk) for chunk in chunks] == [500, 120]
        assert uids == sorted(uids)
        assert [item.raw for item in session.fetch(chunks[1])] == [_mail(number) for number in range(501, 621)]


def test_message_that_vanished_is_left_out(any_server: ImapServer) -> None:
    """Somebody deletes a mail between listing and fetching."""
    _fill(any_server, 3)
    with MailboxSession(account(any_server)) as session:
        listings = _all(session.list_all("INBOX"))
        _delete(any_server, listings[1].location.uid)
        session.open("INBOX")

        assert [item.raw for item in session.fetch(listings)] == [_mail(1), _mail(3)]


def test_seen_is_set_only_when_told(any_server: ImapServer) -> None:
    """One message is marked, the other keeps its state; telling twice is harmless."""
    _fill(any_server, 2)
    with MailboxSession(replace(account(any_server), after="seen")) as session:
        listings = _all(session.list_all("INBOX"))
        assert list(session.fetch(listings))
        assert session.tell(listings[0].location, "seen")
        assert session.tell(listings[0].location, "seen")

    assert _flags(any_server) == [{b"\\Seen"}, set()]


def test_message_is_moved_to_a_folder_that_is_made_for_it(any_server: ImapServer) -> None:
    """R5: it arrives once and unread, also when told twice; the others stay."""
    _fill(any_server, 2)
    with MailboxSession(replace(account(any_server), after="move:已收")) as session:
        listings = _all(session.list_all("INBOX"))
        assert session.tell(listings[0].location, "move:已收")
        assert session.tell(listings[0].location, "move:已收")
        assert "已收" not in session.folders()

    assert _subjects(any_server, "INBOX") == [b"Subject: 2"]
    assert _subjects(any_server, "已收") == [b"Subject: 1"]
    assert _flags(any_server, "已收") == [set()]


def test_new_uidvalidity_is_visible_and_guards_the_messages(imap_server: ImapServer) -> None:
    """R3: a folder that was made anew has another UIDVALIDITY: old UIDs are neither fetched nor told."""
    imap_server.deliver(_mail(1), JUNE, "材料")
    with MailboxSession(replace(account(imap_server), after="seen")) as session:
        (old,) = _all(session.list_all("材料"))
    with imap_server.client() as client:
        client.delete_folder("材料")
    imap_server.deliver(_mail(2), JUNE, "材料")

    with MailboxSession(replace(account(imap_server), after="seen")) as session:
        assert session.open("材料").uidvalidity != old.location.uidvalidity
        assert not session.tell(old.location, "seen")
        with pytest.raises(MailboxError):
            list(session.fetch([old]))

    assert _flags(imap_server, "材料") == [set()]


def test_folders_are_inbox_and_the_users_own(any_server: ImapServer) -> None:
    """Chinese names (modified UTF-7) are read and opened; sent mail and drafts are not ours to read."""
    for folder in ("安全生产月", "Sent Messages", "草稿箱"):
        any_server.deliver(_mail(1), JUNE, folder)

    with MailboxSession(account(any_server)) as session:
        folders = session.folders()

        assert folders[0] == "INBOX"
        assert "安全生产月" in folders
        assert not {"Sent Messages", "草稿箱"} & set(folders)
        assert len(_all(session.list_all("安全生产月"))) == 1


def test_configured_folders_are_taken_as_they_are(any_server: ImapServer) -> None:
    """Where folders are named, nothing else is read."""
    with MailboxSession(replace(account(any_server), folders=("草稿箱",))) as session:
        assert session.folders() == ("草稿箱",)


def test_header_of_a_large_message_comes_without_its_body(any_server: ImapServer) -> None:
    """R15: what is above the limit is listed with sender and subject."""
    _fill(any_server, 1, size=200_000)
    with MailboxSession(account(any_server)) as session:
        (listing,) = _all(session.list_all("INBOX"))
        oversized = session.fetch_oversized(listing)

    assert listing.size_bytes > 200_000
    assert oversized.header.startswith(b"From: a@example.com\r\nSubject: 1\r\n")
    assert len(oversized.header) < 200


def test_new_mail_ends_the_waiting(any_server: ImapServer) -> None:
    """IDLE: a delivery is noticed at once; without it at the end of the time; silence lasts as long as asked."""
    _fill(any_server, 1)
    with MailboxSession(account(any_server)) as session:
        state = session.open("INBOX")
        assert not session.wait_new(0.3)

        delivery = threading.Timer(0.3, any_server.deliver, (_mail(2), JUNE))
        delivery.start()
        started = time.monotonic()
        assert session.wait_new(20 if session.can_idle else 1)
        assert time.monotonic() - started < 10
        delivery.join()

        assert session.open("INBOX").exists == state.exists + 1


def test_quick_check_tells_of_new_mail(any_server: ImapServer) -> None:
    """NOOP: nothing, then something."""
    with MailboxSession(account(any_server)) as session:
        session.open("INBOX")
        assert not session.quick_check()
        any_server.deliver(_mail(1), JUNE)

        assert session.quick_check()


def test_wrong_password_is_told_as_such(any_server: ImapServer) -> None:
    """The sentence speaks of the authorization code, and holds neither password nor account."""
    wrong = replace(account(any_server), password="not-the-password")

    with pytest.raises(MailboxError, match="authorization code") as caught:
        check_login(wrong)

    assert "授权码" in caught.value.say("zh")
    for said in (caught.value.say("zh"), caught.value.say("en")):
        assert wrong.password not in said
        assert wrong.username not in said


def test_missing_folder_is_told_by_name(any_server: ImapServer) -> None:
    """A folder that was configured but does not exist."""
    with MailboxSession(account(any_server)) as session, pytest.raises(MailboxError, match="没有的"):
        session.open("没有的")


def test_check_login_tells_what_is_there(any_server: ImapServer) -> None:
    """One line for ``check``."""
    _fill(any_server, 2)

    assert check_login(account(any_server)) == f"127.0.0.1:{any_server.port}, INBOX: 2"


def test_empty_mailbox_lists_nothing(any_server: ImapServer) -> None:
    """No messages, no commands about messages."""
    with MailboxSession(account(any_server)) as session:
        assert session.open("INBOX").exists == 0
        assert list(session.list_all("INBOX")) == []


@pytest.mark.dovecot
def test_keywords_survive(dovecot: Dovecot) -> None:
    """What a clerk's mail program has marked stays marked."""
    with dovecot.client() as client:
        client.append("INBOX", _mail(1), flags=("$Important",), msg_time=JUNE)
    with MailboxSession(replace(account(dovecot), after="seen")) as session:
        (listing,) = _all(session.list_all("INBOX"))
        session.tell(listing.location, "seen")

    assert _flags(dovecot) == [{b"$Important", b"\\Seen"}]


@pytest.mark.dovecot
def test_reading_leaves_no_trace_in_the_modification_sequence(dovecot: Dovecot) -> None:
    """R6: CONDSTORE (RFC 7162) counts every change: there is none."""
    _fill(dovecot, 2)

    def highest() -> int:
        with dovecot.client() as client:
            return int(client.folder_status("INBOX", ["HIGHESTMODSEQ"])[b"HIGHESTMODSEQ"])

    before = highest()
    with MailboxSession(account(dovecot)) as session:
        assert len(list(session.fetch(_all(session.list_all("INBOX"))))) == 2

    assert highest() == before


@pytest.mark.dovecot
def test_special_folders_are_known_by_their_attributes(dovecot: Dovecot) -> None:
    """RFC 6154: junk is read last; drafts, sent and trash never."""
    with dovecot.client() as client:
        for folder in ("Junk", "Drafts", "Deleted Messages", "其他文件夹/材料"):
            client.create_folder(folder)

    with MailboxSession(account(dovecot)) as session:
        assert session.folders() == ("INBOX", "其他文件夹/材料", "Junk")
