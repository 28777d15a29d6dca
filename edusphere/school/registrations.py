"""How people get an account by themselves: openly, with an invitation, by proving their address where that is asked.

Where addresses are proven, a registration waits without a row among the people: it holds neither a username nor an
address, so nobody can take another's; and what is answered does not tell whether there is an account with the address.
"""

from __future__ import annotations

from datetime import timedelta

from edusphere.database import Database, Taken
from edusphere.errors import Invalid, NotFound, TooMany
from edusphere.realtime import Realtime
from edusphere.school import letters, policy, words
from edusphere.school.admissions import tell_of_admissions
from edusphere.school.invitation_replies import let_in
from edusphere.school.invitations import Invitations
from edusphere.school.letters import Language
from edusphere.school.links import Links
from edusphere.school.mails import Mails
from edusphere.school.models import Invitation, Person, Role
from edusphere.school.pace import AddressPace, Limit
from edusphere.school.passwords import Passwords
from edusphere.school.registration import NewPerson, Registration, read, who_took
from edusphere.school.settings import SchoolSettings
from edusphere.school.telling import afterwards
from edusphere.settings import HOURS, Settings

NOT_TAKEN_HERE = "This school does not take registrations here. Please ask its administrator for an account."
LINK_IS_OLD = "This link is no longer good. Please register again."
FORMS = 10
"""With mistakes, for each account that an address may make."""


class Registrations:
    def __init__(
        self,
        database: Database,
        realtime: Realtime,
        settings: Settings,
        school_settings: SchoolSettings,
        passwords: Passwords,
        links: Links,
        mails: Mails,
        invitations: Invitations,
    ) -> None:
        self._database = database
        self._realtime = realtime
        self._school_settings = school_settings
        self._passwords = passwords
        self._links = links
        self._mails = mails
        self._invitations = invitations
        self._lifetime = timedelta(seconds=settings.verification_lifetime)
        sentence = "Many accounts were made from here in the last hour. Please try again later."
        on, most = settings.limits == "on", settings.registrations_per_address
        self._accounts = AddressPace(realtime, "accounts", Limit(most, 1 * HOURS), sentence=sentence, on=on)
        self._forms = AddressPace(
            realtime, "forms for accounts", Limit(FORMS * most, 1 * HOURS), sentence=sentence, on=on
        )

    async def register(
        self, registration: Registration, invitation: str | None = None, language: Language = "en"
    ) -> Person | None:
        """Make an account, which is not signed in: a STUDENT's, or of the role that the invitation says.

        Returns None where the address has to be proven first: by the link in a mail, for `confirm`.

        Raises:
            Forbidden: the school does not let people register by themselves.
            Invalid: all that is wrong with the form, or the invitation is no longer good.
            TooMany: too many from this address.
        """
        decisions = await self._school_settings.read()
        policy.require(policy.may_register(decisions.registration, invited=invitation is not None), NOT_TAKEN_HERE)
        # Counted before the password is judged and hashed, which is what costs.
        self._accounts.take(registration.address)
        try:
            self._forms.take(registration.address)
            invited = await self._invited(registration, invitation)
            # Whoever has the link that was sent to an address needs no other.
            proves = decisions.verify_email and invited is None
            new = await read(registration, decisions.name, self._database, self._passwords, tell_of_email=not proves)
            if proves:
                self._mails.may_be_asked_for(new.email, registration.address)
                afterwards(self._wait_for_proof(new, decisions.name, language))
                return None
            return await self._make(new, invited)
        except (Invalid, TooMany):
            self._accounts.give_back(registration.address)
            raise

    async def confirm(self, token: str, address: str, username: str | None = None) -> Person:
        """Make the account whose link came by mail. `username` is another one, where the first was taken meanwhile.

        Raises:
            Forbidden: the school no longer lets people register.
            Invalid: on `token`, the link is no longer good; on `username`, it is taken, and the link stays good.
        """
        decisions = await self._school_settings.read()
        row = await self._links.find(
            self._database,
            "SELECT * FROM pending_registrations WHERE digest = $1 AND expires > now()",
            token,
            address,
        )
        if row is None:
            raise Invalid("token", LINK_IS_OLD)
        policy.require(policy.may_register(decisions.registration), NOT_TAKEN_HERE)
        chosen = row["username"] if username is None else words.check("username", words.username, username)
        try:
            async with self._database.transaction() as transaction:
                if await transaction.row("DELETE FROM pending_registrations WHERE id = $1 RETURNING id", row["id"]):
                    new = NewPerson(chosen, row["name"], row["email"], row["password"])
                    person_id = await new.write(transaction, Role.STUDENT)
                    await transaction.execute("DELETE FROM pending_registrations WHERE email = $1", new.email)
                else:
                    raise Invalid("token", LINK_IS_OLD)
        except Taken as taken:
            raise who_took(taken) from None
        return await self._database.query(Person).get(id=person_id)

    async def _invited(self, registration: Registration, token: str | None) -> Invitation | None:
        if token is None:
            return None
        invitation = await self._invitations.find(token, registration.address)
        if invitation is None:
            raise Invalid("invitation", "This invitation is no longer good. Please ask for a new one.")
        if registration.email.strip().lower() != invitation.email:
            raise Invalid("email", f"This invitation is for {invitation.email}.")
        return invitation

    async def _make(self, new: NewPerson, invitation: Invitation | None) -> Person:
        settled = None
        try:
            async with self._database.transaction() as transaction:
                role = invitation.role if invitation else Role.STUDENT
                person_id = await new.write(transaction, role, proven=invitation is not None)
                if invitation is not None and invitation.course_id is not None:
                    settled = await let_in(transaction, invitation, person_id)
                elif invitation is not None:
                    await self._invitations.use(transaction, invitation)
        except Taken as taken:
            raise who_took(taken) from None
        except NotFound as not_found:
            raise Invalid("invitation", not_found.message) from None
        if settled is not None:
            await settled.tell(self._realtime)
            await tell_of_admissions(self._database, self._realtime, settled.course_id)
        return await self._database.query(Person).get(id=person_id)

    async def _wait_for_proof(self, new: NewPerson, school: str, language: Language) -> None:
        """Send the link; or tell the owner of the address, where it has one."""
        async with self._mails.at_leisure, self._database.transaction() as transaction:
            owner = await transaction.row("SELECT name, username FROM people WHERE email = $1", new.email)
            if owner is not None:
                letter = letters.already_here(language, school, owner["name"], owner["username"])
                await self._mails.write(transaction, new.email, letter)
            else:
                link = self._links.make("verify")
                await transaction.execute("DELETE FROM pending_registrations WHERE expires < now()")
                await transaction.execute(
                    """
                    INSERT INTO pending_registrations (id, username, name, email, password, digest, created, expires)
                    VALUES ($1, $2, $3, $4, $5, $6, now(), now() + $7::interval)
                    """,
                    link.id,
                    new.username,
                    new.name,
                    new.email,
                    new.password,
                    link.digest,
                    self._lifetime,
                )
                hours = round(self._lifetime.total_seconds() / HOURS)
                letter = letters.confirm_address(language, school, new.name, hours)
                await self._mails.write(transaction, new.email, letter, link)
        self._mails.wake()
