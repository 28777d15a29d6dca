"""Locust's own processes: started beside the school, watched, and ended with it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loadtests.bench.processes import cpu, environment
from loadtests.bench.served import Trouble
from loadtests.player.rooms import HEARD
from loadtests.stage.own_venv import ROOT, locust_python

ENDING = 90.0
"""Seconds that a run may take beyond its time: the rest is heard, the processes meet, the figures are written."""
FAREWELL = 15.0
LOCUST = "Locust"
SUMMARY, LOG = "summary.json", "locust.log"


@dataclass(frozen=True, slots=True)
class Load:
    """Who loads what."""

    scenario: str
    url: str
    people: Path
    users: int
    arrival: float
    """Seconds within which all come."""
    seconds: float
    """In all."""
    loaders: int = 1
    """Locust's processes."""
    insist: bool = False

    @property
    def command(self) -> list[str]:
        options = ["--people", str(self.people), "--host", self.url, "--users", str(self.users)]
        options += ["--spawn-rate", f"{self.users / self.arrival:.3f}", "--loglevel", "WARNING"]
        if self.loaders > 1:
            options += ["--processes", str(self.loaders)]
        if self.insist:
            options += ["--insist"]
        return ["-m", "locust", "--locustfile", f"loadtests/scenarios/{self.scenario}.py", *options]


@dataclass(frozen=True, slots=True)
class Moment:
    at: float
    """Seconds since 1970."""
    spent: dict[str, float]
    """CPU seconds until then, by whom."""


@dataclass(frozen=True, slots=True)
class Steady:
    """Some seconds of a run in which nobody came or went."""

    seconds: float
    heard: int
    """Changes, each by each listener."""
    spent: dict[str, float]
    """CPU seconds, by whom."""


@dataclass
class Outcome:
    status: int
    summary: dict[str, Any]
    moments: list[Moment] = field(default_factory=list)

    @property
    def locust_share(self) -> float:
        """Of a core, of Locust's processes together, while people were there: its start and its end are left out."""
        middle = self.moments[len(self.moments) // 3 : -max(len(self.moments) // 5, 1)]
        if len(middle) < 2:
            return 0.0
        return (middle[-1].spent[LOCUST] - middle[0].spent[LOCUST]) / (middle[-1].at - middle[0].at)

    def when_all_were_there(self) -> Steady:
        """Return the part of the run between the coming and the going."""
        first, last = self.summary["present"], self.summary["began"] + self.summary["seconds"] - 2
        moments = [moment for moment in self.moments if first <= moment.at <= last]
        if len(moments) < 2:
            raise Trouble("The run was too short: nobody stayed when all had come.")
        first, last = moments[0].at, moments[-1].at
        heard = sum(
            page["times"][HEARD]["count"]
            for page in self.summary["history"]
            if HEARD in page["times"] and first <= self.summary["began"] + page["second"] < last
        )
        spent = {who: moments[-1].spent[who] - moments[0].spent[who] for who in moments[0].spent}
        return Steady(last - first, heard, spent)


def headless(load: Load, folder: Path, spent: Callable[[], dict[str, float]]) -> Outcome:
    """Let them come, and return what came out. The CSVs are left in the folder.

    Raises:
        Trouble: Locust ended without a result.
    """
    summary = folder / SUMMARY
    summary.unlink(missing_ok=True)
    options = ["--headless", "--only-summary", "--run-time", f"{load.seconds:.0f}s", "--summary", str(summary)]
    options += ["--csv", str(folder / "locust"), "--csv-full-history", "--json-file", str(folder / "locust.json")]
    moments: list[Moment] = []
    with _started(load, options, folder / LOG) as process:
        until = time.monotonic() + load.seconds + ENDING
        while process.poll() is None:
            moments.append(Moment(time.time(), spent() | {LOCUST: cpu(process.pid).app}))
            if time.monotonic() > until:
                raise Trouble(f"Locust did not come to an end. Its words are in {folder / LOG}.")
            time.sleep(1)
    if not summary.is_file():
        said = (folder / LOG).read_text(errors="replace").strip().splitlines()
        raise Trouble("\n  ".join(["Locust ended without a result. Its last words:", *said[-5:]]))
    return Outcome(process.returncode, json.loads(summary.read_text()), moments)


def on_the_web(load: Load, port: int, folder: Path) -> int:
    """Let Locust's own page at that port begin and end runs, until it is stopped."""
    with _started(load, ["--web-host", "127.0.0.1", "--web-port", str(port)], folder / LOG) as process:
        return process.wait()


@contextmanager
def _started(load: Load, options: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    python = locust_python()
    with log.open("wb") as said:
        # In a session of its own: Ctrl-C is for us, and we end it.
        process = subprocess.Popen(  # noqa: S603
            [str(python), *load.command, *options],
            stdin=subprocess.DEVNULL,
            stdout=said,
            cwd=ROOT,
            env=environment(PYTHONPATH=str(ROOT)),
            start_new_session=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(FAREWELL)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
