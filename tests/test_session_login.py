"""TLS, log-in, and what a refusal means: against Dovecot with an authority of its own, and servers that play tricks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from config import trusted_roots
from demo.servers import EmbeddedImap
from intake.session import MailboxSession, check_login
from records.errors import MailboxError, MailboxErrorKind, UsageError
from records.mail import MailboxAccount
from tests.mail_servers import ODD_PASSWORD, Dovecot, account, dovecot, dovecot_server, pymap
from tests.quirky_server import EXMAIL, NETEASE, QQ, Quirks, QuirkyImap

__all__ = ["dovecot", "dovecot_server", "pymap"]  # fixtures

both_ways = pytest.mark.parametrize("tls", ["implicit", "starttls"])


def _over_tls(server: Dovecot, tls: Any, **more: Any) -> MailboxAccount:
    port = server.tls_port if tls == "implicit" else server.port
    return replace(account(server), host="localhost", port=port, tls=tls, **more)


@pytest.mark.dovecot
@both_ways
def test_certificate_that_nobody_trusts_is_refused(dovecot: Dovecot, tls: Any) -> None:
    """TLS is verified; the sentence says what to do."""
    with pytest.raises(MailboxError, match=r"not trusted.*ca_file") as caught:
        check_login(_over_tls(dovecot, tls))

    assert caught.value.kind == "tls"
    assert "ca_file" in caught.value.say("zh")


@pytest.mark.dovecot
@both_ways
def test_private_authority_is_trusted_where_it_is_configured(dovecot: Dovecot, tls: Any) -> None:
    """An office's own authority; also the server's certificate itself does, as many offices have none."""
    for file in (dovecot.authority, dovecot.root / "cert.pem"):
        roots = trusted_roots(file.read_bytes())

        assert check_login(_over_tls(dovecot, tls, trusted_roots=roots)).endswith("INBOX: 0")


@pytest.mark.dovecot
@both_ways
def test_certificate_of_another_host_is_refused(dovecot: Dovecot, tls: Any) -> None:
    """It comes from the right authority, but is for "localhost", not for the address."""
    roots = trusted_roots(dovecot.authority.read_bytes())
    elsewhere = replace(_over_tls(dovecot, tls, trusted_roots=roots), host="127.0.0.1")

    with pytest.raises(MailboxError, match=r"not trusted.*127\.0\.0\.1") as caught:
        check_login(elsewhere)

    assert caught.value.kind == "tls"


@pytest.mark.dovecot
@both_ways
def test_machines_own_roots_are_trusted_without_configuration(
    dovecot: Dovecot, tls: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the root installed on the machine, both ways to TLS work."""
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.authority))

    assert check_login(_over_tls(dovecot, tls)).endswith("INBOX: 0")


@pytest.mark.dovecot
def test_implicit_tls_on_the_wrong_port_is_told(dovecot: Dovecot) -> None:
    """Port 143 with tls = "implicit"."""
    with pytest.raises(MailboxError, match="check that port and tls match"):
        check_login(replace(account(dovecot), host="localhost", tls="implicit"))


@pytest.mark.dovecot
@pytest.mark.parametrize("username", ["安稳办", "some one"])
def test_odd_user_names_and_passwords_get_in(dovecot: Dovecot, username: str) -> None:
    """Chinese, quotes, backslashes, braces, blanks: by AUTHENTICATE PLAIN (RFC 4616), exactly."""
    odd = replace(account(dovecot), username=username, password=ODD_PASSWORD)
    assert check_login(odd).endswith("INBOX: 0")

    with pytest.raises(MailboxError) as caught:
        check_login(replace(odd, password=ODD_PASSWORD + "x"))
    assert caught.value.kind == "refused_login"


def test_pymap_offers_no_starttls(pymap: EmbeddedImap) -> None:
    """Where STARTTLS is asked for, but not offered (or stripped on the way), nothing goes out in plain text."""
    with pytest.raises(MailboxError, match="offers no STARTTLS") as caught:
        check_login(replace(account(pymap), tls="starttls"))

    assert caught.value.kind == "tls"


@pytest.mark.parametrize(
    "quirks",
    [
        pytest.param(Quirks("IMAP4rev1"), id="stripped"),
        pytest.param(Quirks("IMAP4rev1 STARTTLS", refuses="STARTTLS"), id="refused"),
        pytest.param(Quirks("IMAP4rev1 STARTTLS", greeting="* PREAUTH welcome"), id="logged in already"),
        pytest.param(
            Quirks("IMAP4rev1 STARTTLS", after_starttls="* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"), id="injected"
        ),
    ],
)
def test_password_never_leaves_in_clear_text(quirks: Quirks) -> None:
    """STARTTLS stripped, refused, made needless by PREAUTH, or followed by clear text: no word of the log-in."""
    with QuirkyImap({}, quirks) as server:
        with pytest.raises(MailboxError) as caught:
            check_login(replace(server.account, tls="starttls"))

        assert caught.value.kind in ("tls", "protocol")
        assert not any(command.startswith(("LOGIN", "AUTHENTICATE")) for command in server.commands)
        assert server.wait_until_left()


def test_login_is_used_where_it_does() -> None:
    """The common case: LOGIN, which every server knows."""
    with QuirkyImap({}, Quirks(EXMAIL)) as server:
        check_login(server.account)

        assert 'LOGIN somebody "p"' in server.commands


