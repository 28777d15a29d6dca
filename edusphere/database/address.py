"""Where a Postgres is and who we are there. Nothing here connects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from edusphere.settings import Settings

POSTGRES_PORT = 5432


@dataclass(frozen=True, kw_only=True)
class Address:
    """One database of one Postgres server.

    `host` is a name, an IP address, or the absolute path of the folder with the server's Unix socket.
    """

    host: str
    port: int = POSTGRES_PORT
    user: str
    password: str | None = field(default=None, repr=False)
    database: str

    @classmethod
    def of(cls, settings: Settings) -> Address:
        """Return the external Postgres that the DB_ settings name."""
        return cls(
            host=settings.db_host or "localhost",
            port=settings.db_port or POSTGRES_PORT,
            user=settings.db_user or "edusphere",
            password=settings.db_password.get_secret_value() if settings.db_password else None,
            database=settings.db_name or "edusphere",
        )

    @property
    def credentials(self) -> dict[str, Any]:
        """The keyword arguments of `asyncpg.connect`."""
        return {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "database": self.database,
        }

    def __str__(self) -> str:
        return f"{self.database} on {self.host}:{self.port} as {self.user}"
