"""A school served by our own server inside the test, so that a test sees both ends of a real line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from quart import Quart

from edusphere.app import create_app
from edusphere.database.address import Address
from edusphere.server.listener import bind, leave, listen
from edusphere.server.serving import Stop, serve
from edusphere.settings import Settings
from tests.conftest import KEYS


@asynccontextmanager
async def served_inside(settings: Settings, address: Address) -> AsyncIterator[Quart]:
    """Serve at what the settings say."""
    app, stop, opened = create_app(settings, address=address, keys=KEYS), Stop(lambda _words: None), asyncio.Event()
    doors = bind(settings)

    async def before_opening() -> None:
        listen(doors[0], settings)
        opened.set()

    serving = asyncio.create_task(serve(app, settings, doors, stop, before_opening))
    await opened.wait()
    try:
        yield app
    finally:
        stop.ask()
        await serving
        doors[0].close()
        leave(settings)
