"""People who keep talking: they post, now and then edit or remove, and miss every third acknowledgement."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from uuid import UUID, uuid4

from tests.faults.client import Person, Refused
from tests.faults.history import OK
from tests.faults.place import Place

SETTLED = 15.0
"""Seconds in which everybody has heard everything, once nothing is broken any more."""


@asynccontextmanager
async def talking(place: Place, people: Sequence[Person], *, pause: float, length: int = 0) -> AsyncIterator[None]:
    """Let people talk in the hall during the block, with so many seconds between a person's words.

    These are `length` letters longer than they need to be.
    """
    room = place.rooms["hall"]
    stopping = asyncio.Event()
    talkers = [asyncio.create_task(_talk(person, place, room, pause, "x" * length, stopping)) for person in people]
    try:
        yield
    finally:
        stopping.set()
        await asyncio.gather(*talkers)


async def settled(place: Place) -> None:
    """Return when everybody has heard all there is, or has had the time to."""
    last = {row["id"]: row["last_number"] for row in await place.database.rows("SELECT id, last_number FROM rooms")}
    try:
        async with asyncio.timeout(SETTLED):
            while any(person.heard.get(room, -1) < last[room] for person in place.people for room in person.rooms):
                await asyncio.sleep(0.05)
    except TimeoutError:
        return  # the checker says what was missing


async def _talk(person: Person, place: Place, room: UUID, pause: float, more: str, stopping: asyncio.Event) -> None:
    turn = random.randrange(6)  # so that they do not all do the same at once
    while not stopping.is_set():
        turn += 1
        client_id = uuid4()
        words = f"{client_id.hex} said by {person.name} {more}".strip()
        if turn % 3 == 0:
            unheard = await person.try_to_say("post", room, client_id, words, dropped=True)
            if turn % 6 == 0 and unheard is not None and unheard.code == OK:
                await person.move((person.via + 1) % len(place.processes))
        with suppress(Refused):  # the checker has its word on that
            answered = await person.say("post", room, client_id, words)
            if turn % 7 == 0:
                await person.say("edit", room, uuid4(), f"{words}, and thought over", answered.message_id)
            elif turn % 11 == 0:
                await person.say("remove", room, uuid4(), "", answered.message_id)
        # Less while one is away, so that most is said where it has to cross from process to process.
        slower = 1 if all(process.up for process in place.processes) else 3
        await asyncio.sleep(slower * pause * random.uniform(0.5, 1.5))
