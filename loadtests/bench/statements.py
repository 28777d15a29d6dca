"""How many statements a school sends to its Postgres, as Postgres's own log counts them."""

from __future__ import annotations

import asyncio
import time
from types import TracebackType

import asyncpg

from loadtests.bench.served import Served

SUPERUSER = "postgres"
SETTLED = 1.5
"""Seconds in which Postgres's processes have read a new setting, and written what they had to say."""
OWN = ("pg_reload_conf", "last_number FROM rooms WHERE id = ANY", "FROM unnest($2::uuid[]) AS asked")
"""What is asked now and then whatever people do: ourselves, the check of positions, the watch over sessions."""


class Statements:
    """Counts from entering to leaving the block; `count` is read after it."""

    def __init__(self, school: Served) -> None:
        self._school = school
        self._log = school.data / "postgres.log"
        self.count = 0

    def __enter__(self) -> Statements:
        self._write(on=True)
        self._from = self._log.stat().st_size
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        time.sleep(SETTLED)
        with self._log.open("rb") as text:
            text.seek(self._from)
            said = text.read().decode(errors="replace").split(" LOG:  ")
        self._write(on=False)
        statements = [each for each in said if each.startswith(("execute ", "statement: "))]
        self.count = sum(not any(own in each for own in OWN) for each in statements)

    def _write(self, *, on: bool) -> None:
        asyncio.run(self._alter(on=on))
        time.sleep(SETTLED)

    async def _alter(self, *, on: bool) -> None:
        connection = await asyncpg.connect(**self._school.address.credentials | {"user": SUPERUSER})
        try:
            await connection.execute(f"ALTER SYSTEM SET log_statement = '{'all' if on else 'none'}'")
            await connection.execute("SELECT pg_reload_conf()")
        finally:
            await connection.close()
