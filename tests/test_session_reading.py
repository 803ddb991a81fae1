"""What is new, and telling it once, against servers that renumber, skip, announce at odd moments, or hold very much."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest

from intake.answers import fetch_rows, search_numbers
from intake.folders import decoded_name, encoded_name
from intake.session import MailboxSession
from records.errors import MailboxError
from records.mail import Listing
from tests.quirky_server import NETEASE, QQ, Mail, Quirks, QuirkyImap

DATE = "20-Jun-2025 10:00:00 +0800"
MOVED = '"&XfJlNg-"'  # 已收


def _mail(number: int) -> Mail:
    raw = f"From: a@example.com\r\nSubject: {number}\r\nMessage-ID: <{number}@x>\r\n\r\nbody\r\n"
    return raw.encode(), DATE


def _mails(*uids: int) -> dict[int, Mail]:
    return {uid: _mail(uid) for uid in uids}


def _listed(session: MailboxSession, after: int = 0, folder: str = "INBOX") -> list[Listing]:
    return [listing for chunk in session.list_after(folder, after) for listing in chunk]


def _uids(listings: list[Listing]) -> list[int]:
    return [listing.location.uid for listing in listings]


@pytest.mark.parametrize(
    ("told", "read"),
    [(None, 0), (0, 0), (1, 1), (4_294_967_295, 4_294_967_295), (2**63 - 1, 2**63 - 1), (2**64 - 1, 2**63 - 1)],
)
def test_uidvalidity_of_any_size_can_be_kept(told: int | None, read: int) -> None:
    """R3: missing, 0, of 32 and of 64 bits: what is read fits the archive's signed column."""
    with QuirkyImap(_mails(5), Quirks(uidvalidity=told)) as server, MailboxSession(server.account) as session:
        assert session.open("INBOX").uidvalidity == read
        assert _uids(_listed(session)) == [5]


def test_renumbered_folder_is_neither_fetched_nor_told() -> None:
    """R3: UIDVALIDITY changed between two openings of one session: the old UIDs mean other messages."""
    with QuirkyImap(_mails(5), Quirks()) as server:
        with MailboxSession(replace(server.account, after="seen")) as session:
            (old,) = _listed(session)
            server.quirks.uidvalidity = 2
            session.open("INBOX")

            assert not session.tell(old.location, "seen")
            with pytest.raises(MailboxError) as caught:
                list(session.fetch([old]))

        assert caught.value.kind == "renumbered"
        assert server.flags == {}


def test_folder_that_claims_nothing_about_its_messages_is_an_error() -> None:
    """Without EXISTS a full folder would look empty; an unreadable UIDVALIDITY is not taken for another."""
    for quirks in (
        Quirks(mangle=lambda line: b"* OK nothing\r\n" if b"EXISTS" in line else line),
        Quirks(uidvalidity="many"),
    ):
        with QuirkyImap(_mails(5), quirks) as server, MailboxSession(server.account) as session:
            with pytest.raises(MailboxError) as caught:
                session.open("INBOX")
            assert caught.value.kind == "protocol"


def test_uidnext_that_lies_hides_nothing_from_a_whole_listing() -> None:
    """R3: the last message itself is asked for its UID when all is listed."""
    lie = Quirks(mangle=lambda line: line.replace(b"[UIDNEXT 10]", b"[UIDNEXT 6]"))
    with QuirkyImap(_mails(5, 9), lie) as server, MailboxSession(server.account) as session:
        assert _uids(_listed(session)) == [5, 9]


def test_poll_of_nothing_new_is_one_small_answer() -> None:
    """R1, R14: on an open session, at any size of the mailbox; ``n:*`` is never asked."""
    for count in (100, 20_000):
        with QuirkyImap(_mails(*range(1, count + 1)), Quirks(QQ)) as server, MailboxSession(server.account) as session:
            session.open("INBOX")
            before, commands = server.sent_bytes, len(server.commands)
            assert not session.quick_check()
            assert _listed(session, count) == []

            assert server.sent_bytes - before < 100
            assert server.commands[commands:] == ["NOOP"]


