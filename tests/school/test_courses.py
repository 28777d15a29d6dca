"""Courses: who takes part decides which rooms there are for whom, and who may do what in them."""

from __future__ import annotations

import asyncio

import pytest

from edusphere.contract.events import CourseJoined, CourseLeft, MemberJoined, RoomJoined, RoomUpdated
from edusphere.database import Database
from edusphere.errors import Conflict, Forbidden, Invalid, NotFound
from edusphere.realtime.directives import Evict
from edusphere.school import School
from edusphere.school.audit import Audit
from edusphere.school.courses import Courses
from edusphere.school.enrolments import Enrolments
from edusphere.school.messages import Draft
from edusphere.school.models import Course, CourseRole, CourseState
from edusphere.school.models.ids import new_id
from tests.news import News
from tests.people import Cast

INSTRUCTOR, ASSISTANT, STUDENT, OBSERVER = CourseRole


async def rooms_of(database: Database, course: Course, person_id: object) -> dict[str, str]:
    """Which of the course's rooms somebody is in, and as what."""
    rows = await database.rows(
        """
        SELECT rooms.name, memberships.role FROM memberships JOIN rooms ON rooms.id = room_id
        WHERE course_id = $1 AND person_id = $2
        """,
        course.id,
        person_id,
    )
    return {row["name"]: row["role"] for row in rows}


async def room_named(database: Database, course: Course, name: str) -> object:
    return (await database.one("SELECT id FROM rooms WHERE course_id = $1 AND name = $2", course.id, name))["id"]


async def acts(database: Database) -> list[str]:
    assert (await Audit(database).verify()).broken_at is None
    return [row["act"] for row in await database.rows("SELECT act FROM audit_entries ORDER BY number")]


async def test_a_teacher_opens_a_course_with_its_first_rooms(courses: Courses, cast: Cast, database: Database) -> None:
    course = await courses.open(cast.anna, " bio-7b ", "Genetics")
    assert (course.slug, course.code, course.state, course.owner_id) == ("bio-7b", "bio-7b", "DRAFT", cast.anna.id)
    assert await rooms_of(database, course, cast.anna.id) == {"General": "HOST", "Announcements": "HOST"}
    assert await acts(database) == ["course.opened"]
    again = await courses.open(cast.anna, "BIO-7B", "Genetics, once more")
    assert again.slug.startswith("bio-7b-")


async def test_a_course_is_found_by_its_code_its_title_and_both(courses: Courses, cast: Cast) -> None:
    course = await courses.open(cast.anna, "BIO-7B", "Genetics")
    for search in ("bio-7", "genet", "BIO-7B Genetics"):
        assert [found.id for found in (await courses.all(cast.anna, search)).nodes] == [course.id]
    assert not (await courses.all(cast.anna, "Genetics BIO")).nodes


async def test_pupils_and_guardians_open_none(courses: Courses, cast: Cast, database: Database) -> None:
    for me in (cast.ben, cast.gita):
        with pytest.raises(Forbidden):
            await courses.open(me, "X", "Mine")
    assert await acts(database) == []


async def test_a_form_is_told_all_that_is_wrong(courses: Courses, cast: Cast) -> None:
    with pytest.raises(Invalid) as refusal:
        await courses.open(cast.anna, "", "x" * 10_000, "y" * 2_001, term_id=new_id())
    assert set(refusal.value.errors) == {"code", "title", "description", "termId"}


async def test_who_is_enrolled_has_its_rooms_at_once(
    enrolments: Enrolments, cast: Cast, genetics: Course, database: Database, news: News
) -> None:
    assert await enrolments.enrol(cast.anna, genetics.id, [cast.ben.id]) == {cast.ben.id}
    assert await rooms_of(database, genetics, cast.ben.id) == {"General": "MEMBER", "Announcements": "MEMBER"}
    told = news.to(cast.ben.id)
    assert isinstance(told[0], CourseJoined)
    assert [type(event) for event in told[1:]] == [RoomJoined, RoomJoined]
    general = await room_named(database, genetics, "General")
    (joined,) = news.in_room(general)  # type: ignore[arg-type]
    assert isinstance(joined, MemberJoined)
    assert (joined.user.username, joined.role) == ("ben", "MEMBER")
    assert await enrolments.enrol(cast.anna, genetics.id, [cast.ben.id]) == frozenset()
    assert (await acts(database))[-1] == "course.enrolled"


