"""The command line of the benchmarks."""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Callable
from pathlib import Path

import click

from loadtests.bench import accept, memory, paint, room, signin, start
from loadtests.bench.served import Trouble
from loadtests.bench.table import Table

RESULTS = Path(__file__).parents[1] / "results"
PARTS: dict[str, Callable[[Path, int, Callable[[str], None]], Table]] = {
    "start": start.measure,
    "room": room.measure,
    "memory": memory.measure,
    "signin": signin.measure,
    "paint": paint.measure,
    "accept": accept.measure,
}


@click.command()
@click.argument("part", type=click.Choice([*PARTS, "all"]), default="all")
@click.option("--runs", default=5, show_default=True, type=click.IntRange(min=1), help="How often each is measured.")
def main(part: str, runs: int) -> None:
    """Measure a school and print what it costs as Markdown; `all` also keeps it in loadtests/results/baseline.md."""
    tables = []
    with tempfile.TemporaryDirectory(prefix="edusphere-bench-") as folder:
        # The database runs as an ordinary user where the bench runs as root.
        Path(folder).chmod(0o755)
        for name in PARTS if part == "all" else [part]:
            try:
                tables.append(PARTS[name](Path(folder), runs, lambda sentence: click.echo(sentence, err=True)))
            except Trouble as trouble:
                raise click.ClickException(str(trouble)) from trouble
            click.echo(f"\n{tables[-1]}\n")
    if part == "all":
        RESULTS.mkdir(exist_ok=True)
        file = RESULTS / "baseline.md"
        file.write_text("\n\n".join([_heading(runs), *map(str, tables)]) + "\n")
        click.echo(f"Kept in {file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file}", err=True)


def _heading(runs: int) -> str:
    return (
        "# Baseline\n\n"
        f"Written by `./dev bench`: medians of {runs} runs, with the least and the most. "
        f"{platform.system()} on {platform.machine()}, {os.cpu_count()} cores, "
        f"{platform.python_implementation()} {platform.python_version()}, "
        f"load average {os.getloadavg()[1]:.1f} at the end. "
        "The machine is shared: compare CPU and ratios, not lone seconds."
    )


if __name__ == "__main__":
    main()
