"""Real IMAP servers for tests: Dovecot as Debian packages it, and pymap; the same contract holds for both.

Use by ``from tests.mail_servers import dovecot, imap_server, pymap`` (fixtures).
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Protocol

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from imapclient import IMAPClient

from demo.servers import HOST, EmbeddedImap
from records.mail import MailboxAccount
from tests.quirky_server import EXMAIL, NETEASE, QQ, Quirks, QuirkyImap

_SEARCH_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
_START_S = 20.0
_USER = "report"
_PASSWORD = "loopback-only"
_numbers = count(1)
ODD_PASSWORD = '授权码 "2025" \\ {3}'
ODD_LOGINS = f"安稳办:{ODD_PASSWORD}\nsome one:{ODD_PASSWORD}\n"

_CONFIG = """
protocols = imap
listen = {host}
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/dovecot.log
mail_location = maildir:{root}/mail/%u
mail_uid = {mail_user}
mail_gid = {mail_group}
first_valid_uid = 1
default_internal_user = {internal_user}
default_internal_group = {internal_group}
default_login_user = {login_user}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
ssl = yes
ssl_cert = <{root}/cert.pem
ssl_key = <{root}/key.pem
auth_username_chars =
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {root}/passwords
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={mail_user} gid={mail_group} home={root}/mail/%u
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    address = {host}
    port = {port}
  }}
  inet_listener imaps {{
    address = {host}
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Drafts {{
    special_use = \\Drafts
  }}
  mailbox Junk {{
    special_use = \\Junk
  }}
  mailbox "Sent Messages" {{
    special_use = \\Sent
  }}
  mailbox "Deleted Messages" {{
    special_use = \\Trash
  }}
}}
"""


class ImapServer(Protocol):
    """What the contract tests need of a server."""

    @property
    def host(self) -> str:
        """Where it listens."""

    @property
    def port(self) -> int:
        """For clear text."""

    @property
    def user(self) -> str:
        """The account."""

    @property
    def password(self) -> str:
        """Its password."""

    def deliver(self, raw: bytes, internaldate: datetime, folder: str = "INBOX") -> None:
        """Deliver a message as received at ``internaldate``."""

    def client(self) -> IMAPClient:
        """A logged-in client for looking at the mailbox from outside."""


@dataclass(slots=True)
class Dovecot:
    """A running Dovecot with one account; ``port`` speaks plain text and STARTTLS, ``tls_port`` TLS from the start."""

    root: Path
    port: int
    tls_port: int
    host: str = HOST
    user: str = _USER
    password: str = _PASSWORD

    @property
    def authority(self) -> Path:
        """The root certificate of the server's own authority; the server's certificate is for "localhost" alone."""
        return self.root / "ca.pem"

    def deliver(self, raw: bytes, internaldate: datetime, folder: str = "INBOX") -> None:
        """Deliver by APPEND (RFC 3501 §6.3.11); ``folder`` is made where it is missing."""
        with self.client() as client:
            if folder != "INBOX" and not client.folder_exists(folder):
                client.create_folder(folder)
            client.append(folder, raw, msg_time=internaldate)

    def deliver_all(self, mails: list[tuple[bytes, datetime]], folder: str = "INBOX") -> None:
        """Deliver many over one connection."""
        with self.client() as client:
            for raw, internaldate in mails:
                client.append(folder, raw, msg_time=internaldate)

    def client(self) -> IMAPClient:
        """A plain client, logged in; close it by ``with``."""
        client = IMAPClient(self.host, port=self.port, ssl=False, timeout=_START_S)
        client.login(self.user, self.password)
        client.normalise_times = False
        return client


@pytest.fixture(scope="session")
def dovecot_server() -> Iterator[Dovecot]:
    """One Dovecot for the whole run; tests take ``dovecot``, which gives each an account of its own."""
    program = shutil.which("dovecot", path=_SEARCH_PATH)
    if program is None:
        pytest.skip("Dovecot is not installed: apt-get install dovecot-imapd")
    root = Path(tempfile.mkdtemp(prefix="baosong-dovecot-", dir="/tmp"))
    port, tls_port = _free_ports(2)
    server = Dovecot(root, port, tls_port)
    try:
        _configure(server)
        process = subprocess.Popen([program, "-F", "-c", str(root / "dovecot.conf")], stdout=subprocess.DEVNULL)
        try:
            _wait_until_up(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(_START_S)
    finally:
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture
def dovecot(dovecot_server: Dovecot) -> Dovecot:
    """A Dovecot account that no other test has used."""
    return replace(dovecot_server, user=f"{_USER}-{next(_numbers)}")


@pytest.fixture
def pymap() -> Iterator[EmbeddedImap]:
    """A fresh pymap, as the demonstration uses it."""
    with EmbeddedImap() as server:
        yield server


@pytest.fixture(params=[pytest.param("dovecot", marks=pytest.mark.dovecot), "pymap"])
def imap_server(request: pytest.FixtureRequest) -> ImapServer:
    """Each of the real servers in turn."""
    server: ImapServer = request.getfixturevalue(request.param)
    return server


PROVIDERS = {
    # ID before the folder, no MOVE, IDLE, UIDNEXT; UIDVALIDITY always 1, UIDs of ten digits
    "163": (Quirks(NETEASE, wants_id=True, uidvalidity=1, tells_uidnext=False), 1_320_000_001),
    # little before the log-in; BAD to SEARCH for text and to descending sets
    "qq": (Quirks("IMAP4 IMAP4rev1 ID AUTH=PLAIN AUTH=LOGIN NAMESPACE", says_after_login=QQ), 1),
    # no UIDVALIDITY, no UIDPLUS
    "exmail": (Quirks(EXMAIL, uidvalidity=None, tells_uidnext=False), 1),
}


@pytest.fixture(params=[pytest.param("dovecot", marks=pytest.mark.dovecot), "pymap", *PROVIDERS])
def any_server(request: pytest.FixtureRequest) -> Iterator[ImapServer]:
    """R13: each of the real servers in turn, then scripted ones with the quirks of Chinese providers."""
    if request.param not in PROVIDERS:
        yield request.getfixturevalue(request.param)
        return
    quirks, first_uid = PROVIDERS[request.param]
    with QuirkyImap({}, replace(quirks, password="p"), first_uid=first_uid) as server:
        yield server


def account(server: ImapServer) -> MailboxAccount:
    """How the service logs in to ``server``; use ``dataclasses.replace`` for what a test wants otherwise."""
    return MailboxAccount(server.host, server.port, "none", server.user, server.password, timeout_s=10.0)


def _configure(server: Dovecot) -> None:
    is_root = os.geteuid() == 0
    me = pwd.getpwuid(os.geteuid()).pw_name
    my_group = grp.getgrgid(os.getegid()).gr_name
    mail_user = "nobody" if is_root else me
    mail_group = grp.getgrgid(pwd.getpwnam(mail_user).pw_gid).gr_name
    text = _CONFIG.format(
        host=server.host,
        port=server.port,
        tls_port=server.tls_port,
        root=server.root,
        password=server.password,
        mail_user=mail_user,
        mail_group=mail_group,
        internal_user="dovecot" if is_root else me,
        internal_group="dovecot" if is_root else my_group,
        login_user="dovenull" if is_root else me,
    )
    (server.root / "dovecot.conf").write_text(text, "utf-8")
    (server.root / "passwords").write_text(ODD_LOGINS, "utf-8")
    write_certificates(server.root)
    server.root.chmod(0o755)
    mail = server.root / "mail"
    mail.mkdir()
    if is_root:
        shutil.chown(mail, mail_user, mail_group)


def write_certificates(root: Path) -> None:
    """An authority of our own, and a certificate that it gives to the server."""
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _certificate("Office CA", authority_key, "Office CA", authority_key)
    (root / "ca.pem").write_bytes(authority)
    (root / "cert.pem").write_bytes(_certificate("localhost", key, "Office CA", authority_key))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (root / "key.pem").write_bytes(private)


def _certificate(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: str, issuer_key: ec.EllipticCurvePrivateKey
) -> bytes:
    now = datetime.now(UTC)
    is_authority = name == issuer
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name.replace(" ", "-"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


def _free_ports(number: int) -> list[int]:
    sockets = [socket.create_server((HOST, 0)) for _ in range(number)]
    ports: list[int] = [item.getsockname()[1] for item in sockets]
    for item in sockets:
        item.close()
    return ports


def _wait_until_up(server: Dovecot, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end:
        try:
            with server.client():
                return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.05)
    log = server.root / "dovecot.log"
    pytest.fail("Dovecot did not start: " + (log.read_text("utf-8", "replace") if log.exists() else "no log"))
