"""Terms: rolled over with all that is in them, and taken back."""

from __future__ import annotations

from datetime import date

import pytest
import pytest_asyncio

from edusphere.contract.events import RoomUpdated
from edusphere.database import Database
from edusphere.errors import Conflict, Forbidden, Invalid, NotFound
from edusphere.school import School
from edusphere.school.courses import Courses
from edusphere.school.enrolments import Enrolments
from edusphere.school.messages import Draft
from edusphere.school.models import Course, CourseRole, Term
from edusphere.school.models.ids import new_id
from edusphere.school.terms import Terms
from tests.news import News
from tests.people import Cast

AUTUMN = ("Autumn 2026", date(2026, 9, 1), date(2027, 1, 31))
SPRING = ("Spring 2027", date(2027, 2, 1), date(2027, 6, 30))


@pytest.fixture
def terms(school: School) -> Terms:
    return school.terms


@pytest_asyncio.fixture
async def autumn(terms: Terms, cast: Cast) -> Term:
    return await terms.open(cast.olga, *AUTUMN)


@pytest_asyncio.fixture
async def genetics(courses: Courses, enrolments: Enrolments, cast: Cast, autumn: Term, database: Database) -> Course:
    """Anna's course of this autumn, with Zoe to help, Ben to learn, a section with a room, and a page to read."""
    course = await courses.open(cast.anna, "BIO-7B", "Genetics", term_id=autumn.id)
    course = await courses.publish(cast.anna, course.id)
    await enrolments.enrol(cast.anna, course.id, [cast.zoe.id], CourseRole.ASSISTANT)
    await enrolments.enrol(cast.anna, course.id, [cast.ben.id])
    section_id, unit_id = new_id(), new_id()
    await database.rows(
        "INSERT INTO sections (id, course_id, name, key) VALUES ($1, $2, 'Lab A', 'lab a')", section_id, course.id
    )
    await database.rows(
        "UPDATE rooms SET section_id = $1 WHERE course_id = $2 AND name = 'General'", section_id, course.id
    )
    await database.rows(
        "INSERT INTO units (id, course_id, title, place, created) VALUES ($1, $2, 'Peas', 1, now())", unit_id, course.id
    )
    await database.rows(
        """
        INSERT INTO materials (id, unit_id, kind, title, body, address, place, author_id, created, updated)
        VALUES (gen_random_uuid(), $1, 'PAGE', 'Mendel', '# Peas', '', 1, $2, now(), now())
        """,
        unit_id,
        cast.anna.id,
    )
    return course


async def the_copy(database: Database, course: Course) -> Course:
    (copy,) = await database.query(Course).filter(copied_from_id=course.id)
    return copy


async def names(database: Database, sql: str, course_id: object) -> set[str]:
    return {row["name"] for row in await database.rows(sql, course_id)}


async def test_the_next_term_begins_with_drafts_of_what_was_taught(
    terms: Terms, cast: Cast, autumn: Term, genetics: Course, database: Database
) -> None:
    rolled = await terms.roll_over(cast.olga, autumn.id, *SPRING)
    assert (rolled.term.name, rolled.archived, rolled.copied) == ("Spring 2027", 1, 1)
    (old,) = await database.query(Course).filter(id=genetics.id)
    assert old.state == "ARCHIVED"
    new = await the_copy(database, genetics)
    assert (new.state, new.code, new.slug, new.term_id) == ("DRAFT", "BIO-7B", "bio-7b-spring-2027", rolled.term.id)
    people = "SELECT username AS name FROM enrolments JOIN people ON people.id = person_id WHERE course_id = $1"
    assert await names(database, people, new.id) == {"anna", "zoe"}
    assert await names(database, "SELECT name FROM sections WHERE course_id = $1", new.id) == {"Lab A"}
    rooms = await database.rows(
        """
        SELECT rooms.name, sections.name AS section, sections.course_id AS of FROM rooms
        LEFT JOIN sections ON sections.id = section_id WHERE rooms.course_id = $1 AND rooms.archived IS NULL
        """,
        new.id,
    )
    assert {(row["name"], row["section"]) for row in rooms} == {("General", "Lab A"), ("Announcements", None)}
    assert {row["of"] for row in rooms} == {new.id, None}
    materials = "SELECT materials.title AS name FROM materials JOIN units ON units.id = unit_id WHERE course_id = $1"
    assert await names(database, materials, new.id) == {"Mendel"}


async def test_in_the_old_one_nobody_writes_any_more(
    school: School, terms: Terms, cast: Cast, autumn: Term, genetics: Course, database: Database
) -> None:
    await terms.roll_over(cast.olga, autumn.id, *SPRING)
    room = await database.one("SELECT id FROM rooms WHERE course_id = $1 AND name = 'Announcements'", genetics.id)
    with pytest.raises(Forbidden, match="over"):
        await school.messages.post(cast.anna, room["id"], Draft(new_id(), "One more thing"))
    assert (await school.messages.history(cast.anna, room["id"])).nodes == ()


