"""The first administrator: once, and only by whoever reads the server's screen."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest

from edusphere.database import Database
from edusphere.errors import Conflict, Forbidden, Invalid
from edusphere.school import School
from edusphere.school.models import Person, Role, SchoolSetting, Session
from edusphere.school.sessions import Device, SignedIn
from edusphere.school.settings import RegistrationMode
from edusphere.school.setup import SetUp
from tests.people import PASSWORD, Cast

BROWSER = Device("Browser", "192.0.2.1")


def form(token: str, **changes: str) -> SetUp:
    page = SetUp(
        token, "Rīga 1st School", RegistrationMode.INVITED, "head", "Head Teacher", "head@school.example",
        PASSWORD, PASSWORD,
    )  # fmt: skip
    return dataclasses.replace(page, **changes)  # type: ignore[arg-type]


async def test_the_page_makes_an_administrator_signs_them_in_and_keeps_what_they_decided(school: School) -> None:
    token = await school.setup.issue_token()
    assert token is not None
    assert not await school.setup.is_set_up()
    assert await school.setup.token_is_good(token)
    signed_in = await school.setup.set_up(form(token), BROWSER)
    assert (signed_in.me.username, signed_in.me.role) == ("head", Role.ADMIN)
    assert await school.sessions.me(signed_in.session_id) == signed_in.me
    decisions = await school.settings.read()
    assert (decisions.name, decisions.registration) == ("Rīga 1st School", RegistrationMode.INVITED)
    assert await school.setup.is_set_up()
    assert await school.setup.issue_token() is None
    assert not await school.setup.token_is_good(token)
    with pytest.raises(Conflict):
        await school.setup.set_up(form(token, username="other", email="other@school.example"), BROWSER)


async def test_a_new_start_of_the_server_makes_a_new_token_and_only_that_is_good(
    school: School, database: Database
) -> None:
    first, second = await school.setup.issue_token(), await school.setup.issue_token()
    assert first
    assert second
    assert not await school.setup.token_is_good(first)
    assert await school.setup.token_is_good(second)
    assert second not in str((await database.query(SchoolSetting).get()).value)
    for token in (first, "", "\x00", "\ud800"):
        assert not await school.setup.token_is_good(token)
        with pytest.raises(Forbidden):
            await school.setup.set_up(form(token), BROWSER)


async def test_of_five_who_send_the_page_at_once_one_becomes_administrator(school: School, database: Database) -> None:
    token = await school.setup.issue_token() or ""
    answers = await asyncio.gather(
        *(
            school.setup.set_up(form(token, username=f"head-{count}", email=f"head-{count}@school.example"), BROWSER)
            for count in range(5)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, SignedIn) for answer in answers) == 1
    assert sum(isinstance(answer, Conflict | Forbidden) for answer in answers) == 4
    assert await database.query(Person).count() == await database.query(Session).count() == 1


async def test_a_form_with_mistakes_changes_nothing_and_may_be_sent_again(
    school: School, cast: Cast, database: Database
) -> None:
    await database.rows("DELETE FROM people WHERE role = 'ADMIN'")
    token = await school.setup.issue_token() or ""
    with pytest.raises(Invalid) as refusal:
        await school.setup.set_up(form(token, school_name=" ", username="ben", password2="other"), BROWSER)
    assert set(refusal.value.errors) == {"schoolName", "username", "password2"}
    assert not await school.setup.is_set_up()
    assert (await school.settings.read()).name == "EduSphere"
    assert await school.setup.set_up(form(token), BROWSER)


async def test_an_administrator_made_at_the_command_line_closes_the_page(school: School) -> None:
    token = await school.setup.issue_token() or ""
    await school.people.create("head", "Head", "head@school.example", PASSWORD, Role.ADMIN)
    assert not await school.setup.token_is_good(token)
    with pytest.raises(Conflict):
        await school.setup.set_up(form(token, username="other", email="o@school.example"), BROWSER)
