"""Asking to be let into a course whose address one was told, and being let in.

Whether there is such a course is not told: whoever asks at an address where none is hears the same.
"""

from __future__ import annotations

from uuid import UUID

from edusphere.database import Database, Transaction
from edusphere.errors import Conflict, NotFound
from edusphere.realtime import Realtime
from edusphere.school import policy, words
from edusphere.school.admissions import tell_of_admissions
from edusphere.school.audit import Subject, record
from edusphere.school.courses import Courses
from edusphere.school.enrolments import NOT_YOURS_TO_GIVE, check_section, lock_open
from edusphere.school.me import Me, signed_in
from edusphere.school.models import Course, CourseRole, JoinRequest
from edusphere.school.models.ids import new_id
from edusphere.school.pace import Limit, Pace
from edusphere.school.standing import ENROL, settle
from edusphere.school.telling import afterwards, to_the_end
from edusphere.settings import HOURS, Settings

WORDS_LENGTH = 500
LISTED = 200
GONE = "This request was answered already, or taken back."


class JoinRequests:
    def __init__(self, database: Database, realtime: Realtime, settings: Settings, courses: Courses) -> None:
        self._database = database
        self._realtime = realtime
        self._courses = courses
        self._pace = Pace(
            Limit(settings.join_requests_per_hour, 1 * HOURS),
            sentence="You have asked to be let into many courses. Please wait for their answers.",
            on=settings.limits == "on",
        )

    async def ask(self, me: Me | None, slug: str, why: str = "") -> None:
        """Ask to be let into the course at /c/<slug>. Asking twice is asking once, with the words of the second time.

        Raises:
            NotSignedIn
            Invalid: too many words.
            TooMany
        """
        me = signed_in(me)
        said = words.check("words", words.prose, why, WORDS_LENGTH)
        self._pace.take(me.id)
        if words.is_clean(slug):
            await to_the_end(self._ask(me, slug, said))

    async def open(self, me: Me | None, course_id: UUID) -> list[JoinRequest]:
        """Return who waits to be let in, the first first.

        Raises:
            NotFound, Forbidden
        """
        me = signed_in(me)
        _, mine = await self._courses.reach(me, course_id)
        policy.require(policy.may_enrol(me, mine, CourseRole.STUDENT), NOT_YOURS_TO_GIVE)
        return await self._database.models(
            JoinRequest,
            """
            SELECT join_requests.* FROM join_requests JOIN people ON people.id = person_id AND disabled IS NULL
            WHERE course_id = $1 AND decided IS NULL ORDER BY join_requests.created, join_requests.id LIMIT $2
            """,
            course_id,
            LISTED,
        )

    async def accept(
        self,
        me: Me | None,
        request_id: UUID,
        role: CourseRole = CourseRole.STUDENT,
        section_id: UUID | None = None,
    ) -> None:
        """Let somebody in who asked.

        Raises:
            NotFound: no such request for `me`.
            Forbidden, Invalid
            Conflict: it was answered already, or the course is over.
        """
        me = signed_in(me)
        course = await self._course_of(me, request_id, role)
        await check_section(self._database, course.id, section_id)
        await to_the_end(self._accept(me, course, request_id, role, section_id))

    async def decline(self, me: Me | None, request_id: UUID) -> None:
        """Do not let somebody in who asked. They are not told why, and may ask again.

        Raises:
            NotFound, Forbidden
            Conflict: it was answered already.
        """
        me = signed_in(me)
        course = await self._course_of(me, request_id, CourseRole.STUDENT)
        await to_the_end(self._decline(me, course, request_id))

    # --

    async def _course_of(self, me: Me, request_id: UUID, role: CourseRole) -> Course:
        row = await self._database.row("SELECT course_id FROM join_requests WHERE id = $1", request_id)
        if row is None:
            raise NotFound
        course, mine = await self._courses.reach(me, row["course_id"])
        policy.require(policy.may_enrol(me, mine, role), NOT_YOURS_TO_GIVE)
        return course

    async def _ask(self, me: Me, slug: str, said: str) -> None:
        asked = await self._database.row(
            """
            INSERT INTO join_requests (id, course_id, person_id, words, created, accepted)
            SELECT $1, courses.id, $2, $4, now(), false FROM courses
            WHERE slug = $3 AND state = 'ACTIVE' AND NOT EXISTS (
                SELECT FROM enrolments WHERE course_id = courses.id AND person_id = $2 AND NOT by_child
            )
            ON CONFLICT (course_id, person_id) WHERE decided IS NULL DO UPDATE SET words = excluded.words
            RETURNING course_id
            """,
            new_id(),
            me.id,
            slug,
            said,
        )
        if asked is not None:
            # Nobody waits for it: how long the answer takes does not tell either.
            afterwards(tell_of_admissions(self._database, self._realtime, asked["course_id"]))

    async def _accept(
        self, me: Me, course: Course, request_id: UUID, role: CourseRole, section_id: UUID | None
    ) -> None:
        async with self._database.transaction() as transaction:
            await lock_open(transaction, course.id)
            person_id, username = await _decide(transaction, me, request_id, accepted=True)
            await transaction.rows(ENROL, course.id, [person_id], role.value, section_id)
            settled = await settle(transaction, course.id, enrolled=[person_id])
            await record(transaction, me, "course.enrolled", Subject.of(course), people=[username], role=role.value)
        await settled.tell(self._realtime)
        await tell_of_admissions(self._database, self._realtime, course.id)

    async def _decline(self, me: Me, course: Course, request_id: UUID) -> None:
        async with self._database.transaction() as transaction:
            _, username = await _decide(transaction, me, request_id, accepted=False)
            await record(transaction, me, "join_request.declined", Subject.of(course), person=username)
        await tell_of_admissions(self._database, self._realtime, course.id)


async def _decide(transaction: Transaction, me: Me, request_id: UUID, *, accepted: bool) -> tuple[UUID, str]:
    """Close a request, once; return whose it is."""
    rows = await transaction.rows(
        """
        UPDATE join_requests SET decided = now(), decided_by_id = $2, accepted = $3 FROM people
        WHERE join_requests.id = $1 AND people.id = person_id AND decided IS NULL RETURNING person_id, username
        """,
        request_id,
        me.id,
        accepted,
    )
    if not rows:
        raise Conflict(GONE)
    return rows[0]["person_id"], rows[0]["username"]
