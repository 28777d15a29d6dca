"""Direct messages: a room between two people, or a few, that no list of rooms shows."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from uuid import UUID

from edusphere.contract.events import DirectRulesChanged, RoomJoined
from edusphere.database import Database, Row, Taken
from edusphere.errors import Forbidden, Invalid, NotFound
from edusphere.realtime import Realtime, topics
from edusphere.school import pages, policy
from edusphere.school.audit import record
from edusphere.school.direct_rules import ALLOWED, NAME, DirectRule, Pair, columns, direct_rules, settle_direct
from edusphere.school.me import Me, signed_in
from edusphere.school.models import Role, Room
from edusphere.school.models.ids import new_id
from edusphere.school.pages import Page
from edusphere.school.people import VISIBLE
from edusphere.school.room_news import tell_rooms
from edusphere.school.telling import to_the_end

MOST_PEOPLE = 10
WORDS = {Role.STUDENT: "pupils", Role.TEACHER: "teachers", Role.GUARDIAN: "guardians", Role.ADMIN: "administrators"}


class Direct:
    def __init__(self, database: Database, realtime: Realtime) -> None:
        self._database = database
        self._realtime = realtime

    async def rules(self, me: Me | None) -> dict[Pair, DirectRule]:
        """Return who may write to whom in this school: nobody has to find out by trying."""
        signed_in(me)
        return await direct_rules(self._database)

    async def decide(self, me: Me | None, pair: Pair, rule: DirectRule) -> dict[Pair, DirectRule]:
        """Decide who may write to whom. Talks that are no longer allowed can be read, and nothing more is said in them.

        Raises:
            Forbidden
        """
        me = signed_in(me)
        policy.require(policy.may_decide_for_the_school(me), "Only administrators decide this.")
        one, other = sorted(pair, key=list(Role).index)
        return await to_the_end(self._decide(me, (one, other), rule))

    async def open(self, me: Me | None, person_ids: Collection[UUID]) -> Room:
        """Return the room between `me` and these people, making it where there is none.

        Raises:
            NotFound: somebody is not `me`'s to know of.
            Forbidden: the school does not let them write to each other; the sentence says between whom.
            Invalid: nobody, or too many.
        """
        me = signed_in(me)
        others = frozenset(person_ids) - {me.id}
        if not 1 <= len(others) < MOST_PEOPLE:
            raise Invalid("userIds", f"Write to 1 to {MOST_PEOPLE - 1} other people.")
        people = await self._database.rows(
            f"SELECT id, role FROM people WHERE id = ANY($3) AND disabled IS NULL AND {VISIBLE}",  # noqa: S608
            me.id,
            me.is_staff,
            list(others),
        )
        if len(people) < len(others):
            raise NotFound("There is nobody of this name, or not for you to see.")
        await self._check(me, others)
        return await to_the_end(self._open(me, others | {me.id}))

    async def mine(
        self, me: Me | None, first: int = 50, after: str | None = None, *, silent: bool = False
    ) -> Page[Room]:
        """Return the direct rooms `me` is in and in which something was said, or that `me` opened; the latest first.

        With `silent` all of them: whoever listens to a room before the first word hears that word.
        """
        me = signed_in(me)
        size = pages.size(first)
        active, room_id = pages.position(after, pages.moment, UUID) or (None, None)
        found = await self._database.models(
            Room,
            """
            SELECT rooms.* FROM rooms JOIN memberships ON memberships.room_id = rooms.id
            WHERE memberships.person_id = $1 AND rooms.deleted IS NULL AND rooms.kind = 'DIRECT'
              AND ($5 OR last_number > 0 OR host_id = $1)
              AND ($2::timestamptz IS NULL OR (last_activity, rooms.id) < ($2, $3::uuid))
            ORDER BY last_activity DESC, rooms.id DESC LIMIT $4
            """,
            me.id,
            active,
            room_id,
            size + 1,
            silent,
        )
        return pages.page(found, size, after, key=lambda room: (room.last_activity, room.id))

    # --

    async def _decide(self, me: Me, pair: Pair, rule: DirectRule) -> dict[Pair, DirectRule]:
        async with self._database.transaction() as transaction:
            name = " ".join(pair)
            await transaction.execute(
                """
                INSERT INTO school_settings (name, value, updated)
                VALUES ($1, jsonb_build_object($2::text, $3::text), now())
                ON CONFLICT (name) DO UPDATE SET value = school_settings.value || excluded.value, updated = now()
                """,
                NAME,
                name,
                rule.value,
            )
            changed = await settle_direct(transaction, None)
            await record(transaction, me, "direct_rule.decided", pair=name, rule=rule.value)
            decided = await direct_rules(transaction)
        await tell_rooms(self._realtime, changed)
        await self._realtime.announce_to_all(DirectRulesChanged())
        return decided

    async def _check(self, me: Me, others: frozenset[UUID]) -> None:
        """Refuse what the school does not allow: by the rules of SETTLE, for a room that is not there yet."""
        rows: list[Row] = await self._database.rows(
            f"""
            SELECT one.id, one.role, other.role AS other_role, {ALLOWED} AS allowed
            FROM people one JOIN people other ON other.id <> one.id WHERE one.id = ANY($4) AND other.id = ANY($4)
            """,  # noqa: S608 (our own text)
            *columns(await direct_rules(self._database)),
            [*others, me.id],
        )
        refused = [row for row in rows if not row["allowed"]]
        talks_to_all = {row["id"] for row in rows} - {row["id"] for row in refused}
        if not refused or any(row["id"] in talks_to_all and row["role"] in ("TEACHER", "ADMIN") for row in rows):
            return
        pair = sorted((Role(refused[0]["role"]), Role(refused[0]["other_role"])), key=list(Role).index)
        raise Forbidden(await self._why_not(pair[0], pair[1]))

    async def _why_not(self, one: Role, other: Role) -> str:
        between = f"{WORDS[one]} and {WORDS[other]}" if one != other else f"{WORDS[one]}"
        if (await direct_rules(self._database))[one, other] == DirectRule.NEVER:
            return f"In this school {between} do not write to each other directly. You can talk in the rooms you share."
        return f"In this school {between} write to each other directly when they share a course that is going on."

    async def _open(self, me: Me, people: frozenset[UUID]) -> Room:
        key = hashlib.sha256(b"".join(sorted(person_id.bytes for person_id in people))).hexdigest()
        there = "SELECT * FROM rooms WHERE direct_key = $1 AND deleted IS NULL"
        try:
            async with self._database.transaction() as transaction:
                row = await transaction.row(there, key)
                if row is not None:
                    return self._database.made(Room, [row])[0]
                room_id = new_id()
                row = await transaction.one(MAKE, room_id, me.id, key, f"direct-{room_id.hex}")
                await transaction.execute(LET_IN, room_id, list(people))
        except Taken:  # the other wrote first, just now
            row = await self._database.one(there, key)
            return self._database.made(Room, [row])[0]
        for person_id in people:
            await self._realtime.announce(topics.person(person_id), RoomJoined(room_id=room_id))
        return self._database.made(Room, [row])[0]


MAKE = """
    INSERT INTO rooms (id, kind, host_id, direct_key, slug, name, description, last_number, last_activity, created,
                       updated)
    VALUES ($1, 'DIRECT', $2, $3, $4, '', '', 0, now(), now(), now()) RETURNING *
"""
LET_IN = """
    INSERT INTO memberships (id, room_id, person_id, role, read_number, joined)
    SELECT gen_random_uuid(), $1, person_id, 'MEMBER', 0, now() FROM unnest($2::uuid[]) AS people (person_id)
"""
