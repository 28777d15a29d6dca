"""Rooms: making and finding them, coming in and leaving, how far one has read.

`reach` is the only way to a room. Lists are in `room_lists.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from edusphere.contract.events import (
    MemberJoined,
    MemberLeft,
    ReadMoved,
    RoomDeleted,
    RoomJoined,
    RoomUpdated,
    TypingStarted,
)
from edusphere.database import Database, Row, Taken
from edusphere.errors import Forbidden, Invalid, NotFound
from edusphere.realtime import Realtime, topics
from edusphere.school import policy, words
from edusphere.school.audit import Subject, record
from edusphere.school.me import Me, signed_in
from edusphere.school.models import Membership, Room, RoomKind, RoomRole
from edusphere.school.models.ids import new_id
from edusphere.school.room_lists import RoomLists
from edusphere.school.settings import SchoolSettings
from edusphere.school.telling import to_the_end
from edusphere.school.topics import topic_name, topic_named
from edusphere.settings import Settings

NAME_LENGTH = 200
DESCRIPTION_LENGTH = 500
JOIN_FIRST = "Join the room first."
HOSTS_STAY = "You host this room, so you cannot leave it. You can delete it instead."
WHY_STAY = {
    RoomKind.COURSE: "Who is in a course is in its rooms. Its teachers can take you out of the course.",
    RoomKind.DIRECT: "Direct messages stay with those who wrote them.",
}
SAME_NAME = "You already have a room with this name. Please choose another."


class NewRoom(NamedTuple):
    """An open room that is to be made: all of it was read and is right."""

    id: UUID
    slug: str
    name: str
    topic: str
    description: str


class Reached(NamedTuple):
    """A room that somebody may know of, and how they belong to it."""

    room: Room
    membership: Membership | None


class Rooms(RoomLists):
    def __init__(
        self, database: Database, realtime: Realtime, settings: Settings, school_settings: SchoolSettings
    ) -> None:
        super().__init__(database)
        self._realtime = realtime
        self._typing_lifetime = settings.typing_lifetime
        self._school_settings = school_settings

    # -- reaching one

    async def reach(self, me: Me | None, room_id: UUID) -> Reached:
        """Return a room and how `me` belongs to it.

        Raises:
            NotSignedIn: nobody asks.
            NotFound: there is no such room, or it is not theirs to know of.
        """
        return await self._reach(signed_in(me), "rooms.id = $2", room_id)

    async def reach_each(self, asked: Sequence[tuple[Me, UUID]]) -> list[Reached | None]:
        """Return what `reach` returns for each person and room, None where it raises NotFound; one query for all."""
        rows = await self._database.rows(
            """
            SELECT place, rooms.*, mine.id AS membership_id, mine.role, mine.read_number, mine.joined
            FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS asked (person_id, room_id, place)
            JOIN rooms ON rooms.id = asked.room_id AND rooms.deleted IS NULL
            LEFT JOIN memberships mine ON mine.room_id = rooms.id AND mine.person_id = asked.person_id
            """,
            [me.id for me, _ in asked],
            [room_id for _, room_id in asked],
        )
        reached: list[Reached | None] = [None] * len(asked)
        for row in rows:
            reached[row["place"] - 1] = self._reached(asked[row["place"] - 1][0], row)
        return reached

    async def reach_by_slug(self, me: Me | None, host: str, slug: str) -> Reached:
        """Return the room at /u/<host>/<slug>; see `reach`. DIRECT rooms have no address."""
        me = signed_in(me)
        if not (words.is_clean(host) and words.is_clean(slug)):
            raise NotFound
        where = (
            "rooms.kind <> 'DIRECT' AND rooms.slug = $3 AND rooms.host_id = (SELECT id FROM people WHERE username = $2)"
        )
        return await self._reach(me, where, host.lower(), slug)

    async def listen(self, me: Me, room_id: UUID) -> int:
        """Let `me` hear a room: return the number of its last change.

        Raises:
            NotFound, Forbidden
        """
        room, membership = await self.reach(me, room_id)
        policy.require(policy.may_read(membership), JOIN_FIRST)
        self._realtime.show(me.id, room_id, shown=policy.may_be_seen(membership))
        last_number: int = room.last_number
        return last_number

    # -- making and changing one

    async def may_create(self, me: Me | None) -> bool:
        return policy.may_create_rooms(me, (await self._school_settings.read()).room_makers)

    async def create(self, me: Me | None, name: str, topic: str, description: str) -> Room:
        """Make an OPEN room. Its maker is its host and first participant.

        Raises:
            Forbidden: only staff make rooms in this school.
            Invalid: all that is wrong, or one's own room has this name.
        """
        me = signed_in(me)
        policy.require(await self.may_create(me), "In this school only teachers make rooms.")
        room = read_room(words.Form(), name, topic, description)
        try:
            return await to_the_end(self.make(me.id, room))
        except Taken:
            raise Invalid("name", SAME_NAME) from None

    async def make(self, host_id: UUID, new: NewRoom, made_by: Me | None = None) -> Room:
        """Make an open room of which it is known that it may be made; `made_by` is who makes it for its host.

        Raises:
            Taken: the host has a room with this address.
        """
        async with self._database.transaction() as transaction:
            topic_id = await topic_named(transaction, new.topic)
            row = await transaction.one(
                """
                INSERT INTO rooms (id, kind, host_id, slug, name, topic_id, description, last_number,
                                   last_activity, created, updated)
                VALUES ($1, 'OPEN', $2, $3, $4, $5, $6, 0, now(), now(), now())
                RETURNING *, (SELECT username FROM people WHERE people.id = host_id) AS host
                """,
                new.id,
                host_id,
                new.slug,
                new.name,
                topic_id,
                new.description,
            )
            await transaction.execute(ADD_MEMBER, new_id(), new.id, host_id, RoomRole.HOST.value)
            (room,) = self._database.made(Room, [row])
            if made_by is not None:
                await record(transaction, made_by, "room.made", Subject.of(room), host=row["host"], topic=new.topic)
        await self._realtime.announce(topics.person(host_id), RoomJoined(room_id=new.id))
        return room

    async def update(
        self,
        me: Me | None,
        room_id: UUID,
        name: str | None = None,
        topic: str | None = None,
        description: str | None = None,
    ) -> Room:
        """Change what a room is called and about; what is None stays, and so does its address.

        Raises:
            NotFound, Forbidden
            Invalid: all that is wrong.
        """
        me = signed_in(me)
        room, membership = await self.reach(me, room_id)
        policy.require(policy.may_update(me, room, membership), "Only the room's host changes it.")
        form = words.Form()
        room_name = None if name is None else form.read("name", words.line, name, NAME_LENGTH)
        about = None if topic is None else form.read("topicName", topic_name, topic)
        text = None if description is None else form.read("description", words.prose, description, DESCRIPTION_LENGTH)
        form.close()
        return await to_the_end(self._update(_as_staff(me, membership), room_id, room_name, about, text))

    async def delete(self, me: Me | None, room_id: UUID) -> None:
        """Take a room away, for everybody and at once.

        Raises:
            NotFound, Forbidden
        """
        me = signed_in(me)
        room, membership = await self.reach(me, room_id)
        policy.require(policy.may_delete(me, room, membership), "Only the room's host deletes it.")
        await to_the_end(self.take_away(me, room, as_staff=_as_staff(me, membership) is not None))

    async def take_away(self, me: Me, room: Room, *, as_staff: bool) -> None:
        """Take away a room of which it is known that `me` may."""
        room_id = room.id
        async with self._database.transaction() as transaction:
            await transaction.execute("UPDATE rooms SET deleted = now() WHERE id = $1 AND deleted IS NULL", room_id)
            if as_staff or room.course_id is not None:
                await record(transaction, me, "room.deleted", Subject.of(room))
            members = await transaction.rows("SELECT person_id FROM memberships WHERE room_id = $1", room_id)
        await self._realtime.announce(topics.room(room_id), RoomDeleted(room_id=room_id))
        for member in members:
            await self._realtime.evict(member["person_id"], room_id)

    # -- coming and going

    async def join(self, me: Me | None, room_id: UUID) -> Room:
        """Come into an open room. Joining twice is joining once.

        Raises:
            NotFound, Forbidden
        """
        me = signed_in(me)
        room, membership = await self.reach(me, room_id)
        if membership is None:
            policy.require(policy.may_join(room, membership), "People are invited to this room.")
            await to_the_end(self._join(me, room_id))
        return room

    async def leave(self, me: Me | None, room_id: UUID) -> Room:
        """Leave a room. Leaving twice is leaving once.

        Raises:
            NotFound
            Forbidden: the host stays.
        """
        me = signed_in(me)
        room, membership = await self.reach(me, room_id)
        if membership is not None:
            policy.require(policy.may_leave(room, membership), WHY_STAY.get(room.kind, HOSTS_STAY))
            await to_the_end(self._leave(me.id, room_id))
        return room

    async def remove_member(self, me: Me | None, room_id: UUID, person_id: UUID) -> None:
        """Take somebody out of a room; their sockets lose it at once.

        Raises:
            NotFound: no such room for `me`, or the person is not in it.
            Forbidden
        """
        me = signed_in(me)
        room, mine = await self.reach(me, room_id)
        theirs = await self._database.query(Membership).filter(room_id=room_id, person_id=person_id).first()
        if theirs is None:
            raise NotFound("This person is not in the room.")
        policy.require(policy.may_remove_member(me, room, mine, theirs))
        await to_the_end(self._leave(person_id, room_id, put_out_by=me))

    # -- in the room

    async def read(self, me: Me | None, room_id: UUID, number: int) -> int:
        """Note that `me` read up to `number`; return the read mark. It only moves forwards, to the last change at most.

        Raises:
            NotFound, Forbidden
        """
        me = signed_in(me)
        room, membership = await self.reach(me, room_id)
        if membership is None:
            raise Forbidden(JOIN_FIRST)
        mark: int = membership.read_number
        number = min(number, room.last_number)
        if number <= mark:
            return mark
        await to_the_end(self._read(me, room_id, number))
        return number

    async def typing(self, me: Me, room_id: UUID, *, hears: bool) -> None:
        """Tell the others that `me`, whose socket `hears` the room, is writing. Not promised.

        Asked at every keystroke, so the database is not: a socket hears a room because it was let in, and no longer
        than that.

        Raises:
            Forbidden
        """
        shown = hears and self._realtime.is_shown(me.id, room_id)
        policy.require(policy.may_type(hears, shown), JOIN_FIRST)
        await self._realtime.announce(
            topics.room(room_id), TypingStarted(room_id=room_id, user=me.author, expires=self._typing_lifetime)
        )

    # --

    async def _reach(self, me: Me, where: str, *values: object) -> Reached:
        found = await self._database.row(
            f"""
            SELECT rooms.*, mine.id AS membership_id, mine.role, mine.read_number, mine.joined
            FROM rooms LEFT JOIN memberships mine ON mine.room_id = rooms.id AND mine.person_id = $1
            WHERE {where} AND rooms.deleted IS NULL
            """,  # noqa: S608 (our own text)
            me.id,
            *values,
        )
        reached = None if found is None else self._reached(me, found)
        if reached is None:
            raise NotFound
        return reached

    def _reached(self, me: Me, found: Row) -> Reached | None:
        (room,) = self._database.made(Room, [found])
        membership = None
        if found["membership_id"] is not None:
            mine = {name: found[name] for name in ("role", "read_number", "joined")}
            mine |= {"id": found["membership_id"], "room_id": room.id, "person_id": me.id}
            (membership,) = self._database.made(Membership, [mine])
        return Reached(room, membership) if policy.may_see(room, membership) else None

    async def _update(
        self, staff: Me | None, room_id: UUID, name: str | None, topic: str | None, description: str | None
    ) -> Room:
        async with self._database.transaction() as transaction:
            topic_id = None if topic is None else await topic_named(transaction, topic)
            row = await transaction.row(
                """
                UPDATE rooms SET name = coalesce($2, name), topic_id = coalesce($3, topic_id),
                                 description = coalesce($4, description), updated = now()
                WHERE id = $1 AND deleted IS NULL
                RETURNING *, (SELECT topics.name FROM topics WHERE topics.id = rooms.topic_id) AS topic_name
                """,
                room_id,
                name,
                topic_id,
                description,
            )
            if row is None:
                raise NotFound
            (room,) = self._database.made(Room, [row])
            if staff is not None:
                new = {"name": name, "topic": topic, "description": description}
                await record(transaction, staff, "room.changed", Subject.of(room), **new)
        event = RoomUpdated(room_id, room.name, row["topic_name"], room.description, room.archived is not None)
        await self._realtime.announce(topics.room(room_id), event)
        return room

    async def _join(self, me: Me, room_id: UUID) -> None:
        joined = await self._database.row(ADD_MEMBER, new_id(), room_id, me.id, RoomRole.MEMBER.value)
        if joined is None:  # the same person came in by another door in the same moment, or the room has just gone
            return
        await self._realtime.announce(
            topics.room(room_id), MemberJoined(room_id=room_id, user=me.author, role=RoomRole.MEMBER.value)
        )
        await self._realtime.announce(topics.person(me.id), RoomJoined(room_id=room_id))

    async def _leave(self, person_id: UUID, room_id: UUID, put_out_by: Me | None = None) -> None:
        async with self._database.transaction() as transaction:
            left = await transaction.row(LEAVE, room_id, person_id)
            if left is None:
                return
            if put_out_by is not None:
                who = Subject("person", person_id, left["username"])
                await record(transaction, put_out_by, "member.removed", who, room=left["room"])
        await self._realtime.evict(person_id, room_id)
        await self._realtime.announce(topics.room(room_id), MemberLeft(room_id=room_id, user_id=person_id))

    async def _read(self, me: Me, room_id: UUID, number: int) -> None:
        moved = await self._database.row(
            """
            UPDATE memberships SET read_number = $3
            WHERE room_id = $1 AND person_id = $2 AND read_number < $3 RETURNING id
            """,
            room_id,
            me.id,
            number,
        )
        if moved is not None:
            await self._realtime.announce(topics.person(me.id), ReadMoved(room_id=room_id, number=number))


LEAVE = """
    DELETE FROM memberships USING rooms, people
    WHERE rooms.id = room_id AND people.id = person_id AND room_id = $1 AND person_id = $2
      AND memberships.role <> 'HOST'
    RETURNING username, rooms.name AS room
"""


def _as_staff(me: Me, membership: Membership | None) -> Me | None:
    """Return who changes a room that is not their own: that is recorded."""
    return None if membership is not None and membership.role == RoomRole.HOST else me


# A new member has read everything: unread is what comes after.
ADD_MEMBER = """
    INSERT INTO memberships (id, room_id, person_id, role, read_number, joined)
    SELECT $1, rooms.id, $3, $4, rooms.last_number, now() FROM rooms WHERE rooms.id = $2 AND rooms.deleted IS NULL
    ON CONFLICT (room_id, person_id) DO NOTHING RETURNING id
"""


def read_room(form: words.Form, name: str, topic: str, description: str, slug: str | None = None) -> NewRoom:
    """Read what a room is to be, as the rest of `form`; without a `slug`, its address follows from its name.

    Raises:
        Invalid: all that is wrong at once.
    """
    room_id = new_id()
    room_name = form.read("name", words.line, name, NAME_LENGTH)
    about = form.read("topicName", topic_name, topic)
    text = form.read("description", words.prose, description, DESCRIPTION_LENGTH)
    form.close()
    slug = slug or words.slug(room_name or "") or f"room-{room_id.hex[-6:]}"
    return NewRoom(room_id, slug, room_name or "", about or "", text or "")
