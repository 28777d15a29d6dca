"""What root must be able to do: run Postgres, which refuses to run as root. Collected for root only (conftest.py)."""

from __future__ import annotations

import os
import pwd
import shutil
from pathlib import Path

import pytest

from edusphere.database.binaries import RunAs, find_binaries, run_as
from edusphere.database.embedded import EmbeddedPostgres


def test_an_ordinary_user_who_owns_the_data_goes_on_owning_it(tmp_path: Path) -> None:
    somebody = pwd.getpwnam("nobody")
    data = tmp_path / "data"
    data.mkdir()
    os.chown(data, somebody.pw_uid, somebody.pw_gid)
    with EmbeddedPostgres(data, fast=True):
        assert (data / "postgres").stat().st_uid == somebody.pw_uid


def test_programs_below_a_closed_home_are_run_from_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    who = run_as(())
    installed = find_binaries(RunAs(0, 0)).folder
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    package = installed.parent.parent
    for folder in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(folder, home / folder.name)
    copies = Path("/tmp") / f"edusphere-copies-{os.getpid()}"  # noqa: S108
    monkeypatch.setattr("edusphere.database.binaries.COPIES", copies)
    try:
        binaries = find_binaries(who, home / installed.relative_to(package.parent))
        assert copies in binaries.folder.parents
        with EmbeddedPostgres(tmp_path / "data", fast=True, folder=binaries.folder) as address:
            assert Path(address.host).is_dir()
    finally:
        shutil.rmtree(copies)
