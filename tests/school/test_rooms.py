"""Rooms: making, changing and deleting them, coming in and leaving."""

from __future__ import annotations

import asyncio

import pytest

from edusphere.contract.events import MemberJoined, MemberLeft, ReadMoved, RoomDeleted, RoomJoined, RoomUpdated
from edusphere.database import Database
from edusphere.errors import Forbidden, Invalid, NotFound, NotSignedIn
from edusphere.realtime import Realtime
from edusphere.realtime.directives import Evict
from edusphere.school import School
from edusphere.school.me import Me
from edusphere.school.messages import Draft
from edusphere.school.models import Membership, Room, RoomRole, Topic
from edusphere.school.models.ids import new_id
from edusphere.settings import Settings
from tests.conftest import KEYS
from tests.news import News
from tests.people import Cast


async def close(database: Database, room: Room) -> None:
    """Make a room PRIVATE: there is no verb for it yet."""
    await database.rows("UPDATE rooms SET kind = 'PRIVATE' WHERE id = $1", room.id)


async def promote(database: Database, me: Me, room: Room) -> None:
    """Make somebody MODERATOR: there is no verb for it yet."""
    await database.rows(
        "UPDATE memberships SET role = 'MODERATOR' WHERE room_id = $1 AND person_id = $2", room.id, me.id
    )


async def test_who_makes_a_room_is_its_host_and_first_participant(
    school: School, cast: Cast, news: News, database: Database
) -> None:
    room = await school.rooms.create(cast.ben, " Chess  Club ", "Games", "Thursdays\nat four")
    assert (room.name, room.slug, room.kind, room.description) == (
        "Chess Club",
        "chess-club",
        "OPEN",
        "Thursdays\nat four",
    )
    (membership,) = await database.query(Membership)
    assert (membership.person_id, membership.role, membership.room_id) == (cast.ben.id, RoomRole.HOST, room.id)
    assert news.to(cast.ben.id) == [RoomJoined(room_id=room.id)]
    assert (await school.rooms.reach_by_slug(cast.mia, "ben", "chess-club")).room.id == room.id


async def test_a_room_about_nothing_is_about_general_things_and_topics_are_one_in_any_letter_case(
    school: School, cast: Cast, database: Database
) -> None:
    for name, topic in (("One", " "), ("Two", "BIOLOGY"), ("Three", "biology"), ("Four", "general")):
        await school.rooms.create(cast.anna, name, topic, "")
    assert {topic.name for topic in await database.query(Topic)} == {"General", "BIOLOGY"}


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Bioloģija 9.a", "bioloģija-9-a"),
        ("Физика", "физика"),
        ("数学!", "数学"),
        ("  What? / How? ", "what-how"),
        ("\uff21\uff22", "ab"),
    ],
)
async def test_addresses_keep_letters_of_every_script(school: School, cast: Cast, name: str, slug: str) -> None:
    room = await school.rooms.create(cast.anna, name, "", "")
    assert room.slug == slug
    assert (await school.rooms.reach_by_slug(cast.ben, "anna", slug)).room.id == room.id


async def test_rooms_whose_names_have_no_letters_get_addresses_all_the_same(school: School, cast: Cast) -> None:
    rooms = [await school.rooms.create(cast.anna, name, "", "") for name in ("!!!", "🎲🎲")]
    assert rooms[0].slug != rooms[1].slug
    assert all(room.slug.startswith("room-") for room in rooms)


async def test_the_same_name_twice_by_one_host_is_refused_and_another_host_may_have_it(
    school: School, cast: Cast, biology: Room
) -> None:
    with pytest.raises(Invalid) as refusal:
        await school.rooms.create(cast.anna, "biology", "", "")
    assert refusal.value.errors == {"name": ["You already have a room with this name. Please choose another."]}
    await school.rooms.create(cast.ben, "Biology", "", "")
    await school.rooms.delete(cast.anna, biology.id)
    await school.rooms.create(cast.anna, "Biology", "", "")


async def test_of_five_rooms_with_one_name_made_at_once_there_is_one(
    school: School, cast: Cast, database: Database
) -> None:
    made = await asyncio.gather(
        *(school.rooms.create(cast.anna, "Physics", "New topic", "") for _ in range(5)), return_exceptions=True
    )
    assert sum(isinstance(one, Room) for one in made) == 1
    assert sum(isinstance(one, Invalid) for one in made) == 4
    assert await database.query(Room).count() == await database.query(Membership).count() == 1


