"""All that knows Hypercorn's insides: it speaks HTTP and shakes hands, then a socket of ours takes the transport over.

Hypercorn keeps two tasks and some 40 KiB for each websocket, and passes every frame through several layers. So its
`TCPServer` is given one small object that plays reader and writer, and when a route adopts its socket, the tasks of
Hypercorn and Quart for it end and the transport speaks to a `DirectConnection` alone. HTTP stays entirely Hypercorn's.

Its own `serve` is not used: it waits for ever on open sockets at a stop (Python 3.12 and newer), closes the app's
database before it tells the sockets, and offers permessage-deflate, which can be made to cost 158 MiB for one frame.

`check` says at the start whether the installed version still is the one we know. A lint rule keeps all others away.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import Any

import h11
import hypercorn.protocol as protocols
import hypercorn.protocol.ws_stream as websockets
from hypercorn.asyncio.lifespan import Lifespan
from hypercorn.asyncio.tcp_server import MAX_RECV, TCPServer
from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.config import Config
from hypercorn.events import Closed, Event, RawData, Updated
from hypercorn.protocol import ProtocolWrapper
from hypercorn.protocol.events import Event as StreamEvent
from hypercorn.protocol.events import Response
from hypercorn.protocol.h11 import H11Protocol
from hypercorn.protocol.ws_stream import WSStream
from hypercorn.utils import LifespanFailureError, LifespanTimeoutError, wrap_app
from quart import Quart

from edusphere.server.doorstep import SAFE, SAFE_OVER_HTTPS, refused
from edusphere.server.duplex import Duplex
from edusphere.server.refused import Refused
from edusphere.settings import SECONDS, Settings
from edusphere.web.conversation import ADOPT

log = logging.getLogger(__name__)

OPENING = 30 * SECONDS
CLOSING = 1 * SECONDS
"""For the app to close what it opened."""


def check() -> None:
    """Refuse a Hypercorn that is not the one we know.

    Raises:
        RuntimeError: what to do about it.
    """
    known = (
        hasattr(TCPServer, "_read_data")
        and hasattr(TCPServer, "_close")
        and hasattr(TCPServer, "protocol_send")
        and {"protocol_send", "state"} <= {*TCPServer.run.__code__.co_names, *TCPServer.__init__.__code__.co_names}
        and {"stream", "connection"} <= {*H11Protocol.__init__.__code__.co_names}
        and "closed" in WSStream.app_send.__code__.co_names
        and "protocol" in ProtocolWrapper.__init__.__code__.co_names
        and hasattr(websockets, "server_extensions_handshake")
        and hasattr(protocols, "H11Protocol")
    )
    if not known:
        raise RuntimeError("This Hypercorn is another than the one we know: install hypercorn==0.18.*")


class Handling:
    """An app in Hypercorn's hands: its opening and closing, and a task for each connection."""

    def __init__(self, app: Quart, settings: Settings) -> None:
        """Raises: RuntimeError, as `check`."""
        check()
        # Without extensions in the handshake there is no compression.
        websockets.server_extensions_handshake = lambda requested, supported: None  # type: ignore[attr-defined]
        protocols.H11Protocol = SecureDoorstep if settings.secure else Doorstep  # type: ignore[attr-defined]
        self._loop = asyncio.get_running_loop()
        self._config = _config(settings)
        self._app = wrap_app(app, self._config.wsgi_max_body_size, "asgi")
        self._context = WorkerContext(None)
        self._lifespan = Lifespan(self._app, self._config, self._loop, {})
        self._living: asyncio.Task[None] | None = None
        self.connections: set[asyncio.Task[Any]] = set()
        """What is being answered."""

    async def open(self) -> None:
        """Let the app open what it needs.

        Raises:
            Refused: it could not.
        """
        living = self._living = self._loop.create_task(self._lifespan.handle_lifespan())
        await self._lifespan.wait_for_startup()
        if living.done():
            try:
                await living
            except LifespanFailureError as error:
                raise Refused(f"The school could not be opened. {error}") from error

    def serve(self, duplex: Duplex) -> asyncio.Task[None]:
        """Begin to answer on one connection."""
        task = self._loop.create_task(AdoptableServer(self._app, self._loop, self._config, self._context, duplex).run())
        self.keep(task)
        return task

    def keep(self, task: asyncio.Task[Any]) -> None:
        """Count a task among what is being answered."""
        self.connections.add(task)
        task.add_done_callback(self.connections.discard)

    async def take_no_more(self) -> None:
        """Answer what was asked, and nothing more on any connection."""
        await self._context.terminated.set()

    async def close(self) -> None:
        """Let the app close what it opened."""
        if self._living is None:
            return
        try:
            await self._lifespan.wait_for_shutdown()
        except (LifespanTimeoutError, LifespanFailureError) as error:
            log.warning("The school was not closed in order: %s", error)
        self._living.cancel()
        await asyncio.gather(self._living, return_exceptions=True)


def _config(settings: Settings) -> Config:
    config = Config()
    config.accesslog = None
    config.errorlog = logging.getLogger("hypercorn.error")
    config.include_server_header = False
    config.h11_max_incomplete_size = settings.head_limit
    config.websocket_max_message_size = settings.frame_limit
    config.startup_timeout = OPENING
    config.shutdown_timeout = CLOSING
    return config


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


class Doorstep(H11Protocol):
    """Hypercorn's HTTP/1, stricter."""

    safe = SAFE

    async def _check_protocol(self, event: h11.Request) -> None:
        """Go on in HTTP/1, whatever else is asked for: Hypercorn would speak HTTP/2 with whoever asks."""

    async def _create_stream(self, request: h11.Request) -> None:
        status = refused(request, self.config.h11_max_incomplete_size)
        if status is None:
            await super()._create_stream(request)
        else:
            await self._send_error_response(status)
            await self.send(Closed())

    async def _send_error_response(self, status_code: int) -> None:
        headers = [
            (b"content-length", b"0"),
            (b"connection", b"close"),
            *self.safe,
            *self.config.response_headers("h11"),
        ]
        await self._send_h11_event(h11.Response(status_code=status_code, headers=headers))
        await self._send_h11_event(h11.EndOfMessage())

    async def stream_send(self, event: StreamEvent) -> None:
        # The app's own answers have a policy; what Hypercorn says in its place has not.
        if isinstance(event, Response) and event.status_code >= 400:
            names = {bytes(name).lower() for name, _ in event.headers}
            missing = [header for header in self.safe if header[0] not in names]
            event = replace(event, headers=[*event.headers, *missing])
        await super().stream_send(event)


class SecureDoorstep(Doorstep):
    """Of a school that people reach over https."""

    safe = SAFE_OVER_HTTPS
