"""Locust's own virtual environment, `.venv-load`, made from `requirements-load.lock` and kept until that changes."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from loadtests.bench.served import Trouble

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements-load.lock"
HOME = ROOT / ".venv-load"
PYTHON = HOME / "bin" / "python"


def locust_python(say: Callable[[str], None] = lambda sentence: None) -> Path:
    """Return the Python that has Locust; where there is none yet, or an older one, first make it.

    Raises:
        Trouble: it cannot be made.
    """
    made = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    mark = HOME / "made"
    with (ROOT / ".venv-load.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # tests run side by side
        if not mark.is_file() or mark.read_text() != made:
            say("Installing Locust (once) …")
            shutil.rmtree(HOME, ignore_errors=True)
            _run(sys.executable, "-m", "venv", str(HOME))
            _install()
            mark.write_text(made)
    return PYTHON


def _install() -> None:
    wanted = ("--require-hashes", "-r", str(LOCK))
    uv = Path(sys.executable).parent / "uv"
    if uv.is_file():
        try:
            _run(str(uv), "pip", "install", "--python", str(PYTHON), *wanted)
        except Trouble:
            pass  # behind a mirror that only pip knows of
        else:
            return
    _run(str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", *wanted)


def _run(*command: str) -> None:
    index = {"UV_DEFAULT_INDEX": os.environ["PIP_INDEX_URL"]} if "PIP_INDEX_URL" in os.environ else {}
    surroundings = index | os.environ | {"PYTHONWARNINGS": ""}
    done = subprocess.run(command, capture_output=True, text=True, env=surroundings, check=False)  # noqa: S603
    if done.returncode != 0:
        raise Trouble("\n  ".join(["Locust could not be installed:", *done.stderr.strip().splitlines()[-5:]]))


if __name__ == "__main__":
    locust_python()
