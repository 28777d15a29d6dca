"""What a course is made of: its rooms and its sections. Who is in which room follows from the enrolments."""

from __future__ import annotations

from uuid import UUID

from edusphere.database import Database, Taken, Transaction
from edusphere.errors import Conflict, Invalid, NotFound
from edusphere.realtime import Realtime
from edusphere.school import policy, words
from edusphere.school.audit import Subject, record
from edusphere.school.courses import ITS_TEACHERS_ONLY, Courses
from edusphere.school.enrolments import check_section
from edusphere.school.me import Me, signed_in
from edusphere.school.models import Course, Posting, Room, Section
from edusphere.school.models.ids import new_id
from edusphere.school.room_plans import RoomPlan, add_rooms
from edusphere.school.standing import settle
from edusphere.school.telling import to_the_end

NAME_LENGTH, DESCRIPTION_LENGTH, SECTION_LENGTH = 200, 500, 100
MOST_ROOMS, MOST_SECTIONS = 50, 50
SAME_ROOM = "This course has a room with this name already."
SAME_SECTION = "This course has a section with this name already."


class CourseRooms:
    def __init__(self, database: Database, realtime: Realtime, courses: Courses) -> None:
        self._database = database
        self._realtime = realtime
        self._courses = courses

    async def add(
        self,
        me: Me | None,
        course_id: UUID,
        name: str,
        description: str = "",
        posting: Posting = Posting.EVERYONE,
        section_id: UUID | None = None,
    ) -> Room:
        """Give a course one more room; it opens on the screens of those it is for.

        Raises:
            NotFound, Forbidden
            Invalid: all that is wrong, a name that another of its rooms has, another course's section.
            Conflict: the course is over, or has too many rooms.
        """
        me = signed_in(me)
        course = await self._changed_by(me, course_id)
        form = words.Form()
        plain = form.read("name", words.line, name, NAME_LENGTH)
        about = form.read("description", words.prose, description, DESCRIPTION_LENGTH)
        form.close()
        await check_section(self._database, course_id, section_id)
        plan = RoomPlan(plain or "", about or "", posting, section_id)
        try:
            return await to_the_end(self._add(me, course, plan))
        except Taken:
            raise Invalid("name", SAME_ROOM) from None

    async def add_section(self, me: Me | None, course_id: UUID, name: str) -> Section:
        """Give a course a section.

        Raises:
            NotFound, Forbidden
            Invalid: no name, or another section's.
            Conflict: the course is over, or has too many sections.
        """
        me = signed_in(me)
        course = await self._changed_by(me, course_id)
        plain = words.check("name", words.line, name, SECTION_LENGTH)
        try:
            return await to_the_end(self._add_section(me, course, plain))
        except Taken:
            raise Invalid("name", SAME_SECTION) from None

    async def remove_section(self, me: Me | None, section_id: UUID) -> None:
        """Take a section away; its people stay in the course.

        Raises:
            NotFound, Forbidden
            Conflict: a room is for it, or the course is over.
        """
        me = signed_in(me)
        row = await self._database.row("SELECT course_id FROM sections WHERE id = $1", section_id)
        if row is None:
            raise NotFound
        course = await self._changed_by(me, row["course_id"])
        await to_the_end(self._remove_section(me, course, section_id))

    # --

    async def _changed_by(self, me: Me, course_id: UUID) -> Course:
        return await self._courses.reach_to_change(me, course_id, policy.may_change_course, ITS_TEACHERS_ONLY)

    async def _add(self, me: Me, course: Course, plan: RoomPlan) -> Room:
        async with self._database.transaction() as transaction:
            await _count(transaction, "rooms", course.id, MOST_ROOMS)
            (room,) = await add_rooms(self._database, transaction, course, [plan])
            settled = await settle(transaction, course.id, changed=None)
            await record(transaction, me, "room.added", Subject.of(room), to=course.code)
        await settled.tell(self._realtime)
        return room

    async def _add_section(self, me: Me, course: Course, name: str) -> Section:
        async with self._database.transaction() as transaction:
            await _count(transaction, "sections", course.id, MOST_SECTIONS)
            row = await transaction.one(
                "INSERT INTO sections (id, course_id, name, key) VALUES ($1, $2, $3, $4) RETURNING *",
                new_id(),
                course.id,
                name,
                name.casefold(),
            )
            await record(transaction, me, "section.added", Subject.of(course), section=name)
        (section,) = self._database.made(Section, [row])
        return section

    async def _remove_section(self, me: Me, course: Course, section_id: UUID) -> None:
        async with self._database.transaction() as transaction:
            await transaction.execute("SELECT FROM courses WHERE id = $1 FOR UPDATE", course.id)
            room = "SELECT name FROM rooms WHERE section_id = $1 AND deleted IS NULL LIMIT 1"
            if (used := await transaction.row(room, section_id)) is not None:
                raise Conflict(f"The room {used['name']} is for this section. Please delete the room first.")
            await transaction.execute("UPDATE rooms SET section_id = NULL WHERE section_id = $1", section_id)
            row = await transaction.row("DELETE FROM sections WHERE id = $1 RETURNING name", section_id)
            if row is not None:
                await record(transaction, me, "section.removed", Subject.of(course), section=row["name"])


async def _count(transaction: Transaction, table: str, course_id: UUID, most: int) -> None:
    await transaction.execute("SELECT FROM courses WHERE id = $1 FOR UPDATE", course_id)
    alive = " AND deleted IS NULL" if table == "rooms" else ""
    row = await transaction.one(f"SELECT count(*) AS n FROM {table} WHERE course_id = $1{alive}", course_id)  # noqa: S608
    if row["n"] >= most:
        raise Conflict(f"A course has at most {most} {table}.")
