"""What is said in open rooms and in courses, as administrators look after it: found, removed, restored.

Removed words are in no list: to read them is an act of its own, and written down. What its author took back stays
taken back: nobody is made to say again what they no longer say.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from edusphere.contract.acts import Act
from edusphere.contract.events import Author, Message, MessageEdited, MessageRemoved
from edusphere.database import Database, Row, Transaction
from edusphere.errors import Conflict, Invalid, NotFound
from edusphere.realtime import Realtime, topics
from edusphere.school import pages, words
from edusphere.school.all_rooms import LOOKED_AFTER, administrator
from edusphere.school.audit import Subject, record
from edusphere.school.conditions import Column, Conditions, Order
from edusphere.school.me import Me
from edusphere.school.models import ChangeKind
from edusphere.school.pages import Page
from edusphere.school.spoken import BY, SPOKEN, said
from edusphere.school.telling import to_the_end

AT_ONCE = 100
TAKEN_BACK = "Its author took it back. Only they can say it again."
RECENT = 2_000
"""Messages that are looked through for words before the index is asked: what is common is among them."""
BY_TIME = Column("messages.created", pages.moment, "timestamptz")
BY_NUMBER = Column("messages.number", pages.number, "bigint")
"""Within a room, where it is the same order, and the room's own index has it."""
# Beside SPOKEN: where it was said, and of a removed one who removed it. Asked for messages that are known by then.
FOUND = f"""
    SELECT {SPOKEN}, rooms.name AS room, rooms.kind AS room_kind, rooms.course_id, remover.*
    FROM {BY} JOIN rooms ON rooms.id = messages.room_id
    LEFT JOIN LATERAL (
        SELECT by.id AS by_id, by.username AS by_username, by.name AS by_name, by.avatar AS by_avatar
        FROM changes JOIN people by ON by.id = changes.person_id
        WHERE changes.message_id = messages.id AND changes.kind = 'REMOVED' ORDER BY changes.number DESC LIMIT 1
    ) remover ON messages.removed IS NOT NULL
"""  # noqa: S608 (our own words)
# As the index says it, and hence the planner finds it.
CONTAINS = "messages.removed IS NULL AND to_tsvector('simple', messages.body) @@ to_tsquery('simple', {})"
SPOKEN_OF = "messages JOIN rooms ON rooms.id = messages.room_id"
# $1 is the messages, all to be changed and all of one kind of change, $2 who changes them, $3 how.
CHANGE = """
    WITH chosen AS (
        SELECT id, room_id, row_number() OVER (PARTITION BY room_id ORDER BY number) AS nth
        FROM messages WHERE id = ANY($1)
    ), numbered AS (
        UPDATE rooms SET last_number = last_number + changed
        FROM (SELECT room_id, count(*) AS changed FROM chosen GROUP BY room_id) counted
        WHERE rooms.id = counted.room_id
        RETURNING rooms.id AS room_id, last_number - changed AS before, clock_timestamp() AS at
    ), changed AS (
        UPDATE messages SET updated = at, removed = CASE WHEN $3 = 'REMOVED' THEN at END
        FROM chosen JOIN numbered USING (room_id) WHERE messages.id = chosen.id
    )
    INSERT INTO changes (room_id, number, kind, message_id, person_id, at)
    SELECT room_id, before + nth, $3, chosen.id, $2, at FROM chosen JOIN numbered USING (room_id)
    RETURNING message_id, number
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A message, and what administrators see beside it."""

    message: Message
    room_id: UUID
    room: str
    room_kind: str
    course_id: UUID | None
    removed: datetime | None
    removed_by: Author | None

    @property
    def taken_back(self) -> bool:
        """Whether its author removed it."""
        return self.removed_by is not None and self.removed_by.id == self.message.user.id


@dataclass(frozen=True, slots=True)
class Words:
    """What a removed message said."""

    id: UUID
    body: str
    files: tuple[str, ...]
    """Their names."""


