"""Lists of administrators come in any order, either way, and page by page nobody is missed or met twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial
from typing import TypeVar

import pytest

from edusphere.database import Database
from edusphere.errors import Invalid
from edusphere.school import School
from edusphere.school.accounts import AccountOrder
from edusphere.school.all_rooms import RoomOrder
from edusphere.school.all_topics import TopicOrder
from edusphere.school.audit import SubjectKind
from edusphere.school.course_lists import CourseOrder
from edusphere.school.me import Me
from edusphere.school.messages import Draft
from edusphere.school.models import Role, Room, RoomRole
from edusphere.school.models.ids import new_id
from edusphere.school.pages import Page
from edusphere.school.room_people import MemberOrder
from edusphere.school.sessions import Device
from tests.people import PASSWORD, Cast

T = TypeVar("T")
Ask = Callable[[str | None, bool], Awaitable[Page[T]]]
"""For a page after a place, descending or not."""


@pytest.fixture
def olga(cast: Cast) -> Me:
    """The administrator, signed in."""
    return Me(cast.olga.id, "olga", cast.olga.name, "", Role.ADMIN, new_id())


async def walked(ask: Ask[T], *, descending: bool) -> list[T]:
    found: list[T] = []
    after: str | None = None
    while True:
        page = await ask(after, descending)
        found += page.nodes
        if not page.has_next:
            return found
        after = page.cursors[-1]


async def page_of(listed: Callable[..., Awaitable[Page[T]]], after: str | None, descending: bool) -> Page[T]:
    return await listed(after, descending=descending)


async def there_and_back(ask: Ask[T], name: Callable[[T], str]) -> list[str]:
    """Return the names of a whole list, which is the same from behind."""
    there = [name(one) for one in await walked(ask, descending=False)]
    assert there == [name(one) for one in await walked(ask, descending=True)][::-1]
    return there


def alike(names: list[str], expected: str) -> list[list[str]]:
    """Cut names into the groups of `expected`, "a | b c"; those of a group are alike, and come in whichever order."""
    left = iter(names)
    return [sorted(next(left) for _ in group.split()) for group in expected.split("|")]


def groups(expected: str) -> list[list[str]]:
    return [sorted(group.split()) for group in expected.split("|")]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (AccountOrder.NAME, "anna | ben | gita | mia | olga | twin twin | zoe"),
        (AccountOrder.EMAIL, "anna | ben | gita | mia | olga | twin twin | zoe"),
        (AccountOrder.ROLE, "olga | anna | ben | mia | twin twin | zoe | gita"),
        (AccountOrder.CREATED, "anna ben gita mia olga zoe | twin | twin"),
        (AccountOrder.SEEN, "anna gita olga twin twin zoe | mia | ben"),
    ],
)
async def test_people(
    school: School, cast: Cast, olga: Me, database: Database, order: AccountOrder, expected: str
) -> None:
    for username in ("twin1", "twin2"):
        await school.accounts.make(olga, username, "Twin", f"{username}@school.example", Role.STUDENT)
    # Ben's last visit counts, not his first.
    for who, seen in ((cast.mia, "2026-02-01"), (cast.ben, "2026-01-01"), (cast.ben, "2026-03-01")):
        signed_in = await school.sessions.sign_in(f"{who.username}@school.example", PASSWORD, Device("", ""))
        await database.rows(
            "UPDATE sessions SET seen = $2::text::timestamptz WHERE id = $1", signed_in.session_id, seen
        )
    names = await there_and_back(
        lambda after, falling: school.accounts.listed(olga, None, None, None, 2, after, order, descending=falling),
        lambda account: account.person.username.rstrip("12"),
    )
    assert alike(names, expected) == groups(expected)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (RoomOrder.NAME, "Art | Biology | Chess | Dance"),
        (RoomOrder.HOST, "Biology | Art | Chess Dance"),
        (RoomOrder.TOPIC, "Art | Chess Dance | Biology"),
        (RoomOrder.PEOPLE, "Art Chess Dance | Biology"),
        (RoomOrder.CREATED, "Biology | Chess | Art | Dance"),
        (RoomOrder.ACTIVITY, "Biology | Chess | Art | Dance"),
    ],
)
async def test_rooms(school: School, cast: Cast, olga: Me, biology: Room, order: RoomOrder, expected: str) -> None:
    for host, name, topic in ((cast.zoe, "Chess", "Games"), (cast.ben, "Art", "art"), (cast.zoe, "Dance", "Games")):
        await school.rooms.create(host, name, topic, "")
    names = await there_and_back(
        lambda after, falling: school.all_rooms.listed(olga, order=order, descending=falling, first=1, after=after),
        lambda room: room.name,
    )
    assert alike(names, expected) == groups(expected)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (CourseOrder.TITLE, "b | c | d | a"),
        (CourseOrder.CODE, "a | b | c | d"),
        (CourseOrder.CREATED, "d | a | b | c"),
        (CourseOrder.TERM, "d | c | a b"),
        (CourseOrder.OWNER, "a b c | d"),
        (CourseOrder.STUDENTS, "b c d | a"),
    ],
)
async def test_courses(school: School, cast: Cast, olga: Me, order: CourseOrder, expected: str) -> None:
    autumn = await school.terms.open(olga, "Z 2026", date(2026, 9, 1), date(2026, 12, 1))
    spring = await school.terms.open(olga, "A 2027", date(2027, 2, 1), date(2027, 6, 1))
    await school.courses.open(olga, "d", "Dance")
    zoology = await school.courses.open(cast.anna, "a", "Zoology", term_id=spring.id)
    await school.courses.open(cast.anna, "b", "Algebra", term_id=spring.id)
    await school.courses.open(cast.anna, "c", "Chess", term_id=autumn.id)
    await school.enrolments.enrol(olga, zoology.id, [cast.ben.id, cast.mia.id])
    codes = await there_and_back(
        lambda after, falling: school.courses.all(olga, order=order, descending=falling, first=1, after=after),
        lambda course: course.code,
    )
    assert alike(codes, expected) == groups(expected)


@pytest.mark.parametrize(
    ("order", "expected"),
    [(TopicOrder.NAME, "art | Games | Science"), (TopicOrder.ROOMS, "Science art | Games")],
)
async def test_topics(school: School, cast: Cast, olga: Me, biology: Room, order: TopicOrder, expected: str) -> None:
    for name, topic in (("Chess", "Games"), ("Art", "art"), ("Dance", "Games")):
        await school.rooms.create(cast.zoe, name, topic, "")
    names = await there_and_back(
        lambda after, falling: school.all_topics.listed(olga, None, 1, after, order, descending=falling),
        lambda counted: counted.topic.name,
    )
    assert alike(names, expected) == groups(expected)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (MemberOrder.NAME, "anna | ben | mia"),
        (MemberOrder.ROLE, "anna | mia | ben"),
        (MemberOrder.JOINED, "anna | ben | mia"),
    ],
)
async def test_people_of_a_room(
    school: School, cast: Cast, olga: Me, biology: Room, order: MemberOrder, expected: str
) -> None:
    await school.room_people.give(olga, biology.id, cast.mia.id, RoomRole.MODERATOR)
    names_by_id = {one.id: one.username for one in (cast.anna, cast.ben, cast.mia, cast.zoe, cast.gita, cast.olga)}
    names = await there_and_back(
        lambda after, falling: school.room_people.listed(
            olga, biology.id, None, None, 1, after, order, descending=falling
        ),
        lambda membership: names_by_id[membership.person_id],
    )
    assert alike(names, expected) == groups(expected)
    moderators = await school.room_people.listed(olga, biology.id, role=RoomRole.MODERATOR)
    assert [one.person_id for one in moderators.nodes] == [cast.mia.id]


async def test_messages_reports_and_acts_come_the_latest_or_the_earliest_first(
    school: School, cast: Cast, olga: Me, biology: Room
) -> None:
    for body in ("One", "Two", "Three"):
        said = await school.messages.post(cast.ben, biology.id, Draft(new_id(), body))
        await school.reports.message(cast.mia, said.message_id, f"About {body}")
        await school.all_messages.remove(olga, [said.message_id])
        await school.all_messages.restore(olga, [said.message_id])
    for search, room_id in ((None, None), (None, biology.id), ("t", None), ("t", biology.id)):
        asked = partial(school.all_messages.listed, olga, search, room_id, None, None, 1)
        messages = await there_and_back(partial(page_of, asked), lambda found: found.message.body)
        assert messages == (["One", "Two", "Three"] if search is None else ["Two", "Three"])
    reports = await there_and_back(
        lambda after, falling: school.reports.listed(olga, "about", first=1, after=after, descending=falling),
        lambda report: report.words,
    )
    assert reports == ["About One", "About Two", "About Three"]
    assert [report.words for report in (await school.reports.listed(olga, "two")).nodes] == ["About Two"]
    acts = await there_and_back(
        lambda after, falling: school.audit.listed(olga, first=1, after=after, descending=falling),
        lambda entry: entry.act,
    )
    assert acts == ["message.removed", "message.restored"] * 3


async def test_acts_are_found_by_what_they_are_on(school: School, olga: Me, biology: Room) -> None:
    await school.all_rooms.edit(olga, biology.id, name="Life")
    await school.all_topics.make(olga, "Art")
    found = {kind: (await school.audit.listed(olga, subject_kind=kind)).nodes for kind in SubjectKind}
    assert {kind.value: [entry.act for entry in acts] for kind, acts in found.items() if acts} == {
        "ROOM": ["room.changed"],
        "TOPIC": ["topic.made"],
    }


async def test_a_place_in_one_order_is_none_in_another(school: School, cast: Cast, olga: Me, biology: Room) -> None:
    by_name = (await school.accounts.listed(olga, first=1)).cursors[0]
    for order in set(AccountOrder) - {AccountOrder.NAME}:
        with pytest.raises(Invalid):
            await school.accounts.listed(olga, after=by_name, order=order)
    await school.messages.post(cast.ben, biology.id, Draft(new_id(), "Hello"))
    (in_room,) = (await school.all_messages.listed(olga, room_id=biology.id)).cursors
    with pytest.raises(Invalid):
        await school.all_messages.listed(olga, after=in_room)