async def test_it_can_be_undone_as_if_nothing_had_been(
    school: School, terms: Terms, cast: Cast, autumn: Term, genetics: Course, database: Database
) -> None:
    await terms.roll_over(cast.olga, autumn.id, *SPRING)
    term = await terms.undo(cast.olga, autumn.id)
    assert term.archived is None
    assert [each.name for each in await terms.listed(cast.ben)] == ["Autumn 2026"]
    (course,) = await database.query(Course)
    assert (course.id, course.state, course.archived) == (genetics.id, "ACTIVE", None)
    room = await database.one("SELECT id FROM rooms WHERE course_id = $1 AND name = 'Announcements'", genetics.id)
    await school.messages.post(cast.anna, room["id"], Draft(new_id(), "We go on"))
    acts = [row["act"] for row in await database.rows("SELECT act FROM audit_entries ORDER BY number DESC LIMIT 2")]
    assert acts == ["term.roll_over_undone", "term.rolled_over"]
    await terms.roll_over(cast.olga, autumn.id, *SPRING)


async def test_a_course_archived_before_stays_so_and_a_draft_that_was_worked_on_is_kept(
    terms: Terms, courses: Courses, cast: Cast, autumn: Term, genetics: Course, database: Database
) -> None:
    earlier = await courses.open(cast.anna, "BIO-6A", "Frogs", term_id=autumn.id)
    await courses.publish(cast.anna, earlier.id)
    await courses.archive(cast.anna, earlier.id)
    await terms.roll_over(cast.olga, autumn.id, *SPRING)
    new = await the_copy(database, genetics)
    await courses.update(cast.anna, new.id, title="Genetics, better")
    await terms.undo(cast.olga, autumn.id)
    states = {course.code + course.title: course.state for course in await database.query(Course)}
    assert states == {"BIO-7BGenetics": "ACTIVE", "BIO-6AFrogs": "ARCHIVED", "BIO-7BGenetics, better": "DRAFT"}


async def test_after_the_next_day_it_is_too_late(
    terms: Terms, cast: Cast, autumn: Term, genetics: Course, database: Database
) -> None:
    await terms.roll_over(cast.olga, autumn.id, *SPRING)
    await database.rows("UPDATE terms SET archived = archived - interval '1 day' WHERE archived IS NOT NULL")
    await database.rows("UPDATE courses SET archived = archived - interval '1 day' WHERE archived IS NOT NULL")
    await terms.undo(cast.olga, autumn.id)
    await terms.roll_over(cast.olga, autumn.id, *SPRING)
    await database.rows("UPDATE terms SET archived = archived - interval '2 days' WHERE archived IS NOT NULL")
    with pytest.raises(Conflict, match="too long ago"):
        await terms.undo(cast.olga, autumn.id)


async def test_only_administrators_do_it_and_only_once(terms: Terms, cast: Cast, autumn: Term) -> None:
    for me in (cast.anna, cast.ben):
        with pytest.raises(Forbidden):
            await terms.roll_over(me, autumn.id, *SPRING)
        with pytest.raises(Forbidden):
            await terms.open(me, *SPRING)
        with pytest.raises(Forbidden):
            await terms.undo(me, autumn.id)
    with pytest.raises(Conflict, match="not rolled over"):
        await terms.undo(cast.olga, autumn.id)
    await terms.roll_over(cast.olga, autumn.id, *SPRING)
    with pytest.raises(Conflict, match="already"):
        await terms.roll_over(cast.olga, autumn.id, "Summer 2027", *SPRING[1:])
    with pytest.raises(NotFound):
        await terms.roll_over(cast.olga, new_id(), "Summer 2027", *SPRING[1:])


async def test_a_term_has_a_name_of_its_own_and_ends_after_it_starts(terms: Terms, cast: Cast, autumn: Term) -> None:
    with pytest.raises(Invalid) as refusal:
        await terms.open(cast.olga, " ", AUTUMN[2], AUTUMN[1])
    assert set(refusal.value.errors) == {"name", "ends"}
    with pytest.raises(Invalid):
        await terms.open(cast.olga, "AUTUMN 2026", *AUTUMN[1:])
    with pytest.raises(Invalid):
        await terms.roll_over(cast.olga, autumn.id, "autumn 2026", *SPRING[1:])


async def test_open_screens_hear_that_rooms_are_over_and_go_on(
    terms: Terms, school: School, cast: Cast, autumn: Term, genetics: Course, database: Database, news: News
) -> None:
    direct = await school.direct.open(cast.anna, [cast.ben.id])
    rooms = await database.rows("SELECT id, name FROM rooms WHERE course_id = $1", genetics.id)
    news.forget()
    await terms.roll_over(cast.olga, autumn.id, *SPRING)
    for room_id, name in (*((row["id"], row["name"]) for row in rooms), (direct.id, "")):
        (updated,) = [event for event in news.in_room(room_id) if isinstance(event, RoomUpdated)]
        assert (updated.name, updated.archived) == (name, True)
    news.forget()
    await terms.undo(cast.olga, autumn.id)
    for room_id in (*(row["id"] for row in rooms), direct.id):
        (updated,) = [event for event in news.in_room(room_id) if isinstance(event, RoomUpdated)]
        assert not updated.archived
