"""The table of a long run: printed, and kept in summary.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.promises import FAULTS, PROMISES
from tests.faults.run import Run

KEPT = Path(__file__).parent / "summary.md"
BY_THEMSELVES = "what people do: 8 talk at once, every third acknowledgement is missed"


@dataclass
class Report:
    runs: dict[str, Run] = field(default_factory=dict)
    """By story."""
    of: dict[str, str] = field(default_factory=dict)
    """Which story each promise was tried in."""
    left_out: dict[str, str] = field(default_factory=dict)
    """What could not be tried here, and why."""
    mutants: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """Of each: the promises that it was seen to break."""
    weak: dict[str, list[str]] = field(default_factory=dict)
    """By story: what it lacked to prove anything."""

    @property
    def holds(self) -> bool:
        broken = any(run.broken() for run in self.runs.values())
        return not broken and not any(self.weak.values()) and all(self.mutants.values())

    def text(self, how: str) -> str:
        lines = [
            "# What was broken, and what became of it",
            "",
            f"By `./dev test --faults {how}`. Each bound has a second of slack for a busy machine.",
            "",
            "| Promise | Faults | Sends | Worst figure | Verdict |",
            "|---|---|---|---|---|",
            *(self._line(promise) for promise in PROMISES),
        ]
        if self.mutants:
            lines += ["", "| Mutant: a school without a safeguard | Caught by |", "|---|---|"]
            lines += [f"| {name} | {', '.join(broken) or '**nothing**'} |" for name, broken in self.mutants.items()]
        lines += self._list("Not tried here", self.left_out.values())
        lines += self._list("Too weak to prove anything", (line for weak in self.weak.values() for line in weak))
        lines += self._list("Broken", self._broken())
        return "\n".join(lines) + "\n"

    def _line(self, promise: str) -> str:
        run = self.runs.get(self.of.get(promise, ""))
        if run is None:
            return f"| {promise}: {PROMISES[promise]} | – | – | – | not tried |"
        verdict = next(verdict for verdict in run.verdicts if verdict.promise == promise)
        counts = Counter(fault.kind for fault in run.history.injected)
        faults = ", ".join(f"{kind} × {counts[kind]}" for kind in FAULTS[promise] if counts[kind]) or BY_THEMSELVES
        outcome = "**broken**" if verdict.broken else "holds"
        sends = f"{len(run.history.sent):,}"
        return f"| {promise}: {PROMISES[promise]} | {faults} | {sends} | {verdict.worst} | {outcome} |"

    def _broken(self) -> Iterable[str]:
        for story, run in self.runs.items():
            for promise, how in run.broken().items():
                yield from (f"{promise} ({story}): {line}" for line in how)

    @staticmethod
    def _list(title: str, lines: Iterable[str]) -> list[str]:
        items = [f"- {line}" for line in lines]
        return ["", f"## {title}", "", *items] if items else []
