"""The sweep, by one process at a time: at the command line, and once a day while the school is served."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from edusphere.database.alone import alone
from edusphere.errors import EduSphereError
from edusphere.school.sweep import Swept
from edusphere.settings import DAYS, MEBIBYTES, MINUTES
from edusphere.web.parts import Parts

log = logging.getLogger(__name__)

LOCK = 0x6564_7573_7765_6570
"""The advisory lock of whoever sweeps."""
FIRST = 15 * MINUTES
"""After the start: a server that is restarted every night sweeps too."""
SPREAD = 15 * MINUTES
NAMED = 20


async def swept(parts: Parts, only_look: bool = False) -> Swept | None:
    """Sweep, and return what was found; None when somebody else is at it."""
    async with alone(parts.address, LOCK) as granted:
        return await parts.school.sweeper.sweep(only_look) if granted else None


def report(result: Swept | None, only_look: bool = False) -> list[str]:
    """Return what a sweep found, in sentences."""
    if result is None:
        return ["Another process is sweeping right now."]
    verb = "would be deleted" if only_look else "deleted"
    counts = (
        (result.waiting, "uploaded and never sent"),
        (result.ownerless, "of which nothing is known any more"),
        (result.avatars, "pictures of people that were replaced"),
        (result.unfinished, "left by uploads that broke off"),
        (result.sign_ins, "sign-ins that have been over for a week"),
    )
    sentences = [f"{count:,} {verb}: {what}." for count, what in counts if count]
    if result.bytes:
        sentences.append(f"{result.bytes / MEBIBYTES:,.1f} MB in all.")
    sentences += [
        f"The file {file_id} is gone from the data folder; a backup may have it." for file_id in result.missing[:NAMED]
    ]
    if len(result.missing) > NAMED:
        sentences.append(f"{len(result.missing) - NAMED:,} more files are gone.")
    return sentences or ["There is nothing to sweep."]


@asynccontextmanager
async def daily(parts: Parts) -> AsyncIterator[None]:
    """Sweep once a day, for as long as the block runs."""
    sweeping = asyncio.create_task(_daily(parts))
    try:
        yield
    finally:
        sweeping.cancel()
        with suppress(asyncio.CancelledError):
            await sweeping


async def _daily(parts: Parts) -> None:
    await asyncio.sleep(FIRST + random.uniform(0, SPREAD))  # noqa: S311 (only so that not all begin at once)
    while True:
        try:
            result = await swept(parts)
            if result is not None and result != Swept():
                log.info("Swept: %s", " ".join(report(result)))
        except (EduSphereError, OSError) as error:
            log.warning("The daily sweep was not finished: %s", error)
        await asyncio.sleep(1 * DAYS + random.uniform(0, SPREAD))  # noqa: S311
