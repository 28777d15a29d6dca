"""Bringing the tables up to date: not before the school is kept as it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from edusphere.database.address import Address
from edusphere.database.migrate import migrate, waiting
from edusphere.server.backup.making import make, name_of
from edusphere.server.backup.nightly import rotate
from edusphere.server.backup.restoring import standing
from edusphere.settings import Settings


async def upgrade(settings: Settings, address: Address, say: Callable[[str], None]) -> list[str]:
    """Apply the migrations that are missing and return their names; a school that has people is backed up first.

    Its files and pictures are left out of that: no migration touches them.

    Raises:
        SchemaTooNew, Unavailable: as `migrate`.
        Refused, PostgresProblem: it could not be kept, so nothing was changed.
    """
    if (missing := await waiting(address)) and await standing(address):
        file = name_of(settings, f"before-{missing[0]}-{datetime.now().astimezone():%Y-%m-%d-%H%M%S}")
        say(f"Keeping the school as it is in {file} …")
        recipient = settings.backup_recipient or None
        await make(settings, address, file, recipient=recipient, with_media=False, tell=lambda *how: None)
        rotate(settings)
    return await migrate(address, say)
