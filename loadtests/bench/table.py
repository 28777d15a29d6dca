"""Figures as people read them: medians of several runs, in a Markdown table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median


@dataclass
class Table:
    title: str
    columns: Sequence[str]
    note: str = ""
    rows: list[Sequence[str]] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"## {self.title}", ""]
        if self.note:
            lines += [self.note, ""]
        lines += [_line(self.columns), _line(["---", *["---:"] * (len(self.columns) - 1)])]
        return "\n".join([*lines, *map(_line, self.rows)])


def figure(runs: Sequence[float], digits: int = 1) -> str:
    """Return the median of some runs, and from what to what they went."""
    low, middle, high = (f"{value:,.{digits}f}" for value in (min(runs), median(runs), max(runs)))
    return middle if low == high else f"{middle} ({low}–{high})"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


@dataclass(frozen=True, slots=True)
class Goal:
    """A line of what must be true, and what came out."""

    figure: str
    bar: str
    measured: str
    met: bool

    @classmethod
    def most(cls, name: str, runs: Sequence[float], bar: float, words: str = "") -> Goal:
        """At most `bar`, by the median."""
        digits = 2 if bar < 10 else 0
        return cls(name, words or f"≤ {bar:,g}", figure(runs, digits), median(runs) <= bar)

    @classmethod
    def least(cls, name: str, runs: Sequence[float], bar: float, words: str = "") -> Goal:
        digits = 2 if bar < 10 else 0
        return cls(name, words or f"≥ {bar:,g}", figure(runs, digits), median(runs) >= bar)


def goals(lines: Sequence[Goal]) -> Table:
    table = Table("Goals", ["", "goal", "measured", "met"])
    table.rows = [[line.figure, line.bar, line.measured, "yes" if line.met else "**no**"] for line in lines]
    return table
