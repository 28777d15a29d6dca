"""Whose guardian somebody is. Guardians observe the courses of their children, and no others."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from edusphere.database import Database, Transaction
from edusphere.errors import Invalid
from edusphere.realtime import Realtime
from edusphere.school import policy
from edusphere.school.audit import Subject, record
from edusphere.school.me import Me, signed_in
from edusphere.school.models import Person, Role
from edusphere.school.models.ids import new_id
from edusphere.school.standing import Settled, settle
from edusphere.school.telling import to_the_end

ADMINISTRATORS_ONLY = "Only administrators say whose guardian somebody is."


class Guardians:
    def __init__(self, database: Database, realtime: Realtime) -> None:
        self._database = database
        self._realtime = realtime

    async def children(self, me: Me | None, person_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
        """Return whose guardians these people are: of oneself, and as an administrator of everybody."""
        me = signed_in(me)
        rows = await self._database.rows(
            """
            SELECT guardian_id, child_id FROM guardianships
            WHERE guardian_id = ANY($1) AND (guardian_id = $2 OR $3) ORDER BY created, id
            """,
            list(person_ids),
            me.id,
            policy.may_name_guardians(me),
        )
        children: dict[UUID, list[UUID]] = {}
        for row in rows:
            children.setdefault(row["guardian_id"], []).append(row["child_id"])
        return children

    async def name(self, me: Me | None, guardian_id: UUID, child_id: UUID) -> None:
        """Make somebody a pupil's guardian: the pupil's courses open on their screen. Twice is once.

        Raises:
            Forbidden
            Invalid: one of them is not there, or not a guardian and a pupil.
        """
        me = signed_in(me)
        policy.require(policy.may_name_guardians(me), ADMINISTRATORS_ONLY)
        await to_the_end(self._name(me, guardian_id, child_id))

    async def release(self, me: Me | None, guardian_id: UUID, child_id: UUID) -> None:
        """Let somebody be a pupil's guardian no more. Twice is once.

        Raises:
            Forbidden
        """
        me = signed_in(me)
        policy.require(policy.may_name_guardians(me), ADMINISTRATORS_ONLY)
        await to_the_end(self._release(me, guardian_id, child_id))

    # --

    async def _name(self, me: Me, guardian_id: UUID, child_id: UUID) -> None:
        async with self._database.transaction() as transaction:
            rows = await transaction.rows("SELECT * FROM people WHERE id = ANY($1)", [guardian_id, child_id])
            people = {person.id: person for person in self._database.made(Person, rows)}
            guardian, child = people.get(guardian_id), people.get(child_id)
            if guardian is None or guardian.role != Role.GUARDIAN:
                raise Invalid("guardianId", "This person is not a guardian in this school.")
            if child is None or child.role != Role.STUDENT:
                raise Invalid("childId", "This person is not a pupil of this school.")
            made = await transaction.row(
                """
                INSERT INTO guardianships (id, guardian_id, child_id, created) VALUES ($1, $2, $3, now())
                ON CONFLICT (guardian_id, child_id) DO NOTHING RETURNING id
                """,
                new_id(),
                guardian_id,
                child_id,
            )
            if made is None:
                return
            settled = await self._settle(transaction, child_id)
            await record(transaction, me, "guardian.named", Subject.of(guardian), child=child.username)
        await self._tell(settled)

    async def _release(self, me: Me, guardian_id: UUID, child_id: UUID) -> None:
        async with self._database.transaction() as transaction:
            gone = await transaction.row(
                "DELETE FROM guardianships WHERE guardian_id = $1 AND child_id = $2 RETURNING id", guardian_id, child_id
            )
            if gone is None:
                return
            rows = await transaction.rows(NO_LONGER, guardian_id)
            settled = [await settle(transaction, row["course_id"], withdrawn=[guardian_id]) for row in rows]
            (guardian,) = self._database.made(
                Person, await transaction.rows("SELECT * FROM people WHERE id = $1", guardian_id)
            )
            child = await transaction.one("SELECT username FROM people WHERE id = $1", child_id)
            await record(transaction, me, "guardian.released", Subject.of(guardian), child=child["username"])
        await self._tell(settled)

    async def _settle(self, transaction: Transaction, child_id: UUID) -> list[Settled]:
        courses = "SELECT course_id FROM enrolments WHERE person_id = $1 AND role = 'STUDENT' ORDER BY course_id"
        return [
            await settle(transaction, row["course_id"], changed=[child_id])
            for row in await transaction.rows(courses, child_id)
        ]

    async def _tell(self, settled: Iterable[Settled]) -> None:
        for each in settled:
            await each.tell(self._realtime)


# What a guardian observes without a child in it any more.
NO_LONGER = """
    DELETE FROM enrolments USING (
        SELECT mine.id FROM enrolments mine
        WHERE mine.person_id = $1 AND mine.by_child AND NOT EXISTS (
            SELECT FROM guardianships JOIN enrolments theirs
                ON theirs.person_id = child_id AND theirs.course_id = mine.course_id AND theirs.role = 'STUDENT'
            WHERE guardian_id = $1
        )
    ) gone WHERE enrolments.id = gone.id RETURNING course_id
"""
