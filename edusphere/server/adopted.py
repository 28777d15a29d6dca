"""The fast socket: Hypercorn shakes hands, then a connection of ours takes the transport over.

Hypercorn keeps two tasks and some 40 KiB for each websocket, and passes every frame through several
layers. So its `TCPServer` is given one small protocol object that plays reader and writer, and when a
route adopts its socket, the tasks of Hypercorn and Quart for it end and the transport speaks to a
`DirectConnection` alone. HTTP stays entirely Hypercorn's.

With `serving.py` this is all that knows Hypercorn's insides; `check` says at the start whether the
installed version still has them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

from hypercorn.asyncio.tcp_server import MAX_RECV, TCPServer
from hypercorn.events import Closed, Event, RawData, Updated
from hypercorn.protocol import ProtocolWrapper
from hypercorn.protocol.h11 import H11Protocol
from hypercorn.protocol.ws_stream import WSStream

from edusphere.web.conversation import ADOPT

Serve = Callable[["Duplex"], asyncio.Task[Any]]

WATERMARK = 256 * 1024
"""Bytes received and not yet read after which the peer must wait."""
LINGER = 1.0
"""Seconds in which a peer that is still sending may hear our last word."""
STUCK = 30.0
"""Seconds in which a peer must take what is left for it."""


def check() -> None:
    """Refuse a Hypercorn that is not the one we know.

    Raises:
        RuntimeError
    """
    known = (
        hasattr(TCPServer, "_read_data")
        and hasattr(TCPServer, "_close")
        and hasattr(TCPServer, "protocol_send")
        and {"protocol_send", "state"} <= {*TCPServer.run.__code__.co_names, *TCPServer.__init__.__code__.co_names}
        and {"stream", "connection"} <= {*H11Protocol.__init__.__code__.co_names}
        and "closed" in WSStream.app_send.__code__.co_names
        and "protocol" in ProtocolWrapper.__init__.__code__.co_names
    )
    if not known:
        raise RuntimeError("This Hypercorn is another than the one we know: install hypercorn==0.18.*")


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


class AdoptableServer(TCPServer):
    """Hypercorn's handling of one TCP connection, until its websocket is adopted."""

    def __init__(self, app: Any, loop: Any, config: Any, context: Any, duplex: Duplex) -> None:
        super().__init__(app, loop, config, context, {ADOPT: self._adopt}, duplex, duplex)  # type: ignore[arg-type]
        self._duplex = duplex
        self._adopted = False
        self._decided = asyncio.Event()

    def _adopt(self) -> tuple[asyncio.Transport, bytes]:
        """Give the transport away, with what was received since the handshake. Hypercorn's tasks for it then end."""
        stream = self._websocket()
        assert stream is not None  # noqa: S101 (only a websocket's route is given this)
        stream.closed = True  # whatever Quart still says is dropped
        self._adopted = True
        return self._duplex.transport, self._duplex.take()

    def _websocket(self) -> WSStream | None:
        stream = getattr(self.protocol.protocol, "stream", None)
        return stream if isinstance(stream, WSStream) else None

    async def protocol_send(self, event: Event) -> None:
        # The first word to a websocket is the answer to its handshake. Who adopts it does so before the loop turns.
        if not isinstance(event, Updated) and self._websocket() is not None:
            self._decided.set()
        await super().protocol_send(event)

    async def _read_data(self) -> None:
        """Read for Hypercorn, but nothing between a websocket's handshake and the decision whose it is."""
        while not self.reader.at_eof():
            try:
                async with asyncio.timeout(self.config.read_timeout):
                    data = await self.reader.read(MAX_RECV)
            except (OSError, TimeoutError):
                break
            await self.protocol.handle(RawData(data))
            if self._websocket() is not None:
                await self._decided.wait()
                if self._adopted:
                    return
        await self.protocol.handle(Closed())

    async def _close(self) -> None:
        if self._adopted:
            await self.idle_task.stop()
            return
        try:
            await super()._close()
        finally:
            self._duplex.transport.abort()  # when a stop does not wait for who lingers, nothing may stay open
