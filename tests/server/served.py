"""A school as its administrator runs it: the real command line in processes of its own."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from loadtests.bench.processes import environment, free_port

PATIENCE = 90.0
"""Seconds in which a school opens, on a busy machine."""


def run(*arguments: str, stdin: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command of `edusphere` to its end."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "edusphere", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        env=environment(**settings),
        timeout=PATIENCE,
    )


def refusal(*arguments: str, stdin: str = "", **settings: str) -> str:
    """Run a command that is refused: by one line on stderr, status 2 and nothing else."""
    done = run(*arguments, stdin=stdin, **settings)
    assert (done.returncode, done.stdout) == (2, ""), done
    assert done.stderr.startswith("edusphere: "), done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


@dataclass
class Served:
    """A running `edusphere serve`."""

    process: subprocess.Popen[str]
    port: int
    data: Path
    said: list[str] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)

    dial: Callable[[Served], socket.socket] | None = None
    """Opens a line to it, where it is not at 127.0.0.1."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> int:
        if self.dial is not None:
            with self.dial(self) as line:
                line.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
                return int(line.makefile("rb").readline().split()[1])
        with urllib.request.urlopen(f"{self.url}{path}", timeout=10) as answer:  # noqa: S310 (our own address)
            status: int = answer.status
            return status

    def stop(self, signal_number: int = signal.SIGTERM) -> float:
        """Ask it to stop and return how many seconds that took."""
        began = time.monotonic()
        self.process.send_signal(signal_number)
        self.process.wait(PATIENCE)
        return time.monotonic() - began

    def postgres(self) -> int:
        return int((self.data / "postgres" / "postmaster.pid").read_text().split("\n")[0])


@contextmanager
def serve(
    data: Path,
    *options: str,
    dial: Callable[[Served], socket.socket] | None = None,
    program: Sequence[str] = ("-m", "edusphere"),
    **settings: str,
) -> Iterator[Served]:
    """Serve `data` on a free port until the end of the block; whatever is left is killed."""
    port = free_port()
    command = [sys.executable, "-W", "error", *program, "serve", "--data", str(data), "--port", str(port)]
    with subprocess.Popen(
        [*command, *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(**settings),
    ) as process:
        served = Served(process, port, data, dial=dial)
        readers = [
            threading.Thread(target=lambda: served.said.extend(process.stdout or ()), daemon=True),
            threading.Thread(target=lambda: served.logged.extend(process.stderr or ()), daemon=True),
        ]
        for reader in readers:
            reader.start()
        try:
            _wait_until_open(served)
            yield served
        finally:
            if process.poll() is None:
                process.kill()
            for reader in readers:
                reader.join()


def _wait_until_open(served: Served) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and served.process.poll() is None:
        try:
            if served.get("/api/health/ready") == 200:
                return
        except OSError:
            time.sleep(0.02)
    raise AssertionError(f"The school did not open: {served.said} {served.logged}")
