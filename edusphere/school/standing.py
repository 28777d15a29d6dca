"""How somebody stands to a course, and what follows from it: who is in its rooms.

Enrolments are what staff change; memberships in the course's rooms are derived from them, all at once, after
every change of a course: `settle`. So nothing else needs to know why somebody is in a room.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from edusphere.contract.events import Author, CourseJoined, CourseLeft, MemberJoined, MemberLeft, RoomJoined
from edusphere.database import Asking, Row, Transaction
from edusphere.realtime import Realtime, topics
from edusphere.school.direct_rules import settle_direct
from edusphere.school.models import RoomRole
from edusphere.school.room_news import breathe, tell_rooms

READER = RoomRole.READER
"""Whoever only reads comes and goes unseen."""
TOLD_ONE_BY_ONE = 50
"""Newcomers of a room that its people hear of by name; of more (a roster) they see the list when they look."""

# $1 is the course, $2 the people, $3 the role, $4 the section. A guardian's enrolment becomes one of their own.
ENROL = """
    INSERT INTO enrolments (id, course_id, person_id, role, section_id, by_child, joined)
    SELECT gen_random_uuid(), $1, person_id, $3, $4, false, now() FROM unnest($2::uuid[]) AS people (person_id)
    ON CONFLICT (course_id, person_id) DO UPDATE SET role = excluded.role, section_id = excluded.section_id,
                                                     by_child = false
    WHERE enrolments.by_child
    RETURNING person_id
"""
# Who should be in which room of the course $1 beside who is, where the two differ; $2: whose memberships, NULL for
# everybody's. Postgres carries out no FULL JOIN as a nested loop. A roster writes thousands of rows that statistics do
# not know of yet, and a nested loop that expects one row took seconds for five thousand people.
DIFFERENCE = """
    WITH wanted AS (
        SELECT rooms.id AS room_id, person_id, last_number, CASE enrolments.role
            WHEN 'INSTRUCTOR' THEN 'HOST' WHEN 'ASSISTANT' THEN 'MODERATOR' WHEN 'STUDENT' THEN 'MEMBER' ELSE 'READER'
        END AS role
        FROM enrolments JOIN courses ON courses.id = enrolments.course_id
        JOIN rooms ON rooms.course_id = courses.id AND rooms.deleted IS NULL
        WHERE courses.id = $1 AND ($2::uuid[] IS NULL OR person_id = ANY($2)) AND (
            enrolments.role IN ('INSTRUCTOR', 'ASSISTANT')
            OR courses.state <> 'DRAFT' AND (rooms.section_id IS NULL OR rooms.section_id = enrolments.section_id)
        )
    ), had AS (
        SELECT memberships.id, room_id, person_id, memberships.role
        FROM memberships JOIN rooms ON rooms.id = room_id
        WHERE rooms.course_id = $1 AND ($2::uuid[] IS NULL OR person_id = ANY($2))
    )
    SELECT had.id, room_id, person_id, wanted.role, had.role AS was, last_number
    FROM wanted FULL JOIN had USING (room_id, person_id) WHERE wanted.role IS DISTINCT FROM had.role
"""
LET_IN = """
    INSERT INTO memberships (id, room_id, person_id, role, read_number, joined)
    SELECT gen_random_uuid(), room_id, person_id, role, last_number, now()
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[]) AS come (room_id, person_id, role, last_number)
    ON CONFLICT (room_id, person_id) DO UPDATE SET role = excluded.role
"""
# Guardians observe the courses in which a child of theirs is a student, and no longer. $2: the children concerned.
FOLLOW_CHILDREN = """
    WITH theirs AS (
        SELECT guardian_id, bool_or(enrolments.id IS NOT NULL) AS follows
        FROM guardianships LEFT JOIN enrolments
            ON enrolments.person_id = child_id AND enrolments.course_id = $1 AND enrolments.role = 'STUDENT'
        WHERE guardian_id IN (SELECT guardian_id FROM guardianships WHERE child_id = ANY($2)) GROUP BY guardian_id
    ), gone AS (
        DELETE FROM enrolments USING theirs
        WHERE course_id = $1 AND by_child AND person_id = guardian_id AND NOT follows RETURNING person_id
    ), come AS (
        INSERT INTO enrolments (id, course_id, person_id, role, by_child, joined)
        SELECT gen_random_uuid(), $1, guardian_id, 'OBSERVER', true, now() FROM theirs WHERE follows
        ON CONFLICT (course_id, person_id) DO NOTHING RETURNING person_id
    )
    SELECT person_id, false AS enrolled FROM gone UNION ALL SELECT person_id, true FROM come
