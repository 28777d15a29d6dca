"""Codes that let people into a course: typed, followed as a link, or photographed as a QR picture.

A code gives one role in one course, to as many people and for as long as its maker says. It is shown to those who teach
the course as long as it works; whoever has it is let in, so it can be exchanged for a new one at any time.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from edusphere.database import Database, Row, Taken, Transaction
from edusphere.errors import Conflict, Invalid, NotFound
from edusphere.realtime import Realtime
from edusphere.school import policy
from edusphere.school.audit import Subject, record
from edusphere.school.courses import OVER, Courses
from edusphere.school.enrolments import NOT_YOURS_TO_GIVE, check_section
from edusphere.school.me import Me, signed_in
from edusphere.school.models import Course, CourseRole, CourseState, JoinCode
from edusphere.school.models.ids import new_id
from edusphere.school.pace import AddressPace, Limit
from edusphere.school.standing import ENROL, settle
from edusphere.school.telling import to_the_end
from edusphere.settings import DAYS, MINUTES, Settings

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Nothing that is mistaken for something else on a blackboard."""
LENGTH = 8
"""31^8 codes: with the limits below a guesser tries for thousands of years."""
MOST_DAYS, MOST_USES = 366, 10_000
NO_GOOD = "This code is not known here. Please look at it again, or ask for a new one."
EXPIRED = "This code has expired. Please ask for a new one."
USED_UP = "This code was used by as many people as it was meant for. Please ask for a new one."


@dataclass(frozen=True, slots=True)
class Offer:
    """Where a code leads: shown before somebody comes in."""

    course: Course
    role: CourseRole
    enrolled: bool
    """Whether who asks takes part already."""


