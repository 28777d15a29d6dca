"""Who waits before a course, asking to come in or invited: told to those who let people in."""

from __future__ import annotations

from uuid import UUID

from edusphere.contract.events import AdmissionsChanged
from edusphere.database import Asking
from edusphere.realtime import Realtime, topics


async def tell_of_admissions(asking: Asking, realtime: Realtime, course_id: UUID) -> None:
    """Let those who teach or assist in a course look again at who waits; call it after COMMIT."""
    staff = "SELECT person_id FROM enrolments WHERE course_id = $1 AND role IN ('INSTRUCTOR', 'ASSISTANT')"
    for row in await asking.rows(staff, course_id):
        await realtime.announce(topics.person(row["person_id"]), AdmissionsChanged(course_id=course_id))
