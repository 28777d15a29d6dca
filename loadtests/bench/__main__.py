"""The command line of the benchmarks."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from loadtests.bench import accept, backup, behind, courses, memory, paint, posts, report, resume, room, signin, start
from loadtests.bench.effort import Effort
from loadtests.bench.page import Page, medians
from loadtests.bench.served import Trouble

RESULTS = Path(__file__).parents[1] / "results"
BASELINE = {
    "start": start.measure,
    "graphql": room.measure,
    "memory": memory.measure,
    "signin": signin.measure,
    "paint": paint.measure,
}
PAGES = {
    "accept": accept.measure,
    "behind": behind.measure,
    "posts": posts.measure,
    "fanout": report.measure,
    "resume": resume.measure,
    "storm": resume.storm,
    "graphql": room.page,
    "courses": courses.page,
    "backup": backup.measure,
}


@click.command()
@click.argument("part", type=click.Choice([*dict.fromkeys((*BASELINE, *PAGES)), "all"]), default="all")
@click.option("--runs", "--rounds", default=5, show_default=True, type=click.IntRange(min=1), help="Of each figure.")
@click.option(
    "--quick", is_flag=True, help="Less of everything, and nothing is kept: does it work, and roughly what is it?"
)
@click.option("--peers", is_flag=True, help="fanout: also install and measure other servers.")
def main(part: str, runs: int, quick: bool, peers: bool) -> None:
    """Measure a school and print what it costs as Markdown.

    `all` is start, graphql, memory, signin, paint and accept, kept in loadtests/results/baseline.md; of the others
    each is kept in a file of its own there.
    """
    effort = Effort(min(runs, 2) if quick else runs, quick, peers)
    with tempfile.TemporaryDirectory(prefix="edusphere-bench-") as folder:
        # The database runs as an ordinary user where the bench runs as root.
        Path(folder).chmod(0o755)
        try:
            page = PAGES[part](Path(folder), effort, _say) if part in PAGES else _baseline(part, Path(folder), effort)
        except Trouble as trouble:
            raise click.ClickException(str(trouble)) from trouble
    if page is not None:
        click.echo(f"\n{page}\n")
    if page is not None and not quick:
        file = page.keep(RESULTS, "baseline" if part == "all" else part)
        _say(f"Kept in {file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file}")


def _baseline(part: str, folder: Path, effort: Effort) -> Page | None:
    tables = []
    for name in BASELINE if part == "all" else [part]:
        tables.append(BASELINE[name](folder, effort.runs, _say))
        click.echo(f"\n{tables[-1]}\n")
    return Page("Baseline", f"Written by `./dev bench`: {medians(effort.runs)}", tables) if part == "all" else None


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)


if __name__ == "__main__":
    main()
