"""A loopback line to a server that cuts, stalls or slows connections at random octets; what it does hangs on a seed."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from random import Random
from types import TracebackType
from typing import Literal, Self

Fate = Literal["cut", "stall", "slow"]
FATES: Sequence[Fate] = ("cut", "stall", "slow")
_HOST = "127.0.0.1"
_CHUNK = 65536
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER with no time: closing sends RST


class BadLine:
    """The first ``bad`` connections each meet a fate, those after them none; a context manager.

    ``port`` is where the client connects to. A fate comes after a random number of octets, at most ``within``, that the
    server sent. A stalled connection is cut after ``stall_s``, a slow one carries 200 octets in 10 ms from then on.
    """

    def __init__(
        self,
        server_port: int,
        chance: Random,
        *,
        bad: int,
        within: int,
        stall_s: float = 2.0,
        fates: Sequence[Fate] = FATES,
    ) -> None:
        self._server_port = server_port
        self._left = bad
        self._chance = chance
        self._within = within
        self._stall_s = stall_s
        self._fates = fates
        self._listener = socket.create_server((_HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self.met: list[Fate] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # closed
            fate = self._chance.choice(self._fates) if self._left else None
            after = self._chance.randrange(self._within)
            self._left -= fate is not None
            threading.Thread(target=self._carry, args=(client, fate, after), daemon=True).start()

    def _carry(self, client: socket.socket, fate: Fate | None, after: int) -> None:
        with suppress(OSError), client, socket.create_connection((_HOST, self._server_port)) as server:
            up = threading.Thread(target=self._up, args=(client, server), daemon=True)
            up.start()
            self._down(server, client, fate, after)
            up.join(5)

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while octets := client.recv(_CHUNK):
                server.sendall(octets)
            server.shutdown(socket.SHUT_WR)

    def _down(self, server: socket.socket, client: socket.socket, fate: Fate | None, after: int) -> None:
        left = after
        while octets := server.recv(_CHUNK):
            if fate is None or len(octets) <= left:
                client.sendall(octets)
                left -= len(octets)
                continue
            client.sendall(octets[:left])
            self.met.append(fate)
            if fate != "slow":
                self._end(client, fate)
                return
            self._slowly(client, octets[left:])
            left = 0
        client.shutdown(socket.SHUT_RDWR)

    def _end(self, client: socket.socket, fate: Fate) -> None:
        if fate == "stall":
            time.sleep(self._stall_s)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        client.shutdown(socket.SHUT_RD)  # wakes who reads from it: until then closing does nothing

    def _slowly(self, client: socket.socket, octets: bytes) -> None:
        for place in range(0, len(octets), 200):
            client.sendall(octets[place : place + 200])
            time.sleep(0.01)
