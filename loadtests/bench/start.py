"""From `edusphere serve` to a school that is ready, on an empty data folder and on one that is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from loadtests.bench.served import Served
from loadtests.bench.table import Table, figure


def measure(folder: Path, runs: int, say: Callable[[str], None]) -> Table:
    first: list[Served] = []
    later: list[Served] = []
    for run in range(1, runs + 1):
        say(f"Start: run {run} of {runs} …")
        data = folder / f"start-{run}"
        for starts in (first, later):
            with Served(data) as school:
                starts.append(school)
    table = Table(
        "Start",
        ["`edusphere serve` to ready", "seconds", "CPU s, app", "CPU s, Postgres"],
        "First: an empty data folder, so the database is made (`initdb` counts with the app) and migrated. "
        "Later: the same folder again.",
    )
    for name, starts in (("first", first), ("later", later)):
        table.rows.append(
            [
                name,
                figure([school.ready_after for school in starts], 2),
                figure([school.ready_cost.app for school in starts], 2),
                figure([school.ready_cost.postgres for school in starts], 2),
            ]
        )
    return table
