"""A Postgres that can be killed, and that keeps what it said it has written."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import asyncpg

from edusphere.database.address import Address
from edusphere.database.embedded import EmbeddedPostgres


class Postgres:
    """The embedded one's programs on a data folder of their own, as durable as in a real school."""

    def __init__(self, data: Path) -> None:
        self._server = EmbeddedPostgres(data)
        self._pid_file = data / "postgres" / "postmaster.pid"
        self.log = data / "postgres.log"

    def start(self) -> Address:
        return self._server.start()

    def stop(self) -> None:
        self._server.stop()

    async def end_at_once(self) -> None:
        """Postgres's "immediate" stop: nobody is waited for, nothing is flushed."""
        await self._end(signal.SIGQUIT)

    async def kill(self) -> None:
        """As the kernel does when memory is short; its children notice it by themselves."""
        await self._end(signal.SIGKILL)

    async def start_again(self) -> None:
        """Start it and return when it answers: it has then recovered from its log."""
        address = self._server.address
        assert address is not None
        while True:
            self._server.revive()
            try:
                connection = await asyncpg.connect(**address.credentials, timeout=5)
            except (OSError, asyncpg.PostgresError, TimeoutError):
                await asyncio.sleep(0.05)
            else:
                await connection.close()
                return

    async def _end(self, how: signal.Signals) -> None:
        process = int(self._pid_file.read_text().split("\n")[0])
        os.kill(process, how)
        while _lives(process):
            await asyncio.sleep(0.02)


def _lives(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
