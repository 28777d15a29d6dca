"""What the school decides while it runs."""

from __future__ import annotations

import pytest

from edusphere.contract.events import SchoolDecided
from edusphere.database import Database
from edusphere.errors import Forbidden, Invalid
from edusphere.realtime.directives import TellAll
from edusphere.school import School
from edusphere.school.me import Me
from edusphere.school.models import Role
from edusphere.school.models.ids import new_id
from edusphere.school.registration import Registration
from edusphere.school.settings import CourseOpeners, RegistrationMode, RoomMakers
from tests.letters import mails_to
from tests.news import News
from tests.people import PASSWORD, Cast


async def test_an_administrator_decides_and_it_holds_at_once(school: School, cast: Cast, database: Database) -> None:
    olga = Me(cast.olga.id, "olga", "Olga", "", Role.ADMIN, new_id())
    assert await school.rooms.may_create(cast.ben)
    decided = await school.settings.decide(
        olga, name="Riverside", registration=RegistrationMode.CLOSED, room_makers=RoomMakers.STAFF
    )
    assert decided == await school.settings.read()
    assert (decided.name, decided.registration) == ("Riverside", RegistrationMode.CLOSED)
    assert not await school.rooms.may_create(cast.ben)
    assert await school.rooms.may_create(cast.anna)
    assert (await school.settings.decide(olga)).name == "Riverside"
    with pytest.raises(Invalid):
        await school.settings.decide(olga, name=" ")
    entries = await database.rows("SELECT act, details::text FROM audit_entries")
    assert [entry["act"] for entry in entries] == ["school.decided"]


async def test_what_holds_already_is_not_decided_by_being_sent_along(
    school: School, cast: Cast, database: Database, news: News
) -> None:
    """The server's settings go on deciding what the school has not, and nobody is told of nothing."""
    olga = Me(cast.olga.id, "olga", "Olga", "", Role.ADMIN, new_id())
    before = await school.settings.read()
    await school.settings.decide(
        olga, name="Riverside", verify_email=before.verify_email, room_makers=before.room_makers
    )
    assert [row["name"] for row in await database.rows("SELECT name FROM school_settings")] == ["name"]
    assert news.directives() == []


async def test_nobody_else_decides_and_no_program(school: School, cast: Cast) -> None:
    program = Me(cast.olga.id, "olga", "Olga", "", Role.ADMIN, None, token_id=new_id())
    teacher = Me(cast.anna.id, "anna", "Anna", "", Role.TEACHER, new_id())
    for me in (program, teacher):
        with pytest.raises(Forbidden):
            await school.settings.decide(me, name="Anna's")


async def test_only_administrators_open_courses_where_the_school_decided_so_and_open_pages_hear_of_it(
    school: School, cast: Cast, news: News
) -> None:
    olga = Me(cast.olga.id, "olga", "Olga", "", Role.ADMIN, new_id())
    course = await school.courses.open(cast.anna, "BIO-7B", "Genetics")
    news.forget()
    await school.settings.decide(olga, course_openers=CourseOpeners.ADMINS)
    assert news.directives() == [TellAll(SchoolDecided())]
    assert not await school.courses.may_open(cast.anna)
    with pytest.raises(Forbidden, match="only administrators"):
        await school.courses.open(cast.anna, "BIO-7C", "Botany")
    with pytest.raises(Forbidden, match="only administrators"):
        await school.courses.copy(cast.anna, course.id)
    assert (await school.courses.copy(olga, course.id)).title == "Genetics"
    await school.settings.decide(olga, course_openers=CourseOpeners.STAFF)
    assert (await school.courses.open(cast.anna, "BIO-7C", "Botany")).title == "Botany"


async def test_whether_addresses_are_proven_is_decided_without_a_restart(
    school: School, cast: Cast, database: Database
) -> None:
    olga = Me(cast.olga.id, "olga", "Olga", "", Role.ADMIN, new_id())
    ida = Registration("ida", "Ida", "ida@home.example", PASSWORD, PASSWORD, "198.51.100.7")
    await school.settings.decide(olga, verify_email=True)
    assert await school.registrations.register(ida) is None
    ((_, body),) = await mails_to(school, database, ida.email)
    assert "/verify/" in body
    await school.settings.decide(olga, verify_email=False)
    made = await school.registrations.register(ida)
    assert made is not None
    assert made.username == "ida"
