"""Coming back: what was missed is one query, and the 8 o'clock storm of a whole school that comes back at once."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, cast

import asyncpg

from edusphere.database import Database
from edusphere.school.ledger import Ledger
from loadtests.bench.assembly import IN, Assembly, assemble, talk
from loadtests.bench.client import TEXT, masked
from loadtests.bench.crowd import Crowd, Opened, handshake
from loadtests.bench.effort import Effort
from loadtests.bench.opponents import CLIENT_CORE
from loadtests.bench.page import Page, medians
from loadtests.bench.processes import Cost
from loadtests.bench.served import Served, Trouble
from loadtests.bench.statements import Statements
from loadtests.bench.table import Goal, Table, figure, goals

SAID = 1_000
MISSED = 200
TIMES = 40
"""Per run."""
LIMIT = 501
"""Changes that the school asks for at most: those it replays, and one more to see whether there are."""
STORM, STORM_SECONDS, STORM_MISSED = 2_000, 60.0, 20


def measure(folder: Path, effort: Effort, say: Callable[[str], None]) -> Page:
    """Measure one who resumes."""
    took: list[float] = []
    alone: list[float] = []
    with Served(folder / "resume") as school:
        assembly = assemble(school, 10)
        talk(school.address, assembly, SAID)
        query = _Asked.changes(assembly, SAID - MISSED)
        for run in range(1, effort.runs + 1):
            say(f"After {MISSED} missed changes: run {run} of {effort.runs} …")
            with _Listener(assembly) as listener:
                took.append(median(listener.resume(SAID - MISSED) for _ in range(TIMES)))
            alone.append(asyncio.run(_ask(school, query)))
        queries = _queries(school, assembly, SAID - MISSED) - _queries(school, assembly, None)
    ratios = [ours / theirs for ours, theirs in zip(took, alone, strict=True)]
    table = Table("Milliseconds", ["", "median of a run"])
    table.rows = [
        ["from the subscription to the last missed change", figure([1000 * each for each in took], 2)],
        ["the query alone, on a connection of its own", figure([1000 * each for each in alone], 2)],
    ]
    met = goals(
        [
            Goal.most(f"queries for {MISSED} missed changes", [queries], 1.0),
            Goal.most("time until all are heard, × that query alone", ratios, 3.0),
        ]
    )
    lead = (
        f"Written by `./dev bench resume`: {medians(effort.runs)} Somebody hears a room of {SAID:,} messages from "
        f"{MISSED} before its end, {TIMES} times a run. Queries are those of a subscription with `after` less those of "
        "one without, as Postgres logs them."
    )
    return Page("Resuming", lead, [met, table])


def storm(folder: Path, effort: Effort, say: Callable[[str], None]) -> Page:
    """Measure all who come back at eight."""
    people, seconds = (200, 6.0) if effort.quick else (STORM, STORM_SECONDS)
    runs: list[tuple[Opened, Cost]] = []
    with Served(folder / "storm") as school:
        assembly = assemble(school, people)
        talk(school.address, assembly, SAID)
        file = assembly.write(folder / "people", after=SAID - STORM_MISSED)
        for run in range(1, min(effort.runs, 3) + 1):
            say(f"{people:,} come back in {seconds:.0f} s: run {run} of {min(effort.runs, 3)} …")
            with Crowd(school.port, folder, CLIENT_CORE) as crowd:
                crowd.bring(file, assembly.post)
                before = school.cpu()
                opened = crowd.open(people, needle=f'"number":{SAID},', at_once=people, seconds=seconds)
                runs.append((opened, school.cpu() - before))
    met = goals(
        [
            Goal.least(f"connected of {people:,}", [opened.sockets for opened, _ in runs], people),
            Goal.most(
                "until all that was missed is heard: p99, s", [opened.came.p99 / 1000 for opened, _ in runs], 2.0
            ),
        ]
    )
    table = Table("The storm", ["", "figure"])
    table.rows = [
        ["from the first packet to the last missed change, ms: median", figure([each.came.p50 for each, _ in runs], 1)],
        ["p99", figure([each.came.p99 for each, _ in runs], 1)],
        ["most", figure([each.came.most for each, _ in runs], 1)],
        ["CPU ms of the app for one", figure([1000 * cost.app / people for _, cost in runs], 2)],
        ["of Postgres", figure([1000 * cost.postgres / people for _, cost in runs], 2)],
    ]
    lead = (
        f"Written by `./dev bench storm`: {medians(len(runs))} {people:,} people come back within {seconds:.0f} s, "
        f"evenly, each with their session, and resume after {STORM_MISSED} missed changes in one room. One process."
    )
    return Page("The 8 o'clock storm", lead, [met, table])


class _Listener:
    """Somebody whose ears cost nearly nothing: what is measured is the school."""

    def __init__(self, assembly: Assembly) -> None:
        self._room = str(assembly.room_id)
        self._socket = socket.create_connection(("127.0.0.1", assembly.port), timeout=10)
        self._socket.sendall(handshake(assembly.port, "/ws/", **assembly.headers(0)))
        self._hear('"type":"hello"')

    def __enter__(self) -> _Listener:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def resume(self, after: int | None) -> float:
        """Hear the room from there on, and return how many seconds it took until everything was heard."""
        began = time.perf_counter()
        self._say("room.subscribe", "in", {} if after is None else {"after": after})
        self._hear(IN if after is None else f'"number":{SAID},"message"')
        took = time.perf_counter() - began
        self._say("room.unsubscribe", "out", {})
        self._hear('"ref":"out"')
        return took

    def _say(self, command: str, ref: str, more: dict[str, int]) -> None:
        words = json.dumps({"type": command, "ref": ref, "roomId": self._room} | more)
        self._socket.sendall(masked(TEXT, words.encode()))

    def _hear(self, words: str) -> None:
        heard = b""
        while words.encode() not in heard:
            more = self._socket.recv(1 << 20)
            if not more:
                raise Trouble("The school hung up on who resumes.")
            heard = heard[-len(words) :] + more


def _queries(school: Served, assembly: Assembly, after: int | None) -> float:
    times = 10
    with _Listener(assembly) as listener:
        listener.resume(after)  # so that everything is prepared
        with Statements(school) as statements:
            for _ in range(times):
                listener.resume(after)
    return round(statements.count / times)


@dataclass(frozen=True, slots=True)
class _Query:
    sql: str
    values: tuple[Any, ...]


class _Asked:
    """Stands for the database, and keeps what is asked of it."""

    def __init__(self) -> None:
        self.queries: list[_Query] = []

    async def rows(self, sql: str, *values: Any) -> list[Any]:
        self.queries.append(_Query(sql, values))
        return []

    @classmethod
    def changes(cls, assembly: Assembly, after: int) -> _Query:
        """Return the school's own query for what was missed."""
        asked = cls()
        asyncio.run(Ledger(cast(Database, asked)).changes(assembly.room_id, after, LIMIT))
        return asked.queries[0]


async def _ask(school: Served, query: _Query) -> float:
    connection = await asyncpg.connect(**school.address.credentials)
    try:
        took = []
        for _ in range(TIMES):
            began = time.perf_counter()
            rows = await connection.fetch(query.sql, *query.values)
            took.append(time.perf_counter() - began)
        assert len(rows) == MISSED  # noqa: S101 (else it is another query)
        return median(took)
    finally:
        await connection.close()
