"""One IMAP connection: TLS, log-in, ID; and the translation of everything that can break into ``MailboxError``."""

from __future__ import annotations

import imaplib
import logging
import re
import selectors
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from intake import failures
from intake.answers import FetchRow, fetch_rows, search_numbers
from intake.pace import Pace, connected, secured
from records.edges import is_loopback, tls_context
from records.errors import UsageError
from records.mail import MailboxAccount
from records.words import Text

logging.getLogger("imapclient").setLevel(logging.WARNING)  # below that it writes account names and whole headers

_CLIENT_ID = {"name": "baosong", "version": "1.0", "vendor": "baosong"}
_GOODBYE_S = 5.0
_HEADER_BYTES = 64 * 1024
_ATOM = re.compile(r"[^\x00-\x20\x7f(){%*\"\\\]]+")  # RFC 3501 §9: what LOGIN may hold without quotes
# What the libraries raise on answers that they cannot read; ValueError is theirs, the others are accidents in them.
_UNREADABLE = (ValueError, TypeError, AttributeError, LookupError, AssertionError)
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


class Waking(Protocol):
    """What can end a wait for the server early: a selector sees it as readable from then on."""

    def fileno(self) -> int:
        """Its file descriptor."""
        ...


class _Imap4(imaplib.IMAP4):
    """imaplib over a socket that keeps the pace; TLS from the start or by STARTTLS."""

    sock: Any
    file: Any

    def __init__(self, account: MailboxAccount, pace: Pace) -> None:
        self.pace = pace
        self._tls = None if account.tls == "none" else tls_context(account.trusted_roots)
        self._is_implicit = account.tls == "implicit"
        super().__init__(account.host, account.port)

    def _create_socket(self, timeout: float | None = None) -> Any:  # as imapclient overrides it
        connection = connected(self.host, self.port, self.pace)
        if self._is_implicit and self._tls is not None:
            return secured(connection, self.host, self._tls, self.pace)
        return connection

    def read(self, size: int) -> bytes:
        """A literal of that size."""
        self.pace.check(size)
        return super().read(size)

    def secure(self) -> None:
        """STARTTLS (RFC 3501 §6.2.1). What was said in clear text is forgotten: anybody may have said it."""
        assert self._tls is not None
        typ, _ = self._simple_command("STARTTLS")
        if typ != "OK":
            raise self.error("STARTTLS refused")
        if self.has_unread():
            raise self.abort("clear text followed STARTTLS")
        self.file.close()
        self.sock = secured(self.sock, self.host, self._tls, self.pace)
        self.file = self.sock.makefile("rb")
        self.untagged_responses = {}
        typ, data = self.capability()
        self.capabilities = tuple(data[0].decode("ascii", "replace").upper().split()) if data[0] else ()

    def has_unread(self) -> bool:
        """Whether octets wait that have been received, but not been read yet."""
        with self.pace.peeking():
            return bool(self.file.peek(1)) or (isinstance(self.sock, ssl.SSLSocket) and self.sock.pending() > 0)


