"""A real nginx with the configuration that is shipped, laid out in a folder by its own `place.sh`."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SHIPPED = Path(__file__).parents[2] / "nginx"
PROGRAM = shutil.which("nginx") or "/usr/sbin/nginx"
PATIENCE = 30.0
"""Seconds in which nginx must open, on a busy machine."""


@dataclass
class Placed:
    """An nginx that listens on `port` of 127.0.0.1."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"

    def words(self) -> str:
        """Return what it logged."""
        return (self.folder / "error.log").read_text()


def lay_out(folder: Path, **variables: str) -> Path:
    """Copy the configuration to a folder, fill in its place, and return its nginx.conf."""
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("place"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NGINX_")}
    own = {"NGINX_TEMPORARY": str(folder), "NGINX_PID": str(folder / "nginx.pid")}
    if os.geteuid() == 0:
        own["NGINX_USER"] = "root"  # the tests' folders are root's
    subprocess.run([folder / "place.sh"], env=environment | own | variables, check=True)
    return folder / "nginx.conf"


@contextmanager
def placed(folder: Path, port: int, backends: Sequence[int], **variables: str) -> Iterator[Placed]:
    """Run nginx before the backends on these ports, until the end of the block."""
    addresses = " ".join(f"127.0.0.1:{backend}" for backend in backends)
    own = {"NGINX_LISTEN": f"127.0.0.1:{port}", "NGINX_BACKENDS": addresses}
    file = lay_out(folder, **own | variables)
    log = folder / "error.log"
    command = [PROGRAM, "-c", str(file), "-g", "daemon off;", "-e", str(log)]
    with log.open("wb") as words, subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=words) as process:
        try:
            _wait_until_open(process, port, log)
            yield Placed(port, folder, process)
        finally:
            process.terminate()


def _wait_until_open(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until
            time.sleep(0.02)
        else:
            return
