"""Several processes of one school: started, watched, replaced one by one.

All accept on the socket that was bound once. The first opens the school, the others join it when it is open. One that
dies is replaced and the others do not notice; at SIGHUP each in turn gives way to a new one, which reads the program
and its settings anew. They are bound to their supervisor by their standard input: it ends when the supervisor does.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import chain, repeat
from socket import socket
from typing import Any

from edusphere.database.address import Address
from edusphere.database.embedded import EmbeddedPostgres
from edusphere.server import logs
from edusphere.server.refused import Refused
from edusphere.server.revival import revived
from edusphere.settings import SECONDS, Settings

log = logging.getLogger(__name__)

READY = b"1"
SETTLED = 10 * SECONDS
"""A worker that dies sooner is not replaced at once: what kills it may kill the next."""
PAUSES = (0.0, 1 * SECONDS, 2 * SECONDS, 5 * SECONDS, 10 * SECONDS, 30 * SECONDS)
CLOSING = 3 * SECONDS
"""Beside EDUSPHERE_DRAIN, before a worker that does not go is killed."""


@dataclass(slots=True, eq=False)
class Worker:
    process: Process
    began: float
    leaves: bool = False
    """It was asked to go."""


class Crew:
    def __init__(
        self,
        settings: Settings,
        listener: socket,
        address: Address,
        postgres: EmbeddedPostgres | None,
        say: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._listener = listener
        self._address = address
        self._postgres = postgres
        self._say = say
        self._workers: set[Worker] = set()
        self._watching: set[asyncio.Task[None]] = set()
        self._stop = asyncio.Event()
        self._renew = asyncio.Event()

    async def work(self, with_demo: bool) -> None:
        """Run the school until SIGTERM or Ctrl-C.

        Raises:
            Refused: it could not be opened; the worker has said why.
        """
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, self._renew.set)
        logs.configure(self._settings)
        try:
            async with revived(self._postgres):
                if await self._hire(opens=True, with_demo=with_demo) is None:
                    if self._stop.is_set():
                        return
                    raise Refused("The school could not be opened.")
                await asyncio.gather(*(self._hire() for _ in range(self._settings.workers - 1)))
                await self._go_on()
        finally:
            self._stop.set()
            await asyncio.gather(*(self._dismiss(worker) for worker in self._workers))
            for watching in self._watching:
                watching.cancel()  # what they were just starting ends with its standard input

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
        for worker in sorted(self._workers, key=lambda worker: worker.began):
            if self._stop.is_set():
                return
            if await self._hire() is None:
                log.error("A new worker did not start: those that are there go on.")
                return
            await self._dismiss(worker)
        log.info("All %d workers are new.", len(self._workers))

    async def _hire(self, *, opens: bool = False, with_demo: bool = False) -> Worker | None:
        """Start a worker and wait until it serves; None if it ended before."""
        told, tells = os.pipe()
        try:
            orders = {
                "listener": self._listener.fileno(),
                "ready": tells,
                "address": asdict(self._address),
                "settings": self._overrides(),
                "opens": opens,
                "with_demo": with_demo,
            }
            worker = Worker(
                await asyncio.create_subprocess_exec(
                    *(sys.executable, *(f"-W{what}" for what in sys.warnoptions)),
                    *("-m", "edusphere.server.one_of_many"),
                    stdin=PIPE,
                    pass_fds=(self._listener.fileno(), tells),
                    start_new_session=True,  # Ctrl-C is for the supervisor: it asks the workers
                ),
                time.monotonic(),
            )
        finally:
            os.close(tells)
        assert worker.process.stdin is not None  # noqa: S101 (it is a PIPE)
        worker.process.stdin.write(json.dumps(orders).encode() + b"\n")
        self._workers.add(worker)
        is_ready = await self._is_ready(told)
        watching = asyncio.get_running_loop().create_task(self._watch(worker, was_ready=is_ready))
        self._watching.add(watching)
        watching.add_done_callback(self._watching.discard)
        return worker if is_ready else None

    def _overrides(self) -> dict[str, Any]:
        """What the command line may have said; the rest a worker reads for itself."""
        settings = self._settings
        return {"host": settings.host, "port": settings.port, "workers": settings.workers, "data": str(settings.data)}

    async def _is_ready(self, descriptor: int) -> bool:
        reader = asyncio.StreamReader()
        pipe = os.fdopen(descriptor, "rb", buffering=0)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), pipe
        )
        hearing, stopping = asyncio.ensure_future(reader.read(1)), asyncio.ensure_future(self._stop.wait())
        try:
            # The first may be filling a demo: it is given as long as it lives, and nobody is kept from leaving.
            await asyncio.wait((hearing, stopping), return_when=asyncio.FIRST_COMPLETED)
            return hearing.done() and hearing.result() == READY
        finally:
            hearing.cancel()
            stopping.cancel()
            transport.close()

    async def _watch(self, worker: Worker, *, was_ready: bool) -> None:
        """Replace a worker that ends without being asked to."""
        code = await worker.process.wait()
        self._workers.discard(worker)
        if worker.leaves or not was_ready:
            return
        short = 1 if time.monotonic() - worker.began < SETTLED else 0
        log.error("Worker %d ended by itself (%s). Another takes its place.", worker.process.pid, _how(code))
        for pause in chain(PAUSES[short:], repeat(PAUSES[-1])):
            await asyncio.sleep(pause)
            if self._stop.is_set() or await self._hire() is not None:
                return

    async def _dismiss(self, worker: Worker) -> None:
        """Ask a worker to let its people go, and end it if it does not."""
        worker.leaves = True
        if worker.process.returncode is None:
            worker.process.terminate()
            try:
                async with asyncio.timeout(self._settings.drain + CLOSING):
                    await worker.process.wait()
            except TimeoutError:
                log.warning("Worker %d did not go and was ended.", worker.process.pid)
                worker.process.kill()
                await worker.process.wait()


def _how(code: int) -> str:
    return f"by {signal.Signals(-code).name}" if code < 0 else f"with status {code}"
