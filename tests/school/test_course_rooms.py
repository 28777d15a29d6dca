"""A course's rooms and sections, and the guardians who look on."""

from __future__ import annotations

import pytest
import pytest_asyncio

from edusphere.contract.events import CourseJoined, CourseLeft, RoomJoined
from edusphere.database import Database
from edusphere.errors import Conflict, Forbidden, Invalid, NotFound
from edusphere.school import School
from edusphere.school.course_rooms import MOST_ROOMS, CourseRooms
from edusphere.school.courses import Courses
from edusphere.school.enrolments import Enrolments
from edusphere.school.guardians import Guardians
from edusphere.school.models import Course, CourseRole
from edusphere.school.models.ids import new_id
from tests.news import News
from tests.people import Cast


@pytest.fixture
def rooms(school: School) -> CourseRooms:
    return school.course_rooms


@pytest.fixture
def guardians(school: School) -> Guardians:
    return school.guardians


@pytest_asyncio.fixture
async def genetics(courses: Courses, enrolments: Enrolments, cast: Cast, news: News) -> Course:
    """Anna's course with Ben in it; what was told so far is forgotten."""
    course = await courses.open(cast.anna, "BIO-7B", "Genetics")
    course = await courses.publish(cast.anna, course.id)
    await enrolments.enrol(cast.anna, course.id, [cast.ben.id])
    news.forget()
    return course


async def count(database: Database, person_id: object) -> int:
    return int((await database.one("SELECT count(*) AS n FROM memberships WHERE person_id = $1", person_id))["n"])


async def test_a_new_room_opens_on_the_screens_of_all_in_the_course(
    rooms: CourseRooms, cast: Cast, genetics: Course, database: Database, news: News
) -> None:
    room = await rooms.add(cast.anna, genetics.id, "Field trip", "Saturday, 9:00")
    assert (room.slug, room.course_id, room.host_id) == ("bio-7b-field-trip", genetics.id, cast.anna.id)
    (told,) = news.to(cast.ben.id)
    assert (type(told), told.room_id) == (RoomJoined, room.id)
    assert await count(database, cast.ben.id) == 3
    with pytest.raises(Invalid) as refusal:
        await rooms.add(cast.anna, genetics.id, "field TRIP")
    assert list(refusal.value.errors) == ["name"]


async def test_a_room_of_a_section_is_for_that_section(
    rooms: CourseRooms, enrolments: Enrolments, cast: Cast, genetics: Course, news: News
) -> None:
    section = await rooms.add_section(cast.anna, genetics.id, "Lab A")
    with pytest.raises(Invalid):
        await rooms.add_section(cast.anna, genetics.id, "LAB A")
    room = await rooms.add(cast.anna, genetics.id, "Lab", section_id=section.id)
    assert news.to(cast.ben.id) == []
    await enrolments.change(cast.anna, genetics.id, cast.ben.id, CourseRole.STUDENT, section.id)
    assert [event.room_id for event in news.to(cast.ben.id)] == [room.id]
    with pytest.raises(Conflict, match="Lab is for this section"):
        await rooms.remove_section(cast.anna, section.id)
    with pytest.raises(Invalid):
        await rooms.add(cast.anna, genetics.id, "Other", section_id=new_id())


async def test_a_section_goes_and_its_people_stay(
    rooms: CourseRooms, enrolments: Enrolments, cast: Cast, genetics: Course, database: Database
) -> None:
    section = await rooms.add_section(cast.anna, genetics.id, "Lab A")
    await enrolments.change(cast.anna, genetics.id, cast.ben.id, CourseRole.STUDENT, section.id)
    await rooms.remove_section(cast.anna, section.id)
    row = await database.one("SELECT section_id FROM enrolments WHERE person_id = $1", cast.ben.id)
    assert row["section_id"] is None
    with pytest.raises(NotFound):
        await rooms.remove_section(cast.anna, section.id)


async def test_only_those_who_teach_it_change_a_course_and_nobody_one_that_is_over(
    rooms: CourseRooms, courses: Courses, cast: Cast, genetics: Course
) -> None:
    for me, refusal in ((cast.ben, Forbidden), (cast.mia, NotFound)):
        with pytest.raises(refusal):
            await rooms.add(me, genetics.id, "Mine")
        with pytest.raises(refusal):
            await rooms.add_section(me, genetics.id, "Mine")
    await courses.archive(cast.anna, genetics.id)
    with pytest.raises(Conflict, match="over"):
        await rooms.add(cast.anna, genetics.id, "Late")


async def test_a_course_has_no_end_of_rooms(rooms: CourseRooms, cast: Cast, genetics: Course) -> None:
    for number in range(MOST_ROOMS - 2):
        await rooms.add(cast.anna, genetics.id, f"Room {number}")
    with pytest.raises(Conflict, match="at most 50 rooms"):
        await rooms.add(cast.anna, genetics.id, "One more")


async def test_a_guardian_sees_a_childs_courses_from_the_day_they_are_named(
    guardians: Guardians, cast: Cast, genetics: Course, database: Database, news: News
) -> None:
    await guardians.name(cast.olga, cast.gita.id, cast.ben.id)
    await guardians.name(cast.olga, cast.gita.id, cast.ben.id)
    assert [type(event) for event in news.to(cast.gita.id)] == [CourseJoined, RoomJoined, RoomJoined]
    assert await guardians.children(cast.gita, [cast.gita.id]) == {cast.gita.id: [cast.ben.id]}
    assert await guardians.children(cast.mia, [cast.gita.id]) == {}
    news.forget()
    await guardians.release(cast.olga, cast.gita.id, cast.ben.id)
    await guardians.release(cast.olga, cast.gita.id, cast.ben.id)
    assert [type(event) for event in news.to(cast.gita.id)] == [CourseLeft]
    assert await count(database, cast.gita.id) == 0
    acts = [row["act"] for row in await database.rows("SELECT act FROM audit_entries ORDER BY number DESC LIMIT 2")]
    assert acts == ["guardian.released", "guardian.named"]


async def test_only_administrators_name_guardians_and_only_guardians_of_pupils(
    guardians: Guardians, cast: Cast
) -> None:
    with pytest.raises(Forbidden):
        await guardians.name(cast.anna, cast.gita.id, cast.ben.id)
    for guardian, child in ((cast.anna, cast.ben), (cast.gita, cast.anna), (cast.gita, cast.gita)):
        with pytest.raises(Invalid):
            await guardians.name(cast.olga, guardian.id, child.id)
    with pytest.raises(Invalid):
        await guardians.name(cast.olga, cast.gita.id, new_id())
