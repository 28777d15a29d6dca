"""The people of a load test: a hall that all are in, a class for each thirty, and everybody signed in already.

The rows are written as signing in and posting would leave them; only argon2 is not asked thousands of times.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from graphql import parse, print_ast
from graphql.utilities import separate_operations

from edusphere.database.address import Address
from edusphere.school.keys import Keys
from edusphere.settings import HOURS
from edusphere.web.tokens import AccessTokens
from loadtests.bench.assembly import MEMBERS, PEOPLE, ROOM, SESSIONS, TALK, TOPIC, WORDS, on_database
from loadtests.bench.served import Trouble
from loadtests.day import CLASS, SAID, SAID_IN_CLASS
from loadtests.player.people import People, Place, Someone

DOCUMENTS = Path(__file__).parents[2] / "frontend/src/domains"
HOST = "pupil-1"
TOLD_EVERY = 20
"""Classes."""

CLASS_MEMBERS = """
INSERT INTO memberships (id, room_id, person_id, role, read_number, joined)
SELECT gen_random_uuid(), $1, id, 'MEMBER', 0, now() FROM unnest($2::uuid[]) AS person (id)
"""
WHO = """
SELECT person_id, sessions.id FROM sessions JOIN people ON people.id = person_id
ORDER BY substr(username, 7)::int
"""


def enrol(address: Address, keys: Keys, url: str, count: int, say: Callable[[str], None]) -> People:
    """Fill an empty school with so many people, and return them with a day's credentials for `url`.

    Raises:
        Trouble: somebody is there already.
    """
    rooms, sessions = asyncio.run(on_database(address, lambda connection: _fill(connection, count, say)))
    tokens = AccessTokens(keys, url, 24 * HOURS)
    everyone = [
        Someone(number, f"JWT {tokens.make(person, session)[0]}", (0, 1 + number // CLASS))
        for number, (person, session) in enumerate(sessions)
    ]
    return People(rooms, everyone, documents())


async def _fill(connection: Any, count: int, say: Callable[[str], None]) -> tuple[list[Place], list[tuple[UUID, UUID]]]:
    if await connection.fetchval("SELECT count(*) FROM people"):
        raise Trouble("There are people in this database already. A load test wants an empty one.")
    say(f"{count:,} people are enrolled …")
    async with connection.transaction():
        await connection.execute(TOPIC)
        await connection.execute(PEOPLE, count)
        await connection.execute(SESSIONS)
        sessions = [tuple(row) for row in await connection.fetch(WHO)]
        hall = await _room(connection, "hall", SAID, sessions[0][0])
        await connection.execute(MEMBERS, UUID(hall.id))
        rooms = [hall]
        classes = math.ceil(count / CLASS)
        for each in range(classes):
            pupils = [person for person, _ in sessions[CLASS * each : CLASS * (each + 1)]]
            classroom = await _room(connection, f"class-{each + 1}", SAID_IN_CLASS, pupils[0])
            await connection.execute(CLASS_MEMBERS, UUID(classroom.id), pupils)
            rooms.append(classroom)
            if each % TOLD_EVERY == TOLD_EVERY - 1:
                say(f"{each + 1} of {classes} classes have talked …")
    await connection.execute("ANALYZE")
    return rooms, sessions


async def _room(connection: Any, slug: str, said: int, speaker: UUID) -> Place:
    room_id = await connection.fetchval(ROOM, slug)
    await connection.execute(TALK, room_id, speaker, said, WORDS)
    return Place(str(room_id), HOST, slug, said)


def documents() -> dict[str, str]:
    """Return the app's own GraphQL documents, each with the fragments it needs."""
    files = sorted(DOCUMENTS.rglob("*.graphql"))
    if not files:
        raise Trouble(f"The app's documents are not where they were: {DOCUMENTS}.")
    whole = parse("\n".join(file.read_text() for file in files))
    return {name: print_ast(operation) for name, operation in separate_operations(whole).items()}
