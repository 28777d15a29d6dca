"""The long run: `./dev test --faults 30m`, or a part of it: `./dev test --faults 5m --only G9,G12`."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path
from time import strftime

import click

from tests.faults.long_run import ALONE, break_everything
from tests.faults.promises import PROMISES

KEPT = Path(__file__).with_name("summary.md")
SECONDS = {"s": 1, "m": 60, "h": 3600}


class Duration(click.ParamType[float]):
    name = "duration"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> float:
        found = re.fullmatch(r"(\d+)([smh])", value)
        if found is None:
            self.fail(f"{value!r} is no duration: write it like 90s, 30m or 1h.", param, ctx)
        return int(found[1]) * SECONDS[found[2]]


@click.command()
@click.argument("seconds", type=Duration(), metavar="DURATION")
@click.option("--only", default="", help=f"Promises to try, comma separated, or `{ALONE}`; the summary is not kept.")
def main(seconds: float, only: str) -> None:
    """Break everything for so long (never shorter than each fault five times takes) and say what became of it."""
    names = [name for name in only.split(",") if name]
    if unknown := set(names) - {*PROMISES, ALONE}:
        raise click.UsageError(f"There is no promise {', '.join(sorted(unknown))}.")
    report = asyncio.run(break_everything(seconds, names, lambda words: click.echo(f"{strftime('%H:%M:%S')} {words}")))
    text = report.text(sys.argv[1] + (f" --only {only}" if only else ""))
    click.echo(f"\n{text}")
    if not names:
        KEPT.write_text(text)
    sys.exit(0 if report.holds else 1)


if __name__ == "__main__":
    main()
