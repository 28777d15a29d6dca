"""A run's report: one page of HTML with everything in it, and what it shows as CSV."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

from loadtests.bench.page import machine
from loadtests.bench.plot import over_time
from loadtests.player.rooms import BY_ALL, HEARD
from loadtests.stage.locust import Outcome

SATURATED = 0.85
"""Of a core: a Locust process that uses more has no time for those who wait."""
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1f;
       background: #fff }
table { border-collapse: collapse; margin: 1rem 0 } th, td { padding: .3rem .8rem; border-bottom: 1px solid #d8d8dc }
th { text-align: left } td:not(:first-child) { text-align: right; font-variant-numeric: tabular-nums }
.met { color: #0b6e4f } .missed { color: #b3261e; font-weight: 600 } figure { margin: 1.5rem 0 } svg { width: 100% }
"""


def write(folder: Path, title: str, lead: str, outcome: Outcome, loaders: int) -> Path:
    """Write `report.html` and `seconds.csv`, and return the first."""
    _write_seconds(folder / "seconds.csv", outcome)
    file = folder / "report.html"
    file.write_text(_page(title, lead, outcome, loaders))
    return file


def warnings(outcome: Outcome, loaders: int) -> list[str]:
    """Return what makes the figures less than they seem."""
    if outcome.locust_share < SATURATED * loaders:
        return []
    return [
        f"Locust itself used {100 * outcome.locust_share:.0f} % of a core in {loaders} process{'es' * (loaders > 1)}: "
        "some of these milliseconds are its own. Give it more processes (--loaders) or machines."
    ]


def _page(title: str, lead: str, outcome: Outcome, loaders: int) -> str:
    summary = outcome.summary
    met = all(line[3] for line in summary["verdict"])
    counts = {name: count for name, count in sorted(summary["counts"].items()) if count}
    body = [
        f"<h1>{escape(title)}</h1><p>{escape(lead)} {escape(machine('loaded by Locust'))}</p>",
        '<p class="met">All is as it must be.</p>' if met else '<p class="missed">Not all is as it must be.</p>',
        *(f'<p class="missed">{escape(warning)}</p>' for warning in warnings(outcome, loaders)),
        _table(("What must be true", "bar", "measured", "met"), [_verdict(*line) for line in summary["verdict"]]),
        _table(
            ("Milliseconds", "times", "p50", "p90", "p99", "most"),
            [
                (name, *(f"{times[each]:,}" for each in ("count", "p50", "p90", "p99", "p100")))
                for name, times in summary["times"].items()
            ],
        ),
        _table(("Counted", "times"), [(name, f"{count:,}") for name, count in counts.items()]),
        *([_table(("What went wrong",), [(error,) for error in summary["errors"]])] if summary["errors"] else []),
        *(f"<figure>{picture}</figure>" for picture in pictures(outcome)),
        "<p>“Heard by all” is the time from a post until the last of its listeners heard it, over all of Locust's "
        "processes. Gaps are numbers of a room that somebody skipped, doubles those that somebody heard again.</p>",
    ]
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style>{''.join(body)}</html>\n"
    )


def _verdict(what: str, bar: str, measured: str, met: bool) -> tuple[str, ...]:
    return what, bar, measured, "yes" if met else "NO"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    shown = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{''.join(f'<th>{escape(cell)}</th>' for cell in head)}</tr>{shown}</table>"


def pictures(outcome: Outcome) -> list[str]:
    """Return how it went, second by second."""
    history = outcome.summary["history"]

    def times(name: str, what: str) -> list[tuple[float, float]]:
        return [(page["second"], page["times"][name][what]) for page in history if name in page["times"]]

    asked = [
        (page["second"], sum(each["count"] for name, each in page["times"].items() if name not in (HEARD, BY_ALL)))
        for page in history
    ]
    drawn = [over_time("Sockets open", "sockets", {"online": [(page["second"], page["online"]) for page in history]})]
    names = [name for name in outcome.summary["times"] if name not in (HEARD, BY_ALL)]
    if HEARD in outcome.summary["times"]:
        drawn.append(over_time("Changes heard, each by each listener", "a second", {"heard": times(HEARD, "count")}))
        heard = {f"{name}, {what}": times(name, what) for name in (HEARD, BY_ALL) for what in ("p50", "p99")}
        drawn.append(over_time("From a post until it was heard", "milliseconds", heard))
    drawn.append(over_time("Commands and requests answered", "a second", {"asked": asked}))
    drawn.append(over_time("Their p99", "milliseconds", {name: times(name, "p99") for name in names[:6]}))
    if len(outcome.moments) > 1:
        drawn.append(over_time("CPU", "% of a core", _shares(outcome)))
    return drawn


def _shares(outcome: Outcome) -> dict[str, list[tuple[float, float]]]:
    moments = outcome.moments
    pairs = list(pairwise(moments))

    def share(who: str) -> list[tuple[float, float]]:
        return [
            (later.at - moments[0].at, 100 * (later.spent[who] - before.spent[who]) / (later.at - before.at))
            for before, later in pairs
        ]

    return {who: share(who) for who in moments[-1].spent}


def _write_seconds(file: Path, outcome: Outcome) -> None:
    history: list[dict[str, Any]] = outcome.summary["history"]
    names, counted = list(outcome.summary["times"]), sorted(outcome.summary["counts"])
    with file.open("w", newline="") as out:
        rows = csv.writer(out)
        columns = [f"{name} {what}" for name in names for what in ("count", "p50", "p99")]
        rows.writerow(["second", "online", *columns, *counted])
        nothing = {"count": 0, "p50": "", "p99": ""}
        for page in history:
            times = [page["times"].get(name, nothing)[what] for name in names for what in ("count", "p50", "p99")]
            rows.writerow([page["second"], page["online"], *times, *(page["counts"].get(name, 0) for name in counted)])
