"""All rooms: administrators look after the open ones and those of courses; of others they know how many there are."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from edusphere.contract.events import MemberJoined, MemberLeft, RoomDeleted, RoomJoined, RoomUpdated
from edusphere.database import Database
from edusphere.errors import Conflict, Forbidden, Invalid, NotFound
from edusphere.school import School
from edusphere.school.all_rooms import RoomOrder
from edusphere.school.me import Me
from edusphere.school.messages import Draft
from edusphere.school.models import Course, Membership, Role, Room, RoomKind, RoomRole
from edusphere.school.models.ids import new_id
from tests.news import News
from tests.people import Cast


@pytest.fixture
def olga(cast: Cast) -> Me:
    """The administrator, signed in."""
    return Me(cast.olga.id, "olga", cast.olga.name, "", Role.ADMIN, new_id())


async def history(school: School, olga: Me, room_id: UUID) -> list[str]:
    """What staff did to a room, the first first."""
    return [entry.act for entry in (await school.audit.listed(olga, subject_id=room_id)).nodes][::-1]


async def hide(database: Database, room: Room, kind: RoomKind) -> None:
    await database.query(Room).filter(id=room.id).update(kind=kind)


async def test_rooms_are_found_and_come_in_the_order_that_is_asked_for(
    school: School, cast: Cast, olga: Me, biology: Room
) -> None:
    for name in ("Chess", "Art", "Drama"):
        await school.rooms.create(cast.ben, name, "Games", "")
    listed = school.all_rooms.listed
    assert [room.name for room in (await listed(olga)).nodes] == ["Art", "Biology", "Chess", "Drama"]
    names, after = [], None
    while True:
        page = await listed(olga, order=RoomOrder.CREATED, descending=True, first=1, after=after)
        names += [room.name for room in page.nodes]
        if not page.has_next:
            break
        after = page.cursors[-1]
    assert names == ["Drama", "Art", "Chess", "Biology"]
    await school.messages.post(cast.ben, biology.id, Draft(new_id(), "Hello"))
    active = await listed(olga, order=RoomOrder.ACTIVITY, descending=True, first=1)
    assert [room.name for room in active.nodes] == ["Biology"]
    assert [room.name for room in (await listed(olga, search="cells")).nodes] == ["Biology"]
    assert (await listed(olga, kind=RoomKind.COURSE)).nodes == (await listed(olga, archived=True)).nodes == ()
    with pytest.raises(Invalid):
        await listed(olga, order=RoomOrder.CREATED, after=page.cursors[-1][:-4] + "####")


async def test_private_and_direct_rooms_are_counted_and_nothing_of_them_is_told(
    school: School, cast: Cast, olga: Me, biology: Room, database: Database
) -> None:
    for words in ("One", "Two"):
        await school.messages.post(cast.ben, biology.id, Draft(new_id(), words))
    await hide(database, biology, RoomKind.PRIVATE)
    assert (await school.all_rooms.listed(olga)).nodes == ()
    counted = await school.all_rooms.counted(olga)
    assert (counted.private_rooms, counted.direct_rooms, counted.messages) == (1, 0, 2)
    rooms, people = school.all_rooms, school.room_people
    for act in (
        rooms.find(olga, biology.id),
        rooms.edit(olga, biology.id, name="Botany"),
        rooms.delete(olga, [biology.id]),
        people.listed(olga, biology.id),
        people.add(olga, biology.id, [cast.zoe.id]),
        people.remove(olga, biology.id, cast.ben.id),
        people.give(olga, biology.id, cast.ben.id, RoomRole.MODERATOR),
    ):
        with pytest.raises(NotFound):
            await act


async def test_nobody_else_looks_after_rooms_and_no_program(school: School, cast: Cast, biology: Room) -> None:
    teacher = Me(cast.anna.id, "anna", "Anna", "", Role.TEACHER, new_id())
    program = Me(cast.olga.id, "olga", "Olga", "", Role.ADMIN, None, token_id=new_id())
    rooms, people = school.all_rooms, school.room_people
    for me in (teacher, program):
        for act in (
            rooms.listed(me),
            rooms.find(me, biology.id),
            rooms.make(me, cast.anna.id, "Chess", "", ""),
            rooms.counted(me),
            rooms.edit(me, biology.id, name="Botany"),
            rooms.delete(me, [biology.id]),
            people.listed(me, biology.id),
            people.add(me, biology.id, [cast.zoe.id]),
            people.remove(me, biology.id, cast.ben.id),
            people.give(me, biology.id, cast.ben.id, RoomRole.MODERATOR),
        ):
            with pytest.raises(Forbidden):
                await act


async def test_an_administrator_makes_a_room_for_a_teacher_who_hears_of_it(
    school: School, cast: Cast, olga: Me, news: News
) -> None:
    room = await school.all_rooms.make(olga, cast.anna.id, "Chess  club", "Games", "Tuesdays")
    assert (room.kind, room.name, room.slug, room.description) == (
        RoomKind.OPEN,
        "Chess club",
        "chess-club",
        "Tuesdays",
    )
    assert news.to(cast.anna.id) == [RoomJoined(room_id=room.id)]
    _, hers = await school.rooms.reach(cast.anna, room.id)
    assert hers is not None
    assert hers.role == RoomRole.HOST
    assert (await school.rooms.reach(olga, room.id)).membership is None
    assert [topic.topic.name for topic in (await school.all_topics.listed(olga)).nodes] == ["Games"]
    (entry,) = (await school.audit.listed(olga, subject_id=room.id)).nodes
    assert (entry.act, entry.details) == ("room.made", {"host": "anna", "topic": "Games"})
    other = await school.all_rooms.make(olga, cast.ben.id, "Chess club", "Games", "", "Knights!")
    assert (other.slug, other.topic_id) == ("knights", room.topic_id)


async def test_what_is_wrong_with_a_room_for_somebody_is_told_all_at_once(
    school: School, cast: Cast, olga: Me, biology: Room, news: News
) -> None:
    make = school.all_rooms.make

    async def wrong_with(*form: Any) -> set[str]:
        with pytest.raises(Invalid) as wrong:
            await make(olga, *form)
        return set(wrong.value.errors)

    assert await wrong_with(cast.anna.id, "Biology", "", "") == {"name"}
    assert await wrong_with(cast.anna.id, "Botany", "", "", "biology") == {"slug"}
    everything = {"hostId", "name", "slug", "topicName", "description"}
    assert await wrong_with(new_id(), "x" * 201, "x" * 201, "x" * 501, "!?") == everything
    await school.accounts.close(olga, [cast.zoe.id])
    assert await wrong_with(cast.zoe.id, "Zoology", "", "") == {"hostId"}
    assert [room.name for room in (await school.all_rooms.listed(olga)).nodes] == ["Biology"]
    assert news.to(cast.anna.id) == []


async def test_a_room_gets_another_name_and_address_and_everybody_in_it_sees_it(
    school: School, cast: Cast, olga: Me, biology: Room, news: News
) -> None:
    room = await school.all_rooms.edit(olga, biology.id, "Botany", "Of Plants!", "Plants", "Leaves")
    assert (room.name, room.slug, room.description) == ("Botany", "of-plants", "Leaves")
    assert news.in_room(biology.id) == [
        RoomUpdated(room_id=biology.id, name="Botany", topic="Plants", description="Leaves", slug="of-plants")
    ]
    assert (await school.rooms.reach_by_slug(cast.ben, "anna", "of-plants")).room.id == biology.id
    await school.all_rooms.edit(olga, biology.id, "Botany")
    assert await history(school, olga, biology.id) == ["room.changed"]
    await school.rooms.create(cast.anna, "Chess", "", "")
    with pytest.raises(Invalid) as wrong:
        await school.all_rooms.edit(olga, biology.id, slug="chess")
    assert set(wrong.value.errors) == {"slug"}
    with pytest.raises(Invalid) as wrong:
        await school.all_rooms.edit(olga, biology.id, " ", "!?", "x" * 201, "x" * 501)
    assert set(wrong.value.errors) == {"name", "slug", "topicName", "description"}


async def test_people_are_brought_into_a_room_given_roles_and_taken_out(
    school: School, cast: Cast, olga: Me, biology: Room, news: News
) -> None:
    people = school.room_people
    assert await people.add(olga, biology.id, [cast.zoe.id, cast.ben.id, new_id()]) == 1
    assert [event.user.username for event in news.in_room(biology.id) if isinstance(event, MemberJoined)] == ["zoe"]
    assert news.to(cast.zoe.id) == [RoomJoined(room_id=biology.id)]
    first = await people.listed(olga, biology.id, first=3)
    rest = await people.listed(olga, biology.id, first=3, after=first.cursors[-1])
    ids = [member.person_id for member in (*first.nodes, *rest.nodes)]
    assert ids == [cast.anna.id, cast.ben.id, cast.mia.id, cast.zoe.id]
    assert [member.person_id for member in (await people.listed(olga, biology.id, "liep")).nodes] == [cast.mia.id]

    await people.give(olga, biology.id, cast.zoe.id, RoomRole.MODERATOR)
    await people.give(olga, biology.id, cast.zoe.id, RoomRole.MODERATOR)
    news.forget()
    await people.remove(olga, biology.id, cast.ben.id)
    assert news.in_room(biology.id) == [MemberLeft(room_id=biology.id, user_id=cast.ben.id)]
    with pytest.raises(NotFound):
        await people.remove(olga, biology.id, cast.ben.id)
    with pytest.raises(NotFound):
        await people.give(olga, biology.id, cast.ben.id, RoomRole.MEMBER)
    assert await history(school, olga, biology.id) == ["room.people_added", "room.role_changed", "room.person_removed"]


async def test_a_room_is_handed_over_and_always_has_a_host(
    school: School, cast: Cast, olga: Me, biology: Room, news: News, database: Database
) -> None:
    people = school.room_people
    for act in (
        people.remove(olga, biology.id, cast.anna.id),
        people.give(olga, biology.id, cast.anna.id, RoomRole.MEMBER),
    ):
        with pytest.raises(Conflict):
            await act
    await people.give(olga, biology.id, cast.ben.id, RoomRole.HOST)
    (event,) = news.in_room(biology.id)
    assert isinstance(event, RoomUpdated)
    assert event.host is not None
    assert (event.host.username, event.slug) == ("ben", "biology")
    roles = {one.person_id: one.role for one in await database.query(Membership).filter(room_id=biology.id)}
    assert (roles[cast.ben.id], roles[cast.anna.id]) == (RoomRole.HOST, RoomRole.MODERATOR)
    await school.rooms.create(cast.anna, "Biology", "", "")
    with pytest.raises(Invalid):
        await people.give(olga, biology.id, cast.anna.id, RoomRole.HOST)
    with pytest.raises(Invalid):
        await people.give(olga, biology.id, cast.anna.id, RoomRole.READER)


async def test_who_is_in_a_courses_room_follows_from_the_course(
    school: School, cast: Cast, olga: Me, genetics: Course, database: Database
) -> None:
    (room, *_) = await database.query(Room).filter(course_id=genetics.id)
    assert room.id in {one.id for one in (await school.all_rooms.listed(olga, kind=RoomKind.COURSE)).nodes}
    assert [one.person_id for one in (await school.room_people.listed(olga, room.id)).nodes] == [cast.anna.id]
    for act in (
        school.room_people.add(olga, room.id, [cast.ben.id]),
        school.room_people.remove(olga, room.id, cast.anna.id),
        school.room_people.give(olga, room.id, cast.anna.id, RoomRole.MEMBER),
    ):
        with pytest.raises(Conflict):
            await act
    assert (await school.all_rooms.edit(olga, room.id, name="Peas")).name == "Peas"


async def test_a_room_is_deleted_for_everybody_and_that_is_written_down(
    school: School, cast: Cast, olga: Me, biology: Room, news: News
) -> None:
    await school.all_rooms.delete(olga, [biology.id])
    assert RoomDeleted(room_id=biology.id) in news.in_room(biology.id)
    with pytest.raises(NotFound):
        await school.rooms.reach(cast.ben, biology.id)
    with pytest.raises(NotFound):
        await school.all_rooms.delete(olga, [biology.id])
    assert await history(school, olga, biology.id) == ["room.deleted"]


async def test_several_rooms_are_deleted_at_once_or_none(school: School, cast: Cast, olga: Me, biology: Room) -> None:
    chess = await school.rooms.create(cast.ben, "Chess", "Games", "")
    with pytest.raises(NotFound):
        await school.all_rooms.delete(olga, [biology.id, new_id()])
    with pytest.raises(Invalid):
        await school.all_rooms.delete(olga, [])
    assert (await school.rooms.reach(cast.ben, biology.id)).room.id == biology.id
    assert await school.all_rooms.delete(olga, [biology.id, chess.id]) == 2
    assert (await school.all_rooms.listed(olga)).nodes == ()
