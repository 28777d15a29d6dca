"""Bringing a school back from a backup."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

import asyncpg
import msgspec

from edusphere.database.address import Address
from edusphere.database.dump import read_back
from edusphere.database.migrate import connected, known, migrate
from edusphere.server.backup.archive import DATABASE, KEYS, MEDIA, SUMS, Reader
from edusphere.server.backup.making import FORMAT, About, Counts, Tell, counts_of, make, name_of
from edusphere.server.keys import KEY_FILE, PREVIOUS_FILE
from edusphere.server.refused import Refused
from edusphere.settings import Settings

SERVED = """
    SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'edusphere')
"""
OURS = re.compile(r"(files/[0-9a-f]{2}/[0-9a-f]{32}(\.[a-z]+)?|avatars/[\w-]+\.webp)")
"""What a key of stored bytes looks like. Nothing else is written, wherever its name leads."""


def checked(backup: Reader, tell: Tell) -> About:
    """Read a whole backup and return what it is of.

    Raises:
        Refused: it is damaged, or of a newer EduSphere.
    """
    done = 0

    def read(size: int) -> None:
        nonlocal done
        done += size
        tell("Checking", done, backup.size)

    try:
        about = msgspec.json.decode(backup.check(read), type=About)
    except msgspec.MsgspecError as error:
        raise Refused(f"The backup {backup.file} is not one of EduSphere's.") from error
    unknown = sorted(set(about.migrations) - set(known()))
    if about.format > FORMAT or unknown:
        raise Refused(
            f"The backup {backup.file} was made by a newer EduSphere ({about.version}). Install that version first."
        )
    return about


async def standing(address: Address) -> Counts | None:
    """Return what the school has that is there; None where there is none.

    Raises:
        Unavailable: the database does not answer.
    """
    async with connected(address) as connection:
        if not await connection.fetchval("SELECT to_regclass('public.people') IS NOT NULL"):
            return None
        counts = await counts_of(connection)
        return counts if counts.people else None


async def bring_back(
    settings: Settings,
    address: Address,
    backup: Reader,
    about: About,
    *,
    replacing: bool,
    say: Callable[[str], None],
    tell: Tell,
) -> str:
    """Put a checked backup in the place of what is there, and return what came back, in a sentence.

    The database changes in one transaction. Files and pictures are added before it: none that is there is changed.

    Raises:
        Refused: a school is there, and is not to be replaced, or is being served.
        PostgresProblem: the school is as it was before.
    """
    if here := await standing(address):
        if not replacing:
            raise Refused(
                f"There is a school here already ({here}). Restore into another data folder (--data), "
                "into a database beside it (--database), or in its place (--replace)."
            )
        if await _is_served(address):
            raise Refused("The school is being served. Stop it first, then restore.")
        file = name_of(settings, f"before-restore-{datetime.now().astimezone():%Y-%m-%d-%H%M%S}")
        say(f"Keeping the school as it is in {file} …")
        await make(settings, address, file, recipient=settings.backup_recipient or None, with_media=False, tell=tell)
    other_key = not _bring_keys(settings, backup)
    media = _bring_media(settings.data / "media", backup, tell)
    await asyncio.to_thread(read_back, address, _database(backup, tell))
    came = await _came_back(address, about)
    newer = await migrate(address, say)
    return " ".join(
        [
            f"{came} came back, and {media:,} files of the data folder.",
            *([f"The tables were brought up to date ({', '.join(newer)})."] if newer else []),
            *(["The key here is another than the backup's: everybody signs in anew."] if other_key else []),
            *([] if about.with_media else ["The backup has no files and pictures."]),
        ]
    )


async def bring_aside(aside: Address, address: Address, backup: Reader, about: About, tell: Tell) -> str:
    """Restore the database alone into a new one beside the school's, and return what came back, in a sentence.

    Raises:
        Refused: there is a database of that name.
        PostgresProblem: it cannot be restored.
    """
    async with connected(address) as connection:
        try:
            await connection.execute(f'CREATE DATABASE "{aside.database.replace(chr(34), chr(34) * 2)}"')
        except asyncpg.DuplicateDatabaseError as error:
            raise Refused(f"There is a database {aside.database} already. Choose another name.") from error
        except asyncpg.InsufficientPrivilegeError as error:
            raise Refused(f"{aside.user} may not make databases: ask whoever runs Postgres for one.") from error
    await asyncio.to_thread(read_back, aside, _database(backup, tell))
    return f"{await _came_back(aside, about)} came back into the database {aside}. The school itself is untouched."


async def _came_back(address: Address, about: About) -> Counts:
    counts = await standing(address)
    if counts != about.counts:
        raise Refused(f"The backup was of {about.counts}, but {counts or 'nothing'} came back. Keep the file.")
    return counts


async def _is_served(address: Address) -> bool:
    async with connected(address) as connection:
        return bool(await connection.fetchval(SERVED))


def _bring_keys(settings: Settings, backup: Reader) -> bool:
    """Write the school's key where there is none; return whether the one that counts is the backup's."""
    same = True
    for name, source in backup.members():
        if name.startswith(DATABASE):
            break
        if name not in (KEYS + KEY_FILE, KEYS + PREVIOUS_FILE):
            continue
        file, key = settings.data / name.removeprefix(KEYS), b"".join(source)
        if not file.exists() and settings.secret_key is None:
            _write(file, [key])
        elif name == KEYS + KEY_FILE:
            same = settings.secret_key is None and file.read_bytes() == key
    return same


def _bring_media(folder: Path, backup: Reader, tell: Tell) -> int:
    count = done = 0

    def read(size: int) -> None:
        nonlocal done
        done += size
        tell("Files and pictures", done, backup.size)

    for name, source in backup.members(read):
        key = name.removeprefix(MEDIA)
        if name.startswith(MEDIA) and OURS.fullmatch(key) and not (folder / key).exists():
            _write(folder / key, source)
            count += 1
        if name == SUMS:
            break
    return count


def _database(backup: Reader, tell: Tell) -> Iterator[bytes]:
    done = 0
    for name, source in backup.members():
        if name.startswith(DATABASE):
            for piece in source:
                yield piece
                done += len(piece)
                tell("The database", done, None)
        elif done:
            break


def _write(file: Path, content: Iterable[bytes]) -> None:
    """Write a new file, which has its name only once it is whole."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, aside = tempfile.mkstemp(prefix=".restored-", dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as out:
            for piece in content:
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        Path(aside).rename(file)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
