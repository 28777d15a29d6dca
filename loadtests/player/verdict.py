"""What must be true of a run, and whether it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that must be true, and what came out."""

    what: str
    bar: str
    measured: str
    met: bool


@dataclass(frozen=True, slots=True)
class Within:
    """A share of the times of one name must be short enough: `p50`, `p90`, `p99` or `p100`, in milliseconds."""

    name: str
    share: str
    milliseconds: int

    def judge(self, summary: dict[str, Any]) -> Line:
        what, bar = f"{self.name}: {self.share}", f"≤ {self.milliseconds:,} ms"
        times = summary["times"].get(self.name)
        if times is None:
            return Line(what, bar, "never happened", met=False)
        return Line(what, bar, f"{times[self.share]:,} ms", times[self.share] <= self.milliseconds)


@dataclass(frozen=True, slots=True)
class Never:
    """Something must not have been counted once."""

    name: str

    def judge(self, summary: dict[str, Any]) -> Line:
        times = summary["counts"].get(self.name, 0)
        return Line(self.name, "none", f"{times:,}", times == 0)


@dataclass(frozen=True, slots=True)
class Everybody:
    """All who take part must have been online at the same time, this one included."""

    def judge(self, summary: dict[str, Any]) -> Line:
        online, people = summary["online"], summary["people"]
        return Line("online together", f"all {people:,}", f"{online:,}", online >= people)


Bar = Within | Never | Everybody


def judge(summary: dict[str, Any], bars: Sequence[Bar]) -> list[Line]:
    return [bar.judge(summary) for bar in bars]
