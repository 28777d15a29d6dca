"""Parts of the suite that need more than an ordinary user, and the summary that names them."""

from __future__ import annotations

import os

import pytest

NEED_ROOT = ["test_as_root.py"]

collect_ignore = NEED_ROOT if os.geteuid() != 0 else []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for name in collect_ignore:
        terminalreporter.write_line(f"Not run, as it needs root: tests/server/{name}")