async def test_all_that_is_wrong_with_a_room_is_said_at_once(school: School, cast: Cast, database: Database) -> None:
    with pytest.raises(Invalid) as refusal:
        await school.rooms.create(cast.anna, " ", "nul\x00", "x" * 501)
    assert set(refusal.value.errors) == {"name", "topicName", "description"}
    with pytest.raises(Invalid) as refusal:
        await school.rooms.create(cast.anna, "\ud800" * 3, "x" * 201, "")
    assert set(refusal.value.errors) == {"name", "topicName"}
    assert await database.query(Room).count() == 0


async def test_where_the_school_says_so_only_staff_make_rooms(
    database: Database, realtime: Realtime, settings: Settings, cast: Cast
) -> None:
    strict = School(database, realtime, settings.model_copy(update={"room_makers": "staff"}), KEYS)
    with pytest.raises(Forbidden):
        await strict.rooms.create(cast.ben, "Chess", "", "")
    assert await strict.rooms.create(cast.anna, "Chess", "", "")
    assert [await strict.rooms.may_create(me) for me in (cast.anna, cast.ben, None)] == [True, False, False]
    with pytest.raises(NotSignedIn):
        await strict.rooms.create(None, "Chess", "", "")


async def test_the_host_changes_a_room_what_is_absent_stays_and_so_does_its_address(
    school: School, cast: Cast, biology: Room, news: News
) -> None:
    room = await school.rooms.update(cast.anna, biology.id, name="Botany")
    assert (room.name, room.slug, room.topic_id, room.description) == (
        "Botany",
        "biology",
        biology.topic_id,
        biology.description,
    )
    room = await school.rooms.update(cast.anna, biology.id, topic="Plants", description="")
    assert (room.name, room.description) == ("Botany", "")
    assert news.in_room(biology.id) == [
        RoomUpdated(room_id=biology.id, name="Botany", topic="Science", description="Cells and beyond"),
        RoomUpdated(room_id=biology.id, name="Botany", topic="Plants", description=""),
    ]
    assert room.updated > biology.updated


async def test_only_the_host_and_an_administrator_change_or_delete_a_room(
    school: School, cast: Cast, biology: Room, database: Database
) -> None:
    await promote(database, cast.mia, biology)
    for me in (cast.ben, cast.mia, cast.zoe):
        with pytest.raises(Forbidden):
            await school.rooms.update(me, biology.id, description="Mine now")
        with pytest.raises(Forbidden):
            await school.rooms.delete(me, biology.id)
    await school.rooms.update(cast.olga, biology.id, description="Tidied")
    await school.rooms.delete(cast.olga, biology.id)


async def test_a_deleted_room_is_gone_for_everybody_at_once(
    school: School, cast: Cast, biology: Room, news: News
) -> None:
    await school.rooms.delete(cast.anna, biology.id)
    assert news.in_room(biology.id) == [RoomDeleted(room_id=biology.id)]
    assert {evicted.person_id for evicted in news.directives()} == {cast.anna.id, cast.ben.id, cast.mia.id}
    for me in (cast.anna, cast.ben, cast.zoe, cast.olga):
        with pytest.raises(NotFound):
            await school.rooms.reach(me, biology.id)
    with pytest.raises(NotFound):
        await school.rooms.reach_by_slug(cast.anna, "anna", "biology")
    with pytest.raises(NotFound):
        await school.rooms.join(cast.zoe, biology.id)
    with pytest.raises(NotFound):
        await school.rooms.delete(cast.anna, biology.id)


async def test_joining_is_told_to_the_room_and_to_ones_own_sockets_and_twice_is_once(
    school: School, cast: Cast, biology: Room, news: News, database: Database
) -> None:
    await asyncio.gather(*(school.rooms.join(cast.zoe, biology.id) for _ in range(5)))
    await school.rooms.join(cast.zoe, biology.id)
    assert news.in_room(biology.id) == [MemberJoined(room_id=biology.id, user=cast.zoe.author, role="MEMBER")]
    assert news.to(cast.zoe.id) == [RoomJoined(room_id=biology.id)]
    assert await database.query(Membership).filter(person_id=cast.zoe.id).count() == 1


