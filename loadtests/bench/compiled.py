"""The bench's programs in C, compiled when they are first wanted and kept outside of the checkout."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from loadtests.bench.served import Trouble

SOURCES = Path(__file__).parent / "c"
FLAGS = ("-O2", "-Wall", "-Wextra", "-Werror")


def cache() -> Path:
    """Return the folder in which the bench keeps what it makes or installs."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(home) / "edusphere-bench"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def has_compiler() -> bool:
    return shutil.which("cc") is not None


def compiled(name: str) -> Path:
    """Return the program made of `c/<name>.c`.

    Raises:
        Trouble: there is no compiler, or it refuses.
    """
    if not has_compiler():
        raise Trouble("This needs a C compiler: install gcc or clang.")
    texts = b"".join(file.read_bytes() for file in sorted(SOURCES.iterdir()))
    program = cache() / f"{name}-{hashlib.sha256(texts).hexdigest()[:16]}"
    if not program.exists():
        half = program.with_suffix(f".{os.getpid()}")
        made = subprocess.run(  # noqa: S603
            ["cc", *FLAGS, "-o", str(half), str(SOURCES / f"{name}.c")],  # noqa: S607
            capture_output=True,
            text=True,
        )
        if made.returncode:
            raise Trouble(f"{name}.c could not be compiled:\n{made.stderr}")
        half.replace(program)
    return program
