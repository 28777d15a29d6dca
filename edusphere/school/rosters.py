"""Importing a roster: looked at first, then carried out as a whole or not at all; doing it again changes nothing."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import IO
from uuid import UUID

from edusphere.database import BY_THE_THOUSAND, Asking, Database, Taken, Transaction
from edusphere.errors import Conflict, Invalid
from edusphere.realtime import Realtime
from edusphere.school import policy
from edusphere.school.audit import NOBODY, Subject, record
from edusphere.school.courses import Courses
from edusphere.school.enrolments import NOT_YOURS_TO_GIVE
from edusphere.school.me import Me, signed_in
from edusphere.school.models import CourseRole
from edusphere.school.models.ids import new_id
from edusphere.school.room_news import breathe
from edusphere.school.roster_file import FORMULAS, RosterFile, read
from edusphere.school.roster_plan import Plan, concerned, plan
from edusphere.school.standing import ENROL, Settled, settle
from edusphere.school.telling import to_the_end

ADMINISTRATORS_ONLY = "Only administrators import people into the whole school. You can import them into your course."
CHANGED = "The school changed since you looked at this roster. Please look at it again."


@dataclass(frozen=True, slots=True)
class Roster:
    """What a file would change, or has changed."""

    plan: Plan
    ignored: tuple[str, ...]
    """Columns that are none of ours."""
    withdrawn: bool = False
    """Whether those whom the file does not name were taken out."""

    @property
    def table(self) -> str:
        """Everything line by line, as CSV."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(("line", "email", "what"))
        writer.writerows([[_harmless(str(cell)) for cell in row] for row in self._told()])
        return out.getvalue()

    def _told(self) -> Iterable[tuple[object, str, str]]:
        planned, codes = self.plan, self.plan.courses
        said = [(one.line, one.email, f"new: {one.username}, {one.role.lower()}") for one in planned.newcomers]
        said += [(one.line, one.email, f"now {one.name}, {one.role.lower()}") for one in planned.renamed]
        said += [(one.line, "", one.what) for one in planned.problems]
        for placed in planned.placed:
            was = f", was {placed.before.lower()}" if placed.before is not None else ""
            section = f", {placed.section}" if placed.section else ""
            said.append((placed.line, placed.email, f"{codes[placed.course_id]}: {placed.role.lower()}{section}{was}"))
        yield from sorted(said)
        fate = "withdrawn" if self.withdrawn else "not in the file, stays"
        yield from (("", one.email, f"{codes[one.course_id]}: {fate}") for one in planned.leaving)


class Rosters:
    def __init__(self, database: Database, realtime: Realtime, courses: Courses) -> None:
        self._database = database
        self._realtime = realtime
        self._courses = courses

    async def look(self, me: Me | None, file: IO[bytes], course_id: UUID | None = None) -> Roster:
        """Return what a roster would change; nothing is. Lines that name no course mean `course_id`.

        Raises:
            NotFound, Forbidden
            Invalid: it is no roster, or too long.
        """
        await self._subject(signed_in(me), course_id)
        return await self._look(me, file, course_id)

    async def apply(
        self,
        me: Me | None,
        file: IO[bytes],
        course_id: UUID | None = None,
        *,
        fingerprint: str,
        withdraw_missing: bool = False,
    ) -> Roster:
        """Carry out what `look` showed, in one transaction; `fingerprint` is the one of what it showed.

        Raises:
            NotFound, Forbidden
            Invalid: it is no roster, too long, or there are problems in it.
            Conflict: the school has changed since.
        """
        subject = await self._subject(signed_in(me), course_id)
        return await self._apply(me, file, course_id, fingerprint, withdraw_missing, subject)

    async def look_at_command_line(self, file: IO[bytes], course_id: UUID | None) -> Roster:
        """Return what a roster would change, for whoever has the server: everything is allowed."""
        return await self._look(None, file, course_id)

    async def apply_at_command_line(
        self, file: IO[bytes], course_id: UUID | None, fingerprint: str, withdraw_missing: bool
    ) -> Roster:
        """Carry it out, for whoever has the server."""
        return await self._apply(None, file, course_id, fingerprint, withdraw_missing, NOBODY)

    # --

    async def _subject(self, me: Me, course_id: UUID | None) -> Subject:
        """Return what the import is about, if it is `me`'s to do."""
        if course_id is None:
            policy.require(policy.may_make_accounts(me), ADMINISTRATORS_ONLY)
            return NOBODY
        course, mine = await self._courses.reach(me, course_id)
        policy.require(policy.may_enrol(me, mine, CourseRole.STUDENT), NOT_YOURS_TO_GIVE)
        return Subject.of(course)

    async def _look(self, me: Me | None, file: IO[bytes], course_id: UUID | None) -> Roster:
        read_file = await asyncio.to_thread(read, file)
        return Roster(await plan(self._database, me, read_file, course_id), read_file.ignored)

    async def _apply(
        self,
        me: Me | None,
        file: IO[bytes],
        course_id: UUID | None,
        fingerprint: str,
        withdraw_missing: bool,
        subject: Subject,
    ) -> Roster:
        read_file = await asyncio.to_thread(read, file)
        planned = await to_the_end(self._write(me, read_file, course_id, fingerprint, withdraw_missing, subject))
        return Roster(planned, read_file.ignored, withdraw_missing)

    async def _write(
        self,
        me: Me | None,
        file: RosterFile,
        course_id: UUID | None,
        fingerprint: str,
        withdraw_missing: bool,
        subject: Subject,
    ) -> Plan:
        courses = await concerned(self._database, me, file, course_id)
        try:
            async with self._database.transaction(answer=BY_THE_THOUSAND) as transaction:
                await transaction.rows("SELECT FROM courses WHERE id = ANY($1) ORDER BY id FOR UPDATE", courses)
                planned = await plan(transaction, me, file, course_id)
                if planned.problems:
                    raise Invalid(
                        "file", f"There are {len(planned.problems):,} problems in this roster; nothing was changed."
                    )
                if planned.fingerprint != fingerprint:
                    raise Conflict(CHANGED)
                await _make_people(transaction, planned)
                # Postgres keeps how it looks up whom a new row names: from when there were a handful of people, by
                # reading them all. For thousands who came a moment ago it is to think again.
                await transaction.execute("DISCARD PLANS")
                sections = await _make_sections(transaction, planned)
                people = await _ids_of(transaction, planned)
                settled = [
                    await _place(transaction, planned, each, people, sections, withdraw_missing)
                    for each in sorted(planned.courses)
                ]
                await record(
                    transaction,
                    me,
                    "roster.imported",
                    subject,
                    new=len(planned.newcomers),
                    renamed=len(planned.renamed),
                    placed=len(planned.placed),
                    withdrawn=len(planned.leaving) if withdraw_missing else 0,
                    courses=sorted(planned.courses.values()),
                    plan=planned.fingerprint,
                )
        except Taken:
            raise Conflict(CHANGED) from None
        for turn, renamed in enumerate(planned.renamed):
            await breathe(turn)
            await self._realtime.renew(renamed.person_id)
        for each_settled in settled:
            await each_settled.tell(self._realtime)
        return planned


