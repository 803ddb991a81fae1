"""A bell that wakes a waiting thread, even one that listens to a mail server; safe to ring in a signal handler."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Sequence
from contextlib import suppress


class Bell:
    """Stays rung until it is cleared. A pair of sockets: threading.Event takes a lock, which a signal handler must not
    wait for, and cannot be waited for together with a connection.
    """

    def __init__(self) -> None:
        self._read, self._write = socket.socketpair()
        for end in (self._read, self._write):
            end.setblocking(False)

    def ring(self) -> None:
        """Wake whoever waits; again is no more than once."""
        with suppress(BlockingIOError):  # full: it has rung
            self._write.send(b"!")

    def clear(self) -> None:
        """Be quiet again."""
        with suppress(BlockingIOError):
            while self._read.recv(4096):
                pass

    def is_rung(self) -> bool:
        """Whether it was rung since it was cleared."""
        return self.wait(0)

    def wait(self, timeout_s: float) -> bool:
        """Wait until it is rung, at most ``timeout_s``; whether it was."""
        return bool(rung([self], timeout_s))

    def fileno(self) -> int:
        """What a selector waits for."""
        return self._read.fileno()


def rung(bells: Sequence[Bell], timeout_s: float) -> list[Bell]:
    """Wait until one of ``bells`` is rung, at most ``timeout_s``; returns those that were."""
    with selectors.DefaultSelector() as selector:
        for bell in bells:
            selector.register(bell, selectors.EVENT_READ)
        return [bell for key, _ in selector.select(max(timeout_s, 0.0)) for bell in bells if bell.fileno() == key.fd]
