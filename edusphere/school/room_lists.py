"""Lists of rooms and what is shown beside each: who is in it, how much is unread.

Nothing here needs `reach`: every query asks for itself what `me` may see. What the doors gather for a whole list
(`load`, `memberships`, `unread`, `participants` …) is one query each, however long the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from edusphere.database import Database, Row
from edusphere.school import pages, words
from edusphere.school.me import Me, signed_in
from edusphere.school.models import Membership, Room
from edusphere.school.pages import Page
from edusphere.school.people import VISIBLE

LISTED = 200
AT_ONCE = 1_000
"""Participants that are returned of several rooms together."""
UNREAD_COUNTED = 100

# $1 is who asks. Open rooms are there for everyone, others for those in them; DIRECT rooms are in no list.
SEEN = """
    SELECT rooms.*, mine.id IS NOT NULL AS is_mine,
           (SELECT count(*) FROM memberships WHERE memberships.room_id = rooms.id) AS participants
    FROM rooms LEFT JOIN memberships mine ON mine.room_id = rooms.id AND mine.person_id = $1
    WHERE rooms.deleted IS NULL AND rooms.kind <> 'DIRECT' AND (rooms.kind = 'OPEN' OR mine.id IS NOT NULL)
"""
# A search pattern in $2, casefolded topics in $3; each may ask for everything.
MATCHING = """
    AND ($2::text IS NULL OR rooms.name ILIKE $2 OR rooms.description ILIKE $2)
    AND ($3::text[] = '{}' OR rooms.topic_id IN (SELECT id FROM topics WHERE key = ANY($3)))
"""
MOST_PEOPLE_FIRST = "ORDER BY participants DESC, created DESC, id DESC"
# Who is shown as a participant to $1 (staff: $2), in rooms that they may see: to those in it everyone, to others, and
# to those who only read, the host and whomever they may see anyway. So are those who only read themselves.
SHOWN = f"""
    FROM memberships JOIN people ON people.id = memberships.person_id
    JOIN rooms ON rooms.id = memberships.room_id AND rooms.deleted IS NULL
    LEFT JOIN memberships mine ON mine.room_id = rooms.id AND mine.person_id = $1
    WHERE (
        mine.role <> 'READER' AND memberships.role <> 'READER'
        OR (mine.id IS NOT NULL OR rooms.kind = 'OPEN') AND (memberships.role = 'HOST' OR {VISIBLE})
    )
