"""One process of the school: `edusphere serve` on a port of its own, to be killed, stopped and started again."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from loadtests.bench import processes

HERE = Path(__file__).parents[2]
PATIENCE = 90.0
"""Seconds in which it must be open, or closed, on a busy machine."""


class Process:
    def __init__(
        self, folder: Path, number: int, settings: dict[str, str], mutant: str = "", options: Sequence[str] = ()
    ) -> None:
        """`settings` are environment variables; `mutant` names what is taken out of it (mutant.py)."""
        self.number = number
        self.port = processes.free_port()
        self.host = "127.0.0.1"
        self.up = False
        """Whether it may be asked for something."""
        self.log = folder / f"process-{number}.log"
        self._data = folder / f"process-{number}"
        program = ["tests.faults.mutant", mutant, "--"] if mutant else ["edusphere"]
        self._command = [sys.executable, "-m", *program, "serve", "--port", str(self.port)]
        self._command += ["--data", str(self._data), *options]
        self._environment = processes.environment(PYTHONPATH=str(HERE), **settings)
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Start it and return when it says that it is ready."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                cwd=self.log.parent,  # where no .env lies
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
            )
        async with asyncio.timeout(PATIENCE):
            while not await self._is_ready():
                assert self._process.returncode is None, self.words()
                await asyncio.sleep(0.05)
        self.up = True

    async def kill(self) -> None:
        """As a crash does: no goodbye to anybody."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """As an administrator does."""
        await self._end(signal.SIGTERM)

    def renew(self) -> None:
        """Ask the supervisor of several workers to replace each of them."""
        if self._process is not None:
            self._process.send_signal(signal.SIGHUP)

    def memory(self) -> float:
        """Return the MiB it holds."""
        return processes.memory(self.pid).app

    def words(self) -> str:
        return self.log.read_text(errors="replace")

    async def _end(self, how: signal.Signals) -> None:
        self.up = False
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(how)
            async with asyncio.timeout(PATIENCE):
                await self._process.wait()

    async def _is_ready(self) -> bool:
        try:
            async with asyncio.timeout(5):
                reader, writer = await asyncio.open_connection(self.host, self.port)
                try:
                    writer.write(b"GET /api/health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    return b" 200 " in await reader.readline()
                finally:
                    writer.close()
        except (OSError, TimeoutError):
            return False
