"""Processes of a school: what one is started with, and what it has cost so far by Linux's /proc (proc(5))."""

from __future__ import annotations

import itertools
import os
import socket
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
FIRST_PORT, PORTS = 12_000, 20_000
_ports = itertools.count(os.getpid() * 251)
TICK = 1 / os.sysconf("SC_CLK_TCK")
"""Seconds: how finely CPU time is told."""
POSTGRES = "postgres"


@dataclass(frozen=True, slots=True)
class Cost:
    """Of the app, and of its Postgres."""

    app: float
    postgres: float

    def __sub__(self, earlier: Cost) -> Cost:
        return Cost(self.app - earlier.app, self.postgres - earlier.postgres)

    @property
    def together(self) -> float:
        return self.app + self.postgres


def cpu(root: int) -> Cost:
    """Return the CPU seconds of a process and its descendants, those who have ended included."""
    return _sum(root, _cpu_seconds)


def memory(root: int) -> Cost:
    """Return the proportional set size, in MiB: what is shared among processes is shared out among them."""
    return _sum(root, _pss)


def pin(root: int, core: int) -> None:
    """Keep a process and its descendants on one core, but let Postgres run where it likes."""
    for process in family(root):
        if (PROC / str(process) / "comm").read_text().strip() != POSTGRES:
            for thread in (PROC / str(process) / "task").iterdir():
                os.sched_setaffinity(int(thread.name), {core})


def _sum(root: int, measure: Callable[[int], float]) -> Cost:
    app = postgres = 0.0
    for process in family(root):
        try:
            if (PROC / str(process) / "comm").read_text().strip() == POSTGRES:
                postgres += measure(process)
            else:
                app += measure(process)
        except (FileNotFoundError, ProcessLookupError):
            continue  # ended meanwhile
    return Cost(app, postgres)


def family(root: int) -> list[int]:
    """Return a process and its descendants."""
    children = defaultdict(list)
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                children[int(_stat(int(entry.name))[1])].append(int(entry.name))
            except (FileNotFoundError, ProcessLookupError):
                continue
    family = [root]
    for process in family:  # grows while it is walked
        family += children[process]
    return family


def _stat(process: int) -> list[str]:
    """Return the fields after the name, which may itself hold spaces and brackets: state, parent, …"""
    return (PROC / str(process) / "stat").read_text().rpartition(")")[2].split()


def _cpu_seconds(process: int) -> float:
    user, system, children_user, children_system = map(int, _stat(process)[11:15])
    return (user + system + children_user + children_system) * TICK


def _pss(process: int) -> float:
    for line in (PROC / str(process) / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0  # a process that is just ending has no memory any more


def free_port() -> int:
    """Return a port at which nobody listens, and which nobody is given by chance before somebody does.

    It lies below those that the system gives out by itself; each process begins elsewhere and takes none twice.
    """
    while True:
        port = FIRST_PORT + next(_ports) % PORTS
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def environment(**settings: str) -> dict[str, str]:
    """Return ours, without anything that would make it another school, and with `settings`."""
    ours = ("EDUSPHERE_", "DB_", "REDIS_", "SECRET_KEY")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | settings
