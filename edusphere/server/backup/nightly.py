"""The backups that a school makes by itself every night.

They lie in the data folder, which keeps them from a mistake and not from a broken disk: the README says how to carry
them elsewhere.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import re
import sys
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from datetime import date, datetime, timedelta
from pathlib import Path

from edusphere.database.address import Address
from edusphere.database.alone import alone
from edusphere.errors import EduSphereError
from edusphere.server.backup.making import folder_of
from edusphere.settings import MINUTES, Settings

log = logging.getLogger(__name__)

LOCK = 0x6564_7573_6261_636B
"""The advisory lock of whoever makes the night's backup."""
FIRST = 10 * MINUTES
"""After the start, which is busy enough."""
LOOK = 10 * MINUTES
NIGHT = re.compile(r"edusphere-(\d{4}-\d\d-\d\d)\.tar(\.age)?")
WEEKS = 4
"""Beyond the nights that are kept, so many weeks keep their first."""
BEFORE = 3
"""Of those that were made before an upgrade or a restore."""


def nights(folder: Path) -> dict[str, Path]:
    """Return the nights' backups by their day, the oldest first."""
    found = ((NIGHT.fullmatch(file.name), file) for file in folder.glob("edusphere-*"))
    return dict(sorted((match[1], file) for match, file in found if match))


def due(settings: Settings, now: datetime) -> str | None:
    """Return the day whose backup is still to be made: today's, once its hour has come, or yesterday's before."""
    if settings.backups_kept == 0:
        return None
    day = (now - timedelta(hours=settings.backup_hour)).strftime("%Y-%m-%d")
    made = list(nights(folder_of(settings)))
    return day if not made or made[-1] < day else None


def superfluous(days: Collection[str], kept: int) -> set[str]:
    """Return which of `days` go: all but the newest `kept`, and the first of each of some weeks before."""
    newest_first = sorted(days, reverse=True)
    older = newest_first[kept:]
    first_of_week = {date.fromisoformat(day).isocalendar()[:2]: day for day in older}
    return set(older) - set(list(first_of_week.values())[:WEEKS])


def rotate(settings: Settings) -> list[Path]:
    """Delete the backups that are not kept, and return them."""
    made = nights(folder_of(settings))
    gone = [made[day] for day in superfluous(made, settings.backups_kept)]
    gone += sorted(folder_of(settings).glob("before-*"), key=lambda file: file.stat().st_mtime)[:-BEFORE]
    for file in gone:
        file.unlink(missing_ok=True)
    return gone


@asynccontextmanager
async def nightly(settings: Settings, address: Address) -> AsyncIterator[None]:
    """Make a backup every night, for as long as the block runs."""
    waking = asyncio.create_task(_nightly(settings, address))
    try:
        yield
    finally:
        waking.cancel()
        with suppress(asyncio.CancelledError):
            await waking


async def _nightly(settings: Settings, address: Address) -> None:
    await asyncio.sleep(FIRST + random.uniform(0, LOOK))  # noqa: S311 (only so that not all begin at once)
    while True:
        if due(settings, datetime.now().astimezone()) is not None:
            try:
                async with alone(address, LOCK) as granted:
                    if granted:
                        await _apart(settings)
            except (EduSphereError, OSError) as error:
                log.warning("The night's backup was not made: %s", error)
        await asyncio.sleep(LOOK)


async def _apart(settings: Settings) -> None:
    """Make it in a process of its own: nobody waits for it here, and its memory goes with it."""
    command = [sys.executable, "-m", "edusphere", "backup", "--nightly", "--data", str(settings.data)]
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        preexec_fn=lambda: os.nice(10),
    )
    try:
        said, _ = await process.communicate()
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        raise
    words = " ".join(said.decode(errors="replace").split())
    log.log(logging.INFO if process.returncode == 0 else logging.WARNING, "The night's backup: %s", words)
