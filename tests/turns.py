"""How long the loop's thread is kept busy before others have their turn."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import TypeVar

T = TypeVar("T")
HELD_AT_MOST = 0.050
"""Seconds in which nobody else's words are passed on."""
SLACK = 3
"""For a machine that does other things too."""


async def held(act: Callable[[], Awaitable[T]]) -> tuple[T, float]:
    """Return what an act returns, and the longest that it kept the loop's thread busy before others had their turn."""
    turns: list[float] = []

    async def take_turns() -> None:
        while True:
            turns.append(time.thread_time())
            await asyncio.sleep(0)

    taking = asyncio.create_task(take_turns())
    await asyncio.sleep(0)
    try:
        result = await act()
    finally:
        taking.cancel()
    turns.append(time.thread_time())
    return result, max(after - before for before, after in pairwise(turns))
