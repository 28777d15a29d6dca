"""Who takes part in a course, and as what: enrolled, changed and withdrawn by staff."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from edusphere.database import Database, Transaction
from edusphere.errors import Conflict, Forbidden, Invalid, NotFound
from edusphere.realtime import Realtime
from edusphere.school import policy
from edusphere.school.audit import Subject, record
from edusphere.school.courses import OVER, Courses
from edusphere.school.me import Me, signed_in
from edusphere.school.models import Course, CourseRole, CourseState, Enrolment
from edusphere.school.people import VISIBLE
from edusphere.school.standing import ENROL, settle
from edusphere.school.telling import to_the_end

AT_ONCE = 100
"""People enrolled by one request; more come by a roster."""
NOT_YOURS_TO_GIVE = "You cannot give this role in this course."
OWNERS_ONLY = "Only the owner of the course gives it to somebody else."
NOT_TEACHING = "This person does not teach the course. Make them an instructor first."
LAST_INSTRUCTOR = "A course needs somebody who teaches it. Please give the course to somebody else first."


UNDONE_WITHIN = timedelta(hours=1)
# Whoever took somebody out may take it back, though an assistant who is a pupil does not see them any more.
TAKEN_OUT_BY_ME = """
    EXISTS (
        SELECT FROM audit_entries
        WHERE course_id = $4 AND act = 'course.withdrawn' AND actor_id = $1 AND at > now() - $5::interval
          AND details::jsonb -> 'people' ? people.username
    )
