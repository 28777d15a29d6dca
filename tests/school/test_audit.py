"""The record of what staff did: whole, in order, and seen where it is not."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import asyncpg
import pytest

from edusphere.contract.acts import Act
from edusphere.database import Database
from edusphere.database.address import Address
from edusphere.school import School
from edusphere.school.audit import FIRST_SEAL, Audit, Subject, record
from edusphere.school.messages import Draft
from edusphere.school.models import Room
from edusphere.school.models.ids import new_id
from tests.people import Cast


async def note(database: Database, cast: Cast, act: Act, **details: object) -> None:
    async with database.transaction() as transaction:
        me = replace(cast.olga, address="192.0.2.7")
        await record(transaction, me, act, Subject("person", cast.ben.id, cast.ben.name), **details)


async def test_an_entry_says_who_did_what_on_whom_when_and_from_where(database: Database, cast: Cast) -> None:
    await note(database, cast, "account.closed", why="He left the school.")
    row = await database.one("SELECT *, now() - at < interval '1 minute' AS fresh FROM audit_entries")
    assert (row["number"], row["actor_id"], row["actor"], row["address"]) == (1, cast.olga.id, "olga", "192.0.2.7")
    assert (row["act"], row["subject_kind"], row["subject_id"]) == ("account.closed", "person", cast.ben.id)
    assert (row["subject"], row["details"], row["fresh"]) == ("Ben Kalniņš", '{"why": "He left the school."}', True)


async def an_act_that_fails(database: Database, cast: Cast) -> None:
    async with database.transaction() as transaction:
        await record(transaction, cast.olga, "account.closed")
        raise RuntimeError


async def test_an_act_that_is_undone_leaves_no_entry(database: Database, cast: Cast) -> None:
    with pytest.raises(RuntimeError):
        await an_act_that_fails(database, cast)
    assert (await Audit(database).verify()).entries == 0


async def test_acts_at_once_stand_one_after_the_other(database: Database, cast: Cast) -> None:
    await asyncio.gather(*(note(database, cast, "room.changed", count=count) for count in range(20)))
    verdict = await Audit(database).verify()
    assert (verdict.entries, verdict.broken_at) == (20, None)
    assert verdict.last_seal != FIRST_SEAL


async def test_the_database_itself_lets_no_entry_be_changed_or_taken_out(database: Database, cast: Cast) -> None:
    await note(database, cast, "account.closed")
    for sql in ("UPDATE audit_entries SET actor = 'anna'", "DELETE FROM audit_entries", "TRUNCATE audit_entries"):
        with pytest.raises(asyncpg.RaiseError, match="only added"):
            await database.rows(sql)


@pytest.mark.parametrize(
    ("sql", "broken_at"),
    [
        ("UPDATE audit_entries SET actor = 'anna' WHERE number = 3", 3),
        ("UPDATE audit_entries SET details = '{\"count\": 7}' WHERE number = 2", 2),
        ("UPDATE audit_entries SET at = at + interval '1 microsecond' WHERE number = 4", 4),
        ("DELETE FROM audit_entries WHERE number = 4", 4),
        ("DELETE FROM audit_entries WHERE number = 1", 1),
    ],
)
async def test_whoever_gets_round_that_is_found(
    database: Database, cast: Cast, address: Address, sql: str, broken_at: int
) -> None:
    for count in range(5):
        await note(database, cast, "room.changed", count=count)
    connection = await asyncpg.connect(**(address.credentials | {"user": "postgres"}))
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")  # triggers sleep
            await connection.execute(sql)
    finally:
        await connection.close()
    assert (await Audit(database).verify()).broken_at == broken_at


async def test_what_is_done_to_others_is_recorded_and_what_is_ones_own_is_not(
    school: School, cast: Cast, biology: Room, database: Database
) -> None:
    for me, of in ((cast.ben, cast.ben), (cast.anna, cast.ben)):
        said = await school.messages.post(of, biology.id, Draft(new_id(), "Words"))
        await school.messages.remove(me, said.message_id)
    await school.rooms.update(cast.anna, biology.id, name="Life")
    await school.rooms.update(cast.olga, biology.id, name="Biology")
    await school.rooms.remove_member(cast.anna, biology.id, cast.ben.id)
    await school.rooms.leave(cast.mia, biology.id)
    for _ in range(2):  # twice is once
        await school.people.disable("ben")
    await school.people.enable("ben")
    await school.rooms.delete(cast.olga, biology.id)
    rows = await database.rows("SELECT act, actor, subject FROM audit_entries ORDER BY number")
    assert [tuple(row.values()) for row in rows] == [
        ("message.removed", "anna", "ben"),
        ("room.changed", "olga", "Biology"),
        ("member.removed", "anna", "ben"),
        ("account.closed", "command line", "Ben Kalniņš"),
        ("account.opened", "command line", "Ben Kalniņš"),
        ("room.deleted", "olga", "Biology"),
    ]
    assert (await school.audit.verify()).broken_at is None
    last = (await school.audit.verify()).last_seal
    assert await school.audit.contains(last)
    assert not await school.audit.contains("0" * 64)
