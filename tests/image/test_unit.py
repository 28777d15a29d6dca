"""The unit for systemd: what systemd itself says of it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

UNIT = Path(__file__).parents[2] / "deploy" / "edusphere.service"
EXPOSED = 2.0
"""Of ten, by `systemd-analyze security`; most services have nine."""


def test_systemd_understands_all_of_it_and_finds_little_exposed(tmp_path: Path) -> None:
    copy = tmp_path / UNIT.name
    copy.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", UNIT.read_text(), flags=re.MULTILINE))
    analyze = shutil.which("systemd-analyze")
    if analyze is None:  # a machine without systemd: what it would check is checked where there is one
        assert "ProtectSystem=strict" in copy.read_text()
        return
    verified = subprocess.run([analyze, "verify", copy], capture_output=True, text=True)
    assert UNIT.name not in verified.stderr, verified.stderr
    judged = subprocess.run([analyze, "security", "--offline=true", copy], capture_output=True, text=True)
    exposure = re.search(r"exposure level for .*: ([\d.]+)", judged.stdout)
    assert exposure is not None, judged.stderr
    assert float(exposure[1]) <= EXPOSED


def test_the_word_school_asks_the_school_that_the_unit_serves() -> None:
    unit = re.search(r"^Environment=(.*)$", UNIT.read_text(), re.MULTILINE)
    assert unit is not None
    served = {place for place in unit[1].split() if place.startswith(("EDUSPHERE_DATA=", "EDUSPHERE_HOST="))}
    assert len(served) == 2
    assert served <= set((UNIT.parent / "school").read_text().split())
