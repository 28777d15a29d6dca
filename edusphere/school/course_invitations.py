"""Invitations into a course, by e-mail: sent, sent again and taken back by staff.

`invitation_replies.py` is how they are answered.

Nothing here tells whether there is an account with an address. The link goes to the address alone, and never to who
invites: it proves whose address it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from edusphere.database import Asking, Database, Row
from edusphere.errors import Conflict, Invalid, NotFound, TooMany
from edusphere.realtime import Realtime
from edusphere.school import letters, policy, words
from edusphere.school.admissions import tell_of_admissions
from edusphere.school.audit import Subject, record
from edusphere.school.courses import OVER, Courses
from edusphere.school.enrolments import NOT_YOURS_TO_GIVE, check_section, lock_open
from edusphere.school.invitations import MOST_DAYS, USUAL_DAYS
from edusphere.school.keys import digest
from edusphere.school.letters import Language
from edusphere.school.links import Link, Links
from edusphere.school.mails import Mails
from edusphere.school.me import Me, signed_in
from edusphere.school.models import Course, CourseRole, CourseState, Invitation
from edusphere.school.pace import Limit, Pace, SharedPace
from edusphere.school.settings import SchoolSettings
from edusphere.school.telling import to_the_end
from edusphere.settings import HOURS, Settings

AT_ONCE = 50
"""Addresses of one request; more people come by a roster."""
TYPED_LENGTH = AT_ONCE * (words.EMAIL_LENGTH + 100)
LISTED = 200
OFTEN = "This address was sent many invitations in the last hour. Please wait a little."
GONE = "This invitation was answered already, or taken back."
BETWEEN = re.compile("[,;]")
NAMED = re.compile(r".*<([^<>]*)>\s*")
"""An address as mail programs copy it: Ada Lovelace <ada@school.example>."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What was wrong with an address, and where it stands."""

    line: int
    """From 1."""
    address: str
    why: str


class Invites(NamedTuple):
    """What came of a list of addresses: all are invited, or nobody is and the problems say why."""

    invitations: Sequence[Invitation]
    problems: Sequence[Problem]


