"""What can break, and how it is broken and mended. Each notes in the history from when to when."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from redis.asyncio import Redis

from tests.faults.client import Person
from tests.faults.history import History, Injected, now
from tests.faults.place import Place
from tests.faults.promises import REPAIRED, SLACK

GONE = 1.5
"""Seconds that Redis and Postgres stay away."""


@asynccontextmanager
async def broken(history: History, kind: str) -> AsyncIterator[Injected]:
    fault = Injected(kind, now())
    history.note(fault)
    try:
        yield fault
    finally:
        fault.ended = now()


async def kill_process(place: Place, number: int) -> None:
    """Kill one process; when it is there again, those who prefer it go back."""
    process = place.processes[number]
    async with broken(place.history, "process killed"):
        await process.kill()
        await process.start()
    await go_home(place)


async def restart_postgres(place: Place, *, how: str = "at once") -> None:
    """End Postgres at once, by its own immediate stop or as the kernel does, and start it again."""
    async with broken(place.history, "postgres restarted"):
        await (place.postgres.kill() if how == "killed" else place.postgres.end_at_once())
        await asyncio.sleep(GONE)
        await place.postgres.start_again()


async def kill_redis(place: Place) -> None:
    async with broken(place.history, "redis killed"):
        place.valkey.kill()
        await asyncio.sleep(GONE)
        await place.valkey.start()


async def hang_redis(place: Place, person: Person) -> None:
    """Hang Redis during one message in the library, where nobody speaks before and nobody speaks after."""
    async with broken(place.history, "redis hung"):
        place.valkey.hang()
        client_id = uuid4()
        answered = await person.say("post", place.rooms["library"], client_id, f"{client_id.hex} whispered")
        place.history.quiet.append((client_id, answered.at))
        await asyncio.sleep(REPAIRED + SLACK)
        place.valkey.go_on()


async def empty_redis(place: Place) -> None:
    async with broken(place.history, "redis emptied"), Redis.from_url(place.valkey.url) as redis:
        await redis.flushall()
        await asyncio.sleep(GONE / 2)


async def go_home(place: Place) -> None:
    await asyncio.gather(*(person.move(person.home) for person in place.people))
