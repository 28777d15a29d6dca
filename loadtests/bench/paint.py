"""From the Enter key to one's own words on the screen, in a real browser, in a room of ten thousand messages.

`frontend/scripts/paint.ts` writes the messages and looks at the clock; this serves the school and counts.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from statistics import median

from loadtests.bench.school import Hall, fill_demo
from loadtests.bench.served import Served, Trouble
from loadtests.bench.table import Table, figure

SCRIPT = Path(__file__).parents[2] / "frontend" / "scripts" / "paint.ts"
SIZE = 10_000
MESSAGES = 100
"""Per run."""
PATIENCE = 300.0
"""Seconds for a run."""


def measure(folder: Path, runs: int, say: Callable[[str], None]) -> Table:
    with Served(folder / "paint") as school:
        logins = fill_demo(school.address)
        hall = Hall(school.address)
        hall.fill_up_to(SIZE, say)
        writer = next(person for person in logins.people if person.username == hall.HOST)
        taken = []
        for run in range(1, runs + 1):
            say(f"Painting: run {run} of {runs} …")
            taken.append(_write(school.port, [writer.email, logins.password, f"/u/{hall.HOST}/{hall.SLUG}"]))
    table = Table(
        "Enter → own row painted",
        ["milliseconds", "value"],
        f"{MESSAGES} messages a run, written in Chromium without a GPU in a room of {SIZE:,} messages: from the time "
        "of the key to the task after the frame that holds the new row. The goal is a 95th percentile under 50 ms.",
    )
    table.rows = [
        ["median", figure([median(run) for run in taken])],
        ["95th percentile", figure([sorted(run)[round(0.95 * (len(run) - 1))] for run in taken])],
        ["longest", figure([max(run) for run in taken])],
    ]
    return table


def _write(port: int, who_and_where: list[str]) -> list[float]:
    node = shutil.which("node")
    if node is None:
        raise Trouble("Painting is measured by a script that needs Node: run `./dev bench paint`.")
    asked = [node, str(SCRIPT), f"http://127.0.0.1:{port}", *who_and_where, str(MESSAGES)]
    answer = subprocess.run(asked, capture_output=True, text=True, timeout=PATIENCE, check=False)  # noqa: S603
    if answer.returncode:
        raise Trouble(f"The browser did not get through:\n{answer.stderr.strip()}")
    taken: list[float] = json.loads(answer.stdout)
    return taken
