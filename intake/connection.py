"""One IMAP connection: TLS, log-in, ID; and the translation of everything that can break into ``MailboxError``."""

from __future__ import annotations

import logging
import selectors
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError, LoginError

from intake import failures
from records.edges import is_loopback
from records.errors import UsageError
from records.mail import MailboxAccount
from records.words import Text

logging.getLogger("imapclient").setLevel(logging.WARNING)  # below that it writes account names and whole headers


class Waking(Protocol):
    """What can end a wait for the server early: a selector sees it as readable from then on."""

    def fileno(self) -> int:
        """Its file descriptor."""
        ...


_CLIENT_ID = {"name": "baosong", "version": "1.0", "vendor": "baosong"}
_PLAIN_TEXT = Text(
    '[mailbox] 的 tls = "none" 只允许用于本机服务器，{host} 不是本机：请改为 "implicit" 或 "starttls"。',
    'tls = "none" under [mailbox] is for servers on this machine only, and {host} is none: '
    'use "implicit" or "starttls".',
)
_ODD_PASSWORD = Text(
    "[mailbox] 的用户名或密码含有非英文字符或换行，服务器收不了：请检查密码文件，只放授权码一行。",
    "The user name or password under [mailbox] holds characters outside ASCII or line ends: "
    "check the password file; it should hold the authorization code alone, on one line.",
)


def connect(account: MailboxAccount, before_log_in: Callable[[], None] = lambda: None) -> IMAPClient:
    """Connect and log in; every command has ``account.timeout_s`` to answer. ``before_log_in``: so log-ins are counted.

    ID follows the log-in where it is offered: 163 refuses to open folders without. Raises UsageError for plain text
    to another machine, MailboxError for all that the server or the way to it is to blame for.
    """
    if account.tls == "none" and not is_loopback(account.host):
        raise UsageError(_PLAIN_TEXT.fill(host=account.host))
    client = _open(account)
    try:
        before_log_in()
        _log_in(client, account)
        with guarded(account):
            if client.has_capability("ID"):
                client.id_(_CLIENT_ID)
    except BaseException:
        hang_up(client)
        raise
    return client


def hang_up(client: IMAPClient) -> None:
    """Close the connection without a word; one that is closed already is what we want."""
    with suppress(OSError):
        client.shutdown()


def cut(client: IMAPClient) -> None:
    """End the connection below TLS and library, both of which another thread may be holding."""
    with suppress(OSError):
        socket.socket.shutdown(client.socket(), socket.SHUT_RDWR)


@contextmanager
def guarded(account: MailboxAccount) -> Iterator[None]:
    """Turn what imapclient raises during a command into MailboxError."""
    try:
        yield
    except TimeoutError as error:
        raise failures.timed_out(account) from error
    except (IMAPClientAbortError, OSError, EOFError) as error:
        raise failures.broke_off(account, error) from error
    except (IMAPClientError, ValueError) as error:  # ValueError: an answer that the library cannot read
        raise failures.refused(account, error) from error


def readable_within(connection: socket.socket, timeout_s: float, wake: Waking | None = None) -> bool:
    """Whether the server says something, or hangs up, within that time; ``wake`` ends the waiting early."""
    if isinstance(connection, ssl.SSLSocket) and connection.pending():
        return True
    with selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        if wake is not None:
            selector.register(wake, selectors.EVENT_READ)
        return any(key.fileobj is connection for key, _ in selector.select(max(timeout_s, 0.0)))


def has_buffered(client: IMAPClient) -> bool:
    """Whether the library has read ahead what the server said: no selector sees that."""
    connection = client.socket()
    before = connection.gettimeout()
    connection.settimeout(0)
    try:
        return bool(client._imap.file.peek(1))
    except ssl.SSLWantReadError:
        return False
    finally:
        connection.settimeout(before)


def _open(account: MailboxAccount) -> IMAPClient:
    timeout = SocketTimeout(connect=min(account.timeout_s, 30.0), read=account.timeout_s)
    tls: dict[str, Any] = {"ssl": False}
    if account.tls == "implicit":
        tls = {"ssl": True, "ssl_context": ssl.create_default_context()}
    try:
        client = IMAPClient(account.host, port=account.port, use_uid=True, timeout=timeout, **tls)
    except OSError as error:
        raise failures.connection_failure(account, error) from error
    except IMAPClientError as error:  # the greeting was BYE, or none
        raise failures.broke_off(account, error) from error
    client.normalise_times = False  # else INTERNALDATE comes naive, in this machine's zone
    if account.tls == "starttls":
        _start_tls(client, account)
    return client


def _start_tls(client: IMAPClient, account: MailboxAccount) -> None:
    try:
        client.starttls(ssl.create_default_context())
    except CapabilityError as error:
        hang_up(client)
        raise failures.no_starttls(account) from error
    except OSError as error:
        hang_up(client)
        raise failures.connection_failure(account, error) from error
    except IMAPClientError as error:
        hang_up(client)
        raise failures.refused(account, error) from error


def _log_in(client: IMAPClient, account: MailboxAccount) -> None:
    if not (account.username + account.password).isascii() or "\n" in account.username + account.password:
        raise UsageError(_ODD_PASSWORD)
    with guarded(account):
        try:
            client.login(account.username, account.password)
        except LoginError as error:
            raise failures.login_failure(account, error) from error
