"""Readers who stop reading while others talk: G9. They are let go, cost little, and come back to what they missed."""

from __future__ import annotations

import asyncio
import socket
from uuid import uuid4

from tests.faults.checker import heard_once
from tests.faults.client import Person
from tests.faults.faults import broken
from tests.faults.history import History, Measured, now
from tests.faults.place import Place
from tests.faults.process import Process
from tests.faults.promises import ACKNOWLEDGED, LET_GO, SLACK
from tests.faults.talk import settled

READERS = 10
SENDERS = LISTENERS = 4
LONG = 3_900
"""Letters of a message."""
TOO_MUCH = 400
"""Messages that are more than may wait for a reader, and few enough to be told again on return."""
TOO_LONG = 120
"""Messages that may wait, but not for ever."""
RECEIVE_BUFFER = 16 * 1024
"""Bytes that a reader's kernel takes for it, and about doubles."""
MEBIBYTE = 1.0
FOR_GOOD = 30.0


async def slow_readers(place: Place, times: int) -> None:
    """Let `READERS` of them stop at once, until it is so many `times` or more, and once by each kind of flood."""
    apart = History()  # what they hear late is no fault of the school's
    senders = [await place.newcomer(f"sender-{number}", 1) for number in range(SENDERS)]
    others = [await place.newcomer(f"other-{number}", number % 2) for number in range(LISTENERS)]
    readers = [await place.newcomer(f"reader-{number}", 0, history=apart) for number in range(READERS)]
    for reader in readers:
        reader.open_socket = narrow
    await asyncio.gather(*(person.arrive() for person in place.people))
    await _flood(place, senders, TOO_MUCH)  # so that what a flood alone takes is there already
    await settled(place)
    for turn in range(max(2, -(-times // READERS))):
        await _stop_reading(place, readers, senders, others, TOO_LONG if turn % 2 else TOO_MUCH)
    lost = len(heard_once(apart, await place.table()).broken)
    place.history.note(Measured("G9", "lost, doubled or out of order on return", lost, 0, "messages"))


async def _stop_reading(
    place: Place, readers: list[Person], senders: list[Person], others: list[Person], messages: int
) -> None:
    process, began, heard = place.processes[0], now(), len(place.history.heard)
    before = process.memory()
    seen: list[float] = []
    watching = asyncio.create_task(_watch(process, seen))
    for reader in readers:
        reader.reads.clear()
    leaving = [asyncio.create_task(_let_go(place, reader, others[0], began)) for reader in readers]
    await _flood(place, senders, messages)
    for after in await asyncio.gather(*leaving):
        place.history.note(Measured("G9", "let go after", after - began, LET_GO + SLACK))
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    place.history.note(Measured("G9", "cost each", (max(seen) - before) / len(readers), MEBIBYTE, "MiB"))
    names = {other.name for other in others}
    committed = {(row.room, row.number): row.at for row in await place.table()}
    late = sorted(one.at - committed[one.room, one.number] for one in place.history.heard[heard:] if one.who in names)
    place.history.note(Measured("G9", "p99 of the others", late[int(0.99 * len(late))], ACKNOWLEDGED))
    for reader in readers:
        reader.reads.set()
    await settled(place)


async def narrow(process: Process) -> socket.socket:
    """Return a line whose reader's kernel takes little for it."""
    line = socket.socket()
    line.setblocking(False)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    await asyncio.get_running_loop().sock_connect(line, (process.host, process.port))
    return line


async def _flood(place: Place, senders: list[Person], messages: int) -> None:
    async def send(sender: Person) -> None:
        for _ in range(messages // len(senders)):
            client_id = uuid4()
            await sender.say("post", place.rooms["hall"], client_id, f"{client_id.hex} {'x' * LONG}")

    await asyncio.gather(*(send(sender) for sender in senders))


async def _watch(process: Process, seen: list[float]) -> None:
    """Note what a process holds, as long as somebody wants to know."""
    while True:
        seen.append(await asyncio.to_thread(process.memory))
        await asyncio.sleep(0.3)


async def _let_go(place: Place, reader: Person, watcher: Person, began: float) -> float:
    """Return when the others were told that a reader is gone, who knows nothing of it yet."""
    company, who = watcher.company.setdefault(place.rooms["hall"], []), str(reader.me.id)
    async with broken(place.history, "reader stopped"):
        while now() < began + FOR_GOOD:
            for at, people in company:
                if at > began and who not in people:
                    return at
            await asyncio.sleep(0.1)
    return now()