def test_three_hundred_thousand_messages_are_listed_in_chunks() -> None:
    """R14: no answer's line above 1 MB, no command above 8 KB, oldest first, each once, though UIDs lie far apart."""
    uids = range(1_320_000_001, 1_320_000_001 + 300_000 * 1_400, 1_400)
    with QuirkyImap(dict.fromkeys(uids, _mail(1)), Quirks(NETEASE, tells_uidnext=False)) as server:
        with MailboxSession(replace(server.account, timeout_s=20)) as session:
            chunks = session.list_after("INBOX", 0)
            first = [_uids(list(next(chunks))) for _ in range(3)]
            rest = _listed(session, uids[-700])
        searches = [command for command in server.commands if command.startswith("UID SEARCH")]

        assert [uid for chunk in first for uid in chunk] == list(uids[:1500])
        assert _uids(rest) == list(uids[-699:])
        assert server.longest_line < 1_000_000
        assert max(map(len, server.commands)) < 8192
        assert len(searches) == 2


def test_message_left_out_of_an_answer_is_asked_for_alone() -> None:
    """A server passes one over in a batch; asked for it alone it gives it."""
    with QuirkyImap(_mails(5, 6, 7), Quirks(skips={6}, skips_times=1)) as server:
        with MailboxSession(server.account) as session:
            came = {item.listing.location.uid for item in session.fetch(_listed(session))}

        assert came == {5, 6, 7}
        assert session.withheld == set()


def test_message_that_is_never_given_is_withheld_and_holds_up_no_other() -> None:
    """It is listed, but its octets do not come: the others do, and it is named."""
    with QuirkyImap(_mails(5, 6, 7), Quirks(skips={6})) as server:
        with MailboxSession(server.account) as session:
            listings = _listed(session)
            came = [item.listing.location.uid for item in session.fetch(listings)]

        assert came == [5, 7]
        assert session.withheld == {listings[1].location}


def test_batch_that_is_refused_for_one_message_is_fetched_one_by_one() -> None:
    """R8: NO to a batch, as a server says that cannot read one of its own files; nobody else waits for that."""
    quirks = Quirks(refuses="UID FETCH 5,6,7 (BODY", refusal="NO [SERVERBUG] 6")
    with QuirkyImap(_mails(5, 6, 7), quirks) as server, MailboxSession(server.account) as session:
        assert sorted(item.listing.location.uid for item in session.fetch(_listed(session))) == [5, 6, 7]


def test_what_is_said_unasked_is_not_taken_for_another_message() -> None:
    """A change of flags names a number, not a UID: message number 1 is UID 5, and UID 1 is not there at all."""
    rows = fetch_rows([b"1 (FLAGS (\\Deleted))", b"2 (UID 1 RFC822.SIZE 9)", b"3 (FLAGS (UID 7) UID 2)"])

    assert [(row.number, row.uid, row.size_bytes) for row in rows] == [(1, None, None), (2, 1, 9), (3, 2, None)]
    assert rows[0].flags == frozenset({b"\\Deleted"})


def test_unasked_deletion_of_another_message_destroys_nothing() -> None:
    """R5: "* 5 FETCH (FLAGS (\\Deleted))" speaks of the fifth message; UID 5 is moved as if nothing was said."""
    unasked = {"UID FETCH 5 (FLAGS": "* 5 FETCH (FLAGS (\\Deleted))"}
    with QuirkyImap(_mails(5, 6, 7, 8, 9), Quirks(NETEASE, adds=unasked)) as server:
        with MailboxSession(replace(server.account, after="move:已收")) as session:
            first = _listed(session)[0]
            list(session.fetch([first]))
            assert session.tell(first.location, "move:已收")

        assert list(server.others[MOVED].values()) == [_mail(5)]
        assert 5 not in server.mails


def test_search_answers_may_come_on_several_lines() -> None:
    """Nothing forbids it; MODSEQ at the end is no UID."""
    assert search_numbers([b"1 2", b"", b"3 (MODSEQ 917)", None]) == [1, 2, 3]


def test_copy_is_not_made_again_after_a_failed_attempt() -> None:
    """R5: COPY came through, STORE did not, again and again: one copy, and the move is completed when it can be."""
    with QuirkyImap(_mails(5), Quirks(NETEASE, refuses="UID STORE")) as server:
        account = replace(server.account, after="move:已收")
        for _ in range(3):
            with pytest.raises(MailboxError), MailboxSession(account) as session:
                (listing,) = _listed(session)
                session.tell(listing.location, "move:已收")
        server.quirks.refuses = ""
        with MailboxSession(account) as session:
            assert session.tell(listing.location, "move:已收")

        assert server.copies == [5]
        assert list(server.others[MOVED].values()) == [_mail(5)]
        assert server.mails == {}


