"""How a crowd falls upon the workers: all of them at one door, or each at a door of its own (SO_REUSEPORT).

Sockets stay for hours where they came in, so whoever was given most of them has most of the work all morning.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean

from loadtests.bench.effort import Effort
from loadtests.bench.page import Page, medians
from loadtests.bench.processes import PROC, environment
from loadtests.bench.school import fill_demo
from loadtests.bench.served import Served, Trouble
from loadtests.bench.table import Table, figure
from tests.valkey import Valkey

WORKERS = (2, 4)
WAYS = {"one door": "loadtests.bench.one_door", "own doors": "edusphere"}
SOCKETS = 1_000
STEADILY = 4.0
"""Seconds over which they come when they come one after the other."""
SLICE = 0.02
"""Seconds that the busy worker stands still, and then works."""
SETTLED = 3.0
"""Seconds in which a worker that starts opens something."""
PATIENCE = 60.0
ESTABLISHED = "01"
"""In /proc/net/tcp."""
HANDSHAKE = (
    "GET /ws/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nAuthorization: Bearer {token}\r\n\r\n"
)


@dataclass(frozen=True, slots=True)
class Arrival:
    words: str
    seconds: float
    busy: bool


ARRIVALS = (
    Arrival("all at once", 0, False),
    Arrival("one after the other", STEADILY, False),
    Arrival("all at once, one worker busy", 0, True),
    Arrival("one after the other, one worker busy", STEADILY, True),
)


@dataclass
class Fallen:
    uneven: list[float] = field(default_factory=list)
    """The fullest worker's sockets, by the mean."""
    slow: list[float] = field(default_factory=list)
    """99th percentile of the milliseconds until a socket was open."""


def measure(folder: Path, effort: Effort, say: Callable[[str], None]) -> Page:
    workers_each = WORKERS[:1] if effort.quick else WORKERS
    table = Table(
        "Sockets of the fullest worker, and how long they took to open",
        ["workers, arrival", *(f"{way}: {what}" for way in WAYS for what in ("fullest / mean", "99th pct. ms"))],
    )
    for workers in workers_each:
        fallen = {way: {arrival: Fallen() for arrival in ARRIVALS} for way in WAYS}
        for way, program in WAYS.items():
            with _school(folder / f"accept-{workers}-{way.split()[0]}", program, workers) as (school, token):
                for run in range(1, effort.runs + 1):
                    say(f"{workers} workers, {way}: run {run} of {effort.runs} …")
                    for arrival in ARRIVALS:
                        _come(school, token, arrival, fallen[way][arrival])
        for arrival in ARRIVALS:
            cells = [figure(figures, digits) for way in WAYS for figures, digits in _of(fallen[way][arrival])]
            table.rows.append([f"{workers}, {arrival.words}", *cells])
    lead = (
        f"{SOCKETS:,} real sockets, signed in with a token, come to a school of several processes over Redis; "
        f"{medians(effort.runs)} The busy worker stands still for {1000 * SLICE:.0f} ms of every {2000 * SLICE:.0f}."
    )
    return Page("A crowd falls upon the workers", lead, [table])


def _of(fallen: Fallen) -> tuple[tuple[list[float], int], tuple[list[float], int]]:
    return (fallen.uneven, 2), (fallen.slow, 0)


@contextmanager
def _school(data: Path, program: str, workers: int) -> Iterator[tuple[Served, str]]:
    valkey = Valkey()
    asyncio.run(valkey.start())
    try:
        with Served(
            data,
            program=program,
            REDIS_URL=valkey.url,
            EDUSPHERE_WORKERS=str(workers),
            EDUSPHERE_SOCKETS_PER_PERSON=str(2 * SOCKETS),
        ) as school:
            _wait_for(school, workers)
            yield school, _token(data, fill_demo(school.address).people[0].email)
    finally:
        valkey.kill()


def _token(data: Path, email: str) -> str:
    made = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "edusphere", "token", "create", "--email", email, "--data", str(data)],
        capture_output=True,
        text=True,
        env=environment(),
        check=True,
    )
    return made.stdout.splitlines()[-1]


def _come(school: Served, token: str, arrival: Arrival, fallen: Fallen) -> None:
    crew = sorted(_workers(school))

    async def come() -> list[float]:
        async with asyncio.timeout(PATIENCE):
            opened = [_open(school.port, token, arrival.seconds * number / SOCKETS) for number in range(SOCKETS)]
            lines = await asyncio.gather(*opened)
            counts = [_people(school, worker) for worker in crew]
            if sum(counts) < SOCKETS:
                raise Trouble(f"Of {SOCKETS} sockets the workers have {sum(counts)}.")
            fallen.uneven.append(max(counts) / mean(counts))
            for _, writer in lines:
                writer.close()
            return sorted(seconds for seconds, _ in lines)

    with _busy(crew[0]) if arrival.busy else nullcontext():
        seconds = asyncio.run(come())
    fallen.slow.append(1000 * seconds[round(0.99 * (SOCKETS - 1))])
    until = time.monotonic() + PATIENCE
    while any(_people(school, worker) for worker in crew) and time.monotonic() < until:
        time.sleep(0.1)  # they go


async def _open(port: int, token: str, delay: float) -> tuple[float, asyncio.StreamWriter]:
    """Return the seconds until the socket was open, and its line. Who is asked to come later, comes later."""
    await asyncio.sleep(delay)
    began = time.perf_counter()
    while True:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HANDSHAKE.format(port=port, token=token).encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 101 " in head:
            return time.perf_counter() - began, writer
        if b" 503 " not in head:
            raise Trouble(f"A socket was refused: {head.splitlines()[0].decode()}")
        writer.close()
        await asyncio.sleep(random.uniform(0.5, 1.5))  # noqa: S311 (jitter)


@contextmanager
def _busy(worker: int) -> Iterator[None]:
    """Keep a worker from working for half of the time."""
    done = threading.Event()

    def hold_up() -> None:
        while not done.is_set():
            os.kill(worker, signal.SIGSTOP)
            time.sleep(SLICE)
            os.kill(worker, signal.SIGCONT)
            time.sleep(SLICE)

    holding = threading.Thread(target=hold_up)
    holding.start()
    try:
        yield
    finally:
        done.set()
        holding.join()


def _workers(school: Served) -> list[int]:
    found = []
    for process in PROC.glob("[0-9]*"):
        with suppress(OSError):
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == school.pid and b"one_of_many" in (process / "cmdline").read_bytes():
                found.append(int(process.name))
    return found


def _wait_for(school: Served, workers: int) -> None:
    """Wait until all serve: what they have open does not become more."""
    until, before = time.monotonic() + PATIENCE, [set[str]()]
    while (now := [_sockets(worker) for worker in _workers(school)]) != before or len(now) < workers:
        if time.monotonic() > until:
            raise Trouble("The workers did not start.")
        before = now
        time.sleep(SETTLED)


def _people(school: Served, worker: int) -> int:
    """Return how many connections to the school's port a worker has (proc(5))."""
    place = f"0100007F:{school.port:04X}"
    lines = [line.split() for line in (PROC / "net" / "tcp").read_text().splitlines()]
    inodes = {f"socket:[{fields[9]}]" for fields in lines if fields[1] == place and fields[3] == ESTABLISHED}
    return len(inodes & _sockets(worker))


def _sockets(process: int) -> set[str]:
    links = set()
    for descriptor in (PROC / str(process) / "fd").iterdir():
        with suppress(OSError):
            links.add(str(descriptor.readlink()))
    return {link for link in links if link.startswith("socket:")}
