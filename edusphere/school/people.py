"""People with accounts: finding one another, one's own profile, closing an account."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from msgspec import UNSET, UnsetType

from edusphere.contract.close_codes import CloseCode
from edusphere.contract.events import SessionEnded
from edusphere.database import Database, Row, Taken, Transaction
from edusphere.errors import NotFound
from edusphere.realtime import Realtime
from edusphere.school import pages, words
from edusphere.school.audit import Subject, record
from edusphere.school.me import Me
from edusphere.school.models import Person, Role
from edusphere.school.pages import Page
from edusphere.school.passwords import Passwords
from edusphere.school.registration import NAME_LENGTH, Registration, read, who_took
from edusphere.school.settings import SchoolSettings
from edusphere.school.telling import to_the_end

__all__ = ["UNSET", "People"]

BIO_LENGTH = 500
LISTED = 200

# $1 is who asks, $2 whether they are staff. Everybody sees the staff, the hosts of open rooms and whoever shares a
# room with them; staff see everyone. Who only reads a room, a pupil's guardian, is not seen by it and sees of it their
# own children alone. Accounts that were disabled are seen by staff only.
VISIBLE = """(
    people.id = $1 OR $2 OR people.disabled IS NULL AND (
        people.role IN ('TEACHER', 'ADMIN')
        OR EXISTS (
            SELECT FROM rooms WHERE rooms.host_id = people.id AND rooms.kind = 'OPEN' AND rooms.deleted IS NULL
        )
        OR EXISTS (
            SELECT FROM memberships mine
            JOIN memberships theirs ON theirs.room_id = mine.room_id
            JOIN rooms ON rooms.id = mine.room_id AND rooms.deleted IS NULL
            WHERE mine.person_id = $1 AND theirs.person_id = people.id
              AND mine.role <> 'READER' AND theirs.role <> 'READER'
        )
        OR EXISTS (
            SELECT FROM guardianships
            WHERE (guardian_id, child_id) = ($1, people.id) OR (guardian_id, child_id) = (people.id, $1)
        )
    )
)"""


class People:
    def __init__(
        self,
        database: Database,
        realtime: Realtime,
        school_settings: SchoolSettings,
        passwords: Passwords,
    ) -> None:
        self._database = database
        self._realtime = realtime
        self._school_settings = school_settings
        self._passwords = passwords

    # -- at the doors

    async def edit(
        self,
        me: Me,
        name: str | UnsetType = UNSET,
        bio: str | UnsetType = UNSET,
        avatar: str | UnsetType = UNSET,
    ) -> Person:
        """Change one's own profile; what is UNSET stays.

        Raises:
            Invalid: all that is wrong with the form.
        """
        form = words.Form()
        new_name = None if name is UNSET else form.read("name", words.line, name, NAME_LENGTH)
        new_bio = None if bio is UNSET else form.read("bio", words.prose, bio, BIO_LENGTH)
        form.close()
        (person,) = await self._database.models(
            Person,
            """
            UPDATE people SET name = coalesce($2, name), bio = coalesce($3, bio), avatar = coalesce($4, avatar)
            WHERE id = $1 RETURNING *
            """,
            me.id,
            new_name,
            new_bio,
            None if avatar is UNSET else avatar,
        )
        return person

    async def find(self, me: Me | None, username: str) -> Person | None:
        """Return the person of this username whom `me` may see, or None."""
        if me is None or not words.is_clean(username):
            return None
        found = await self._database.models(
            Person,
            f"SELECT * FROM people WHERE username = $3 AND {VISIBLE}",  # noqa: S608 (our own text)
            me.id,
            me.is_staff,
            username.lower(),
        )
        return found[0] if found else None

    async def search(
        self, me: Me | None, text: str | None = None, first: int = 50, after: str | None = None
    ) -> Page[Person]:
        """Return people whom `me` may see, by name; `text` is looked for in names and usernames.

        Raises:
            Invalid: no such place in the list, or too many asked for.
        """
        return await self._page(me, text, pages.size(first), after)

    async def listed(self, me: Me | None, text: str | None = None) -> list[Person]:
        """Return the first 200 of `search`."""
        return list((await self._page(me, text, LISTED, None)).nodes)

    async def load(self, ids: Iterable[UUID]) -> dict[UUID, Person]:
        """Return these people, whoever asks: for ids that a verb gave."""
        people = await self._database.models(Person, "SELECT * FROM people WHERE id = ANY($1)", list(ids))
        return {person.id: person for person in people}

    # -- at the command line

    async def create(self, username: str, name: str, email: str, password: str, role: Role) -> Person:
        """Make an account of any role.

        Raises:
            Invalid: all that is wrong.
        """
        registration = Registration(username, name, email, password, password)
        return await self._make(registration, (await self._school_settings.read()).name, role)

    async def all(self) -> list[Person]:
        """Return everyone, by username."""
        return await self._database.query(Person).order_by("username")

    async def named(self, who: str) -> Person:
        """Return the person of this e-mail address or username.

        Raises:
            NotFound: there is none.
        """
        key = {"email" if "@" in who else "username": who.strip().lower()}
        person = await self._database.query(Person).filter(**key).first() if words.is_clean(who) else None
        if person is None:
            raise NotFound("There is nobody with this e-mail address or username.")
        return person

    async def disable(self, who: str) -> Person:
        """Close an account and end its sessions, everywhere, at once. Disabling twice is disabling once."""
        person = await self.named(who)
        await to_the_end(self._disable(person))
        return await self.named(who)

    async def enable(self, who: str) -> Person:
        """Open a disabled account again. Its people sign in anew."""
        person = await self.named(who)
        async with self._database.transaction() as transaction:
            await transaction.execute("UPDATE people SET disabled = NULL WHERE id = $1", person.id)
            await record(transaction, None, "account.opened", Subject.of(person))
        return await self.named(who)

    # --

    async def _make(self, registration: Registration, school_name: str, role: Role) -> Person:
        new = await read(registration, school_name, self._database, self._passwords)
        try:
            async with self._database.transaction() as transaction:
                person_id = await new.write(transaction, role)
                made = Subject("person", person_id, new.name)
                await record(transaction, None, "account.made", made, role=role.value)
        except Taken as taken:
            raise who_took(taken) from None
        return (await self.load([person_id]))[person_id]

    async def _page(self, me: Me | None, text: str | None, first: int, after: str | None) -> Page[Person]:
        pattern = words.check("search", words.search, text)
        name, person_id = pages.position(after, pages.text, UUID) or (None, None)
        if me is None:
            return Page()
        found = await self._database.models(
            Person,
            f"""
            SELECT * FROM people
            WHERE people.disabled IS NULL AND {VISIBLE}
              AND ($3::text IS NULL OR name ILIKE $3 OR username ILIKE $3)
              AND ($4::text IS NULL OR (name, id) > ($4, $5::uuid))
            ORDER BY name, id LIMIT $6
            """,  # noqa: S608 (our own text)
            me.id,
            me.is_staff,
            pattern,
            name,
            person_id,
            first + 1,
        )
        return pages.page(found, first, after, key=lambda person: (person.name, person.id))

    async def _disable(self, person: Person) -> None:
        async with self._database.transaction() as transaction:
            await close_accounts(transaction, None, [person.id])
        await tell_closed(self._realtime, [person.id])


async def close_accounts(transaction: Transaction, me: Me | None, person_ids: Collection[UUID]) -> list[Row]:
    """Close accounts and end their sessions; return the rows of those that were open. `me` is None at the command line.

    After the COMMIT, `tell_closed`.
    """
    closed = await transaction.rows(
        "UPDATE people SET disabled = now() WHERE id = ANY($1) AND disabled IS NULL RETURNING *", list(person_ids)
    )
    await transaction.execute(END_ALL, list(person_ids))
    for row in closed:
        await record(transaction, me, "account.closed", Subject("person", row["id"], row["name"]))
    return closed


async def tell_closed(realtime: Realtime, person_ids: Iterable[UUID]) -> None:
    """Close the sockets of people whose accounts were closed."""
    for person_id in person_ids:
        await realtime.end_sessions(SessionEnded(why="disabled"), CloseCode.ACCOUNT_DISABLED, person_id=person_id)


END_ALL = "UPDATE sessions SET ended = now(), ended_why = 'disabled' WHERE person_id = ANY($1) AND ended IS NULL"
