"""Commit first, then tell; and once committed, tell for certain."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
log = logging.getLogger(__name__)

_unfinished: set[asyncio.Task[Any]] = set()


async def to_the_end(deed: Coroutine[Any, Any, T]) -> T:
    """Run a deed to its end even if whoever asked goes away in the middle.

    A request's task is cancelled when its browser leaves: between a commit and its announcement that would leave the
    others without news until their next gap check.
    """
    task = asyncio.ensure_future(deed)
    _unfinished.add(task)
    task.add_done_callback(_finished)
    return await asyncio.shield(task)


def afterwards(deed: Coroutine[Any, Any, None]) -> None:
    """Do something after the answer, which does not wait for it: neither its outcome nor its duration is told."""
    task = asyncio.ensure_future(_logged(deed))
    _unfinished.add(task)
    task.add_done_callback(_finished)


async def _logged(deed: Coroutine[Any, Any, None]) -> None:
    try:
        await deed
    except Exception:  # nobody is there to be told
        log.exception("What was to be done after an answer was not done.")


async def all_told() -> None:
    """Wait for the deeds still under way, before the database is closed."""
    while _unfinished:  # one may begin the next
        await asyncio.gather(*_unfinished, return_exceptions=True)


def _finished(task: asyncio.Task[Any]) -> None:
    _unfinished.discard(task)
    if not task.cancelled():
        task.exception()  # noted: where nobody waits any more, a refusal concerns nobody