def test_lookalike_in_the_target_is_no_copy() -> None:
    """R5: same size, same second, another message: ours is copied all the same."""
    with QuirkyImap(_mails(5), Quirks(NETEASE)) as server:
        server.others[MOVED] = {1: _mail(6)}
        with MailboxSession(replace(server.account, after="move:已收")) as session:
            (listing,) = _listed(session)
            assert session.tell(listing.location, "move:已收")

        assert list(server.others[MOVED].values()) == [_mail(6), _mail(5)]


@pytest.mark.parametrize("capability", [NETEASE, QQ])
def test_what_a_clerk_has_marked_as_deleted_is_left_alone(capability: str) -> None:
    """R5: with MOVE or without: it may be wanted back; we neither copy nor expunge it."""
    with QuirkyImap(_mails(5), Quirks(capability), flags={5: {"\\Deleted"}}) as server:
        with MailboxSession(replace(server.account, after="move:已收")) as session:
            (listing,) = _listed(session)
            assert session.tell(listing.location, "move:已收")

        assert list(server.mails) == [5]
        assert server.copies == []


def test_refused_acknowledgement_is_an_error_of_the_kind_protocol() -> None:
    """R5: over quota, say: the caller hears of it, the message stays."""
    quirks = Quirks(QQ, refuses="UID MOVE", refusal="NO [OVERQUOTA] full")
    with QuirkyImap(_mails(5), quirks) as server, MailboxSession(replace(server.account, after="move:已收")) as session:
        (listing,) = _listed(session)
        with pytest.raises(MailboxError, match="OVERQUOTA") as caught:
            session.tell(listing.location, "move:已收")

        assert caught.value.kind == "protocol"
        assert list(server.mails) == [5]


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        ("NO [INUSE] locked by another session", "at present"),
        ("NO [UNAVAILABLE] try again later", "at present"),
        ("NO [NONEXISTENT] gone", "check folder or folders"),
    ],
)
def test_folder_that_cannot_be_opened_leaves_the_session_good(refusal: str, words: str) -> None:
    """Its kind is ``folder``: the others can be read in the same pass."""
    quirks = Quirks(refuses='EXAMINE "x"', refusal=refusal)
    with QuirkyImap(_mails(5), quirks) as server, MailboxSession(server.account) as session:
        with pytest.raises(MailboxError, match=words) as caught:
            session.open("x")

        assert caught.value.kind == "folder"
        assert _uids(_listed(session)) == [5]


def test_message_that_comes_during_another_command_ends_the_waiting() -> None:
    """EXISTS is said once, here in the answer to a FETCH: IDLE would wait nine minutes for it to be said again."""
    adds = {"UID FETCH": "* 2 EXISTS"}
    with QuirkyImap(_mails(5), Quirks(QQ, adds=adds)) as server, MailboxSession(server.account) as session:
        list(session.fetch(_listed(session)))
        started = time.monotonic()

        assert session.wait_new(60)
        assert session.quick_check()
        assert time.monotonic() - started < 5
        session.open("INBOX")
        assert not session.wait_new(0.05)


@pytest.mark.parametrize("adds", [{"IDLE": "* 2 EXISTS"}, {"DONE": "* 2 EXISTS"}])
def test_message_that_comes_at_the_edges_of_idle_ends_the_waiting(adds: dict[str, str]) -> None:
    """Before the continuation, and between DONE and the end."""
    with QuirkyImap(_mails(5), Quirks(QQ, adds=adds)) as server, MailboxSession(server.account) as session:
        session.open("INBOX")

        assert session.wait_new(0.05) or session.quick_check()


def test_idle_ends_with_the_delivery() -> None:
    """Within a second, by far."""
    with QuirkyImap(_mails(5), Quirks(QQ)) as server, MailboxSession(server.account) as session:

        def deliver() -> None:
            server.idle.wait(10)
            server.arrives(6, _mail(6))

        session.open("INBOX")
        delivery = threading.Thread(target=deliver)
        delivery.start()
        started = time.monotonic()

        assert session.wait_new(30)
        assert time.monotonic() - started < 1
        delivery.join()


