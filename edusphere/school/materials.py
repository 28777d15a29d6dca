"""What a course's people read and watch: units in order, and in each of them pages, links and files.

Whoever teaches or assists writes and orders them; everybody in the course reads them, and sees what is new since they
last looked. Places are numbered anew from 1 after every change, so that two who drag at once leave one order.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from edusphere.database import Database, Row, Transaction
from edusphere.errors import Conflict, Invalid, NotFound
from edusphere.school import policy, words
from edusphere.school.audit import Subject, record
from edusphere.school.courses import Courses
from edusphere.school.files import NOT_YOURS, WAITING
from edusphere.school.me import Me, signed_in
from edusphere.school.models import Course, Material, MaterialKind, Unit
from edusphere.school.models.ids import new_id
from edusphere.school.telling import to_the_end

TITLE_LENGTH, BODY_LENGTH, ADDRESS_LENGTH = 200, 20_000, 2_000
MOST_UNITS, MOST_MATERIALS = 50, 300
"""In a course."""
STAFF_ONLY = "Only those who teach the course change its materials."
NO_UNIT = "This unit is not there any more. Somebody may have just removed it."
NO_MATERIAL = "This is not there any more. Somebody may have just removed it."


class Materials:
    def __init__(self, database: Database, courses: Courses) -> None:
        self._database = database
        self._courses = courses

    # -- beside courses that were reached or listed

    async def units_of(self, course_ids: Iterable[UUID]) -> dict[UUID, list[Unit]]:
        """Return the units of each course, in their order."""
        gathered: dict[UUID, list[Unit]] = {}
        for unit in await self._database.models(
            Unit, "SELECT * FROM units WHERE course_id = ANY($1) ORDER BY place, id", list(course_ids)
        ):
            gathered.setdefault(unit.course_id, []).append(unit)
        return gathered

    async def materials_of(self, unit_ids: Iterable[UUID]) -> dict[UUID, list[Material]]:
        """Return the materials of each unit, in their order: all of one course's, of several courses' fewer."""
        gathered: dict[UUID, list[Material]] = {}
        for material in await self._database.models(
            Material,
            "SELECT * FROM materials WHERE unit_id = ANY($1) ORDER BY place, id LIMIT $2",
            list(unit_ids),
            MOST_MATERIALS,
        ):
            gathered.setdefault(material.unit_id, []).append(material)
        return gathered

    async def new_in(self, me: Me | None, course_ids: Iterable[UUID]) -> dict[UUID, int]:
        """Return how many materials came or changed in each course since `me` last looked."""
        if me is None:
            return {}
        rows = await self._database.rows(
            """
            SELECT mine.course_id, count(*) AS new FROM enrolments mine
            JOIN units ON units.course_id = mine.course_id
            JOIN materials ON materials.unit_id = units.id AND materials.updated > coalesce(mine.visited, mine.joined)
            WHERE mine.person_id = $1 AND mine.course_id = ANY($2) AND materials.author_id <> $1
            GROUP BY mine.course_id
            """,
            me.id,
            list(course_ids),
        )
        return {row["course_id"]: row["new"] for row in rows}

    async def visit(self, me: Me | None, course_id: UUID) -> None:
        """Note that `me` has looked at the materials of a course: what is there now is new to them no longer.

        Raises:
            NotFound
        """
        me = signed_in(me)
        await self._courses.reach(me, course_id)
        await self._database.rows(
            "UPDATE enrolments SET visited = now() WHERE course_id = $1 AND person_id = $2", course_id, me.id
        )

    # -- units

    async def add_unit(self, me: Me | None, course_id: UUID, title: str) -> Unit:
        """Put a unit after the others.

        Raises:
            NotFound, Forbidden, Invalid
            Conflict: the course is over, or has too many.
        """
        me = signed_in(me)
        course = await self._changed_by(me, course_id)
        name = words.check("title", words.line, title, TITLE_LENGTH)
        return await to_the_end(self._add_unit(me, course, name))

    async def rename_unit(self, me: Me | None, unit_id: UUID, title: str) -> Unit:
        """Call a unit something else.

        Raises:
            NotFound, Forbidden, Invalid, Conflict
        """
        me = signed_in(me)
        course = await self._course_of_unit(me, unit_id)
        name = words.check("title", words.line, title, TITLE_LENGTH)
        return await to_the_end(self._rename_unit(me, course, unit_id, name))

    async def move_unit(self, me: Me | None, unit_id: UUID, place: int) -> list[Unit]:
        """Put a unit at a place among its course's, counted from 1; return them all in their order.

        Raises:
            NotFound: also where somebody has removed it meanwhile.
            Forbidden, Conflict
        """
        me = signed_in(me)
        course = await self._course_of_unit(me, unit_id)
        return await to_the_end(self._move_unit(course, unit_id, place))

    async def remove_unit(self, me: Me | None, unit_id: UUID) -> None:
        """Take a unit away, with what is in it.

        Raises:
            NotFound, Forbidden, Conflict
        """
        me = signed_in(me)
        course = await self._course_of_unit(me, unit_id)
        await to_the_end(self._remove_unit(me, course, unit_id))

    # -- what is in them

    async def add(
        self,
        me: Me | None,
        unit_id: UUID,
        kind: MaterialKind,
        title: str,
        body: str = "",
        address: str = "",
        file_id: UUID | None = None,
    ) -> Material:
        """Put a page, a link or a file at the end of a unit.

        Raises:
            NotFound, Forbidden, Conflict
            Invalid: all that is wrong; a file that does not wait, or is not `me`'s.
        """
        me = signed_in(me)
        course = await self._course_of_unit(me, unit_id)
        form = words.Form()
        name = form.read("title", words.line, title, TITLE_LENGTH)
        text = form.read("body", words.prose, body, BODY_LENGTH)
        leads_to = form.read("address", words.web_address, address, ADDRESS_LENGTH) if kind == "LINK" else ""
        if (kind == MaterialKind.FILE) != (file_id is not None):
            form.wrong("fileId", "Choose a file." if file_id is None else "Only files take one along.")
        form.close()
        return await to_the_end(self._add(me, course, unit_id, kind, name or "", text or "", leads_to or "", file_id))

    async def change(
        self, me: Me | None, material_id: UUID, title: str | None, body: str | None, address: str | None
    ) -> Material:
        """Change a page, or what is said of a link or a file; what is None stays. It is new to everybody then.

        Raises:
            NotFound, Forbidden, Invalid, Conflict
        """
        me = signed_in(me)
        course, kind = await self._course_of_material(me, material_id)
        form = words.Form()
        name = None if title is None else form.read("title", words.line, title, TITLE_LENGTH)
        text = None if body is None else form.read("body", words.prose, body, BODY_LENGTH)
        leads_to = (
            form.read("address", words.web_address, address, ADDRESS_LENGTH)
            if address is not None and kind == MaterialKind.LINK
            else None
        )
        form.close()
        return await to_the_end(self._change(me, course, material_id, name, text, leads_to))

    async def move(self, me: Me | None, material_id: UUID, unit_id: UUID, place: int) -> list[Material]:
        """Put it at a place of a unit of the same course, counted from 1; return that unit's materials in their order.

        Raises:
            NotFound: also where the unit was removed meanwhile.
            Forbidden, Conflict
        """
        me = signed_in(me)
        course, _ = await self._course_of_material(me, material_id)
        return await to_the_end(self._move(course, material_id, unit_id, place))

    async def remove(self, me: Me | None, material_id: UUID) -> None:
        """Take it away.

        Raises:
            NotFound, Forbidden, Conflict
        """
        me = signed_in(me)
        course, _ = await self._course_of_material(me, material_id)
        await to_the_end(self._remove(me, course, material_id))

    # --

    async def _changed_by(self, me: Me, course_id: UUID) -> Course:
        return await self._courses.reach_to_change(me, course_id, policy.may_change_materials, STAFF_ONLY)

    async def _course_of_unit(self, me: Me, unit_id: UUID) -> Course:
        row = await self._database.row("SELECT course_id FROM units WHERE id = $1", unit_id)
        if row is None:
            raise NotFound(NO_UNIT)
        return await self._changed_by(me, row["course_id"])

    async def _course_of_material(self, me: Me, material_id: UUID) -> tuple[Course, MaterialKind]:
        row = await self._database.row(
            "SELECT course_id, kind FROM materials JOIN units ON units.id = unit_id WHERE materials.id = $1",
            material_id,
        )
        if row is None:
            raise NotFound(NO_MATERIAL)
        return await self._changed_by(me, row["course_id"]), MaterialKind(row["kind"])

    async def _add_unit(self, me: Me, course: Course, title: str) -> Unit:
        async with self._database.transaction() as transaction:
            await _lock(transaction, course)
            there = await transaction.one("SELECT count(*) AS n FROM units WHERE course_id = $1", course.id)
            if there["n"] >= MOST_UNITS:
                raise Conflict(f"A course has at most {MOST_UNITS} units.")
            row = await transaction.one(
                "INSERT INTO units (id, course_id, title, place, created) VALUES ($1, $2, $3, $4, now()) RETURNING *",
                new_id(),
                course.id,
                title,
                there["n"] + 1,
            )
            await record(transaction, me, "unit.added", Subject.of(course), title=title)
        return self._database.made(Unit, [row])[0]

    async def _rename_unit(self, me: Me, course: Course, unit_id: UUID, title: str) -> Unit:
        async with self._database.transaction() as transaction:
            row = await transaction.row("UPDATE units SET title = $2 WHERE id = $1 RETURNING *", unit_id, title)
            if row is None:
                raise NotFound(NO_UNIT)
            await record(transaction, me, "unit.changed", Subject.of(course), title=title)
        return self._database.made(Unit, [row])[0]

    async def _move_unit(self, course: Course, unit_id: UUID, place: int) -> list[Unit]:
        async with self._database.transaction() as transaction:
            await _lock(transaction, course)
            rows = await transaction.rows("SELECT id FROM units WHERE course_id = $1 ORDER BY place, id", course.id)
            await _number(transaction, "units", _with(rows, unit_id, place, NO_UNIT))
            moved = await transaction.rows("SELECT * FROM units WHERE course_id = $1 ORDER BY place", course.id)
        return self._database.made(Unit, moved)

    async def _remove_unit(self, me: Me, course: Course, unit_id: UUID) -> None:
        async with self._database.transaction() as transaction:
            await _lock(transaction, course)
            row = await transaction.row("DELETE FROM units WHERE id = $1 RETURNING title", unit_id)
            if row is None:
                return
            rest = await transaction.rows("SELECT id FROM units WHERE course_id = $1 ORDER BY place, id", course.id)
            await _number(transaction, "units", [one["id"] for one in rest])
            await record(transaction, me, "unit.removed", Subject.of(course), title=row["title"])

    async def _add(
        self,
        me: Me,
        course: Course,
        unit_id: UUID,
        kind: MaterialKind,
        title: str,
        body: str,
        address: str,
        file_id: UUID | None,
    ) -> Material:
        async with self._database.transaction() as transaction:
            await _lock(transaction, course)
            if await transaction.row("SELECT FROM units WHERE id = $1", unit_id) is None:
                raise NotFound(NO_UNIT)
            if file_id is not None and await transaction.row(WAITS, file_id, me.id) is None:
                raise Invalid("fileId", NOT_YOURS)
            there = await transaction.one(IN_COURSE, unit_id, course.id)
            if there["in_course"] >= MOST_MATERIALS:
                raise Conflict(f"A course has at most {MOST_MATERIALS} materials.")
            row = await transaction.one(
                """
                INSERT INTO materials (id, unit_id, kind, title, body, address, file_id, place, author_id, created,
                                       updated)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now(), now()) RETURNING *
                """,
                new_id(),
                unit_id,
                kind.value,
                title,
                body,
                address,
                file_id,
                there["in_unit"] + 1,
                me.id,
            )
            await record(transaction, me, "material.added", Subject.of(course), title=title, kind=kind.value)
        return self._database.made(Material, [row])[0]

    async def _change(
        self, me: Me, course: Course, material_id: UUID, title: str | None, body: str | None, address: str | None
    ) -> Material:
        async with self._database.transaction() as transaction:
            row = await transaction.row(
                """
                UPDATE materials SET title = coalesce($2, title), body = coalesce($3, body),
                                     address = coalesce($4, address), updated = now()
                WHERE id = $1 RETURNING *
                """,
                material_id,
                title,
                body,
                address,
            )
            if row is None:
                raise NotFound(NO_MATERIAL)
            await record(transaction, me, "material.changed", Subject.of(course), title=row["title"])
        return self._database.made(Material, [row])[0]

    async def _move(self, course: Course, material_id: UUID, unit_id: UUID, place: int) -> list[Material]:
        async with self._database.transaction() as transaction:
            await _lock(transaction, course)
            if await transaction.row("SELECT FROM units WHERE id = $1 AND course_id = $2", unit_id, course.id) is None:
                raise NotFound(NO_UNIT)
            row = await transaction.row("SELECT unit_id FROM materials WHERE id = $1", material_id)
            if row is None:
                raise NotFound(NO_MATERIAL)
            if (left := row["unit_id"]) != unit_id:
                await transaction.execute("UPDATE materials SET unit_id = $2 WHERE id = $1", material_id, unit_id)
                await _number(transaction, "materials", [one["id"] for one in await transaction.rows(IN_UNIT, left)])
            rows = await transaction.rows(IN_UNIT, unit_id)
            await _number(transaction, "materials", _with(rows, material_id, place, NO_MATERIAL))
            moved = await transaction.rows("SELECT * FROM materials WHERE unit_id = $1 ORDER BY place", unit_id)
        return self._database.made(Material, moved)

    async def _remove(self, me: Me, course: Course, material_id: UUID) -> None:
        async with self._database.transaction() as transaction:
            await _lock(transaction, course)
            row = await transaction.row("DELETE FROM materials WHERE id = $1 RETURNING unit_id, title", material_id)
            if row is None:
                return
            rest = await transaction.rows(IN_UNIT, row["unit_id"])
            await _number(transaction, "materials", [one["id"] for one in rest])
            await record(transaction, me, "material.removed", Subject.of(course), title=row["title"])


IN_UNIT = "SELECT id FROM materials WHERE unit_id = $1 ORDER BY place, id"
IN_COURSE = """
    SELECT count(*) AS in_course, count(*) FILTER (WHERE unit_id = $1) AS in_unit
    FROM materials JOIN units ON units.id = unit_id WHERE course_id = $2
"""
WAITS = f"""
    SELECT FROM files WHERE id = $1 AND uploader_id = $2 AND {WAITING} FOR UPDATE
"""


async def _lock(transaction: Transaction, course: Course) -> None:
    """Let one change of a course's materials wait for another."""
    await transaction.execute("SELECT FROM courses WHERE id = $1 FOR UPDATE", course.id)


def _with(rows: Iterable[Row], moved: UUID, place: int, gone: str) -> list[UUID]:
    """Return the ids of rows with one of them put at a place, counted from 1; too far is the end."""
    ids = [row["id"] for row in rows]
    if moved not in ids:
        raise NotFound(gone)
    ids.remove(moved)
    ids.insert(max(place, 1) - 1, moved)
    return ids


async def _number(transaction: Transaction, table: str, ids: list[UUID]) -> None:
    await transaction.execute(
        f"""
        UPDATE {table} SET place = wanted.place
        FROM unnest($1::uuid[]) WITH ORDINALITY AS wanted (id, place) WHERE {table}.id = wanted.id
        """,  # noqa: S608 (our own name)
        ids,
    )