class CourseInvitations:
    def __init__(
        self,
        database: Database,
        realtime: Realtime,
        settings: Settings,
        school_settings: SchoolSettings,
        links: Links,
        mails: Mails,
        courses: Courses,
    ) -> None:
        self._database = database
        self._realtime = realtime
        self._realtime = realtime
        self._school_settings = school_settings
        self._links = links
        self._mails = mails
        self._courses = courses
        on = settings.limits == "on"
        self._pace = Pace(
            Limit(settings.invitations_per_hour, 1 * HOURS),
            sentence="You have invited many people in the last hour. Please wait a little, or import a roster.",
            on=on,
        )
        self._per_recipient = SharedPace(
            realtime, "invitations to one", Limit(settings.mails_per_recipient, 1 * HOURS), sentence=OFTEN, on=on
        )

    async def listed(self, me: Me | None, course_id: UUID) -> list[Invitation]:
        """Return the invitations of a course that wait, have expired or were declined, newest first.

        Raises:
            NotFound, Forbidden
        """
        me = signed_in(me)
        _, mine = await self._courses.reach(me, course_id)
        policy.require(policy.may_enrol(me, mine, CourseRole.STUDENT), NOT_YOURS_TO_GIVE)
        return await self._database.models(
            Invitation,
            "SELECT * FROM invitations WHERE course_id = $1 AND used IS NULL ORDER BY created DESC, id DESC LIMIT $2",
            course_id,
            LISTED,
        )

    async def invite(
        self,
        me: Me | None,
        course_id: UUID,
        addresses: str,
        role: CourseRole = CourseRole.STUDENT,
        section_id: UUID | None = None,
        days: int = USUAL_DAYS,
        language: Language = "en",
    ) -> Invites:
        """Invite everybody whose address was typed, on lines or with commas between; each in place of an earlier time.

        Raises:
            NotFound
            Forbidden: not `me`'s role to give.
            Invalid: no address, too many, days that cannot be, another course's section.
            Conflict: the course is over.
            TooMany
        """
        me = signed_in(me)
        course, mine = await self._courses.reach(me, course_id)
        policy.require(policy.may_enrol(me, mine, role), NOT_YOURS_TO_GIVE)
        if course.state == CourseState.ARCHIVED:
            raise Conflict(OVER)
        if not 1 <= days <= MOST_DAYS:
            raise Invalid("days", f"An invitation is good for 1 to {MOST_DAYS} days.")
        await check_section(self._database, course_id, section_id)
        emails, problems = self._read(addresses)
        if problems:
            return Invites((), problems)
        if not 1 <= len(emails) <= AT_ONCE:
            raise Invalid("addresses", f"Write 1 to {AT_ONCE} e-mail addresses.")
        self._take(me, emails)
        return Invites(await to_the_end(self._invite(me, course, emails, role, section_id, days, language)), ())

    async def cancel(self, me: Me | None, invitation_id: UUID) -> None:
        """Take an invitation back: its link leads nowhere.

        Raises:
            NotFound: no invitation into a course of `me`'s.
            Forbidden
            Conflict: it was accepted meanwhile.
        """
        me = signed_in(me)
        course, _ = await self._reach(me, invitation_id)
        await to_the_end(self._cancel(me, course, invitation_id))

    async def resend(self, me: Me | None, invitation_id: UUID, language: Language = "en") -> Invitation:
        """Send an invitation anew, for as many days as before, also one that was declined; the earlier link ends.

        Raises:
            NotFound, Forbidden
            Conflict: it was accepted meanwhile, or the course is over.
            TooMany
        """
        me = signed_in(me)
        course, was = await self._reach(me, invitation_id)
        if was.used is not None:
            raise Conflict(GONE)
        self._per_recipient.look(digest(was.email))
        self._take(me, [was.email])
        return await to_the_end(self._resend(me, course, was, language))

    # --

    def _read(self, addresses: str) -> tuple[list[str], list[Problem]]:
        """Return the addresses that were typed, each once, and what is wrong with them."""
        if len(addresses) > TYPED_LENGTH:
            raise Invalid("addresses", f"Write 1 to {AT_ONCE} e-mail addresses.")
        emails: dict[str, None] = {}
        problems = []
        for number, line in enumerate(addresses.splitlines(), start=1):
            for part in filter(None, map(str.strip, BETWEEN.split(line))):
                named = NAMED.fullmatch(part)
                try:
                    email = words.email(named[1] if named else part)
                    self._per_recipient.look(digest(email))
                    emails[email] = None
                except words.Wrong as wrong:
                    problems.append(Problem(number, part[: words.EMAIL_LENGTH], " ".join(wrong.args)))
                except TooMany:
                    problems.append(Problem(number, part, OFTEN))
        return list(emails), problems[:AT_ONCE]

    def _take(self, me: Me, emails: Sequence[str]) -> None:
        """Count invitations: all or none.

        Raises:
            TooMany
        """
        for counted in range(len(emails)):
            try:
                self._pace.take(me.id)
            except TooMany:
                for _ in range(counted):
                    self._pace.give_back(me.id)
                raise
        for email in emails:
            self._per_recipient.note(digest(email))

    async def _reach(self, me: Me, invitation_id: UUID) -> tuple[Course, Invitation]:
        found = await self._database.models(
            Invitation, "SELECT * FROM invitations WHERE id = $1 AND course_id IS NOT NULL", invitation_id
        )
        if not found or found[0].course_id is None or found[0].course_role is None:
            raise NotFound
        course, mine = await self._courses.reach(me, found[0].course_id)
        policy.require(policy.may_enrol(me, mine, found[0].course_role), NOT_YOURS_TO_GIVE)
        return course, found[0]

    async def _invite(
        self,
        me: Me,
        course: Course,
        emails: Sequence[str],
        role: CourseRole,
        section_id: UUID | None,
        days: int,
        language: Language,
    ) -> list[Invitation]:
        school = (await self._school_settings.read()).name
        letter = letters.course_invitation(language, school, me.name, course.title, days)
        rows = []
        async with self._database.transaction() as transaction:
            await lock_open(transaction, course.id)
            for email in emails:
                link = self._links.make("invite")
                await transaction.execute(
                    "DELETE FROM invitations WHERE course_id = $1 AND email = $2 AND used IS NULL", course.id, email
                )
                lifetime = timedelta(days=days)
                rows.append(await write(transaction, link, me, course.id, email, role, section_id, lifetime))
                await self._mails.write(transaction, email, letter, link)
            await record(
                transaction, me, "course.invited", Subject.of(course), emails=emails, role=role.value, days=days
            )
        self._mails.wake()
        await tell_of_admissions(self._database, self._realtime, course.id, emails)
        return self._database.made(Invitation, reversed(rows))

    async def _cancel(self, me: Me, course: Course, invitation_id: UUID) -> None:
        async with self._database.transaction() as transaction:
            gone = "DELETE FROM invitations WHERE id = $1 AND used IS NULL RETURNING email"
            row = await transaction.row(gone, invitation_id)
            if row is None:
                raise Conflict(GONE)
            await record(transaction, me, "invitation.cancelled", Subject.of(course), email=row["email"])
        await tell_of_admissions(self._database, self._realtime, course.id, [row["email"]])

    async def _resend(self, me: Me, course: Course, was: Invitation, language: Language) -> Invitation:
        school = (await self._school_settings.read()).name
        lifetime = was.expires - was.created
        letter = letters.course_invitation(language, school, me.name, course.title, max(1, round(lifetime.days)))
        link = self._links.make("invite")
        async with self._database.transaction() as transaction:
            await lock_open(transaction, course.id)
            gone = "DELETE FROM invitations WHERE id = $1 AND used IS NULL RETURNING id"
            if was.course_role is None or await transaction.row(gone, was.id) is None:
                raise Conflict(GONE)
            row = await write(transaction, link, me, course.id, was.email, was.course_role, was.section_id, lifetime)
            await self._mails.write(transaction, was.email, letter, link)
            await record(transaction, me, "invitation.resent", Subject.of(course), email=was.email)
        self._mails.wake()
        await tell_of_admissions(self._database, self._realtime, course.id, [was.email])
        return self._database.made(Invitation, [row])[0]


async def write(
    asking: Asking,
    link: Link,
    me: Me,
    course_id: UUID,
    email: str,
    role: CourseRole,
    section_id: UUID | None,
    lifetime: timedelta,
) -> Row:
    """Write the row of an invitation."""
    return await asking.one(
        """
        INSERT INTO invitations (id, email, role, course_id, course_role, section_id, invited_by_id, digest, created,
                                 expires)
        VALUES ($1, $2, 'STUDENT', $3, $4, $5, $6, $7, now(), now() + $8::interval) RETURNING *
        """,
        link.id,
        email,
        course_id,
        role.value,
        section_id,
        me.id,
        link.digest,
        lifetime,
    )
