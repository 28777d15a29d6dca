"""Work that only one process of a school does at a time, on whatever machine it runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from edusphere.database.address import Address
from edusphere.database.client import calmly
from edusphere.settings import SECONDS


@asynccontextmanager
async def alone(address: Address, lock: int) -> AsyncIterator[bool]:
    """Say whether nobody else is in a block with this lock; if so, nobody comes in before it is left.

    The lock is held by a connection of its own: it is let go when this process dies, whatever happens.

    Raises:
        Unavailable: the database does not answer.
    """
    async with calmly():
        connection = await asyncpg.connect(**address.credentials, timeout=10 * SECONDS)
        granted = await connection.fetchval("SELECT pg_try_advisory_lock($1)", lock)
    try:
        yield bool(granted)
    finally:
        await connection.close(timeout=5 * SECONDS)
