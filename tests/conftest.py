"""One real Postgres for a whole run, one database per worker, emptied before each test that uses it.

The controlling process makes the server and a migrated template; every worker clones the template. Without
pytest-xdist there is one worker: the process itself.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from edusphere.app import realtime_of
from edusphere.database import Database
from edusphere.database.address import Address
from edusphere.database.embedded import EmbeddedPostgres
from edusphere.database.migrate import migrate
from edusphere.realtime import Realtime
from edusphere.school import School
from edusphere.school.keys import Keys
from edusphere.school.ledger import Ledger
from edusphere.school.models import Room
from edusphere.school.telling import all_told
from edusphere.settings import Settings
from tests.news import News
from tests.people import Cast, move_in

# The same values everywhere, and nothing measured against a clock of a machine that does other things as well: what
# is red is red for everybody. `--hypothesis-profile=default` tries others.
hypothesis_settings.register_profile(
    "the same", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("the same")

SERVER = pytest.StashKey[Address]()
ENDING = pytest.StashKey[ExitStack]()
KEYS = Keys(b"the tests' own key, of 32 bytes.")

# Children first: emptying a few small tables by DELETE takes a millisecond, TRUNCATE twenty.
EMPTY = """
    DELETE FROM reports; DELETE FROM materials; DELETE FROM units;
    DELETE FROM files; DELETE FROM changes; DELETE FROM messages; DELETE FROM memberships; DELETE FROM rooms;
    DELETE FROM topics; DELETE FROM refresh_tokens; DELETE FROM sessions; DELETE FROM api_tokens;
    DELETE FROM password_resets; DELETE FROM pending_registrations; DELETE FROM invitations; DELETE FROM mails;
    DELETE FROM join_requests; DELETE FROM join_codes; DELETE FROM enrolments; DELETE FROM sections;
    DELETE FROM courses; DELETE FROM terms; DELETE FROM guardianships;
    DELETE FROM people;
    DELETE FROM school_settings;
    ALTER TABLE audit_entries DISABLE TRIGGER USER;
    DELETE FROM audit_entries;
    ALTER TABLE audit_entries ENABLE TRIGGER USER;
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgres", type=Path, help="run on the Postgres programs of this folder, not on the wheel's")


def pytest_configure(config: pytest.Config) -> None:
    for name in [name for name in os.environ if name.startswith("EDUSPHERE_")]:
        del os.environ[name]  # a developer's own settings are no tests'
    if config.option.collectonly:
        return
    worker_input: dict[str, Any] | None = getattr(config, "workerinput", None)
    if worker_input is not None:
        config.stash[SERVER] = Address(**worker_input["postgres"])
        return
    config.stash[ENDING] = ending = ExitStack()
    folder = ending.enter_context(tempfile.TemporaryDirectory(prefix="edusphere-tests-", ignore_cleanup_errors=True))
    # The server runs as an ordinary user where the tests run as root.
    Path(folder).chmod(0o755)
    server = EmbeddedPostgres(Path(folder) / "data", fast=True, folder=config.getoption("--postgres"))
    config.stash[SERVER] = address = server.start()
    ending.callback(server.stop)
    asyncio.run(migrate(address))


def pytest_unconfigure(config: pytest.Config) -> None:
    if (ending := config.stash.get(ENDING, None)) is not None:
        ending.close()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Repeat at the end what tests said of themselves, by `record_property("said", …)`."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, words in getattr(report, "user_properties", ()):
            if name == "said" and report.when == "call":
                terminalreporter.write_line(words)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a pytest-xdist worker where the server is."""
    node.workerinput["postgres"] = dataclasses.asdict(node.config.stash[SERVER])


async def clone(template: Address, name: str) -> Address:
    """Make a database like the template, anew."""
    connection = await asyncpg.connect(**(template.credentials | {"database": "postgres"}))
    try:
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template.database}"')
    finally:
        await connection.close()
    return dataclasses.replace(template, database=name)


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> Address:
    """The run's Postgres: its migrated template database, which nothing may write to."""
    return pytestconfig.stash[SERVER]


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    worker: str = getattr(request.config, "workerinput", {}).get("workerid", "alone")
    return worker


@pytest_asyncio.fixture(scope="session")
async def own_database(server: Address, worker_id: str) -> AsyncIterator[tuple[Address, Database]]:
    address = await clone(server, f"test_{worker_id}")
    database = await Database.open(address)
    yield address, database
    await database.close()


@pytest_asyncio.fixture
async def address(own_database: tuple[Address, Database]) -> Address:
    """An empty school's database."""
    await all_told()
    address, database = own_database
    async with database.transaction() as transaction:
        await transaction.execute(EMPTY)
    return address


@pytest.fixture
def database(address: Address, own_database: tuple[Address, Database]) -> Database:
    """A pool on that database, shared by a worker's tests."""
    return own_database[1]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, _env_file=None)  # type: ignore[call-arg]


@pytest.fixture
def news() -> News:
    """What was told, in order: the broker of `school`."""
    return News()


@pytest_asyncio.fixture
async def realtime(database: Database, news: News, settings: Settings) -> AsyncIterator[Realtime]:
    realtime = realtime_of(settings, news, Ledger(database))
    await realtime.start()
    yield realtime
    await realtime.stop()


@pytest.fixture
def school(database: Database, realtime: Realtime, settings: Settings) -> School:
    return School(database, realtime, settings, KEYS)


@pytest_asyncio.fixture
async def cast(database: Database) -> Cast:
    """Everybody has an account, and nobody is in a room yet."""
    return await move_in(database)


@pytest_asyncio.fixture
async def biology(school: School, cast: Cast, news: News) -> Room:
    """Anna's open room, where most stories happen: Ben and Mia are in it. What was told so far is forgotten."""
    room = await school.rooms.create(cast.anna, "Biology", "Science", "Cells and beyond")
    await school.rooms.join(cast.ben, room.id)
    await school.rooms.join(cast.mia, room.id)
    news.forget()
    return room
