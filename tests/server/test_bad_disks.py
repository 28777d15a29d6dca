"""Disks that are full or cannot be written, which only who may mount can make (conftest.py)."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.served import refusal, run


@pytest.fixture
def disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A small disk in memory, with the options that a test asks for."""
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", request.param, "tmpfs", str(place)], check=True)
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.mark.parametrize("disk", ["size=30m"], indirect=True)
def test_a_full_disk_is_told_before_anything_is_made(disk: Path, tmp_path: Path) -> None:
    school = tmp_path / "school"
    said = run("serve", "--data", str(disk / "data"))
    assert said.returncode == 2
    assert "MiB left, and a new database needs 150: make room" in said.stderr
    assert not (disk / "data" / "postgres").exists()
    made = ("--email", "a@school.example", "--username", "anna", "--name", "Anna")
    assert run("user", "create", *made, "--data", str(school)).returncode == 0
    assert "make room, or write it elsewhere" in refusal("backup", str(disk / "school.tar"), "--data", str(school))
    assert list(disk.glob("school*")) == []


@pytest.mark.parametrize("disk", ["ro"], indirect=True)
def test_a_disk_that_cannot_be_written_is_told(disk: Path) -> None:
    assert "cannot be written (Read-only file system). Choose another" in refusal("serve", "--data", str(disk / "data"))
