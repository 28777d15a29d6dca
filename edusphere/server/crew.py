"""Several processes of one school: started, watched, replaced one by one.

Each sits at a seat (seat.py), with a door to accept at. The first opens the school, the others join it when it is open.
One that dies is replaced and the others do not notice; at SIGHUP each in turn gives way to a new one, which reads the
program and its settings anew (how long the supervisor is patient with them stays as it was at its start). They are
bound to their supervisor by their standard input: it ends when the supervisor does.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from socket import SHUT_RDWR, socket

from edusphere.database.address import Address
from edusphere.database.embedded import EmbeddedPostgres
from edusphere.server import logs
from edusphere.server.refused import Refused
from edusphere.server.revival import revived
from edusphere.server.seat import Seat
from edusphere.settings import SECONDS, Settings

log = logging.getLogger(__name__)

SHUT = 0.3 * SECONDS
"""In which the workers themselves have turned away from the doors."""


class Crew:
    def __init__(
        self,
        settings: Settings,
        doors: Sequence[socket],
        address: Address,
        postgres: EmbeddedPostgres | None,
        say: Callable[[str], None],
    ) -> None:
        """`doors` are bound: one that all share, or one for each."""
        self._settings = settings
        self._doors = doors
        self._postgres = postgres
        self._say = say
        self._stop = asyncio.Event()
        self._renew = asyncio.Event()
        orders = {
            "address": asdict(address),
            # What the command line may have said; the rest a worker reads for itself.
            "settings": {
                "host": settings.host,
                "port": settings.port,
                "workers": settings.workers,
                "data": str(settings.data),
            },
        }
        self._seats = [
            Seat(settings, doors[number % len(doors)], doors, orders, self._stop) for number in range(settings.workers)
        ]

    async def work(self, with_demo: bool) -> None:
        """Run the school until SIGTERM or Ctrl-C, or until the terminal it was started at is closed.

        Raises:
            Refused: it could not be opened; the worker has said why.
        """
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self._stop.set)
        had_terminal = _has_terminal()

        def hang_up() -> None:
            (self._stop if had_terminal and not _has_terminal() else self._renew).set()

        loop.add_signal_handler(signal.SIGHUP, hang_up)
        logs.configure(self._settings)
        try:
            async with revived(self._postgres):
                first, *others = self._seats
                if not await first.open(with_demo):
                    if self._stop.is_set():
                        return
                    raise Refused("The school could not be opened.")
                for seat in others:
                    seat.fill()
                await self._go_on()
        finally:
            self._stop.set()
            await asyncio.gather(*(seat.clear() for seat in self._seats), self._shut())

    async def _shut(self) -> None:
        """Refuse whoever comes now: with the doors still open here they would wait for nobody."""
        await asyncio.sleep(SHUT)
        for door in self._doors:
            with suppress(OSError):  # never opened
                door.shutdown(SHUT_RDWR)

    async def _go_on(self) -> None:
        while not self._stop.is_set():
            waiting = [asyncio.ensure_future(event.wait()) for event in (self._stop, self._renew)]
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for each in waiting:
                each.cancel()
            if self._renew.is_set() and not self._stop.is_set():
                self._renew.clear()
                await self._renew_all()
        self._say("Closing …")

    async def _renew_all(self) -> None:
        for seat in self._seats:
            if self._stop.is_set():
                return
            if not await seat.renew():
                log.error("A new worker did not start: those that are there go on.")
                return
        log.info("All %d workers are new.", len(self._seats))


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True
