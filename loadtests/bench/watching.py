"""Asking a watched school about itself (`watched.py`)."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from loadtests.bench.served import Served, Trouble

PATIENCE = 10.0
OWN = re.compile(r".*/(edusphere/.*)")
PACKAGE = re.compile(r".*/site-packages/([^/]+?)(?:\.py)?(?:/.*)?$")
STANDARD = re.compile(r".*/python3\.\d+/(.*)")
LOOP = "Runner.run"
"""What is on top while no Python runs at all: the loop, in C."""


@dataclass
class Profile:
    """Where the CPU went: shares by what it was spent in."""

    shares: dict[str, float] = field(default_factory=dict)

    def largest(self, count: int) -> list[tuple[str, float]]:
        return sorted(self.shares.items(), key=lambda item: -item[1])[:count]


class Watching:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)

    def serve(self, data: Path) -> Served:
        return Served(data, program="loadtests.bench.watched", WATCHED=str(self.folder))

    def tasks(self, school: Served) -> int:
        return int(self._told(school, signal.SIGUSR1, "tasks"))

    @contextmanager
    def profile(self, school: Served) -> Iterator[Profile]:
        """Sample where the school's CPU goes; the profile is filled when the block ends."""
        profile = Profile()
        os.kill(school.pid, signal.SIGUSR2)
        yield profile
        samples: Mapping[str, int] = json.loads(self._told(school, signal.SIGUSR2, "profile"))
        profile.shares = shares(samples)

    def _told(self, school: Served, number: signal.Signals, name: str) -> str:
        file = self.folder / name
        file.unlink(missing_ok=True)
        os.kill(school.pid, number)
        until = time.monotonic() + PATIENCE
        while not file.exists():
            if time.monotonic() > until:
                raise Trouble(f"The school does not tell its {name}.")
            time.sleep(0.02)
        return file.read_text()


def shares(samples: Mapping[str, int]) -> dict[str, float]:
    """Return shares of our own functions, of the standard library's files, of packages as wholes, and of the loop."""
    total = sum(samples.values())
    found: dict[str, float] = {}
    for place, count in samples.items():
        file, _, function = place.rpartition(":")
        if own := OWN.match(file):
            name = f"{function} (`{own[1]}`)"
        elif package := PACKAGE.match(file):
            name = f"*{package[1]}*"
        elif function == LOOP:
            name = "*the loop*"
        else:
            standard = STANDARD.match(file)
            name = f"`{standard[1] if standard else file}`"
        found[name] = found.get(name, 0.0) + count / total
    return found