class ImapConnection(IMAPClient):  # type: ignore[misc]  # imapclient ships no types
    """imapclient, with a deadline on every command, capabilities that are asked again, answers read strictly by UID."""

    def __init__(self, account: MailboxAccount) -> None:
        self.pace = Pace(account.timeout_s)
        self._account = account
        self._offers: tuple[bytes, ...] | None = None
        super().__init__(account.host, port=account.port, ssl=account.tls == "implicit", use_uid=True)
        self.normalise_times = False  # else INTERNALDATE comes naive, in this machine's zone
        self._imap.debug = 0  # imapclient says 5: then each message is written out as text for a log nobody keeps
        self.folder_encode = False  # names go in and out as the server writes them: intake/folders.py

    def _create_IMAP4(self) -> _Imap4:  # noqa: N802  # the hook of imapclient
        return _Imap4(self._account, self.pace)

    @property
    def is_logged_in(self) -> bool:
        """Whether the server takes us in already, by PREAUTH in its greeting or after a log-in."""
        return str(self._imap.state) != "NONAUTH"

    def secure(self) -> None:
        """STARTTLS; everything said before is forgotten."""
        self._imap.secure()

    def log_in(self, username: str, password: str) -> None:
        """LOGIN, user name quoted where it must be."""
        self._imap.login(username if _ATOM.fullmatch(username) else self._imap._quote(username), password)

    def authenticate_plain(self, username: str, password: str) -> None:
        """AUTHENTICATE PLAIN (RFC 4616): any characters but NUL, as UTF-8; a second question is answered by "*"."""
        answers = iter((f"\0{username}\0{password}".encode(), None))
        self._imap.authenticate("PLAIN", lambda _: next(answers))

    def capabilities(self) -> tuple[bytes, ...]:
        """What the server offers: before the log-in as it said last, after it as it says when asked."""
        if self._offers is not None:
            return self._offers
        if self.is_logged_in:
            _, data = self._imap.capability()
            offers: bytes = data[-1] or b""
            self._offers = tuple(offers.upper().split())
            return self._offers
        return tuple(name.encode("ascii", "replace") for name in self._imap.capabilities)

    def open_folder(self, name: bytes, *, is_writable: bool) -> dict[bytes, Any]:
        """SELECT or EXAMINE (RFC 3501 §6.3.1) a folder as the server names it; the codes of its answer."""
        quoted = b'"' + name.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
        typ, data = self._imap.select(quoted, not is_writable)
        self._checkok("SELECT", typ, data)
        answer: dict[bytes, Any] = self._process_select_response(self._imap.untagged_responses)
        return answer

    def fetch_rows(self, numbers: Iterable[int], items: str, *, by_uid: bool = True) -> list[FetchRow]:
        """FETCH of items without bodies, row by row as they came; also rows that nobody asked for."""
        joined = ",".join(map(str, numbers))
        self._imap.untagged_responses.pop("FETCH", None)  # said unasked before this
        typ, data = self._imap.uid("FETCH", joined, items) if by_uid else self._imap.fetch(joined, items)
        self._checkok("FETCH", typ, data)
        return fetch_rows(data)

    def fetch_header(self, uid: int) -> bytes:
        """The header of a message, at most 64 KB of it; "" where it is gone."""
        self._imap.untagged_responses.pop("FETCH", None)
        answer = self.fetch([uid], [f"BODY.PEEK[HEADER]<0.{_HEADER_BYTES}>"])
        items = answer.get(uid, {}).items()
        headers = (value for key, value in items if key.startswith(b"BODY[HEADER]") and isinstance(value, bytes))
        return next(headers, b"")[:_HEADER_BYTES]

    def search_uids(self, *criteria: str) -> list[int]:
        """UID SEARCH."""
        self._imap.untagged_responses.pop("SEARCH", None)
        typ, data = self._imap.uid("SEARCH", *criteria)
        self._checkok("SEARCH", typ, data)
        return search_numbers(data)

    def has_unread(self) -> bool:
        """Whether the server said something that was not read yet."""
        return bool(self._imap.has_unread())

    def check_in(self) -> None:
        """NOOP (RFC 3501 §6.1.2): the server says what has changed."""
        self._imap.noop()
        self._forget_gossip()

    def idle_until(self, timeout_s: float, wake: Waking | None) -> bool:
        """IDLE (RFC 2177) until the server says anything, ``wake`` or the time ends it; whether it said anything.

        DONE reads what it said, by whole lines.
        """
        tag = self._imap._command("IDLE")
        while self._imap._get_response() is not None:  # the continuation is None; other news may precede it
            if self._imap.tagged_commands[tag]:
                raise self.Error(f"IDLE refused: {self._imap.tagged_commands.pop(tag)}")
        heard = readable_within(self, timeout_s, wake)
        self._imap.send(b"DONE\r\n")
        self._imap._command_complete("IDLE", tag)
        self._forget_gossip()
        return heard

    def told_of_new(self) -> bool:
        """Whether the server told of more messages since the folder was opened, in an answer to whatever command.

        It says so once. Some repeat EXISTS without need, so it is compared with how many there were less those that
        went (RFC 3501 §7.3.1, §7.4.1); one false alarm too many only costs a look.
        """
        exists = self._imap.untagged_responses.get("EXISTS", [])
        gone = len(self._imap.untagged_responses.get("EXPUNGE", ()))
        return len(exists) > 1 and int(exists[-1]) > int(exists[0]) - gone

    def _forget_gossip(self) -> None:
        """Drop what the server said unasked, as flags: on a session of many days it would pile up."""
        said = self._imap.untagged_responses
        self._imap.untagged_responses = {name: said[name] for name in ("EXISTS", "EXPUNGE") if name in said}


