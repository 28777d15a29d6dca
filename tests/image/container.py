"""An image's root file system, run as `docker run -v school:/data -p …:8000 edusphere` would."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.request
from pathlib import Path
from types import TracebackType

from edusphere.database.address import Address
from edusphere.database.embedded import DATABASE, ROLE
from loadtests.bench import processes
from loadtests.bench.processes import Cost
from tests.image.root import Root

PATIENCE = 90.0
"""Seconds in which it must be well."""
# Nothing but the volume and /tmp can be written, as with `docker run --read-only --tmpfs /tmp`.
SHUT = """
mount --bind "{volume}" data && mount -t tmpfs -o mode=1777 tmpfs tmp && mount -o remount,bind,ro .
"""


class Container:
    """From entering to leaving the block; `opened_after` and `stopped_after` are seconds."""

    def __init__(self, root: Root, volume: Path, port: int) -> None:
        self.port = port
        self.data = volume
        self._root = root
        volume.mkdir(exist_ok=True)
        volume.chmod(0o700)
        os.chown(volume, int(root.user), int(root.user))  # as Docker fills a new volume from the image
        self._log = volume.with_suffix(".log")
        self.opened_after = self.stopped_after = 0.0

    def __enter__(self) -> Container:
        began = time.monotonic()
        entry, words = (self._root.said[name].listed for name in ("ENTRYPOINT", "CMD"))
        place = {"EDUSPHERE_PORT": str(self.port), "EDUSPHERE_PUBLIC_URL": f"http://127.0.0.1:{self.port}"}
        unhurried = ("POSTS_PER_10_SECONDS", "POSTS_PER_MINUTE", "COMMANDS_PER_10_SECONDS")
        limits = {f"EDUSPHERE_{name}": "100000" for name in unhurried}
        before = SHUT.format(volume=self.data)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._root.entered([*(entry or ()), *(words or ())], place | limits, before),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        while not self.is_well():
            assert self._process.poll() is None, self.words()
            assert time.monotonic() - began < PATIENCE, self.words()
            time.sleep(0.02)
        self.opened_after = time.monotonic() - began
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> int:
        """Send SIGTERM to its first process, as `docker stop` does; return its exit status."""
        if self._process.poll() is None:
            began = time.monotonic()
            os.kill(self.first, signal.SIGTERM)
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self._process.kill()
                raise
            self.stopped_after = time.monotonic() - began
        return self._process.returncode

    @property
    def first(self) -> int:
        """The process that is number 1 inside."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return int(children[0])

    @property
    def address(self) -> Address:
        """Where its Postgres is, seen from here."""
        return Address(host=str(self.data / "socket"), user=ROLE, database=DATABASE)

    def memory(self) -> Cost:
        return processes.memory(self.first)

    def is_well(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/health/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def users(self) -> set[int]:
        """Return as whom its processes run."""
        family = processes.family(self.first)
        return {Path(f"/proc/{process}").stat().st_uid for process in family}

    def words(self) -> str:
        return self._log.read_text(errors="replace")
