"""The embedded Postgres in good and bad weather, with the real programs."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from edusphere.database.address import Address
from edusphere.database.binaries import PostgresProblem
from edusphere.database.embedded import DataInUse, EmbeddedPostgres, borrowed, running_address

A_SCHOOL = """
import sys, time
from pathlib import Path
from edusphere.database.embedded import EmbeddedPostgres
postgres = EmbeddedPostgres(Path(sys.argv[1]))
print(postgres.start().host, flush=True)
time.sleep(60)
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def ask(address: Address, sql: str) -> object:
    async def asked() -> object:
        connection = await asyncpg.connect(**address.credentials)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(asked())


def postgres_process(data: Path) -> int:
    return int((data / "postgres" / "postmaster.pid").read_text().split("\n")[0])


@pytest.fixture
def another_process(data: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that runs the Postgres of the same data."""
    command = [sys.executable, "-c", A_SCHOOL, str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        yield process
        process.kill()


def test_what_was_written_is_there_after_a_stop_and_a_start(data: Path) -> None:
    with EmbeddedPostgres(data) as address:
        ask(address, "CREATE TABLE words (word text)")
        ask(address, "INSERT INTO words VALUES ('ķirsis')")
    assert running_address(data) is None
    with EmbeddedPostgres(data) as address:
        assert ask(address, "SELECT upper(word) FROM words") == "ĶIRSIS"


def test_the_database_speaks_unicode_whatever_the_machine_speaks(data: Path) -> None:
    with EmbeddedPostgres(data, fast=True) as address:
        assert ask(address, "SELECT datcollate FROM pg_database WHERE datname = current_database()") == "C.UTF-8"
        assert ask(address, "SELECT pg_encoding_to_char(encoding) FROM pg_database LIMIT 1") == "UTF8"


def test_it_can_have_the_extensions_and_side_databases_a_school_needs(data: Path) -> None:
    with EmbeddedPostgres(data, fast=True) as address:
        for extension in ("citext", "pg_trgm", "unaccent"):
            ask(address, f"CREATE EXTENSION {extension}")
        ask(address, "CREATE DATABASE aside")


def test_only_its_owner_can_open_the_data_and_no_network_reaches_it(data: Path) -> None:
    with EmbeddedPostgres(data, fast=True) as address:
        for folder in (data, data / "postgres", Path(address.host)):
            assert folder.stat().st_mode & 0o077 == 0
        assert ask(address, "SHOW listen_addresses") == ""


def test_it_is_careful_with_a_real_school(data: Path) -> None:
    with EmbeddedPostgres(data) as address:
        assert ask(address, "SHOW fsync") == "on"
        assert ask(address, "SHOW synchronous_commit") == "on"


def test_a_second_start_on_the_same_data_is_refused_in_words(
    data: Path, another_process: subprocess.Popen[str]
) -> None:
    with pytest.raises(DataInUse, match=f"process {another_process.pid}.*already runs on.*--data"):
        EmbeddedPostgres(data).start()


def test_other_commands_use_the_one_that_runs(data: Path, another_process: subprocess.Popen[str]) -> None:
    running = postgres_process(data)
    with borrowed(data, purpose="user list") as address:
        assert ask(address, "SELECT 1") == 1
    assert postgres_process(data) == running


def test_a_command_runs_it_for_its_own_duration_when_nobody_else_does(data: Path) -> None:
    with borrowed(data, purpose="user list") as address:
        assert ask(address, "SELECT 1") == 1
    assert running_address(data) is None


def test_two_commands_at_once_take_turns(data: Path) -> None:
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom edusphere.database.embedded import borrowed\n"
        "with borrowed(Path(sys.argv[1]), purpose='demo'):\n    time.sleep(0.3)\n"
    )
    commands = [subprocess.Popen([sys.executable, "-c", code, str(data)]) for _ in range(3)]
    assert [command.wait() for command in commands] == [0, 0, 0]


def test_kill_9_of_everything_loses_no_committed_row(data: Path, another_process: subprocess.Popen[str]) -> None:
    address = running_address(data)
    assert address is not None
    ask(address, "CREATE TABLE words (word text)")
    ask(address, "INSERT INTO words VALUES ('kept')")
    postgres = postgres_process(data)
    another_process.kill()
    another_process.wait()
    os.kill(postgres, signal.SIGKILL)
    with EmbeddedPostgres(data) as address:
        assert ask(address, "SELECT word FROM words") == "kept"


def test_postgres_stops_by_itself_when_its_parent_is_killed(data: Path, another_process: subprocess.Popen[str]) -> None:
    another_process.kill()
    another_process.wait()
    with EmbeddedPostgres(data) as address:  # at once: the old one may still be stopping
        assert ask(address, "SELECT 1") == 1


def test_a_stale_process_number_that_belongs_to_a_stranger_now_does_no_harm(data: Path) -> None:
    with EmbeddedPostgres(data, fast=True):
        left = (data / "postgres" / "postmaster.pid").read_text()
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        (data / "postgres" / "postmaster.pid").write_text(f"{stranger.pid}\n{left.split(chr(10), 1)[1]}")
        with EmbeddedPostgres(data, fast=True) as address:
            assert ask(address, "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_half_a_database_of_an_interrupted_first_start_is_never_met(data: Path) -> None:
    half = data / "postgres.half-abc"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    with EmbeddedPostgres(data, fast=True) as address:
        assert ask(address, "SELECT 1") == 1
    assert not half.exists()


def test_a_long_data_path_is_no_obstacle(tmp_path: Path) -> None:
    data = tmp_path / "a-school-with-a-long-name" / ("x" * 120)
    with EmbeddedPostgres(data, fast=True) as address:
        assert ask(address, "SELECT 1") == 1
        assert running_address(data) == address
        folder = Path(address.host)
    assert not folder.exists()


def test_folders_closed_to_everybody_else_are_no_obstacle(tmp_path: Path) -> None:
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    with EmbeddedPostgres(closed / "data", fast=True) as address:
        assert ask(address, "SELECT 1") == 1


def test_progress_is_told_when_the_database_is_made(data: Path) -> None:
    said: list[str] = []
    with EmbeddedPostgres(data, say=said.append, fast=True):
        assert said == ["Making the database …"]


def test_data_of_another_version_is_refused_with_the_next_step(data: Path) -> None:
    with EmbeddedPostgres(data, fast=True):
        pass
    (data / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(PostgresProblem, match=r"Postgres 9, which made this data.*pip install"):
        EmbeddedPostgres(data).start()


def test_a_postgres_that_cannot_start_says_why(data: Path) -> None:
    with EmbeddedPostgres(data, fast=True):
        pass
    (data / "postgres" / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(PostgresProblem, match=r"did not start.*FATAL.*configuration file.*postgres.log"):
        EmbeddedPostgres(data).start()
    assert running_address(data) is None


def test_postgres_never_runs_as_root(data: Path) -> None:
    with EmbeddedPostgres(data, fast=True):
        assert Path(f"/proc/{postgres_process(data)}").stat().st_uid != 0
