"""Prove the Dockerfile without Docker: run its very steps in a bare root file system, and then what they made.

    ./dev image [--folder DIR] [--keep]

It takes root, debootstrap and a few minutes. What must hold is asserted; the figures are printed as a table.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from loadtests.bench.assembly import IN, Assembly, assemble, on_database
from loadtests.bench.crowd import Crowd
from loadtests.bench.memory import GOAL
from loadtests.bench.processes import free_port
from tests.image.container import Container
from tests.image.dockerfile import read
from tests.image.root import Root, bare, chosen

ROOT = Path(__file__).parents[2]
ONLINE = 200
TALK = 10
"""Posts a second."""
LISTENED = 5.0
"""Seconds of it."""
TALKERS = 4
FLOOD = 3.0
"""Seconds of as many posts as are answered."""
ENOUGH = 200
STOP_WITHIN = 10.0
"""Seconds after which Docker kills."""


def say(sentence: str) -> None:
    print(sentence, flush=True)  # noqa: T201


def main() -> None:
    options = argparse.ArgumentParser(prog="./dev image", description=__doc__)
    options.add_argument("--folder", type=Path, help="where to make it (a new temporary folder)")
    options.add_argument("--keep", action="store_true", help="leave it there")
    chosen_options = options.parse_args()
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        sys.exit("This needs root and debootstrap. Run: apt-get install debootstrap, and then this as root.")
    folder = Path(tempfile.mkdtemp(prefix="edusphere-image-", dir=chosen_options.folder))
    folder.chmod(0o755)
    try:
        prove(folder)
    finally:
        if not chosen_options.keep:
            shutil.rmtree(folder, ignore_errors=True)


def prove(folder: Path) -> None:
    image = build(folder)
    probe = image.said["HEALTHCHECK"]
    rows: list[tuple[str, str]] = [("size of the image, Debian included", f"{image.size():.0f} MiB")]
    with Container(image, folder / "volume", free_port()) as first:
        rows.append(("first start until it is ready", f"{first.opened_after:.1f} s"))
        assert first.users() == {int(image.user)}, "an ordinary user, and nobody else"
        assert "/setup?token=" in first.words()
        check(image, probe.value.partition("CMD ")[2], first.port)
        time.sleep(LISTENED)
        rows.append(("memory at rest, Postgres included", f"{first.memory().together:.0f} MiB"))
        assembly = assemble(first, ONLINE)  # type: ignore[arg-type]
    assert first.stopped_after < STOP_WITHIN
    with Container(image, folder / "volume", first.port) as second:
        rows.append(("second start", f"{second.opened_after:.1f} s"))
        with Crowd(second.port, folder) as crowd:
            crowd.bring(assembly.write(folder / "people"), assembly.post)
            crowd.open(ONLINE, needle=IN)
            crowd.pace(TALK, LISTENED)
            online = second.memory().together
            rows.append((f"memory with {ONLINE} online and {TALK} posts a second", f"{online:.0f} MiB"))
            talkers = [Talker(second.port, assembly, each) for each in range(TALKERS)]
            time.sleep(FLOOD)
            assert second.stop() == 0
        acknowledged = {client_id for talker in talkers for client_id in talker.acknowledged()}
        rows.append(("SIGTERM until it is gone, with all of them online", f"{second.stopped_after:.1f} s"))
        assert second.stopped_after < STOP_WITHIN
        assert online < GOAL
    with Container(image, folder / "volume", first.port) as third:
        kept = asyncio.run(on_database(third.address, posted))
        lost = len(acknowledged - kept)
        rows.append(("messages acknowledged until the last moment, and lost of them", f"{len(acknowledged):,}, {lost}"))
        assert len(acknowledged) > ENOUGH
        assert lost == 0
    say("\n| One container | |\n|---|--:|")
    for what, figure in rows:
        say(f"| {what} | {figure} |")


def build(folder: Path) -> Root:
    """Run the Dockerfile's steps; return the image's root file system."""
    recipe = read(ROOT / "Dockerfile")
    sources = chosen(ROOT, folder / "sources")
    began = time.monotonic()
    debian = bare(folder / "debian", folder / "packages")
    say("| Step | seconds |\n|---|--:|")
    say(f"| {next(iter(recipe.stages.values())).base}, by debootstrap ({debian.size():.0f} MiB) | – |")
    made: dict[str, Root] = {}
    for stage in recipe.needed(recipe.last):
        beneath = made.get(stage.base, debian)
        root = made[stage.name] = beneath.taken_over(folder / stage.name.replace(" ", "-"))
        for step in stage.steps:
            root.take(step, sources, made)
            what, seconds = root.seconds[-1]
            if step.word in ("RUN", "COPY"):
                say(f"| {stage.name}: {what[:100].replace('|', '')} | {seconds:.1f} |")
    say(f"| together, debootstrap included | {time.monotonic() - began:.0f} |")
    return root


def check(image: Root, command: str, port: int) -> None:
    """Run the HEALTHCHECK's command, where the school is well and where there is none."""
    for place, well in ((port, True), (free_port(), False)):
        words = ["sh", "-c", f"exec python -m edusphere.server.probe {place}"]
        assert "edusphere.server.probe" in command
        done = subprocess.run(image.entered(words, {}), check=False, capture_output=True)
        assert (done.returncode == 0) == well, done.stderr


async def posted(connection: Any) -> set[str]:
    return {str(row["client_id"]) for row in await connection.fetch("SELECT client_id FROM messages")}


class Talker(Thread):
    """Posts as fast as they are answered, until the school closes."""

    def __init__(self, port: int, assembly: Assembly, each: int) -> None:
        super().__init__(daemon=True)
        self._room_id = str(assembly.room_id)
        self._answered: list[str] = []
        self._socket = connect(f"ws://127.0.0.1:{port}/ws/", additional_headers=assembly.headers(each))
        self.start()

    def run(self) -> None:
        with suppress(ConnectionClosed), self._socket as socket:
            while True:
                client_id = str(uuid4())
                post = {"type": "message.post", "roomId": self._room_id, "clientId": client_id, "body": "Hello"}
                socket.send(json.dumps(post | {"ref": client_id}))
                while (said := json.loads(socket.recv())).get("ref") != client_id:
                    pass
                if said["type"] == "ok":
                    self._answered.append(client_id)

    def acknowledged(self) -> list[str]:
        self.join(STOP_WITHIN)
        return self._answered


if __name__ == "__main__":
    main()
