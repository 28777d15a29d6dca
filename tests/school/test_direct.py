"""Direct messages: between whom the school allows them, and what becomes of them when it no longer does."""

from __future__ import annotations

import asyncio

import pytest
import pytest_asyncio

from edusphere.contract.events import DirectRulesChanged, RoomUpdated
from edusphere.database import Database
from edusphere.errors import Forbidden, Invalid, NotFound
from edusphere.realtime.directives import TellAll
from edusphere.school import School
from edusphere.school.courses import Courses
from edusphere.school.direct import Direct
from edusphere.school.direct_rules import FIRST, PAIRS, DirectRule
from edusphere.school.enrolments import Enrolments
from edusphere.school.messages import Draft
from edusphere.school.models import Course, Role, Room
from edusphere.school.models.ids import new_id
from tests.news import News
from tests.people import Cast

NEVER, SHARED_COURSE, ANYONE = DirectRule
PUPILS = (Role.STUDENT, Role.STUDENT)


@pytest.fixture
def direct(school: School) -> Direct:
    return school.direct


@pytest_asyncio.fixture
async def genetics(courses: Courses, enrolments: Enrolments, cast: Cast, news: News) -> Course:
    """Anna's course with Ben and Mia in it; what was told so far is forgotten."""
    course = await courses.open(cast.anna, "BIO-7B", "Genetics")
    course = await courses.publish(cast.anna, course.id)
    await enrolments.enrol(cast.anna, course.id, [cast.ben.id, cast.mia.id])
    news.forget()
    return course


async def say(school: School, me: object, room: Room, words: str = "Hello") -> None:
    await school.messages.post(me, room.id, Draft(new_id(), words))  # type: ignore[arg-type]


def test_there_is_a_rule_for_every_pair_of_roles() -> None:
    assert set(FIRST) == set(PAIRS)
    assert len(PAIRS) == 10


async def test_a_pupil_writes_to_their_teacher_and_it_is_the_same_room_from_both_sides(
    school: School, direct: Direct, cast: Cast, genetics: Course, news: News
) -> None:
    room = await direct.open(cast.ben, [cast.anna.id])
    assert (room.kind, room.topic_id, room.name) == ("DIRECT", None, "")
    assert (await direct.open(cast.anna, [cast.ben.id, cast.anna.id])).id == room.id
    assert {event.room_id for event in news.to(cast.anna.id)} == {room.id}
    assert [each.id for each in (await direct.mine(cast.ben)).nodes] == [room.id]
    assert (await direct.mine(cast.anna)).nodes == ()
    assert [each.id for each in (await direct.mine(cast.anna, silent=True)).nodes] == [room.id]
    await say(school, cast.ben, room)
    assert [each.id for each in (await direct.mine(cast.anna)).nodes] == [room.id]
    assert room.id not in {each.id for each in (await school.rooms.mine(cast.ben)).nodes}


async def test_two_who_open_it_at_once_meet_in_one_room(direct: Direct, cast: Cast, genetics: Course) -> None:
    rooms = await asyncio.gather(
        *(direct.open(me, [other.id]) for me, other in [(cast.ben, cast.anna), (cast.anna, cast.ben)] * 5)
    )
    assert len({room.id for room in rooms}) == 1


async def test_pupils_do_not_write_to_each_other_until_the_school_lets_them(
    direct: Direct, cast: Cast, genetics: Course, database: Database
) -> None:
    with pytest.raises(Forbidden, match="In this school pupils do not write to each other directly"):
        await direct.open(cast.ben, [cast.mia.id])
    with pytest.raises(Forbidden):
        await direct.decide(cast.anna, PUPILS, ANYONE)
    rules = await direct.decide(cast.olga, PUPILS, SHARED_COURSE)
    assert rules[PUPILS] == SHARED_COURSE
    assert (await direct.rules(cast.ben)) == FIRST | {PUPILS: SHARED_COURSE}
    await direct.open(cast.ben, [cast.mia.id])
    await direct.decide(cast.olga, (Role.GUARDIAN, Role.STUDENT), ANYONE)
    assert (await direct.rules(cast.ben))[PUPILS] == SHARED_COURSE
    acts = [row["act"] for row in await database.rows("SELECT act FROM audit_entries ORDER BY number DESC LIMIT 2")]
    assert acts == ["direct_rule.decided"] * 2


