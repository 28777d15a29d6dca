"""One run from beginning to end: a school, its people, the load, the report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from loadtests.day import DAY, Scenario
from loadtests.stage import locust
from loadtests.stage.crowd import enrol
from loadtests.stage.locust import Load, Outcome
from loadtests.stage.own_venv import locust_python
from loadtests.stage.setting import Setting, Stage, stage

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Size:
    """How much of a scenario is played."""

    users: int
    minutes: float
    loaders: int = 1

    @classmethod
    def of(cls, scenario: Scenario, users: int | None, minutes: float | None, loaders: int = 1) -> Size:
        return cls(users or scenario.users, minutes or scenario.arrival / 60 + scenario.minutes, loaders)

    @property
    def seconds(self) -> float:
        return 60 * self.minutes

    def arrival(self, scenario: Scenario) -> float:
        """Return the seconds within which all come: half of a short run at most."""
        return min(scenario.arrival, self.seconds / 2)


def play(name: str, size: Size, setting: Setting, folder: Path, kept: Path, say: Say) -> Outcome:
    """Play a scenario on a school of its own; leave what came out in `kept`."""
    locust_python(say)
    with stage(setting, folder, say) as served:
        load = cast(name, size, served, folder, say)
        say(f"{size.users:,} people come within {load.arrival:.0f} s, for {load.seconds:.0f} s: {DAY[name].about} …")
        return locust.headless(load, kept, served.spent)


def cast(name: str, size: Size, served: Stage, folder: Path, say: Say) -> Load:
    """Make the people of a scenario, and say how they come."""
    people = enrol(served.database, served.keys, served.url, size.users, say).write(folder / "people")
    return Load(name, served.url, people, size.users, size.arrival(DAY[name]), size.seconds, size.loaders)
