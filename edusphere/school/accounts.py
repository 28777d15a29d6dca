"""Accounts, as administrators look after them: made for others, edited, closed and opened again.

No program does any of it: an account that it made would stay when the program's token ends.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from edusphere.contract.acts import Act
from edusphere.contract.close_codes import CloseCode
from edusphere.contract.events import SessionEnded
from edusphere.database import Database, Row, Taken, Transaction
from edusphere.errors import Conflict, Invalid, NotFound
from edusphere.realtime import Realtime
from edusphere.school import pages, policy, words
from edusphere.school.audit import Subject, record
from edusphere.school.conditions import Column, Conditions, Order
from edusphere.school.credentials import Credentials
from edusphere.school.direct_rules import settle_direct
from edusphere.school.me import Me, in_person
from edusphere.school.models import Person, Role
from edusphere.school.pages import Page
from edusphere.school.people import BIO_LENGTH, close_accounts, tell_closed
from edusphere.school.registration import NAME_LENGTH, TAKEN, NewPerson, who_took
from edusphere.school.room_news import tell_rooms
from edusphere.school.telling import to_the_end

AT_ONCE = 100
ADMINISTRATORS_ONLY = "Only administrators look after accounts."
NOBODY_LIKE_THAT = "There is nobody like that."
NO_PASSWORD_YET = ""
"""No hash: nothing that anybody types is right."""
LAST_ADMINISTRATOR = "A school needs an administrator. Please make somebody else one first."


class AccountOrder(StrEnum):
    NAME = "NAME"
    EMAIL = "EMAIL"
    ROLE = "ROLE"
    CREATED = "CREATED"
    SEEN = "SEEN"


COLUMNS = {
    AccountOrder.NAME: Column("people.name", pages.text),
    AccountOrder.EMAIL: Column("people.email", pages.text),
    # Within a role, by name; as the index people_role says it.
    AccountOrder.ROLE: Column(
        "(CASE people.role WHEN 'ADMIN' THEN '1' WHEN 'TEACHER' THEN '2' WHEN 'STUDENT' THEN '3' ELSE '4' END "
        "|| people.name)",
        pages.text,
    ),
    AccountOrder.CREATED: Column("people.created", pages.moment, "timestamptz"),
    # Of everybody the latest visit. Those who were never here are a list of their own, before it: one query for both
    # would look at all sessions of the school for every page.
    AccountOrder.SEEN: Column(
        "visits.seen",
        pages.moment,
        "timestamptz",
        """
        JOIN sessions visits ON visits.person_id = people.id AND NOT EXISTS (
            SELECT FROM sessions later
            WHERE later.person_id = visits.person_id AND (later.seen, later.id) > (visits.seen, visits.id)
        )
        """,
    ),
}
NEVER = datetime.fromtimestamp(0, UTC)
NEVER_HERE = Column(
    "timestamptz 'epoch'",
    pages.moment,
    "timestamptz",
    "JOIN (SELECT) anybody ON NOT EXISTS (SELECT FROM sessions WHERE sessions.person_id = people.id)",
)


@dataclass(frozen=True, slots=True)
class Account:
    """A person, and what only administrators see of their account."""

    person: Person
    seen: datetime | None
    """When they were last here; None: never, or too long ago to be known."""
    sessions: int
    """On how many devices they are signed in."""


@dataclass(frozen=True, slots=True)
class Made:
    """A new account, and the link by which its person chooses a password."""

    person: Person
    link: str = field(repr=False)


class Accounts:
    def __init__(self, database: Database, realtime: Realtime, credentials: Credentials) -> None:
        self._database = database
        self._realtime = realtime
        self._credentials = credentials

    async def listed(
        self,
        me: Me | None,
        search: str | None = None,
        role: Role | None = None,
        closed: bool | None = None,
        first: int = 50,
        after: str | None = None,
        order: AccountOrder = AccountOrder.NAME,
        *,
        descending: bool = False,
    ) -> Page[Account]:
        """Return accounts; `search` is looked for in names, usernames and e-mail addresses.

        Raises:
            Forbidden
        """
        _administrator(me)
        size = pages.size(first)
        pattern = words.check("search", words.search, search)
        rows: list[Row] = []
        for ordered in _parts(order, after, descending=descending):
            where = Conditions()
            if pattern is not None:
                where.add("(people.name ILIKE {0} OR people.username ILIKE {0} OR people.email ILIKE {0})", pattern)
            if role is not None:
                where.add("people.role = {}", role.value)
            if closed is not None:
                where.add("(people.disabled IS NOT NULL) = {}", closed)
            ordered.begin_after(where, after)
            rows += await self._database.rows(
                f"""
                SELECT listed.*, alive.seen, alive.sessions FROM (
                    SELECT people.*, {ordered.place} FROM people {ordered.beside}
                    WHERE {where} {ordered} LIMIT {where.value(size + 1 - len(rows))}
                ) listed {ALIVE} {ordered.by("listed.place", "listed.id")}
                """,  # noqa: S608 (our own words)
                *where.values,
            )
            if len(rows) > size:
                break
        people = self._database.made(Person, rows)
        found = [Account(one, row["seen"], row["sessions"]) for one, row in zip(people, rows, strict=True)]
        return ordered.page(found, rows, size, after)

    async def find(self, me: Me | None, person_id: UUID) -> Account:
        """Return one account.

        Raises:
            Forbidden
            NotFound: there is nobody like that.
        """
        _administrator(me)
        found = f"SELECT listed.*, alive.* FROM people listed {ALIVE} WHERE id = $1"  # noqa: S608 (our own words)
        row = await self._database.row(found, person_id)
        if row is None:
            raise NotFound(NOBODY_LIKE_THAT)
        (person,) = self._database.made(Person, [row])
        return Account(person, row["seen"], row["sessions"])

    async def make(self, me: Me | None, username: str, name: str, email: str, role: Role) -> Made:
        """Make an account for somebody. The link is good for as long as one for a new password, and only shown now.

        Raises:
            Forbidden
            Invalid: all that is wrong.
        """
        me = _administrator(me)
        form = words.Form()
        new = NewPerson(
            form.read("username", words.username, username) or "",
            form.read("name", words.line, name, NAME_LENGTH) or "",
            form.read("email", words.email, email) or "",
            NO_PASSWORD_YET,
        )
        for row in await self._database.rows(
            "SELECT username = $1 AS username, email = $2 AS email FROM people WHERE username = $1 OR email = $2",
            new.username,
            new.email,
        ):
            for argument, why in TAKEN.items():
                if row[argument]:
                    form.wrong(argument, why)
        form.close()
        person = await to_the_end(self._make(me, new, role))
        return Made(person, await self._credentials.reset_link(person.username))

    async def edit(
        self, me: Me | None, person_id: UUID, name: str | None = None, bio: str | None = None, role: Role | None = None
    ) -> Person:
        """Change what somebody is called, what they say of themselves, or what they are in the school.

        Raises:
            Forbidden
            NotFound: there is nobody like that.
            Invalid: all that is wrong.
            Conflict: they are the last administrator.
        """
        me = _administrator(me)
        form = words.Form()
        new_name = None if name is None else form.read("name", words.line, name, NAME_LENGTH)
        new_bio = None if bio is None else form.read("bio", words.prose, bio, BIO_LENGTH)
        form.close()
        return await to_the_end(self._edit(me, person_id, new_name, new_bio, role))

    async def close(self, me: Me | None, person_ids: Collection[UUID]) -> int:
        """Close accounts and end their sessions, everywhere, at once; return how many were open. Twice is once.

        Raises:
            Forbidden
            Invalid: none, or too many.
            Conflict: nobody would be left to administrate the school.
        """
        me = _administrator(me)
        return await to_the_end(self._close(me, _some(person_ids)))

    async def open(self, me: Me | None, person_ids: Collection[UUID]) -> int:
        """Open closed accounts again; return how many were closed. Their people sign in anew.

        Raises:
            Forbidden
            Invalid: none, or too many.
        """
        me = _administrator(me)
        return await to_the_end(self._open(me, _some(person_ids)))

    async def link(self, me: Me | None, person_id: UUID) -> str:
        """Return a one-time link by which somebody chooses a new password, to be handed to them.

        Raises:
            Forbidden
            NotFound: there is nobody like that.
            Invalid: the account is closed.
        """
        me = _administrator(me)
        row = await self._database.row("SELECT * FROM people WHERE id = $1", person_id)
        if row is None:
            raise NotFound(NOBODY_LIKE_THAT)
        (person,) = self._database.made(Person, [row])
        link = await self._credentials.reset_link(person.username)
        async with self._database.transaction() as transaction:
            await record(transaction, me, "account.link_made", Subject.of(person))
        return link

    async def end_sessions(self, me: Me | None, person_ids: Collection[UUID]) -> int:
        """Sign people out everywhere; return how many sessions ended.

        Raises:
            Forbidden
            Invalid: none, or too many.
        """
        me = _administrator(me)
        return await to_the_end(self._end_sessions(me, _some(person_ids)))

    # --

    async def _make(self, me: Me, new: NewPerson, role: Role) -> Person:
        try:
            async with self._database.transaction() as transaction:
                person_id = await new.write(transaction, role)
                (person,) = self._database.made(Person, [await transaction.one(ONE, person_id)])
                await record(transaction, me, "account.made", Subject.of(person), role=role.value)
        except Taken as taken:
            raise who_took(taken) from None
        return person

    async def _edit(self, me: Me, person_id: UUID, name: str | None, bio: str | None, role: Role | None) -> Person:
        async with self._database.transaction() as transaction:
            await _lock_administrators(transaction)
            row = await transaction.row(f"{ONE} FOR UPDATE", person_id)
            if row is None:
                raise NotFound(NOBODY_LIKE_THAT)
            (before,) = self._database.made(Person, [row])
            changed = await transaction.one(
                """
                UPDATE people SET name = coalesce($2, name), bio = coalesce($3, bio), role = coalesce($4, role)
                WHERE id = $1 RETURNING *
                """,
                person_id,
                name,
                bio,
                role.value if role is not None else None,
            )
            await _keep_an_administrator(transaction)
            (person,) = self._database.made(Person, [changed])
            what = {
                key: [getattr(before, key), getattr(person, key)]
                for key in ("name", "bio", "role")
                if getattr(before, key) != getattr(person, key)
            }
            direct: list[Row] = []
            if what:
                direct = await settle_direct(transaction, [person_id])
                await record(transaction, me, "account.changed", Subject.of(person), **what)
        if what.keys() & {"name", "role"}:
            await self._realtime.renew(person_id)
        await tell_rooms(self._realtime, direct)
        return person

    async def _close(self, me: Me, person_ids: list[UUID]) -> int:
        async with self._database.transaction() as transaction:
            await _lock_administrators(transaction)
            closed = await close_accounts(transaction, me, person_ids)
            await _keep_an_administrator(transaction)
        await tell_closed(self._realtime, [row["id"] for row in closed])
        return len(closed)

    async def _open(self, me: Me, person_ids: list[UUID]) -> int:
        async with self._database.transaction() as transaction:
            rows = await transaction.rows(
                "UPDATE people SET disabled = NULL WHERE id = ANY($1) AND disabled IS NOT NULL RETURNING *", person_ids
            )
            await self._record(transaction, me, "account.opened", rows)
        return len(rows)

    async def _end_sessions(self, me: Me, person_ids: list[UUID]) -> int:
        async with self._database.transaction() as transaction:
            ended = await transaction.rows(
                """
                UPDATE sessions SET ended = now(), ended_why = 'signed_out'
                WHERE person_id = ANY($1) AND ended IS NULL RETURNING id, person_id
                """,
                person_ids,
            )
            concerned = list({row["person_id"] for row in ended})
            people = await transaction.rows("SELECT * FROM people WHERE id = ANY($1) ORDER BY id", concerned)
            await self._record(transaction, me, "account.signed_out", people)
        for person_id in concerned:
            await self._realtime.end_sessions(
                SessionEnded(why="signed_out"),
                CloseCode.SESSION_ENDED,
                person_id=person_id,
                session_ids=[row["id"] for row in ended if row["person_id"] == person_id],
            )
        return len(ended)

    async def _record(self, transaction: Transaction, me: Me, act: Act, rows: list[Row]) -> None:
        for person in self._database.made(Person, rows):
            await record(transaction, me, act, Subject.of(person))


ONE = "SELECT * FROM people WHERE id = $1"
# When a person of `listed` was last here, and on how many devices they are signed in.
ALIVE = """
    CROSS JOIN LATERAL (
        SELECT max(seen) AS seen, count(*) FILTER (WHERE ended IS NULL AND expires > now()) AS sessions
        FROM sessions WHERE person_id = listed.id
    ) alive
