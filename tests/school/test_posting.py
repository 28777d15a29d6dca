"""Posting: one order per room, once per client id, committed before it is told."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from edusphere.contract.events import MessagePosted
from edusphere.database import Database
from edusphere.errors import Conflict, Forbidden, Invalid, NotFound, NotSignedIn, TooMany
from edusphere.realtime import Realtime
from edusphere.school import School
from edusphere.school.messages import Draft
from edusphere.school.models import Change, Message, Room
from edusphere.school.models.ids import new_id
from edusphere.school.telling import all_told
from edusphere.settings import Settings
from tests.conftest import KEYS
from tests.news import News
from tests.people import Cast


def words(body: str, client_id: UUID | None = None) -> Draft:
    return Draft(client_id or new_id(), body)


@pytest.fixture
def unhurried(database: Database, realtime: Realtime, settings: Settings) -> School:
    """The school without its limits of pace."""
    return School(database, realtime, settings.model_copy(update={"limits": "off"}), KEYS)


async def test_what_ben_says_is_kept_and_told_with_the_rooms_next_number(
    school: School, cast: Cast, biology: Room, news: News, database: Database
) -> None:
    draft = words("Cells divide.")
    posted = await school.messages.post(cast.ben, biology.id, draft)

    (row,) = await database.query(Message)
    (change,) = await database.query(Change)
    (event,) = news.in_room(biology.id)
    assert (row.id, row.number, row.body, row.author_id) == (posted.message_id, 1, "Cells divide.", cast.ben.id)
    assert (change.number, change.kind, change.message_id, change.person_id) == (1, "POSTED", row.id, cast.ben.id)
    assert isinstance(event, MessagePosted)
    assert event.number == event.message.number == posted.number == 1
    assert (event.message.client_id, event.message.user) == (draft.client_id, cast.ben.author)
    assert event.message.created == row.created == posted.created == change.at
    room = (await school.rooms.reach(cast.anna, biology.id)).room
    assert (room.last_number, room.last_activity) == (1, posted.created)


async def test_the_same_client_id_again_is_the_same_message_and_is_told_once(
    school: School, cast: Cast, biology: Room, news: News, database: Database
) -> None:
    draft = words("Did this arrive?")
    first = await school.messages.post(cast.ben, biology.id, draft)
    assert await school.messages.post(cast.ben, biology.id, draft) == first
    assert await database.query(Message).count() == await database.query(Change).count() == 1
    assert len(news.in_room(biology.id)) == 1


async def test_the_same_client_id_with_other_words_is_a_conflict_and_takes_no_number(
    school: School, cast: Cast, biology: Room
) -> None:
    draft = words("One thing")
    await school.messages.post(cast.ben, biology.id, draft)
    with pytest.raises(Conflict):
        await school.messages.post(cast.ben, biology.id, words("Another thing", draft.client_id))
    assert (await school.messages.post(cast.ben, biology.id, words("Next"))).number == 2


async def test_a_resend_of_words_that_were_edited_meanwhile_is_still_the_same_message(
    school: School, cast: Cast, biology: Room
) -> None:
    draft = words("Teh cell")
    first = await school.messages.post(cast.ben, biology.id, draft)
    await school.messages.edit(cast.ben, first.message_id, "The cell")
    assert await school.messages.post(cast.ben, biology.id, draft) == first


async def test_two_people_may_use_the_same_client_id(school: School, cast: Cast, biology: Room) -> None:
    client_id = new_id()
    first = await school.messages.post(cast.ben, biology.id, words("Mine", client_id))
    second = await school.messages.post(cast.mia, biology.id, words("Mine too", client_id))
    assert first.message_id != second.message_id


async def test_eight_people_at_once_get_numbers_without_holes_in_the_order_of_the_table(
    unhurried: School, cast: Cast, biology: Room, news: News, database: Database
) -> None:
    senders = (cast.anna, cast.ben, cast.mia)

    async def talk(place: int) -> list[int]:
        me = senders[place % 3]
        return [
            (await unhurried.messages.post(me, biology.id, words(f"{place}: {count}"))).number for count in range(10)
        ]

    heard = await asyncio.gather(*(talk(place) for place in range(8)))
    assert sorted(number for numbers in heard for number in numbers) == list(range(1, 81))
    assert all(numbers == sorted(numbers) for numbers in heard)
    rows = await database.query(Message).order_by("number")
    assert [row.number for row in rows] == list(range(1, 81))
    assert [row.created for row in rows] == sorted(row.created for row in rows)
    assert [change.number for change in await database.query(Change).order_by("number")] == list(range(1, 81))
    assert sorted(event.number for event in news.in_room(biology.id)) == list(range(1, 81))


async def test_ten_resends_at_once_make_one_message_and_one_event(
    unhurried: School, cast: Cast, biology: Room, news: News, database: Database
) -> None:
    draft = words("Only once, please")
    answers = await asyncio.gather(*(unhurried.messages.post(cast.ben, biology.id, draft) for _ in range(10)))
    assert len(set(answers)) == 1
    assert await database.query(Message).count() == 1
    assert len(news.in_room(biology.id)) == 1
    assert (await unhurried.messages.post(cast.ben, biology.id, words("Next"))).number == 2


async def test_what_was_committed_is_told_even_if_the_sender_left_in_the_middle(
    school: School, cast: Cast, biology: Room, news: News, database: Database
) -> None:
    request = asyncio.ensure_future(school.messages.post(cast.ben, biology.id, words("I must go")))
    while not (await database.rows("SELECT FROM rooms WHERE last_number = 1")) and not request.done():
        await asyncio.sleep(0)
    request.cancel()
    await all_told()
    assert [event.message.body for event in news.in_room(biology.id)] == ["I must go"]


async def test_who_is_not_in_an_open_room_is_asked_to_join_first(
    school: School, cast: Cast, biology: Room, database: Database
) -> None:
    with pytest.raises(Forbidden, match="Join the room first"):
        await school.messages.post(cast.zoe, biology.id, words("Hello?"))
    assert await database.query(Message).count() == 0


async def test_the_signed_out_and_strange_rooms_get_nothing(school: School, cast: Cast, biology: Room) -> None:
    with pytest.raises(NotSignedIn):
        await school.messages.post(None, biology.id, words("Hello?"))
    with pytest.raises(NotFound):
        await school.messages.post(cast.ben, new_id(), words("Hello?"))
    await school.rooms.delete(cast.anna, biology.id)
    with pytest.raises(NotFound):
        await school.messages.post(cast.ben, biology.id, words("Hello?"))


@pytest.mark.parametrize(
    "body",
    ["", "   \n\t ", "\u200b\u2060", "nul\x00", "half \ud83d", "bell\x07", "x" * 4_001],
    ids=["empty", "spaces", "unseen", "NUL", "surrogate", "control", "too long"],
)
async def test_words_that_are_none_are_refused_by_name_and_nothing_is_written(
    school: School, cast: Cast, biology: Room, database: Database, body: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        await school.messages.post(cast.ben, biology.id, words(body))
    assert list(refusal.value.errors) == ["body"]
    assert await database.query(Message).count() == 0
    assert (await school.rooms.reach(cast.ben, biology.id)).room.last_number == 0


async def test_lines_emoji_and_letters_of_every_script_are_kept(
    school: School, cast: Cast, biology: Room, news: News
) -> None:
    body = "  indented\r\n\n👩‍🔬 šūna, клетка, 細胞 e\u0301\n\n"
    await school.messages.post(cast.ben, biology.id, words(body))
    assert news.in_room(biology.id)[0].message.body == "  indented\n\n👩‍🔬 šūna, клетка, 細胞 é"


async def test_an_eleventh_message_in_ten_seconds_waits(school: School, cast: Cast, biology: Room) -> None:
    for count in range(10):
        await school.messages.post(cast.ben, biology.id, words(str(count)))
    with pytest.raises(TooMany) as refusal:
        await school.messages.post(cast.ben, biology.id, words("10"))
    assert 0 < refusal.value.seconds <= 10
    await school.messages.post(cast.mia, biology.id, words("I have said nothing yet"))
