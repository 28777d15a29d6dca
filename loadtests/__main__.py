"""The command line of `./dev load`."""

from __future__ import annotations

import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from edusphere.database.address import Address
from edusphere.database.embedded import running_address
from loadtests.bench.served import Trouble
from loadtests.day import CLASS, DAY
from loadtests.player.own import NotOurs, require_ours
from loadtests.stage import compare, locust, reach, report
from loadtests.stage.crowd import enrol
from loadtests.stage.locust import Load, Outcome
from loadtests.stage.own_venv import ROOT, locust_python
from loadtests.stage.run import Size, cast, play
from loadtests.stage.setting import EMBEDDED, EXTERNAL, Setting, address, keys_of, stage

COMPARE, REACH, PEOPLE = "compare", "reach", "people"
KEPT = ROOT / ".cache" / "load"
MISTAKE, CUT_SHORT = 2, 130


@click.command(
    epilog="\b\nScenarios:\n"
    + "\n".join(f"  {name:15} {scenario.about} ({scenario.users:,})" for name, scenario in DAY.items())
    + "\n\nThe exit status is 0 when all is as it must be, 1 when not (the scenario's bars are in loadtests/day.py), "
    "2 for a mistake."
)
@click.argument("scenario", type=click.Choice([*DAY, PEOPLE, COMPARE, REACH]), metavar="SCENARIO|people|compare|reach")
@click.option("--users", type=click.IntRange(1, 50_000), help="Who come in all; each scenario has its own number.")
@click.option("--minutes", type=click.FloatRange(0.05, 24 * 60), help="How long, the time of coming included.")
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True, help="Of the school.")
@click.option("--broker", type=click.Choice(["memory", "redis"]), help="memory; with several processes, redis.")
@click.option("--through-nginx", is_flag=True, help="A real nginx stands before the school.")
@click.option(
    "--postgres",
    default=EMBEDDED,
    show_default=True,
    help=f"`{EXTERNAL}`: another cluster on this machine; or the URL of an empty database.",
)
@click.option("--loaders", type=click.IntRange(1, 64), default=1, show_default=True, help="Locust's processes.")
@click.option("--web", is_flag=True, help="Begin and end runs on Locust's own page, until Ctrl-C.")
@click.option("--web-port", type=click.IntRange(1, 65535), default=8089, show_default=True)
@click.option("--host", help="Load a school that is there, at this address, instead of one of its own.")
@click.option(
    "--people", type=click.Path(dir_okay=False, path_type=Path), help="With --host: the file of who take part."
)
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="people: the data folder of the school at --host, which is empty and runs on this machine.",
)
@click.option("--insist", is_flag=True, help="With --host: also where it is not this machine.")
@click.option(
    "--report", "kept", type=click.Path(file_okay=False, path_type=Path), help="Where the report goes: .cache/load/…"
)
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True, help="compare, reach: of each figure.")
def main(
    scenario: str,
    users: int | None,
    minutes: float | None,
    processes: int,
    broker: str | None,
    through_nginx: bool,
    postgres: str,
    loaders: int,
    web: bool,
    web_port: int,
    host: str | None,
    people: Path | None,
    data: Path | None,
    insist: bool,
    kept: Path | None,
    rounds: int,
) -> None:
    """Load a school with a scenario of its day, and report what came out.

    Starts a school on ports of its own, makes its people, lets them come, writes a report, and stops everything.
    `people` only fills an empty school that is there, for --host; `compare` plays several schools in turn and writes
    loadtests/results/load.md; `reach` tells what Locust itself can do on this machine.
    """
    if broker == "memory" and processes > 1:
        raise click.UsageError("Several processes need --broker redis: memory is one process's own.")
    if postgres not in (EMBEDDED, EXTERNAL):
        _or_usage_error(lambda: address(postgres))
    if (host is None) != (people is None):
        raise click.UsageError("--host and --people go together: a school that is there, and who take part.")
    if host is not None:
        _or_usage_error(lambda: require_ours(host, insist))
    if scenario == PEOPLE and (host is None or people is None or data is None):
        raise click.UsageError("people needs --host, --people and --data: for which school, into which file.")
    if scenario != PEOPLE and people is not None and not people.is_file():
        raise click.UsageError(f"There is no file {people}. `./dev load people` makes one.")
    setting = Setting(processes, broker or ("redis" if processes > 1 else "memory"), postgres, through_nginx)
    with _ended_by_signals(), tempfile.TemporaryDirectory(prefix="edusphere-load-") as place:
        folder = Path(place)
        # The database runs as an ordinary user where the load test runs as root.
        folder.chmod(0o755)
        try:
            if scenario == COMPARE:
                compare.write(folder, rounds, users, minutes, _say)
            elif scenario == REACH:
                page = reach.measure(rounds, _say)
                click.echo(f"\n{page}\n\nKept in {page.keep(compare.RESULTS, REACH)}")
            elif scenario == PEOPLE and host and people and data:
                _make_people(address(postgres) if postgres != EMBEDDED else None, data, host, users or CLASS, people)
            else:
                size = Size.of(DAY[scenario], users, minutes, loaders)
                kept = kept or KEPT / f"{scenario}-{time.strftime('%Y-%m-%d-%H%M%S')}"
                kept.mkdir(parents=True, exist_ok=True)
                if web:
                    _on_the_web(scenario, size, setting, folder, kept, web_port)
                elif host and people:
                    arrival = size.arrival(DAY[scenario])
                    load = Load(scenario, host, people, size.users, arrival, size.seconds, loaders, insist)
                    _say(f"{size.users:,} people come to {host} …")
                    _finish(scenario, f"{host}.", size, locust.headless(load, kept, dict), kept)
                else:
                    outcome = play(scenario, size, setting, folder, kept, _say)
                    _finish(scenario, f"On {setting}.", size, outcome, kept)
        except Trouble as trouble:
            raise click.ClickException(str(trouble)) from trouble
        except KeyboardInterrupt:
            _say("Stopped; everything that was started is ended.")
            sys.exit(CUT_SHORT)


