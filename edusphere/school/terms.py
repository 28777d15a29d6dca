"""Terms: opened, and rolled over with all their courses into the next one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from edusphere.database import BY_THE_THOUSAND, Database, Row, Taken, Transaction
from edusphere.errors import Conflict, Invalid, NotFound
from edusphere.realtime import Realtime
from edusphere.school import policy, words
from edusphere.school.audit import Subject, record
from edusphere.school.copying import copy_course
from edusphere.school.direct_rules import settle_direct
from edusphere.school.me import Me, signed_in
from edusphere.school.models import Term
from edusphere.school.models.ids import new_id
from edusphere.school.room_news import TOLD, tell_rooms
from edusphere.school.standing import Settled, settle
from edusphere.school.telling import to_the_end

NAME_LENGTH = 100
ADMINISTRATORS_ONLY = "Only administrators arrange terms."
SAME_NAME = "There is a term with this name already."


@dataclass(frozen=True, slots=True)
class RolledOver:
    """What a roll-over did."""

    term: Term
    """The new one."""
    archived: int
    copied: int
    """Courses."""


def can_be_undone(term: Term) -> bool:
    """Whether a roll-over is of today or yesterday, where the server stands."""
    if term.archived is None:
        return False
    return term.archived.astimezone().date() >= datetime.now().astimezone().date() - timedelta(days=1)


class Terms:
    def __init__(self, database: Database, realtime: Realtime) -> None:
        self._database = database
        self._realtime = realtime

    async def listed(self, me: Me | None) -> list[Term]:
        """Return all terms, the latest first."""
        signed_in(me)
        return await self.all()

    async def all(self) -> list[Term]:
        """Return all terms, at the command line."""
        return await self._database.models(Term, "SELECT * FROM terms ORDER BY starts DESC, name DESC")

    async def named(self, name: str) -> Term:
        """Return the term of this name, at the command line.

        Raises:
            NotFound
        """
        found = {term.key: term for term in await self.all()}
        if (term := found.get(name.strip().casefold())) is None:
            raise NotFound("There is no term with this name.")
        return term

    async def open_at_command_line(self, name: str, starts: date, ends: date) -> Term:
        """Open a term, for whoever has the server.

        Raises:
            Invalid: all that is wrong.
        """
        return await to_the_end(self._open(None, _check(name, starts, ends), starts, ends))

    async def open(self, me: Me | None, name: str, starts: date, ends: date) -> Term:
        """Open a term.

        Raises:
            Forbidden
            Invalid: all that is wrong.
        """
        me = signed_in(me)
        policy.require(policy.may_arrange_terms(me), ADMINISTRATORS_ONLY)
        plain = _check(name, starts, ends)
        return await to_the_end(self._open(me, plain, starts, ends))

    async def roll_over(
        self, me: Me | None, term_id: UUID, name: str, starts: date, ends: date, *, at_command_line: bool = False
    ) -> RolledOver:
        """Archive a term with its courses, and open the next with a draft of each course that was active.

        Who taught a course teaches its draft; pupils are enrolled anew. `undo` takes it back until the next day ends.

        Raises:
            Forbidden
            NotFound: there is no such term.
            Invalid: all that is wrong with the new one.
            Conflict: it was rolled over already.
        """
        if not at_command_line:
            policy.require(policy.may_arrange_terms(signed_in(me)), ADMINISTRATORS_ONLY)
        plain = _check(name, starts, ends)
        return await to_the_end(self._roll_over(me, term_id, plain, starts, ends))

    async def undo(self, me: Me | None, term_id: UUID, *, at_command_line: bool = False) -> Term:
        """Take back that a term was rolled over: its courses go on, and drafts that nobody touched are gone.

        Drafts that were changed or published since stay, without a term.

        Raises:
            Forbidden
            NotFound: there is no such term.
            Conflict: it was not rolled over, or too long ago.
        """
        if not at_command_line:
            policy.require(policy.may_arrange_terms(signed_in(me)), ADMINISTRATORS_ONLY)
        return await to_the_end(self._undo(me, term_id))

    # --

    async def _open(self, me: Me | None, name: str, starts: date, ends: date) -> Term:
        try:
            async with self._database.transaction() as transaction:
                term = await self._write(transaction, name, starts, ends, None)
                await record(transaction, me, "term.opened", Subject.of(term))
        except Taken:
            raise Invalid("name", SAME_NAME) from None
        return term

    async def _write(
        self, transaction: Transaction, name: str, starts: date, ends: date, follows_id: UUID | None
    ) -> Term:
        row = await transaction.one(
            "INSERT INTO terms (id, name, key, starts, ends, follows_id) VALUES ($1, $2, $3, $4, $5, $6) RETURNING *",
            new_id(),
            name,
            name.casefold(),
            starts,
            ends,
            follows_id,
        )
        (term,) = self._database.made(Term, [row])
        return term

    async def _roll_over(self, me: Me | None, term_id: UUID, name: str, starts: date, ends: date) -> RolledOver:
        settled: list[Settled] = []
        try:
            async with self._database.transaction(answer=BY_THE_THOUSAND) as transaction:
                old = await self._locked(transaction, term_id)
                if old.archived is not None:
                    raise Conflict("This term was rolled over already.")
                term = await self._write(transaction, name, starts, ends, term_id)
                active = await transaction.rows(
                    "SELECT id, owner_id FROM courses WHERE term_id = $1 AND state = 'ACTIVE' ORDER BY code FOR UPDATE",
                    term_id,
                )
                await transaction.execute("UPDATE terms SET archived = now() WHERE id = $1", term_id)
                await transaction.execute(ARCHIVE, term_id)
                over = await transaction.rows(ARCHIVE_ROOMS, [row["id"] for row in active])
                over += await _settle_direct_of(transaction, [row["id"] for row in active])
                for row in active:
                    copy = await copy_course(
                        transaction, row["id"], owner_id=row["owner_id"], term_id=term.id, marked=name
                    )
                    settled.append(await settle(transaction, copy["id"], changed=None))
                await record(transaction, me, "term.rolled_over", Subject.of(old), into=term.name, courses=len(active))
        except Taken:
            raise Invalid("name", SAME_NAME) from None
        for each in settled:
            await each.tell(self._realtime)
        await tell_rooms(self._realtime, over)
        return RolledOver(term, len(active), len(active))

    async def _undo(self, me: Me | None, term_id: UUID) -> Term:
        settled: list[Settled] = []
        async with self._database.transaction(answer=BY_THE_THOUSAND) as transaction:
            term = await self._locked(transaction, term_id)
            if term.archived is None:
                raise Conflict("This term was not rolled over.")
            if not can_be_undone(term):
                raise Conflict("This was too long ago to be undone at once. Single courses can still be restored.")
            for row in await transaction.rows(UNTOUCHED, term_id):
                await transaction.execute(f"DELETE FROM enrolments WHERE course_id = $1", row["id"])  # noqa: F541
                settled.append(await settle(transaction, row["id"], changed=None))
                for table in ("rooms", "sections", "courses"):
                    column = "id" if table == "courses" else "course_id"
                    await transaction.execute(f"DELETE FROM {table} WHERE {column} = $1", row["id"])  # noqa: S608
            await transaction.execute(
                "UPDATE courses SET term_id = NULL WHERE term_id IN (SELECT id FROM terms WHERE follows_id = $1)",
                term_id,
            )
            await transaction.execute("DELETE FROM terms WHERE follows_id = $1", term_id)
            open_again = await transaction.rows(RESTORE_ROOMS, term_id)
            restored = await transaction.rows(RESTORE, term_id)
            open_again += await _settle_direct_of(transaction, [row["id"] for row in restored])
            row = await transaction.one("UPDATE terms SET archived = NULL WHERE id = $1 RETURNING *", term_id)
            (term,) = self._database.made(Term, [row])
            await record(transaction, me, "term.roll_over_undone", Subject.of(term))
        for each in settled:
            await each.tell(self._realtime)
        await tell_rooms(self._realtime, open_again)
        return term

    async def _locked(self, transaction: Transaction, term_id: UUID) -> Term:
        row = await transaction.row("SELECT * FROM terms WHERE id = $1 FOR UPDATE", term_id)
        if row is None:
            raise NotFound("There is no such term any more.")
        (term,) = self._database.made(Term, [row])
        return term


# now() is the same throughout a transaction: what was archived together is found again by it.
ARCHIVE = "UPDATE courses SET state = 'ARCHIVED', archived = now() WHERE term_id = $1 AND state = 'ACTIVE'"
ARCHIVE_ROOMS = f"""
    UPDATE rooms SET archived = now() WHERE course_id = ANY($1) AND deleted IS NULL RETURNING {TOLD}
