"""Secrets that a container is handed as files, each named like its setting."""

from __future__ import annotations

from pathlib import Path

import pytest

from edusphere import settings
from edusphere.settings import read_settings


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "secrets"
    monkeypatch.setattr(settings, "SECRETS", folder)
    monkeypatch.delenv("DB_PASSWORD", raising=False)
    return folder


def test_a_secret_is_read_from_its_file(secrets: Path) -> None:
    secrets.mkdir()
    (secrets / "DB_PASSWORD").write_text("of a file\n")
    password = read_settings().db_password
    assert password is not None
    assert password.get_secret_value() == "of a file"


def test_what_the_environment_says_goes_before(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets.mkdir()
    (secrets / "DB_PASSWORD").write_text("of a file")
    monkeypatch.setenv("DB_PASSWORD", "of the environment")
    password = read_settings().db_password
    assert password is not None
    assert password.get_secret_value() == "of the environment"


def test_where_no_secrets_are_handed_in_nothing_is_missed(secrets: Path) -> None:
    assert read_settings().embedded_database