async def test_when_the_school_takes_it_back_talks_stay_to_be_read(
    school: School, direct: Direct, cast: Cast, genetics: Course, news: News
) -> None:
    await direct.decide(cast.olga, PUPILS, ANYONE)
    room = await direct.open(cast.ben, [cast.mia.id])
    theirs = await direct.open(cast.ben, [cast.anna.id])
    await say(school, cast.mia, room)
    news.forget()
    await direct.decide(cast.olga, PUPILS, NEVER)
    assert [event.archived for event in news.in_room(room.id) if isinstance(event, RoomUpdated)] == [True]
    assert news.in_room(theirs.id) == []
    assert TellAll(DirectRulesChanged()) in news.directives()
    with pytest.raises(Forbidden, match="as this school has decided"):
        await say(school, cast.ben, room)
    await say(school, cast.ben, theirs)
    assert len((await school.messages.history(cast.ben, room.id)).nodes) == 1
    await direct.decide(cast.olga, PUPILS, ANYONE)
    await say(school, cast.ben, room)


async def test_when_the_course_is_over_pupil_and_teacher_read_what_they_wrote(
    school: School, direct: Direct, courses: Courses, enrolments: Enrolments, cast: Cast, genetics: Course
) -> None:
    room = await direct.open(cast.ben, [cast.anna.id])
    await courses.archive(cast.anna, genetics.id)
    with pytest.raises(Forbidden):
        await say(school, cast.ben, room)
    await courses.restore(cast.anna, genetics.id)
    await say(school, cast.ben, room)
    await enrolments.withdraw(cast.anna, genetics.id, cast.ben.id)
    with pytest.raises(Forbidden):
        await say(school, cast.anna, room)
    with pytest.raises(Forbidden, match="when they share a course"):
        await direct.open(cast.zoe, [cast.anna.id])


async def test_a_few_talk_when_a_teacher_of_all_of_them_is_among_them(
    school: School, direct: Direct, cast: Cast, genetics: Course
) -> None:
    room = await direct.open(cast.anna, [cast.ben.id, cast.mia.id])
    await say(school, cast.ben, room)
    await direct.decide(cast.olga, PUPILS, NEVER)
    await say(school, cast.mia, room)
    assert room.id != (await direct.open(cast.anna, [cast.ben.id])).id
    with pytest.raises(Forbidden):
        await direct.open(cast.anna, [cast.ben.id, cast.zoe.id])


async def test_nobody_is_written_to_who_may_not_be_seen(direct: Direct, cast: Cast, genetics: Course) -> None:
    await direct.decide(cast.olga, PUPILS, ANYONE)
    for stranger in (cast.zoe.id, new_id()):
        with pytest.raises(NotFound):
            await direct.open(cast.ben, [stranger])


async def test_a_talk_is_between_two_and_ten(direct: Direct, cast: Cast) -> None:
    for people in ([], [cast.olga.id], [new_id() for _ in range(10)]):
        with pytest.raises(Invalid):
            await direct.open(cast.olga, people)


async def test_others_do_not_know_of_it_administrators_neither(
    school: School, direct: Direct, cast: Cast, genetics: Course
) -> None:
    room = await direct.open(cast.ben, [cast.anna.id])
    for me in (cast.mia, cast.olga):
        with pytest.raises(NotFound):
            await school.rooms.reach(me, room.id)
    with pytest.raises(Forbidden):
        await school.rooms.leave(cast.ben, room.id)
