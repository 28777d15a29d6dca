"""What a school is filled with to be measured: the demo, and one room as large as one likes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import asyncpg

from edusphere.database import Database
from edusphere.database.address import Address
from edusphere.school.demo import DemoLogins, fill
from edusphere.school.passwords import Passwords

T = TypeVar("T")
SUPERUSER = "postgres"
PIECE = 100_000
"""Messages written at a time."""
UNREAD = 20
"""What everybody still has to read."""

# The hall has the people of the biology room.
OPEN_HALL = """
WITH biology AS (SELECT * FROM rooms WHERE slug = 'biology'),
hall AS (
    INSERT INTO rooms
        (id, kind, host_id, slug, name, topic_id, description, last_number, last_activity, created, updated)
    SELECT gen_random_uuid(), kind, host_id, 'hall', 'Hall', topic_id, description, 0, created, created, created
    FROM biology RETURNING id
),
members AS (
    INSERT INTO memberships (id, room_id, person_id, role, read_number, joined)
    SELECT gen_random_uuid(), hall.id, person_id, role, 0, joined
    FROM hall, memberships WHERE room_id = (SELECT id FROM biology)
)
SELECT id FROM hall
"""
POST = """
WITH people AS (SELECT array_agg(person_id ORDER BY person_id) AS ids FROM memberships WHERE room_id = $1),
words AS (SELECT array_agg(body ORDER BY id) AS bodies FROM messages WHERE removed IS NULL AND room_id <> $1),
posted AS (
    INSERT INTO messages (id, room_id, author_id, number, client_id, body, edited, created, updated)
    SELECT gen_random_uuid(), $1, ids[1 + number % cardinality(ids)], number, gen_random_uuid(),
           bodies[1 + number * 7919 % cardinality(bodies)], false, at, at
    FROM people, words, generate_series($2::bigint, $3::bigint) AS number,
         LATERAL (SELECT timestamptz '2020-01-01' + number * interval '30 seconds' AS at) AS moment
    RETURNING id, room_id, author_id, number, created
)
INSERT INTO changes (room_id, number, kind, message_id, person_id, at)
SELECT room_id, number, 'POSTED', id, author_id, created FROM posted ORDER BY number
"""

FILE = """
INSERT INTO files (id, uploader_id, message_id, place, name, size, mime, key, thumbnail_key, created)
SELECT gen_random_uuid(), author_id, id, 1, 'Homework ' || number || '.pdf', 200000, 'application/pdf', id::text, '',
       created
FROM messages WHERE room_id = $1 AND number BETWEEN $2::bigint AND $3::bigint AND number % 5 = 0
"""


def fill_demo(address: Address) -> DemoLogins:
    async def run() -> DemoLogins:
        database = await Database.open(address)
        try:
            return await fill(database, now=datetime.now().astimezone(), hash_password=Passwords(1).keep)
        finally:
            await database.close()

    return asyncio.run(run())


class Hall:
    """A room of the demo school's own people that is filled up with the school's own words."""

    HOST, SLUG = "kalnins", "hall"

    def __init__(self, address: Address) -> None:
        self._address = address
        self.size = 0
        self.id: UUID = asyncio.run(self._run(lambda connection: connection.fetchval(OPEN_HALL)))

    def fill_up_to(self, size: int, say: Callable[[str], None]) -> None:
        """Post until there are so many messages; then leave the database as its own housekeeping would."""

        async def post(connection: Any) -> None:
            # Rows that are right by construction: foreign keys are not looked up two million times.
            await connection.execute("SET session_replication_role = replica")
            for first in range(self.size + 1, size + 1, PIECE):
                last = min(first + PIECE - 1, size)
                say(f"Filling a room: {last:,} of {size:,} messages …")
                await connection.execute(POST, self.id, first, last)
                await connection.execute(FILE, self.id, first, last)
            await connection.execute(
                "UPDATE rooms SET last_number = $2, last_activity = now() WHERE id = $1", self.id, size
            )
            await connection.execute(
                "UPDATE memberships SET read_number = $2 WHERE room_id = $1", self.id, size - UNREAD
            )
            await connection.execute("VACUUM ANALYZE")

        asyncio.run(self._run(post))
        self.size = size

    async def _run(self, deed: Callable[[Any], Awaitable[T]]) -> T:
        connection = await asyncpg.connect(**self._address.credentials | {"user": SUPERUSER})
        try:
            return await deed(connection)
        finally:
            await connection.close()