async def test_a_private_room_is_unknown_to_those_outside_it(
    school: School, cast: Cast, biology: Room, database: Database
) -> None:
    await close(database, biology)
    for me in (cast.zoe, cast.olga, cast.gita):
        with pytest.raises(NotFound):
            await school.rooms.reach(me, biology.id)
        with pytest.raises(NotFound):
            await school.rooms.join(me, biology.id)
        with pytest.raises(NotFound):
            await school.rooms.reach_by_slug(me, "anna", "biology")
    assert (await school.rooms.reach(cast.ben, biology.id)).membership is not None


async def test_who_leaves_loses_the_room_at_once_and_leaving_twice_is_leaving_once(
    school: School, cast: Cast, biology: Room, news: News, database: Database
) -> None:
    await school.rooms.leave(cast.ben, biology.id)
    await school.rooms.leave(cast.ben, biology.id)
    assert news.directives() == [Evict(cast.ben.id, biology.id)]
    assert news.in_room(biology.id) == [MemberLeft(room_id=biology.id, user_id=cast.ben.id)]
    assert await database.query(Membership).filter(person_id=cast.ben.id).count() == 0
    with pytest.raises(Forbidden):
        await school.rooms.listen(cast.ben, biology.id)


async def test_the_host_cannot_leave(school: School, cast: Cast, biology: Room, news: News) -> None:
    with pytest.raises(Forbidden, match="You host this room"):
        await school.rooms.leave(cast.anna, biology.id)
    assert news.told == []


async def test_moderators_remove_members_and_nobody_removes_the_host(
    school: School, cast: Cast, biology: Room, news: News, database: Database
) -> None:
    await school.rooms.join(cast.zoe, biology.id)
    await promote(database, cast.mia, biology)
    news.forget()
    for me, person in ((cast.ben, cast.zoe), (cast.mia, cast.anna), (cast.olga, cast.anna), (cast.ben, cast.mia)):
        with pytest.raises(Forbidden):
            await school.rooms.remove_member(me, biology.id, person.id)
    assert news.told == []
    await school.rooms.remove_member(cast.mia, biology.id, cast.ben.id)
    await school.rooms.remove_member(cast.anna, biology.id, cast.mia.id)
    await school.rooms.remove_member(cast.olga, biology.id, cast.zoe.id)
    assert [evicted.person_id for evicted in news.directives()] == [cast.ben.id, cast.mia.id, cast.zoe.id]
    with pytest.raises(NotFound):
        await school.rooms.remove_member(cast.anna, biology.id, cast.ben.id)


async def test_listening_is_for_those_in_the_room(school: School, cast: Cast, biology: Room) -> None:
    assert await school.rooms.listen(cast.ben, biology.id) == 0
    await school.messages.post(cast.ben, biology.id, Draft(new_id(), "One"))
    assert await school.rooms.listen(cast.ben, biology.id) == 1
    with pytest.raises(Forbidden, match="Join the room first"):
        await school.rooms.listen(cast.zoe, biology.id)
    with pytest.raises(NotFound):
        await school.rooms.listen(cast.ben, new_id())


async def test_the_read_mark_moves_forwards_only_and_not_beyond_the_last_change(
    school: School, cast: Cast, biology: Room, news: News, database: Database
) -> None:
    for count in range(3):
        await school.messages.post(cast.anna, biology.id, Draft(new_id(), f"{count}"))
    assert await school.rooms.read(cast.ben, biology.id, 2) == 2
    assert await school.rooms.read(cast.ben, biology.id, 1) == 2
    assert await school.rooms.read(cast.ben, biology.id, 2**53) == 3
    assert await school.rooms.read(cast.ben, biology.id, 3) == 3
    assert news.to(cast.ben.id) == [ReadMoved(room_id=biology.id, number=2), ReadMoved(room_id=biology.id, number=3)]
    assert (await database.query(Membership).get(person_id=cast.ben.id)).read_number == 3
    with pytest.raises(Forbidden):
        await school.rooms.read(cast.zoe, biology.id, 1)


async def test_who_hears_a_room_is_heard_typing_in_it(school: School, cast: Cast, biology: Room, news: News) -> None:
    await school.rooms.typing(cast.ben, biology.id, hears=True)
    (event,) = news.in_room(biology.id)
    assert (event.user, event.expires) == (cast.ben.author, 5)
    news.forget()
    with pytest.raises(Forbidden, match="Join the room first"):
        await school.rooms.typing(cast.zoe, biology.id, hears=False)
    assert news.told == []
