"""Running Postgres's programs as the ordinary user who owns the data."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edusphere.database.binaries import PostgresProblem, RunAs

PROC = Path("/proc/self/fd")
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


@contextmanager
def reachable(folder: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Give a name of `folder` that an ordinary user can follow, and the descriptors to inherit for it.

    Its parents may be closed to that user (a checkout below /root): an inherited descriptor leads past
    them, opens them to nobody, and has no length. Without /proc it is the path itself.
    """
    if not PROC.exists():
        yield str(folder), ()
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"{PROC}/{descriptor}", (descriptor,)
    finally:
        os.close(descriptor)


def run_once(command: list[str], who: RunAs, descriptors: tuple[int, ...], words: str = "") -> None:
    """Run a program to its end, with `words` as its input.

    Raises:
        PostgresProblem: it failed; with its last words.
    """
    done = subprocess.run(  # type: ignore[call-overload]  # noqa: S603
        command,
        input=words,
        capture_output=True,
        text=True,
        cwd="/",
        env=_environment(),
        pass_fds=descriptors,
        **who.arguments,
    )
    if done.returncode != 0:
        raise PostgresProblem(f"The database could not be made: {reason(done.stderr)}")


def launch(command: list[str], who: RunAs, descriptors: tuple[int, ...], log: Path) -> subprocess.Popen[bytes]:
    """Start the server, to end when the thread that calls this ends. What it says is added to `log`."""
    with log.open("ab") as out:
        return subprocess.Popen(  # type: ignore[call-overload, no-any-return]  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            cwd="/",
            env=_environment(),
            pass_fds=descriptors,
            start_new_session=True,  # a Ctrl-C in the terminal is for us: Postgres stops after the app
            preexec_fn=_die_with_us if sys.platform == "linux" else None,
            **who.arguments,
        )


def reason(text: str) -> str:
    """Return the line that says why it ended: the fatal one, or the last."""
    lines = [line for line in text.splitlines() if line.strip()]
    if any("No space left on device" in line for line in lines):
        return "the disk is full: make room on it"
    fatal = [line for line in lines if "FATAL:" in line or "PANIC:" in line]
    return (fatal or lines or ["it said nothing"])[-1].strip()


def _environment() -> dict[str, str]:
    """Nothing of ours: PGDATA, PGPORT or a foreign locale in it would be obeyed."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _die_with_us() -> None:
    """Ask the kernel for a fast shutdown of Postgres when we die, whatever we die of (prctl(2))."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT)
