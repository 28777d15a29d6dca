"""What goes wrong around a server: one sentence each, and the next step."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from edusphere.database.address import Address
from edusphere.database.embedded import EmbeddedPostgres
from loadtests.bench.processes import free_port
from tests.server.served import refusal, run

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Address]:
    """A Postgres that asks for a password, which is `right`."""
    server = EmbeddedPostgres(tmp_path / "own", fast=True)
    address = server.start()

    async def set_password() -> None:
        connection = await asyncpg.connect(**address.credentials)
        await connection.execute("ALTER ROLE edusphere PASSWORD 'right'")
        await connection.close()

    asyncio.run(set_password())
    rules = tmp_path / "own" / "postgres" / "pg_hba.conf"
    rules.write_text("local all postgres trust\nlocal all all scram-sha-256\n")
    server.stop()
    yield server.start()
    server.stop()


def test_a_wrong_password_of_the_database_is_told_with_the_setting_to_look_at(guarded: Address, tmp_path: Path) -> None:
    own = {"DB_HOST": guarded.host, "DB_USER": guarded.user, "DB_NAME": guarded.database}
    said = refusal("serve", "--data", str(tmp_path / "data"), "--port", str(free_port()), **own, DB_PASSWORD="mistaken")
    assert "password authentication failed" in said
    assert "DB_PASSWORD" in said
    assert "mistaken" not in said
    assert run("migrate", "--data", str(tmp_path / "data"), **own, DB_PASSWORD="right").returncode == 0


def test_a_redis_that_does_not_answer_is_told_by_the_doctor(tmp_path: Path) -> None:
    said = run("doctor", "--data", str(tmp_path / "data"), REDIS_URL=f"redis://127.0.0.1:{free_port()}")
    assert said.returncode == 1
    assert "Redis does not answer" in said.stdout
