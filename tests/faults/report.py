"""The table of a long run: printed, and kept in summary.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.faults.mutant import MUTANTS
from tests.faults.promises import FAULTS, PROMISES
from tests.faults.run import Run

BY_THEMSELVES = "none: 8 talk at once, and every third acknowledgement is missed"

SLACK_IN_WORDS = "Bounds above one second have a second more for a busy machine."


@dataclass
class Report:
    runs: dict[str, Run] = field(default_factory=dict)
    """By story."""
    tries: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Which promises each story is about."""
    left_out: list[str] = field(default_factory=list)
    """What could not be tried here, and why."""
    mutants: dict[str, list[str]] = field(default_factory=dict)
    """Of each: the promises that it was seen to break."""
    weak: dict[str, list[str]] = field(default_factory=dict)
    """By story: what it lacked to prove anything."""

    @property
    def holds(self) -> bool:
        broken = any(run.broken() for run in self.runs.values())
        return not broken and not any(self.weak.values()) and all(map(self._caught, self.mutants))

    def _caught(self, name: str) -> bool:
        return bool(MUTANTS[name].breaks.intersection(self.mutants[name]))

    def text(self, how: str) -> str:
        lines = [
            "# What was broken, and what became of it",
            "",
            f"By `./dev test --faults {how}`. {SLACK_IN_WORDS}",
            "",
            "| Promise | Faults | Sends | Worst figure | Verdict |",
            "|---|---|---|---|---|",
            *(self._line(promise) for promise in PROMISES),
        ]
        if self.mutants:
            lines += ["", "| Mutant: a school without one of its safeguards | Caught by |", "|---|---|"]
            lines += [
                f"| {name} | {', '.join(broken) if self._caught(name) else '**not caught**'} |"
                for name, broken in self.mutants.items()
            ]
        lines += _section("Not tried here", self.left_out)
        lines += _section("Too weak to prove anything", (line for weak in self.weak.values() for line in weak))
        lines += _section("Broken", self._broken())
        return "\n".join(lines) + "\n"

    def _line(self, promise: str) -> str:
        runs = [run for story, run in self.runs.items() if promise in self.tries[story]]
        counts = Counter(fault.kind for run in runs for fault in run.history.injected)
        faults = ", ".join(f"{kind} × {counts[kind]}" for kind in FAULTS[promise] if counts[kind])
        sends = sum(len(run.history.sent) for run in runs)
        verdicts = [verdict for run in runs for verdict in run.verdicts if verdict.promise == promise]
        worst = "; ".join(dict.fromkeys(verdict.worst for verdict in verdicts))
        outcome = "not tried" if not runs else "**broken**" if any(one.broken for one in verdicts) else "holds"
        why = BY_THEMSELVES if runs and not FAULTS[promise] else "–"
        return f"| {promise}: {PROMISES[promise]} | {faults or why} | {sends:,} | {worst or '–'} | {outcome} |"

    def _broken(self) -> Iterable[str]:
        for story, run in self.runs.items():
            for promise, how in run.broken().items():
                yield from (f"{promise} ({story}): {line}" for line in how)


def _section(title: str, lines: Iterable[str]) -> list[str]:
    items = [f"- {line}" for line in lines]
    return ["", f"## {title}", "", *items] if items else []
