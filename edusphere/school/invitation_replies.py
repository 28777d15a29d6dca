"""Answering an invitation into a course: by the link in the mail, or where it waits in the app.

Whoever has an account accepts signed in as whom the invitation is for. Whoever has none makes a pupil's account by the
same link (`registrations.py`), and is in the course with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from edusphere.database import Database, Transaction
from edusphere.errors import Forbidden, NotFound
from edusphere.realtime import Realtime
from edusphere.school.admissions import tell_of_admissions
from edusphere.school.enrolments import lock_open
from edusphere.school.invitations import Invitations
from edusphere.school.links import Links
from edusphere.school.me import Me, signed_in
from edusphere.school.models import Course, Invitation
from edusphere.school.standing import ENROL, Settled, settle
from edusphere.school.telling import to_the_end

AT_ONCE = 20
NO_GOOD = "This invitation is no longer good: it has expired, was taken back, or was answered already."
NOT_YOURS = "This invitation is for another address. Please sign in with the account it is for."


@dataclass(frozen=True, slots=True)
class Offer:
    """Where an invitation leads."""

    course: Course
    enrolled: bool
    """Whether who asks takes part already."""
    theirs: bool
    """Whether who asks is whom it is for."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An invitation that waits for who asks."""

    invitation: Invitation
    course: Course
    link: str = field(repr=False)


class InvitationReplies:
    def __init__(
        self,
        database: Database,
        realtime: Realtime,
        links: Links,
        invitations: Invitations,
    ) -> None:
        self._database = database
        self._realtime = realtime
        self._links = links
        self._invitations = invitations

    async def offer(self, me: Me | None, invitation: Invitation) -> Offer | None:
        """Return where an invitation leads, to whoever has its link; None where it is into no course."""
        if invitation.course_id is None:
            return None
        row = await self._database.one(
            """
            SELECT courses.*, coalesce(people.email = $3, false) AS theirs, EXISTS (
                SELECT FROM enrolments WHERE course_id = courses.id AND person_id = $2 AND NOT by_child
            ) AS enrolled
            FROM courses LEFT JOIN people ON people.id = $2 WHERE courses.id = $1
            """,
            invitation.course_id,
            me and me.id,
            invitation.email,
        )
        (course,) = self._database.made(Course, [row])
        return Offer(course, row["enrolled"], row["theirs"])

    async def waiting(self, me: Me | None) -> list[Waiting]:
        """Return the invitations that wait for `me`, the newest first.

        Only if their address is known to be their own: with another's they would take what was meant for somebody else.
        For them the link in the mail counts, and proves it.

        Raises:
            NotSignedIn
        """
        me = signed_in(me)
        invitations = await self._database.models(Invitation, WAITING, me.id, AT_ONCE)
        of = "SELECT * FROM courses WHERE id = ANY($1)"
        courses = await self._database.models(Course, of, [invitation.course_id for invitation in invitations])
        by_id = {course.id: course for course in courses}
        waiting = []
        for invitation in invitations:
            course = by_id.get(invitation.course_id) if invitation.course_id else None
            link = self._links.written("invite", invitation.id, invitation.digest)
            if course is not None and link is not None:
                waiting.append(Waiting(invitation, course, link))
        return waiting

    async def accept(self, me: Me | None, token: str, address: str) -> Course:
        """Come into the course by the link of an invitation, as whom it is for. `address` is where it is tried from.

        Raises:
            NotSignedIn
            NotFound: it is no longer good.
            Forbidden: it is for somebody else.
            Conflict: the course is over.
            TooMany: too many that were no good came from there.
        """
        me = signed_in(me)
        invitation, course_id = await self._find(token, address)
        offer = await self.offer(me, invitation)
        if offer is None or not offer.theirs:
            raise Forbidden(NOT_YOURS)
        await to_the_end(self._accept(me, invitation, course_id))
        return offer.course

    async def decline(self, token: str, address: str) -> None:
        """Say no by the link of an invitation, with or without an account: whoever has it was sent it.

        Raises:
            NotFound: it is no longer good.
            TooMany: as `accept`.
        """
        invitation, course_id = await self._find(token, address)
        await to_the_end(self._decline(invitation, course_id))

    # --

    async def _find(self, token: str, address: str) -> tuple[Invitation, UUID]:
        invitation = await self._invitations.find(token, address)
        if invitation is None or invitation.course_id is None:
            raise NotFound(NO_GOOD)
        return invitation, invitation.course_id

    async def _accept(self, me: Me, invitation: Invitation, course_id: UUID) -> None:
        async with self._database.transaction() as transaction:
            settled = await let_in(transaction, invitation, me.id)
            await transaction.execute("UPDATE people SET email_proven = true WHERE id = $1", me.id)
        await settled.tell(self._realtime)
        await tell_of_admissions(self._database, self._realtime, course_id, [invitation.email])

    async def _decline(self, invitation: Invitation, course_id: UUID) -> None:
        await self._database.rows(
            "UPDATE invitations SET declined = now() WHERE id = $1 AND used IS NULL AND declined IS NULL", invitation.id
        )
        await tell_of_admissions(self._database, self._realtime, course_id, [invitation.email])


WAITING = """
    SELECT invitations.* FROM people JOIN invitations ON invitations.email = people.email
    JOIN courses ON courses.id = course_id AND courses.state <> 'ARCHIVED'
    WHERE people.id = $1 AND people.email_proven AND used IS NULL AND declined IS NULL AND expires > now()
    AND NOT EXISTS (
        SELECT FROM enrolments WHERE course_id = courses.id AND person_id = $1 AND NOT by_child
    )
    ORDER BY invitations.created DESC, invitations.id DESC LIMIT $2
"""


async def let_in(transaction: Transaction, invitation: Invitation, person_id: UUID) -> Settled:
    """Use up an invitation into a course and let somebody in; who takes part already stays what they are.

    Raises:
        NotFound: it was answered or taken back in the same moment.
        Conflict: the course is over.
    """
    if invitation.course_id is None or invitation.course_role is None:
        raise NotFound(NO_GOOD)
    await lock_open(transaction, invitation.course_id)
    used = """
        UPDATE invitations SET used = now()
        WHERE id = $1 AND used IS NULL AND declined IS NULL AND expires > now() RETURNING id
    """
    if await transaction.row(used, invitation.id) is None:
        raise NotFound(NO_GOOD)
    role = invitation.course_role.value
    new = await transaction.rows(ENROL, invitation.course_id, [person_id], role, invitation.section_id)
    return await settle(transaction, invitation.course_id, enrolled=[row["person_id"] for row in new])
