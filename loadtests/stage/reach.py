"""What Locust can drive here: how much one process of it hears when the server has nothing to do but write."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from typing import Any

from loadtests.bench.compiled import compiled, has_compiler
from loadtests.bench.opponents import SERVER_CORE, wait_for
from loadtests.bench.page import Page, medians
from loadtests.bench.processes import environment, free_port
from loadtests.bench.served import Trouble
from loadtests.bench.table import Table, figure
from loadtests.stage.own_venv import ROOT, locust_python

CROWDS = (500, 1_000, 2_000)
BURSTS = (1, 16)
SECONDS = 3.0
PATIENCE = 120.0


def measure(rounds: int, say: Callable[[str], None]) -> Page:
    """Return what it heard.

    Raises:
        Trouble: there is no compiler for the server in C.
    """
    if not has_compiler():
        raise Trouble("The server that Locust is measured against is in C. Run: apt-get install gcc libc6-dev")
    locust_python(say)
    runs: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for round_number in range(1, rounds + 1):
        say(f"What Locust itself can hear: round {round_number} of {rounds} …")
        for sockets in CROWDS:
            for burst in BURSTS:
                runs.setdefault((sockets, burst), []).append(_run(sockets, burst))
    table = Table(
        "What one process hears",
        ["listeners, posts at once", "heard a second", "gaps and doubles"],
        f"Against `loadtests/bench/c/floor.c`, which does nothing but write frames, on the other core; the next posts "
        f"are made when all have heard those before. {SECONDS:.0f} s each.",
    )
    for (sockets, burst), results in runs.items():
        faults = sum(each.get("gaps", 0) + each.get("doubles", 0) for each in results)
        table.rows.append(
            [
                f"{sockets:,} × {burst}",
                figure([each["heard"] / each["seconds"] for each in results], 0),
                f"{faults:,}",
            ]
        )
    lead = f"Written by `./dev load reach --rounds {rounds}`: {medians(rounds)}"
    return Page("What Locust itself can drive", lead, [table], client="Locust")


def _run(sockets: int, burst: int) -> dict[str, Any]:
    port = free_port()
    server = subprocess.Popen([str(compiled("floor")), str(port), str(SERVER_CORE), "each"])  # noqa: S603
    try:
        wait_for(port, server, "The server in C")
        time.sleep(0.1)
        command = [str(locust_python()), "-m", "loadtests.player.reach", str(port), str(sockets), str(burst)]
        done = subprocess.run(  # noqa: S603
            [*command, str(SECONDS)],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=environment(PYTHONPATH=str(ROOT)),
            timeout=PATIENCE,
            check=False,
        )
    finally:
        server.kill()
        server.wait()
    if done.returncode:
        raise Trouble(f"It could not be measured: {done.stderr.strip().splitlines()[-1]}")
    result: dict[str, Any] = json.loads(done.stdout)
    return result
