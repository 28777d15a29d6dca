"""`./dev bench fanout` as people read it: the goals first, then where they come from, and two pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from loadtests.bench import fanout, several
from loadtests.bench.effort import Effort
from loadtests.bench.fanout import BURST, CALM, USUAL, Idle, Measured
from loadtests.bench.line import Line
from loadtests.bench.opponents import Taken
from loadtests.bench.page import Page, medians
from loadtests.bench.peers import CHANNELS, TUTORIAL
from loadtests.bench.plot import Series, chart
from loadtests.bench.several import PROCESSES, Several
from loadtests.bench.table import Goal, Table, figure, goals

PLACES = 14
"""Of a profile that are shown."""
US, EACH, JOINED = "EduSphere", "C, each", "C, joined"


def measure(folder: Path, effort: Effort, say: Callable[[str], None]) -> Page:
    """Measure all of it, and say it."""
    return Report(fanout.measure(folder, effort, say), several.measure(folder, effort, say)).page(effort)


class Report:
    def __init__(self, measured: Measured, several: Several) -> None:
        self.measured = measured
        self.several = several

    def page(self, effort: Effort) -> Page:
        command = f"./dev bench fanout{' --peers' if self.measured.beside else ''}"
        lead = (
            f"Written by `{command}`: {medians(effort.runs)} The server has one core, the load client "
            "(`loadtests/bench/c/client.c`, an epoll loop) the other, Postgres whichever is free. EduSphere is the "
            "product: signed-in people with sessions in Postgres, one room, real `message.post` commands, each "
            "committed. The floors (`c/floor.c`) and the other servers are given the same frame to pass on. Every "
            "socket heard every post once and in one order: the client ends the run otherwise."
        )
        tables = [self._goals(), self._at_usual(), self._sizes(), self._bursts(), self._idle(), self._calm()]
        return Page("Fan-out", lead, [*tables, self._several(), *self._profiles()], self._pictures())

    def _pictures(self) -> dict[str, str]:
        by_size: Series = {
            f"{name}, {_posts(burst)}: slope {self.measured.line(name, burst).each:.1f} µs": {
                sockets: [run.per_delivery for run in taken]
                for (sockets, size), taken in sorted(self.measured.taken[name].items())
                if size == burst
            }
            for name, burst in ((US, 1), (EACH, 1), (US, BURST), (JOINED, BURST))
        }
        by_burst: dict[str, dict[float, list[float]]] = {
            name: {
                size: [run.per_delivery for run in taken]
                for (sockets, size), taken in sorted(self.measured.taken[name].items())
                if sockets == USUAL
            }
            for name in (US, JOINED)
        }
        by_burst[JOINED][1] = self.measured.costs(EACH, USUAL, 1)
        up = "CPU µs a delivery"
        return {
            "fanout-sockets.svg": chart("Cost of a delivery against sockets", "sockets", up, by_size),
            "fanout-bursts.svg": chart(
                f"Cost of a delivery against posts at once, {USUAL:,} sockets", "posts at once", up, by_burst
            ),
        }

    def _ratios(self, sockets: int, burst: int, floor: str) -> list[float]:
        pairs = zip(self.measured.costs(US, sockets, burst), self.measured.costs(floor, sockets, burst), strict=True)
        return [ours / theirs for ours, theirs in pairs]

    def _slopes(self, burst: int, floor: str) -> list[float]:
        pairs = zip(self.measured.slopes(US, burst), self.measured.slopes(floor, burst), strict=True)
        return [ours / theirs for ours, theirs in pairs]

    def _goals(self) -> Table:
        measured, idle = self.measured, max(self.measured.idle, key=lambda idle: idle.sockets)
        apart = [
            1e6 * (each.connect.app / each.sockets - each.look_up) for each in measured.idle if each.sockets >= USUAL
        ]
        calm = [
            ours.heard.heard.p99 / theirs.heard.heard.p99
            for ours, theirs in zip(measured.paced[US], measured.paced[EACH], strict=True)
        ]
        flat = _unevenness(measured.per_post(US, 1), measured.line(US, 1)) / _unevenness(measured.per_post(EACH, 1))
        several = self.several
        rows = [
            Goal.most(
                f"one post at a time, {USUAL:,} sockets: CPU a delivery, × C", self._ratios(USUAL, 1, EACH), 1.25
            ),
            Goal.most(f"bursts of {BURST}, × C that joins", self._ratios(USUAL, BURST, JOINED), 2.0),
            Goal.most("the delivery alone (slope), one at a time, × C", self._slopes(1, EACH), 1.15),
            Goal.most("the delivery alone, bursts, × C that joins", self._slopes(BURST, JOINED), 1.35),
            Goal.most(
                f"the delivery alone from {min(measured.per_post(US, 1)):,} to {idle.sockets:,} sockets: most ÷ least, "
                "× the same of C",
                [flat],
                1.25,
                "flat",
            ),
            Goal.most("KiB of an idle socket, with its session", [1024 * idle.grown / idle.sockets], 5.0),
            Goal.most("tasks of an idle socket", [max(0, idle.tasks) / idle.sockets], 0.0),
            Goal.most(f"MiB of the process with {idle.sockets:,} sockets", [idle.memory], 150.0),
            Goal.most("CPU µs of a connect above the session look-up", apart, 300.0),
            Goal.most(f"p99 of post to heard at {measured.rate:.0f} posts/s, × C", calm, 1.5),
            Goal.most(f"{PROCESSES} processes over Redis, CPU a delivery, × one process", several.ratios, 1.2),
            Goal.most("publishes of a post", several.publishes, 1.0),
            Goal.most("subscriptions of a room, per process", [several.subscriptions / PROCESSES], 1.0),
        ]
        for name, bar in ((CHANNELS, 45.0), (TUTORIAL, 6.0)):
            if name in measured.beside:
                rows.append(Goal.least(f"{name}, one post at a time, × EduSphere", self._worse(name), bar))
        others = [name for name in measured.beside if name.startswith(("nchan", "`ws`", "Starlette"))]
        rows += [Goal.least(f"{name}, × EduSphere", self._worse(name), 1.0, "> 1") for name in others]
        return goals(rows)

    def _worse(self, name: str) -> list[float]:
        pairs = zip(self.measured.costs(name, USUAL, 1), self.measured.costs(US, USUAL, 1), strict=True)
        return [theirs / ours for theirs, ours in pairs]

    def _at_usual(self) -> Table:
        table = Table(
            f"{USUAL:,} sockets",
            ["", "CPU µs a delivery, one at a time", f"in bursts of {BURST}", "CPU µs of Postgres a post"],
            f"A burst is posted by {BURST} people at once; the next follows when all have heard all.",
        )
        bursts = {EACH: (1,), JOINED: (BURST,)}
        postgres = [run.postgres_per_post for run in self.measured.taken[US][USUAL, 1]]
        for name in (US, EACH, JOINED, *self.measured.beside):
            cells = [
                figure(self.measured.costs(name, USUAL, burst), 2) if burst in bursts.get(name, (burst,)) else ""
                for burst in (1, BURST)
            ]
            table.rows.append([name, *cells, figure(postgres, 0) if name == US else ""])
        table.rows += [[name, "left out", why, ""] for name, why in self.measured.left_out.items()]
        return table

    def _sizes(self) -> Table:
        table = Table(
            "Against the number of sockets",
            ["sockets", *(f"{name}, {_posts(burst)}" for burst, floor in _FLOORS.items() for name in (US, floor))],
            "CPU µs a delivery; then what a post costs once (the command, the insert, the answer) and what each "
            "further delivery adds, by the line from the fewest to the most.",
        )
        pairs = [(name, burst) for burst, floor in _FLOORS.items() for name in (US, floor)]
        for sockets in sorted(self.measured.per_post(US, 1)):
            table.rows.append(
                [f"{sockets:,}", *(figure(self.measured.costs(*_at(pair, sockets)), 2) for pair in pairs)]
            )
        lines = [self.measured.line(*pair) for pair in pairs]
        table.rows.append(["a post, once", *(f"{line.once:,.0f}" if line.once > 0 else "" for line in lines)])
        table.rows.append(["each delivery", *(f"{line.each:.2f}" for line in lines)])
        return table

    def _bursts(self) -> Table:
        table = Table(
            "Against the size of a burst",
            ["posts at once", US, JOINED, "ratio"],
            f"CPU µs a delivery, {USUAL:,} sockets.",
        )
        for burst in sorted(size for sockets, size in self.measured.taken[JOINED] if sockets == USUAL):
            ours, theirs = (self.measured.costs(name, USUAL, burst) for name in (US, JOINED))
            ratios = self._ratios(USUAL, burst, JOINED)
            table.rows.append([f"{burst}", figure(ours, 2), figure(theirs, 2), f"{figure(ratios, 2)} ×"])
        alone = self.measured.costs(US, USUAL, 1)
        theirs = self.measured.costs(EACH, USUAL, 1)
        table.rows.insert(0, ["1", figure(alone, 2), figure(theirs, 2), f"{figure(self._ratios(USUAL, 1, EACH), 2)} ×"])
        return table

    def _idle(self) -> Table:
        table = Table(
            "Sockets at rest",
            [
                "sockets",
                "connect: CPU µs",
                "of it the session look-up",
                "Postgres µs",
                "KiB each",
                "MiB",
                "tasks",
                "CPU %",
            ],
            "A connect is the handshake, the session and the room joined, 32 at once. Memory is the growth of the "
            "app's PSS; only the first row met a fresh process. The last column is what they cost while nobody speaks.",
        )
        for idle in self.measured.idle:
            table.rows.append(_at_rest(idle))
        return table

    def _calm(self) -> Table:
        table = Table(
            "Latency",
            ["post to heard, ms", "median", "p99", "p99 from the first who heard", "`ok`, median"],
            f"{self.measured.rate:.0f} posts a second to {USUAL:,} sockets, half of what was possible one at a time, "
            f"for {CALM} s.",
        )
        for name, runs in self.measured.paced.items():
            heard = [run.heard for run in runs]
            cells = [
                [each.heard.p50 for each in heard],
                [each.heard.p99 for each in heard],
                [e.spread.p99 for e in heard],
            ]
            acked = figure([each.acked.p50 for each in heard], 1) if name == US else ""
            table.rows.append([name, *(figure(cell, 1) for cell in cells), acked])
        return table

    def _profiles(self) -> list[Table]:
        tables = []
        for name, profile in self.measured.profiles.items():
            table = Table(f"Where the time goes: {name}", ["", "% of the app's CPU"])
            table.rows = [[place, f"{100 * share:.1f}"] for place, share in profile.largest(PLACES)]
            tables.append(table)
        return tables

    def _several(self) -> Table:
        table = Table(
            "Several processes",
            ["one post at a time, 1,000 sockets", "CPU µs a delivery, all processes", "Valkey besides"],
        )
        table.rows = [
            ["one process, memory", figure([run.per_delivery for run in self.several.one], 2), ""],
            [f"{PROCESSES} processes, Redis", _costs(self.several.two), figure(self.several.valkey, 2)],
        ]
        return table


_FLOORS = {1: EACH, BURST: JOINED}


def _posts(burst: int) -> str:
    return "1 at a time" if burst == 1 else f"bursts of {burst}"


def _at(pair: tuple[str, int], sockets: int) -> tuple[str, int, int]:
    name, burst = pair
    return name, sockets, burst


def _costs(runs: Sequence[Taken]) -> str:
    return figure([run.per_delivery for run in runs], 2)


def _unevenness(per_post: Mapping[int, float], line: Line | None = None) -> float:
    """Return by how much a delivery costs more at one size than at another, without what a post costs once."""
    once = line.once if line is not None else 0.0
    alone = [(cost - once) / sockets for sockets, cost in per_post.items()]
    return max(alone) / min(alone)


def _at_rest(idle: Idle) -> list[str]:
    return [
        f"{idle.sockets:,}",
        f"{1e6 * idle.connect.app / idle.sockets:,.0f}",
        f"{1e6 * idle.look_up:,.0f}",
        f"{1e6 * idle.connect.postgres / idle.sockets:,.0f}",
        f"{1024 * idle.grown / idle.sockets:.1f}",
        f"{idle.memory:.0f}",
        f"{idle.tasks:+d}",
        f"{100 * idle.rest.app:.1f}",
    ]
