"""What rooms are about, as administrators keep it in order: topics made, renamed, merged, and taken away when empty.

A topic that only private rooms have is theirs: it is not told of here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from edusphere.contract.events import RoomUpdated
from edusphere.database import Database, Row, Taken, Transaction
from edusphere.errors import Conflict, Invalid, NotFound
from edusphere.realtime import Realtime, topics
from edusphere.school import pages, words
from edusphere.school.all_rooms import administrator
from edusphere.school.audit import Subject, record
from edusphere.school.conditions import Column, Conditions, Order
from edusphere.school.me import Me
from edusphere.school.models import Topic
from edusphere.school.models.ids import new_id
from edusphere.school.pages import Page
from edusphere.school.telling import to_the_end
from edusphere.school.topics import GENERAL, TOPIC_LENGTH, topic_named

THERE_IS_ONE = "There is a topic with this name. You can merge the two instead."
NO_TOPIC = "There is no such topic any more."
STILL_HAS_ROOMS = "Rooms are about this. Merge it into another topic instead."
GENERAL_STAYS = "Rooms about nothing else are in General, so it stays."
ITSELF = "A topic cannot be merged into itself."
# A topic has rooms that are looked after, or none at all. `shown` counts those, `rooms` also private ones.
LISTED = """
    FROM topics CROSS JOIN LATERAL (
        SELECT count(*) AS rooms, count(*) FILTER (WHERE kind IN ('OPEN', 'COURSE')) AS shown
        FROM rooms WHERE rooms.topic_id = topics.id AND rooms.deleted IS NULL
    ) counted
    WHERE (shown > 0 OR rooms = 0)
