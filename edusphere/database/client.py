"""Tortoise's asyncpg client, made patient for a bounded time and calm in trouble.

Every wait is bounded: for a free connection, for a new one, for an answer. Whatever goes wrong with the
connection or the server (and not with the SQL) becomes `Unavailable`, by the ORM's road too.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient

from edusphere.database.address import Address
from edusphere.errors import Unavailable
from edusphere.settings import SECONDS

log = logging.getLogger(__name__)

FREE_CONNECTION = 3 * SECONDS
NEW_CONNECTION = 3 * SECONDS
ANSWER = 4 * SECONDS
FORGOTTEN_TRANSACTION = 30 * SECONDS

TROUBLE: tuple[type[Exception], ...] = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shutting down, crashed, starting up, cancelled
    asyncpg.InsufficientResourcesError,  # disk full, out of memory, too many connections
    asyncpg.PostgresSystemError,  # the disk's own errors
    asyncpg.TransactionRollbackError,  # deadlock, serialization
    asyncpg.ReadOnlySQLTransactionError,  # it has become a standby
    asyncpg.LockNotAvailableError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InterfaceError,  # the connection or the pool is closed
    asyncpg.InternalClientError,  # the server's last word, just read, is in the way of the next question
)


class Taken(Exception):
    """A unique constraint refuses: somebody was there first."""

    def __init__(self, constraint: str) -> None:
        super().__init__(constraint)
        self.constraint = constraint


@asynccontextmanager
async def calmly() -> AsyncIterator[None]:
    """Turn trouble with the server into `Unavailable`; mistakes in our SQL stay mistakes."""
    try:
        yield
    except asyncpg.UniqueViolationError as taken:
        raise Taken(taken.constraint_name or "") from taken
    except asyncpg.DataError:  # client-side ones are InterfaceErrors too
        raise
    except TROUBLE as trouble:
        log.warning("The database does not answer: %s: %s", type(trouble).__name__, trouble)
        raise Unavailable("The school's database does not answer. Please try again.") from trouble


class Connection(asyncpg.Connection):  # type: ignore[misc]
    """A pooled connection that is handed on as it is, which saves a round trip per query.

    Hence: no session state (SET, LISTEN, session advisory locks) on pooled connections.
    """

    def get_reset_query(self) -> str:
        return ""


class Pool(asyncpg.Pool):  # type: ignore[misc]
    def acquire(self, *, timeout: float | None = FREE_CONNECTION) -> Any:
        return super().acquire(timeout=timeout)


class Client(AsyncpgDBClient):
    connection_class = Connection

    @classmethod
    def at(cls, address: Address, connections: int) -> Client:
        return cls(
            connection_name="default",
            host=address.host,
            port=address.port,
            user=address.user,
            password=address.password,
            database=address.database,
            minsize=1,
            maxsize=connections,
            timeout=NEW_CONNECTION,
            command_timeout=ANSWER,
            application_name="edusphere",
            server_settings={"jit": "off", "idle_in_transaction_session_timeout": f"{FORGOTTEN_TRANSACTION}s"},
        )

    async def create_pool(self, **arguments: Any) -> asyncpg.Pool:
        return await Pool(
            **arguments, max_queries=50_000, max_inactive_connection_lifetime=300.0, record_class=asyncpg.Record
        )

    def connections(self) -> dict[str, int]:
        pool = self._pool
        idle = pool.get_idle_size() if pool else 0
        return {"idle": idle, "used": (pool.get_size() if pool else 0) - idle}

    async def _translate_exceptions(self, func: Any, *args: Any, **kwargs: Any) -> Any:
        async with calmly():
            return await super()._translate_exceptions(func, *args, **kwargs)


client_class = Client
