"""Parts of the suite that need more than an ordinary user, and the summary that names them."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.server.served import run

PASSWORD = "three words and one"


def may_mount() -> bool:
    """Say whether we may: a root of a container may not."""
    with tempfile.TemporaryDirectory() as folder:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], capture_output=True).returncode == 0
        if mounted:
            subprocess.run(["umount", folder], check=True)
        return mounted


NEED_ROOT = {"test_as_root.py": os.geteuid() == 0, "test_bad_disks.py": may_mount()}

collect_ignore = [name for name, may_run in NEED_ROOT.items() if not may_run]


@pytest.fixture(scope="session")
def opened_before(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The data of a school with one administrator, Anna, and the token of a program of hers. Take a copy."""
    anna = ("--email", "anna@school.example", "--username", "anna", "--name", "Anna", "--role", "ADMIN")
    data = tmp_path_factory.mktemp("school") / "data"
    assert run("user", "create", *anna, "--password-stdin", "--data", str(data), stdin=PASSWORD).returncode == 0
    made = run("token", "create", "--email", "anna@school.example", "--data", str(data))
    return data, made.stdout.splitlines()[-1]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for name in collect_ignore:
        terminalreporter.write_line(f"Not run, as it needs root and its rights: tests/server/{name}")