class JoinCodes:
    def __init__(self, database: Database, realtime: Realtime, settings: Settings, courses: Courses) -> None:
        self._database = database
        self._realtime = realtime
        self._courses = courses
        self._wrong = AddressPace(
            realtime,
            "wrong join codes",
            Limit(settings.wrong_links_per_address, 5 * MINUTES),
            sentence="Too many codes that are not known were tried from here. Please wait a little.",
            on=settings.limits == "on",
        )

    async def listed(self, me: Me | None, course_id: UUID) -> list[JoinCode]:
        """Return the codes of a course that can still be used, newest first.

        Raises:
            NotFound, Forbidden
        """
        me = signed_in(me)
        _, mine = await self._courses.reach(me, course_id)
        policy.require(policy.may_enrol(me, mine, CourseRole.STUDENT), NOT_YOURS_TO_GIVE)
        return await self._database.models(
            JoinCode,
            """
            SELECT * FROM join_codes WHERE course_id = $1 AND ended IS NULL AND (expires IS NULL OR expires > now())
              AND (most_uses IS NULL OR uses < most_uses) ORDER BY created DESC
            """,
            course_id,
        )

    async def make(
        self,
        me: Me | None,
        course_id: UUID,
        role: CourseRole = CourseRole.STUDENT,
        section_id: UUID | None = None,
        days: int | None = None,
        most_uses: int | None = None,
    ) -> JoinCode:
        """Make a code. One for the same role and section that still works is replaced by it.

        Raises:
            NotFound
            Forbidden: not `me`'s role to give.
            Invalid: times or uses that cannot be, another course's section.
            Conflict: the course is over.
        """
        me = signed_in(me)
        course, mine = await self._courses.reach(me, course_id)
        policy.require(policy.may_enrol(me, mine, role), NOT_YOURS_TO_GIVE)
        if course.state == CourseState.ARCHIVED:
            raise Conflict(OVER)
        if days is not None and not 1 <= days <= MOST_DAYS:
            raise Invalid("days", f"A code is good for 1 to {MOST_DAYS} days, or until it is taken back.")
        if most_uses is not None and not 1 <= most_uses <= MOST_USES:
            raise Invalid("mostUses", f"A code is for 1 to {MOST_USES} people, or for as many as come.")
        await check_section(self._database, course_id, section_id)
        return await to_the_end(self._make(me, course, role, section_id, days, most_uses))

    async def end(self, me: Me | None, code_id: UUID) -> None:
        """Take a code back. Twice is once.

        Raises:
            NotFound, Forbidden
        """
        me = signed_in(me)
        row = await self._database.row("SELECT course_id, role FROM join_codes WHERE id = $1", code_id)
        if row is None:
            raise NotFound
        course, mine = await self._courses.reach(me, row["course_id"])
        policy.require(policy.may_enrol(me, mine, CourseRole(row["role"])), NOT_YOURS_TO_GIVE)
        await to_the_end(self._end(me, course, code_id))

    async def offer(self, me: Me | None, code: str, address: str) -> Offer:
        """Return where a code leads, to whoever has it; `address` is where it is tried from.

        Raises:
            NotFound: unknown, expired, used up or taken back; the sentence says which.
            TooMany: too many unknown ones came from there.
        """
        row = await self._find(code, address)
        (course,) = self._database.made(Course, [await self._database.one(COURSE, row["course_id"])])
        enrolled = me is not None and await self._database.row(TAKES_PART, course.id, me.id) is not None
        return Offer(course, CourseRole(row["role"]), enrolled)

    async def use(self, me: Me | None, code: str, address: str) -> Course:
        """Come into a course by its code. Who takes part already stays what they are.

        Raises:
            NotSignedIn
            NotFound, TooMany: as `offer`.
            Conflict: the course is over.
        """
        me = signed_in(me)
        row = await self._find(code, address)
        return await to_the_end(self._use(me, row["id"]))

    # --

    async def _find(self, code: str, address: str) -> Row:
        self._wrong.look(address)
        letters = "".join(letter for letter in code.upper() if letter in ALPHABET)
        row = None
        if len(letters) == LENGTH:
            row = await self._database.row(f"SELECT *, {STATE} FROM join_codes WHERE code = $1", letters)  # noqa: S608
        if row is None:
            self._wrong.note(address)
            raise NotFound(NO_GOOD)
        _refuse(row)
        return row

    async def _make(
        self,
        me: Me,
        course: Course,
        role: CourseRole,
        section_id: UUID | None,
        days: int | None,
        most_uses: int | None,
    ) -> JoinCode:
        while True:
            try:
                async with self._database.transaction() as transaction:
                    return await self._write(transaction, me, course, role, section_id, days, most_uses)
            except Taken:  # one in 852 thousand millions
                continue

    async def _write(
        self,
        transaction: Transaction,
        me: Me,
        course: Course,
        role: CourseRole,
        section_id: UUID | None,
        days: int | None,
        most_uses: int | None,
    ) -> JoinCode:
        await transaction.execute(
            """
            UPDATE join_codes SET ended = now()
            WHERE course_id = $1 AND role = $2 AND section_id IS NOT DISTINCT FROM $3 AND ended IS NULL
            """,
            course.id,
            role.value,
            section_id,
        )
        row = await transaction.one(
            """
            INSERT INTO join_codes (id, course_id, code, role, section_id, made_by_id, created, expires, most_uses,
                                    uses)
            VALUES ($1, $2, $3, $4, $5, $6, now(), now() + $7::interval, $8, 0) RETURNING *
            """,
            new_id(),
            course.id,
            "".join(secrets.choice(ALPHABET) for _ in range(LENGTH)),
            role.value,
            section_id,
            me.id,
            None if days is None else timedelta(seconds=days * DAYS),
            most_uses,
        )
        await record(transaction, me, "join_code.made", Subject.of(course), role=role.value, days=days, uses=most_uses)
        (code,) = self._database.made(JoinCode, [row])
        return code

    async def _end(self, me: Me, course: Course, code_id: UUID) -> None:
        async with self._database.transaction() as transaction:
            ended = "UPDATE join_codes SET ended = now() WHERE id = $1 AND ended IS NULL RETURNING role"
            row = await transaction.row(ended, code_id)
            if row is not None:
                await record(transaction, me, "join_code.ended", Subject.of(course), role=row["role"])

    async def _use(self, me: Me, code_id: UUID) -> Course:
        async with self._database.transaction() as transaction:
            row = await transaction.one(f"SELECT *, {STATE} FROM join_codes WHERE id = $1 FOR UPDATE", code_id)  # noqa: S608
            found = await transaction.one(f"{COURSE} FOR UPDATE", row["course_id"])
            (course,) = self._database.made(Course, [found])
            if course.state == CourseState.ARCHIVED:
                raise Conflict(OVER)
            if await transaction.row(TAKES_PART, course.id, me.id) is not None:
                return course
            _refuse(row)
            await transaction.rows(ENROL, course.id, [me.id], row["role"], row["section_id"])
            await transaction.execute("UPDATE join_codes SET uses = uses + 1 WHERE id = $1", code_id)
            settled = await settle(transaction, course.id, enrolled=[me.id])
        await settled.tell(self._realtime)
        return course


COURSE = "SELECT * FROM courses WHERE id = $1"
# Whoever is there only as a pupil's guardian may still come in as themselves.
TAKES_PART = "SELECT FROM enrolments WHERE course_id = $1 AND person_id = $2 AND NOT by_child"
STATE = """
    ended IS NOT NULL AS is_ended, coalesce(expires <= now(), false) AS is_expired,
    coalesce(uses >= most_uses, false) AS is_used_up
"""


def _refuse(row: Row) -> None:
    sentences: Sequence[tuple[str, str]] = (("is_ended", NO_GOOD), ("is_expired", EXPIRED), ("is_used_up", USED_UP))
    for state, sentence in sentences:
        if row[state]:
            raise NotFound(sentence)
