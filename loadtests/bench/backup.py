"""Keeping a school of a million messages in one file, and bringing it back."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from edusphere.settings import MEBIBYTES
from loadtests.bench.effort import Effort
from loadtests.bench.page import Page, medians
from loadtests.bench.processes import environment
from loadtests.bench.school import SUPERUSER, Hall, fill_demo
from loadtests.bench.served import Served, Trouble
from loadtests.bench.table import Table, figure

MESSAGES, FEW = 1_000_000, 50_000
EACH = 0.02
"""Seconds between two looks at a command's memory."""


@dataclass(frozen=True)
class Run:
    seconds: float
    memory: float
    """Of the command's own process at its largest, in MiB."""


def measure(folder: Path, effort: Effort, say: Callable[[str], None]) -> Page:
    size = FEW if effort.quick else MESSAGES
    data = folder / "school"
    runs: dict[str, list[Run]] = {}
    sizes: list[float] = []
    with Served(data) as school:
        fill_demo(school.address)
        Hall(school.address).fill_up_to(size, say)
        database = asyncio.run(_without_files(school))
        for run in range(1, effort.runs + 1):
            say(f"Backup: run {run} of {effort.runs} …")
            file = folder / f"{run}.tar"
            runs.setdefault("backup, while it is served", []).append(_run("backup", str(file), "--data", str(data)))
            sizes.append(file.stat().st_size / MEBIBYTES)
    for run in range(1, effort.runs + 1):
        say(f"Restore: run {run} of {effort.runs} …")
        kept, back = str(folder / f"{run}.tar"), str(folder / f"back-{run}")
        runs.setdefault("reading and checking it alone", []).append(_run("restore", "--check", kept))
        runs.setdefault("restore into an empty folder", []).append(_run("restore", kept, "--data", back))
    table = Table(
        f"{size:,} messages",
        ["", "seconds", "MiB of memory"],
        f"The database has {database / MEBIBYTES:,.0f} MiB, a backup {figure(sizes)} MiB. Memory is the command's own; "
        "Postgres and its programs come beside it. A restore makes the database (`initdb`), checks the file first, and "
        "ends with the counts of what came back compared with those of the backup.",
    )
    for name, some in runs.items():
        table.rows.append([name, figure([run.seconds for run in some]), figure([run.memory for run in some], 0)])
    return Page("Backups", f"Written by `./dev bench backup`: {medians(effort.runs)}", [table])


async def _without_files(school: Served) -> int:
    """Forget the hall's files, which are rows alone, and return how large the database is, in bytes."""
    connection = await asyncpg.connect(**school.address.credentials | {"user": SUPERUSER})
    try:
        await connection.execute("DELETE FROM files")
        await connection.execute("VACUUM ANALYZE files")
        size: int = await connection.fetchval("SELECT pg_database_size(current_database())")
        return size
    finally:
        await connection.close()


def _run(*arguments: str) -> Run:
    began = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 (our own program)
        [sys.executable, "-m", "edusphere", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment(),
        text=True,
    )
    memory = 0.0
    while process.poll() is None:
        memory = largest(process.pid) or memory
        time.sleep(EACH)
    if process.returncode != 0:
        raise Trouble(process.stderr.read() if process.stderr else "It failed.")
    return Run(time.monotonic() - began, memory)


def largest(process: int) -> float | None:
    """Return the most memory that a process has had, in MiB, or None where it is gone.

    A child's `ru_maxrss` will not do: it begins with what the parent had when it was made.
    """
    with suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return None
