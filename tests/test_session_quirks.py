"""The mailbox session against servers that bend the rules or break off, and against no server at all."""

from __future__ import annotations

import logging
import socket
import time
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest

from intake.folders import ListedFolder, folders_to_read
from intake.session import MailboxSession, check_login
from intake.windows import MAX_LISTED, uid_windows
from records.errors import MailboxError, UsageError
from records.mail import Listing, MailboxAccount
from tests.quirky_server import EXMAIL, NETEASE, QQ, Quirks, QuirkyImap

CHINA = timezone(timedelta(hours=8))
DATE = "20-Jun-2025 10:00:00 +0800"
RAW = b"From: a@example.com\r\nSubject: x\r\n\r\n" + b"line\r\n" * 2000
PROVIDERS = [
    pytest.param(Quirks(NETEASE, wants_id=True, uidvalidity=1, tells_uidnext=False), id="163"),
    pytest.param(Quirks(QQ), id="qq"),
    pytest.param(Quirks(EXMAIL, uidvalidity=None, tells_uidnext=False), id="exmail"),
]


def _listed(session: MailboxSession, after: int = 0) -> list[Listing]:
    return [listing for chunk in session.list_after("INBOX", after) for listing in chunk]


def _mailbox(*uids: int) -> dict[int, tuple[bytes, str]]:
    return dict.fromkeys(uids, (RAW, DATE))


@pytest.mark.parametrize("quirks", PROVIDERS)
def test_providers_are_read_alike(quirks: Quirks) -> None:
    """163 (ID first, no UIDNEXT, UIDs of ten digits), QQ, exmail (no UIDVALIDITY): the same messages come out."""
    uids = (1_320_000_001, 1_400_000_007, 1_750_000_000)
    with QuirkyImap(_mailbox(*uids), quirks) as server:
        with MailboxSession(server.account) as session:
            listings = _listed(session)
            fetched = list(session.fetch(listings))
            assert _listed(session, uids[-1]) == []
            assert [item.location.uid for item in _listed(session, uids[0])] == list(uids[1:])

        assert [item.location.uid for item in listings] == list(uids)
        assert {item.raw for item in fetched} == {RAW}
        assert {item.location.uidvalidity for item in listings} == {quirks.uidvalidity or 0}
        assert not any("*" in command for command in server.commands if "FETCH" in command or "SEARCH" in command)


def test_id_follows_the_login_and_precedes_the_folder() -> None:
    """163 refuses to open a folder for a client that has not named itself."""
    with QuirkyImap(_mailbox(5), Quirks(NETEASE, wants_id=True)) as server:
        with MailboxSession(server.account) as session:
            session.open("INBOX")
        names = [command.split(" ")[0] for command in server.commands]

    assert names.index("LOGIN") < names.index("ID") < names.index("EXAMINE")
    assert 'ID ("name" "baosong"' in next(command for command in server.commands if command.startswith("ID"))


def test_unsafe_login_is_told_without_the_address() -> None:
    """Where ID is not offered, the refusal is passed on in words, addresses left out."""
    with (
        QuirkyImap(_mailbox(5), Quirks(wants_id=True)) as server,
        MailboxSession(server.account) as session,
        pytest.raises(MailboxError, match="unsafe") as caught,
    ):
        session.open("INBOX")

    assert "kefu@188.com" not in caught.value.say("zh")


def test_missing_internaldate_is_asked_for_again() -> None:
    """The first answer leaves it out, the second has it, with the server's offset."""
    with QuirkyImap(_mailbox(5, 6), Quirks(dates_from=2)) as server, MailboxSession(server.account) as session:
        dates = [listing.internaldate for listing in _listed(session)]

    assert dates == [datetime(2025, 6, 20, 10, tzinfo=CHINA)] * 2


