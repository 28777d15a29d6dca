"""What nginx before a school costs: handshakes and deliveries by way of it and straight, to the same school in turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from loadtests.bench import processes
from loadtests.bench.assembly import IN, assemble
from loadtests.bench.crowd import Crowd
from loadtests.bench.effort import Effort
from loadtests.bench.page import Page, medians
from loadtests.bench.processes import free_port
from loadtests.bench.served import Served
from loadtests.bench.table import Table, figure
from tests.nginx.placed import placed

SOCKETS = 1_000
BURST = 16
SECONDS = 5.0


@dataclass
class Way:
    name: str
    port: int
    handshakes: list[float] = field(default_factory=list)
    """A second."""
    deliveries: list[float] = field(default_factory=list)
    """A second."""
    school: list[float] = field(default_factory=list)
    """Microseconds of CPU per delivery, of the app."""
    nginx: list[float] = field(default_factory=list)
    """The same, of nginx."""
    late: list[float] = field(default_factory=list)
    """Milliseconds from a post to a delivery, 99th percentile, one post at a time."""


def measure(folder: Path, effort: Effort, say: Callable[[str], None]) -> Page:
    door = free_port()
    # One address for both ways: the handshakes are the same, byte for byte.
    with (
        Served(
            folder / "behind",
            EDUSPHERE_PUBLIC_URL=f"http://127.0.0.1:{door}",
            EDUSPHERE_TRUSTED_PROXIES="127.0.0.1",
        ) as school,
        placed(folder / "nginx", door, [school.port]) as nginx,
    ):
        assembly = assemble(school, SOCKETS)
        assembly.port = door
        people = assembly.write(folder / "people")
        ways = [Way("straight", school.port), Way("through nginx", door)]
        for run in range(1, effort.runs + 1):
            for way in ways:
                say(f"{way.name}: run {run} of {effort.runs} …")
                with Crowd(way.port, folder) as crowd:
                    crowd.bring(people, assembly.post)
                    opened = crowd.open(SOCKETS, needle=IN)
                    way.handshakes.append(opened.opened / opened.seconds)
                    before, before_nginx = school.cpu(), processes.cpu(nginx.process.pid)
                    heard = crowd.closed(BURST, SECONDS)
                    spent = school.cpu().app - before.app
                    spent_by_nginx = processes.cpu(nginx.process.pid).app - before_nginx.app
                    way.deliveries.append(heard.deliveries / heard.seconds)
                    way.school.append(1e6 * spent / heard.deliveries)
                    way.nginx.append(1e6 * spent_by_nginx / heard.deliveries)
                    way.late.append(crowd.closed(1, SECONDS).heard.p99)
    table = Table(
        f"{SOCKETS:,} sockets in one room, straight and through nginx",
        [
            *("", "handshakes a second", f"deliveries a second, bursts of {BURST}", "µs of CPU each, of the app"),
            *("µs each, of nginx", "99th pct. ms, one post at a time"),
        ],
    )
    for way in ways:
        cells = [(way.handshakes, 0), (way.deliveries, 0), (way.school, 2), (way.nginx, 2), (way.late, 1)]
        table.rows.append([way.name, *(figure(runs, digits) for runs, digits in cells)])
    return Page("Behind nginx", f"Written by `./dev bench behind`: {medians(effort.runs)}", [table])
