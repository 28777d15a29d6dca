"""The embedded Postgres's death is a pause, not the end of the school's day."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from edusphere.database.embedded import EmbeddedPostgres
from edusphere.settings import SECONDS

log = logging.getLogger(__name__)

LOOK = 0.5 * SECONDS


@asynccontextmanager
async def revived(postgres: EmbeddedPostgres | None) -> AsyncIterator[None]:
    """Start Postgres again whenever it died during the block."""
    watching = asyncio.create_task(_watch(postgres)) if postgres else None
    try:
        yield
    finally:
        if watching:
            watching.cancel()


async def _watch(postgres: EmbeddedPostgres) -> None:
    while True:
        await asyncio.sleep(LOOK)
        try:
            if postgres.revive():
                log.error("Postgres had died and was started again.")
        except OSError as error:
            log.error("Postgres has died and could not be started (%s); it is tried again.", error)
