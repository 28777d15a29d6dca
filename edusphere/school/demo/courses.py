"""The demo school's courses, as `content/courses.toml` has them. Who is in which room follows from the enrolments, by
the statement that a real school has."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from edusphere.database import Database, Transaction
from edusphere.school import words
from edusphere.school.demo.script import CONTENT
from edusphere.school.models import ChangeKind, Course, CourseColour, CourseRole, CourseState, Role, Room
from edusphere.school.models.ids import new_id
from edusphere.school.room_plans import FIRST_ROOMS, add_rooms
from edusphere.school.standing import ENROL, settle

Script = Mapping[str, Any]


@cache
def read_courses() -> Script:
    return tomllib.loads((CONTENT / "courses.toml").read_text("utf-8"))


async def open_courses(database: Database, transaction: Transaction, now: datetime, password: str) -> None:
    """Open the courses in a school whose people are there; guardians come with their children's."""
    script = read_courses()
    people = await _people(transaction)
    terms = {}
    for term in script["terms"]:
        terms[term["name"]] = new_id()
        starts, ends = (now + timedelta(days=term[day]) for day in ("starts", "ends"))
        await transaction.execute(
            "INSERT INTO terms (id, name, key, starts, ends, archived) VALUES ($1, $2, $3, $4, $5, $6)",
            terms[term["name"]],
            term["name"],
            term["name"].casefold(),
            starts.date(),
            ends.date(),
            ends if ends < now else None,
        )
    for guardian in script["guardians"]:
        await _guard(transaction, guardian, people[guardian["child"]], password)
    for course in script["courses"]:
        await _open(database, transaction, course, people, terms.get(course.get("term", "")), now)


async def _people(transaction: Transaction) -> dict[str, UUID]:
    return {row["username"]: row["id"] for row in await transaction.rows("SELECT id, username FROM people")}


async def _guard(transaction: Transaction, guardian: Script, child_id: UUID, password: str) -> None:
    guardian_id = new_id()
    await transaction.execute(
        """
        INSERT INTO people (id, username, email, name, role, password, email_proven, bio, avatar, created)
        VALUES ($1, $2::text, $2::text || '@school.example.org', $3, $4, $5, true, '', '', now() - interval '60 days')
        """,
        guardian_id,
        guardian["username"],
        guardian["name"],
        Role.GUARDIAN.value,
        password,
    )
    await transaction.execute(
        "INSERT INTO guardianships (id, guardian_id, child_id, created) VALUES ($1, $2, $3, now())",
        new_id(),
        guardian_id,
        child_id,
    )


async def _open(
    database: Database,
    transaction: Transaction,
    script: Script,
    people: Mapping[str, UUID],
    term_id: UUID | None,
    now: datetime,
) -> None:
    state = CourseState(script.get("state", "ACTIVE"))
    teacher_id = people[script["teacher"]]
    opened = now - timedelta(days=70)
    row = await transaction.one(
        """
        INSERT INTO courses (id, slug, code, title, description, colour, term_id, owner_id, state, archived, created,
                             updated)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) RETURNING *
        """,
        new_id(),
        words.slug(script["code"]),
        script["code"],
        script["title"],
        script["description"],
        CourseColour(script["colour"]).value,
        term_id,
        teacher_id,
        state.value,
        opened if state == CourseState.ARCHIVED else None,
        opened,
    )
    (course,) = database.made(Course, [row])
    sections = [new_id() for _ in script.get("sections", ())]
    for section_id, name in zip(sections, script.get("sections", ()), strict=True):
        await transaction.execute(
            "INSERT INTO sections (id, course_id, name, key) VALUES ($1, $2, $3, $4)",
            section_id,
            course.id,
            name,
            name.casefold(),
        )
    await transaction.rows(ENROL, course.id, [teacher_id], CourseRole.INSTRUCTOR.value, None)
    assistants = [people[username] for username in script.get("assistants", ())]
    await transaction.rows(ENROL, course.id, assistants, CourseRole.ASSISTANT.value, None)
    pupils = await transaction.rows(
        "SELECT id FROM people WHERE split_part(bio, '.', 1) = ANY($1) ORDER BY username", script["classes"]
    )
    for turn in range(len(sections) or 1):
        some = [pupil["id"] for pupil in pupils[turn :: len(sections) or 1]]
        await transaction.rows(ENROL, course.id, some, CourseRole.STUDENT.value, sections[turn] if sections else None)
    await transaction.execute("UPDATE enrolments SET joined = $2 WHERE course_id = $1", course.id, opened)
    rooms = await add_rooms(database, transaction, course, FIRST_ROOMS)
    await transaction.execute("UPDATE rooms SET archived = $2 WHERE course_id = $1", course.id, course.archived)
    await settle(transaction, course.id, enrolled=[pupil["id"] for pupil in pupils], changed=None)
    await _write_materials(transaction, course, script, teacher_id, now)
    for room in rooms:
        await _say(transaction, room, script, people, now)


async def _write_materials(
    transaction: Transaction, course: Course, script: Script, author_id: UUID, now: datetime
) -> None:
    for place, unit in enumerate(script["units"], 1):
        unit_id = new_id()
        await transaction.execute(
            "INSERT INTO units (id, course_id, title, place, created) VALUES ($1, $2, $3, $4, $5)",
            unit_id,
            course.id,
            unit["title"],
            place,
            now,
        )
        for number, material in enumerate(unit["materials"], 1):
            written = now - timedelta(days=20 - 6 * place, hours=number)
            await transaction.execute(
                """
                INSERT INTO materials (id, unit_id, kind, title, body, address, place, author_id, created, updated)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
                """,
                new_id(),
                unit_id,
                material["kind"],
                material["title"],
                material["body"],
                material.get("address", ""),
                number,
                author_id,
                written,
            )


async def _say(transaction: Transaction, room: Room, script: Script, people: Mapping[str, UUID], now: datetime) -> None:
    """Let a room's people say what the script has for them, as it would be kept had they typed it."""
    said = [line for line in script["said"] if line[0] == room.name]
    for number, (_, who, ago, body) in enumerate(said, 1):
        author_id, at = people[who], now - timedelta(hours=ago)
        message_id = new_id()
        await transaction.execute(
            """
            INSERT INTO messages (id, room_id, author_id, number, client_id, body, edited, created, updated)
            VALUES ($1, $2, $3, $4, $5, $6, false, $7, $7)
            """,
            message_id,
            room.id,
            author_id,
            number,
            new_id(),
            body,
            at,
        )
        await transaction.execute(
            "INSERT INTO changes (room_id, number, kind, message_id, person_id, at) VALUES ($1, $2, $3, $4, $5, $6)",
            room.id,
            number,
            ChangeKind.POSTED.value,
            message_id,
            author_id,
            at,
        )
        await transaction.execute(
            "UPDATE rooms SET last_number = $2, last_activity = $3 WHERE id = $1", room.id, number, at
        )
        await transaction.execute(
            "UPDATE memberships SET read_number = $3 WHERE room_id = $1 AND person_id = $2", room.id, author_id, number
        )
