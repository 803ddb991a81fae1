"""Sending to real SMTP servers on loopback: those that take mail, refuse it, stay mute, break off."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from config import trusted_roots
from digest.compose import compose
from digest.outgoing import OutgoingServer, SendResult
from records.errors import OutgoingMailError, UsageError
from records.mails import Letter, OutgoingAccount, OutgoingMail
from tests.digest_data import ZONE

BLINK_S = 0.4


class Office:
    """A server that takes what comes, and answers as it was told."""

    def __init__(self, mail: str = "250 OK", rcpt: str = "250 OK", data: str = "250 queued") -> None:
        self.answers = {"mail": mail, "rcpt": rcpt, "data": data}
        self.taken: list[Envelope] = []

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.answers["mail"].startswith("2"):
            envelope.mail_from = address
        return self.answers["mail"]

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.answers["rcpt"].startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.answers["rcpt"]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answers["data"].startswith("2"):
            self.taken.append(envelope)
        return self.answers["data"]


class BreaksOff(Office):
    """Takes the whole mail, then the line goes dead before any answer."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append(envelope)
        assert isinstance(server.transport, asyncio.WriteTransport)
        server.transport.abort()
        await asyncio.sleep(0)
        return "250 never seen"


def authenticator(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"report", b"code")
    return AuthResult(success=right, handled=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        assert isinstance(port, int)
        return port


@contextmanager
def serving(office: Office, **options: Any) -> Iterator[OutgoingAccount]:
    controller = Controller(office, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield account(controller.port)
    finally:
        controller.stop()


@contextmanager
def scripted(*replies: bytes | None) -> Iterator[OutgoingAccount]:
    """A server that says one reply after each line it hears (the first at once); None: hangs up; at the end: mute."""
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def play() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as lines:
            for place, reply in enumerate(replies):
                if place and not lines.readline():
                    return
                if reply is None:
                    return
                connection.sendall(reply)
            done.wait(10)

    player = threading.Thread(target=play)
    player.start()
    try:
        yield account(listener.getsockname()[1])
    finally:
        done.set()
        listener.close()
        player.join(10)


def account(port: int) -> OutgoingAccount:
    return OutgoingAccount("127.0.0.1", port, "none", "Office <report@example.com>", timeout_s=5)


def a_mail(text: str = "正文\n.\n..\n") -> OutgoingMail:
    return compose(
        Letter("日报", text, "<p>日报</p>"),
        key="digest/c/d/a@example.com",
        kind="digest",
        campaign="c",
        period="d",
        sender="Office <report@example.com>",
        recipient="a@example.com",
        created_at=datetime(2031, 9, 28, 17, 30, tzinfo=ZONE),
    )


def outcome_of(office: Office) -> SendResult:
    with serving(office) as where:
        return OutgoingServer(where).send(a_mail())


def test_a_mail_arrives_octet_by_octet() -> None:
    """Envelope from the configured sender to the recipient alone, content unchanged, dots at line starts too."""
    office = Office()
    mail = replace(a_mail(), octets=b"Subject: x\r\n\r\n.\r\n..\r\n.x\r\nend\r\n")
    with serving(office) as where:
        result = OutgoingServer(where).send(mail)
    assert result.outcome == "sent"
    (envelope,) = office.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("report@example.com", ["a@example.com"])
    assert envelope.original_content == mail.octets


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"rcpt": "550 5.1.1 no such user"}, "refused"),
        ({"rcpt": "553 mailbox name not allowed"}, "refused"),
        ({"data": "554 5.7.1 rejected as spam"}, "refused"),
        ({"data": "552 message exceeds fixed maximum message size limit"}, "refused"),
        ({"mail": "552 message size exceeds fixed limit"}, "refused"),
        ({"rcpt": "450 mailbox busy"}, "later"),
        ({"data": "451 local error"}, "later"),
        ({"mail": "421 closing"}, "later"),
        ({"mail": "550 Connection frequency limited"}, "later"),
        ({"rcpt": "550 Connection frequency limited"}, "later"),
        ({"data": "550 Connection frequency limited"}, "later"),
        ({"data": "550 5.4.5 Daily sending quota exceeded"}, "later"),
        ({"data": "554 DT:SPM 163 smtp5,D9GowAD3, see http://mail.163.com/help"}, "later"),
        ({"mail": "501 mail from address must be same as authorization user"}, "later"),
        ({"mail": "553 not your address"}, "later"),
    ],
)
def test_answers_are_told_apart(answers: dict[str, str], expected: str) -> None:
    """Refused is what never will go; a server that is too busy for us, or a setting to be mended, means later."""
    result = outcome_of(Office(**answers))
    assert result.outcome == expected
    (reply,) = answers.values()
    assert reply[:3] in result.detail.zh
    assert reply[:3] in result.detail.en


def test_a_554_of_another_server_is_final() -> None:
    """Only 163 and its sisters say 554 to mails that are merely alike."""
    assert outcome_of(Office(data="554 transaction failed")).outcome == "refused"


def test_a_wrong_sender_is_told_with_what_to_change() -> None:
    """The administrator reads which setting does not fit."""
    result = outcome_of(Office(mail="501 mail from address must be same as authorization user"))
    assert "sender" in result.detail.zh
    assert "config.toml" in result.detail.zh


def test_a_reply_in_chinese_octets_is_readable() -> None:
    """Servers that answer in GBK are quoted as they meant it."""
    with scripted(b"220 x\r\n", b"250 x\r\n", b"250 ok\r\n", "550 用户不存在\r\n".encode("gb18030")) as where:
        result = OutgoingServer(where).send(a_mail())
    assert result.outcome == "refused"
    assert "用户不存在" in result.detail.zh