"""


class RoomLists:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def visible(
        self, me: Me | None, host: str | None = None, search: str | None = None, topics: Iterable[str | None] = ()
    ) -> list[Room]:
        """Return rooms that `me` may see, most participants first, then newest: at most 200.

        `host` is a username, `search` is looked for in names and descriptions.
        """
        pattern, keys = words.check("search", words.search, search), _topic_keys(topics)
        if me is None or (host is not None and not words.is_clean(host)):
            return []
        return await self._database.models(
            Room,
            f"""
            {SEEN} {MATCHING}
            AND ($4::text IS NULL OR rooms.host_id = (SELECT id FROM people WHERE username = $4))
            {MOST_PEOPLE_FIRST} LIMIT $5
            """,  # noqa: S608 (our own text)
            me.id,
            pattern,
            keys,
            host.lower() if host else None,
            LISTED,
        )

    async def mine(self, me: Me | None, first: int = 50, after: str | None = None) -> Page[Room]:
        """Return the rooms `me` is in, last activity first."""
        me = signed_in(me)
        size = pages.size(first)
        active, room_id = pages.position(after, pages.moment, UUID) or (None, None)
        found = await self._database.models(
            Room,
            """
            SELECT rooms.* FROM rooms JOIN memberships ON memberships.room_id = rooms.id
            WHERE memberships.person_id = $1 AND rooms.deleted IS NULL AND rooms.kind <> 'DIRECT'
              AND ($2::timestamptz IS NULL OR (last_activity, rooms.id) < ($2, $3::uuid))
            ORDER BY last_activity DESC, rooms.id DESC LIMIT $4
            """,
            me.id,
            active,
            room_id,
            size + 1,
        )
        return pages.page(found, size, after, key=lambda room: (room.last_activity, room.id))

    async def to_join(
        self,
        me: Me | None,
        search: str | None = None,
        topics: Iterable[str | None] = (),
        first: int = 20,
        after: str | None = None,
    ) -> Page[Room]:
        """Return open rooms that `me` is not in, most participants first, then newest."""
        pattern, keys = words.check("search", words.search, search), _topic_keys(topics)
        size = pages.size(first)
        count, created, room_id = pages.position(after, pages.number, pages.moment, UUID) or (None, None, None)
        if me is None:
            return Page()
        rows: list[Row] = await self._database.rows(
            f"""
            SELECT * FROM ({SEEN} {MATCHING}) seen
            WHERE NOT is_mine AND ($4::bigint IS NULL OR (participants, created, id) < ($4, $5::timestamptz, $6::uuid))
            {MOST_PEOPLE_FIRST} LIMIT $7
            """,  # noqa: S608 (our own text)
            me.id,
            pattern,
            keys,
            count,
            created,
            room_id,
            size + 1,
        )
        found = pages.page(rows, size, after, key=lambda row: (row["participants"], row["created"], row["id"]))
        rooms = tuple(self._database.made(Room, found.nodes))
        return Page(rooms, found.cursors, found.has_next, found.has_previous)

    async def participated_by(self, me: Me | None, username: str) -> list[Room]:
        """Return the rooms this person is in, of those that `me` may see."""
        return await self._of_person(me, username, "IN")

    async def not_participated_by(self, me: Me | None, username: str) -> list[Room]:
        """Return the rooms this person is not in, of those that `me` may see."""
        return await self._of_person(me, username, "NOT IN")

    # -- gathered for lists

    async def load(self, me: Me | None, ids: Iterable[UUID]) -> dict[UUID, Room]:
        """Return those of these rooms that `me` may see."""
        if me is None:
            return {}
        found = await self._database.models(
            Room,
            """
            SELECT rooms.* FROM rooms LEFT JOIN memberships mine ON mine.room_id = rooms.id AND mine.person_id = $1
            WHERE rooms.id = ANY($2) AND rooms.deleted IS NULL AND (rooms.kind = 'OPEN' OR mine.id IS NOT NULL)
            """,
            me.id,
            list(ids),
        )
        return {room.id: room for room in found}

    async def memberships(self, me: Me | None, room_ids: Iterable[UUID]) -> dict[UUID, Membership]:
        """Return one's own memberships in these rooms."""
        if me is None:
            return {}
        mine = await self._database.models(
            Membership,
            "SELECT * FROM memberships WHERE person_id = $1 AND room_id = ANY($2)",
            me.id,
            list(room_ids),
        )
        return {membership.room_id: membership for membership in mine}

    async def unread(self, me: Me | None, room_ids: Iterable[UUID]) -> dict[UUID, int]:
        """Return how many messages of others lie above one's read marks, counted to 100 at most."""
        if me is None:
            return {}
        rows = await self._database.rows(
            """
            SELECT mine.room_id, (
                SELECT count(*) FROM (
                    SELECT FROM messages
                    WHERE messages.room_id = mine.room_id AND messages.number > mine.read_number
                      AND messages.author_id <> $1 AND messages.removed IS NULL
                    ORDER BY messages.number LIMIT $3
                ) counted
            ) AS unread
            FROM memberships mine WHERE mine.person_id = $1 AND mine.room_id = ANY($2)
            """,
            me.id,
            list(room_ids),
            UNREAD_COUNTED,
        )
        return {row["room_id"]: row["unread"] for row in rows}

    async def participant_counts(self, room_ids: Iterable[UUID]) -> dict[UUID, int]:
        rows = await self._database.rows(
            "SELECT room_id, count(*) AS people FROM memberships WHERE room_id = ANY($1) GROUP BY room_id",
            list(room_ids),
        )
        return {row["room_id"]: row["people"] for row in rows}

    async def participants(self, me: Me | None, room_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
        """Return who is in each room (ids, the host first, then in the order they came): at most 200, of more than
        five rooms fewer of each.

        To those who are not in a room, only the host and whom they may see anyway.
        """
        gathered: dict[UUID, list[UUID]] = {}
        ids = list(room_ids)
        if me is None or not ids:
            return gathered
        for row in await self._database.rows(
            f"""
            SELECT room_id, person_id FROM (
                SELECT memberships.room_id, memberships.person_id, row_number() OVER (
                    PARTITION BY memberships.room_id
                    ORDER BY memberships.role = 'HOST' DESC, memberships.joined, memberships.id
                ) AS place {SHOWN} AND memberships.room_id = ANY($3)
            ) placed WHERE place <= $4 ORDER BY room_id, place
            """,  # noqa: S608 (our own text)
            me.id,
            me.is_staff,
            ids,
            max(1, min(LISTED, AT_ONCE // len(ids))),
        ):
            gathered.setdefault(row["room_id"], []).append(row["person_id"])
        return gathered

    async def members(
        self, me: Me | None, room_ids: Iterable[UUID], first: int = 50, after: str | None = None
    ) -> dict[UUID, Page[Membership]]:
        """Return who is in each of these rooms, in the order they came, at the same place of each list.

        The rooms were reached; outsiders are shown whom `participants` shows them.
        """
        me = signed_in(me)
        size = pages.size(first)
        joined, membership_id = pages.position(after, pages.moment, UUID) or (None, None)
        found: dict[UUID, list[Membership]] = {}
        for membership in await self._database.models(
            Membership,
            f"""
            SELECT * FROM (
                SELECT memberships.*, row_number() OVER (
                    PARTITION BY memberships.room_id ORDER BY memberships.joined, memberships.id
                ) AS place {SHOWN} AND memberships.room_id = ANY($3)
                  AND ($4::timestamptz IS NULL OR (memberships.joined, memberships.id) > ($4, $5::uuid))
            ) placed WHERE place <= $6 ORDER BY room_id, place
            """,  # noqa: S608 (our own text)
            me.id,
            me.is_staff,
            list(room_ids),
            joined,
            membership_id,
            size + 1,
        ):
            found.setdefault(membership.room_id, []).append(membership)
        return {
            room_id: pages.page(theirs, size, after, key=lambda membership: (membership.joined, membership.id))
            for room_id, theirs in found.items()
        }

    async def _of_person(self, me: Me | None, username: str, is_in: str) -> list[Room]:
        if me is None or not words.is_clean(username):
            return []
        return await self._database.models(
            Room,
            f"""
            WITH person AS (SELECT people.id FROM people WHERE people.username = $3 AND {VISIBLE})
            {SEEN}
            AND rooms.id {is_in} (SELECT room_id FROM memberships WHERE person_id = (SELECT id FROM person))
            AND EXISTS (SELECT FROM person)
            {MOST_PEOPLE_FIRST} LIMIT $4
            """,  # noqa: S608 (our own text)
            me.id,
            me.is_staff,
            username.lower(),
            LISTED,
        )


def _topic_keys(topics: Iterable[str | None]) -> Sequence[str]:
    """Return the keys of topics; nothing in the list is nothing asked."""
    return [words.check("topic", words.optional_line, topic, 200).casefold() for topic in topics if topic]
