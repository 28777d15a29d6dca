"""Memory of a whole school: the app and its embedded Postgres, with nobody online and with two hundred people."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from loadtests.bench.assembly import IN, assemble
from loadtests.bench.crowd import Crowd
from loadtests.bench.school import fill_demo
from loadtests.bench.served import Served
from loadtests.bench.table import Table, figure

REST = 5.0
"""Seconds from the last page to the measurement."""
ONLINE = 200
GOAL = 286
"""Mebibytes: 300 MB."""
TALK = 10
"""Posts a second."""


def measure(folder: Path, runs: int, say: Callable[[str], None]) -> Table:
    with Served(folder / "memory") as school:
        logins = fill_demo(school.address)
    with Served(folder / "online") as school:
        assembly = assemble(school, ONLINE)
    resting, online = [], []
    for run in range(1, runs + 1):
        say(f"Memory: run {run} of {runs} …")
        with Served(folder / "memory") as school:
            browser = school.browser()
            browser.sign_in(logins.people[0].email, logins.password)
            browser.ask("{ me { id } rooms { id name participants { id } } }", {})
            time.sleep(REST)
            resting.append(school.memory())
        with Served(folder / "online") as school, Crowd(school.port, folder) as crowd:
            assembly.port = school.port
            crowd.bring(assembly.write(folder / "people"), assembly.post)
            crowd.open(ONLINE, needle=IN)
            crowd.pace(TALK, REST)
            online.append(school.memory())
    table = Table(
        "Memory",
        ["PSS, MiB", "at rest", f"{ONLINE} people online"],
        f"At rest: the demo school, {REST:.0f} s after one person signed in and looked at the rooms. Online: all in "
        f"one room, after {REST:.0f} s with {TALK} posts a second.",
    )
    for name in ("app", "postgres", "together"):
        cells = [figure([getattr(cost, name) for cost in costs]) for costs in (resting, online)]
        table.rows.append(["embedded Postgres" if name == "postgres" else name, *cells])
    table.rows.append(
        [f"goal: together < {GOAL}", "", "met" if median(cost.together for cost in online) < GOAL else "**not met**"]
    )
    return table
