"""Durable posts: how many a second one process acknowledges, beside Postgres alone and beside itself where nothing is
committed together; how soon, among many people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from loadtests.bench import pgbench
from loadtests.bench.assembly import IN, Assembly, assemble
from loadtests.bench.crowd import Crowd, Heard
from loadtests.bench.effort import Effort
from loadtests.bench.opponents import CLIENT_CORE, SETTLED
from loadtests.bench.page import Page, medians
from loadtests.bench.pgbench import Inserted
from loadtests.bench.processes import Cost
from loadtests.bench.served import Served
from loadtests.bench.table import Goal, Table, figure, goals

SENDERS = (1, 8, 32, 64)
GOAL = 32
ONLINE = 500
RATE = 50
SECONDS, CALM = 2.0, 5.0

Flood = tuple[Heard, Cost]


def measure(folder: Path, effort: Effort, say: Callable[[str], None]) -> Page:
    seconds = SECONDS / 2 if effort.quick else SECONDS
    floods: dict[int, list[Flood]] = defaultdict(list)
    singles: dict[int, list[Flood]] = defaultdict(list)
    inserts: dict[int, list[Inserted]] = defaultdict(list)
    calm: list[Flood] = []
    with _opened(folder / "calm") as (school, _, crowd):
        # By itself: another school's checkpoints would be heard in the slowest answers.
        crowd.open(ONLINE, needle=IN)
        crowd.rest(SETTLED)
        for run in range(1, effort.runs + 1):
            say(f"{RATE} posts a second among {ONLINE}: run {run} of {effort.runs} …")
            before = school.cpu()
            heard = crowd.pace(RATE, seconds if effort.quick else CALM)
            calm.append((heard, school.cpu() - before))
    with (
        _opened(folder / "together") as (school, assembly, crowd),
        _opened(folder / "one-by-one", program="loadtests.bench.one_by_one") as (slow_school, _, slow_crowd),
    ):
        pgbench_program = pgbench.program(school.data)
        for senders in SENDERS:
            for each in (crowd, slow_crowd):
                each.open(senders - each.sockets, needle=IN)
                each.rest(SETTLED)
                each.flood(senders, 0.5)  # what is done once is done
            for run in range(1, effort.runs + 1):
                say(f"{senders} senders: run {run} of {effort.runs} …")
                floods[senders].append(_flood(school, crowd, senders, seconds))
                singles[senders].append(_flood(slow_school, slow_crowd, senders, seconds))
                inserts[senders].append(
                    pgbench.insert(pgbench_program, school.address, assembly, folder, senders, seconds)
                )
    ratios = _ratios(floods[GOAL], inserts[GOAL], seconds)
    p50, p99 = [heard.acked.p50 for heard, _ in calm], [heard.acked.p99 for heard, _ in calm]
    met = goals(
        [
            Goal.least(f"durable posts a second with {GOAL} senders, × pgbench", ratios, 0.5),
            Goal.most(f"post to `ok` at {RATE} posts/s, {ONLINE} online: median ms", p50, 20.0),
            Goal.most("99th percentile, ms", p99, 150.0),
        ]
    )
    lead = (
        f"Written by `./dev bench posts`: {medians(effort.runs)} One process with its embedded Postgres; all senders "
        "are in one room, which all of them hear. `pgbench` runs a post's insert in turn with it, prepared, for one "
        "post at a time, into another room of the same people on the same Postgres: all its clients wait for that "
        "room's row, which batches do once for many."
    )
    return Page(
        "Posts", lead, [met, _table(floods, inserts, seconds), _together(floods, singles, seconds), _calm(calm)]
    )


@contextmanager
def _opened(data: Path, program: str = "edusphere") -> Iterator[tuple[Served, Assembly, Crowd]]:
    """Serve a school of its own, with everybody at its door."""
    with Served(data, program=program) as school:
        assembly = assemble(school, ONLINE)
        with Crowd(school.port, data.parent, CLIENT_CORE) as crowd:
            crowd.bring(assembly.write(data.with_suffix(".people")), assembly.post)
            yield school, assembly, crowd


def _flood(school: Served, crowd: Crowd, senders: int, seconds: float) -> Flood:
    before = school.cpu()
    heard = crowd.flood(senders, seconds)
    return heard, school.cpu() - before


def _ratios(floods: list[Flood], inserts: list[Inserted], seconds: float) -> list[float]:
    return [heard.acks / seconds / alone.per_second for (heard, _), alone in zip(floods, inserts, strict=True)]


def _table(floods: dict[int, list[Flood]], inserts: dict[int, list[Inserted]], seconds: float) -> Table:
    table = Table(
        "Posts acknowledged",
        [
            "senders",
            "a second",
            "pgbench",
            "ratio",
            "to `ok`, ms: median",
            "p99",
            "CPU ms of the app a post",
            "of Postgres",
        ],
    )
    for senders, runs in floods.items():
        alone = inserts[senders]
        table.rows.append(
            [
                f"{senders}",
                figure([heard.acks / seconds for heard, _ in runs], 0),
                figure([each.per_second for each in alone], 0),
                f"{figure(_ratios(runs, alone, seconds), 2)} ×",
                figure([heard.acked.p50 for heard, _ in runs], 1),
                figure([heard.acked.p99 for heard, _ in runs], 1),
                figure([1000 * cost.app / heard.posts for heard, cost in runs], 2),
                figure([1000 * cost.postgres / heard.posts for heard, cost in runs], 2),
            ]
        )
    return table


def _together(floods: dict[int, list[Flood]], singles: dict[int, list[Flood]], seconds: float) -> Table:
    table = Table(
        "Committed together, or one by one",
        ["senders", "one by one, a second", "together ÷ one by one", "one by one: median ms to `ok`", "CPU ms a post"],
        "The same program in a school of its own, where each post is written and committed by itself, taking turns.",
    )
    for senders, runs in singles.items():
        ratios = [many.acks / one.acks for (many, _), (one, _) in zip(floods[senders], runs, strict=True)]
        table.rows.append(
            [
                f"{senders}",
                figure([heard.acks / seconds for heard, _ in runs], 0),
                f"{figure(ratios, 2)} ×",
                figure([heard.acked.p50 for heard, _ in runs], 1),
                figure([1000 * (cost.app + cost.postgres) / heard.posts for heard, cost in runs], 2),
            ]
        )
    return table


def _calm(calm: list[Flood]) -> Table:
    table = Table(
        f"{RATE} posts a second, {ONLINE} people online",
        ["ms", "median", "p99", "most"],
        f"CPU of the app: {median(100 * cost.app / heard.seconds for heard, cost in calm):.0f} % of a core.",
    )
    for name, spreads in (
        ("post to `ok`", [heard.acked for heard, _ in calm]),
        ("post to heard, by everybody", [heard.heard for heard, _ in calm]),
    ):
        table.rows.append(
            [name, *(figure([getattr(each, share) for each in spreads], 1) for share in ("p50", "p99", "most"))]
        )
    return table
