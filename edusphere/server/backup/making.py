"""Making a backup of a school, while its people talk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import msgspec

from edusphere import __version__
from edusphere.database.address import Address
from edusphere.database.dump import dumped, moment
from edusphere.database.migrate import applied
from edusphere.school.files import WAITING
from edusphere.server.backup.archive import ABOUT, DATABASE, KEYS, MEDIA, PIECE, Writer, written
from edusphere.server.keys import KEY_FILE, PREVIOUS_FILE
from edusphere.server.refused import Refused
from edusphere.settings import MEBIBYTES, Settings

FORMAT = 1
RESERVE = 256 * MEBIBYTES
"""Left free on the disk for those who talk meanwhile."""
COUNTS = """
    SELECT (SELECT count(*) FROM people) AS people, (SELECT count(*) FROM rooms) AS rooms,
           (SELECT count(*) FROM messages) AS messages, (SELECT count(*) FROM files) AS files
"""
KEPT_BYTES = f"""
    SELECT key, thumbnail_key, NOT ({WAITING}) AS needed FROM files
    UNION ALL SELECT avatar, '', true FROM people WHERE avatar <> ''
"""  # noqa: S608 (our own text)

Tell = Callable[[str, int, int | None], None]
"""Is told how it goes: what is being done, how many bytes are done, and of how many, if that is known."""


class Counts(msgspec.Struct, frozen=True):
    people: int
    rooms: int
    messages: int
    files: int

    def __str__(self) -> str:
        return f"{self.people:,} people, {self.rooms:,} rooms, {self.messages:,} messages and {self.files:,} files"


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup is of."""

    format: int = FORMAT
    version: str
    made: datetime
    migrations: list[str]
    counts: Counts
    with_media: bool


@dataclass(frozen=True)
class Made:
    about: About
    missing: list[str]
    """Files that the school names and that are not on its disk."""


def folder_of(settings: Settings) -> Path:
    """Return where the school keeps the backups that it makes by itself."""
    return settings.data / "backups"


def name_of(settings: Settings, stem: str) -> Path:
    return folder_of(settings) / f"{stem}.tar{'.age' if settings.backup_recipient else ''}"


async def counts_of(connection: Any) -> Counts:
    return Counts(**dict(await connection.fetchrow(COUNTS)))


async def make(
    settings: Settings, address: Address, file: Path, *, recipient: str | None, with_media: bool, tell: Tell
) -> Made:
    """Write a backup of one moment of the school into a new file.

    Raises:
        Refused: there is no room, or the file cannot be written.
        PostgresProblem, Unavailable: the database does not give itself.
    """
    folder = settings.data / "media"
    missing: list[str] = []
    async with moment(address) as (connection, snapshot):
        about = About(
            version=__version__,
            made=datetime.now(UTC),
            migrations=await applied(connection),
            counts=await counts_of(connection),
            with_media=with_media,
        )
        rows = await connection.fetch(KEPT_BYTES) if with_media else []
        sizes = dict(_sizes(folder, rows, missing))
        _refuse_without_room(
            file, sum(sizes.values()) + await connection.fetchval("SELECT pg_database_size(current_database())")
        )
        with written(file, recipient) as archive:
            archive.add(ABOUT, msgspec.json.format(msgspec.json.encode(about)))
            _add_keys(archive, settings)
            with dumped(address, snapshot) as stream:
                _add_database(archive, stream, tell)
            _add_media(archive, folder, sizes, tell)
    return Made(about, missing)


def _sizes(folder: Path, rows: list[Any], missing: list[str]) -> Iterator[tuple[str, int]]:
    for row in rows:
        for key in filter(None, (row["key"], row["thumbnail_key"])):
            try:
                yield key, (folder / key).stat().st_size
            except FileNotFoundError:
                if row["needed"]:
                    missing.append(key)


def _refuse_without_room(file: Path, size: int) -> None:
    folder = file.absolute().parent
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < size + RESERVE:
        raise Refused(
            f"A backup may need {size // MEBIBYTES:,} MiB, and {folder} has {free // MEBIBYTES:,} MiB left "
            f"({RESERVE // MEBIBYTES} of them stay free): make room, or write it elsewhere."
        )


def _add_keys(archive: Writer, settings: Settings) -> None:
    for name in (KEY_FILE, PREVIOUS_FILE):
        if (key := settings.data / name).exists():
            archive.add(KEYS + name, key.read_bytes())


def _add_database(archive: Writer, stream: IO[bytes], tell: Tell) -> None:
    done = number = 0
    while piece := stream.read(PIECE):
        number += 1
        done += len(piece)
        archive.add(f"{DATABASE}{number:06}", piece)
        tell("The database", done, None)


def _add_media(archive: Writer, folder: Path, sizes: dict[str, int], tell: Tell) -> None:
    total, done = sum(sizes.values()), 0
    for key, size in sizes.items():
        try:
            with (folder / key).open("rb") as source:
                archive.add_stream(MEDIA + key, source, os.fstat(source.fileno()).st_size)
        except FileNotFoundError:
            continue  # never sent, and taken back since
        done += size
        tell("Files and pictures", done, total)