def test_internaldate_that_never_comes_is_none_and_not_left_out() -> None:
    """The topmost Received decides then; ``since`` cannot drop what has no date."""
    with QuirkyImap(_mailbox(5), Quirks(dates_from=99)) as server:
        with MailboxSession(replace(server.account, since=date(2025, 7, 1))) as session:
            (listing,) = _listed(session)

        assert server.asked_dates == 2

    assert listing.internaldate is None


@pytest.mark.parametrize(("behaviour", "words"), [("mute", "no answer within"), ("bye", "broke off")])
def test_server_that_stops_in_the_middle_of_a_message_is_left_in_time(behaviour: str, words: str) -> None:
    """Silence ends after the timeout, a cut at once; what was whole before stays good."""
    with QuirkyImap(_mailbox(5), Quirks(in_body=behaviour)) as server:
        started = time.monotonic()
        with pytest.raises(MailboxError, match=words), MailboxSession(server.account) as session:
            list(session.fetch(_listed(session)))

        assert time.monotonic() - started < 4


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ("NO LOGIN Login error or password error", "authorization code, not the password"),
        ("NO [AUTHENTICATIONFAILED] Authentication failed.", "authorization code, not the password"),
        (
            "NO Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, "
            "or system is busy. More information at https://example.com",
            "not necessarily a wrong password",
        ),
        ("NO [UNAVAILABLE] try again later", "not necessarily a wrong password"),
        ("NO [LIMIT] Too many simultaneous connections", "not necessarily a wrong password"),
        ("NO IMAP service is not enabled for this account", "switch on IMAP"),
    ],
)
def test_refused_login_is_named_for_what_it_is(reply: str, words: str) -> None:
    """A frequency limit or a busy system is not called a wrong password."""
    with QuirkyImap({}, Quirks(login=reply)) as server, pytest.raises(MailboxError, match=words):
        check_login(server.account)


def test_without_move_the_message_is_copied_and_only_it_expunged() -> None:
    """COPY, then the flag, then UID EXPUNGE of that UID (RFC 4315); never plain EXPUNGE."""
    with QuirkyImap(_mailbox(5, 6), Quirks(NETEASE)) as server:
        with MailboxSession(replace(server.account, after="move:已收")) as session:
            first = _listed(session)[0]
            assert session.tell(first.location, "move:已收")
            assert session.tell(first.location, "move:已收")

        assert list(server.mails) == [6]
        assert server.copies == [5]
        assert "UID EXPUNGE 5" in server.commands


def test_without_uidplus_the_message_stays_flagged_and_is_copied_once() -> None:
    """Nothing may be expunged then: others' marked messages would go too."""
    with QuirkyImap(_mailbox(5), Quirks("IMAP4rev1")) as server:
        with MailboxSession(replace(server.account, after="move:已收")) as session:
            (listing,) = _listed(session)
            assert session.tell(listing.location, "move:已收")
            assert session.tell(listing.location, "move:已收")

        assert server.copies == [5]
        assert server.flags[5] == {"\\Deleted"}
        assert not any("EXPUNGE" in command for command in server.commands)


@pytest.mark.parametrize("refused", ["UID COPY", "UID STORE", "CREATE"])
def test_refused_move_is_an_error_and_the_message_stays(refused: str) -> None:
    """The caller hears of it; the mailbox still holds the message."""
    with QuirkyImap(_mailbox(5), Quirks(refuses=refused)) as server:
        with (
            MailboxSession(replace(server.account, after="move:已收")) as session,
            pytest.raises(MailboxError, match="refused"),
        ):
            session.tell(_listed(session)[0].location, "move:已收")

        assert list(server.mails) == [5]


def test_batches_are_small_and_a_huge_message_comes_alone() -> None:
    """At most 50 mails or 8 MB in one command, and no command line beyond 8 KB."""
    mails = _mailbox(*range(1_400_000_000, 1_400_000_120))
    mails[1_400_000_060] = (b"x" * 9_000_000, DATE)
    with QuirkyImap(mails) as server:
        with MailboxSession(replace(server.account, timeout_s=20)) as session:
            assert sum(1 for _ in session.fetch(_listed(session))) == 120
        bodies = [command.split(" ")[2].split(",") for command in server.commands if "BODY.PEEK[]" in command]

        assert [len(uids) for uids in bodies] == [50, 10, 1, 50, 9]
        assert max(map(len, server.commands)) < 8192


