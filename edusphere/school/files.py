"""Files that people send: taken in, handed out again, and taken along by messages.

A file waits, its sender's alone, until a message takes it along; then it belongs to that message for good and is for
those who read its room. Or a course's materials take it in, and it is for those who see the course. Bytes pass through
here a piece at a time; a file is never whole in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import NamedTuple
from uuid import UUID

from edusphere.contract.events import File
from edusphere.database import Asking, Database, Row, Transaction
from edusphere.errors import EduSphereError, Invalid, NotFound, TooLarge, TooMany, Unavailable, WrongKind
from edusphere.school import file_names, models, policy
from edusphere.school.course_lists import SEEN
from edusphere.school.kinds import HEAD, PICTURES, PROGRAM, kind_of
from edusphere.school.me import Me, signed_in
from edusphere.school.models.ids import new_id
from edusphere.school.pace import Limit, Pace
from edusphere.school.pictures import Pictures
from edusphere.school.rooms import Rooms
from edusphere.school.storage import Storage
from edusphere.school.telling import to_the_end
from edusphere.settings import MEBIBYTES, MINUTES, SECONDS, Settings

FOLDER = "files"
WAITING = "files.message_id IS NULL AND NOT EXISTS (SELECT FROM materials WHERE materials.file_id = files.id)"
"""In no message and in no course's materials: its sender's alone."""
NOT_YOURS = "A file is not there any more, or was sent already. Please attach it again."
NO_PROGRAMS = (
    "Programs are not taken here: opening one can harm somebody's computer. Send what it is made of, or what it makes."
)


class Kept(NamedTuple):
    """Bytes in the storage, and what they are."""

    mime: str
    size: int
    key: str
    width: int | None = None
    height: int | None = None
    thumbnail_key: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.key, self.thumbnail_key) if self.thumbnail_key else (self.key,)


class Most(NamedTuple):
    """How many bytes may come, and what to say to who sends more."""

    bytes: int
    why: str

    @property
    def refusal(self) -> TooLarge:
        return TooLarge("file", self.why)


class Files:
    def __init__(
        self, database: Database, settings: Settings, storage: Storage, pictures: Pictures, rooms: Rooms
    ) -> None:
        self._database = database
        self._settings = settings
        self._storage = storage
        self._pictures = pictures
        self._rooms = rooms
        self.largest = Most(
            settings.file_limit, f"The file is too large: at most {_amount(settings.file_limit)}, please."
        )
        """What any file may have."""
        self._arriving: Counter[UUID] = Counter()
        self._pace = Pace(
            Limit(settings.uploads_per_minute, 1 * MINUTES),
            sentence="You are sending very many files. Please wait a moment.",
            on=settings.limits == "on",
        )

    async def keep(self, me: Me | None, name: str, data: AsyncIterable[bytes], announced: int | None = None) -> File:
        """Take in a file that will go into a message. Pictures are drawn anew; nothing is left of what is refused.

        `announced` is how many bytes are said to come, if that is said: too many are refused before they do.

        Raises:
            Invalid: it is empty, or a damaged picture.
            TooLarge: it is larger than files may be, or than its sender still has room for.
            WrongKind: it is a program.
            TooMany: too fast, or too many at once.
            Unavailable
        """
        me = signed_in(me)
        self._pace.take(me.id)
        with self._at_once(me):
            most = min(self.largest, await self._room_for(self._database, me))
            if announced is not None and announced > most.bytes:
                raise most.refusal
            file_id = new_id()
            kept = await self._store(file_id, _Arriving(data, most))
            return await to_the_end(self._enter(me, file_id, file_names.shown(name), kept))

    async def take_back(self, me: Me | None, file_id: UUID) -> None:
        """Delete a file that no message took along yet.

        Raises:
            NotFound: there is none, or it is not theirs.
        """
        me = signed_in(me)
        found = await self._database.models(
            models.File,
            f"DELETE FROM files WHERE id = $1 AND uploader_id = $2 AND {WAITING} RETURNING *",  # noqa: S608
            file_id,
            me.id,
        )
        if not found:
            raise NotFound("There is no such file.")
        await self._forget((found[0].key, found[0].thumbnail_key))

    async def reach(self, me: Me | None, file_id: UUID) -> models.File:
        """Return a file that `me` may open. What was removed is there for nobody.

        Raises:
            NotSignedIn, NotFound
        """
        me = signed_in(me)
        row = await self._database.row(
            f"""
            SELECT files.*, messages.room_id, {WAITING} AS waits, EXISTS (
                SELECT FROM materials JOIN units ON units.id = unit_id
                WHERE materials.file_id = files.id AND units.course_id IN (SELECT courses.id {SEEN})
            ) AS is_material
            FROM files LEFT JOIN messages ON messages.id = files.message_id
            WHERE files.id = $3 AND messages.removed IS NULL
            """,  # noqa: S608 (our own text)
            me.id,
            policy.may_see_all_courses(me),
            file_id,
        )
        if row is None:
            raise NotFound("There is no such file.")
        (file,) = self._database.made(models.File, [row])
        in_room = row["room_id"] is not None
        membership = (await self._rooms.reach(me, row["room_id"])).membership if in_room else None
        if not policy.may_open(row["uploader_id"] == me.id, row["waits"], row["is_material"], membership):
            raise NotFound("There is no such file.")
        return file

    async def load(self, ids: Iterable[UUID]) -> dict[UUID, models.File]:
        """Return these files, whoever asks: for ids that a verb gave."""
        found = await self._database.models(models.File, "SELECT * FROM files WHERE id = ANY($1)", list(ids))
        return {file.id: file for file in found}

    # --

    @contextmanager
    def _at_once(self, me: Me) -> Iterator[None]:
        if self._settings.limits == "on" and self._arriving[me.id] >= self._settings.uploads_at_once:
            raise TooMany(2 * SECONDS, "You are sending many files at once. Please wait until some have arrived.")
        self._arriving[me.id] += 1
        try:
            yield
        finally:
            self._arriving[me.id] -= 1
            if not self._arriving[me.id]:
                del self._arriving[me.id]

    async def _room_for(self, asking: Asking, me: Me) -> Most:
        """Return how much more `me` may have."""
        row = await asking.one(
            f"""
            SELECT coalesce(sum(size), 0)::bigint AS taken,
                   coalesce(sum(size) FILTER (WHERE {WAITING}), 0)::bigint AS waiting
            FROM files WHERE uploader_id = $1
            """,  # noqa: S608 (our own text)
            me.id,
        )
        limits = self._settings
        return min(
            Most(
                limits.waiting_files_limit - row["waiting"],
                "You have too many files that are in no message yet. Send them or take them away, then try again.",
            ),
            Most(
                limits.files_limit - row["taken"],
                f"There is no room left for it: your files may take {_amount(limits.files_limit)} in all. "
                "The school's administrator can give you more.",
            ),
        )

    async def _store(self, file_id: UUID, arriving: _Arriving) -> Kept:
        key = key_of(file_id)
        size = await self._storage.put(key, arriving)
        if arriving.kind not in PICTURES:
            return Kept(arriving.kind, size, key)
        try:
            return await self._draw(arriving.kind, key)
        finally:
            await self._storage.delete(key)

    async def _draw(self, kind: str, original: str) -> Kept:
        key, thumbnail_key = f"{original}.picture", f"{original}.thumbnail"
        try:
            async with aclosing(self._storage.open(original)) as data, self._pictures.photo(kind, data) as drawn:
                size = await self._storage.put(key, drawn.whole)
                await self._storage.put(thumbnail_key, _piece(drawn.thumbnail))
                return Kept(drawn.mime, size, key, drawn.width, drawn.height, thumbnail_key)
        except BaseException:
            await self._forget((key, thumbnail_key))
            raise

    async def _enter(self, me: Me, file_id: UUID, name: str, kept: Kept) -> File:
        """Write its row; when it is refused, nothing of it stays.

        When nobody knows whether the row was written (the answer to a COMMIT was lost, who asked went away in the
        middle) it stays, for whoever reads the row; without a row, `sweep` clears it away.
        """
        try:
            return await self._write(me, file_id, name, kept)
        except EduSphereError as refusal:
            if not isinstance(refusal, Unavailable):
                await self._forget(kept.keys)
            raise

    async def _write(self, me: Me, file_id: UUID, name: str, kept: Kept) -> File:
        async with self._database.transaction() as transaction:
            # One after the other, or two that each fit would not fit together.
            await transaction.execute("SELECT FROM people WHERE id = $1 FOR NO KEY UPDATE", me.id)
            most = await self._room_for(transaction, me)
            if kept.size > most.bytes:
                raise most.refusal
            row = await transaction.one(
                """
                INSERT INTO files (id, uploader_id, place, name, size, mime, width, height, key, thumbnail_key, created)
                VALUES ($1, $2, 0, $3, $4, $5, $6, $7, $8, $9, now()) RETURNING *
                """,
                file_id,
                me.id,
                name,
                kept.size,
                kept.mime,
                kept.width,
                kept.height,
                kept.key,
                kept.thumbnail_key,
            )
        return _told(row)

    async def _forget(self, keys: Sequence[str]) -> None:
        for key in filter(None, keys):
            await self._storage.delete(key)


class _Arriving:
    """A file on its way in: counted, and looked at as soon as enough of it is there."""

    def __init__(self, data: AsyncIterable[bytes], most: Most) -> None:
        self.kind = ""
        self._data = data
        self._most = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size, head = 0, b""
        async for piece in self._data:
            size += len(piece)
            if size > self._most.bytes:
                raise self._most.refusal
            if not self.kind:
                head += piece[:HEAD]
                if len(head) >= HEAD:
                    self._look(head[:HEAD])
            yield piece
        if not size:
            raise Invalid("file", "The file is empty.")
        if not self.kind:
            self._look(head)

    def _look(self, head: bytes) -> None:
        self.kind = kind_of(head)
        if self.kind == PROGRAM:
            raise WrongKind("file", NO_PROGRAMS)


def check_file_ids(file_ids: Sequence[UUID], most: int) -> None:
    """Refuse what no message can take along.

    Raises:
        Invalid
    """
    if len(file_ids) > most:
        raise Invalid("fileIds", f"A message takes at most {most} files along. Please send the others in another one.")
    if len(set(file_ids)) < len(file_ids):
        raise Invalid("fileIds", "A file is named twice.")


async def claim(transaction: Transaction, me: Me, message_id: UUID, file_ids: Sequence[UUID]) -> tuple[File, ...]:
    """Let a message take files of its author along, inside the message's own transaction.

    Raises:
        Invalid: not all of them wait and are theirs.
    """
    rows = await transaction.rows(
        f"""
        WITH wanted AS (
            SELECT * FROM unnest($3::uuid[]) WITH ORDINALITY AS wanted (id, place)
        ), own AS (
            SELECT id FROM files WHERE id = ANY($3) AND uploader_id = $1 AND {WAITING} ORDER BY id FOR UPDATE
        )
        UPDATE files SET message_id = $2, place = wanted.place FROM own JOIN wanted USING (id) WHERE files.id = own.id
        RETURNING files.*
        """,  # noqa: S608 (our own text)
        me.id,
        message_id,
        list(file_ids),
    )
    if len(rows) < len(file_ids):
        raise Invalid("fileIds", NOT_YOURS)
    return tuple(_told(row) for row in sorted(rows, key=lambda row: row["place"]))


def _told(row: Row) -> File:
    return File(
        id=row["id"],
        name=row["name"],
        size=row["size"],
        mime=row["mime"],
        width=row["width"],
        height=row["height"],
    )


def key_of(file_id: UUID) -> str:
    """Return where a file as it was sent is kept; what is drawn of it has endings beside.

    Spread over folders by the id's last digits, which are random, so that none of them grows too long to be read.
    """
    return f"{FOLDER}/{file_id.hex[-2:]}/{file_id.hex}"


async def _piece(data: bytes) -> AsyncIterator[bytes]:
    yield data


def _amount(size: int) -> str:
    return f"{size / MEBIBYTES:,.0f} MB" if size >= MEBIBYTES else f"{size / 1024:,.0f} kB"
