"""Schools that differ in one thing, loaded in turn: memory and Redis, one process and two, whose Postgres, nginx."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from loadtests.bench.page import Page, medians
from loadtests.bench.plot import bars
from loadtests.bench.table import Table, figure
from loadtests.day import DAY
from loadtests.player.rooms import BY_ALL, HEARD
from loadtests.stage.locust import Outcome, Steady, headless
from loadtests.stage.run import Size, cast
from loadtests.stage.setting import EXTERNAL, NGINX, POSTGRES, SCHOOL, VALKEY, Setting, debian, stage

RESULTS = Path(__file__).parents[1] / "results"
PLAIN, REDIS, TWO, APART, PROXIED = "memory", "Redis", "two processes", "external Postgres", "through nginx"
SETTINGS = {
    PLAIN: Setting(),
    REDIS: Setting(broker="redis"),
    TWO: Setting(processes=2, broker="redis"),
    APART: Setting(postgres=EXTERNAL),
    PROXIED: Setting(through_nginx=True),
}
HOURS = ("assembly", "lessons")
USERS = 600
MINUTES = 0.3
TABLES: Mapping[str, Mapping[str, str]] = {
    "Memory against Redis": {"memory": PLAIN, "Redis": REDIS},
    "One process against two": {"one process over Redis": REDIS, "two processes over Redis": TWO},
    "The embedded Postgres against another": {"embedded": PLAIN, "external": APART},
    "Through nginx and without": {"without": PLAIN, "through nginx": PROXIED},
}
SPENDERS = (SCHOOL, POSTGRES, VALKEY, NGINX)
TIMES = (
    ("post → answer, ms: p50", "message.post", "p50"),
    ("p99", "message.post", "p99"),
    ("post → heard by each, ms: p50", HEARD, "p50"),
    ("p99", HEARD, "p99"),
    ("post → heard by all, ms: p50", BY_ALL, "p50"),
    ("p99", BY_ALL, "p99"),
)
Runs = dict[str, dict[str, list[Outcome]]]
"""By scenario, then by school."""


def write(folder: Path, rounds: int, users: int | None, minutes: float | None, say: Callable[[str], None]) -> None:
    """Measure all of it, and keep the page with its pictures after every round."""
    size = Size(users or USERS, minutes or MINUTES)
    for done, runs in enumerate(_loaded(folder, rounds, size, say), start=1):
        page = _page(size, runs, done)
        say(f"\n{page}\n\nKept in {page.keep(RESULTS, 'load')}")


def _page(size: Size, runs: Runs, rounds: int) -> Page:
    tables = [_table(title, pair, runs) for title, pair in TABLES.items()]
    pictures = {f"load-{scenario}.svg": _picture(scenario, runs[scenario]) for scenario in HOURS}
    programs = debian()
    postgres = f"Debian's ({programs.parent.name})" if programs else "the wheel's, in a cluster of its own"
    lead = (
        f"Written by `./dev load compare --rounds {rounds}`: {medians(rounds)} One thing differs in each table; all "
        f"schools were served at once and loaded in turn. `assembly`: {size.users:,} people hear one who posts four "
        "times a second; `lessons`: as many, in rooms of 30, type, post, read, edit and page back. "
        f"{size.seconds:.0f} s each, half of it coming; the tables are of the rest, when all were there. The external "
        f"Postgres is {postgres}, over its Unix socket. Gaps, doubles and unheard changes of all runs "
        f"together: {_faults(runs)}. Locust ran on the same cores in one process, at "
        f"{_locust(runs)} % of a core; what it can drive is in "
        "[reach.md](reach.md). Where the load average is above the number of cores, milliseconds are mostly those of "
        "waiting for a core."
    )
    return Page("Loaded by Locust", lead, tables, pictures, "loaded by Locust")


def _loaded(folder: Path, rounds: int, size: Size, say: Callable[[str], None]) -> Iterator[Runs]:
    """Yield what came out up to the end of each round."""
    runs: Runs = {scenario: {name: [] for name in SETTINGS} for scenario in HOURS}
    with ExitStack() as stack:
        schools = {}
        for name, setting in SETTINGS.items():
            place = folder / name.replace(" ", "-")
            place.mkdir()
            place.chmod(0o755)
            served = stack.enter_context(stage(setting, place, say))
            schools[name] = served, cast(HOURS[0], size, served, place, say)
        for each in range(1, rounds + 1):
            for scenario in HOURS:
                for name, (served, load) in schools.items():
                    say(f"── round {each} of {rounds}: {scenario}, {name} ──")
                    arrival = size.arrival(DAY[scenario])
                    outcome = headless(replace(load, scenario=scenario, arrival=arrival), folder, served.spent)
                    runs[scenario][name].append(outcome)
            yield runs


def _table(title: str, pair: Mapping[str, str], runs: Runs) -> Table:
    columns = [f"{scenario}: {name}" for scenario in runs for name in pair]
    table = Table(title, ["", *columns])
    chosen = [runs[scenario][name] for scenario in runs for name in pair.values()]
    for what, name, share in TIMES:
        times = [[each.summary["times when all were there"][name][share] for each in of] for of in chosen]
        table.rows.append([what, *(figure(of, 0) for of in times)])
    steady = [[each.when_all_were_there() for each in of] for of in chosen]
    table.rows.append(["heard a second", *(figure([each.heard / each.seconds for each in of], 0) for of in steady)])
    for who in SPENDERS:
        spent = [[_each(run, who) for run in of] for of in steady]
        if any(map(any, spent)):
            table.rows.append([f"CPU µs for each that was heard: {who}", *(figure(of, 1) for of in spent)])
    table.rows.append(["together", *(figure([_each(run, *SPENDERS) for run in of], 1) for of in steady)])
    return table


def _each(run: Steady, *spenders: str) -> float:
    """Return the microseconds that one change heard by one listener cost these."""
    return 1e6 * sum(run.spent.get(who, 0.0) for who in spenders) / max(run.heard, 1)


def _picture(scenario: str, schools: Mapping[str, Sequence[Outcome]]) -> str:
    return bars(
        f"{scenario}: CPU for each change that one listener heard",
        "µs",
        {name: [_each(run.when_all_were_there(), *SPENDERS) for run in of] for name, of in schools.items()},
    )


def _faults(runs: Runs) -> str:
    outcomes = [outcome for schools in runs.values() for of in schools.values() for outcome in of]
    return (
        f"{sum(each.summary['counts'].get(name, 0) for each in outcomes for name in ('gaps', 'doubles', 'unheard')):,}"
    )


def _locust(runs: Runs) -> str:
    shares = [100 * each.locust_share for schools in runs.values() for of in schools.values() for each in of]
    return figure(shares, 0)
