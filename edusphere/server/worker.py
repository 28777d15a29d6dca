"""One process of the school, from its migrated tables to the last socket."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Sequence

from edusphere.app import create_app
from edusphere.database.address import Address
from edusphere.database.migrate import waiting
from edusphere.errors import Conflict
from edusphere.server import logs
from edusphere.server.backup.nightly import nightly
from edusphere.server.backup.upgrading import upgrade
from edusphere.server.keys import read_keys
from edusphere.server.listener import listen
from edusphere.server.nonsense import refuse_foreign_redis
from edusphere.server.opened import answering
from edusphere.server.refused import Refused
from edusphere.server.serving import Stop, serve
from edusphere.server.sweeping import daily
from edusphere.settings import Settings
from edusphere.web.parts import Parts

log = logging.getLogger(__name__)
Say = Callable[[str], None]


async def work(
    settings: Settings,
    doors: Sequence[socket.socket],
    address: Address,
    *,
    stop: Stop,
    say: Say,
    opens: bool = True,
    with_demo: bool = False,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve the school at `doors` until `stop`; say `ready` when people may come in.

    The first door is this worker's, the others its neighbours'.

    Who `opens` it also brings its tables up to date, fills the demo and says where it is; others join.
    """
    stop.on_signals()
    async with answering(settings, address):
        if opens:
            await upgrade(settings, address, say)
        elif await waiting(address):
            raise Refused("This program is newer than the school's tables. Stop the school and start it again.")
    await refuse_foreign_redis(settings, say if opens else lambda sentence: None)
    app = create_app(settings, address=address, keys=read_keys(settings))
    parts: Parts = app.extensions["edusphere"]

    async def before_opening() -> None:
        if with_demo:
            await _fill(parts, say)
        listen(doors[0], settings)
        if opens:
            await _welcome(settings, doors[0], parts, say)
        logs.configure(settings)
        ready()

    async with daily(parts), nightly(settings, address):
        await serve(app, settings, doors, stop, before_opening)


async def _fill(parts: Parts, say: Say) -> None:
    from edusphere.server import demo

    try:
        say(await demo.fill(parts, say))
    except Conflict as error:
        say(error.message)


async def _welcome(settings: Settings, door: socket.socket, parts: Parts, say: Say) -> None:
    place = _place(settings, door)
    say(f"The school is open at {place}")
    token = await parts.school.setup.issue_token()
    if token:
        say("It has no administrator yet. To become the first, open this address, which works once:")
        say(f"{place}/setup?token={token}")


def _place(settings: Settings, door: socket.socket) -> str:
    """Where to look at the school: as its people do, or right here when nobody said how they do."""
    if "public_url" in settings.model_fields_set or settings.unix_socket is not None:
        return settings.public_url.rstrip("/")
    host, port = door.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 (compared, not bound)
        host = "127.0.0.1"
    scheme = "https" if settings.tls_certificate else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