async def test_who_is_withdrawn_loses_them_at_once(
    enrolments: Enrolments, courses: Courses, cast: Cast, genetics: Course, database: Database, news: News
) -> None:
    await enrolments.enrol(cast.anna, genetics.id, [cast.ben.id, cast.mia.id])
    news.forget()
    await enrolments.withdraw(cast.anna, genetics.id, cast.ben.id)
    assert await rooms_of(database, genetics, cast.ben.id) == {}
    assert [type(event) for event in news.to(cast.ben.id)] == [CourseLeft]
    assert {type(directive) for directive in news.directives()} == {Evict}
    assert len(news.directives()) == 2
    assert len(await rooms_of(database, genetics, cast.mia.id)) == 2
    with pytest.raises(NotFound):
        await courses.reach(cast.ben, genetics.id)
    await enrolments.withdraw(cast.anna, genetics.id, cast.ben.id)


async def test_a_draft_is_there_for_those_who_teach_it(
    courses: Courses, enrolments: Enrolments, cast: Cast, database: Database
) -> None:
    draft = await courses.open(cast.anna, "CHEM", "Chemistry")
    await enrolments.enrol(cast.anna, draft.id, [cast.ben.id])
    await enrolments.enrol(cast.anna, draft.id, [cast.zoe.id], ASSISTANT)
    with pytest.raises(NotFound):
        await courses.reach(cast.ben, draft.id)
    assert await rooms_of(database, draft, cast.ben.id) == {}
    assert set((await rooms_of(database, draft, cast.zoe.id)).values()) == {"MODERATOR"}
    await courses.publish(cast.anna, draft.id)
    assert (await courses.reach(cast.ben, draft.id)).course.state == CourseState.ACTIVE
    assert len(await rooms_of(database, draft, cast.ben.id)) == 2


async def test_announcements_are_written_by_those_who_teach_and_a_guardian_writes_nowhere(
    school: School, enrolments: Enrolments, cast: Cast, genetics: Course, database: Database
) -> None:
    await database.rows(
        "INSERT INTO guardianships (id, guardian_id, child_id, created) VALUES (gen_random_uuid(), $1, $2, now())",
        cast.gita.id,
        cast.ben.id,
    )
    await enrolments.enrol(cast.anna, genetics.id, [cast.ben.id])
    assert set((await rooms_of(database, genetics, cast.gita.id)).values()) == {"READER"}
    announcements = await room_named(database, genetics, "Announcements")
    general = await room_named(database, genetics, "General")
    await school.messages.post(cast.anna, announcements, Draft(new_id(), "Tests on Friday"))  # type: ignore[arg-type]
    await school.messages.post(cast.ben, general, Draft(new_id(), "Oh no"))  # type: ignore[arg-type]
    for me, room in ((cast.ben, announcements), (cast.gita, announcements), (cast.gita, general)):
        with pytest.raises(Forbidden):
            await school.messages.post(me, room, Draft(new_id(), "May I?"))  # type: ignore[arg-type]
    assert len((await school.messages.history(cast.gita, general)).nodes) == 1  # type: ignore[arg-type]
    await enrolments.withdraw(cast.anna, genetics.id, cast.ben.id)
    assert await rooms_of(database, genetics, cast.gita.id) == {}


async def test_guardians_are_hidden_from_the_class_and_the_class_from_them(
    school: School, enrolments: Enrolments, cast: Cast, genetics: Course, database: Database, news: News
) -> None:
    await database.rows(
        "INSERT INTO guardianships (id, guardian_id, child_id, created) VALUES (gen_random_uuid(), $1, $2, now())",
        cast.gita.id,
        cast.ben.id,
    )
    await enrolments.enrol(cast.anna, genetics.id, [cast.ben.id, cast.mia.id])
    general = await room_named(database, genetics, "General")
    assert {event.user.username for event in news.in_room(general)} == {"ben", "mia"}  # type: ignore[arg-type]
    seen = {}
    for me in (cast.ben, cast.mia, cast.gita, cast.anna):
        shown = (await school.rooms.participants(me, [general]))[general]  # type: ignore[list-item, index]
        seen[me.username] = {person.username for person in (await school.people.load(shown)).values()}
    assert seen["ben"] == {"anna", "ben", "mia", "gita"}
    assert seen["mia"] == {"anna", "ben", "mia"}
    assert seen["gita"] == {"anna", "ben", "gita"}
    assert seen["anna"] == {"anna", "ben", "mia", "gita"}


async def test_a_guardian_of_two_stays_until_both_have_left(
    enrolments: Enrolments, cast: Cast, genetics: Course, database: Database
) -> None:
    for child in (cast.ben, cast.mia):
        await database.rows(
            "INSERT INTO guardianships (id, guardian_id, child_id, created) VALUES (gen_random_uuid(), $1, $2, now())",
            cast.gita.id,
            child.id,
        )
    await enrolments.enrol(cast.anna, genetics.id, [cast.ben.id, cast.mia.id])
    await enrolments.withdraw(cast.anna, genetics.id, cast.ben.id)
    assert len(await rooms_of(database, genetics, cast.gita.id)) == 2
    await enrolments.change(cast.anna, genetics.id, cast.mia.id, ASSISTANT)
    assert await rooms_of(database, genetics, cast.gita.id) == {}


