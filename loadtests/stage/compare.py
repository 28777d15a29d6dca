"""Schools that differ in one thing, loaded in turn: memory and Redis, one process and two, whose Postgres, nginx."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from loadtests.bench.page import Page, medians
from loadtests.bench.plot import bars
from loadtests.bench.table import Table, figure
from loadtests.player.rooms import BY_ALL, HEARD
from loadtests.stage import reach
from loadtests.stage.locust import Outcome
from loadtests.stage.run import Size, play
from loadtests.stage.setting import EXTERNAL, NGINX, POSTGRES, SCHOOL, VALKEY, Setting, debian

RESULTS = Path(__file__).parents[1] / "results"
PLAIN, REDIS, TWO, APART, PROXIED = "memory", "Redis", "two processes", "external Postgres", "through nginx"
SETTINGS = {
    PLAIN: Setting(),
    REDIS: Setting(broker="redis"),
    TWO: Setting(processes=2, broker="redis"),
    APART: Setting(postgres=EXTERNAL),
    PROXIED: Setting(through_nginx=True),
}
USERS = {"assembly": 1_000, "lessons": 900}
MINUTES = 0.5
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
    ("handshake → all rooms heard, ms: p50", "open", "p50"),
    ("p99", "open", "p99"),
)
Runs = dict[str, dict[str, list[Outcome]]]
"""By scenario, then by school."""


def write(folder: Path, rounds: int, users: int | None, minutes: float | None, say: Callable[[str], None]) -> None:
    """Measure all of it, and keep the page with its pictures."""
    heard = reach.measure(folder, rounds, say)
    runs: Runs = {scenario: {name: [] for name in SETTINGS} for scenario in USERS}
    for each in range(1, rounds + 1):
        for scenario, usual in USERS.items():
            size = Size(users or usual, minutes or MINUTES)
            for name, setting in SETTINGS.items():
                say(f"── round {each} of {rounds}: {scenario}, {name} ──")
                place = folder / f"{scenario}-{name.replace(' ', '-')}-{each}"
                place.mkdir()
                place.chmod(0o755)
                runs[scenario][name].append(play(scenario, size, setting, place, place, say))
    tables = [heard, *(_table(title, pair, runs) for title, pair in TABLES.items())]
    pictures = {f"load-{scenario}.svg": _picture(scenario, runs[scenario]) for scenario in USERS}
    postgres = f"Debian's ({folder_name(debian())})" if debian() else "the wheel's, in a cluster of its own"
    lead = (
        f"Written by `./dev load compare --rounds {rounds}`: {medians(rounds)} One thing differs in each table; the "
        f"schools took turns. `assembly`: {USERS['assembly'] if users is None else users:,} people hear one who posts "
        f"four times a second; `lessons`: {USERS['lessons'] if users is None else users:,} people in rooms of 30 type, "
        f"post, read, edit and page back; {60 * (minutes or MINUTES):.0f} s each, half of it coming. CPU is that of a "
        f"whole run, the coming included. The external Postgres is {postgres}, over its Unix socket. Gaps, doubles and "
        f"unheard changes of all runs together: {_faults(runs)}. Locust ran on the same two cores in one process, "
        f"{_locust(runs)} of a core."
    )
    page = Page("Loaded by Locust", lead, tables, pictures, "loaded by Locust")
    say(f"\n{page}\n\nKept in {page.keep(RESULTS, 'load')}")


def folder_name(programs: Path | None) -> str:
    return programs.parent.name if programs else ""


def _table(title: str, pair: Mapping[str, str], runs: Runs) -> Table:
    columns = [f"{scenario}: {name}" for scenario in runs for name in pair]
    table = Table(title, ["", *columns])
    chosen = [runs[scenario][name] for scenario in runs for name in pair.values()]
    for what, name, share in TIMES:
        table.rows.append([what, *(_figure([each.summary["times"][name][share] for each in of]) for of in chosen)])
    heard = [[each.summary["times"][HEARD]["count"] for each in of] for of in chosen]
    table.rows.append(["heard in all", *(figure(of, 0) for of in heard)])
    for who in SPENDERS:
        spent = [[each.spent(who) for each in of] for of in chosen]
        if any(map(any, spent)):
            table.rows.append([f"CPU s: {who}", *(figure(of, 1) for of in spent)])
    together = [[sum(each.spent(who) for who in SPENDERS) for each in of] for of in chosen]
    table.rows.append(["CPU s: together", *(figure(of, 1) for of in together)])
    each_heard = [
        [1e6 * cost / count for cost, count in zip(*of, strict=True)] for of in zip(together, heard, strict=True)
    ]
    table.rows.append(["CPU µs together, for each that was heard", *(figure(of, 0) for of in each_heard)])
    return table


def _figure(runs: Sequence[float]) -> str:
    return figure(runs, 0)


def _picture(scenario: str, schools: Mapping[str, Sequence[Outcome]]) -> str:
    return bars(
        f"{scenario}: CPU of a whole run",
        "seconds",
        {name: [sum(run.spent(who) for who in SPENDERS) for run in of] for name, of in schools.items()},
    )


def _faults(runs: Runs) -> str:
    outcomes = [outcome for schools in runs.values() for of in schools.values() for outcome in of]
    return (
        f"{sum(each.summary['counts'].get(name, 0) for each in outcomes for name in ('gaps', 'doubles', 'unheard')):,}"
    )


def _locust(runs: Runs) -> str:
    shares = [100 * each.locust_share for schools in runs.values() for of in schools.values() for each in of]
    return f"at {figure(shares, 0)} %"
