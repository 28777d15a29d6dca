"""Changing the password: by whoever knows it, by a link in a mail, by an administrator at the command line.

A new password ends the sign-ins that the old one made, on all their sockets at once. The tokens of programs go on:
they are their own secrets, listed and revoked one by one.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from edusphere.contract.close_codes import CloseCode
from edusphere.contract.events import SessionEnded
from edusphere.database import Asking, Database
from edusphere.errors import Invalid, TooMany, Unavailable
from edusphere.realtime import Realtime
from edusphere.school import letters, words
from edusphere.school.keys import digest
from edusphere.school.letters import Language
from edusphere.school.links import Link, Links
from edusphere.school.mails import Mails
from edusphere.school.me import Me, in_person
from edusphere.school.models import Person
from edusphere.school.pace import Limit, SharedPace
from edusphere.school.passwords import Passwords
from edusphere.school.people import People
from edusphere.school.registration import words_about
from edusphere.school.settings import SchoolSettings
from edusphere.school.telling import afterwards, to_the_end
from edusphere.settings import MINUTES, Settings

LINK_IS_OLD = "This link is no longer good. Please ask for a new one."
NOT_THE_SAME = "The two passwords are not the same."
GOOD_RESET = """
    SELECT password_resets.id, person_id FROM password_resets JOIN people ON people.id = person_id
    WHERE digest = $1 AND used IS NULL AND expires > now() AND people.disabled IS NULL