"""


class Enrolments:
    def __init__(self, database: Database, realtime: Realtime, courses: Courses) -> None:
        self._database = database
        self._realtime = realtime
        self._courses = courses

    async def enrol(
        self,
        me: Me | None,
        course_id: UUID,
        person_ids: Collection[UUID],
        role: CourseRole = CourseRole.STUDENT,
        section_id: UUID | None = None,
    ) -> frozenset[UUID]:
        """Enrol people and return those who were not before; their rooms open on their screens.

        Raises:
            NotFound, Forbidden
            Invalid: people who do not exist, too many, another course's section.
            Conflict: the course is over.
        """
        me = signed_in(me)
        course, mine = await self._courses.reach(me, course_id)
        policy.require(policy.may_enrol(me, mine, role), NOT_YOURS_TO_GIVE)
        if not 1 <= len(person_ids) <= AT_ONCE:
            raise Invalid("userIds", f"Enrol 1 to {AT_ONCE} people at a time.")
        await check_section(self._database, course_id, section_id)
        return await to_the_end(self._enrol(me, course, frozenset(person_ids), role, section_id))

    async def change(
        self, me: Me | None, course_id: UUID, person_id: UUID, role: CourseRole, section_id: UUID | None = None
    ) -> None:
        """Give somebody who takes part another role or section.

        Raises:
            NotFound: no such course for `me`, or they do not take part.
            Forbidden: not `me`'s to give, or to take.
            Invalid: another course's section.
            Conflict: they are the last who teaches it.
        """
        me = signed_in(me)
        course, mine = await self._courses.reach(me, course_id)
        policy.require(policy.may_enrol(me, mine, role), NOT_YOURS_TO_GIVE)
        await check_section(self._database, course_id, section_id)
        await to_the_end(self._change(me, course, mine, person_id, role, section_id))

    async def withdraw(self, me: Me | None, course_id: UUID, person_id: UUID) -> None:
        """Take somebody out of a course; its rooms close on their screens. Twice is once.

        Raises:
            NotFound, Forbidden
            Conflict: they are the last who teaches it.
        """
        me = signed_in(me)
        course, mine = await self._courses.reach(me, course_id)
        policy.require(mine is not None or policy.may_change_course(me, mine), NOT_YOURS_TO_GIVE)
        await to_the_end(self._withdraw(me, course, mine, person_id))

    async def hand_over(self, me: Me | None, course_id: UUID, person_id: UUID) -> Course:
        """Give a course to somebody else who teaches it; who had it goes on teaching it.

        Raises:
            NotFound
            Forbidden: it is not `me`'s to give.
            Invalid: they do not teach it.
        """
        me = signed_in(me)
        course, _ = await self._courses.reach(me, course_id)
        policy.require(policy.may_hand_over(me, course), OWNERS_ONLY)
        return await to_the_end(self._hand_over(me, course, person_id))

    # --

    async def _hand_over(self, me: Me, course: Course, person_id: UUID) -> Course:
        async with self._database.transaction() as transaction:
            try:
                theirs, username = await self._theirs(transaction, course.id, person_id)
            except NotFound:
                raise Invalid("userId", NOT_TEACHING) from None
            if theirs.role != CourseRole.INSTRUCTOR:
                raise Invalid("userId", NOT_TEACHING)
            row = await transaction.one(
                "UPDATE courses SET owner_id = $2, updated = now() WHERE id = $1 RETURNING *", course.id, person_id
            )
            (given,) = self._database.made(Course, [row])
            await record(transaction, me, "course.handed_over", Subject.of(given), to=username)
        return given

    async def _enrol(
        self, me: Me, course: Course, person_ids: frozenset[UUID], role: CourseRole, section_id: UUID | None
    ) -> frozenset[UUID]:
        async with self._database.transaction() as transaction:
            await lock_open(transaction, course.id)
            people = await transaction.rows(
                f"""
                SELECT id, username FROM people
                WHERE id = ANY($3) AND disabled IS NULL AND ({VISIBLE} OR {TAKEN_OUT_BY_ME})
                """,  # noqa: S608 (our own text)
                me.id,
                me.is_staff,
                list(person_ids),
                course.id,
                UNDONE_WITHIN,
            )
            if len(people) < len(person_ids):
                raise Invalid("userIds", "Somebody on this list is not in the school any more.")
            rows = await transaction.rows(ENROL, course.id, list(person_ids), role.value, section_id)
            new = frozenset(row["person_id"] for row in rows)
            if not new:
                return new
            settled = await settle(transaction, course.id, enrolled=new)
            names = sorted(person["username"] for person in people if person["id"] in new)
            await record(transaction, me, "course.enrolled", Subject.of(course), people=names, role=role.value)
        await settled.tell(self._realtime)
        return new

    async def _change(
        self,
        me: Me,
        course: Course,
        mine: Enrolment | None,
        person_id: UUID,
        role: CourseRole,
        section_id: UUID | None,
    ) -> None:
        async with self._database.transaction() as transaction:
            theirs, username = await self._theirs(transaction, course.id, person_id)
            if (theirs.role, theirs.section_id, theirs.by_child) == (role, section_id, False):
                return
            policy.require(policy.may_enrol(me, mine, theirs.role), NOT_YOURS_TO_GIVE)
            if role != CourseRole.INSTRUCTOR:
                await _keep_one_who_teaches(transaction, course, theirs)
            await transaction.execute(
                "UPDATE enrolments SET role = $2, section_id = $3, by_child = false WHERE id = $1",
                theirs.id,
                role.value,
                section_id,
            )
            settled = await settle(transaction, course.id, changed=[person_id])
            was = theirs.role.value
            await record(
                transaction, me, "enrolment.changed", Subject.of(course), person=username, before=was, after=role.value
            )
        await settled.tell(self._realtime)

    async def _withdraw(self, me: Me, course: Course, mine: Enrolment | None, person_id: UUID) -> None:
        async with self._database.transaction() as transaction:
            try:
                theirs, username = await self._theirs(transaction, course.id, person_id)
            except NotFound:
                return
            if not policy.may_withdraw(me, mine, theirs):
                raise Forbidden(NOT_YOURS_TO_GIVE)
            await _keep_one_who_teaches(transaction, course, theirs)
            await transaction.execute("DELETE FROM enrolments WHERE id = $1", theirs.id)
            settled = await settle(transaction, course.id, withdrawn=[person_id])
            role = theirs.role.value
            await record(transaction, me, "course.withdrawn", Subject.of(course), people=[username], role=role)
        await settled.tell(self._realtime)

    async def _theirs(self, transaction: Transaction, course_id: UUID, person_id: UUID) -> tuple[Enrolment, str]:
        await transaction.execute("SELECT FROM courses WHERE id = $1 FOR UPDATE", course_id)
        row = await transaction.row(
            """
            SELECT enrolments.*, username FROM enrolments JOIN people ON people.id = person_id
            WHERE course_id = $1 AND person_id = $2
            """,
            course_id,
            person_id,
        )
        if row is None:
            raise NotFound("This person is not in the course.")
        (theirs,) = self._database.made(Enrolment, [row])
        return theirs, row["username"]


async def check_section(database: Database, course_id: UUID, section_id: UUID | None) -> None:
    """Refuse a section that is not the course's.

    Raises:
        Invalid
    """
    there = "SELECT FROM sections WHERE id = $1 AND course_id = $2"
    if section_id is not None and await database.row(there, section_id, course_id) is None:
        raise Invalid("sectionId", "This course has no such section any more.")


async def lock_open(transaction: Transaction, course_id: UUID) -> None:
    """Let one change of a course's people wait for another, and refuse those of a course that is over.

    Raises:
        Conflict
    """
    row = await transaction.one("SELECT state FROM courses WHERE id = $1 FOR UPDATE", course_id)
    if row["state"] == CourseState.ARCHIVED:
        raise Conflict(OVER)


async def _keep_one_who_teaches(transaction: Transaction, course: Course, leaving: Enrolment) -> None:
    if leaving.person_id == course.owner_id:
        raise Conflict(LAST_INSTRUCTOR)
    others = "SELECT FROM enrolments WHERE course_id = $1 AND role = 'INSTRUCTOR' AND id <> $2 LIMIT 1"
    if leaving.role == CourseRole.INSTRUCTOR and await transaction.row(others, course.id, leaving.id) is None:
        raise Conflict(LAST_INSTRUCTOR)
