"""Sockets on which every command ends in time, however slowly the server drips, and in bounded memory (R11).

A timeout of a socket bounds one read: a server that sends an octet every few seconds holds its client for ever. Here
the whole command is timed. It has ``timeout_s``; what is received buys time at ``SLOWEST`` octets a second, never more
than ``timeout_s`` ahead. So a long message on a slow line comes through, and a server that stops or drips is left
``timeout_s`` later, wherever it does so.
"""

from __future__ import annotations

import errno
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

SLOWEST = 2048  # octets a second below which a line counts as dead: a seventh of a telephone modem
MAX_ANSWER_BYTES = 4 * 1024 * 1024  # of an answer without bodies; the longest, a SEARCH, stays below one megabyte
_LAST = 3  # times ``timeout_s``


class TooMuch(ValueError):
    """The server sends far more than the answer to the command can hold."""


class Pace:
    """The time and the octets that the command under way has left; sending anything starts the next one."""

    def __init__(self, timeout_s: float) -> None:
        self.timeout_s = timeout_s
        self._announced_bytes = 0
        self._slack_bytes = MAX_ANSWER_BYTES
        self._is_peeking = False
        self.start()

    def start(self) -> None:
        """A command begins."""
        now = time.monotonic()
        self._ends_at = now + self.timeout_s
        self._last_end = now + _LAST * self.timeout_s + self._announced_bytes / SLOWEST
        self._left_bytes = self._announced_bytes + self._slack_bytes

    def left_s(self) -> float:
        """The seconds that are left. Raises TimeoutError when there are none."""
        left = min(self._ends_at, self._last_end) - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer was not complete in time")
        return left

    def before_read(self) -> float:
        """The timeout of the next read. Raises BlockingIOError while only what is here already may be looked at."""
        if self._is_peeking:
            raise BlockingIOError(errno.EAGAIN, "not now")
        return self.left_s()

    def received(self, count: int) -> None:
        """Octets came: they buy time. Raises TooMuch beyond all measure."""
        self._ends_at = min(time.monotonic() + self.timeout_s, self._ends_at + count / SLOWEST)
        self._left_bytes -= count
        self.check(0)

    def check(self, announced: int) -> None:
        """A literal of that many octets is announced: nothing is read, no room is made for one beyond all measure."""
        if announced > self._left_bytes:
            raise TooMuch("the answer is far longer than it should be")

    @contextmanager
    def peeking(self) -> Iterator[None]:
        """Within, nothing is read from the network."""
        self._is_peeking = True
        try:
            yield
        finally:
            self._is_peeking = False

    @contextmanager
    def expecting(self, announced_bytes: int, slack_bytes: int) -> Iterator[None]:
        """Within, bodies come: as many octets as announced, for which there is time, and some more at most."""
        self._announced_bytes, self._slack_bytes = announced_bytes, MAX_ANSWER_BYTES + slack_bytes
        try:
            yield
        finally:
            self._announced_bytes, self._slack_bytes = 0, MAX_ANSWER_BYTES


if TYPE_CHECKING:
    _Base = socket.socket
else:
    _Base = object


class _Paced(_Base):
    """A mixin before both kinds of socket: keeps the pace, once it has one."""

    pace: Pace | None = None

    def recv(self, *args: Any) -> bytes:
        self._allow_read()
        octets = super().recv(*args)
        self._count(len(octets))
        return octets

    def recv_into(self, *args: Any) -> int:
        self._allow_read()
        count = super().recv_into(*args)
        self._count(count)
        return count

    def sendall(self, *args: Any) -> None:
        if self.pace is not None:
            self.pace.start()
            self.settimeout(self.pace.left_s())
        super().sendall(*args)

    def _allow_read(self) -> None:
        if self.pace is not None:
            self.settimeout(self.pace.before_read())

    def _count(self, count: int) -> None:
        if self.pace is not None:
            self.pace.received(count)


class PacedSocket(_Paced, socket.socket):
    """A clear-text connection."""


class PacedTlsSocket(_Paced, ssl.SSLSocket):
    """A TLS connection."""


def connected(host: str, port: int, pace: Pace) -> PacedSocket:
    """A connection to the first address of ``host`` that answers. Raises OSError as ``socket.create_connection``."""
    pace.start()
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for left, (family, kind, protocol, _, address) in zip(range(len(addresses), 0, -1), addresses, strict=True):
        connection = PacedSocket(family, kind, protocol)
        try:
            connection.settimeout(pace.left_s() / left)  # a dead address leaves time for the others
            connection.connect(address)
        except OSError:
            connection.close()
            if left == 1:
                raise
        else:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else each small command waits 40 ms
            connection.pace = pace
            return connection
    raise OSError(f"{host} has no address")


def secured(connection: PacedSocket, host: str, context: ssl.SSLContext, pace: Pace) -> PacedTlsSocket:
    """TLS over the connection, the certificate verified against ``host``. Raises ssl.SSLError, OSError, ValueError."""
    context.sslsocket_class = PacedTlsSocket
    connection.settimeout(pace.left_s())  # bounds the handshake as a whole
    try:
        wrapped = context.wrap_socket(connection, server_hostname=host)
    except BaseException:
        connection.close()
        raise
    assert isinstance(wrapped, PacedTlsSocket)
    wrapped.pace = pace
    return wrapped
