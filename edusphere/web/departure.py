"""Asking everybody to come back later: spread over a window, each after the answer that is owed to them.

A school that goes in one instant comes back in one instant. Browsers spread their return too; this keeps those apart
who do not, and the server's own work of letting them go from becoming one long turn of its loop.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from time import monotonic
from typing import Protocol, TypeVar

from edusphere.contract.close_codes import CloseCode
from edusphere.realtime import Realtime
from edusphere.realtime.connection import Connection
from edusphere.settings import SECONDS

T = TypeVar("T")
WORDS = "The server restarts. Come back in a moment."
FULL = 1_000
"""So many sockets take the whole window, fewer a part of it: a small school is not kept from stopping."""
SHARE = 0.75
"""Of the time there is; the rest is for the last goodbyes."""
STEP = 0.02 * SECONDS
"""Nobody is waited for more finely than that."""


class Busy(Protocol):
    """Who is just being answered."""

    def finish(self, code: CloseCode, reason: str) -> None:
        """Close when that answer is out; begin nothing more."""
        ...


class Departure:
    """Of all sockets of this process; it happens once."""

    def __init__(self) -> None:
        self.begun = False
        self.answering: dict[Connection, Busy] = {}
        """Whose answer is still to come."""

    async def all_go(self, realtime: Realtime, seconds: float) -> None:
        """Ask everybody within `seconds` to come back later, and wait until all have gone."""
        self.begun = True
        leaving = realtime.connections()
        random.shuffle(leaving)  # those of one person, or of one class that came together, do not go together
        async for connection in spread(leaving, seconds * SHARE * min(1.0, len(leaving) / FULL)):
            if (busy := self.answering.get(connection)) is not None:
                busy.finish(CloseCode.RESTARTING, WORDS)
            else:
                connection.close(CloseCode.RESTARTING, WORDS)
        while rest := realtime.connections():
            for connection in set(rest).difference(leaving):  # let in as it began
                connection.close(CloseCode.RESTARTING, WORDS)
            await asyncio.sleep(STEP)


async def spread(items: Sequence[T], seconds: float) -> AsyncIterator[T]:
    """Give one after the other, evenly over so many seconds."""
    began = monotonic()
    for number, item in enumerate(items):
        early = began + seconds * number / len(items) - monotonic()
        if early > STEP:
            await asyncio.sleep(early)
        yield item
