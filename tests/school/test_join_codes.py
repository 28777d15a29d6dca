"""Codes into a course: who may make them, whom they let in, and when they no longer do."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from edusphere.contract.events import CourseJoined
from edusphere.database import Database
from edusphere.errors import Conflict, Forbidden, Invalid, NotFound, NotSignedIn, TooMany
from edusphere.school import School
from edusphere.school.courses import Courses
from edusphere.school.enrolments import Enrolments
from edusphere.school.join_codes import ALPHABET, LENGTH, JoinCodes
from edusphere.school.models import Course, CourseRole
from tests.news import News
from tests.people import Cast

HERE = "192.0.2.7"


@pytest.fixture
def codes(school: School) -> JoinCodes:
    return school.join_codes


async def role_of(database: Database, course: Course, person_id: object) -> str | None:
    sql = "SELECT role FROM enrolments WHERE course_id = $1 AND person_id = $2"
    row = await database.row(sql, course.id, person_id)
    return None if row is None else str(row["role"])


async def test_a_pupil_comes_in_by_a_code_however_it_is_typed(
    codes: JoinCodes, cast: Cast, genetics: Course, database: Database, news: News
) -> None:
    made = await codes.make(cast.anna, genetics.id)
    assert len(made.code) == LENGTH
    assert set(made.code) <= set(ALPHABET)
    typed = f" {made.code[:4].lower()}-{made.code[4:]} "
    offer = await codes.offer(None, typed, HERE)
    assert (offer.course.title, offer.role, offer.enrolled) == ("Genetics", "STUDENT", False)
    assert (await codes.use(cast.ben, typed, HERE)).id == genetics.id
    assert await role_of(database, genetics, cast.ben.id) == "STUDENT"
    assert isinstance(news.to(cast.ben.id)[0], CourseJoined)
    assert (await codes.offer(cast.ben, made.code, HERE)).enrolled
    await codes.use(cast.ben, made.code, HERE)
    (listed,) = await codes.listed(cast.anna, genetics.id)
    assert listed.uses == 1


async def test_the_signed_out_see_where_it_leads_and_come_in_later(
    codes: JoinCodes, cast: Cast, genetics: Course
) -> None:
    made = await codes.make(cast.anna, genetics.id)
    with pytest.raises(NotSignedIn):
        await codes.use(None, made.code, HERE)


async def test_a_code_changes_nobody_who_takes_part(
    codes: JoinCodes, enrolments: Enrolments, cast: Cast, genetics: Course, database: Database
) -> None:
    await enrolments.enrol(cast.anna, genetics.id, [cast.mia.id])
    helpers = await codes.make(cast.anna, genetics.id, CourseRole.ASSISTANT)
    await codes.use(cast.mia, helpers.code, HERE)
    assert await role_of(database, genetics, cast.mia.id) == "STUDENT"
    await codes.use(cast.zoe, helpers.code, HERE)
    assert await role_of(database, genetics, cast.zoe.id) == "ASSISTANT"


async def test_nobody_makes_a_code_for_more_than_they_may_give(
    codes: JoinCodes, enrolments: Enrolments, cast: Cast, genetics: Course
) -> None:
    await enrolments.enrol(cast.anna, genetics.id, [cast.ben.id])
    await enrolments.enrol(cast.anna, genetics.id, [cast.zoe.id], CourseRole.ASSISTANT)
    for me, role in (
        (cast.ben, CourseRole.STUDENT),
        (cast.zoe, CourseRole.ASSISTANT),
        (cast.zoe, CourseRole.INSTRUCTOR),
    ):
        with pytest.raises(Forbidden):
            await codes.make(me, genetics.id, role)
    with pytest.raises(Forbidden):
        await codes.listed(cast.ben, genetics.id)
    with pytest.raises(NotFound):
        await codes.make(cast.mia, genetics.id)
    await codes.make(cast.zoe, genetics.id)
    theirs = await codes.make(cast.anna, genetics.id, CourseRole.INSTRUCTOR)
    with pytest.raises(Forbidden):
        await codes.end(cast.zoe, theirs.id)


async def test_a_new_code_ends_the_one_before_and_one_taken_back_is_no_good(
    codes: JoinCodes, cast: Cast, genetics: Course
) -> None:
    first = await codes.make(cast.anna, genetics.id)
    second = await codes.make(cast.anna, genetics.id)
    with pytest.raises(NotFound, match="not known here"):
        await codes.use(cast.ben, first.code, HERE)
    await codes.use(cast.ben, second.code, HERE)
    await codes.end(cast.anna, second.id)
    await codes.end(cast.anna, second.id)
    with pytest.raises(NotFound, match="not known here"):
        await codes.use(cast.mia, second.code, HERE)
    assert await codes.listed(cast.anna, genetics.id) == []


async def test_a_code_expires(codes: JoinCodes, cast: Cast, genetics: Course, database: Database) -> None:
    made = await codes.make(cast.anna, genetics.id, days=1)
    await database.rows("UPDATE join_codes SET expires = now()")
    with pytest.raises(NotFound, match="has expired"):
        await codes.use(cast.ben, made.code, HERE)


async def test_of_ten_at_once_a_code_for_three_lets_in_three(
    codes: JoinCodes, cast: Cast, genetics: Course, database: Database
) -> None:
    made = await codes.make(cast.anna, genetics.id, most_uses=3)
    everyone = (cast.ben, cast.mia, cast.zoe, cast.gita, cast.olga)
    answers = await asyncio.gather(*(codes.use(me, made.code, HERE) for me in everyone), return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["Course"] * 3 + ["NotFound"] * 2
    assert {str(answer) for answer in answers if isinstance(answer, NotFound)} == {
        "This code was used by as many people as it was meant for. Please ask for a new one."
    }
    row = await database.one("SELECT count(*) AS n FROM enrolments WHERE role = 'STUDENT'")
    assert row["n"] == 3


async def test_nobody_comes_into_a_course_that_is_over(
    codes: JoinCodes, courses: Courses, cast: Cast, genetics: Course
) -> None:
    made = await codes.make(cast.anna, genetics.id)
    await courses.archive(cast.anna, genetics.id)
    with pytest.raises(Conflict, match="over"):
        await codes.use(cast.ben, made.code, HERE)
    with pytest.raises(Conflict, match="over"):
        await codes.make(cast.anna, genetics.id)


@pytest.mark.parametrize(("argument", "value"), [("days", 0), ("days", 367), ("most_uses", 0), ("most_uses", 10**6)])
async def test_times_and_uses_that_cannot_be_are_refused(
    codes: JoinCodes, cast: Cast, genetics: Course, argument: str, value: int
) -> None:
    with pytest.raises(Invalid):
        await codes.make(cast.anna, genetics.id, **{argument: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["", "ABC", "AAAAAAAA", "0" * 8, "x" * 100_000, "ABCD\x00EFGH", "ÄÖÜß" * 2])
async def test_what_is_no_code_is_not_known(codes: JoinCodes, cast: Cast, genetics: Course, code: str) -> None:
    with pytest.raises(NotFound, match="not known here"):
        await codes.offer(cast.ben, code, HERE)


async def guess(codes: JoinCodes, cast: Cast) -> None:
    for _ in range(1_000):
        with contextlib.suppress(NotFound):
            await codes.offer(cast.ben, "AAAAAAAA", HERE)


async def test_a_guesser_is_stopped_and_others_are_not(codes: JoinCodes, cast: Cast, genetics: Course) -> None:
    made = await codes.make(cast.anna, genetics.id)
    with pytest.raises(TooMany):
        await guess(codes, cast)
    with pytest.raises(TooMany):
        await codes.use(cast.ben, made.code, HERE)
    await codes.use(cast.mia, made.code, "198.51.100.1")