@pytest.mark.parametrize(
    ("capability", "username", "password"),
    [
        ("IMAP4rev1 LOGINDISABLED AUTH=PLAIN", "u", "p"),
        (EXMAIL, "u", "密码"),
        (EXMAIL, "安稳办", "p"),
        (EXMAIL, "u", 'a"b\\c'),
    ],
)
def test_plain_is_used_where_login_does_not_do(capability: str, username: str, password: str) -> None:
    """LOGIN switched off, or words that it cannot carry everywhere."""
    with QuirkyImap({}, Quirks(capability)) as server:
        check_login(replace(server.account, username=username, password=password))

        assert server.commands.count(f"\0{username}\0{password}") == 1
        assert not any(command.startswith("LOGIN ") for command in server.commands)


def test_quoted_user_name_where_plain_is_not_offered() -> None:
    """A blank in the name must not end it."""
    with QuirkyImap({}, Quirks("IMAP4rev1")) as server:
        check_login(replace(server.account, username="some one", password='a"b'))

        assert 'LOGIN "some one" "a\\"b"' in server.commands


def test_login_that_is_switched_off_without_another_way_is_told() -> None:
    """LOGINDISABLED in clear text: the remedy is TLS."""
    with QuirkyImap({}, Quirks("IMAP4rev1 LOGINDISABLED")) as server:
        with pytest.raises(MailboxError, match="no log-in on this connection") as caught:
            check_login(server.account)

        assert caught.value.kind == "tls"
        assert not any(command.startswith("LOGIN ") for command in server.commands)


def test_preauth_needs_no_log_in() -> None:
    """A tunnel on this machine may have logged in for us (RFC 3501 §7.1.4)."""
    with QuirkyImap({}, Quirks(greeting="* PREAUTH welcome")) as server:
        assert check_login(server.account).endswith("INBOX: 0")
        assert not any(command.startswith("LOGIN") for command in server.commands)


def test_capabilities_are_asked_again_after_the_log_in() -> None:
    """R13: QQ advertises little before it knows the account, also in the answer to LOGIN."""
    little = "IMAP4rev1 AUTH=LOGIN"
    login = f"OK [CAPABILITY {little}] Success login ok"
    with QuirkyImap({}, Quirks(little, says_after_login=QQ, login=login)) as server:
        with MailboxSession(server.account) as session:
            assert session.can_idle
        names = [command.split(" ")[0] for command in server.commands]

    assert names[:4] == ["CAPABILITY", "LOGIN", "CAPABILITY", "ID"]


@pytest.mark.parametrize("refusal", ["NO ID refused", "BAD unknown command"])
def test_refused_id_is_no_reason_to_leave(refusal: str) -> None:
    """A server that offers ID and then refuses it still has the mail."""
    with QuirkyImap({}, Quirks(NETEASE, refuses="ID", refusal=refusal)) as server:
        assert check_login(server.account).endswith("INBOX: 0")


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("NO [AUTHENTICATIONFAILED] Authentication failed.", "refused_login"),
        ("NO [AUTHENTICATIONFAILED] Invalid credentials, please try again", "refused_login"),
        ("NO LOGIN Login error or password error", "refused_login"),
        ("NO [EXPIRED] That password isn't valid any more", "refused_login"),
        ("NO 登录失败：密码错误", "refused_login"),
        ("NO 登录失败：密码错误".encode("gb18030"), "refused_login"),
        ("NO [AUTHENTICATIONFAILED] Too many login failures", "busy"),
        (
            "NO Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, "
            "or system is busy",
            "busy",
        ),
        ("NO [UNAVAILABLE] Temporary authentication failure", "busy"),
        ("NO [LIMIT] Too many simultaneous connections", "busy"),
        ("NO 登录过于频繁，请稍后再试".encode("gb18030"), "busy"),
        ("NO IMAP service is not enabled for this account", "closed"),
        ("NO LOGIN Unsafe Login. Please contact kefu@188.com for help", "closed"),
        ("NO something that nobody has read before", "closed"),
        ("NO [PRIVACYREQUIRED] use TLS", "tls"),
    ],
)
def test_refused_log_in_is_of_the_kind_that_it_is(reply: str | bytes, kind: MailboxErrorKind) -> None:
    """R12: only an unequivocal refusal counts towards the three that stop the watch; GBK is read."""
    with QuirkyImap({}, Quirks(login=reply)) as server, pytest.raises(MailboxError) as caught:
        check_login(server.account)

    assert caught.value.kind == kind


def test_cut_during_the_log_in_says_nothing_about_the_password() -> None:
    """R12: the connection ends where the answer to LOGIN should come."""
    with QuirkyImap({}) as server:
        check_login(server.account)
        server.quirks.cuts_after = len("* OK ready\r\n* CAPABILITY IMAP4rev1 UIDPLUS\r\nABCD0 OK done\r\n")
        with pytest.raises(MailboxError) as caught:
            check_login(server.account)

    assert caught.value.kind == "network"


@pytest.mark.parametrize("host", ["", "a..example.com", "x" * 80 + ".example.com", "没有.invalid"])
def test_host_that_is_no_name_is_told(host: str) -> None:
    """A slip in the configuration is one line, whatever the name service makes of it."""
    with pytest.raises(MailboxError) as caught:
        check_login(MailboxAccount(host, 1, "implicit", "u", "p", timeout_s=5))

    assert caught.value.kind == "network"


@pytest.mark.parametrize("secret", ["two\nlines", "nul\0", "carriage\rreturn"])
def test_password_that_no_server_can_take_is_a_configuration_error(secret: str) -> None:
    """The whole file with its line end, or garbage."""
    with QuirkyImap({}, Quirks(EXMAIL)) as server, pytest.raises(UsageError, match="authorization code alone"):
        check_login(replace(server.account, password=secret))