"""


def _parts(order: AccountOrder, after: str | None, *, descending: bool) -> list[Order]:
    """Return the lists that follow one another in an order, from the one with the place of a cursor on."""
    if order != AccountOrder.SEEN:
        return [Order(order, COLUMNS[order], "people.id", descending)]
    here = Order(order, COLUMNS[order], "visits.person_id", descending)
    never = Order(order, NEVER_HERE, "people.id", descending)
    place = here.read(after)
    if place is not None and (place[0] == NEVER) == descending:
        return [never if descending else here]
    return [here, never] if descending else [never, here]


def _administrator(me: Me | None) -> Me:
    me = in_person(me)
    policy.require(policy.may_make_accounts(me), ADMINISTRATORS_ONLY)
    return me


def _some(person_ids: Collection[UUID]) -> list[UUID]:
    if not 1 <= len(person_ids) <= AT_ONCE:
        raise Invalid("userIds", f"Choose 1 to {AT_ONCE} people at a time.")
    return list(person_ids)


async def _lock_administrators(transaction: Transaction) -> None:
    """Let two who would each leave the other as the last administrator wait for one another."""
    await transaction.rows("SELECT FROM people WHERE role = 'ADMIN' AND disabled IS NULL ORDER BY id FOR UPDATE")


async def _keep_an_administrator(transaction: Transaction) -> None:
    if await transaction.row("SELECT FROM people WHERE role = 'ADMIN' AND disabled IS NULL LIMIT 1") is None:
        raise Conflict(LAST_ADMINISTRATOR)
