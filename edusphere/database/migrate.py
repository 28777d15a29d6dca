"""Bringing the tables up to date, one process at a time."""

from __future__ import annotations

import asyncio
import pkgutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from tortoise import Tortoise
from tortoise.migrations.api import migrate as apply

import migrations
from edusphere.database.address import Address
from edusphere.database.client import calmly
from edusphere.database.tables import APP, APPS

LOCK = 0x6564_7573_7068_6572
"""The advisory lock that whoever migrates holds: "edusphere", as far as eight bytes go."""


class SchemaTooNew(Exception):
    """The tables were made by a newer EduSphere; its text is a sentence for the person who runs the server."""


async def migrate(address: Address, say: Callable[[str], None] = lambda sentence: None) -> list[str]:
    """Apply what is missing and return its names. Who comes second waits, and finds nothing left to do.

    Raises:
        SchemaTooNew: nothing was changed.
        Unavailable: the database does not answer.
    """
    async with connected(address) as lock:
        # On a connection of its own: it is let go when this process dies, whatever happens.
        await lock.execute("SELECT pg_advisory_lock($1)", LOCK)
        missing = await _waiting(lock)
        if missing:
            say(f"Bringing the tables up to date ({', '.join(missing)}) …")
            # A task of its own keeps Tortoise's context out of ours.
            await asyncio.create_task(_apply(address))
        return missing


async def waiting(address: Address) -> list[str]:
    """Return the names of the migrations that are still to be applied.

    Raises:
        SchemaTooNew, Unavailable: as `migrate`.
    """
    async with connected(address) as connection:
        return await _waiting(connection)


def known() -> list[str]:
    """Return the names of all migrations, in order."""
    return sorted(module.name for module in pkgutil.iter_modules(migrations.__path__))


async def applied(connection: Any) -> list[str]:
    """Return the names of the migrations that a database has, in order."""
    if not await connection.fetchval("SELECT to_regclass('tortoise_migrations') IS NOT NULL"):
        return []
    rows = await connection.fetch("SELECT name FROM tortoise_migrations WHERE app = $1 ORDER BY name", APP)
    return [row["name"] for row in rows]


async def _waiting(connection: Any) -> list[str]:
    there = set(await applied(connection))
    if unknown := sorted(there.difference(known())):
        raise SchemaTooNew(
            f"The database was made by a newer EduSphere (it has the migration {unknown[-1]}). "
            "Install that version again, or restore a backup from before the upgrade."
        )
    return [name for name in known() if name not in there]


async def _apply(address: Address) -> None:
    credentials = address.credentials | {"minsize": 1, "maxsize": 1}
    connections = {"default": {"engine": "tortoise.backends.asyncpg", "credentials": credentials}}
    try:
        await apply(config={"connections": connections, "apps": APPS}, direction="forward")
    finally:
        await Tortoise.close_connections()


@asynccontextmanager
async def connected(address: Address) -> AsyncIterator[Any]:
    """Give a connection of one's own, outside any pool.

    Raises:
        Unavailable: the database does not answer, at first or later.
    """
    async with calmly():
        connection = await asyncpg.connect(**address.credentials, timeout=10)
        try:
            yield connection
        finally:
            await connection.close(timeout=5)
