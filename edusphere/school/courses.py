"""Courses: opened, described, published and archived. Who is in them is in `enrolments.py`.

`reach` is the only way to a course.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from typing import NamedTuple
from uuid import UUID

from edusphere.contract.acts import Act
from edusphere.database import Database, Taken
from edusphere.errors import Conflict, Invalid, NotFound
from edusphere.realtime import Realtime
from edusphere.school import policy, words
from edusphere.school.audit import Subject, record
from edusphere.school.copying import copy_course
from edusphere.school.course_lists import CourseLists
from edusphere.school.me import Me, signed_in
from edusphere.school.models import Course, CourseColour, CourseRole, CourseState, Enrolment
from edusphere.school.models.ids import new_id
from edusphere.school.room_news import TOLD, tell_rooms
from edusphere.school.room_plans import FIRST_ROOMS, add_rooms
from edusphere.school.settings import SchoolSettings
from edusphere.school.standing import ENROL, Settled, settle
from edusphere.school.telling import to_the_end

CODE_LENGTH, TITLE_LENGTH, DESCRIPTION_LENGTH = 40, 200, 2_000
AT_ONCE = 100
TEACHERS_ONLY = "Only teachers open courses."
OPENERS_ONLY = "In this school only administrators open and copy courses."
OVER = "This course is over: nobody comes into it any more."
ITS_TEACHERS_ONLY = "Only those who teach the course change it."


class ReachedCourse(NamedTuple):
    """A course that somebody may know of, and how they take part."""

    course: Course
    enrolment: Enrolment | None


class Courses(CourseLists):
    def __init__(self, database: Database, realtime: Realtime, school_settings: SchoolSettings) -> None:
        super().__init__(database)
        self._realtime = realtime
        self._school_settings = school_settings

    async def may_open(self, me: Me | None) -> bool:
        if me is None:
            return False
        return policy.may_open_courses(me, (await self._school_settings.read()).course_openers)

    async def reach(self, me: Me | None, course_id: UUID) -> ReachedCourse:
        """Return a course and how `me` takes part.

        Raises:
            NotSignedIn: nobody asks.
            NotFound: there is no such course, or it is not theirs to know of.
        """
        me = signed_in(me)
        return await self._reach(me, "courses.id = $2", course_id)

    async def reach_to_change(
        self, me: Me, course_id: UUID, may: Callable[[Me, Enrolment | None], bool], otherwise: str
    ) -> Course:
        """Return a course that goes on or is prepared, if `me` `may` change of it what they want to.

        Raises:
            NotFound
            Forbidden: with the sentence `otherwise`.
            Conflict: it is over.
        """
        course, mine = await self.reach(me, course_id)
        policy.require(may(me, mine), otherwise)
        if course.state == CourseState.ARCHIVED:
            raise Conflict(OVER)
        return course

    async def reach_by_slug(self, me: Me | None, slug: str) -> ReachedCourse:
        """Return the course at /c/<slug>; see `reach`."""
        me = signed_in(me)
        if not words.is_clean(slug):
            raise NotFound
        return await self._reach(me, "courses.slug = $2", slug)

    async def named(self, name: str) -> Course:
        """Return the course of this code or address, at the command line.

        Raises:
            NotFound: there is none, or several have the code.
        """
        there = "SELECT * FROM courses WHERE slug = $1 OR lower(code) = $1 AND state <> 'ARCHIVED' LIMIT 2"
        found = await self._database.models(Course, there, name.strip().lower()) if words.is_clean(name) else []
        if len(found) != 1:
            many = f"Several courses have the code {name}. Please give the address of one, as in /c/<address>."
            raise NotFound(many if found else "There is no course with this code or address.")
        return found[0]

    async def open(
        self,
        me: Me | None,
        code: str,
        title: str,
        description: str = "",
        colour: CourseColour = CourseColour.BLUE,
        term_id: UUID | None = None,
    ) -> Course:
        """Open a course, as a draft with its first rooms; `me` owns and teaches it.

        Raises:
            Forbidden: only staff open courses.
            Invalid: all that is wrong.
        """
        me = signed_in(me)
        policy.require(await self.may_open(me), OPENERS_ONLY if me.is_staff else TEACHERS_ONLY)
        form = words.Form()
        short = form.read("code", words.line, code, CODE_LENGTH)
        name = form.read("title", words.line, title, TITLE_LENGTH)
        about = form.read("description", words.prose, description, DESCRIPTION_LENGTH)
        await self._check_term(form, term_id)
        form.close()
        return await to_the_end(self._open(me, short or "", name or "", about or "", colour, term_id))

    async def copy(self, me: Me | None, course_id: UUID, term_id: UUID | None = None) -> Course:
        """Copy a course as a draft that `me` owns: rooms, sections, materials and who teaches, without its pupils.

        Raises:
            NotFound, Forbidden
            Invalid: no such term.
        """
        me = signed_in(me)
        course, enrolment = await self.reach(me, course_id)
        policy.require(policy.may_change_course(me, enrolment), ITS_TEACHERS_ONLY)
        openers = (await self._school_settings.read()).course_openers
        policy.require(policy.may_copy_course(me, enrolment, openers), OPENERS_ONLY)
        form = words.Form()
        await self._check_term(form, term_id)
        form.close()
        return await to_the_end(self._copy(me, course, term_id))

    async def update(
        self,
        me: Me | None,
        course_id: UUID,
        code: str | None = None,
        title: str | None = None,
        description: str | None = None,
        colour: CourseColour | None = None,
    ) -> Course:
        """Change what a course is called and about; what is None stays, and so does its address.

        Raises:
            NotFound, Forbidden, Invalid
        """
        me = signed_in(me)
        course, enrolment = await self.reach(me, course_id)
        policy.require(policy.may_change_course(me, enrolment), ITS_TEACHERS_ONLY)
        form = words.Form()
        new = {
            "code": None if code is None else form.read("code", words.line, code, CODE_LENGTH),
            "title": None if title is None else form.read("title", words.line, title, TITLE_LENGTH),
            "description": None
            if description is None
            else form.read("description", words.prose, description, DESCRIPTION_LENGTH),
            "colour": None if colour is None else colour.value,
        }
        form.close()
        return await to_the_end(
            self._update(me, course, {name: value for name, value in new.items() if value is not None})
        )

    async def publish(self, me: Me | None, course_id: UUID) -> Course:
        """Show a draft to everyone enrolled. Publishing twice is publishing once.

        Raises:
            NotFound, Forbidden
            Conflict: it is archived.
        """
        return await self._change_state(me, course_id, CourseState.ACTIVE, CourseState.DRAFT, "course.published")

    async def archive(self, me: Me | None, course_id: UUID) -> Course:
        """End a course: everything stays to be read, nothing more is written.

        Raises:
            NotFound, Forbidden
            Conflict: it is a draft.
        """
        return await self._change_state(me, course_id, CourseState.ARCHIVED, CourseState.ACTIVE, "course.archived")

    async def restore(self, me: Me | None, course_id: UUID) -> Course:
        """Let an archived course go on.

        Raises:
            NotFound, Forbidden
            Conflict: it is a draft.
        """
        return await self._change_state(me, course_id, CourseState.ACTIVE, CourseState.ARCHIVED, "course.restored")

    async def archive_some(self, me: Me | None, course_ids: Collection[UUID]) -> int:
        """End several courses and return how many ended; drafts, and what is over already, stay as they are.

        Raises:
            NotFound, Forbidden: of one of them, and then none is changed.
            Invalid: none, or too many.
        """
        return await self._change_some(me, course_ids, CourseState.ARCHIVED, CourseState.ACTIVE, "course.archived")

    async def restore_some(self, me: Me | None, course_ids: Collection[UUID]) -> int:
        """Let several archived courses go on and return how many do; others stay as they are.

        Raises:
            NotFound, Forbidden: of one of them, and then none is changed.
            Invalid: none, or too many.
        """
        return await self._change_some(me, course_ids, CourseState.ACTIVE, CourseState.ARCHIVED, "course.restored")

    # --

    async def _change_some(
        self, me: Me | None, course_ids: Collection[UUID], state: CourseState, only_from: CourseState, act: Act
    ) -> int:
        me = signed_in(me)
        if not 1 <= len(course_ids) <= AT_ONCE:
            raise Invalid("courseIds", f"Choose 1 to {AT_ONCE} courses at a time.")
        courses = await self.load(me, course_ids)
        if courses.keys() != set(course_ids):
            raise NotFound
        mine = await self.enrolments_in(me, courses)
        for course_id in courses:
            policy.require(policy.may_change_course(me, mine.get(course_id)), ITS_TEACHERS_ONLY)
        concerned = [course.id for course in courses.values() if course.state == only_from]
        return await to_the_end(self._set_states(me, concerned, state, only_from, act))

    async def _set_states(
        self, me: Me, course_ids: list[UUID], state: CourseState, only_from: CourseState, act: Act
    ) -> int:
        changed = 0
        for course_id in course_ids:
            with suppress(Conflict):  # somebody else was quicker: it is as it was to be, or theirs
                await self._set_state(me, course_id, state, only_from, act)
                changed += 1
        return changed

    async def _reach(self, me: Me, where: str, *values: object) -> ReachedCourse:
        found = await self._database.row(
            f"""
            SELECT courses.*, mine.id AS enrolment_id, mine.role, mine.section_id, mine.by_child, mine.joined,
                   mine.visited
            FROM courses LEFT JOIN enrolments mine ON mine.course_id = courses.id AND mine.person_id = $1
            WHERE {where}
            """,  # noqa: S608 (our own text)
            me.id,
            *values,
        )
        if found is None:
            raise NotFound
        (course,) = self._database.made(Course, [found])
        enrolment = None
        if found["enrolment_id"] is not None:
            mine = {name: found[name] for name in ("role", "section_id", "by_child", "joined", "visited")}
            mine |= {"id": found["enrolment_id"], "course_id": course.id, "person_id": me.id}
            (enrolment,) = self._database.made(Enrolment, [mine])
        if not policy.may_see_course(me, course, enrolment):
            raise NotFound
        return ReachedCourse(course, enrolment)

    async def _check_term(self, form: words.Form, term_id: UUID | None) -> None:
        if term_id is None:
            return
        term = await self._database.row("SELECT archived FROM terms WHERE id = $1", term_id)
        if term is None or term["archived"] is not None:
            form.wrong("termId", "There is no such term any more." if term is None else "This term is over.")

    async def _copy(self, me: Me, course: Course, term_id: UUID | None) -> Course:
        async with self._database.transaction() as transaction:
            row = await copy_course(transaction, course.id, owner_id=me.id, term_id=term_id)
            (copy,) = self._database.made(Course, [row])
            settled = await settle(transaction, copy.id, changed=None)
            await record(transaction, me, "course.copied", Subject.of(copy), of=course.slug)
        await settled.tell(self._realtime)
        return copy

    async def _open(
        self, me: Me, code: str, title: str, description: str, colour: CourseColour, term_id: UUID | None
    ) -> Course:
        course_id = new_id()
        plain = words.slug(code)[:100] or "course"
        for slug in (plain, f"{plain}-{course_id.hex[-6:]}"):
            try:
                course, settled = await self._write(me, course_id, slug, code, title, description, colour, term_id)
            except Taken:
                continue
            await settled.tell(self._realtime)
            return course
        raise Conflict("Another course has this address. Please try again.")

    async def _write(
        self,
        me: Me,
        course_id: UUID,
        slug: str,
        code: str,
        title: str,
        description: str,
        colour: CourseColour,
        term_id: UUID | None,
    ) -> tuple[Course, Settled]:
        async with self._database.transaction() as transaction:
            row = await transaction.one(
                """
                INSERT INTO courses (id, slug, code, title, description, colour, term_id, owner_id, state, created,
                                     updated)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'DRAFT', now(), now()) RETURNING *
                """,
                course_id,
                slug,
                code,
                title,
                description,
                colour.value,
                term_id,
                me.id,
            )
            (course,) = self._database.made(Course, [row])
            await transaction.execute(ENROL, course_id, [me.id], CourseRole.INSTRUCTOR.value, None)
            await add_rooms(self._database, transaction, course, FIRST_ROOMS)
            settled = await settle(transaction, course_id, enrolled=[me.id])
            await record(transaction, me, "course.opened", Subject.of(course))
        return course, settled

    async def _update(self, me: Me, course: Course, new: dict[str, str]) -> Course:
        was = {name: getattr(course, name) for name in new}
        async with self._database.transaction() as transaction:
            row = await transaction.one(
                """
                UPDATE courses SET code = coalesce($2, code), title = coalesce($3, title),
                    description = coalesce($4, description), colour = coalesce($5, colour), updated = now()
                WHERE id = $1 RETURNING *
                """,
                course.id,
                *(new.get(name) for name in ("code", "title", "description", "colour")),
            )
            (changed,) = self._database.made(Course, [row])
            await record(transaction, me, "course.changed", Subject.of(changed), before=was, after=new)
        return changed

    async def _change_state(
        self, me: Me | None, course_id: UUID, state: CourseState, only_from: CourseState, act: Act
    ) -> Course:
        me = signed_in(me)
        course, enrolment = await self.reach(me, course_id)
        policy.require(policy.may_change_course(me, enrolment), ITS_TEACHERS_ONLY)
        if course.state == state:
            return course
        return await to_the_end(self._set_state(me, course_id, state, only_from, act))

    async def _set_state(self, me: Me, course_id: UUID, state: CourseState, only_from: CourseState, act: Act) -> Course:
        async with self._database.transaction() as transaction:
            row = await transaction.row(
                """
                UPDATE courses SET state = $2::varchar, updated = now(),
                                   archived = CASE WHEN $2::varchar = 'ARCHIVED' THEN now() END
                WHERE id = $1 AND state = $3 RETURNING *
                """,
                course_id,
                state.value,
                only_from.value,
            )
            if row is None:
                raise Conflict("This course was just changed by somebody else. Please look at it again.")
            (course,) = self._database.made(Course, [row])
            rooms = await transaction.rows(
                f"UPDATE rooms SET archived = $2 WHERE course_id = $1 AND deleted IS NULL RETURNING {TOLD}",  # noqa: S608
                course_id,
                course.archived,
            )
            settled = await settle(transaction, course_id, changed=None)
            await record(transaction, me, act, Subject.of(course))
        await settled.tell(self._realtime)
        await tell_rooms(self._realtime, rooms)
        return course