@pytest.mark.parametrize("cuts", [(), (80_000, 1_100, 250_000)])
def test_windows_cover_every_uid_once(cuts: tuple[int, ...]) -> None:
    """R14: closed, ascending ranges; no list longer than the limit; a new range at each cut."""
    there = [*range(1, 1200), 79_999, 80_000, 80_001, 200_000]
    asked: list[tuple[int, int]] = []

    def between(lowest: int, highest: int) -> list[int]:
        asked.append((lowest, highest))
        return [uid for uid in there if lowest <= uid <= highest] + [999_999_999]

    lists = list(uid_windows(1, 200_000, cuts, between))

    assert [uid for uids in lists for uid in uids] == there
    assert max(map(len, lists)) <= MAX_LISTED
    assert asked == ([(1, 1_099), (1_100, 79_999), (80_000, 200_000)] if cuts else [(1, 200_000)])


def test_folders_of_a_chinese_webmail() -> None:
    """By attribute where there is one, else by the names that Chinese and English servers use."""
    rows = [
        ("\\HasNoChildren \\Drafts", "草稿箱"),
        ("\\HasNoChildren", "已发送"),
        ("\\HasNoChildren", "Deleted Messages"),
        ("\\HasNoChildren", "垃圾邮件"),
        ("\\NoSelect \\HasChildren", "其他文件夹"),
        ("", "其他文件夹/安全月"),
        ("", "其他文件夹/已发送"),
        ("\\HasNoChildren", "INBOX"),
        ("\\All", "[Gmail]/All Mail"),
        ("", "INBOX/Sent"),
        ("", "已收"),
        ("", "广告邮件"),
    ]
    listed = [ListedFolder(frozenset(flags.lower().split()), "/", name) for flags, name in rows]

    assert folders_to_read(listed, "已收") == (
        "INBOX",
        "其他文件夹/安全月",
        "其他文件夹/已发送",
        "垃圾邮件",
        "广告邮件",
    )


def test_plain_text_goes_to_this_machine_alone() -> None:
    """tls = "none" for another host is a mistake in the configuration, found before any connection."""
    account = MailboxAccount("imap.example.com", 143, "none", "u", "p")

    with pytest.raises(UsageError, match="this machine only"), MailboxSession(account):
        pass


def test_unreachable_server_is_told() -> None:
    """Nobody listens there."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    with pytest.raises(MailboxError, match="cannot be reached"):
        check_login(MailboxAccount("127.0.0.1", port, "none", "u", "p", timeout_s=2))


def test_server_that_never_greets_is_left_in_time() -> None:
    """The connection stands, but nothing comes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        account = MailboxAccount("127.0.0.1", listening.getsockname()[1], "none", "u", "p", timeout_s=0.5)
        started = time.monotonic()
        with pytest.raises(MailboxError, match="no answer within"):
            check_login(account)

    assert time.monotonic() - started < 3


def test_password_outside_ascii_is_a_configuration_error() -> None:
    """The web password with Chinese in it, or the whole file with its line end."""
    with QuirkyImap({}) as server, pytest.raises(UsageError, match="authorization code alone"):
        check_login(replace(server.account, password="密码"))


def test_logs_hold_neither_password_nor_address(caplog: pytest.LogCaptureFixture) -> None:
    """Even with every logger wide open."""
    caplog.set_level(logging.DEBUG)
    with QuirkyImap(_mailbox(5)) as server:
        account = replace(server.account, username="secret-user@example.com", password="secret-code")
        with MailboxSession(account) as session:
            list(session.fetch(_listed(session)))

    assert "secret" not in caplog.text
    assert "a@example.com" not in caplog.text
