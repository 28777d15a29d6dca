"""A database in trouble: a calm, retryable refusal within a bounded time, and on it goes by itself."""

from __future__ import annotations

import asyncio
import dataclasses
import time

import asyncpg
import pytest

from edusphere.database import Database, Taken, client
from edusphere.database.address import Address
from edusphere.errors import Unavailable
from edusphere.school import School
from edusphere.school.messages import Draft
from edusphere.school.models import Message, Person, Room
from edusphere.school.models.ids import new_id
from tests.conftest import clone
from tests.people import Cast


async def cut(database: Database) -> None:
    """End every other connection to this database, as a restart of Postgres does."""
    with pytest.raises(Unavailable):
        await database.rows("SELECT pg_terminate_backend(pg_backend_pid())")


async def test_cut_connections_are_refusals_to_try_again_and_the_next_try_works(address: Address) -> None:
    database = await Database.open(address, connections=2)
    await cut(database)
    assert await database.row("SELECT 1 AS one")
    assert await database.query(Person).count() == 0
    await cut(database)
    async with database.transaction() as transaction:
        assert await transaction.row("SELECT 1 AS one")
    with pytest.raises(Unavailable):
        async with database.transaction() as transaction:
            await transaction.row("SELECT pg_terminate_backend(pg_backend_pid())")
    assert await database.row("SELECT 1 AS one")
    await database.close()


async def test_nobody_waits_for_ever_for_a_free_connection(address: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client.Pool.acquire, "__kwdefaults__", {"timeout": 0.5})
    database = await Database.open(address, connections=1)
    began = time.monotonic()
    async with database.transaction():
        with pytest.raises(Unavailable):
            await database.row("SELECT 1 AS one")
        with pytest.raises(Unavailable):
            await database.query(Person).count()
    assert time.monotonic() - began < 2
    assert await database.row("SELECT 1 AS one")
    await database.close()


async def test_nobody_waits_for_ever_for_an_answer(address: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "ANSWER", 1)
    database = await Database.open(address)
    with pytest.raises(Unavailable):
        await database.row("SELECT pg_sleep(30)")
    assert await database.row("SELECT 1 AS one")
    await database.close()


async def test_what_writes_by_the_thousand_has_the_time_it_asks_for(
    address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ANSWER", 1)
    database = await Database.open(address)
    async with database.transaction(answer=30) as transaction:
        await transaction.rows("SELECT pg_sleep(1.5)")
        await transaction.execute("SELECT pg_sleep(1.5)")
    with pytest.raises(Unavailable):
        async with database.transaction(answer=0.1) as transaction:
            await transaction.rows("SELECT pg_sleep(10)")
    await database.close()


async def test_an_address_where_nobody_answers_is_said_at_once(address: Address) -> None:
    for wrong in ({"host": "/nowhere"}, {"database": "no_such_database"}, {"user": "no_such_user"}):
        with pytest.raises(Unavailable):
            await Database.open(dataclasses.replace(address, **wrong))  # type: ignore[arg-type]


async def test_a_server_that_ends_just_before_a_question_is_trouble(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fetch(*_: object) -> None:
        # As it was met when Postgres was restarted: asyncpg had read that it ends, and not yet closed the connection.
        raise asyncpg.InternalClientError("cannot switch to state 11; another operation (2) is in progress")

    monkeypatch.setattr(client.Connection, "fetch", fetch)
    with pytest.raises(Unavailable):
        await database.rows("SELECT 1")


async def test_mistakes_of_ours_are_not_passed_off_as_trouble(database: Database) -> None:
    with pytest.raises(asyncpg.UndefinedColumnError):
        await database.rows("SELECT nothing")
    with pytest.raises(asyncpg.DataError):
        await database.rows("SELECT $1::int", "one")


async def test_a_transaction_is_all_or_nothing(database: Database, cast: Cast) -> None:
    async def become_anna() -> None:
        async with database.transaction() as transaction:
            await transaction.execute("UPDATE people SET bio = 'changed' WHERE username = 'ben'")
            await transaction.execute("UPDATE people SET username = 'anna' WHERE username = 'ben'")

    with pytest.raises(Taken) as taken:
        await become_anna()
    assert taken.value.constraint == "people_username_key"
    assert (await database.query(Person).get(username="ben")).bio == ""


async def test_a_cancelled_transaction_leaves_no_connection_behind_in_it(address: Address) -> None:
    database = await Database.open(address, connections=1)

    async def endless() -> None:
        async with database.transaction() as transaction:
            await transaction.execute("INSERT INTO topics (id, name, key) VALUES (gen_random_uuid(), 'x', 'x')")
            await transaction.rows("SELECT pg_sleep(30)")

    for _ in range(3):
        task = asyncio.ensure_future(endless())
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await database.rows("SELECT FROM topics") == []
    row = await database.one("SELECT pg_current_xact_id_if_assigned() IS NULL AS outside")
    assert row["outside"]
    await database.close()


async def test_a_post_refused_in_trouble_is_sent_again_and_is_there_once(
    school: School, cast: Cast, biology: Room, database: Database
) -> None:
    draft = Draft(new_id(), "Through the storm")
    await cut(database)
    posted = None
    for _ in range(3):
        try:
            posted = await school.messages.post(cast.ben, biology.id, draft)
        except Unavailable:
            continue
    assert posted is not None
    assert await database.query(Message).count() == 1


async def test_two_databases_in_one_process_do_not_mix(
    database: Database, server: Address, address: Address, worker_id: str, school: School, cast: Cast
) -> None:
    """As two processes of one school, and as two schools."""
    same, other = await Database.open(address), await Database.open(await clone(server, f"other_{worker_id}"))
    assert await same.query(Person).count() == 6
    assert await other.query(Person).count() == 0
    await other.close()
    assert await same.query(Person).filter(username="ben").count() == 1
    await same.close()
    assert await database.query(Person).count() == 6
