"""Memory of a whole school at rest: the app and its embedded Postgres, the demo school in it, nobody online."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from loadtests.bench.school import fill_demo
from loadtests.bench.served import Served
from loadtests.bench.table import Table, figure

REST = 5.0
"""Seconds from the last page to the measurement."""


def measure(folder: Path, runs: int, say: Callable[[str], None]) -> Table:
    data = folder / "memory"
    with Served(data) as school:
        logins = fill_demo(school.address)
    taken = []
    for run in range(1, runs + 1):
        say(f"Memory: run {run} of {runs} …")
        with Served(data) as school:
            browser = school.browser()
            browser.sign_in(logins.people[0].email, logins.password)
            browser.ask("{ me { id } rooms { id name participants { id } } }", {})
            time.sleep(REST)
            taken.append(school.memory())
    table = Table(
        "Memory at rest",
        ["PSS", "MiB"],
        f"The demo school, {REST:.0f} s after one person signed in and looked at the rooms.",
    )
    table.rows = [
        ["app", figure([cost.app for cost in taken])],
        ["embedded Postgres", figure([cost.postgres for cost in taken])],
        ["together", figure([cost.together for cost in taken])],
    ]
    return table
