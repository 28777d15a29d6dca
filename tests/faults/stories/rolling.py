"""A new version goes in while a class talks: G13. By two processes, and by the workers of one."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

from tests.faults.faults import broken, go_home
from tests.faults.place import Place
from tests.faults.stories.storm import PAUSE, move_in
from tests.faults.talk import settled, talking

ALL_NEW = "workers are new"
RENEWED = 60.0
"""Seconds in which all workers are new."""
BREATH = 1.0


async def restart_one_by_one(place: Place, times: int) -> None:
    """Stop each of the processes in turn, as an administrator does, and start it again."""
    senders = await move_in(place)
    await asyncio.gather(*(person.arrive() for person in place.people))
    async with talking(place, senders, pause=PAUSE):
        for turn in range(times):
            process = place.processes[turn % len(place.processes)]
            async with broken(place.history, "process restarted"):
                await process.stop()
                await process.start()
            await go_home(place)
            await asyncio.sleep(BREATH)
    await settled(place)


async def renew_workers(place: Place, times: int) -> None:
    """Renew the workers of one supervisor by SIGHUP, and kill one of them between two times."""
    senders = await move_in(place)
    await asyncio.gather(*(person.arrive() for person in place.people))
    (process,) = place.processes
    async with talking(place, senders, pause=PAUSE):
        for turn in range(times):
            async with broken(place.history, "workers renewed"), asyncio.timeout(RENEWED):
                process.renew()
                while process.words().count(ALL_NEW) <= turn:
                    await asyncio.sleep(0.1)
            async with broken(place.history, "process killed"), asyncio.timeout(RENEWED):
                before = workers(process.pid)
                os.kill(min(before), signal.SIGKILL)
                while len(workers(process.pid) - before) == 0:
                    await asyncio.sleep(0.1)
                await asyncio.sleep(BREATH)
    await settled(place)


def workers(supervisor: int) -> set[int]:
    """Return the processes that are children of a supervisor."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == supervisor and b"one_of_many" in (process / "cmdline").read_bytes():
                found.add(int(process.name))
    return found
