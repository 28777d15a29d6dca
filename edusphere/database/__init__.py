"""The school's Postgres: connecting, asking, and saying calmly when it does not answer.

SQL stands in the verbs that need it; what is here only carries it. Row models come back through
`models` (any SQL) and `query` (Tortoise's own). Migrations are in `migrate.py`, the embedded server in `embedded.py`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any, TypeVar

from tortoise.models import Model
from tortoise.queryset import QuerySet

from edusphere import metrics
from edusphere.database.address import Address
from edusphere.database.client import ANSWER, Client, Taken, calmly
from edusphere.database.tables import declare_tables
from edusphere.settings import MINUTES

__all__ = ["BY_THE_THOUSAND", "Asking", "Database", "Row", "Taken", "Transaction"]

Row = Any
"""An asyncpg.Record: read by name."""
BY_THE_THOUSAND = 1 * MINUTES
"""For an answer to a statement that may write thousands of rows: a roster, a term, a school's direct rooms."""
M = TypeVar("M", bound=Model)


class Asking(ABC):
    """What a database and a transaction have in common."""

    @abstractmethod
    async def rows(self, sql: str, *values: Any) -> list[Row]:
        """Return all rows.

        Raises:
            Taken: a unique constraint refuses; nothing was written.
            Unavailable: the database does not answer (in time); trying again is safe.
        """

    async def row(self, sql: str, *values: Any) -> Row | None:
        """Return the first row, or None."""
        found = await self.rows(sql, *values)
        return found[0] if found else None

    async def one(self, sql: str, *values: Any) -> Row:
        """Return the first row of SQL that always has one."""
        return (await self.rows(sql, *values))[0]


class Database(Asking):
    """One pool of connections. Two of them fit in one process, each with its own."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @classmethod
    async def open(cls, address: Address, connections: int = 10) -> Database:
        """Connect; at most so many `connections` at a time.

        Raises:
            Unavailable: nobody answers at that address, or it does not let us in.
        """
        await declare_tables()
        client = Client.at(address, connections)
        async with calmly():
            await client.create_connection(with_db=True)
        return cls(client)

    async def close(self) -> None:
        await self._client.close()

    async def rows(self, sql: str, *values: Any) -> list[Row]:
        asked = perf_counter()
        async with calmly(), self._client.acquire_connection() as connection:
            metrics.pool_waits.observe(perf_counter() - asked)
            return await connection.fetch(sql, *values)  # type: ignore[no-any-return]

    def connections(self) -> dict[str, int]:
        """Return how many connections there are, by whether one is in use."""
        return self._client.connections()

    def query(self, model: type[M]) -> QuerySet[M]:
        """Begin one of Tortoise's queries on this database."""
        return model.all(using_db=self._client)

    async def models(self, model: type[M], sql: str, *values: Any) -> list[M]:
        """Return the rows of any SQL that selects (at least) all columns of `model`'s table."""
        return self.made(model, await self.rows(sql, *values))

    @staticmethod
    def made(model: type[M], rows: Iterable[Row]) -> list[M]:
        """Return rows with (at least) all columns of `model`'s table as its instances."""
        return [model._init_from_db(**row) for row in rows]

    @asynccontextmanager
    async def transaction(self, answer: float | None = None) -> AsyncIterator[Transaction]:
        """All of the block or nothing. Tell the news after it, never inside.

        Each of its statements has so many seconds, `ANSWER` unless said otherwise; nobody waits longer than that for
        somebody else's lock.
        """
        asked = perf_counter()
        async with calmly(), self._client.acquire_connection() as connection, connection.transaction():
            metrics.pool_waits.observe(perf_counter() - asked)
            if answer is not None:
                await connection.execute(f"SET LOCAL lock_timeout = '{ANSWER}s'")
            yield Transaction(connection, answer)


class Transaction(Asking):
    def __init__(self, connection: Any, answer: float | None = None) -> None:
        self._connection = connection
        self._answer = answer

    async def rows(self, sql: str, *values: Any) -> list[Row]:
        return await self._connection.fetch(sql, *values, timeout=self._answer)  # type: ignore[no-any-return]

    async def execute(self, sql: str, *values: Any) -> None:
        await self._connection.execute(sql, *values, timeout=self._answer)

    async def copy(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write many rows at once; all have the columns of the first."""
        await self._connection.copy_records_to_table(
            table, columns=list(rows[0]), records=[tuple(row.values()) for row in rows], timeout=BY_THE_THOUSAND
        )
