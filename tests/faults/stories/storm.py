"""A class talks while one thing after the other breaks: G1 to G8, and G14."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tests.faults import faults
from tests.faults.client import Person
from tests.faults.history import now
from tests.faults.place import Place
from tests.faults.power import ENOUGH
from tests.faults.talk import settled, talking

SENDERS = 8
LISTENERS = 4
PAUSE = 0.3
"""Seconds between one's words, on average."""
KINDS = ("process killed", "redis killed", "redis hung", "postgres restarted", "redis emptied")
AWAY = 3.0
"""Seconds that a commuter is away, and then there."""
BREATH = 0.5
"""Seconds between two faults in which nothing is broken."""


async def move_in(place: Place) -> list[Person]:
    """Return the senders; the listeners only listen. Half of each prefer one process, half the other."""
    return [await place.newcomer(f"person-{number}", number % 2) for number in range(SENDERS + LISTENERS)][:SENDERS]


async def storm(
    place: Place,
    senders: list[Person],
    *,
    rounds: int,
    seconds: float = 0.0,
    enough: int = ENOUGH,
    kinds: tuple[str, ...] = KINDS,
    pause: float = PAUSE,
    say: Callable[[str], None] = lambda sentence: None,
) -> None:
    """Break everything so many times, and go on until enough was said and so many seconds are over."""
    began = now()
    async with talking(place, senders, pause=pause), commuting(place.people[-1]):
        turn = 0
        while turn < rounds or len(place.history.sent) <= enough or now() - began < seconds:
            for kind in kinds:
                say(f"Storm, round {turn + 1}: {kind} …")
                await _break(place, kind, turn)
                await asyncio.sleep(BREATH)
            turn += 1
    await settled(place)


@asynccontextmanager
async def commuting(person: Person) -> AsyncIterator[None]:
    """Let somebody be away half of the time, while others edit and remove what they know."""
    stopping = asyncio.Event()

    async def commute() -> None:
        while not stopping.is_set():
            await person.leave()
            await asyncio.sleep(AWAY)
            await person.arrive()
            await asyncio.sleep(AWAY)

    commuter = asyncio.create_task(commute())
    try:
        yield
    finally:
        stopping.set()
        await commuter


async def _break(place: Place, kind: str, turn: int) -> None:
    match kind:
        case "process killed":
            await faults.kill_process(place, turn % 2)
        case "redis killed":
            await faults.kill_redis(place)
        case "redis hung":
            quiet = next((person for person in place.people if person.via == turn % 2), place.people[0])
            await faults.hang_redis(place, quiet)
        case "postgres restarted":
            await faults.restart_postgres(place, how="killed" if turn % 2 else "at once")
        case "redis emptied":
            await faults.empty_redis(place)
