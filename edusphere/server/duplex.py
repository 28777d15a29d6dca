"""One TCP connection as a reader and a writer at once: one small object between the loop and who speaks HTTP on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

Serve = Callable[["Duplex"], asyncio.Task[Any]]

WATERMARK = 256 * 1024
"""Bytes received and not yet read after which the peer must wait."""
LINGER = 3.0
"""Seconds in which a peer that is still sending may hear our last word."""
STUCK = 30.0
"""Seconds in which a peer must take what is left for it."""


class Duplex(asyncio.Protocol):
    """One TCP connection, as the reader and writer that Hypercorn's TCPServer expects."""

    def __init__(self, serve: Serve) -> None:
        self._serve = serve
        self._received = bytearray()
        self._ended = False
        self._readable: asyncio.Future[None] | None = None
        self._writable: asyncio.Future[None] | None = None
        self._paused = False
        self._lost: asyncio.Future[None] | None = None
        self._closing: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._lost = asyncio.get_running_loop().create_future()
        self._serve(self)

    # -- what the loop says

    def data_received(self, data: bytes) -> None:
        if self._closing is not None:
            return
        self._received += data
        if len(self._received) > WATERMARK:
            self.transport.pause_reading()
        _wake(self._readable)

    def eof_received(self) -> bool:
        self._ended = True
        _wake(self._readable)
        return self._closing is None and self.transport.get_extra_info("sslcontext") is None

    def connection_lost(self, error: Exception | None) -> None:
        del error
        self._ended = True
        if self._closing is not None:
            self._closing.cancel()
        _wake(self._readable)
        _wake(self._writable)
        _wake(self._lost)

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        _wake(self._writable)

    # -- what Hypercorn asks of a reader

    def at_eof(self) -> bool:
        return self._ended and not self._received

    async def read(self, most: int) -> bytes:
        while not self._received and not self._ended:
            self._readable = asyncio.get_running_loop().create_future()
            await self._readable
        data = bytes(self._received[:most])
        del self._received[:most]
        if len(self._received) <= WATERMARK and not self.transport.is_closing():
            self.transport.resume_reading()
        return data

    def take(self) -> bytes:
        """Return everything received and not yet read."""
        data = bytes(self._received)
        self._received.clear()
        return data

    # -- and of a writer

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self.transport.get_extra_info(name, default)

    def write(self, data: bytes) -> None:
        self.transport.write(data)

    async def drain(self) -> None:
        if self.transport.is_closing():
            raise ConnectionResetError("the connection was lost")
        if self._paused:
            self._writable = asyncio.get_running_loop().create_future()
            await self._writable

    def write_eof(self) -> None:
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def close(self) -> None:
        """Close once the peer has heard us out.

        Were it closed while the peer is still sending, its kernel would drop what we said last: "that is too large"
        would be heard as a broken line (RFC 9112, 9.6).
        """
        if self._closing is not None or self.transport.is_closing():
            return
        self._closing = asyncio.get_running_loop().call_later(LINGER, self._finish)
        self._received.clear()
        self.transport.resume_reading()
        self.write_eof()
        if self._ended:
            self._finish()

    def _finish(self) -> None:
        if self._closing is not None:
            self._closing.cancel()
        self._closing = asyncio.get_running_loop().call_later(STUCK, self.transport.abort)
        self.transport.close()

    async def wait_closed(self) -> None:
        if self._lost is not None:
            await self._lost


def _wake(future: asyncio.Future[None] | None) -> None:
    if future is not None and not future.done():
        future.set_result(None)
