"""One place in the crew, where one worker after the other sits: never nobody for longer than it takes to start one."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, repeat
from socket import socket
from typing import Any

from edusphere.server.lifeline import Pulse
from edusphere.settings import SECONDS, Settings

log = logging.getLogger(__name__)

SETTLED = 10 * SECONDS
"""A worker that dies sooner is not replaced at once: what kills it may kill the next."""
PAUSES = (0.0, 1 * SECONDS, 2 * SECONDS, 5 * SECONDS, 10 * SECONDS, 30 * SECONDS)
CLOSING = 3 * SECONDS
"""Beside EDUSPHERE_DRAIN, before a worker that does not go is killed."""


@dataclass(slots=True, eq=False)
class Worker:
    process: Process
    pulse: Pulse
    began: float


class Seat:
    def __init__(
        self,
        settings: Settings,
        door: socket,
        doors: Sequence[socket],
        orders: Mapping[str, Any],
        stop: asyncio.Event,
    ) -> None:
        """`door` is the one to accept at; at the others, only who was left waiting there."""
        self._settings = settings
        self._doors = [door.fileno(), *(other.fileno() for other in doors if other is not door)]
        self._orders = orders
        self._stop = stop
        self._sitting: Worker | None = None
        self._changing = asyncio.Lock()
        self._running: set[Worker] = set()
        self._keeping: set[asyncio.Task[None]] = set()

    async def open(self, with_demo: bool) -> bool:
        """Let the first worker open the school; return whether it did."""
        async with self._changing:
            return await self._change(opens=True, with_demo=with_demo)

    def fill(self) -> None:
        """Let somebody sit down, and try again for as long as it takes. Returns at once."""
        self._keep_at(self._fill(0))

    async def renew(self) -> bool:
        """Start another worker and let the one before it go; return False where the new one does not serve."""
        async with self._changing:
            return await self._change()

    async def clear(self) -> None:
        """Ask whoever is here to go."""
        await asyncio.gather(*(self._dismiss(worker) for worker in self._running))
        for keeping in self._keeping:
            keeping.cancel()  # what they were just starting ends with its standard input

    async def _change(self, *, opens: bool = False, with_demo: bool = False) -> bool:
        try:
            worker = await self._start(opens=opens, with_demo=with_demo)
        except OSError as error:  # too little memory, or the program is just being replaced
            log.error("A worker could not be started: %s", error)
            return False
        if not await self._serves(worker, None if opens else self._settings.worker_opening):
            return False
        before, self._sitting = self._sitting, worker
        self._keep_at(self._replace(worker))
        if before is not None:
            await self._dismiss(before)
        return True

    async def _start(self, *, opens: bool, with_demo: bool) -> Worker:
        told, tells = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, *(f"-W{what}" for what in sys.warnoptions)),
                *("-m", "edusphere.server.one_of_many"),
                stdin=PIPE,
                pass_fds=(*self._doors, tells),
                start_new_session=True,  # Ctrl-C is for the supervisor: it asks the workers
            )
        except BaseException:
            os.close(told)
            raise
        finally:
            os.close(tells)
        worker = Worker(process, await Pulse.of(told), time.monotonic())
        self._running.add(worker)
        self._keep_at(self._watch_over(worker))
        given = {"doors": self._doors, "lifeline": tells, "opens": opens, "with_demo": with_demo}
        assert process.stdin is not None  # noqa: S101 (it is a PIPE)
        process.stdin.write(json.dumps({**self._orders, **given}).encode() + b"\n")
        return worker

    async def _serves(self, worker: Worker, seconds: float | None) -> bool:
        """Wait until it does.

        The first may be filling a demo: it is given as long as it shows life, and nobody is kept from leaving.
        """
        events = (worker.pulse.ready, worker.pulse.ended, self._stop)
        waiting = [asyncio.ensure_future(event.wait()) for event in events]
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for each in waiting:
            each.cancel()
        if not any(event.is_set() for event in events):
            log.error("Worker %d did not begin to serve within %g s and was ended.", worker.process.pid, seconds)
            _kill(worker.process)
        return worker.pulse.ready.is_set()

    async def _watch_over(self, worker: Worker) -> None:
        """End a worker whose loop stands still: nobody there is answered, and the others are ready to."""
        silent = asyncio.ensure_future(worker.pulse.stops(self._settings.worker_silence))
        ended = asyncio.ensure_future(worker.process.wait())
        try:
            await asyncio.wait((silent, ended), return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():
                log.error("Worker %d does not do anything any more and was ended.", worker.process.pid)
                _kill(worker.process)
                await ended
        finally:
            silent.cancel()
            ended.cancel()
            self._running.discard(worker)

    async def _replace(self, worker: Worker) -> None:
        """Let another sit down when this one ends without being asked to."""
        code = await worker.process.wait()
        if self._sitting is worker and not self._stop.is_set():
            log.error("Worker %d ended by itself (%s). Another takes its place.", worker.process.pid, _how(code))
            await self._fill(1 if time.monotonic() - worker.began < SETTLED else 0)

    async def _fill(self, pauses: int) -> None:
        for pause in chain(PAUSES[pauses:], repeat(PAUSES[-1])):
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._stop.wait()
            async with self._changing:
                sitting = self._sitting is not None and self._sitting.process.returncode is None
                if self._stop.is_set() or sitting or await self._change():
                    return

    async def _dismiss(self, worker: Worker) -> None:
        """Ask a worker to let its people go, and end it if it does not."""
        if worker.process.returncode is None:
            with suppress(ProcessLookupError):  # it went by itself just now
                worker.process.terminate()
            try:
                async with asyncio.timeout(self._settings.drain + CLOSING):
                    await worker.process.wait()
            except TimeoutError:
                log.warning("Worker %d did not go and was ended.", worker.process.pid)
                _kill(worker.process)
                await worker.process.wait()

    def _keep_at(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._keeping.add(task)
        task.add_done_callback(self._keeping.discard)


def _kill(process: Process) -> None:
    with suppress(ProcessLookupError):  # it went by itself just now
        process.kill()


def _how(code: int) -> str:
    return f"by {signal.Signals(-code).name}" if code < 0 else f"with status {code}"