def test_a_line_that_breaks_after_the_content_is_unknown() -> None:
    """The server may have taken it: neither sent nor not sent may be claimed."""
    office = BreaksOff()
    result = outcome_of(office)
    assert result.outcome == "unknown"
    assert len(office.taken) == 1
    assert "Message-ID" in result.detail.zh


def test_a_server_that_never_confirms_the_content_is_unknown() -> None:
    """Silence after the content ends with the time limit."""
    with scripted(b"220 x\r\n", b"250 x\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n") as where:
        result = OutgoingServer(replace(where, timeout_s=BLINK_S)).send(a_mail())
    assert result.outcome == "unknown"


@pytest.mark.parametrize(
    "replies",
    [
        (),
        (None,),
        (b"220 x\r\n",),
        (b"220 x\r\n", None),
        (b"220 x\r\n", b"250 x\r\n"),
        (b"220 x\r\n", b"250 x\r\n", b"250 ok\r\n", None),
        (b"220 x\r\n", b"250 x\r\n", b"250 ok\r\n", b"250 ok\r\n"),
        (b"220 x\r\n", b"250 x\r\n", b"250 ok\r\n", b"250 ok\r\n", None),
        (b"554 go away\r\n",),
        (b"\xff\xfe nonsense\r\n",),
        (b"220 x\r\n", b"250 x\r\n", b"hello\r\n"),
        (b"220 " + b"x" * 20000 + b"\r\n",),
    ],
)
def test_a_server_that_falls_silent_or_raves_before_the_content_means_later(replies: tuple[bytes | None, ...]) -> None:
    """Each command has its time limit; nothing left, so the mail is simply tried again."""
    with scripted(*replies) as where:
        result = OutgoingServer(replace(where, timeout_s=BLINK_S)).send(a_mail())
    assert result.outcome == "later"
    assert result.detail.zh


def test_a_server_that_hangs_up_after_taking_the_mail_has_taken_it() -> None:
    """What happens at good-bye changes nothing."""
    lines = [b"" for _ in a_mail().octets.split(b"\r\n")]
    replies = (b"220 x\r\n", b"250 x\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", *lines[1:], b"250 ok\r\n", None)
    with scripted(*replies) as where:
        assert OutgoingServer(where).send(a_mail()).outcome == "sent"


def test_nobody_at_home_means_later() -> None:
    """A refused connection is told with host and port."""
    where = account(free_port())
    result = OutgoingServer(where).send(a_mail())
    assert result.outcome == "later"
    assert f"127.0.0.1:{where.port}" in result.detail.zh


def test_log_in_works_and_is_said() -> None:
    """`check` logs in, sends nothing and says so."""
    office = Office()
    with serving(office, authenticator=authenticator, auth_require_tls=False) as where:
        server = OutgoingServer(replace(where, username="report", password="code"))
        assert "登录成功" in server.check()
        assert "Logged in" in server.check("en")
        assert office.taken == []
        assert server.send(a_mail()).outcome == "sent"


@pytest.mark.parametrize("password", ["wrong", "", None, "授权码"])
def test_a_refused_log_in_may_heal_and_says_what_to_do(password: str | None) -> None:
    """535 keeps the mail for later (it heals by itself at times); `check` names the authorization code."""
    with serving(Office(), authenticator=authenticator, auth_require_tls=False) as where:
        server = OutgoingServer(replace(where, username="report", password=password))
        assert server.send(a_mail()).outcome == "later"
        with pytest.raises(OutgoingMailError) as caught:
            server.check()
    assert "授权码" in caught.value.say()
    assert "wrong" not in caught.value.say("en")


@pytest.mark.parametrize("host", ["smtp.example.com", "192.0.2.1", "localhost.example.com", "0.0.0.0"])
def test_plain_text_leaves_this_machine_never(host: str) -> None:
    """The password would be readable on the way: refused before any connection."""
    with pytest.raises(UsageError, match="none"):
        OutgoingServer(replace(account(25), host=host))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and self-signed certificate of 127.0.0.1 in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def server_side(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_implicit_tls_delivers_to_a_trusted_server(certificate: Path) -> None:
    """Port 465: TLS from the first octet."""
    office = Office()
    with serving(office, ssl_context=server_side(certificate)) as where:
        trusting = replace(where, tls="implicit", trusted_roots=trusted_roots(certificate.read_bytes()))
        result = OutgoingServer(trusting).send(a_mail())
    assert (result.outcome, len(office.taken)) == ("sent", 1)


def test_starttls_delivers_to_a_trusted_server(certificate: Path) -> None:
    """Port 587: nothing is said in plain text but the greeting."""
    office = Office()
    with serving(office, tls_context=server_side(certificate), require_starttls=True) as where:
        trusting = replace(where, tls="starttls", trusted_roots=trusted_roots(certificate.read_bytes()))
        result = OutgoingServer(trusting).send(a_mail())
    assert (result.outcome, len(office.taken)) == ("sent", 1)


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_an_untrusted_certificate_gets_nothing(certificate: Path, tls: str) -> None:
    """TLS is verified: an unknown certificate means later, and a sentence about certificates."""
    office = Office()
    kind = {"implicit": "ssl_context", "starttls": "tls_context"}[tls]
    with serving(office, **{kind: server_side(certificate)}) as where:
        untrusting = replace(where, tls="implicit" if tls == "implicit" else "starttls")
        result = OutgoingServer(untrusting).send(a_mail())
    assert (result.outcome, office.taken) == ("later", [])
    assert "证书" in result.detail.zh


def test_a_server_without_starttls_gets_nothing() -> None:
    """There is no falling back to plain text."""
    office = Office()
    with serving(office) as where:
        result = OutgoingServer(replace(where, tls="starttls")).send(a_mail())
    assert (result.outcome, office.taken) == ("later", [])
    assert "STARTTLS" in result.detail.zh