def connect(account: MailboxAccount, before_log_in: Callable[[], None] = lambda: None) -> ImapConnection:
    """Connect and log in; every command has ``account.timeout_s`` to answer in full. ``before_log_in`` counts log-ins.

    ID follows the log-in where it is offered: 163 refuses to open folders without. Raises UsageError for plain text
    to another machine, MailboxError for all that the server or the way to it is to blame for.
    """
    if account.tls == "none" and not is_loopback(account.host):
        raise UsageError(_PLAIN_TEXT.fill(host=account.host))
    client = _open(account)
    try:
        if account.tls == "starttls":
            _start_tls(client, account)
        before_log_in()
        if not client.is_logged_in:
            _log_in(client, account)
        with guarded(account):
            _tell_who_we_are(client)
    except BaseException:
        hang_up(client)
        raise
    return client


def say_goodbye(client: ImapConnection) -> None:
    """LOGOUT, at most some seconds long: whatever comes back, it is over."""
    client.pace.timeout_s = min(client.pace.timeout_s, _GOODBYE_S)
    with suppress(OSError, IMAPClientError, *_UNREADABLE):
        client.logout()
    hang_up(client)


def hang_up(client: ImapConnection) -> None:
    """Close the connection without a word; one that is closed already is what we want."""
    with suppress(OSError, ValueError):
        client.shutdown()


def cut(client: ImapConnection) -> None:
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
    except (IMAPClientError, *_UNREADABLE) as error:
        raise failures.refused(account, error) from error


def readable_within(client: ImapConnection, timeout_s: float, wake: Waking | None = None) -> bool:
    """Whether the server has said something, says something, or hangs up, within that time; ``wake`` ends it early."""
    if client.has_unread():
        return True
    connection = client.socket()
    with selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        if wake is not None:
            selector.register(wake, selectors.EVENT_READ)
        return any(key.fileobj is connection for key, _ in selector.select(max(timeout_s, 0.0)))


def _open(account: MailboxAccount) -> ImapConnection:
    try:
        return ImapConnection(account)
    except IMAPClientError as error:  # the greeting was BYE, or none
        raise failures.broke_off(account, error) from error
    except (OSError, UnicodeError) as error:  # a host that cannot be a name is a UnicodeError
        raise failures.connection_failure(account, error) from error
    except _UNREADABLE as error:
        raise failures.refused(account, error) from error


def _start_tls(client: ImapConnection, account: MailboxAccount) -> None:
    if client.is_logged_in or not client.has_capability("STARTTLS"):
        raise failures.no_starttls(account)  # a PREAUTH in clear text would do without TLS: anybody can say it
    try:
        client.secure()
    except (IMAPClientAbortError, IMAPClientError) as error:
        raise failures.refused(account, error) from error
    except OSError as error:
        raise failures.connection_failure(account, error) from error
    except _UNREADABLE as error:
        raise failures.refused(account, error) from error


def _log_in(client: ImapConnection, account: MailboxAccount) -> None:
    with guarded(account):
        log_in = _way_in(client, account)
        try:
            log_in(account.username, account.password)
        except IMAPClientAbortError:  # a cut or BYE is no answer about the password
            raise
        except IMAPClientError as error:
            raise failures.login_failure(account, error) from error


def _way_in(client: ImapConnection, account: MailboxAccount) -> Callable[[str, str], None]:
    """LOGIN, which every server knows; AUTHENTICATE PLAIN where LOGIN is switched off or cannot carry the words."""
    words = account.username + account.password
    offers_plain, is_disabled = client.has_capability("AUTH=PLAIN"), client.has_capability("LOGINDISABLED")
    if any(character in words for character in "\r\n\0") or not (words.isascii() or offers_plain):
        raise UsageError(_ODD_PASSWORD)
    if is_disabled and not offers_plain:
        raise failures.no_login(account)
    is_easy = words.isascii() and words.isprintable() and not set(words) & set('"\\')
    return client.authenticate_plain if offers_plain and (is_disabled or not is_easy) else client.log_in


def _tell_who_we_are(client: ImapConnection) -> None:
    """ID (RFC 2971). A server that offers it and then refuses it is none the worse for it."""
    if client.has_capability("ID"):
        try:
            client.id_(_CLIENT_ID)
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            return
