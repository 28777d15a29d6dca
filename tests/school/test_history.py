"""Reading back: pages of a room, what one missed, what a person said."""

from __future__ import annotations

import pytest

from edusphere.database import Database
from edusphere.errors import Forbidden, Invalid, NotFound, NotSignedIn
from edusphere.school import School
from edusphere.school.ledger import Ledger
from edusphere.school.messages import Draft, History
from edusphere.school.models import Room
from edusphere.school.models.ids import new_id
from tests.people import Cast


@pytest.fixture
async def nine(school: School, cast: Cast, biology: Room) -> list[str]:
    """Nine messages, of Ben and Mia in turn; returns their words."""
    words = [f"word {count}" for count in range(1, 10)]
    for count, body in enumerate(words):
        await school.messages.post(cast.ben if count % 2 else cast.mia, biology.id, Draft(new_id(), body))
    return words


def bodies(history: History) -> list[str]:
    return [said.message.body for said in history.nodes]


async def test_a_room_is_paged_backwards_from_its_end(
    school: School, cast: Cast, biology: Room, nine: list[str]
) -> None:
    page = await school.messages.history(cast.anna, biology.id, last=4)
    assert bodies(page) == nine[5:]
    assert (page.has_previous, page.has_next, page.last_number) == (True, False, 9)
    page = await school.messages.history(cast.anna, biology.id, last=4, before=page.nodes[0].message.number)
    assert bodies(page) == nine[1:5]
    assert (page.has_previous, page.has_next) == (True, True)
    page = await school.messages.history(cast.anna, biology.id, last=4, before=page.nodes[0].message.number)
    assert bodies(page) == nine[:1]
    assert (page.has_previous, page.has_next) == (False, True)


async def test_a_room_is_paged_forwards_from_a_number(
    school: School, cast: Cast, biology: Room, nine: list[str]
) -> None:
    page = await school.messages.history(cast.anna, biology.id, first=5, after=2)
    assert bodies(page) == nine[2:7]
    assert (page.has_previous, page.has_next) == (True, True)
    page = await school.messages.history(cast.anna, biology.id, first=5, after=7)
    assert bodies(page) == nine[7:]
    assert (page.has_previous, page.has_next) == (True, False)


async def test_a_silent_room_has_an_empty_history(school: School, cast: Cast, biology: Room) -> None:
    page = await school.messages.history(cast.anna, biology.id)
    assert page == History((), has_next=False, has_previous=False, last_number=0)


async def test_history_is_for_those_in_the_room(school: School, cast: Cast, biology: Room) -> None:
    with pytest.raises(Forbidden):
        await school.messages.history(cast.zoe, biology.id)
    with pytest.raises(NotSignedIn):
        await school.messages.history(None, biology.id)
    with pytest.raises(NotFound):
        await school.messages.history(cast.zoe, new_id())


@pytest.mark.parametrize(
    ("argument", "asked"),
    [
        ("first", {"first": 0}),
        ("first", {"first": 101}),
        ("last", {"last": -1}),
        ("last", {"last": 101}),
        ("first", {"first": 1, "last": 1}),
    ],
)
async def test_impossible_pages_are_refused_by_name(
    school: School, cast: Cast, biology: Room, argument: str, asked: dict[str, int]
) -> None:
    with pytest.raises(Invalid) as refusal:
        await school.messages.history(cast.anna, biology.id, **asked)
    assert list(refusal.value.errors) == [argument]


async def test_the_originals_list_leaves_tombstones_out(
    school: School, cast: Cast, biology: Room, nine: list[str]
) -> None:
    history = await school.messages.history(cast.ben, biology.id)
    await school.messages.remove(cast.anna, history.nodes[8].message.id)
    recent = await school.messages.recent(cast.ben, "ANNA", "biology", last=3)
    assert [said.message.body for said in recent] == nine[5:8]
    earlier = await school.messages.recent(cast.ben, "anna", "biology", before=3)
    assert [said.message.body for said in earlier] == nine[:2]
    assert await school.messages.recent(None, "anna", "biology") == []
    with pytest.raises(NotFound):
        await school.messages.recent(cast.ben, "anna", "alchemy")


async def test_what_a_person_said_is_shown_to_those_who_may_read_it(
    school: School, cast: Cast, biology: Room, nine: list[str]
) -> None:
    said = await school.messages.by_person(cast.anna, "ben")
    assert [one.message.body for one in said] == nine[1::2][::-1]
    assert {one.room_id for one in said} == {biology.id}
    assert await school.messages.by_person(cast.zoe, "ben") == []
    assert await school.messages.by_person(cast.olga, "ben") == []
    assert await school.messages.by_person(None, "ben") == []
    assert await school.messages.by_person(cast.anna, "nobody\x00") == []


async def test_a_replay_tells_each_change_once_with_its_message_as_it_now_is(
    school: School, cast: Cast, biology: Room, database: Database
) -> None:
    first = await school.messages.post(cast.ben, biology.id, Draft(new_id(), "Secret"))
    second = await school.messages.post(cast.mia, biology.id, Draft(new_id(), "Teh cell"))
    await school.messages.edit(cast.mia, second.message_id, "The cell")
    await school.messages.edit(cast.ben, first.message_id, "A secret")
    await school.messages.remove(cast.ben, first.message_id)

    changes = await Ledger(database).changes(biology.id, 0, 100)
    assert [(type(change).__name__, change.number, change.message.body) for change in changes] == [
        ("MessagePosted", 1, ""),
        ("MessagePosted", 2, "The cell"),
        ("MessageEdited", 3, "The cell"),
        ("MessageEdited", 4, ""),
        ("MessageRemoved", 5, ""),
    ]
    assert [change.message.removed for change in changes] == [True, False, False, True, True]
    assert [change.number for change in await Ledger(database).changes(biology.id, 1, 2)] == [2, 3]


async def test_positions_leave_deleted_and_unknown_rooms_out(
    school: School, cast: Cast, biology: Room, nine: list[str], database: Database
) -> None:
    gone = await school.rooms.create(cast.anna, "Chemistry", "Science", "")
    await school.rooms.delete(cast.anna, gone.id)
    positions = await Ledger(database).positions([biology.id, gone.id, new_id()])
    assert {room_id: position.number for room_id, position in positions.items()} == {biology.id: 9}


async def test_a_position_tells_that_others_belong(
    school: School, cast: Cast, biology: Room, database: Database
) -> None:
    async def members() -> int:
        return (await Ledger(database).positions([biology.id]))[biology.id].members

    with_mia = await members()
    await school.rooms.leave(cast.mia, biology.id)
    without_mia = await members()
    await school.rooms.join(cast.zoe, biology.id)
    with_zoe = await members()
    await school.rooms.leave(cast.zoe, biology.id)
    await school.rooms.join(cast.mia, biology.id)
    assert len({with_mia, without_mia, with_zoe}) == 3
    assert await members() == with_mia


async def test_outsiders_are_those_who_left_and_all_where_a_room_is_gone(
    school: School, cast: Cast, biology: Room, database: Database
) -> None:
    gone = await school.rooms.create(cast.anna, "Chemistry", "Science", "")
    await school.rooms.delete(cast.anna, gone.id)
    await school.rooms.leave(cast.mia, biology.id)
    listeners = {biology.id: [cast.anna.id, cast.ben.id, cast.mia.id], gone.id: [cast.anna.id]}
    outsiders = await Ledger(database).outsiders(listeners)
    assert set(outsiders) == {(biology.id, cast.mia.id), (gone.id, cast.anna.id)}
