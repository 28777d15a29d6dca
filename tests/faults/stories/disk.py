"""The disk is full for a while: G12. It is a small one in memory, which only root may make."""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.faults import broken
from tests.faults.history import Measured, now
from tests.faults.place import Place
from tests.faults.promises import RESUMED, SLACK
from tests.faults.stories.storm import move_in
from tests.faults.talk import settled, talking

SIZE = "200m"
LONG = 3_000
"""Letters of a message: some of them fill a page of the table."""
FULL = 3.0
"""Seconds."""
BREATH = 2.0
PAUSE = 0.1
CHUNK = bytes(64 * 1024)


def why_not() -> str:
    """Return why there can be no small disk here; empty where there can."""
    return "" if os.geteuid() == 0 else "G12 needs root, to mount a small disk"


@contextmanager
def small_disk() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="edusphere-small-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


async def fill_disk(place: Place, disk: Path, times: int) -> None:
    """Fill the disk that Postgres is on, so often, while people talk; and come back to read meanwhile."""
    senders = await move_in(place)
    await asyncio.gather(*(person.arrive() for person in place.people))
    reader = place.people[-1]
    async with talking(place, senders, pause=PAUSE, length=LONG):
        await asyncio.sleep(BREATH)
        for _ in range(times):
            async with broken(place.history, "disk full"):
                _fill(disk / "ballast")
                began = now()
                await asyncio.sleep(FULL / 2)
                _fill(disk / "ballast")  # what was freed meanwhile too
                left = now()
                await reader.hang_up()
                await reader.is_here()
                place.history.note(Measured("G12", "a reader came back after", now() - left, RESUMED + SLACK))
                await asyncio.sleep(max(0.0, FULL - (now() - began)))
                (disk / "ballast").unlink()
            await asyncio.sleep(BREATH)
    await settled(place)


def _fill(ballast: Path) -> None:
    with ballast.open("ab", buffering=0) as file:
        try:
            while file.write(CHUNK):
                pass
        except OSError:
            return  # it is full
