"""Who is in a room, as administrators look after it.

They bring people into open rooms, take them out and give them roles. Who is in a course's room follows from the course.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from uuid import UUID

from edusphere.contract.events import Author, MemberJoined, MemberLeft, RoomJoined, RoomUpdated
from edusphere.database import Database, Taken, Transaction
from edusphere.errors import Conflict, Invalid, NotFound
from edusphere.realtime import Realtime, topics
from edusphere.school import pages, words
from edusphere.school.all_rooms import AllRooms, administrator, looked_after
from edusphere.school.audit import Subject, record
from edusphere.school.conditions import Column, Conditions, Order
from edusphere.school.me import Me
from edusphere.school.models import Membership, Room, RoomKind, RoomRole
from edusphere.school.pages import Page
from edusphere.school.telling import to_the_end

AT_ONCE = 100
FOLLOWS_THE_COURSE = "Who is in a course is in its rooms. Please change who takes part in the course."
HOST_FIRST = "A room needs its host. Please make somebody else the host first."
NOT_IN_THE_ROOM = "This person is not in the room."
ROOM_OF_THIS_NAME = "They host a room with this address already. Please change this one's address first."


class MemberOrder(StrEnum):
    NAME = "NAME"
    ROLE = "ROLE"
    JOINED = "JOINED"


COLUMNS = {
    MemberOrder.NAME: Column("people.name", pages.text),
    # Within a role, by name.
    MemberOrder.ROLE: Column(
        "array_position(ARRAY['HOST', 'MODERATOR', 'MEMBER', 'READER'], memberships.role::text) || people.name",
        pages.text,
    ),
    MemberOrder.JOINED: Column("memberships.joined", pages.moment, "timestamptz"),
}


class RoomPeople:
    def __init__(self, database: Database, realtime: Realtime, all_rooms: AllRooms) -> None:
        self._database = database
        self._realtime = realtime
        self._all_rooms = all_rooms

    async def listed(
        self,
        me: Me | None,
        room_id: UUID,
        search: str | None = None,
        role: RoomRole | None = None,
        first: int = 50,
        after: str | None = None,
        order: MemberOrder = MemberOrder.NAME,
        *,
        descending: bool = False,
    ) -> Page[Membership]:
        """Return who is in a room; `search` is looked for in names and usernames.

        Raises:
            Forbidden, NotFound
        """
        await self._all_rooms.find(me, room_id)
        size = pages.size(first)
        pattern = words.check("search", words.search, search)
        where = Conditions()
        where.add("memberships.room_id = {}", room_id)
        if pattern is not None:
            where.add("(people.name ILIKE {0} OR people.username ILIKE {0})", pattern)
        if role is not None:
            where.add("memberships.role = {}", role.value)
        ordered = Order(order, COLUMNS[order], "memberships.id", descending)
        ordered.begin_after(where, after)
        rows = await self._database.rows(
            f"""
            SELECT memberships.*, {ordered.place} FROM memberships JOIN people ON people.id = memberships.person_id
            WHERE {where} {ordered} LIMIT {where.value(size + 1)}
            """,  # noqa: S608 (our own words)
            *where.values,
        )
        return ordered.page(self._database.made(Membership, rows), rows, size, after)

    async def add(self, me: Me | None, room_id: UUID, person_ids: Collection[UUID]) -> int:
        """Bring people into an open room; return how many were not in it.

        Raises:
            Forbidden, NotFound
            Invalid: nobody, or too many.
            Conflict: it is a course's.
        """
        me = administrator(me)
        if not 1 <= len(person_ids) <= AT_ONCE:
            raise Invalid("userIds", f"Choose 1 to {AT_ONCE} people at a time.")
        return await to_the_end(self._add(me, room_id, list(person_ids)))

    async def remove(self, me: Me | None, room_id: UUID, person_id: UUID) -> None:
        """Take somebody out of an open room; their sockets lose it at once.

        Raises:
            Forbidden
            NotFound: no such room, or they are not in it.
            Conflict: it is a course's, or they host it.
        """
        me = administrator(me)
        await to_the_end(self._remove(me, room_id, person_id))

    async def give(self, me: Me | None, room_id: UUID, person_id: UUID, role: RoomRole) -> None:
        """Give somebody another role in an open room. Whoever hosted it before is then one of its moderators.

        Raises:
            Forbidden
            NotFound: no such room, or they are not in it.
            Invalid: no role of open rooms, or the new host has a room with this address.
            Conflict: it is a course's, or nobody would host it.
        """
        me = administrator(me)
        if role == RoomRole.READER:
            raise Invalid("role", "In an open room everybody may write.")
        try:
            await to_the_end(self._give(me, room_id, person_id, role))
        except Taken:
            raise Invalid("role", ROOM_OF_THIS_NAME) from None

    # --

    async def _add(self, me: Me, room_id: UUID, person_ids: list[UUID]) -> int:
        async with self._database.transaction() as transaction:
            room = await self._open_room(transaction, room_id)
            come = await transaction.rows(ADD, room_id, person_ids)
            if come:
                people = [row["username"] for row in come]
                await record(transaction, me, "room.people_added", Subject.of(room), people=people)
        for row in come:
            author = Author(row["person_id"], row["username"], row["name"], row["avatar"])
            joined = MemberJoined(room_id=room_id, user=author, role=RoomRole.MEMBER.value)
            await self._realtime.announce(topics.room(room_id), joined)
            await self._realtime.announce(topics.person(author.id), RoomJoined(room_id=room_id))
        return len(come)

    async def _remove(self, me: Me, room_id: UUID, person_id: UUID) -> None:
        async with self._database.transaction() as transaction:
            room = await self._open_room(transaction, room_id)
            if person_id == room.host_id:
                raise Conflict(HOST_FIRST)
            left = await transaction.row(REMOVE, room_id, person_id)
            if left is None:
                raise NotFound(NOT_IN_THE_ROOM)
            await record(transaction, me, "room.person_removed", Subject.of(room), person=left["username"])
        await self._realtime.evict(person_id, room_id)
        await self._realtime.announce(topics.room(room_id), MemberLeft(room_id=room_id, user_id=person_id))

    async def _give(self, me: Me, room_id: UUID, person_id: UUID, role: RoomRole) -> None:
        async with self._database.transaction() as transaction:
            room = await self._open_room(transaction, room_id)
            theirs = await transaction.row(ONE, room_id, person_id)
            if theirs is None:
                raise NotFound(NOT_IN_THE_ROOM)
            if theirs["role"] == role:
                return
            if person_id == room.host_id:
                raise Conflict(HOST_FIRST)
            if role == RoomRole.HOST:
                await transaction.execute(GIVE, room_id, room.host_id, RoomRole.MODERATOR.value)
                await transaction.execute("UPDATE rooms SET host_id = $2 WHERE id = $1", room_id, person_id)
            await transaction.execute(GIVE, room_id, person_id, role.value)
            topic = await transaction.one("SELECT name FROM topics WHERE id = $1", room.topic_id)
            what = {"person": theirs["username"], "before": theirs["role"], "after": role.value}
            await record(transaction, me, "room.role_changed", Subject.of(room), **what)
        if role == RoomRole.HOST:
            event = RoomUpdated(
                room_id=room_id,
                name=room.name,
                topic=topic["name"],
                description=room.description,
                archived=room.archived is not None,
                slug=room.slug,
                host=Author(person_id, theirs["username"], theirs["name"], theirs["avatar"]),
            )
            await self._realtime.announce(topics.room(room_id), event)

    async def _open_room(self, transaction: Transaction, room_id: UUID) -> Room:
        room = await looked_after(transaction, self._database, room_id)
        if room.kind != RoomKind.OPEN:
            raise Conflict(FOLLOWS_THE_COURSE)
        return room


ONE = """
    SELECT memberships.role, username, name, avatar FROM memberships JOIN people ON people.id = person_id
    WHERE room_id = $1 AND person_id = $2
"""
GIVE = "UPDATE memberships SET role = $3 WHERE room_id = $1 AND person_id = $2"
REMOVE = """
    DELETE FROM memberships USING people WHERE room_id = $1 AND person_id = $2 AND people.id = person_id
    RETURNING username
"""
# Those with a closed account are let be. A new member has read everything: unread is what comes after.
ADD = """
    WITH come AS (
        INSERT INTO memberships (id, room_id, person_id, role, read_number, joined)
        SELECT gen_random_uuid(), rooms.id, people.id, 'MEMBER', rooms.last_number, now()
        FROM rooms, people WHERE rooms.id = $1 AND people.id = ANY($2) AND people.disabled IS NULL
        ON CONFLICT (room_id, person_id) DO NOTHING RETURNING person_id
    )
    SELECT person_id, username, name, avatar FROM come JOIN people ON people.id = person_id ORDER BY name, person_id
"""
