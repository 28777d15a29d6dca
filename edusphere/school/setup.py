"""The first administrator, made once by whoever reads the server's screen."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from edusphere.database import Asking, Database, Taken
from edusphere.errors import Conflict, EduSphereError, Forbidden
from edusphere.school import words
from edusphere.school.keys import digest, new_token
from edusphere.school.models import Role
from edusphere.school.passwords import Passwords
from edusphere.school.registration import Registration, read, who_took
from edusphere.school.sessions import ME, Device, Sessions, SignedIn
from edusphere.school.settings import KEEP, NAME, REGISTRATION, RegistrationMode, school_name

SETUP_TOKEN = "setup_token"  # noqa: S105 (the name of a setting)
ADDRESS_IS_OLD = "This address is no longer good. The server prints a new one when it starts."


@dataclass(frozen=True, slots=True)
class SetUp:
    """What the setup page asks."""

    token: str = field(repr=False)
    school_name: str
    registration: RegistrationMode
    username: str
    name: str
    email: str
    password1: str = field(repr=False)
    password2: str = field(repr=False)


class Setup:
    def __init__(self, database: Database, passwords: Passwords, sessions: Sessions) -> None:
        self._database = database
        self._passwords = passwords
        self._sessions = sessions

    async def is_set_up(self) -> bool:
        """Whether there is an administrator."""
        return await _has_administrator(self._database)

    async def issue_token(self) -> str | None:
        """Return a new one-time token, or None once there is an administrator. An earlier token is no longer good."""
        if await self.is_set_up():
            return None
        token = new_token()
        await _decide(self._database, SETUP_TOKEN, digest(token))
        return token

    async def token_is_good(self, token: str) -> bool:
        return not await self.is_set_up() and await self._database.row(GOOD_TOKEN, digest(token)) is not None

    async def set_up(self, form: SetUp, device: Device) -> SignedIn:
        """Make the first administrator, sign them in and keep what they decided; all of it or nothing, and once.

        Raises:
            Forbidden: the token is not the one that was issued last.
            Conflict: there is an administrator already.
            Invalid: all that is wrong with the form.
        """
        await self._allow(self._database, form.token)
        page = words.Form()
        name = page.read("schoolName", school_name, form.school_name)
        registration = Registration(form.username, form.name, form.email, form.password1, form.password2)
        person = await read(registration, name or "", self._database, self._passwords, page)
        try:
            async with self._database.transaction() as transaction:
                # The row is locked: of two who send the page at once the second waits here, and finds it gone.
                await self._allow(transaction, form.token, " FOR UPDATE")
                person_id = await person.write(transaction, Role.ADMIN)
                await transaction.execute("DELETE FROM school_settings WHERE name = $1", SETUP_TOKEN)
                await _decide(transaction, NAME, name)
                await _decide(transaction, REGISTRATION, form.registration.value)
                row = await transaction.one(f"SELECT {ME} FROM people WHERE id = $1", person_id)  # noqa: S608
                return await self._sessions.begin(transaction, row, device)
        except Taken as taken:
            raise who_took(taken) from None

    async def _allow(self, asking: Asking, token: str, lock: str = "") -> None:
        refusal: EduSphereError | None = None
        if await asking.row(GOOD_TOKEN + lock, digest(token)) is None:
            refusal = Forbidden(ADDRESS_IS_OLD)
        if await _has_administrator(asking):
            refusal = Conflict("This school is set up already. Please sign in.")
        if refusal is not None:
            raise refusal


GOOD_TOKEN = f"SELECT FROM school_settings WHERE name = '{SETUP_TOKEN}' AND value #>> '{{}}' = $1"


async def _has_administrator(asking: Asking) -> bool:
    return await asking.row("SELECT FROM people WHERE role = 'ADMIN' LIMIT 1") is not None


async def _decide(asking: Asking, name: str, value: object) -> None:
    await asking.rows(KEEP, name, json.dumps(value))
