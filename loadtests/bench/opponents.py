"""Who is measured: servers that hand each post to every socket, each with a crowd of its own.

Ours is the product. The others are given what ours would send, frame by frame, and have nothing to do but pass it on.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from loadtests.bench import processes
from loadtests.bench.assembly import IN, Assembly, event
from loadtests.bench.compiled import compiled
from loadtests.bench.crowd import Crowd, Heard, handshake, write_people
from loadtests.bench.processes import Cost
from loadtests.bench.served import PATIENCE, Served, Trouble

CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, CLIENT_CORE = CORES[0], CORES[-1]
SETTLED = 1.5
"""Seconds after people came, until presence was told and nothing is left to do."""
IDLE = 0.04
"""Of a core: a server that uses less has nothing to do."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one run was like."""

    cost: Cost
    heard: Heard

    @property
    def per_delivery(self) -> float:
        """Microseconds of the server's CPU."""
        return 1e6 * self.cost.app / self.heard.deliveries

    @property
    def per_post(self) -> float:
        return 1e6 * self.cost.app / self.heard.posts

    @property
    def postgres_per_post(self) -> float:
        return 1e6 * self.cost.postgres / self.heard.posts


@dataclass
class Opponent:
    name: str
    crowd: Crowd
    cpu: Callable[[], Cost]
    memory: Callable[[], float]
    """Mebibytes."""
    needle: str = "-"

    def fill_up_to(self, count: int, at_once: int = 32) -> Cost:
        """Let people come until there are so many; return what that cost."""
        before = self.cpu()
        if count > self.crowd.sockets:
            self.crowd.open(count - self.crowd.sockets, needle=self.needle, at_once=at_once)
        cost = self.cpu() - before
        self.crowd.rest(SETTLED)
        return cost

    def empty(self) -> None:
        """Let all go, and wait until the server has nothing left to do about it."""
        self.crowd.close()
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            before = self.cpu()
            time.sleep(SETTLED)
            if (self.cpu() - before).app < IDLE * SETTLED:
                return

    def post(self, burst: int, seconds: float) -> Taken:
        before = self.cpu()
        heard = self.crowd.closed(burst, seconds)
        return Taken(self.cpu() - before, heard)

    def pace(self, rate: float, seconds: float) -> Taken:
        before = self.cpu()
        heard = self.crowd.pace(rate, seconds)
        return Taken(self.cpu() - before, heard)

    def rest(self, seconds: float) -> Cost:
        before = self.cpu()
        self.crowd.rest(seconds)
        return self.cpu() - before


@contextmanager
def ours(school: Served, assembly: Assembly, folder: Path, name: str = "EduSphere") -> Iterator[Opponent]:
    """The product: its own people, sessions, room and posts."""
    processes.pin(school.pid, SERVER_CORE)
    with Crowd(school.port, folder, CLIENT_CORE) as crowd:
        crowd.bring(assembly.write(folder / f"people-{school.port}"), assembly.post)
        yield Opponent(name, crowd, school.cpu, lambda: school.memory().app, IN)


@contextmanager
def floor(kind: str, people: int, folder: Path) -> Iterator[Opponent]:
    """`each` writes a frame to each socket, `joined` joins what comes in one turn of the loop."""
    port = processes.free_port()
    with passed_on(
        [str(compiled("floor")), str(port), str(SERVER_CORE), kind], port, people, folder, f"C, {kind}"
    ) as c:
        yield c


@contextmanager
def passed_on(
    command: list[str],
    port: int,
    people: int,
    folder: Path,
    name: str,
    *,
    source: Path | None = None,
    environment: dict[str, str] | None = None,
    log: Path = Path("/dev/null"),
) -> Iterator[Opponent]:
    """A server of its own process that passes on whatever it hears, run in the folder of its source."""
    with log.open("ab") as said:
        process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd=source, env=environment
        )
        try:
            wait_for(port, process, name)
            processes.pin(process.pid, SERVER_CORE)
            with Crowd(port, folder, CLIENT_CORE) as crowd:
                file = folder / f"people-{port}"
                write_people(file, ((handshake(port), "") for _ in range(people)))
                crowd.bring(file, event())
                yield Opponent(
                    name, crowd, lambda: processes.cpu(process.pid), lambda: processes.memory(process.pid).together
                )
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for(port: int, process: subprocess.Popen[bytes], name: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise Trouble(f"{name} did not start.")