async def _make_people(transaction: Transaction, planned: Plan) -> None:
    new = planned.newcomers
    await transaction.execute(
        """
        INSERT INTO people (id, email, name, username, role, email_proven, password, bio, avatar, created)
        SELECT id, email, name, username, role, true, '', '', '', now()
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) AS new (id, email, name, username, role)
        """,
        [new_id() for _ in new],
        [one.email for one in new],
        [one.name for one in new],
        [one.username for one in new],
        [one.role.value for one in new],
    )
    await transaction.execute(
        """
        UPDATE people SET name = said.name, role = said.role
        FROM unnest($1::uuid[], $2::text[], $3::text[]) AS said (id, name, role) WHERE people.id = said.id
        """,
        [one.person_id for one in planned.renamed],
        [one.name for one in planned.renamed],
        [one.role.value for one in planned.renamed],
    )


async def _make_sections(transaction: Transaction, planned: Plan) -> dict[tuple[UUID, str], UUID]:
    """Make the sections that are not there yet; return all of these courses, by course and name casefolded."""
    for (course_id, key), name in planned.sections.items():
        await transaction.execute(
            "INSERT INTO sections (id, course_id, name, key) VALUES ($1, $2, $3, $4)", new_id(), course_id, name, key
        )
    rows = await transaction.rows(
        "SELECT id, course_id, key FROM sections WHERE course_id = ANY($1)", list(planned.courses)
    )
    return {(row["course_id"], row["key"]): row["id"] for row in rows}


async def _ids_of(asking: Asking, planned: Plan) -> dict[str, UUID]:
    emails = sorted({placed.email for placed in planned.placed})
    rows = await asking.rows("SELECT id, email FROM people WHERE email = ANY($1)", emails)
    return {row["email"]: row["id"] for row in rows}


async def _place(
    transaction: Transaction,
    planned: Plan,
    course_id: UUID,
    people: Mapping[str, UUID],
    sections: Mapping[tuple[UUID, str], UUID],
    withdraw_missing: bool,
) -> Settled:
    come: dict[tuple[CourseRole, str], list[UUID]] = {}
    changed: dict[tuple[CourseRole, str], list[UUID]] = {}
    for placed in planned.placed:
        if placed.course_id == course_id:
            group = come if placed.before is None else changed
            group.setdefault((placed.role, placed.section.casefold()), []).append(people[placed.email])
    for (role, key), ids in come.items():
        await transaction.rows(ENROL, course_id, ids, role.value, sections.get((course_id, key)))
    for (role, key), ids in changed.items():
        await transaction.execute(CHANGE, course_id, ids, role.value, sections.get((course_id, key)))
    leaving = [one.person_id for one in planned.leaving if one.course_id == course_id] if withdraw_missing else []
    await transaction.execute("DELETE FROM enrolments WHERE course_id = $1 AND person_id = ANY($2)", course_id, leaving)
    return await settle(
        transaction,
        course_id,
        enrolled=[one for ids in come.values() for one in ids],
        withdrawn=leaving,
        changed=[one for ids in changed.values() for one in ids],
    )


CHANGE = """
    UPDATE enrolments SET role = $3, section_id = coalesce($4, section_id), by_child = false
    WHERE course_id = $1 AND person_id = ANY($2)
"""


def _harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula (OWASP, CSV Injection)."""
    return f"'{cell}" if cell.startswith((*FORMULAS, "\t", "\r")) else cell
