"""A school with one of its safeguards taken out: `python -m tests.faults.mutant NAME -- serve …`.

The suite must notice each of them, or it would notice nothing. They live here alone: the product knows nothing of them.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import uuid4

from edusphere.database import Database, Transaction
from edusphere.database.client import calmly
from edusphere.realtime import Realtime
from edusphere.realtime.frames import Frame
from edusphere.realtime.order import RoomOrder
from edusphere.school.messages import Messages

LATE = 0.15
"""Seconds between the answer to a post and its commit."""

_late: set[asyncio.Task[None]] = set()


def acknowledge_before_commit() -> None:
    """What is written is answered, and committed a moment later."""

    @asynccontextmanager
    async def transaction(self: Database, answer: float | None = None) -> AsyncIterator[Transaction]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(calmly())
            connection = await stack.enter_async_context(self._client.acquire_connection())
            await stack.enter_async_context(connection.transaction())
            yield Transaction(connection, answer)
            _commit_later(stack.pop_all())

    rows = Database.rows

    async def rows_in_a_transaction(self: Database, sql: str, *values: Any) -> list[Any]:
        if "INSERT INTO messages" not in sql:
            return await rows(self, sql, *values)
        async with self.transaction() as open_:
            return await open_.rows(sql, *values)

    Database.transaction = transaction  # type: ignore[method-assign]
    Database.rows = rows_in_a_transaction  # type: ignore[method-assign]


def _commit_later(stack: AsyncExitStack) -> None:
    async def commit() -> None:
        async with stack:
            await asyncio.sleep(LATE)

    task = asyncio.ensure_future(commit())
    _late.add(task)
    task.add_done_callback(_late.discard)


def do_not_deduplicate() -> None:
    """What is sent again is another message."""
    post = Messages.post

    async def post_anew(self: Messages, me: Any, room_id: Any, draft: Any) -> Any:
        if await self._database.row("SELECT FROM messages WHERE client_id = $1", draft.client_id) is not None:
            draft = replace(draft, client_id=uuid4())
        return await post(self, me, room_id, draft)

    Messages.post = post_anew  # type: ignore[method-assign]


def do_not_repair_gaps() -> None:
    """What a wake-up did not bring is not read from the table."""
    Realtime._repair = lambda self, room_id: None  # type: ignore[method-assign]


def do_not_filter_by_order() -> None:
    """Whatever comes is handed on as it comes."""

    def offer(self: RoomOrder, number: int, frame: Frame) -> None:
        self.position = max(self.position or 0, number)
        self._deliver(frame, number)

    RoomOrder.offer = offer  # type: ignore[method-assign]


def do_not_check_positions() -> None:
    """A wake-up lost before a silence is not missed."""

    async def rest(self: Realtime) -> None:
        del self
        await asyncio.Event().wait()

    Realtime._check_positions = rest  # type: ignore[method-assign]


class Mutant(NamedTuple):
    apply: Callable[[], None]
    faults: tuple[str, ...]
    """What is broken to find it out."""
    breaks: frozenset[str]
    """The promises of which at least one must be seen broken: a slow machine that breaks others proves nothing."""


MUTANTS = {
    "ack-before-commit": Mutant(acknowledge_before_commit, ("postgres restarted", "process killed"), frozenset({"G1"})),
    "no-deduplication": Mutant(do_not_deduplicate, ("redis emptied",), frozenset({"G1", "G5"})),
    "no-gap-repair": Mutant(do_not_repair_gaps, ("redis killed", "redis hung"), frozenset({"G3", "G4"})),
    "no-order-filter": Mutant(do_not_filter_by_order, ("redis killed", "redis killed"), frozenset({"G3"})),
    "no-position-check": Mutant(do_not_check_positions, ("redis hung",), frozenset({"G4"})),
}


def main() -> None:
    name, _, *arguments = sys.argv[1:]
    MUTANTS[name].apply()
    from edusphere.__main__ import main as edusphere

    sys.argv = ["edusphere", *arguments]
    edusphere()


if __name__ == "__main__":
    main()
