"""Clearing away what nobody will ask for again: files that were never sent, replaced pictures, what a crash left.

A day is let pass before anything is taken for left behind: what is on its way in has no row yet. Files of removed
messages stay, for safeguarding.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from edusphere.database import Database, Row
from edusphere.school.files import FOLDER, WAITING
from edusphere.school.pictures import AVATARS
from edusphere.school.storage import UNFINISHED, Storage, Stored
from edusphere.settings import DAYS, Settings

LEFT = 1 * DAYS
REMEMBERED = 7 * DAYS
"""How long a sign-in that is over is kept: somebody may ask what happened to theirs."""
AT_ONCE = 1000
LEFT_WAITING = f"files WHERE {WAITING} AND created < now() - make_interval(secs => $1)"
LOOK = f"SELECT key, thumbnail_key, size FROM {LEFT_WAITING}"  # noqa: S608 (our own text)
CLEAR = f"DELETE FROM {LEFT_WAITING} RETURNING key, thumbnail_key, size"  # noqa: S608
OVER = "sessions WHERE least(expires, ended) < now() - make_interval(secs => $1)"
OF_FILE = re.compile(FOLDER + r"/[0-9a-f]{2}/([0-9a-f]{32})(\.[a-z]+)?")


@dataclass
class Swept:
    """What was found, and unless it was only looked for, cleared away."""

    waiting: int = 0
    """Files that were uploaded and never sent."""
    ownerless: int = 0
    """Kept bytes that no row names."""
    avatars: int = 0
    """Pictures that were replaced."""
    unfinished: int = 0
    """Uploads that a crash broke off."""
    sign_ins: int = 0
    """Sessions that are over, with their refresh tokens."""
    bytes: int = 0
    """Of all these files."""
    missing: list[UUID] = field(default_factory=list)
    """Files that have a row and no bytes any more. Nothing is done about them: a backup may have them."""


class Sweeper:
    def __init__(self, database: Database, settings: Settings, storage: Storage) -> None:
        self._database = database
        self._storage = storage
        self._waiting_lifetime = settings.waiting_files_lifetime

    async def sweep(self, only_look: bool = False) -> Swept:
        """Clear away what is left behind; with `only_look`, only count it."""
        swept = Swept()
        await self._waiting(swept, only_look)
        async for some in self._old(FOLDER):
            named = await self._keys_of_files(some)
            swept.ownerless += await self._clear(swept, [one for one in some if one.key not in named], only_look)
        async for some in self._old(AVATARS):
            named = await self._avatars_of_people(some)
            swept.avatars += await self._clear(swept, [one for one in some if one.key not in named], only_look)
        async for some in self._old(UNFINISHED):
            swept.unfinished += await self._clear(swept, some, only_look)
        swept.sign_ins = await self._sign_ins(only_look)
        await self._missing(swept)
        return swept

    async def _sign_ins(self, only_look: bool) -> int:
        verb = "SELECT id FROM" if only_look else "DELETE FROM"
        returned = "" if only_look else " RETURNING id"
        return len(await self._database.rows(f"{verb} {OVER}{returned}", REMEMBERED))

    async def _waiting(self, swept: Swept, only_look: bool) -> None:
        rows = await self._database.rows(LOOK if only_look else CLEAR, self._waiting_lifetime)
        swept.waiting = len(rows)
        swept.bytes += sum(row["size"] for row in rows)
        if not only_look:
            for key in _keys(rows):
                await self._storage.delete(key)

    async def _old(self, folder: str) -> AsyncIterator[list[Stored]]:
        before = time.time() - LEFT
        async for some in self._storage.list(folder):
            yield [stored for stored in some if stored.changed < before]

    async def _clear(self, swept: Swept, some: Iterable[Stored], only_look: bool) -> int:
        count = 0
        for stored in some:
            count += 1
            swept.bytes += stored.size
            if not only_look:
                await self._storage.delete(stored.key)
        return count

    async def _keys_of_files(self, some: Iterable[Stored]) -> set[str]:
        ids = [UUID(match[1]) for stored in some if (match := OF_FILE.fullmatch(stored.key))]
        rows = await self._database.rows("SELECT key, thumbnail_key FROM files WHERE id = ANY($1)", ids)
        return set(_keys(rows))

    async def _avatars_of_people(self, some: Iterable[Stored]) -> set[str]:
        keys = [stored.key for stored in some]
        rows = await self._database.rows("SELECT avatar FROM people WHERE avatar = ANY($1)", keys)
        return {row["avatar"] for row in rows}

    async def _missing(self, swept: Swept) -> None:
        last = UUID(int=0)
        while rows := await self._database.rows(
            "SELECT id, key, thumbnail_key FROM files WHERE id > $1 ORDER BY id LIMIT $2", last, AT_ONCE
        ):
            last = rows[-1]["id"]
            for row in rows:
                if None in [await self._storage.size(key) for key in _keys([row])]:
                    swept.missing.append(row["id"])


def _keys(rows: Iterable[Row]) -> list[str]:
    return [key for row in rows for key in (row["key"], row["thumbnail_key"]) if key]