def test_news_in_the_same_packet_as_the_continuation_is_not_slept_through() -> None:
    """What lies in our buffer makes no socket readable."""
    packet = Quirks(QQ, mangle=lambda line: line.replace(b"+ idling\r\n", b"+ idling\r\n* 2 EXISTS\r\n"))
    with QuirkyImap(_mails(5), packet) as server, MailboxSession(server.account) as session:
        session.open("INBOX")
        started = time.monotonic()

        assert session.wait_new(30)
        assert time.monotonic() - started < 5


@pytest.mark.parametrize("said", ["* 3 EXISTS", "* 1 EXPUNGE\r\n* 2 EXISTS", "* OK Still here"])
def test_repeated_exists_is_no_news(said: str) -> None:
    """Some servers say it with every IDLE: taken for news, we would ask without end."""
    with (
        QuirkyImap(_mails(5, 6, 7), Quirks(QQ, adds={"DONE": said})) as server,
        MailboxSession(server.account) as session,
    ):
        session.open("INBOX")

        assert not session.wait_new(0.05)


def test_refused_idle_falls_back_to_asking() -> None:
    """Offered, then refused: the session lives on by NOOP."""
    quirks = Quirks(QQ, refuses="IDLE", refusal="BAD unknown")
    with QuirkyImap(_mails(5), quirks) as server, MailboxSession(server.account) as session:
        session.open("INBOX")
        assert not session.wait_new(0.05)
        server.arrives(6, _mail(6))
        assert session.wait_new(0.05)

        assert not session.can_idle
        assert server.commands.count("IDLE") == 1


def test_server_that_hangs_up_during_idle_is_told() -> None:
    """A restart ends the waiting at once, as an error of the kind ``network``."""
    with QuirkyImap(_mails(5), Quirks(QQ, stops_at="DONE")) as server:
        account = replace(server.account, timeout_s=0.3)
        with pytest.raises(MailboxError) as caught, MailboxSession(account) as session:
            session.open("INBOX")
            session.wait_new(0.05)

    assert caught.value.kind == "network"


@pytest.mark.parametrize(("zone", "uids"), [("Asia/Shanghai", [6]), ("UTC", []), ("Pacific/Auckland", [5, 6])])
def test_since_is_a_day_of_the_campaigns_zone(zone: str, uids: list[int]) -> None:
    """Two messages around midnight in China: whose day it is decides."""
    midnight = datetime(2025, 6, 20, tzinfo=timezone(timedelta(hours=8)))
    mails = {
        5 + place: (_mail(5)[0], f"{midnight + timedelta(minutes=minute):%d-%b-%Y %H:%M:%S %z}")
        for place, minute in enumerate((-1, 1))
    }
    with QuirkyImap(mails) as server:
        account = replace(server.account, since=date(2025, 6, 20), zone=zone)
        with MailboxSession(account) as session:
            assert _uids(_listed(session)) == uids


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (b"&XfJlNg-", "已收"),
        (b"A &- B", "A & B"),
        (b"A & B", "A & B"),  # against the rules: read as it stands
        (b"&abc", "&abc"),
        ("已收".encode(), "已收"),
        ("已收".encode("gb18030"), "已收"),
        (b'quo"te\\d', 'quo"te\\d'),
        (b"2025", "2025"),
    ],
)
def test_folder_names_are_read(written: bytes, name: str) -> None:
    """RFC 3501 §5.1.3, and what servers write instead."""
    assert decoded_name(written) == name


def test_folder_name_goes_out_as_it_came_in() -> None:
    """Folders with odd names are opened all the same, and do not keep the others from being read."""
    names = ["A & B", "&abc", 'quo\\"te', "安全月".encode().decode("latin-1"), "2025"]
    rows = [f'(\\HasNoChildren) NIL "{name}"' for name in names]
    with QuirkyImap(_mails(5)) as server:
        server.folders += rows
        server.others = {f'"{name}"': _mails(6) for name in names}
        with MailboxSession(server.account) as session:
            folders = session.folders()
            assert set(folders) >= {"INBOX", "A & B", "&abc", 'quo"te', "2025"}
            for folder in ("A & B", "&abc", 'quo"te', "2025"):
                assert _uids(_listed(session, folder=folder)) == [6]


@pytest.mark.parametrize("name", ["已收", "A & B", "其他文件夹/安全月", "𠮷", 'a"b', "plain"])
def test_folder_names_survive_both_ways(name: str) -> None:
    """Written as servers write them, and read again."""
    assert decoded_name(encoded_name(name)) == name
