"""A loopback relay between an IMAP client and its server that counts commands and octets."""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import Self

_HOST = "127.0.0.1"
_CHUNK = 65536


class Relay:
    """One connection at a time; a context manager. ``port`` is where the client connects to."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listener = socket.create_server((_HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self.commands = 0  # lines that the client sent
        self.received = 0  # octets that the server sent

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def reset(self) -> None:
        """Count from nothing again."""
        self.commands = self.received = 0

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # closed
            with client, socket.create_connection((_HOST, self._server_port)) as server:
                up = threading.Thread(target=self._up, args=(client, server), daemon=True)
                up.start()
                self._down(server, client)
                up.join()

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        while octets := client.recv(_CHUNK):
            self.commands += octets.count(b"\r\n")
            server.sendall(octets)
        server.shutdown(socket.SHUT_WR)

    def _down(self, server: socket.socket, client: socket.socket) -> None:
        while octets := server.recv(_CHUNK):
            self.received += len(octets)
            client.sendall(octets)
        client.shutdown(socket.SHUT_RDWR)
