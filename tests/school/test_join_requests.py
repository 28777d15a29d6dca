"""Asking to be let into a course: the teacher decides, and nobody learns by asking what courses there are."""

from __future__ import annotations

import pytest

from edusphere.contract.events import AdmissionsChanged, CourseJoined
from edusphere.database import Database
from edusphere.errors import Conflict, Forbidden, Invalid, NotFound
from edusphere.school import School
from edusphere.school.enrolments import Enrolments
from edusphere.school.join_requests import JoinRequests
from edusphere.school.models import Course, CourseRole
from edusphere.school.telling import all_told
from tests.news import News
from tests.people import Cast


@pytest.fixture
def requests(school: School) -> JoinRequests:
    return school.join_requests


async def role_of(database: Database, course: Course, who: object) -> str | None:
    sql = "SELECT role FROM enrolments WHERE course_id = $1 AND person_id = $2"
    row = await database.row(sql, course.id, who)
    return row["role"] if row else None


async def test_a_pupil_asks_and_is_let_in(
    requests: JoinRequests, cast: Cast, genetics: Course, database: Database, news: News
) -> None:
    await requests.ask(cast.zoe, genetics.slug)
    await requests.ask(cast.zoe, genetics.slug, "Mr Kalniņš said I should ask.")
    (waiting,) = await requests.open(cast.anna, genetics.id)
    assert waiting.words == "Mr Kalniņš said I should ask."
    await requests.accept(cast.anna, waiting.id)
    assert await role_of(database, genetics, cast.zoe.id) == "STUDENT"
    assert CourseJoined(course_id=genetics.id) in news.to(cast.zoe.id)
    assert await requests.open(cast.anna, genetics.id) == []
    for again in (requests.accept(cast.anna, waiting.id), requests.decline(cast.anna, waiting.id)):
        with pytest.raises(Conflict):
            await again
    await requests.ask(cast.zoe, genetics.slug)
    assert await requests.open(cast.anna, genetics.id) == []


async def test_who_is_declined_may_ask_again(requests: JoinRequests, cast: Cast, genetics: Course) -> None:
    for _ in range(2):
        await requests.ask(cast.zoe, genetics.slug)
        (waiting,) = await requests.open(cast.anna, genetics.id)
        await requests.decline(cast.anna, waiting.id)
    assert await requests.open(cast.anna, genetics.id) == []


async def test_nobody_learns_what_courses_there_are(
    requests: JoinRequests, school: School, cast: Cast, database: Database
) -> None:
    draft = await school.courses.open(cast.anna, "ECO", "Ecology")
    for slug in (draft.slug, "no-such-course", "\0"):
        await requests.ask(cast.zoe, slug)
    assert await database.rows("SELECT FROM join_requests") == []
    with pytest.raises(Invalid):
        await requests.ask(cast.zoe, draft.slug, "x" * 501)


async def test_nobody_lets_themselves_in_or_gives_more_than_they_have(
    requests: JoinRequests, enrolments: Enrolments, cast: Cast, genetics: Course
) -> None:
    await enrolments.enrol(cast.anna, genetics.id, [cast.ben.id])
    await enrolments.enrol(cast.anna, genetics.id, [cast.mia.id], CourseRole.ASSISTANT)
    await requests.ask(cast.zoe, genetics.slug)
    (waiting,) = await requests.open(cast.mia, genetics.id)
    for me, error in ((cast.zoe, NotFound), (cast.ben, Forbidden)):
        with pytest.raises(error):
            await requests.open(me, genetics.id)
        for act in (requests.accept(me, waiting.id), requests.decline(me, waiting.id)):
            with pytest.raises(error):
                await act
    with pytest.raises(Forbidden):
        await requests.accept(cast.mia, waiting.id, CourseRole.INSTRUCTOR)


async def test_a_course_that_is_over_lets_nobody_in(
    requests: JoinRequests, school: School, cast: Cast, genetics: Course
) -> None:
    await requests.ask(cast.zoe, genetics.slug)
    (waiting,) = await requests.open(cast.anna, genetics.id)
    await school.courses.archive(cast.anna, genetics.id)
    with pytest.raises(Conflict):
        await requests.accept(cast.anna, waiting.id)


async def test_those_who_let_in_hear_of_it_at_once_and_nobody_else(
    requests: JoinRequests, enrolments: Enrolments, cast: Cast, genetics: Course, news: News
) -> None:
    await enrolments.enrol(cast.anna, genetics.id, [cast.ben.id])
    await enrolments.enrol(cast.anna, genetics.id, [cast.mia.id], CourseRole.ASSISTANT)
    waits = AdmissionsChanged(course_id=genetics.id)
    for answer in (requests.accept, requests.decline):
        news.forget()
        await requests.ask(cast.zoe if answer == requests.accept else cast.gita, genetics.slug)
        await all_told()
        assert waits in news.to(cast.anna.id)
        assert waits in news.to(cast.mia.id)
        news.forget()
        (waiting,) = await requests.open(cast.anna, genetics.id)
        await answer(cast.anna, waiting.id)
        assert waits in news.to(cast.mia.id)
        for me in (cast.ben, cast.zoe, cast.gita):
            assert waits not in news.to(me.id)