class AllMessages:
    def __init__(self, database: Database, realtime: Realtime) -> None:
        self._database = database
        self._realtime = realtime

    async def listed(
        self,
        me: Me | None,
        search: str | None = None,
        room_id: UUID | None = None,
        author_id: UUID | None = None,
        removed: bool | None = None,
        first: int = 50,
        after: str | None = None,
        *,
        descending: bool = True,
    ) -> Page[Found]:
        """Return messages, the newest first unless asked for otherwise.

        `search` is words, or their beginnings, of such as are not removed.

        Raises:
            Forbidden
            Invalid: what is searched has no letters.
        """
        administrator(me)
        size = pages.size(first)
        asked = words.check("search", beginnings, search)
        where = Conditions()
        if room_id is not None:
            where.add("messages.room_id = {}", room_id)
        if author_id is not None:
            where.add("messages.author_id = {}", author_id)
        if removed is not None:
            where.add("messages.removed IS NOT NULL" if removed else "messages.removed IS NULL")
        name, column = ("created", BY_TIME) if room_id is None else ("number", BY_NUMBER)
        order = Order(name, column, "messages.id", descending)
        order.begin_after(where, after)
        most = where.value(size + 1)
        if asked is None:
            ids = await self._ids(
                f"SELECT messages.id FROM {SPOKEN_OF} WHERE {LOOKED_AFTER} AND {where} {order}",  # noqa: S608 (our own words)
                where,
                most,
            )
        else:
            ids = await self._ids_containing(CONTAINS.format(where.value(asked)), where, order, most, size)
        rows = await self._database.rows(f"{FOUND} WHERE messages.id = ANY($1)", ids)
        found = {row["id"]: _found(row) for row in rows}
        key = attrgetter(order.name, "id")
        listed = [found[one] for one in ids if one in found]
        return pages.page(listed, size, after, key=lambda one: (order.name, *key(one.message)))

    async def find(self, me: Me | None, message_id: UUID) -> Found:
        """Return one message.

        Raises:
            Forbidden
            NotFound: also where it was said in a private or direct room.
        """
        administrator(me)
        row = await self._database.row(f"{FOUND} WHERE {LOOKED_AFTER} AND messages.id = $1", message_id)
        if row is None:
            raise NotFound
        return _found(row)

    async def read(self, me: Me | None, message_ids: Collection[UUID]) -> list[Words]:
        """Return what removed messages said, and note that `me` read it.

        Raises:
            Forbidden
            NotFound: one is not there, not removed, or was said in a private or direct room.
            Invalid: none, or too many.
        """
        me = administrator(me)
        return await to_the_end(self._read(me, _some(message_ids)))

    async def remove(self, me: Me | None, message_ids: Collection[UUID]) -> list[Found]:
        """Take messages away, leaving tombstones; return all of them as they are now. Removing twice is removing once.

        Raises:
            Forbidden
            NotFound: one is not there, or was said in a private or direct room.
            Invalid: none, or too many.
        """
        me = administrator(me)
        return await to_the_end(self._change(me, _some(message_ids), ChangeKind.REMOVED))

    async def restore(self, me: Me | None, message_ids: Collection[UUID]) -> list[Found]:
        """Let removed messages be read again, in their places; return all of them as they are now. Twice is once.

        Raises:
            Forbidden
            NotFound: one is not there, or was said in a private or direct room.
            Conflict: its author took one back.
            Invalid: none, or too many.
        """
        me = administrator(me)
        return await to_the_end(self._change(me, _some(message_ids), ChangeKind.RESTORED))

    # --

    async def _ids_containing(self, contains: str, where: Conditions, order: Order, most: str, size: int) -> list[UUID]:
        """Return which messages contain words: of the recent ones if these are enough, else by the index of words.

        The planner, left alone, goes through a million messages for a word that hardly anybody ever said: it takes
        every word for a common one.
        """
        recent = f"""
            WITH recent AS MATERIALIZED (
                SELECT messages.* FROM {SPOKEN_OF} WHERE {LOOKED_AFTER} AND {where} {order} LIMIT {RECENT}
            ), found AS (
                SELECT id, row_number() OVER ({order}) AS place FROM recent messages
                WHERE {contains} {order} LIMIT {most}
            )
            SELECT found.id, (SELECT count(*) FROM recent) AS looked_at
            FROM (SELECT) AS one LEFT JOIN found ON true ORDER BY place
        """  # noqa: S608 (our own words)
        rows = await self._database.rows(recent, *where.values)
        ids = [row["id"] for row in rows if row["id"] is not None]
        if len(ids) > size or rows[0]["looked_at"] < RECENT:
            return ids
        hits = f"""
            WITH hits AS MATERIALIZED (SELECT messages.* FROM messages WHERE {where} AND {contains})
            SELECT messages.id FROM hits messages JOIN rooms ON rooms.id = messages.room_id
            WHERE {LOOKED_AFTER} {order}
        """  # noqa: S608 (our own words)
        return await self._ids(hits, where, most)

    async def _ids(self, query: str, where: Conditions, most: str) -> list[UUID]:
        return [row["id"] for row in await self._database.rows(f"{query} LIMIT {most}", *where.values)]

    async def _read(self, me: Me, message_ids: list[UUID]) -> list[Words]:
        async with self._database.transaction() as transaction:
            found = await self._chosen(transaction, message_ids)
            if any(one.removed is None for one in found):
                raise NotFound
            rows = await transaction.rows(
                """
                SELECT id, body, (
                    SELECT coalesce(array_agg(name ORDER BY place), '{}') FROM files WHERE message_id = messages.id
                ) AS files
                FROM messages WHERE id = ANY($1) ORDER BY created, id
                """,
                message_ids,
            )
            for one in found:
                await record(transaction, me, "message.read", _subject(one), room=one.room)
        return [Words(row["id"], row["body"], tuple(row["files"])) for row in rows]

    async def _change(self, me: Me, message_ids: list[UUID], kind: ChangeKind) -> list[Found]:
        async with self._database.transaction() as transaction:
            # In one order, so that two who change messages of the same rooms wait for one another.
            await transaction.rows(LOCK_ROOMS, message_ids)
            chosen = await self._chosen(transaction, message_ids)
            concerned = [one for one in chosen if (one.removed is None) == (kind == ChangeKind.REMOVED)]
            if kind == ChangeKind.RESTORED and any(one.taken_back for one in concerned):
                raise Conflict(TAKEN_BACK)
            ids = [one.message.id for one in concerned]
            numbers = {
                row["message_id"]: row["number"] for row in await transaction.rows(CHANGE, ids, me.id, kind.value)
            }
            now = await self._chosen(transaction, message_ids)
            for one in concerned:
                act: Act = "message.removed" if kind == ChangeKind.REMOVED else "message.restored"
                await record(transaction, me, act, _subject(one), room=one.room)
        for one in sorted(now, key=lambda one: numbers.get(one.message.id, 0)):
            if one.message.id in numbers:
                change = MessageRemoved if kind == ChangeKind.REMOVED else MessageEdited
                event = change(room_id=one.room_id, number=numbers[one.message.id], message=one.message)
                await self._realtime.announce(topics.room(one.room_id), event)
        return now

    async def _chosen(self, transaction: Transaction, message_ids: list[UUID]) -> list[Found]:
        rows = await transaction.rows(
            f"{FOUND} WHERE {LOOKED_AFTER} AND messages.id = ANY($1) ORDER BY messages.created DESC, messages.id DESC",
            message_ids,
        )
        if len(rows) < len(message_ids):
            raise NotFound
        return [_found(row) for row in rows]


