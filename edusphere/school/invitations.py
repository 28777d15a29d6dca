"""Invitations into the school: a one-time link that makes an account of some role.

Those into a course are `course_invitations.py`; their links are found and used up here as well.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from edusphere.database import Database, Transaction
from edusphere.errors import Invalid
from edusphere.school import letters, policy, words
from edusphere.school.audit import Subject, record
from edusphere.school.letters import Language
from edusphere.school.links import Links
from edusphere.school.mails import Mails
from edusphere.school.me import Me, in_person
from edusphere.school.models import Invitation, Role
from edusphere.school.settings import RegistrationMode, SchoolSettings
from edusphere.settings import DAYS

USUAL_DAYS, MOST_DAYS = 14, 90


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that was made, and its link, which is shown this once."""

    email: str
    role: Role
    expires: datetime
    link: str = field(repr=False)


class Invitations:
    def __init__(self, database: Database, school_settings: SchoolSettings, links: Links, mails: Mails) -> None:
        self._database = database
        self._school_settings = school_settings
        self._links = links
        self._mails = mails

    async def invite(
        self, me: Me | None, email: str, role: Role, days: int = USUAL_DAYS, language: Language = "en"
    ) -> Invited:
        """Invite somebody, and mail them the link where mails are sent. An earlier invitation of theirs is replaced.

        No program does it: the link opens an account, an administrator's too, and stays when the program's token ends.

        Raises:
            NotSignedIn, Forbidden
            Invalid: no address, one that has an account, a number of days that cannot be.
        """
        policy.require(policy.may_invite(in_person(me)), "Only administrators invite people into the school.")
        return await self.make(email, role, days, language, me)

    async def make(
        self, email: str, role: Role, days: int = USUAL_DAYS, language: Language = "en", me: Me | None = None
    ) -> Invited:
        """Invite, as whoever sits at the command line.

        Raises:
            Forbidden: only administrators make accounts in this school.
            Invalid: as `invite`.
        """
        address = words.check("email", words.email, email)
        if not 1 <= days <= MOST_DAYS:
            raise Invalid("days", f"An invitation is good for 1 to {MOST_DAYS} days.")
        decisions = await self._school_settings.read()
        policy.require(
            decisions.registration != RegistrationMode.CLOSED,
            "In this school administrators make the accounts themselves: nobody can be invited.",
        )
        if await self._database.row("SELECT FROM people WHERE email = $1", address) is not None:
            raise Invalid("email", "There is an account with this e-mail address already.")
        link = self._links.make("invite")
        async with self._database.transaction() as transaction:
            await transaction.execute(
                "DELETE FROM invitations WHERE email = $1 AND course_id IS NULL AND used IS NULL", address
            )
            row = await transaction.one(
                """
                INSERT INTO invitations (id, email, role, invited_by_id, digest, created, expires)
                VALUES ($1, $2, $3, $4, $5, now(), now() + $6::interval) RETURNING expires
                """,
                link.id,
                address,
                role.value,
                me and me.id,
                link.digest,
                timedelta(seconds=days * DAYS),
            )
            await record(transaction, me, "invitation.made", Subject("invitation", link.id, address), role=role.value)
            if self._mails.are_sent:
                await self._mails.write(transaction, address, letters.invitation(language, decisions.name, days), link)
        self._mails.wake()
        return Invited(address, role, row["expires"], link.address)

    async def find(self, token: str, address: str) -> Invitation | None:
        """Return the invitation of a link that is still good. `address` is where it is tried from.

        Raises:
            TooMany: too many that were no good came from there.
        """
        row = await self._links.find(
            self._database,
            """
            SELECT * FROM invitations
            WHERE digest = $1 AND used IS NULL AND declined IS NULL AND expires > now()
            """,
            token,
            address,
        )
        return None if row is None else self._database.made(Invitation, [row])[0]

    async def use(self, transaction: Transaction, invitation: Invitation) -> None:
        """Use it up, with the account that comes of it.

        Raises:
            Invalid: somebody did in the same moment.
        """
        used = "UPDATE invitations SET used = now() WHERE id = $1 AND used IS NULL AND expires > now() RETURNING id"
        if await transaction.row(used, invitation.id) is None:
            raise Invalid("invitation", "This invitation was just used. Please sign in, or ask for a new one.")
