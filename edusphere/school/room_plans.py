"""The rooms that a course is given: those it begins with, and those that are added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from edusphere.database import Database, Transaction
from edusphere.school import words
from edusphere.school.models import Course, Posting, Room
from edusphere.school.models.ids import new_id
from edusphere.school.topics import topic_named


@dataclass(frozen=True, slots=True)
class RoomPlan:
    """A room of a course to be."""

    name: str
    description: str = ""
    posting: Posting = Posting.EVERYONE
    section_id: UUID | None = None


FIRST_ROOMS = (
    RoomPlan("General", "For everyone in the course."),
    RoomPlan("Announcements", "News from those who teach the course.", Posting.STAFF),
)


async def add_rooms(
    database: Database, transaction: Transaction, course: Course, plans: Sequence[RoomPlan]
) -> list[Room]:
    """Give a course rooms; who is in them is the caller's to settle.

    Raises:
        Taken: another of its rooms has that name.
    """
    topic_id = await topic_named(transaction, course.title)
    rows = [
        await transaction.one(
            """
            INSERT INTO rooms (id, kind, course_id, section_id, posting, host_id, slug, name, topic_id, description,
                               last_number, last_activity, created, updated)
            VALUES ($1, 'COURSE', $2, $3, $4, $5, $6, $7, $8, $9, 0, now(), now(), now()) RETURNING *
            """,
            new_id(),
            course.id,
            plan.section_id,
            plan.posting.value,
            course.owner_id,
            f"{course.slug}-{words.slug(plan.name) or new_id().hex[-6:]}"[:200],
            plan.name,
            topic_id,
            plan.description,
        )
        for plan in plans
    ]
    return database.made(Room, rows)