"""


class Credentials:
    def __init__(
        self,
        database: Database,
        realtime: Realtime,
        settings: Settings,
        school_settings: SchoolSettings,
        people: People,
        passwords: Passwords,
        links: Links,
        mails: Mails,
    ) -> None:
        self._database = database
        self._realtime = realtime
        self._school_settings = school_settings
        self._people = people
        self._passwords = passwords
        self._links = links
        self._mails = mails
        self._lifetime = timedelta(seconds=settings.reset_lifetime)
        self._guesses = SharedPace(
            realtime,
            "passwords",
            Limit(settings.sign_ins_per_account, 5 * MINUTES),
            sentence="The password was wrong too often. Please wait a little and try again.",
            on=settings.limits == "on",
        )

    async def prove(self, me: Me | None, argument: str, password: str) -> Person:
        """Return the row of who asks, who has just typed their password.

        Raises:
            NotSignedIn, Forbidden: nobody, or a program, asks.
            Invalid: on `argument`, it is another.
            TooMany: it was wrong too often.
        """
        me = in_person(me)
        self._guesses.take(me.id)
        try:
            person = await self._database.query(Person).get(id=me.id)
            right = await self._passwords.is_right(person.password, password)
        except (TooMany, Unavailable):
            self._guesses.give_back(me.id)
            raise
        if not right:
            raise Invalid(argument, "This is not your password.")
        self._guesses.give_back(me.id)
        return person

    async def change(
        self, me: Me | None, current: str, password1: str, password2: str, language: Language = "en"
    ) -> None:
        """Give oneself a new password. This session goes on; all others end.

        Raises:
            NotSignedIn, Forbidden, TooMany
            Invalid: the current one is wrong, or all that is wrong with the new one.
        """
        person = await self.prove(me, "current", current)
        kept = await self._read(person, password1, password2)
        session_id = in_person(me).session_id
        await to_the_end(self._write(person, kept, language, except_session=session_id, instead_of=person.password))

    async def set(self, who: str, password: str) -> None:
        """Give somebody a new password, at the command line; they are signed out everywhere.

        Raises:
            NotFound: there is nobody of this e-mail address or username.
            Invalid: the password is too easy.
        """
        person = await self._people.named(who)
        form = words.Form()
        await form.wait_for("password", self._passwords.check(password, await self._about(person)))
        form.close()
        await to_the_end(self._write(person, await self._passwords.keep(password)))

    def request_reset(self, email: str, address: str, language: Language = "en") -> None:
        """Mail a link for a new password to whoever has this e-mail address, if anybody has.

        Whether anybody has is found out afterwards: neither the answer nor its time tells.

        Raises:
            Invalid: this is no e-mail address.
            TooMany: too many for this e-mail address, or from `address`.
        """
        email = words.check("email", words.email, email)
        self._mails.may_be_asked_for(email, address)
        afterwards(self._mail_reset(email, language))

    async def reset_link(self, who: str) -> str:
        """Return a link for a new password, at the command line, to be handed to its person.

        Raises:
            NotFound: there is nobody of this e-mail address or username.
            Invalid: the account is disabled.
        """
        person = await self._people.named(who)
        if person.disabled is not None:
            raise Invalid("who", f"The account of {person.username} is disabled: enable it first.")
        return (await self._make_link(self._database, person.id)).address

    async def reset_is_good(self, token: str, address: str) -> bool:
        """Whether a link can still be used. `address` is where it is tried from.

        Raises:
            TooMany: too many that were no good came from there.
        """
        return await self._links.find(self._database, GOOD_RESET, token, address) is not None

    async def reset(self, token: str, password1: str, password2: str, address: str, language: Language = "en") -> None:
        """Give whoever has the link a new password, once. All their sessions end, and all their other links.

        Raises:
            Invalid: on `token`, it is no longer good; otherwise all that is wrong with the password.
            TooMany: too many that were no good came from `address`.
        """
        row = await self._links.find(self._database, GOOD_RESET, token, address)
        if row is None:
            raise Invalid("token", LINK_IS_OLD)
        person = await self._database.query(Person).get(id=row["person_id"])
        kept = await self._read(person, password1, password2)
        await to_the_end(self._write(person, kept, language, reset=digest(token)))

    # --

    async def _read(self, person: Person, password1: str, password2: str) -> str:
        """Return the hash of a new password that was typed twice."""
        form = words.Form()
        password = await form.wait_for("password1", self._passwords.check(password1, await self._about(person)))
        if password1 != password2:
            form.wrong("password2", NOT_THE_SAME)
        form.close()
        return await self._passwords.keep(password or "")

    async def _about(self, person: Person) -> tuple[str, ...]:
        decisions = await self._school_settings.read()
        return words_about(person.username, person.name, person.email, decisions.name)

    async def _write(
        self,
        person: Person,
        kept: str,
        language: Language | None = None,
        *,
        except_session: UUID | None = None,
        reset: str | None = None,
        instead_of: str | None = None,
    ) -> None:
        """Keep it and end the sessions; tell the person where a `language` is given."""
        school = (await self._school_settings.read()).name
        async with self._database.transaction() as transaction:
            # Of two who use one link at once the second waits here, and finds it used.
            if reset and await transaction.row(f"{GOOD_RESET} FOR UPDATE OF password_resets", reset) is None:
                raise Invalid("token", LINK_IS_OLD)
            if not await transaction.rows(
                "UPDATE people SET password = $2 WHERE id = $1 AND password = coalesce($3, password) RETURNING id",
                person.id,
                kept,
                instead_of,
            ):
                raise Invalid("current", "Your password was changed just now. Sign in with the new one.")
            await transaction.execute(
                "UPDATE password_resets SET used = now() WHERE person_id = $1 AND used IS NULL", person.id
            )
            ended = await transaction.rows(
                """
                UPDATE sessions SET ended = now(), ended_why = 'password_changed'
                WHERE person_id = $1 AND ended IS NULL AND id IS DISTINCT FROM $2 RETURNING id
                """,
                person.id,
                except_session,
            )
            if language is not None and self._mails.are_sent:
                await self._mails.write(
                    transaction, person.email, letters.password_changed(language, school, person.name)
                )
        self._mails.wake()
        await self._realtime.end_sessions(
            SessionEnded(why="password_changed"),
            CloseCode.SESSION_ENDED,
            person_id=person.id,
            session_ids=[row["id"] for row in ended],
        )

    async def _mail_reset(self, email: str, language: Language) -> None:
        school = (await self._school_settings.read()).name
        async with self._mails.at_leisure, self._database.transaction() as transaction:
            person = await transaction.row("SELECT id, name FROM people WHERE email = $1 AND disabled IS NULL", email)
            if person is None:
                return
            link = await self._make_link(transaction, person["id"])
            minutes = round(self._lifetime.total_seconds() / MINUTES)
            letter = letters.new_password(language, school, person["name"], minutes)
            await self._mails.write(transaction, email, letter, link)
        self._mails.wake()

    async def _make_link(self, asking: Asking, person_id: UUID) -> Link:
        link = self._links.make("reset")
        await asking.rows("DELETE FROM password_resets WHERE expires < now()")
        await asking.rows(
            """
            INSERT INTO password_resets (id, person_id, digest, created, expires)
            VALUES ($1, $2, $3, now(), now() + $4::interval)
            """,
            link.id,
            person_id,
            link.digest,
            self._lifetime,
        )
        return link
