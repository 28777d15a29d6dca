"""Somebody leaves or is put out, signs out, has a new password or no account any more while others talk: G11.

It is done in one process and must be felt by a socket of another, with Redis and without.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from tests.faults import door
from tests.faults.client import Person
from tests.faults.faults import broken
from tests.faults.history import History, Measured, now
from tests.faults.place import Place
from tests.faults.promises import FELT, FELT_WITHOUT_REDIS, SLACK
from tests.faults.stories.storm import move_in
from tests.faults.talk import settled, talking
from tests.people import PASSWORD

KINDS = ("left", "put out by the host", "signed out", "new password", "account closed")
FLOOD = 0.1
"""Seconds between one's words."""
FOUND_AGAIN = 10.0
"""Seconds in which every process has found a Redis that is back."""
AFTERWARDS = 0.5
"""Seconds in which one who was put out must hear nothing."""
FOR_GOOD = 20.0
"""Seconds after which it is not felt any more."""
NEW = "four other words now"


async def put_out(place: Place, times: int) -> None:
    senders = await move_in(place)
    await asyncio.gather(*(person.arrive() for person in place.people))
    async with talking(place, senders, pause=FLOOD):
        for turn in range(times):
            for kind in KINDS:
                await _tell(place, kind, turn, FELT, f"{kind}: felt after")
            async with _without_redis(place, hung=bool(turn % 2)):
                for kind in KINDS:
                    await _tell(place, kind, turn, FELT_WITHOUT_REDIS + SLACK, f"{kind}, without Redis: felt after")
            await asyncio.sleep(FOUND_AGAIN)
    await settled(place)


@asynccontextmanager
async def _without_redis(place: Place, *, hung: bool) -> AsyncIterator[None]:
    async with broken(place.history, "redis hung" if hung else "redis killed"):
        if hung:
            place.valkey.hang()
            yield
            place.valkey.go_on()
        else:
            place.valkey.kill()
            yield
            await place.valkey.start()


async def _tell(place: Place, kind: str, turn: int, bound: float, what: str) -> None:
    here, there = turn % 2, (turn + 1) % 2
    me = await place.account(f"pupil-{uuid4().hex[:8]}", ["hall"])
    headers = await door.sign_in(place.processes[here], f"{me.username}@school.example", PASSWORD)
    history, hall = History(), place.rooms["hall"]
    pupil = Person(me, headers, [hall], place.processes, there, history)
    await pupil.arrive()
    async with broken(place.history, kind):
        match kind:
            case "left":
                await door.ask(place.processes[here], door.LEAVE, headers, room=str(hall))
            case "put out by the host":
                await place.school.rooms.remove_member(place.people[0].me, hall, me.id)
            case "account closed":
                await place.school.people.disable(me.username)
            case "signed out":
                await door.ask(place.processes[here], door.SIGN_OUT, headers)
            case "new password":
                other = await door.sign_in(place.processes[here], f"{me.username}@school.example", PASSWORD)
                await door.ask(place.processes[here], door.NEW_PASSWORD, other, current=PASSWORD, new=NEW)
        done = now()
        while (felt := pupil.put_out) is None and now() < done + FOR_GOOD:
            await asyncio.sleep(0.01)
    await asyncio.sleep(AFTERWARDS)
    place.history.note(Measured("G11", what, max(0.0, (felt or now()) - done), bound))
    after = sum(heard.at > (felt or done) for heard in history.heard)
    place.history.note(Measured("G11", "heard afterwards", after, 0, "messages"))
    await pupil.leave()
