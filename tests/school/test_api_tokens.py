"""Tokens by which programs act for people."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import timedelta

import pytest

from edusphere.database import Database
from edusphere.errors import Conflict, Forbidden, Invalid, NotFound, NotSignedIn
from edusphere.realtime import Realtime
from edusphere.school import School
from edusphere.school.me import Me
from edusphere.school.models import ApiToken, TokenScope
from edusphere.school.sessions import Device
from edusphere.settings import Settings
from tests.conftest import KEYS
from tests.news import News
from tests.people import PASSWORD, Cast


@pytest.fixture
async def anna(school: School, cast: Cast) -> Me:
    """Anna in person."""
    return (await school.sessions.sign_in("anna@school.example", PASSWORD, Device())).me


async def test_a_programs_token_speaks_for_its_person_until_it_expires(
    school: School, cast: Cast, database: Database
) -> None:
    made, token = await school.api_tokens.make(cast.anna.id, "Timetable", days=30)
    _, forever = await school.api_tokens.make(cast.anna.id, "Backup")
    assert await school.api_tokens.me(token) == dataclasses.replace(cast.anna, token_id=made.id)
    assert (await database.query(ApiToken).get(name="Timetable")).used is not None
    assert token not in str([dict(row) for row in await database.rows("SELECT * FROM api_tokens")])
    await database.rows("UPDATE api_tokens SET expires = expires - $1::interval", timedelta(days=30))
    assert await school.api_tokens.me(token) is None
    assert await school.api_tokens.me(forever)
    await school.people.disable("anna")
    assert await school.api_tokens.me(forever) is None
    for nonsense in ("", "\x00", "\ud800", forever[:-1]):
        assert await school.api_tokens.me(nonsense) is None


async def test_anna_makes_a_token_with_her_password_and_finds_it_in_her_list(school: School, anna: Me) -> None:
    made, token = await school.api_tokens.create(anna, " Grade  book ", TokenScope.READ, 90, PASSWORD)
    assert (made.name, made.scope, made.used) == ("Grade book", TokenScope.READ, None)
    assert made.expires is not None
    assert (made.expires - made.created).days == 90
    assert [listed.id for listed in await school.api_tokens.mine(anna)] == [made.id]
    program = await school.api_tokens.me(token)
    assert program is not None
    assert (program.read_only, program.session_id, program.credential_id) == (True, None, made.id)


async def test_bad_input_is_refused_at_its_own_argument(school: School, anna: Me) -> None:
    for name, days, password, argument in (
        (" ", 1, PASSWORD, "name"),
        ("x" * 101, 1, PASSWORD, "name"),
        ("Timetable", 0, PASSWORD, "days"),
        ("Timetable", 4_000, PASSWORD, "days"),
        ("Timetable", 1, "wrong", "password"),
    ):
        with pytest.raises(Invalid) as refusal:
            await school.api_tokens.create(anna, name, TokenScope.WRITE, days, password)
        assert list(refusal.value.errors) == [argument]
    assert await school.api_tokens.mine(anna) == []


async def test_no_program_makes_lists_or_revokes_tokens(school: School, anna: Me) -> None:
    made, token = await school.api_tokens.make(anna.id, "Timetable")
    program = await school.api_tokens.me(token)
    for asking in (program, None):
        refusal = Forbidden if asking else NotSignedIn
        with pytest.raises(refusal):
            await school.api_tokens.create(asking, "Another", TokenScope.WRITE, None, PASSWORD)
        with pytest.raises(refusal):
            await school.api_tokens.mine(asking)
        with pytest.raises(refusal):
            await school.api_tokens.revoke(asking, made.id)


async def test_a_revoked_token_is_out_at_once_and_only_its_person_revokes_it(
    school: School, cast: Cast, anna: Me, news: News
) -> None:
    made, token = await school.api_tokens.make(anna.id, "Timetable")
    ben = (await school.sessions.sign_in("ben@school.example", PASSWORD, Device())).me
    with pytest.raises(NotFound):
        await school.api_tokens.revoke(ben, made.id)
    assert await school.api_tokens.me(token)
    await school.api_tokens.revoke(anna, made.id)
    (directive,) = news.directives()
    assert (directive.person_id, directive.session_ids, directive.code) == (anna.id, (made.id,), 4001)
    assert await school.api_tokens.me(token) is None
    with pytest.raises(NotFound):
        await school.api_tokens.revoke(anna, made.id)


async def test_at_the_command_line_all_are_listed_and_any_is_revoked(school: School, cast: Cast) -> None:
    annas, _ = await school.api_tokens.make(cast.anna.id, "Timetable")
    bens, _ = await school.api_tokens.make(cast.ben.id, "Robot", TokenScope.READ)
    assert [(token.id, username) for token, username in await school.api_tokens.all()] == [
        (annas.id, "anna"),
        (bens.id, "ben"),
    ]
    await school.api_tokens.revoke_any(annas.id)
    assert [username for _, username in await school.api_tokens.all()] == ["ben"]
    assert await school.api_tokens.all(cast.anna.id) == []
    with pytest.raises(NotFound):
        await school.api_tokens.revoke_any(annas.id)


async def test_nobody_has_more_than_so_many_not_even_all_at_once(
    database: Database, realtime: Realtime, settings: Settings, cast: Cast
) -> None:
    strict = School(database, realtime, settings.model_copy(update={"api_tokens_per_person": 3}), KEYS)
    outcomes = await asyncio.gather(
        *(strict.api_tokens.make(cast.ben.id, f"Robot {n}", days=1) for n in range(6)), return_exceptions=True
    )
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 3
    await database.rows("UPDATE api_tokens SET expires = now() - interval '1 second'")
    assert await strict.api_tokens.make(cast.ben.id, "Robot")
    assert len(await strict.api_tokens.all(cast.ben.id)) == 1
