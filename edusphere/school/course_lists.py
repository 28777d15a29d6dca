"""Lists of courses and what is shown beside each: who takes part, its sections and rooms.

Nothing here needs `reach`: every query asks for itself what `me` may see. What the doors gather for a whole list
(`enrolments_in`, `sections_of`, `rooms_of` …) is one query each, however long the list.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from edusphere.database import Database
from edusphere.school import pages, policy, words
from edusphere.school.conditions import Column, Conditions, Order
from edusphere.school.me import Me, signed_in
from edusphere.school.models import Course, CourseRole, CourseState, Enrolment, Room, Section, Term
from edusphere.school.pages import Page

# `policy.may_see_course` for a whole list: what is joined to it, who asks, and whether they see all courses. Drafts are
# there for those who prepare them.
SEEN_BY = """
    FROM courses {} LEFT JOIN enrolments mine ON mine.course_id = courses.id AND mine.person_id = {}
    WHERE ({} OR mine.id IS NOT NULL AND (courses.state <> 'DRAFT' OR mine.role IN ('INSTRUCTOR', 'ASSISTANT')))
"""
SEEN = SEEN_BY.format("", "$1", "$2")
# Whom `mine` sees in a course: whoever teaches or assists everybody, pupils one another and those who teach, observers
# those who teach and their own children. Who only observes is seen by nobody else.
SHOWN = """(
    $2 OR enrolments.person_id = $1 OR mine.role IN ('INSTRUCTOR', 'ASSISTANT')
    OR enrolments.role IN ('INSTRUCTOR', 'ASSISTANT')
    OR mine.role = 'STUDENT' AND enrolments.role = 'STUDENT'
    OR EXISTS (SELECT FROM guardianships WHERE guardian_id = $1 AND child_id = enrolments.person_id)
)"""
ROOMS_AT_ONCE = 500
"""Of several courses together."""
RANK = "array_position(ARRAY['INSTRUCTOR', 'ASSISTANT', 'STUDENT', 'OBSERVER'], enrolments.role::text)"


class CourseOrder(StrEnum):
    TITLE = "TITLE"
    CODE = "CODE"
    TERM = "TERM"
    OWNER = "OWNER"
    STUDENTS = "STUDENTS"
    CREATED = "CREATED"


COLUMNS = {
    CourseOrder.TITLE: Column("courses.title", pages.text),
    CourseOrder.CODE: Column("courses.code", pages.text),
    # As terms follow one another; before the first is none at all.
    CourseOrder.TERM: Column(
        "coalesce(to_char(terms.starts, 'YYYY-MM-DD') || terms.name, '')",
        pages.text,
        beside="LEFT JOIN terms ON terms.id = courses.term_id",
    ),
    CourseOrder.OWNER: Column("owner.name", pages.text, beside="JOIN people owner ON owner.id = courses.owner_id"),
    CourseOrder.STUDENTS: Column(
        "counted.students",
        pages.number,
        "bigint",
        """
        CROSS JOIN LATERAL (
            SELECT count(*) AS students FROM enrolments
            WHERE enrolments.course_id = courses.id AND enrolments.role = 'STUDENT'
        ) counted
        """,
    ),
    CourseOrder.CREATED: Column("courses.created", pages.moment, "timestamptz"),
}


class CourseLists:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def mine(
        self, me: Me | None, *, archived: bool = False, first: int = 50, after: str | None = None
    ) -> Page[Course]:
        """Return the courses `me` takes part in, by title: those that go on or are prepared, or those that are over."""
        me = signed_in(me)
        return await self._page(me, "mine.id IS NOT NULL", None, None, archived, first, after)

    async def all(
        self,
        me: Me | None,
        search: str | None = None,
        term_id: UUID | None = None,
        *,
        archived: bool = False,
        first: int = 50,
        after: str | None = None,
        order: CourseOrder = CourseOrder.TITLE,
        descending: bool = False,
    ) -> Page[Course]:
        """Return the courses `me` may see; `search` is looked for in codes and titles."""
        me = signed_in(me)
        return await self._page(me, "", search, term_id, archived, first, after, order, descending=descending)

    async def people(
        self,
        me: Me | None,
        course_ids: Iterable[UUID],
        search: str | None = None,
        role: CourseRole | None = None,
        first: int = 50,
        after: str | None = None,
    ) -> dict[UUID, Page[Enrolment]]:
        """Return who takes part in each of these courses, as far as `me` is shown them: by role, then by name."""
        me = signed_in(me)
        size = pages.size(first)
        pattern = words.check("search", words.search, search)
        rank, name, enrolment_id = pages.position(after, pages.number, pages.text, UUID) or (None, None, None)
        found: dict[UUID, list[Enrolment]] = {}
        rows = await self._database.rows(
            f"""
            SELECT * FROM (
                SELECT enrolments.*, people.name, {RANK} AS rank, row_number() OVER (
                    PARTITION BY enrolments.course_id ORDER BY {RANK}, people.name, enrolments.id
                ) AS place
                FROM enrolments JOIN people ON people.id = enrolments.person_id
                LEFT JOIN enrolments mine ON mine.course_id = enrolments.course_id AND mine.person_id = $1
                WHERE enrolments.course_id = ANY($3) AND {SHOWN} AND ($2 OR mine.id IS NOT NULL)
                  AND ($4::text IS NULL OR people.name ILIKE $4 OR people.username ILIKE $4)
                  AND ($5::text IS NULL OR enrolments.role = $5)
                  AND ($6::bigint IS NULL OR ({RANK}, people.name, enrolments.id) > ($6, $7::text, $8::uuid))
            ) placed WHERE place <= $9 ORDER BY course_id, place
            """,  # noqa: S608 (our own text)
            me.id,
            policy.may_see_all_courses(me),
            list(course_ids),
            pattern,
            role.value if role is not None else None,
            rank,
            name,
            enrolment_id,
            size + 1,
        )
        for enrolment in self._database.made(Enrolment, rows):
            found.setdefault(enrolment.course_id, []).append(enrolment)
        places = {row["id"]: (row["rank"], row["name"], row["id"]) for row in rows}
        return {
            course_id: pages.page(theirs, size, after, key=lambda enrolment: places[enrolment.id])
            for course_id, theirs in found.items()
        }

    # -- beside a course that was reached or listed

    async def load(self, me: Me | None, ids: Iterable[UUID]) -> dict[UUID, Course]:
        """Return those of these courses that `me` may see."""
        if me is None:
            return {}
        found = await self._database.models(
            Course,
            f"SELECT courses.* {SEEN} AND courses.id = ANY($3)",
            me.id,
            policy.may_see_all_courses(me),
            list(ids),
        )
        return {course.id: course for course in found}

    async def enrolments_in(self, me: Me | None, course_ids: Iterable[UUID]) -> dict[UUID, Enrolment]:
        """Return how `me` takes part in these courses."""
        if me is None:
            return {}
        mine = await self._database.models(
            Enrolment,
            "SELECT * FROM enrolments WHERE person_id = $1 AND course_id = ANY($2)",
            me.id,
            list(course_ids),
        )
        return {enrolment.course_id: enrolment for enrolment in mine}

    async def sections_of(self, course_ids: Iterable[UUID]) -> dict[UUID, list[Section]]:
        """Return the sections of each course, by name."""
        gathered: dict[UUID, list[Section]] = {}
        for section in await self._database.models(
            Section, "SELECT * FROM sections WHERE course_id = ANY($1) ORDER BY key", list(course_ids)
        ):
            gathered.setdefault(section.course_id, []).append(section)
        return gathered

    async def sections(self, ids: Iterable[UUID]) -> dict[UUID, Section]:
        found = await self._database.models(Section, "SELECT * FROM sections WHERE id = ANY($1)", list(ids))
        return {section.id: section for section in found}

    async def terms(self, ids: Iterable[UUID]) -> dict[UUID, Term]:
        found = await self._database.models(Term, "SELECT * FROM terms WHERE id = ANY($1)", list(ids))
        return {term.id: term for term in found}

    async def rooms_of(self, me: Me | None, course_ids: Iterable[UUID]) -> dict[UUID, list[Room]]:
        """Return the rooms of each course that `me` is in: announcements first, then as they were made; at most 500."""
        gathered: dict[UUID, list[Room]] = {}
        if me is None:
            return gathered
        for room in await self._database.models(
            Room,
            """
            SELECT rooms.* FROM rooms JOIN memberships mine ON mine.room_id = rooms.id AND mine.person_id = $1
            WHERE rooms.course_id = ANY($2) AND rooms.deleted IS NULL
            ORDER BY rooms.posting <> 'STAFF', rooms.created, rooms.id LIMIT $3
            """,
            me.id,
            list(course_ids),
            ROOMS_AT_ONCE,
        ):
            if room.course_id is not None:
                gathered.setdefault(room.course_id, []).append(room)
        return gathered

    async def student_counts(self, course_ids: Iterable[UUID]) -> dict[UUID, int]:
        rows = await self._database.rows(
            """
            SELECT course_id, count(*) AS students FROM enrolments WHERE course_id = ANY($1) AND role = 'STUDENT'
            GROUP BY course_id
            """,
            list(course_ids),
        )
        return {row["course_id"]: row["students"] for row in rows}

    # --

    async def _page(
        self,
        me: Me,
        only: str,
        search: str | None,
        term_id: UUID | None,
        archived: bool,
        first: int,
        after: str | None,
        order: CourseOrder = CourseOrder.TITLE,
        *,
        descending: bool = False,
    ) -> Page[Course]:
        size = pages.size(first)
        pattern = words.check("search", words.search, search)
        where = Conditions()
        ordered = Order(order, COLUMNS[order], "courses.id", descending)
        seen = SEEN_BY.format(ordered.beside, where.value(me.id), where.value(policy.may_see_all_courses(me)))
        where.add(f"(courses.state = '{CourseState.ARCHIVED}') = {{}}", archived)
        if only:
            where.add(only)
        if pattern is not None:
            where.add("courses.code || ' ' || courses.title ILIKE {}", pattern)
        if term_id is not None:
            where.add("courses.term_id = {}", term_id)
        ordered.begin_after(where, after)
        rows = await self._database.rows(
            f"SELECT courses.*, {ordered.place} {seen} AND {where} {ordered} LIMIT {where.value(size + 1)}",
            *where.values,
        )
        return ordered.page(self._database.made(Course, rows), rows, size, after)