def _make_people(database: Address | None, data: Path, host: str, count: int, file: Path) -> None:
    where = database or running_address(data)
    if where is None:
        raise Trouble(f"No school runs on {data}. Start it first: edusphere serve --data {data}")
    enrol(where, keys_of(data), host, count, _say).write(file)
    _say(f"{file} holds {count:,} people's credentials, good for a day: keep it to yourself.")


def _finish(scenario: str, where: str, size: Size, outcome: Outcome, kept: Path) -> None:
    lead = f"{size.users:,} people, {size.seconds:.0f} s: {DAY[scenario].about}. {where}"
    file = report.write(kept, scenario.replace("_", " ").capitalize(), lead, outcome, size.loaders)
    for what, bar, measured, met in outcome.summary["verdict"]:
        click.echo(f"{'  ' if met else '✗ '}{what}: {measured} ({bar})")
    for name in ("heard by each", "heard by all"):
        if name in outcome.summary["times"]:
            times = outcome.summary["times"][name]
            click.echo(f"  {name}: {times['count']:,} times, p50 {times['p50']} ms, p99 {times['p99']} ms")
    for sentence in (*outcome.summary["errors"], *report.warnings(outcome, size.loaders)):
        click.echo(f"! {sentence}")
    click.echo(f"Report: {file}")
    if outcome.status:
        sys.exit(outcome.status)


def _on_the_web(scenario: str, size: Size, setting: Setting, folder: Path, kept: Path, port: int) -> None:
    locust_python(_say)
    with stage(setting, folder, _say) as served:
        load = cast(scenario, size, served, folder, _say)
        _say(f"Locust's page: http://127.0.0.1:{port}. The school: {served.url}. Ctrl-C ends both.")
        if locust.on_the_web(load, port, kept):
            raise Trouble(f"Locust ended. Its words are in {kept / locust.LOG}.")


def _or_usage_error(look: object) -> None:
    try:
        look()  # type: ignore[operator]
    except (Trouble, NotOurs) as sentence:
        raise click.UsageError(str(sentence)) from sentence


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let SIGTERM do what Ctrl-C does, and Ctrl-C too where a shell has us in the background and had it ignored."""

    def interrupt(signal_number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)


if __name__ == "__main__":
    main(prog_name="./dev load")
