"""Signing in: how many a second one process takes, and how long its loop stands still meanwhile.

All whose turn it is try at once, as at the first lesson's beginning. Somebody else keeps asking whether the server is
alive, which costs it next to nothing: what such an answer takes is how long the loop was busy with others.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

from loadtests.bench.processes import Cost
from loadtests.bench.school import fill_demo
from loadtests.bench.served import Served, Trouble
from loadtests.bench.table import Table, figure

AT_ONCE = 32
SIGN_INS = 320
"""Per run."""
BREATH = 0.001
"""Seconds between two looks at the loop."""
GUESSES = 60
"""Wrong sign-ins of each kind, in turn."""


@dataclass
class Taken:
    """What a run was like."""

    per_second: float = 0.0
    seconds: list[float] = field(default_factory=list)
    stalls: list[float] = field(default_factory=list)
    cost: Cost = field(default_factory=lambda: Cost(0.0, 0.0))


def measure(folder: Path, runs: int, say: Callable[[str], None]) -> Table:
    with Served(folder / "signin") as school:
        logins = fill_demo(school.address)
        emails = [person.email for person in logins.people]
        taken = []
        for run in range(1, runs + 1):
            say(f"Signing in: run {run} of {runs} …")
            taken.append(_sign_in_all_at_once(school, emails, logins.password))
        idle = _idle_stalls(school)
        known, unknown = _felt(school, emails[0])
    table = Table(
        "Signing in",
        ["figure", "value"],
        f"{SIGN_INS} right sign-ins over HTTP, {AT_ONCE} at once, argon2id with 19 MiB and 2 passes in 2 threads. "
        "A stall is the time to the answer of a request that costs nothing, asked all the while by one more client.",
    )
    table.rows = [
        ["sign-ins per second", figure([run.per_second for run in taken])],
        ["seconds for one, median", figure([median(run.seconds) for run in taken], 2)],
        ["CPU ms of the app for one", figure([1000 * run.cost.app / SIGN_INS for run in taken])],
        ["CPU ms of Postgres for one", figure([1000 * run.cost.postgres / SIGN_INS for run in taken])],
        ["longest stall, ms", figure([1000 * max(run.stalls) for run in taken])],
        ["99th percentile, ms", figure([1000 * _percentile(run.stalls, 0.99) for run in taken])],
        ["median, ms", figure([1000 * median(run.stalls) for run in taken])],
        ["the same with nobody signing in: longest, ms", f"{1000 * max(idle):.1f}"],
        ["median, ms", f"{1000 * median(idle):.1f}"],
        ["wrong password, account known: median ms", f"{1000 * median(known):.1f}"],
        ["wrong password, account unknown: median ms", f"{1000 * median(unknown):.1f}"],
        ["difference of the two", f"{100 * (median(known) / median(unknown) - 1):+.1f} %"],
    ]
    return table


def _sign_in_all_at_once(school: Served, emails: list[str], password: str) -> Taken:
    taken = Taken()

    def sign_in(turn: int) -> None:
        for count in range(SIGN_INS // AT_ONCE):
            began = time.perf_counter()
            school.browser().sign_in(emails[(turn + count) % len(emails)], password)
            taken.seconds.append(time.perf_counter() - began)

    with _looking(school.port, taken.stalls), ThreadPoolExecutor(AT_ONCE) as pool:
        before, began = school.cpu(), time.perf_counter()
        list(pool.map(sign_in, range(AT_ONCE)))
        taken.per_second = SIGN_INS / (time.perf_counter() - began)
        taken.cost = school.cpu() - before
    return taken


def _idle_stalls(school: Served) -> list[float]:
    stalls: list[float] = []
    with _looking(school.port, stalls):
        time.sleep(3)
    return stalls


@contextmanager
def _looking(port: int, stalls: list[float]) -> Iterator[None]:
    """Look at the loop meanwhile, from a process of its own, which waits for nobody here."""
    ours, theirs = multiprocessing.Pipe()
    looking = multiprocessing.get_context("spawn").Process(target=_look, args=(port, theirs))
    looking.start()
    ours.recv()
    try:
        yield
    finally:
        ours.send("enough")
        stalls += ours.recv()
        looking.join()


def _look(port: int, told: Connection) -> None:
    stalls = []
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    told.send("begun")
    while not told.poll(BREATH):
        began = time.perf_counter()
        connection.request("GET", "/api/health/live")
        connection.getresponse().read()
        stalls.append(time.perf_counter() - began)
    told.send(stalls)


def _felt(school: Served, email: str) -> tuple[list[float], list[float]]:
    """Return the seconds that wrong sign-ins take for an account that there is, and for one that there is not."""
    known: list[float] = []
    unknown: list[float] = []
    for count in range(GUESSES):
        for address, seconds in ((email, known), (f"nobody-{count}@school.example", unknown)):
            began = time.perf_counter()
            try:
                school.browser().sign_in(address, "a wrong password")
            except Trouble:
                seconds.append(time.perf_counter() - began)
    return known, unknown


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[round(share * (len(values) - 1))]