LOCK_ROOMS = """
    SELECT FROM rooms WHERE id IN (SELECT room_id FROM messages WHERE id = ANY($1)) ORDER BY id FOR UPDATE
"""


def beginnings(value: str | None) -> str | None:
    """Turn what was typed into a search field into a question to Postgres' search; None where it asks for everything.

    Raises:
        Wrong: there is nothing in it that could be found.
    """
    if words.search(value) is None:
        return None
    found = re.findall(r"[^\W_]+", words.composed(value or ""))
    if not found:
        raise words.Wrong("Please search for words.")
    return " & ".join(f"{word}:*" for word in found)


def _some(message_ids: Collection[UUID]) -> list[UUID]:
    chosen = list(dict.fromkeys(message_ids))
    if not 1 <= len(chosen) <= AT_ONCE:
        raise Invalid("messageIds", f"Choose 1 to {AT_ONCE} messages at a time.")
    return chosen


def _subject(one: Found) -> Subject:
    return Subject("message", one.message.id, one.message.user.username, one.course_id)


def _found(row: Row) -> Found:
    removed_by = None
    if row["by_id"] is not None:
        removed_by = Author(row["by_id"], row["by_username"], row["by_name"], row["by_avatar"])
    return Found(
        said(row).message, row["room_id"], row["room"], row["room_kind"], row["course_id"], row["removed"], removed_by
    )
