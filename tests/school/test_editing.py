"""Editing and removing: one's own words, or those one moderates; every change has its number."""

from __future__ import annotations

import asyncio

import pytest

from edusphere.contract.events import MessageEdited, MessageRemoved
from edusphere.database import Database
from edusphere.errors import Conflict, Forbidden, Invalid, NotFound
from edusphere.school import School
from edusphere.school.messages import Draft, Posted
from edusphere.school.models import Change, Message, Room
from edusphere.school.models.ids import new_id
from tests.news import News
from tests.people import Cast


@pytest.fixture
async def bens(school: School, cast: Cast, biology: Room, news: News) -> Posted:
    """A message of Ben's."""
    posted = await school.messages.post(cast.ben, biology.id, Draft(new_id(), "Teh cell"))
    news.forget()
    return posted


async def test_the_author_edits_and_everybody_is_told_the_new_words(
    school: School, cast: Cast, biology: Room, bens: Posted, news: News, database: Database
) -> None:
    assert await school.messages.edit(cast.ben, bens.message_id, "The cell ") == 2
    (row,) = await database.query(Message)
    (event,) = news.in_room(biology.id)
    assert (row.body, row.edited, row.number) == ("The cell", True, 1)
    assert isinstance(event, MessageEdited)
    assert (event.number, event.message.number, event.message.body, event.message.edited) == (2, 1, "The cell", True)
    assert event.message.updated == row.updated > row.created
    assert [change.kind for change in await database.query(Change).order_by("number")] == ["POSTED", "EDITED"]


async def test_the_same_words_again_change_nothing_and_are_not_told(
    school: School, cast: Cast, biology: Room, bens: Posted, news: News
) -> None:
    assert await school.messages.edit(cast.ben, bens.message_id, "Teh cell") == 1
    assert await school.messages.edit(cast.ben, bens.message_id, "The cell") == 2
    news.forget()
    assert await school.messages.edit(cast.ben, bens.message_id, "The cell") == 2
    assert news.told == []


async def test_nobody_edits_other_peoples_words_not_even_the_host(
    school: School, cast: Cast, bens: Posted, database: Database
) -> None:
    for me in (cast.anna, cast.mia, cast.zoe, cast.olga):
        with pytest.raises(Forbidden):
            await school.messages.edit(me, bens.message_id, "I never said that")
    assert (await database.query(Message).get()).body == "Teh cell"


async def test_edited_words_must_be_words(school: School, cast: Cast, bens: Posted) -> None:
    for body in ("", " ", "\x00", "\udfff", "x" * 4_001):
        with pytest.raises(Invalid) as refusal:
            await school.messages.edit(cast.ben, bens.message_id, body)
        assert list(refusal.value.errors) == ["body"]


async def test_a_removed_message_is_a_tombstone_to_everybody_and_its_words_stay_in_the_table(
    school: School, cast: Cast, biology: Room, bens: Posted, news: News, database: Database
) -> None:
    assert await school.messages.remove(cast.ben, bens.message_id) == 2
    (event,) = news.in_room(biology.id)
    assert isinstance(event, MessageRemoved)
    assert (event.number, event.message.number, event.message.body, event.message.removed) == (2, 1, "", True)
    (said,) = (await school.messages.history(cast.mia, biology.id)).nodes
    assert (said.message.body, said.message.removed) == ("", True)
    assert (await database.query(Message).get()).body == "Teh cell"


async def test_removing_twice_is_removing_once(
    school: School, cast: Cast, biology: Room, bens: Posted, news: News
) -> None:
    answers = await asyncio.gather(*(school.messages.remove(cast.ben, bens.message_id) for _ in range(5)))
    assert answers == [2] * 5
    assert len(news.in_room(biology.id)) == 1


async def test_the_host_and_an_administrator_remove_what_others_said_and_classmates_do_not(
    school: School, cast: Cast, biology: Room, news: News
) -> None:
    for moderator in (cast.anna, cast.olga):
        posted = await school.messages.post(cast.ben, biology.id, Draft(new_id(), "Nonsense"))
        with pytest.raises(Forbidden):
            await school.messages.remove(cast.mia, posted.message_id)
        with pytest.raises(Forbidden):
            await school.messages.remove(cast.zoe, posted.message_id)
        await school.messages.remove(moderator, posted.message_id)
        assert news.in_room(biology.id)[-1].message.user == cast.ben.author


async def test_a_removed_message_is_edited_no_more(school: School, cast: Cast, bens: Posted) -> None:
    await school.messages.remove(cast.anna, bens.message_id)
    with pytest.raises(Conflict):
        await school.messages.edit(cast.ben, bens.message_id, "Back again")


async def test_who_left_the_room_changes_nothing_in_it(school: School, cast: Cast, biology: Room, bens: Posted) -> None:
    await school.rooms.leave(cast.ben, biology.id)
    with pytest.raises(Forbidden):
        await school.messages.edit(cast.ben, bens.message_id, "From outside")
    with pytest.raises(Forbidden):
        await school.messages.remove(cast.ben, bens.message_id)


async def test_unknown_messages_and_those_of_deleted_rooms_are_not_found(
    school: School, cast: Cast, biology: Room, bens: Posted
) -> None:
    with pytest.raises(NotFound):
        await school.messages.remove(cast.ben, new_id())
    await school.rooms.delete(cast.anna, biology.id)
    with pytest.raises(NotFound):
        await school.messages.edit(cast.ben, bens.message_id, "Anyone?")


async def test_posts_edits_and_removals_at_once_share_one_row_of_numbers(
    school: School, cast: Cast, biology: Room, database: Database, news: News
) -> None:
    posted = [await school.messages.post(cast.ben, biology.id, Draft(new_id(), f"{count}")) for count in range(6)]
    await asyncio.gather(
        *(school.messages.edit(cast.ben, one.message_id, "again") for one in posted[:3]),
        *(school.messages.remove(cast.anna, one.message_id) for one in posted[2:]),
        *(school.messages.post(cast.mia, biology.id, Draft(new_id(), "meanwhile")) for _ in range(6)),
        return_exceptions=True,
    )
    numbers = [change.number for change in await database.query(Change).order_by("number")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert sorted(event.number for event in news.in_room(biology.id)) == numbers
