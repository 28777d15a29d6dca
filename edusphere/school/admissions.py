"""Who waits before a course, asking to come in or invited: told to those who let people in, and to the invited."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from edusphere.contract.events import AdmissionsChanged, InvitationsChanged
from edusphere.database import Asking
from edusphere.realtime import Realtime, topics

# Whoever may let people in and so sees who waits: administrators need not take part.
LET_IN = """
    SELECT person_id AS id FROM enrolments WHERE course_id = $1 AND role IN ('INSTRUCTOR', 'ASSISTANT')
    UNION SELECT id FROM people WHERE role = 'ADMIN' AND disabled IS NULL
"""


async def tell_of_admissions(
    asking: Asking, realtime: Realtime, course_id: UUID, invited: Collection[str] = ()
) -> None:
    """Let those who let people into a course look again at who waits; call it after COMMIT.

    `invited` are the addresses whose invitations changed: where they are somebody's here, these look again too.
    """
    for row in await asking.rows(LET_IN, course_id):
        await realtime.announce(topics.person(row["id"]), AdmissionsChanged(course_id=course_id))
    if invited:
        for row in await asking.rows("SELECT id FROM people WHERE email = ANY($1)", list(invited)):
            await realtime.announce(topics.person(row["id"]), InvitationsChanged())
