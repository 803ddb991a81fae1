"""R11: whatever a server or the line to it does, each command ends by itself in time, in one kind of error, hung up."""

from __future__ import annotations

import random
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest

from intake.connection import say_goodbye
from intake.pace import Pace, TooMuch
from intake.session import MailboxSession
from records.errors import MailboxError
from records.mail import MailboxAccount
from tests.quirky_server import QQ, Quirks, QuirkyImap

DATE = "20-Jun-2025 10:00:00 +0800"
RAW = b"From: a@example.com\r\nSubject: x\r\n\r\n" + b"line\r\n" * 100
TIMEOUT_S, AT_MOST_S = 0.5, 3.0
PLACES = ["greeting", "CAPABILITY", "LOGIN", "ID", "EXAMINE", "UID SEARCH", "UID FETCH", "IDLE", "DONE", "NOOP"]


def _server(quirks: Quirks) -> QuirkyImap:
    if quirks.capability == "IMAP4rev1 UIDPLUS":
        quirks = replace(quirks, capability=QQ)
    return QuirkyImap({5: (RAW, DATE), 6: (RAW, DATE)}, quirks)


def _at(how: str, place: str) -> Quirks:
    quirks = Quirks()
    setattr(quirks, how, place)
    return quirks


def _account(server: QuirkyImap) -> MailboxAccount:
    return replace(server.account, timeout_s=TIMEOUT_S)


def _whole_round(account: MailboxAccount) -> int:
    """Every kind of command once; how many messages came."""
    with MailboxSession(account) as session:
        session.folders()
        listings = [listing for chunk in session.list_all("INBOX") for listing in chunk]
        came = len(list(session.fetch(listings)))
        session.wait_new(0.02)
        session.quick_check()
    return came


@contextmanager
def _in_time() -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < AT_MOST_S


@pytest.mark.parametrize("how", ["stops_at", "drips_at", "floods_at"])
@pytest.mark.parametrize("place", PLACES)
def test_server_that_never_finishes_an_answer_is_left(place: str, how: str) -> None:
    """R11: mute, dripping an octet at a time, or talking without an end, at whatever command; nothing stays open."""
    with _server(_at(how, place)) as server:
        with _in_time(), pytest.raises(MailboxError) as caught:
            _whole_round(_account(server))

        assert caught.value.kind in ("network", "protocol")
        assert "\n" not in caught.value.say("zh")
        assert server.wait_until_left()
        assert server.most_connections == 1


@pytest.mark.parametrize("how", ["mute", "drip"])
def test_server_that_stops_in_the_middle_of_a_literal_is_left(how: str) -> None:
    """R11: a message's octets stop, or drip: what they bought in time before does not last long."""
    with _server(Quirks(in_body=how)) as server:
        with _in_time(), pytest.raises(MailboxError, match="no answer within") as caught:
            _whole_round(_account(server))

        assert caught.value.kind == "network"
        assert server.wait_until_left()


@pytest.mark.parametrize("how", ["stops_at", "drips_at", "floods_at"])
def test_goodbye_is_short_whatever_comes_back(how: str) -> None:
    """R11: LOGOUT after good work is no failure, and does not hold us either."""
    with _server(_at(how, "LOGOUT")) as server:
        with _in_time():
            assert _whole_round(_account(server)) == 2

        assert server.wait_until_left()


def test_goodbye_takes_some_seconds_at_most() -> None:
    """However long the account may wait for answers otherwise."""
    with _server(Quirks()) as server, MailboxSession(replace(server.account, timeout_s=60)) as session:
        client = session._at.client
        say_goodbye(client)

        assert client.pace.timeout_s <= 5


def test_long_message_on_a_slow_line_comes_through() -> None:
    """R11: the time grows with what is received; only a line slower than a modem is given up."""
    pace = Pace(timeout_s=0.2)
    end = time.monotonic() + 0.6
    while time.monotonic() < end:
        pace.left_s()
        pace.received(400)  # 8 KB/s in small pieces
        time.sleep(0.05)

    time.sleep(0.25)
    with pytest.raises(TimeoutError):
        pace.left_s()


def test_received_octets_buy_no_time_in_advance() -> None:
    """R11: after a megabyte at once, silence is borne no longer than from the beginning."""
    pace = Pace(timeout_s=0.2)
    pace.received(1_000_000)

    assert pace.left_s() <= 0.2


def test_literal_beyond_all_measure_is_not_even_begun() -> None:
    """R15: a lying size makes no room in memory; a message may be longer than announced, within reason."""
    pace = Pace(timeout_s=1)
    with pytest.raises(TooMuch):
        pace.check(10**18)

    with pace.expecting(90_000_000, 10_000_000):
        pace.start()
        pace.check(100_000_000)


