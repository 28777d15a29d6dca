"""Making an account: what somebody types, how it is read, and the row that comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from edusphere.database import Asking, Taken
from edusphere.errors import Invalid
from edusphere.school import words
from edusphere.school.models import Role
from edusphere.school.models.ids import new_id
from edusphere.school.passwords import Passwords

NAME_LENGTH = 200
TAKEN = {
    "username": "Somebody has this username already. Please choose another.",
    "email": "There is an account with this e-mail address already.",
}


@dataclass(frozen=True, slots=True)
class Registration:
    """What somebody typed to get an account."""

    username: str
    name: str
    email: str
    password1: str = field(repr=False)
    password2: str = field(repr=False)
    address: str = ""
    """Where they came from."""


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A registration that was read: all of it is right, and the password is hashed."""

    username: str
    name: str
    email: str
    password: str = field(repr=False)

    async def write(self, asking: Asking, role: Role, *, proven: bool = True) -> UUID:
        """Write the row; `proven` says whether the e-mail address is known to be theirs.

        Raises:
            Taken: somebody took one of the names in the same moment; `who_took` says it.
        """
        row = await asking.one(
            """
            INSERT INTO people (id, username, name, email, password, role, email_proven, bio, avatar, created)
            VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', now()) RETURNING id
            """,
            new_id(),
            self.username,
            self.name,
            self.email,
            self.password,
            role.value,
            proven,
        )
        person_id: UUID = row["id"]
        return person_id


async def read(
    registration: Registration,
    school_name: str,
    asking: Asking,
    keeper: Passwords,
    form: words.Form | None = None,
    *,
    tell_of_email: bool = True,
) -> NewPerson:
    """Read a registration, as the rest of `form`, and hash its password.

    `tell_of_email` says whether to say that somebody has the e-mail address.

    Raises:
        Invalid: all that is wrong at once.
    """
    form = form or words.Form()
    username = form.read("username", words.username, registration.username)
    name = form.read("name", words.line, registration.name, NAME_LENGTH)
    email = form.read("email", words.email, registration.email)
    about = words_about(registration.username, registration.name, registration.email, school_name)
    password = await form.wait_for("password1", keeper.check(registration.password1, about))
    if registration.password1 != registration.password2:
        form.wrong("password2", "The two passwords are not the same.")
    for taken in await asking.rows(
        "SELECT username = $1 AS username, email = $2 AS email FROM people WHERE username = $1 OR email = $2",
        username,
        email,
    ):
        for argument, why in TAKEN.items():
            if taken[argument] and (tell_of_email or argument != "email"):
                form.wrong(argument, why)
    form.close()
    return NewPerson(username or "", name or "", email or "", await keeper.keep(password or ""))


def who_took(taken: Taken) -> Invalid:
    """Say which of a new person's names somebody took in the same moment."""
    argument = "email" if taken.constraint == "people_email_key" else "username"
    return Invalid(argument, TAKEN[argument])


def words_about(username: str, name: str, email: str, school_name: str) -> tuple[str, ...]:
    """Return what is too easily guessed to be this person's password."""
    email = email.strip()
    return (username.strip(), name.strip(), *name.split(), email, email.partition("@")[0], school_name)