async def test_in_an_archived_course_everything_is_read_and_nothing_written(
    school: School, courses: Courses, enrolments: Enrolments, cast: Cast, genetics: Course, database: Database
) -> None:
    await enrolments.enrol(cast.anna, genetics.id, [cast.ben.id])
    general = await room_named(database, genetics, "General")
    posted = await school.messages.post(cast.ben, general, Draft(new_id(), "Bye"))  # type: ignore[arg-type]
    await courses.archive(cast.anna, genetics.id)
    for me in (cast.ben, cast.anna):
        with pytest.raises(Forbidden, match="course is over"):
            await school.messages.post(me, general, Draft(new_id(), "One more thing"))  # type: ignore[arg-type]
    with pytest.raises(Forbidden):
        await school.messages.edit(cast.ben, posted.message_id, "Hello")
    assert len((await school.messages.history(cast.ben, general)).nodes) == 1  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        await enrolments.enrol(cast.anna, genetics.id, [cast.zoe.id])
    await courses.restore(cast.anna, genetics.id)
    await school.messages.post(cast.ben, general, Draft(new_id(), "We are back"))  # type: ignore[arg-type]
    assert (await acts(database))[-2:] == ["course.archived", "course.restored"]


async def test_several_courses_end_and_go_on_at_once_and_drafts_stay_as_they_are(
    courses: Courses, cast: Cast, genetics: Course, database: Database
) -> None:
    botany = await courses.publish(cast.anna, (await courses.open(cast.anna, "BIO-7C", "Botany")).id)
    draft = await courses.open(cast.anna, "BIO-7D", "Zoology")
    ids = [genetics.id, botany.id, draft.id, botany.id]
    assert await courses.archive_some(cast.olga, ids) == 2
    assert await courses.archive_some(cast.olga, ids) == 0
    assert (await courses.load(cast.olga, [draft.id]))[draft.id].state == CourseState.DRAFT
    assert await courses.restore_some(cast.anna, ids) == 2
    assert (await acts(database))[-4:] == ["course.archived"] * 2 + ["course.restored"] * 2


async def test_of_several_courses_none_ends_if_one_is_not_theirs_to_end(
    courses: Courses, cast: Cast, genetics: Course
) -> None:
    with pytest.raises(NotFound):
        await courses.archive_some(cast.anna, [genetics.id, new_id()])
    with pytest.raises(Invalid):
        await courses.archive_some(cast.anna, [])
    with pytest.raises(Invalid):
        await courses.archive_some(cast.anna, [new_id() for _ in range(101)])
    assert (await courses.load(cast.anna, [genetics.id]))[genetics.id].state == CourseState.ACTIVE


async def test_who_is_in_a_room_hears_that_its_course_is_over_and_goes_on(
    courses: Courses, cast: Cast, genetics: Course, database: Database, news: News
) -> None:
    general = await room_named(database, genetics, "General")
    await courses.archive(cast.anna, genetics.id)
    await courses.restore(cast.anna, genetics.id)
    told = [event for event in news.in_room(general) if isinstance(event, RoomUpdated)]  # type: ignore[arg-type]
    assert [(event.name, event.topic, event.archived) for event in told[-2:]] == [
        ("General", "Genetics", True),
        ("General", "Genetics", False),
    ]


async def test_nobody_gives_what_they_do_not_have(
    enrolments: Enrolments, cast: Cast, genetics: Course, database: Database
) -> None:
    await enrolments.enrol(cast.anna, genetics.id, [cast.ben.id])
    await enrolments.enrol(cast.anna, genetics.id, [cast.zoe.id], ASSISTANT)
    for me, person, role in (
        (cast.ben, cast.ben, INSTRUCTOR),
        (cast.ben, cast.mia, STUDENT),
        (cast.zoe, cast.zoe, INSTRUCTOR),
        (cast.zoe, cast.mia, ASSISTANT),
    ):
        with pytest.raises(Forbidden):
            await enrolments.enrol(me, genetics.id, [person.id], role)
        with pytest.raises((Forbidden, NotFound)):
            await enrolments.change(me, genetics.id, person.id, role)
    with pytest.raises(Forbidden):
        await enrolments.withdraw(cast.zoe, genetics.id, cast.anna.id)
    with pytest.raises(Forbidden):
        await enrolments.withdraw(cast.ben, genetics.id, cast.ben.id)
    await enrolments.enrol(cast.anna, genetics.id, [cast.mia.id], OBSERVER)
    await enrolments.change(cast.zoe, genetics.id, cast.mia.id, STUDENT)
    await enrolments.withdraw(cast.zoe, genetics.id, cast.mia.id)
    with pytest.raises(NotFound):
        await enrolments.enrol(cast.mia, genetics.id, [cast.mia.id])


