"""The tables are what the models say, however many processes make them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
from tortoise.context import require_context
from tortoise.indexes import Index
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.models import Model

import migrations
from edusphere.database import Database
from edusphere.database.address import Address
from edusphere.database.migrate import SchemaTooNew, known, migrate, waiting
from edusphere.database.tables import APP, APPS
from edusphere.school import models
from edusphere.server.backup.archive import Reader
from edusphere.server.backup.making import folder_of
from edusphere.server.backup.restoring import checked
from edusphere.server.backup.upgrading import upgrade
from edusphere.settings import Settings
from tests.conftest import clone
from tests.people import move_in

TABLES: list[type[Model]] = [
    model for name in models.__all__ if isinstance(model := getattr(models, name), type) and issubclass(model, Model)
]


@pytest_asyncio.fixture
async def bare(server: Address, worker_id: str) -> AsyncIterator[Address]:
    """A database without a single table."""
    yield await clone(Address(**(server.credentials | {"database": "template0"})), f"bare_{worker_id}")


async def test_the_migrations_say_all_that_the_models_say(database: Database) -> None:
    apps = require_context().apps
    assert apps is not None
    assert [migration.as_string() for migration in await MigrationAutodetector(apps, APPS).changes()] == []


async def test_every_declared_constraint_and_index_is_in_the_database(database: Database) -> None:
    """Tortoise creates a new table without its constraints, silently."""
    declared = {constraint.name for model in TABLES for constraint in model._meta.constraints}
    declared |= {index.name for model in TABLES for index in model._meta.indexes if isinstance(index, Index)}
    there = {row["name"] for row in await database.rows("SELECT conname AS name FROM pg_constraint")}
    there |= {row["name"] for row in await database.rows("SELECT indexname AS name FROM pg_indexes")}
    assert len(declared) > 15
    assert declared - there == set()


async def test_every_reference_to_another_table_has_an_index_that_begins_with_it(database: Database) -> None:
    bare_references = await database.rows(
        """
        SELECT conrelid::regclass || '.' || attname AS column FROM pg_constraint
        JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
        WHERE contype = 'f' AND NOT EXISTS (
            SELECT FROM pg_index WHERE indrelid = conrelid AND indkey[0] = conkey[1] AND indpred IS NULL
        )
        """
    )
    assert [row["column"] for row in bare_references] == []


@pytest.mark.parametrize(
    ("constraint", "sql"),
    [
        ("people_username_is_a_slug", "UPDATE people SET username = 'Anna O'"),
        ("people_email_is_lower_case", "UPDATE people SET email = 'Anna@school.example'"),
        ("rooms_have_a_topic", "UPDATE rooms SET topic_id = NULL"),
    ],
)
async def test_the_database_itself_refuses_what_must_not_be(
    school: object, biology: object, database: Database, constraint: str, sql: str
) -> None:
    with pytest.raises(asyncpg.CheckViolationError) as refusal:
        await database.rows(sql)
    assert refusal.value.constraint_name == constraint


async def test_four_processes_that_migrate_at_once_do_it_once(bare: Address) -> None:
    names = await waiting(bare)
    assert names
    done = await asyncio.gather(*(migrate(bare) for _ in range(4)))
    assert sorted(done) == [[], [], [], names]
    assert await waiting(bare) == []
    assert await migrate(bare) == []


async def test_a_database_of_a_newer_version_is_left_alone_in_words(bare: Address) -> None:
    await migrate(bare)
    database = await Database.open(bare)
    await database.rows("INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ($1, '9999_wings', now())", APP)
    await database.close()
    with pytest.raises(SchemaTooNew, match=r"newer EduSphere \(it has the migration 9999_wings\)"):
        await migrate(bare)


async def test_a_school_that_has_people_is_kept_before_its_tables_are_changed(
    bare: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data=tmp_path / "data")
    said: list[str] = []
    assert await upgrade(settings, bare, said.append)
    assert not folder_of(settings).exists(), "there was nobody yet"
    database = await Database.open(bare)
    await move_in(database)
    await database.close()
    newer = tmp_path / "newer"
    newer.mkdir()
    (newer / "0999_nothing.py").write_text(
        "from tortoise import migrations\n"
        "class Migration(migrations.Migration):\n"
        f"    dependencies = [('school', {known()[-1]!r})]\n"
        "    operations = []\n"
    )
    monkeypatch.setattr(migrations, "__path__", [*migrations.__path__, str(newer)])
    assert await upgrade(settings, bare, said.append) == ["0999_nothing"]
    (kept,) = folder_of(settings).glob("before-0999_nothing-*.tar")
    assert checked(Reader(kept, None), lambda *how: None).counts.people == 6
    assert any(str(kept) in sentence for sentence in said)


def test_migrations_are_numbered_in_one_row() -> None:
    (folder,) = migrations.__path__
    numbers = sorted(int(path.name[:4]) for path in Path(folder).glob("[0-9]*.py"))
    assert numbers == list(range(1, len(numbers) + 1))
