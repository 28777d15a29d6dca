"""Serving an app: Hypercorn's handling of connections, under our own start and stop."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from quart import Quart

from edusphere.server import tls
from edusphere.server.duplex import Duplex
from edusphere.server.hypercorn import Handling
from edusphere.server.listener import BACKLOG
from edusphere.server.neighbours import help_neighbours
from edusphere.settings import SECONDS, Settings

log = logging.getLogger(__name__)

CLOSING = 1 * SECONDS
"""For what is still being answered."""


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
    handling = Handling(app, settings)

    def let_in(connection: socket.socket) -> None:
        handling.keep(loop.create_task(_take_over(connection, lambda: Duplex(handling.serve), encrypted)))

    await handling.open()
    try:
        server = await loop.create_server(
            lambda: Duplex(handling.serve), sock=own, ssl=encrypted, backlog=BACKLOG, start_serving=False
        )
        await before_opening()
        await server.start_serving()
        _leave_out_of_collections_what_stays()
        helping = loop.create_task(help_neighbours(others, let_in))
        await stop.asked.wait()
        helping.cancel()
        server.close()  # not waited for: that is for the sockets, which come next
        await _empty(app, settings, handling, stop)
    finally:
        await handling.close()


def _leave_out_of_collections_what_stays() -> None:
    """Modules, the schema, the app: to look through them for garbage again and again would hold everybody up for some
    hundredths of a second each time, and find nothing (gc.freeze)."""
    gc.collect()
    gc.freeze()


async def _take_over(
    connection: socket.socket, protocol: Callable[[], Duplex], encrypted: ssl.SSLContext | None
) -> None:
    try:
        await asyncio.get_running_loop().connect_accepted_socket(protocol, connection, ssl=encrypted)
    except OSError as error:  # as with those who come in by our own door, it is their affair
        log.debug("Somebody who was left waiting went away: %s", error)
        connection.close()


async def _empty(app: Quart, settings: Settings, handling: Handling, stop: Stop) -> None:
    """Tell the sockets to come back later, let what is being answered finish, and cut the rest."""
    await _unless(stop.at_once, app.extensions["edusphere"].drain(), settings.drain)
    await handling.take_no_more()
    if answering := tuple(handling.connections):  # a copy: they end meanwhile
        await _unless(stop.at_once, asyncio.wait(answering), CLOSING)
    left = tuple(handling.connections)
    for connection in left:
        connection.cancel()
    await asyncio.gather(*left, return_exceptions=True)


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