"""


def is_seen(row: Row) -> bool:
    """Whether somebody appears in a room whom its people have not seen there."""
    return row["role"] != READER and row["was"] in (None, READER)


class Settled(NamedTuple):
    """What a change of a course brought, to be told after its COMMIT."""

    course_id: UUID
    enrolled: frozenset[UUID] = frozenset()
    withdrawn: frozenset[UUID] = frozenset()
    come: tuple[Row, ...] = ()
    """Who is in a room now, or in another role there than they were: `was` is NULL for newcomers."""
    seen: Mapping[UUID, Author] = MappingProxyType({})
    """Newcomers that their rooms hear of by name."""
    gone: tuple[Row, ...] = ()
    direct: tuple[Row, ...] = ()
    """Direct rooms that are allowed now, or no longer."""

    async def tell(self, realtime: Realtime) -> None:
        """Open and close courses and rooms on the screens of those concerned; newcomers are told to those there."""
        for turn, row in enumerate(self.gone):
            await breathe(turn)
            await realtime.evict(row["person_id"], row["room_id"])
            if row["was"] != READER:
                event = MemberLeft(room_id=row["room_id"], user_id=row["person_id"])
                await realtime.announce(topics.room(row["room_id"]), event)
        for person_id in self.withdrawn:
            await realtime.announce(topics.person(person_id), CourseLeft(course_id=self.course_id))
        for turn, person_id in enumerate(self.enrolled):
            await breathe(turn)
            await realtime.announce(topics.person(person_id), CourseJoined(course_id=self.course_id))
        for turn, row in enumerate(self.come):
            await breathe(turn)
            await realtime.announce(topics.person(row["person_id"]), RoomJoined(room_id=row["room_id"]))
            if READER in (row["was"], row["role"]) and row["was"] is not None:
                await realtime.show_everywhere(row["person_id"], row["room_id"], shown=row["role"] != READER)
        for row in self.come:
            if is_seen(row) and (author := self.seen.get(row["person_id"])):
                joined = MemberJoined(room_id=row["room_id"], user=author, role=row["role"])
                await realtime.announce(topics.room(row["room_id"]), joined)
        for row in self.come:
            if row["role"] == READER and row["was"] not in (None, READER):
                hidden = MemberLeft(room_id=row["room_id"], user_id=row["person_id"])
                await realtime.announce(topics.room(row["room_id"]), hidden)
        await tell_rooms(realtime, self.direct)


async def settle(
    transaction: Transaction,
    course_id: UUID,
    *,
    enrolled: Collection[UUID] = (),
    withdrawn: Collection[UUID] = (),
    changed: Collection[UUID] | None = (),
) -> Settled:
    """Let memberships follow the enrolments of these people, and guardians their children.

    `changed` are those who stay in another role or section; None is everybody, when the course itself or its rooms
    changed. The course's row is locked by whoever calls.
    """
    concerned = [*enrolled, *withdrawn, *(changed or ())]
    followed = await transaction.rows(FOLLOW_CHILDREN, course_id, concerned) if concerned else []
    concerned += [row["person_id"] for row in followed]
    if changed is None:
        everybody = await transaction.rows("SELECT person_id FROM enrolments WHERE course_id = $1", course_id)
        concerned += [row["person_id"] for row in everybody]
    direct = await settle_direct(transaction, concerned)
    moved = await transaction.rows(DIFFERENCE, course_id, None if changed is None else concerned)
    come = tuple(row for row in moved if row["role"] is not None)
    gone = tuple(row for row in moved if row["role"] is None)
    if gone:
        await transaction.execute("DELETE FROM memberships WHERE id = ANY($1)", [row["id"] for row in gone])
    if come:
        columns = ("room_id", "person_id", "role", "last_number")
        await transaction.execute(LET_IN, *([row[column] for row in come] for column in columns))
    return Settled(
        course_id,
        frozenset(enrolled) | {row["person_id"] for row in followed if row["enrolled"]},
        frozenset(withdrawn) | {row["person_id"] for row in followed if not row["enrolled"]},
        come,
        await _by_name(transaction, [row["person_id"] for row in come if is_seen(row)]),
        gone,
        tuple(direct),
    )


async def _by_name(asking: Asking, newcomers: Sequence[UUID]) -> Mapping[UUID, Author]:
    if not 0 < len(newcomers) <= TOLD_ONE_BY_ONE:
        return {}
    rows = await asking.rows("SELECT id, username, name, avatar FROM people WHERE id = ANY($1)", newcomers)
    return {row["id"]: Author(*row) for row in rows}
