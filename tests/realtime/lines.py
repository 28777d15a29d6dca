"""A line to a server that can be slow, encrypted, or dead without having said so."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Line:
    """Passes bytes on, both ways."""

    def __init__(self, port: int, delay: float = 0.0) -> None:
        self.port = 0
        self._server_port = port
        self._delay = delay
        self._passing: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._cut: set[asyncio.StreamWriter] = set()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        self._writers |= {writer, there_writer}
        for source, target in ((reader, there_writer), (there_reader, writer)):
            task = asyncio.create_task(self._pass_on(source, target))
            self._passing.add(task)
            task.add_done_callback(self._passing.discard)

    async def _pass_on(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(1 << 16):
                await asyncio.sleep(self._delay)
                if target not in self._cut:
                    target.write(data)
                    await target.drain()
        if target not in self._cut:
            target.close()

    def die(self) -> None:
        """Let nothing more pass on the connections that are open, and say nothing of it."""
        self._cut |= self._writers

    async def end(self) -> None:
        for task in self._passing:
            task.cancel()
        await asyncio.gather(*self._passing, return_exceptions=True)
        for writer in self._writers:
            writer.transport.abort()


@asynccontextmanager
async def line_to(port: int, *, delay: float = 0.0, encrypted: ssl.SSLContext | None = None) -> AsyncIterator[Line]:
    line = Line(port, delay)
    server = await asyncio.start_server(line.take, "127.0.0.1", 0, ssl=encrypted)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        server.close()
        await line.end()
