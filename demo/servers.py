"""Real mail servers on loopback, in threads of this process: IMAP by pymap, SMTP by aiosmtpd; all stays in memory."""

from __future__ import annotations

import asyncio
import socket
import threading
from abc import ABC, abstractmethod
from argparse import Namespace
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from imapclient import IMAPClient
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import Config, DictBackend, Login
from pymap.imap import IMAPServer
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

HOST = "127.0.0.1"
_START_TIMEOUT_S = 20.0
_EVERYBODY_KNOWS = "loopback-only"


class LoopbackServer(ABC):
    """An asyncio server in a thread of its own, on a free port of the loopback interface; a context manager."""

    def __init__(self) -> None:
        self.host = HOST
        self.port = 0
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Listen; the port is known afterwards."""
        ready = threading.Event()
        listening = socket.create_server((HOST, 0))
        self.port = listening.getsockname()[1]
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(listening, ready)), daemon=True)
        self._thread.start()
        if not ready.wait(_START_TIMEOUT_S):
            raise RuntimeError(f"{type(self).__name__} did not start")

    def stop(self) -> None:
        """Close the port and all connections."""
        if self._loop is not None and self._end is not None:
            self._loop.call_soon_threadsafe(self._end.set)
        if self._thread is not None:
            self._thread.join(_START_TIMEOUT_S)
        self._loop = self._thread = self._end = None

    async def _run(self, listening: socket.socket, ready: threading.Event) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        self._loop.set_task_factory(self._new_task)
        server = await self._listen(listening)
        ready.set()
        await self._end.wait()
        server.close()
        connections = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in connections:
            task.cancel()
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*connections, return_exceptions=True), timeout=2)

    def _new_task(
        self,
        loop: asyncio.AbstractEventLoop,
        work: Coroutine[Any, Any, Any] | Generator[Any, None, Any],
        /,
        **options: Any,
    ) -> asyncio.Task[Any]:
        """Hold every task until it is done: a loop holds them weakly, and connections of pymap vanished with them."""
        task = asyncio.Task(work, loop=loop, **options)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    @abstractmethod
    async def _listen(self, listening: socket.socket) -> asyncio.Server:
        """Serve the socket that is bound already."""


class EmbeddedImap(LoopbackServer):
    """An IMAP server with one account; ``deliver`` puts mail into it as a mail server would."""

    def __init__(self, user: str = "report@example.com", password: str = _EVERYBODY_KNOWS) -> None:
        super().__init__()
        self.user = user
        self.password = password

    def deliver(self, raw: bytes, internaldate: datetime, folder: str = "INBOX") -> None:
        """Deliver one message, received at ``internaldate`` (aware); ``folder`` is made where it is missing."""
        with self.client() as client:
            if folder != "INBOX" and not client.folder_exists(folder):
                client.create_folder(folder)
            client.append(folder, raw, msg_time=internaldate)

    def client(self) -> IMAPClient:
        """A plain client, logged in, for looking at the mailbox from outside; close it by ``with``."""
        client = IMAPClient(self.host, port=self.port, ssl=False, timeout=_START_TIMEOUT_S)
        client.login(self.user, self.password)
        client.normalise_times = False
        return client

    async def _listen(self, listening: socket.socket) -> asyncio.Server:
        args = Namespace(passlib_cfg=None, proxy_protocol=None, host=HOST, port=self.port, debug=False)
        config = _QuietConfig(
            args, demo_data=False, demo_user=self.user, demo_password=self.password, host=HOST, port=self.port,
            tls_enabled=False, reject_dnsbl=False, hash_context=Cleartext(),
        )  # fmt: skip
        config.apply_context()
        login = Login(config)
        login.users_dict[self.user] = UserMetadata(config, self.user, password=self.password)
        backend = DictBackend(login, config)
        connected = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
        return await asyncio.start_server(connected, sock=listening)


class _QuietConfig(Config):
    """pymap's settings, without asking a name service for this machine's name."""

    @property
    def greeting(self) -> bytes:
        return b"ready"


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """A mail that the SMTP server took: its envelope and its octets as they came."""

    sender: str
    recipients: tuple[str, ...]
    octets: bytes


class EmbeddedSmtp(LoopbackServer):
    """An SMTP server that keeps what it receives; for tests it can refuse or break off, for the demo pass mail on.

    ``pass_on`` is called with each mail after it was accepted, in another thread.
    """

    def __init__(
        self,
        user: str | None = None,
        password: str | None = None,
        pass_on: Callable[[ReceivedMail], None] | None = None,
    ) -> None:
        super().__init__()
        self.user = user
        self.password = password
        self.received: list[ReceivedMail] = []
        self._pass_on = pass_on
        self._answers: deque[str] = deque()

    def refuse_next(self, *replies: str) -> None:
        """Answer the next mails with these replies, "452 4.2.2 mailbox full", instead of taking them."""
        self._answers.extend(replies)

    def break_off_next(self) -> None:
        """Take the next mail, but hang up without saying so: to the sender its fate is unknown."""
        self._answers.append("")

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """aiosmtpd's hook: a sender is named; where there is an account, only after log-in."""
        if self.user is not None and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """aiosmtpd's hook: a whole mail has come."""
        answer = self._answers.popleft() if self._answers else "250 2.0.0 OK"
        if answer and not answer.startswith("2"):
            return answer
        mail = ReceivedMail(envelope.mail_from or "", tuple(envelope.rcpt_tos), bytes(envelope.original_content or b""))
        self.received.append(mail)
        if self._pass_on is not None:
            await asyncio.get_running_loop().run_in_executor(None, self._pass_on, mail)
        if not answer and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return answer or "421 4.0.0 gone"

    async def _listen(self, listening: socket.socket) -> asyncio.Server:
        options: dict[str, Any] = {}
        if self.user is not None:
            options = {"auth_require_tls": False, "authenticator": self._authenticate}
        loop = asyncio.get_running_loop()
        return await loop.create_server(
            lambda: SMTP(self, hostname="localhost", ident="ready", loop=loop, **options), sock=listening
        )

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        is_right = isinstance(data, LoginPassword) and (data.login, data.password) == (
            (self.user or "").encode(),
            (self.password or "").encode(),
        )
        return AuthResult(success=is_right, handled=False)
