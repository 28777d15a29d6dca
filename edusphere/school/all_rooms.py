"""Open rooms and rooms of courses, as administrators look after them.

PRIVATE and DIRECT rooms belong to those who are in them: here they are counted, and nothing more is told of them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from edusphere.contract.events import RoomUpdated
from edusphere.database import Database, Taken, Transaction
from edusphere.errors import Invalid, NotFound
from edusphere.realtime import Realtime, topics
from edusphere.school import pages, policy, words
from edusphere.school.audit import Subject, record
from edusphere.school.conditions import Column, Conditions, Order
from edusphere.school.me import Me, in_person
from edusphere.school.models import Room, RoomKind
from edusphere.school.pages import Page
from edusphere.school.rooms import DESCRIPTION_LENGTH, NAME_LENGTH, Rooms, read_room
from edusphere.school.telling import to_the_end
from edusphere.school.topics import topic_name, topic_named

ADMINISTRATORS_ONLY = "Only administrators look after all rooms."
LOOKED_AFTER = "rooms.deleted IS NULL AND rooms.kind IN ('OPEN', 'COURSE')"
COUNTED = 100_000
AT_ONCE = 100
SLUG_LENGTH = 200
NO_SLUG = "Please use letters, digits and hyphens."
SLUG_TAKEN = "Another room of the same host has this address."
NAME_TAKEN = "The host has a room with this name already. Please choose another name, or another address."
NOBODY = "There is nobody like that."
HOST_IS_CLOSED = "This account is closed. Please choose somebody else, or open it first."


class RoomOrder(StrEnum):
    NAME = "NAME"
    TOPIC = "TOPIC"
    HOST = "HOST"
    PEOPLE = "PEOPLE"
    CREATED = "CREATED"
    ACTIVITY = "ACTIVITY"


COLUMNS = {
    RoomOrder.NAME: Column("rooms.name", pages.text),
    RoomOrder.TOPIC: Column("topics.key", pages.text, beside="JOIN topics ON topics.id = rooms.topic_id"),
    RoomOrder.HOST: Column("host.name", pages.text, beside="JOIN people host ON host.id = rooms.host_id"),
    RoomOrder.PEOPLE: Column(
        "counted.people",
        pages.number,
        "bigint",
        """
        CROSS JOIN LATERAL (
            SELECT count(*) AS people FROM memberships WHERE memberships.room_id = rooms.id
        ) counted
        """,
    ),
    RoomOrder.CREATED: Column("rooms.created", pages.moment, "timestamptz"),
    RoomOrder.ACTIVITY: Column("rooms.last_activity", pages.moment, "timestamptz"),
}


@dataclass(frozen=True, slots=True)
class Counted:
    """How much there is that administrators do not see."""

    private_rooms: int
    direct_rooms: int
    messages: int
    """In both, counted to 100,000 at most."""


class AllRooms:
    def __init__(self, database: Database, realtime: Realtime, rooms: Rooms) -> None:
        self._database = database
        self._realtime = realtime
        self._rooms = rooms

    async def listed(
        self,
        me: Me | None,
        search: str | None = None,
        kind: RoomKind | None = None,
        archived: bool | None = None,
        order: RoomOrder = RoomOrder.NAME,
        *,
        descending: bool = False,
        first: int = 50,
        after: str | None = None,
    ) -> Page[Room]:
        """Return rooms; `search` is looked for in names, addresses and descriptions.

        Raises:
            Forbidden
        """
        administrator(me)
        size = pages.size(first)
        pattern = words.check("search", words.search, search)
        where = Conditions(LOOKED_AFTER)
        if pattern is not None:
            where.add("(rooms.name ILIKE {0} OR rooms.slug ILIKE {0} OR rooms.description ILIKE {0})", pattern)
        if kind is not None:
            where.add("rooms.kind = {}", kind.value)
        if archived is not None:
            where.add("(rooms.archived IS NOT NULL) = {}", archived)
        ordered = Order(order, COLUMNS[order], "rooms.id", descending)
        ordered.begin_after(where, after)
        rows = await self._database.rows(
            f"""
            SELECT rooms.*, {ordered.place} FROM rooms {ordered.beside}
            WHERE {where} {ordered} LIMIT {where.value(size + 1)}
            """,  # noqa: S608 (our own words)
            *where.values,
        )
        return ordered.page(self._database.made(Room, rows), rows, size, after)

    async def find(self, me: Me | None, room_id: UUID) -> Room:
        """Return one room.

        Raises:
            Forbidden
            NotFound: also where it is a private or direct one.
        """
        administrator(me)
        found = await self._database.models(
            Room,
            f"SELECT rooms.* FROM rooms WHERE rooms.id = $1 AND {LOOKED_AFTER}",  # noqa: S608 (our own words)
            room_id,
        )
        if not found:
            raise NotFound
        return found[0]

    async def counted(self, me: Me | None) -> Counted:
        """Return how many rooms there are that are not for administrators, and how much is said in them.

        Raises:
            Forbidden
        """
        administrator(me)
        row = await self._database.one(
            """
            WITH hidden AS (SELECT id, kind FROM rooms WHERE deleted IS NULL AND kind IN ('PRIVATE', 'DIRECT'))
            SELECT count(*) FILTER (WHERE kind = 'PRIVATE') AS private,
                   count(*) FILTER (WHERE kind = 'DIRECT') AS direct,
                   (SELECT count(*) FROM (
                       SELECT FROM hidden, LATERAL (
                           SELECT FROM messages WHERE room_id = hidden.id ORDER BY number LIMIT $1
                       ) said LIMIT $1
                   ) counted) AS messages
            FROM hidden
            """,
            COUNTED,
        )
        return Counted(row["private"], row["direct"], row["messages"])

    async def make(
        self, me: Me | None, host_id: UUID, name: str, topic: str, description: str, slug: str | None = None
    ) -> Room:
        """Make an OPEN room for somebody, who is its host and first participant; its address follows from its name.

        Raises:
            Forbidden
            Invalid: all that is wrong, the host's account is closed, or another room of theirs has this address.
        """
        me = administrator(me)
        form = words.Form()
        host = await self._database.row("SELECT disabled FROM people WHERE id = $1", host_id)
        if host is None or host["disabled"] is not None:
            form.wrong("hostId", NOBODY if host is None else HOST_IS_CLOSED)
        address = form.read("slug", room_slug, slug) if slug else None
        room = read_room(form, name, topic, description, address)
        try:
            return await to_the_end(self._rooms.make(host_id, room, made_by=me))
        except Taken:
            raise (Invalid("slug", SLUG_TAKEN) if address else Invalid("name", NAME_TAKEN)) from None

    async def edit(
        self,
        me: Me | None,
        room_id: UUID,
        name: str | None = None,
        slug: str | None = None,
        topic: str | None = None,
        description: str | None = None,
    ) -> Room:
        """Change what a room is called, where it lies and what it is about; what is None stays.

        Raises:
            Forbidden, NotFound
            Invalid: all that is wrong, or another room has this address.
        """
        me = administrator(me)
        await self.find(me, room_id)
        form = words.Form()
        new = {
            "name": None if name is None else form.read("name", words.line, name, NAME_LENGTH),
            "slug": None if slug is None else form.read("slug", room_slug, slug),
            "topic": None if topic is None else form.read("topicName", topic_name, topic),
            "description": (
                None if description is None else form.read("description", words.prose, description, DESCRIPTION_LENGTH)
            ),
        }
        form.close()
        try:
            return await to_the_end(self._edit(me, room_id, new))
        except Taken:
            raise Invalid("slug", SLUG_TAKEN) from None

    async def delete(self, me: Me | None, room_ids: Collection[UUID]) -> int:
        """Take rooms away, for everybody and at once; return how many.

        Raises:
            Forbidden
            NotFound: one is none of these rooms, and then all stay.
            Invalid: none, or too many.
        """
        me = administrator(me)
        if not 1 <= len(room_ids) <= AT_ONCE:
            raise Invalid("roomIds", f"Choose 1 to {AT_ONCE} rooms at a time.")
        found = await self._database.models(
            Room,
            f"SELECT rooms.* FROM rooms WHERE rooms.id = ANY($1) AND {LOOKED_AFTER}",  # noqa: S608 (our own words)
            list(room_ids),
        )
        if {room.id for room in found} != set(room_ids):
            raise NotFound
        await to_the_end(self._take_away(me, found))
        return len(found)

    # --

    async def _take_away(self, me: Me, rooms: list[Room]) -> None:
        for room in rooms:
            await self._rooms.take_away(me, room, as_staff=True)

    async def _edit(self, me: Me, room_id: UUID, new: dict[str, str | None]) -> Room:
        async with self._database.transaction() as transaction:
            before = await transaction.row(f"{LOCKED} AND {LOOKED_AFTER} FOR UPDATE OF rooms", room_id)
            if before is None:
                raise NotFound
            topic_id = None if new["topic"] is None else await topic_named(transaction, new["topic"])
            after = await transaction.one(
                """
                UPDATE rooms SET name = coalesce($2, name), slug = coalesce($3, slug), updated = now(),
                                 topic_id = coalesce($4, topic_id), description = coalesce($5, description)
                WHERE id = $1
                RETURNING *, (SELECT topics.name FROM topics WHERE topics.id = rooms.topic_id) AS topic
                """,
                room_id,
                new["name"],
                new["slug"],
                topic_id,
                new["description"],
            )
            (room,) = self._database.made(Room, [after])
            was = {key: before[key] for key in new if before[key] != after[key]}
            if was:
                now = {key: after[key] for key in was}
                await record(transaction, me, "room.changed", Subject.of(room), before=was, after=now)
        event = RoomUpdated(
            room_id=room.id,
            name=room.name,
            topic=after["topic"],
            description=room.description,
            archived=room.archived is not None,
            slug=room.slug,
        )
        await self._realtime.announce(topics.room(room.id), event)
        return room


LOCKED = "SELECT rooms.*, topics.name AS topic FROM rooms JOIN topics ON topics.id = rooms.topic_id WHERE rooms.id = $1"


def administrator(me: Me | None) -> Me:
    """Return who asks.

    Raises:
        NotSignedIn: nobody does.
        Forbidden: a program, or no administrator.
    """
    me = in_person(me)
    policy.require(policy.may_look_after_rooms(me), ADMINISTRATORS_ONLY)
    return me


async def looked_after(transaction: Transaction, database: Database, room_id: UUID) -> Room:
    """Lock a room against other changes, and return it as it is now.

    Raises:
        NotFound: also where it is a private or direct one.
    """
    row = await transaction.row(
        f"SELECT rooms.* FROM rooms WHERE rooms.id = $1 AND {LOOKED_AFTER} FOR UPDATE",  # noqa: S608 (our own words)
        room_id,
    )
    if row is None:
        raise NotFound
    (room,) = database.made(Room, [row])
    return room


def room_slug(value: str) -> str:
    """Read the part of an address by which a room is found."""
    slug = words.slug(words.line(value, SLUG_LENGTH))
    if not slug:
        raise words.Wrong(NO_SLUG)
    return slug
