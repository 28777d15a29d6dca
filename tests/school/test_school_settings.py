"""What the school decides while it runs."""

from __future__ import annotations

import pytest

from edusphere.database import Database
from edusphere.errors import Forbidden, Invalid
from edusphere.school import School
from edusphere.school.me import Me
from edusphere.school.models import Role
from edusphere.school.models.ids import new_id
from edusphere.school.settings import RegistrationMode, RoomMakers
from tests.people import Cast


async def test_an_administrator_decides_and_it_holds_at_once(school: School, cast: Cast, database: Database) -> None:
    olga = Me(cast.olga.id, "olga", "Olga", "", Role.ADMIN, new_id())
    assert await school.rooms.may_create(cast.ben)
    decided = await school.settings.decide(olga, "Riverside", RegistrationMode.CLOSED, RoomMakers.STAFF)
    assert decided == await school.settings.read()
    assert (decided.name, decided.registration) == ("Riverside", RegistrationMode.CLOSED)
    assert not await school.rooms.may_create(cast.ben)
    assert await school.rooms.may_create(cast.anna)
    assert (await school.settings.decide(olga)).name == "Riverside"
    with pytest.raises(Invalid):
        await school.settings.decide(olga, " ")
    entries = await database.rows("SELECT act, details::text FROM audit_entries")
    assert [entry["act"] for entry in entries] == ["school.decided"]


async def test_nobody_else_decides_and_no_program(school: School, cast: Cast) -> None:
    program = Me(cast.olga.id, "olga", "Olga", "", Role.ADMIN, None, token_id=new_id())
    teacher = Me(cast.anna.id, "anna", "Anna", "", Role.TEACHER, new_id())
    for me in (program, teacher):
        with pytest.raises(Forbidden):
            await school.settings.decide(me, "Anna's")
