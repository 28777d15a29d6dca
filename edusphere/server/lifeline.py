"""What a worker says to its supervisor, through a pipe of its own: that its loop turns, and that people may come in."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress

from edusphere.settings import SECONDS

BEAT = 1 * SECONDS
ALIVE, READY = b".", b"!"


class Lifeline:
    """The worker's end."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        os.set_blocking(descriptor, False)
        self._say(ALIVE)

    def ready(self) -> None:
        self._say(READY)

    async def beat(self) -> None:
        """Show life for as long as the loop turns."""
        while True:
            await asyncio.sleep(BEAT)
            self._say(ALIVE)

    def _say(self, word: bytes) -> None:
        with suppress(BlockingIOError, BrokenPipeError):  # nobody listens: standard input tells of a supervisor's end
            os.write(self._descriptor, word)


class Pulse(asyncio.Protocol):
    """The supervisor's end."""

    def __init__(self) -> None:
        self.ready = asyncio.Event()
        self.ended = asyncio.Event()
        self._heard = True

    @classmethod
    async def of(cls, descriptor: int) -> Pulse:
        pipe = os.fdopen(descriptor, "rb", buffering=0)
        _, pulse = await asyncio.get_running_loop().connect_read_pipe(cls, pipe)
        return pulse

    def data_received(self, data: bytes) -> None:
        self._heard = True
        if READY in data:
            self.ready.set()

    def connection_lost(self, error: Exception | None) -> None:
        del error
        self.ended.set()

    async def stops(self, seconds: float) -> None:
        """Return when nothing was heard for so long.

        Counted in looks, not by the clock: when the whole machine slept, everybody is given their time anew.
        """
        missed = 0.0
        while missed < seconds:
            self._heard = False
            await asyncio.sleep(BEAT)
            missed = 0.0 if self._heard else missed + BEAT
