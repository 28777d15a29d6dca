"""A school that is really served: `edusphere serve` in a process of its own, over the tests' Postgres."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path
from typing import Any

from edusphere.database.address import Address
from loadtests.bench import processes
from tests.conftest import KEYS

PATIENCE = 90.0
"""Seconds in which it must be open, or closed, on a busy machine."""


class Served:
    """From `open` to `close`; `words` is what it wrote meanwhile."""

    def __init__(self, address: Address, data: Path, **settings: Any) -> None:
        self.port = processes.free_port()
        self.host = f"localhost:{self.port}"
        self.data = data
        self._log = data.parent / f"{data.name}.log"
        self._environment = processes.environment(
            DB_HOST=address.host,
            DB_PORT=str(address.port),
            DB_USER=address.user,
            DB_NAME=address.database,
            SECRET_KEY=KEYS.current.decode(),
            **{name: str(value) for name, value in settings.items()},
        )

    async def open(self) -> None:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "edusphere", "serve", "--port", str(self.port), "--data", str(self.data)),
                cwd=self.data.parent,  # where no .env lies
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment | {"PYTHONPATH": str(Path(__file__).parents[2])},
            )
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                except OSError:
                    assert self._process.returncode is None, self.words()
                    await asyncio.sleep(0.02)
                else:
                    writer.close()
                    return

    async def close(self) -> None:
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(PATIENCE):
                await self._process.wait()

    @property
    def lives(self) -> bool:
        return self._process.returncode is None

    def memory(self) -> float:
        """Return the MiB it holds."""
        return processes.memory(self._process.pid).app

    def words(self) -> str:
        return self._log.read_text(errors="replace")
