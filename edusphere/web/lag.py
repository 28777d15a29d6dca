"""How late the event loop is: while it stands still, nobody is answered."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from time import monotonic

from edusphere import metrics
from edusphere.settings import SECONDS

LOOK = 0.25 * SECONDS
REMEMBERED = 40
"""Looks: ten seconds of them."""


class Lag:
    def __init__(self) -> None:
        self._late: deque[float] = deque(maxlen=REMEMBERED)

    @property
    def worst(self) -> float:
        """The longest it stood still within the last ten seconds."""
        return max(self._late, default=0.0)

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching

    async def _watch(self) -> None:
        while True:
            due = monotonic() + LOOK
            await asyncio.sleep(LOOK)
            late = max(0.0, monotonic() - due)
            self._late.append(late)
            metrics.loop_lag.observe(late)