"""  # noqa: S608 (our own text)
TOGETHER = "archived = (SELECT archived FROM terms WHERE id = $1)"
RESTORE = f"UPDATE courses SET state = 'ACTIVE', archived = NULL WHERE term_id = $1 AND {TOGETHER} RETURNING id"  # noqa: S608
RESTORE_ROOMS = f"""
    UPDATE rooms SET archived = NULL
    WHERE course_id IN (SELECT id FROM courses WHERE term_id = $1 AND {TOGETHER}) RETURNING {TOLD}
"""  # noqa: S608
UNTOUCHED = """
    SELECT courses.id FROM courses JOIN terms ON terms.id = term_id AND follows_id = $1
    WHERE state = 'DRAFT' AND courses.created = courses.updated
      AND NOT EXISTS (SELECT FROM enrolments WHERE course_id = courses.id AND role IN ('STUDENT', 'OBSERVER'))
      AND NOT EXISTS (SELECT FROM messages JOIN rooms ON rooms.id = room_id WHERE course_id = courses.id)
"""


async def _settle_direct_of(transaction: Transaction, course_ids: list[UUID]) -> list[Row]:
    """Archive or open the direct rooms of those who shared these courses, as the rules say now."""
    everybody = "SELECT DISTINCT person_id FROM enrolments WHERE course_id = ANY($1)"
    people = await transaction.rows(everybody, course_ids)
    return await settle_direct(transaction, [row["person_id"] for row in people])


def _check(name: str, starts: date, ends: date) -> str:
    form = words.Form()
    plain = form.read("name", words.line, name, NAME_LENGTH)
    if ends < starts:
        form.wrong("ends", "A term ends after it starts.")
    form.close()
    return plain or ""
