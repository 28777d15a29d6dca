"""Serving an app: Hypercorn's handling of connections, under our own start and stop.

Hypercorn's own `serve` waits for ever on open sockets at a stop (Python 3.12 and newer), closes the
app's database before it tells the sockets, and offers permessage-deflate, which can be made to cost
158 MiB for one frame. With `adopted.py` and `doorstep.py` this is all that knows Hypercorn's insides.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import hypercorn.protocol as protocols
import hypercorn.protocol.ws_stream as websockets
from hypercorn.asyncio.lifespan import Lifespan
from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.config import Config
from hypercorn.utils import LifespanFailureError, LifespanTimeoutError, wrap_app
from quart import Quart

from edusphere.server import adopted, tls
from edusphere.server.adopted import AdoptableServer, Duplex
from edusphere.server.doorstep import Doorstep, SecureDoorstep
from edusphere.server.listener import BACKLOG
from edusphere.server.neighbours import help_neighbours
from edusphere.server.refused import Refused
from edusphere.settings import SECONDS, Settings

log = logging.getLogger(__name__)

OPENING = 30 * SECONDS
CLOSING = 1 * SECONDS
"""For what is still being answered, and then for the app to close what it opened."""


class Stop:
    """Asked once, the school closes in order; asked twice, at once."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.asked = asyncio.Event()
        self.at_once = asyncio.Event()
        self._say = say

    def ask(self) -> None:
        if self.asked.is_set():
            self.at_once.set()
        else:
            self._say("Closing …")
            self.asked.set()

    def on_signals(self) -> None:
        """Let SIGTERM, Ctrl-C and a terminal that is closed ask."""
        for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(name, self.ask)


async def serve(
    app: Quart,
    settings: Settings,
    doors: Sequence[socket.socket],
    stop: Stop,
    before_opening: Callable[[], Awaitable[None]],
) -> None:
    """Serve `app` until `stop`; `before_opening` runs when the app is ready and nobody is in yet.

    The first of `doors` is ours; at the others only those are let in who were left waiting there.
    """
    loop = asyncio.get_running_loop()
    own, *others = doors
    encrypted = tls.context(settings)
    config = _config(settings)
    asgi = wrap_app(app, config.wsgi_max_body_size, "asgi")
    context = WorkerContext(None)
    connections: set[asyncio.Task[Any]] = set()

    def serve_connection(duplex: Duplex) -> asyncio.Task[None]:
        task = loop.create_task(AdoptableServer(asgi, loop, config, context, duplex).run())
        connections.add(task)
        task.add_done_callback(connections.discard)
        return task

    def let_in(connection: socket.socket) -> None:
        task = loop.create_task(_take_over(connection, lambda: Duplex(serve_connection), encrypted))
        connections.add(task)
        task.add_done_callback(connections.discard)

    lifespan = Lifespan(asgi, config, loop, {})
    living = loop.create_task(lifespan.handle_lifespan())
    await lifespan.wait_for_startup()
    if living.done():
        try:
            await living
        except LifespanFailureError as error:
            raise Refused(f"The school could not be opened. {error}") from error
    try:
        server = await loop.create_server(
            lambda: Duplex(serve_connection), sock=own, ssl=encrypted, backlog=BACKLOG, start_serving=False
        )
        await before_opening()
        await server.start_serving()
        helping = loop.create_task(help_neighbours(others, let_in))
        await stop.asked.wait()
        helping.cancel()
        server.close()  # not waited for: that is for the sockets, which come next
        await _empty(app, settings, context, connections, stop)
    finally:
        try:
            await lifespan.wait_for_shutdown()
        except (LifespanTimeoutError, LifespanFailureError) as error:
            log.warning("The school was not closed in order: %s", error)
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)


async def _take_over(
    connection: socket.socket, protocol: Callable[[], Duplex], encrypted: ssl.SSLContext | None
) -> None:
    try:
        await asyncio.get_running_loop().connect_accepted_socket(protocol, connection, ssl=encrypted)
    except OSError as error:  # as with those who come in by our own door, it is their affair
        log.debug("Somebody who was left waiting went away: %s", error)
        connection.close()


def _config(settings: Settings) -> Config:
    adopted.check()
    # Without extensions in the handshake there is no compression.
    if not hasattr(websockets, "server_extensions_handshake") or not hasattr(protocols, "H11Protocol"):
        raise RuntimeError("This Hypercorn is another than the one we know: install hypercorn==0.18.*")
    websockets.server_extensions_handshake = lambda requested, supported: None
    protocols.H11Protocol = SecureDoorstep if settings.secure else Doorstep
    config = Config()
    config.accesslog = None
    config.errorlog = logging.getLogger("hypercorn.error")
    config.include_server_header = False
    config.h11_max_incomplete_size = settings.head_limit
    config.websocket_max_message_size = settings.frame_limit
    config.startup_timeout = OPENING
    config.shutdown_timeout = CLOSING
    return config


async def _empty(
    app: Quart, settings: Settings, context: WorkerContext, connections: set[asyncio.Task[Any]], stop: Stop
) -> None:
    """Tell the sockets to come back later, let what is being answered finish, and cut the rest."""
    await _unless(stop.at_once, app.extensions["edusphere"].drain(), settings.drain)
    await context.terminated.set()
    if answering := tuple(connections):  # a copy: they end meanwhile
        await _unless(stop.at_once, asyncio.wait(answering), CLOSING)
    for connection in tuple(connections):
        connection.cancel()
    await asyncio.gather(*connections, return_exceptions=True)


async def _unless(event: asyncio.Event, act: Any, seconds: float) -> None:
    """Do it for at most `seconds`, or until `event`."""
    acting = asyncio.ensure_future(act)
    hurried = asyncio.ensure_future(event.wait())
    await asyncio.wait((acting, hurried), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in (acting, hurried):
        task.cancel()
    outcomes = await asyncio.gather(acting, hurried, return_exceptions=True)
    if isinstance(outcomes[0], Exception):
        log.warning("Sockets could not be told of the stop: %s", outcomes[0])
