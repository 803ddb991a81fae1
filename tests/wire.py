"""A wire between the service and a mail server that a test can cut."""

from __future__ import annotations

import asyncio
import socket

from demo.servers import HOST, EmbeddedImap, LoopbackServer


class Wire(LoopbackServer):
    """Passes connections on to a server; while it is cut, it hangs up on everybody."""

    def __init__(self, server: EmbeddedImap) -> None:
        super().__init__()
        self.server = server
        self.is_cut = False
        self.attempts = 0

    async def _listen(self, listening: socket.socket) -> asyncio.Server:
        return await asyncio.start_server(self._pass_on, sock=listening)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.attempts += 1
        if self.is_cut:
            writer.close()
            return
        far_reader, far_writer = await asyncio.open_connection(HOST, self.server.port)
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (octets := await reader.read(65536)) and not self.is_cut:
            writer.write(octets)
        writer.close()