@pytest.mark.parametrize("announced", [10**18, 10**10, len(RAW) + 1, len(RAW) - 1, len(RAW) - 100, 0])
def test_lying_literal_gives_an_error_and_no_message(announced: int) -> None:
    """A literal's size that is wrong is noticed: nothing cut short or run together is taken for a message."""
    honest, lie = b"{%d}" % len(RAW), b"{%d}" % announced
    with _server(Quirks(mangle=lambda line: line.replace(honest, lie))) as server:
        with _in_time(), pytest.raises(MailboxError):
            _whole_round(_account(server))

        assert server.wait_until_left()


def test_connection_cut_after_any_octet_ends_in_one_kind_of_error() -> None:
    """R11: everything that a server sends in a whole round, cut off at every eleventh octet; nothing stays open."""
    with _server(Quirks()) as server:
        assert _whole_round(server.account) == 2
        for place in range(0, server.sent_bytes, 11):
            server.quirks.cuts_after = place
            with suppress(MailboxError):  # the good-bye may be cut, too
                _whole_round(server.account)

            assert server.wait_until_left()


def _spoiled(seed: int) -> Callable[[bytes], bytes]:
    """One octet in a hundred changed, lost or doubled, line ends too."""
    dice = random.Random(seed)

    def mangle(line: bytes) -> bytes:
        octets = bytearray()
        for octet in line:
            kind = dice.randrange(300)
            octets += bytes([dice.randrange(256)]) if kind == 0 else b"" if kind == 1 else bytes([octet])
            if kind == 2:
                octets.append(octet)
        return bytes(octets)

    return mangle


@pytest.mark.parametrize("seed", range(60))
def test_spoiled_answers_end_in_one_kind_of_error(seed: int) -> None:
    """Whatever the library makes of garbage, people get one line and the connection is closed."""
    with _server(Quirks(mangle=_spoiled(seed))) as server:
        with _in_time():
            try:
                _whole_round(replace(server.account, timeout_s=0.2))
            except MailboxError as error:
                assert error.say("zh")

        assert server.wait_until_left()


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("* BYE Autologout; idle for too long", "network"),
        ("* BYE [UNAVAILABLE] server is shutting down", "busy"),
        ("* BYE too many connections from your address", "busy"),
    ],
)
@pytest.mark.parametrize("place", ["LOGIN", "EXAMINE", "UID FETCH", "NOOP"])
def test_bye_in_the_middle_is_no_wrong_password(place: str, line: str, kind: str) -> None:
    """R12: a server that restarts or has too many clients says BYE at any moment."""
    with _server(Quirks(adds={place: line})) as server:
        with pytest.raises(MailboxError) as caught:
            _whole_round(_account(server))

        assert caught.value.kind == kind
        assert server.wait_until_left()


def test_bye_as_greeting_is_told() -> None:
    """R12: so do servers that are full."""
    with (
        _server(Quirks(greeting="* BYE Too many connections")) as server,
        pytest.raises(MailboxError, match="Too many connections") as caught,
    ):
        _whole_round(server.account)

    assert caught.value.kind == "busy"


def test_tls_handshake_that_never_ends_is_left() -> None:
    """R11: also before anything of IMAP was said: mute after the connection, with TLS from the start."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        account = MailboxAccount("127.0.0.1", listening.getsockname()[1], "implicit", "u", "p", timeout_s=TIMEOUT_S)
        with _in_time(), pytest.raises(MailboxError, match="no answer within"):
            _whole_round(account)


def test_dripping_tls_handshake_is_left() -> None:
    """R11: a record of TLS that comes octet by octet."""
    done = threading.Event()

    def drip(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.sendall(b"\x16\x03\x03\x40\x00")  # a handshake record of 16 KB begins
            while not done.wait(0.1):
                try:
                    connection.sendall(b"\x02")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=drip, args=(listening,), daemon=True).start()
        account = MailboxAccount("127.0.0.1", listening.getsockname()[1], "implicit", "u", "p", timeout_s=TIMEOUT_S)
        try:
            with _in_time(), pytest.raises(MailboxError) as caught:
                _whole_round(account)
        finally:
            done.set()
    assert caught.value.kind in ("network", "tls")
    assert isinstance(caught.value.__cause__, (TimeoutError, ssl.SSLError))


def test_many_failures_leave_no_connection() -> None:
    """R11: one connection an account, however often it fails (a client of exmail once piled up eleven)."""
    with _server(Quirks(refuses="UID SEARCH")) as server:
        for _ in range(30):
            with pytest.raises(MailboxError):
                _whole_round(server.account)

        assert server.wait_until_left()
        assert server.most_connections <= 2  # the server notices a moment later that we have left