"""


class TopicOrder(StrEnum):
    NAME = "NAME"
    ROOMS = "ROOMS"


COLUMNS = {
    TopicOrder.NAME: Column("topics.key", pages.text),
    TopicOrder.ROOMS: Column("rooms", pages.number, "bigint"),
}


@dataclass(frozen=True, slots=True)
class CountedTopic:
    topic: Topic
    rooms: int
    """Those of private rooms among them."""


class AllTopics:
    def __init__(self, database: Database, realtime: Realtime) -> None:
        self._database = database
        self._realtime = realtime

    async def listed(
        self,
        me: Me | None,
        search: str | None = None,
        first: int = 50,
        after: str | None = None,
        order: TopicOrder = TopicOrder.NAME,
        *,
        descending: bool = False,
    ) -> Page[CountedTopic]:
        """Return topics, each with how many rooms are about it.

        Raises:
            Forbidden
        """
        administrator(me)
        size = pages.size(first)
        pattern = words.check("search", words.search, search)
        where = Conditions()
        if pattern is not None:
            where.add("topics.name ILIKE {}", pattern)
        ordered = Order(order, COLUMNS[order], "topics.id", descending)
        ordered.begin_after(where, after)
        rows = await self._database.rows(
            f"SELECT topics.*, rooms, {ordered.place} {LISTED} AND {where} {ordered} LIMIT {where.value(size + 1)}",
            *where.values,
        )
        made = self._database.made(Topic, rows)
        found = [CountedTopic(topic, row["rooms"]) for topic, row in zip(made, rows, strict=True)]
        return ordered.page(found, rows, size, after)

    async def make(self, me: Me | None, name: str) -> Topic:
        """Make a topic.

        Raises:
            Forbidden
            Invalid: no name, too long a one, or there is such a topic.
        """
        me = administrator(me)
        return await to_the_end(self._make(me, words.check("name", words.line, name, TOPIC_LENGTH)))

    async def rename(self, me: Me | None, topic_id: UUID, name: str) -> Topic:
        """Give a topic another name, in all its rooms at once.

        Raises:
            Forbidden, NotFound
            Invalid: no name, too long a one, or there is such a topic.
        """
        me = administrator(me)
        return await to_the_end(self._rename(me, topic_id, words.check("name", words.line, name, TOPIC_LENGTH)))

    async def merge(self, me: Me | None, topic_id: UUID, into_id: UUID) -> int:
        """Let all rooms of one topic be about another, and take the first away; return how many rooms.

        Raises:
            Forbidden, NotFound
            Invalid: into itself.
            Conflict: General stays.
        """
        me = administrator(me)
        if topic_id == into_id:
            raise Invalid("intoId", ITSELF)
        return await to_the_end(self._merge(me, topic_id, into_id))

    async def delete(self, me: Me | None, topic_id: UUID) -> None:
        """Take a topic away that no room is about.

        Raises:
            Forbidden, NotFound
            Conflict: rooms are about it, or it is General.
        """
        me = administrator(me)
        await to_the_end(self._delete(me, topic_id))

    # --

    async def _make(self, me: Me, name: str) -> Topic:
        try:
            async with self._database.transaction() as transaction:
                row = await transaction.one(
                    "INSERT INTO topics (id, name, key) VALUES ($1, $2, $3) RETURNING *",
                    new_id(),
                    name,
                    name.casefold(),
                )
                (topic,) = self._database.made(Topic, [row])
                await record(transaction, me, "topic.made", Subject.of(topic))
        except Taken:
            raise Invalid("name", THERE_IS_ONE) from None
        return topic

    async def _rename(self, me: Me, topic_id: UUID, name: str) -> Topic:
        try:
            async with self._database.transaction() as transaction:
                before = await self._locked(transaction, topic_id)
                row = await transaction.one(
                    "UPDATE topics SET name = $2, key = $3 WHERE id = $1 RETURNING *", topic_id, name, name.casefold()
                )
                (topic,) = self._database.made(Topic, [row])
                if before.name != name:
                    named = {"before": {"name": before.name}, "after": {"name": name}}
                    await record(transaction, me, "topic.renamed", Subject.of(topic), **named)
                rooms = await transaction.rows(ROOMS, topic_id)
        except Taken:
            raise Invalid("name", THERE_IS_ONE) from None
        await self._tell(rooms, name)
        return topic

    async def _merge(self, me: Me, topic_id: UUID, into_id: UUID) -> int:
        async with self._database.transaction() as transaction:
            # Two administrators who merge the same two, each the other way round, wait for one another.
            first, second = sorted((topic_id, into_id))
            found = {one: await self._locked(transaction, one) for one in (first, second)}
            topic, into = found[topic_id], found[into_id]
            if topic.key == GENERAL.casefold():
                raise Conflict(GENERAL_STAYS)
            rooms = await transaction.rows(ROOMS, topic_id)
            await transaction.execute("UPDATE rooms SET topic_id = $2 WHERE topic_id = $1", topic_id, into_id)
            await transaction.execute("DELETE FROM topics WHERE id = $1", topic_id)
            done = {"into": into.name, "rooms": len(rooms)}
            await record(transaction, me, "topic.merged", Subject.of(topic), **done)
        await self._tell(rooms, into.name)
        return len(rooms)

    async def _delete(self, me: Me, topic_id: UUID) -> None:
        async with self._database.transaction() as transaction:
            topic = await self._locked(transaction, topic_id)
            if topic.key == GENERAL.casefold():
                raise Conflict(GENERAL_STAYS)
            if await transaction.rows(ROOMS, topic_id):
                raise Conflict(STILL_HAS_ROOMS)
            # Deleted rooms are kept, and were about something.
            if await transaction.row("SELECT FROM rooms WHERE topic_id = $1 LIMIT 1", topic_id) is not None:
                general = await topic_named(transaction, GENERAL)
                await transaction.execute("UPDATE rooms SET topic_id = $2 WHERE topic_id = $1", topic_id, general)
            await transaction.execute("DELETE FROM topics WHERE id = $1", topic_id)
            await record(transaction, me, "topic.deleted", Subject.of(topic))

    async def _locked(self, transaction: Transaction, topic_id: UUID) -> Topic:
        row = await transaction.row(f"SELECT topics.* {LISTED} AND topics.id = $1 FOR UPDATE OF topics", topic_id)
        if row is None:
            raise NotFound(NO_TOPIC)
        (topic,) = self._database.made(Topic, [row])
        return topic

    async def _tell(self, rooms: list[Row], topic: str) -> None:
        for room in rooms:
            event = RoomUpdated(
                room_id=room["id"],
                name=room["name"],
                topic=topic,
                description=room["description"],
                archived=room["archived"] is not None,
            )
            await self._realtime.announce(topics.room(room["id"]), event)


ROOMS = "SELECT id, name, description, archived FROM rooms WHERE topic_id = $1 AND deleted IS NULL"
