"""A course once more: its rooms, sections, materials and those who teach it, without its pupils and their words."""

from __future__ import annotations

from uuid import UUID

from edusphere.database import Row, Transaction
from edusphere.school import words
from edusphere.school.models import CourseRole
from edusphere.school.models.ids import new_id
from edusphere.school.standing import ENROL
from edusphere.school.topics import topic_named

COPY = """
    INSERT INTO courses (id, slug, code, title, description, colour, term_id, owner_id, state, copied_from_id, created,
                         updated)
    SELECT $2, $3, code, title, description, colour, $4, $5, 'DRAFT', id, now(), now() FROM courses WHERE id = $1
    RETURNING *
"""
SECTIONS = """
    INSERT INTO sections (id, course_id, name, key)
    SELECT gen_random_uuid(), $2, name, key FROM sections WHERE course_id = $1
"""
TEACHERS = """
    INSERT INTO enrolments (id, course_id, person_id, role, by_child, joined)
    SELECT gen_random_uuid(), $2, person_id, enrolments.role, false, now()
    FROM enrolments JOIN people ON people.id = person_id AND people.disabled IS NULL
    WHERE course_id = $1 AND enrolments.role IN ('INSTRUCTOR', 'ASSISTANT') ON CONFLICT DO NOTHING
"""
# $3 is the owner, $4 the start of the new slugs, $5 the topic.
ROOMS = """
    INSERT INTO rooms (id, kind, course_id, section_id, posting, host_id, slug, name, topic_id, description,
                       last_number, last_activity, created, updated)
    SELECT gen_random_uuid(), 'COURSE', $2, (
               SELECT copies.id
               FROM sections JOIN sections copies ON copies.course_id = $2 AND copies.key = sections.key
               WHERE sections.id = rooms.section_id
           ), posting, $3, $4 || substr(rooms.slug, length(courses.slug) + 1), name, $5, rooms.description, 0, now(),
           now(), now()
    FROM rooms JOIN courses ON courses.id = course_id WHERE course_id = $1 AND rooms.deleted IS NULL
"""
MATERIALS = """
    WITH copies AS (
        SELECT id AS unit_id, gen_random_uuid() AS copy_id, title, place FROM units WHERE course_id = $1
    ), made AS (
        INSERT INTO units (id, course_id, title, place, created) SELECT copy_id, $2, title, place, now() FROM copies
    )
    INSERT INTO materials (id, unit_id, kind, title, body, address, file_id, place, author_id, created, updated)
    SELECT gen_random_uuid(), copy_id, kind, materials.title, body, address, file_id, materials.place, author_id, now(),
           now()
    FROM materials JOIN copies USING (unit_id)
"""


async def copy_course(
    transaction: Transaction, course_id: UUID, *, owner_id: UUID, term_id: UUID | None, marked: str = ""
) -> Row:
    """Copy a course as a draft of `owner_id`'s and return its row; `marked` ends its address, a term's name say.

    The owner teaches it, and so do those who taught the original. Memberships are the caller's to settle.
    """
    original = await transaction.one("SELECT slug, title FROM courses WHERE id = $1", course_id)
    copy_id = new_id()
    slug = "-".join(part for part in (original["slug"][:60], words.slug(marked)[:40]) if part)
    if not marked or await transaction.row("SELECT FROM courses WHERE slug = $1", slug) is not None:
        slug = f"{slug}-{copy_id.hex[-6:]}"
    copy = await transaction.one(COPY, course_id, copy_id, slug, term_id, owner_id)
    await transaction.rows(ENROL, copy_id, [owner_id], CourseRole.INSTRUCTOR.value, None)
    await transaction.execute(TEACHERS, course_id, copy_id)
    await transaction.execute(SECTIONS, course_id, copy_id)
    topic_id = await topic_named(transaction, original["title"])
    await transaction.execute(ROOMS, course_id, copy_id, owner_id, slug, topic_id)
    await transaction.execute(MATERIALS, course_id, copy_id)
    return copy
