"""A whole school in one room: people with memberships and sessions of their own, and what each says to come in.

The rows are written as signing in would leave them; only argon2 is not asked ten thousand times.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from edusphere.database.address import Address
from edusphere.school.keys import Keys
from edusphere.server.keys import KEY_FILE
from edusphere.settings import HOURS
from edusphere.web.tokens import AccessTokens
from loadtests.bench.crowd import MARK, NUMBER, handshake, write_people
from loadtests.bench.served import Served

WORDS = 200
"""Characters of a post."""
IN = '"ref":"in"'
"""In the answer to a subscription: whoever hears it is in the room."""

PEOPLE = """
INSERT INTO people (id, username, email, name, bio, avatar, role, password, created)
SELECT gen_random_uuid(), 'pupil-' || n, 'pupil-' || n || '@school.example', 'Pupil ' || n, '', '', 'STUDENT', '', now()
FROM generate_series(1, $1::int) AS n
"""
TOPIC = "INSERT INTO topics (id, name, key) VALUES (gen_random_uuid(), 'General', 'general') RETURNING id"
ROOM = """
INSERT INTO rooms (id, kind, host_id, slug, name, topic_id, description, last_number, last_activity, created, updated)
SELECT gen_random_uuid(), 'OPEN', people.id, $1, $1, topics.id, '', 0, now(), now(), now()
FROM people, topics WHERE people.username = 'pupil-1' RETURNING id
"""
MEMBERS = """
INSERT INTO memberships (id, room_id, person_id, role, read_number, joined)
SELECT gen_random_uuid(), $1, id, 'MEMBER', 0, now() FROM people
"""
SESSIONS = """
INSERT INTO sessions (id, person_id, device, address, created, seen, expires)
SELECT gen_random_uuid(), id, 'a load test', '127.0.0.1', now(), now(), now() + interval '1 day' FROM people
"""
TALK = """
WITH said AS (
    INSERT INTO messages (id, room_id, author_id, number, client_id, body, edited, created, updated)
    SELECT gen_random_uuid(), $1, $2, n, gen_random_uuid(), rpad('Said before, ' || n, $4::int, '.'), false,
           now(), now()
    FROM generate_series(1, $3::int) AS n RETURNING id, number
), recorded AS (
    INSERT INTO changes (room_id, number, kind, message_id, person_id, at)
    SELECT $1, number, 'POSTED', id, $2, now() FROM said ORDER BY number
)
UPDATE rooms SET last_number = $3, last_activity = now() WHERE id = $1
"""


@dataclass
class Assembly:
    """The people of one school, and their room."""

    room_id: UUID
    other_room_id: UUID
    """Of the same people; nobody hears it."""
    sessions: list[tuple[UUID, UUID]]
    """Person and session, in the order in which they come."""
    keys: Keys
    port: int

    def write(self, file: Path, after: int | None = None) -> Path:
        """Write for the client how each comes in: by their session's cookie, hearing the room (after a number)."""
        subscribe: dict[str, Any] = {"type": "room.subscribe", "ref": "in", "roomId": str(self.room_id)}
        if after is not None:
            subscribe["after"] = after
        words = json.dumps(subscribe)
        write_people(
            file, ((handshake(self.port, "/ws/", **self.headers(each)), words) for each in range(len(self.sessions)))
        )
        file.chmod(0o600)
        return file

    def headers(self, each: int) -> dict[str, str]:
        origin = f"http://127.0.0.1:{self.port}"
        token, _ = AccessTokens(self.keys, origin, 2 * HOURS).make(*self.sessions[each])
        return {"Origin": origin, "Cookie": f"JWT={token}"}

    @property
    def post(self) -> str:
        """What each posts: a command whose `ref`, client id and words hold the post's number.

        Other client ids each time it is read: another crowd's posts are not this one's, said again.
        """
        return json.dumps(
            {
                "type": "message.post",
                "ref": NUMBER,
                "roomId": str(self.room_id),
                "clientId": f"{str(uuid4())[:26]}{NUMBER}",
                "body": _body(),
            },
            separators=(",", ":"),
        )


def _body() -> str:
    return f"{MARK}{NUMBER} ".ljust(WORDS, ".")


def event() -> str:
    """Return what everybody hears of a post, for servers that pass on what they are given: as many bytes."""
    ids = "00000000-0000-4000-8000-000000000000"
    time = "2026-01-01T08:00:00.123456Z"
    user = {"id": ids, "username": "pupil-100", "name": "Pupil 100", "avatar": ""}
    message = {"id": ids, "number": 1000, "clientId": ids, "user": user, "body": _body(), "edited": False}
    message |= {"removed": False, "parentId": None, "files": [], "created": time, "updated": time}
    return json.dumps(
        {"type": "message.posted", "roomId": ids, "number": 1000, "message": message}, separators=(",", ":")
    )


def assemble(school: Served, people: int) -> Assembly:
    """Fill an empty school with so many people, all in the same rooms, all signed in."""

    async def fill(connection: Any) -> tuple[list[UUID], list[tuple[UUID, UUID]]]:
        async with connection.transaction():
            await connection.execute(TOPIC)
            await connection.execute(PEOPLE, people)
            rooms = [await connection.fetchval(ROOM, slug) for slug in ("assembly", "beside")]
            for room_id in rooms:
                await connection.execute(MEMBERS, room_id)
            await connection.execute(SESSIONS)
        await connection.execute("ANALYZE")
        order = "SELECT person_id, sessions.id FROM sessions JOIN people ON people.id = person_id ORDER BY username"
        return rooms, [tuple(row) for row in await connection.fetch(order)]

    rooms, sessions = asyncio.run(on_database(school.address, fill))
    return Assembly(rooms[0], rooms[1], sessions, Keys((school.data / KEY_FILE).read_bytes().strip()), school.port)


def talk(address: Address, assembly: Assembly, messages: int) -> None:
    """Let there be so many messages in the room, which nobody has heard live."""

    async def say(connection: Any) -> None:
        await connection.execute(TALK, assembly.room_id, assembly.sessions[0][0], messages, WORDS)
        await connection.execute("ANALYZE")

    asyncio.run(on_database(address, say))


async def on_database(address: Address, deed: Any) -> Any:
    """Do something on a connection to the school's database."""
    connection = await asyncpg.connect(**address.credentials)
    try:
        return await deed(connection)
    finally:
        await connection.close()