async def test_an_assistant_enrols_nobody_they_may_not_see(
    enrolments: Enrolments, cast: Cast, genetics: Course
) -> None:
    await enrolments.enrol(cast.anna, genetics.id, [cast.zoe.id], ASSISTANT)
    with pytest.raises(Invalid):
        await enrolments.enrol(cast.zoe, genetics.id, [cast.mia.id])


async def test_an_assistant_takes_back_that_they_took_somebody_out(
    enrolments: Enrolments, cast: Cast, genetics: Course
) -> None:
    await enrolments.enrol(cast.anna, genetics.id, [cast.zoe.id], ASSISTANT)
    await enrolments.enrol(cast.anna, genetics.id, [cast.mia.id])
    await enrolments.withdraw(cast.anna, genetics.id, cast.mia.id)
    with pytest.raises(Invalid):
        await enrolments.enrol(cast.zoe, genetics.id, [cast.mia.id])
    await enrolments.enrol(cast.anna, genetics.id, [cast.mia.id])
    await enrolments.withdraw(cast.zoe, genetics.id, cast.mia.id)
    assert await enrolments.enrol(cast.zoe, genetics.id, [cast.mia.id]) == {cast.mia.id}


async def test_a_course_keeps_somebody_who_teaches_it(
    courses: Courses, enrolments: Enrolments, cast: Cast, genetics: Course
) -> None:
    with pytest.raises(Conflict, match="somebody who teaches"):
        await enrolments.withdraw(cast.anna, genetics.id, cast.anna.id)
    with pytest.raises(Conflict, match="somebody who teaches"):
        await enrolments.change(cast.olga, genetics.id, cast.anna.id, STUDENT)
    await enrolments.enrol(cast.anna, genetics.id, [cast.olga.id], INSTRUCTOR)
    await enrolments.withdraw(cast.anna, genetics.id, cast.olga.id)


async def test_two_administrators_at_once_leave_one_role_and_two_entries(
    enrolments: Enrolments, cast: Cast, genetics: Course, database: Database
) -> None:
    await enrolments.enrol(cast.anna, genetics.id, [cast.ben.id])
    await asyncio.gather(
        enrolments.change(cast.olga, genetics.id, cast.ben.id, ASSISTANT),
        enrolments.change(cast.anna, genetics.id, cast.ben.id, OBSERVER),
    )
    (role,) = set((await rooms_of(database, genetics, cast.ben.id)).values())
    row = await database.one("SELECT role FROM enrolments WHERE person_id = $1", cast.ben.id)
    assert (row["role"], role) in {("ASSISTANT", "MODERATOR"), ("OBSERVER", "READER")}
    assert (await acts(database)).count("enrolment.changed") == 2


async def test_sections_have_rooms_of_their_own(
    enrolments: Enrolments, cast: Cast, genetics: Course, database: Database
) -> None:
    section_id = new_id()
    await database.rows(
        "INSERT INTO sections (id, course_id, name, key) VALUES ($1, $2, 'Lab A', 'lab a')", section_id, genetics.id
    )
    await database.rows(
        "UPDATE rooms SET section_id = $2 WHERE course_id = $1 AND name = 'General'", genetics.id, section_id
    )
    await enrolments.enrol(cast.anna, genetics.id, [cast.ben.id], STUDENT, section_id)
    await enrolments.enrol(cast.anna, genetics.id, [cast.mia.id])
    assert set(await rooms_of(database, genetics, cast.ben.id)) == {"General", "Announcements"}
    assert set(await rooms_of(database, genetics, cast.mia.id)) == {"Announcements"}
    await enrolments.change(cast.anna, genetics.id, cast.mia.id, STUDENT, section_id)
    assert set(await rooms_of(database, genetics, cast.mia.id)) == {"General", "Announcements"}
    with pytest.raises(Invalid):
        await enrolments.enrol(cast.anna, genetics.id, [cast.zoe.id], STUDENT, new_id())


async def test_who_does_not_exist_is_not_enrolled_and_nobody_with_them(
    enrolments: Enrolments, cast: Cast, genetics: Course, database: Database
) -> None:
    with pytest.raises(Invalid):
        await enrolments.enrol(cast.anna, genetics.id, [cast.ben.id, new_id()])
    assert await rooms_of(database, genetics, cast.ben.id) == {}
