"""Posts that arrive together are committed together, and nobody's fate hangs on a neighbour's."""

from __future__ import annotations

import asyncio

import pytest
import pytest_asyncio

from edusphere.database import Database
from edusphere.errors import Conflict, Forbidden, NotFound, TooMany
from edusphere.realtime import Realtime
from edusphere.school import School
from edusphere.school.messages import Draft, Posted
from edusphere.school.models import Change, Message, Room
from edusphere.school.models.ids import new_id
from edusphere.school.posting import BATCH, BATCHES
from edusphere.school.telling import all_told
from edusphere.settings import Settings
from tests.conftest import KEYS
from tests.news import News
from tests.people import Cast


def words(body: str) -> Draft:
    return Draft(new_id(), body)


@pytest.fixture
def unhurried(database: Database, realtime: Realtime, settings: Settings) -> School:
    """The school without its limits of pace."""
    return School(database, realtime, settings.model_copy(update={"limits": "off"}), KEYS)


@pytest_asyncio.fixture
async def chess(school: School, cast: Cast, biology: Room, news: News) -> Room:
    """Another of Anna's rooms, with Ben in it."""
    room = await school.rooms.create(cast.anna, "Chess", "Games", "")
    await school.rooms.join(cast.ben, room.id)
    news.forget()
    return room


async def commits(database: Database) -> int:
    return int((await database.one("SELECT count(DISTINCT xmin::text) AS n FROM messages"))["n"])


async def test_what_arrives_together_is_one_commit_in_the_order_it_came(
    unhurried: School, cast: Cast, biology: Room, database: Database, news: News
) -> None:
    said = [words(str(count)) for count in range(BATCH)]
    posted = await asyncio.gather(*(unhurried.messages.post(cast.ben, biology.id, draft) for draft in said))
    assert [each.number for each in posted] == list(range(1, BATCH + 1))
    assert await commits(database) == 1
    rows = await database.query(Message).order_by("number")
    assert [row.body for row in rows] == [draft.body for draft in said]
    assert [change.message_id for change in await database.query(Change).order_by("number")] == [row.id for row in rows]
    assert [event.number for event in news.in_room(biology.id)] == list(range(1, BATCH + 1))


async def test_more_than_a_batch_is_several(
    unhurried: School, cast: Cast, biology: Room, chess: Room, database: Database
) -> None:
    rooms = (biology, chess, biology)
    posted = await asyncio.gather(
        *(unhurried.messages.post(cast.ben, rooms[count % 3].id, words(str(count))) for count in range(3 * BATCH))
    )
    in_biology = [each.number for count, each in enumerate(posted) if count % 3 != 1]
    in_chess = [each.number for count, each in enumerate(posted) if count % 3 == 1]
    assert in_biology == list(range(1, 2 * BATCH + 1))
    assert in_chess == list(range(1, BATCH + 1))
    assert 3 <= await commits(database) <= 6


async def test_each_is_answered_for_themselves(
    unhurried: School, cast: Cast, biology: Room, database: Database, news: News
) -> None:
    before = words("Said before")
    first = await unhurried.messages.post(cast.ben, biology.id, before)
    twice = words("Twice at once")
    answers = await asyncio.gather(
        unhurried.messages.post(cast.zoe, biology.id, words("Zoe is not in the room")),
        unhurried.messages.post(cast.mia, biology.id, words("Mia says this")),
        unhurried.messages.post(cast.ben, biology.id, before),
        unhurried.messages.post(cast.ben, new_id(), words("There is no such room")),
        unhurried.messages.post(cast.ben, biology.id, twice),
        unhurried.messages.post(cast.ben, biology.id, twice),
        unhurried.messages.post(cast.ben, biology.id, Draft(before.client_id, "Other words by the same id")),
        unhurried.messages.post(cast.anna, biology.id, words("Anna says that")),
        return_exceptions=True,
    )
    kinds = [type(answer) for answer in answers]
    assert kinds == [Forbidden, Posted, Posted, NotFound, Posted, Posted, Conflict, Posted]
    assert answers[2] == first
    assert answers[4] == answers[5]
    bodies = [row.body for row in await database.query(Message).order_by("number")]
    assert sorted(bodies) == sorted(["Said before", "Mia says this", "Twice at once", "Anna says that"])
    assert [event.message.body for event in news.in_room(biology.id)] == bodies
    room = (await unhurried.rooms.reach(cast.ben, biology.id)).room
    assert room.last_number == 4


async def test_one_who_is_too_fast_keeps_nobody_waiting(school: School, cast: Cast, biology: Room) -> None:
    answers = await asyncio.gather(
        *(school.messages.post(cast.ben, biology.id, words(str(count))) for count in range(12)),
        school.messages.post(cast.mia, biology.id, words("And I?")),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers] == [Posted] * 10 + [TooMany] * 2 + [Posted]


async def test_a_room_that_is_held_holds_no_other(
    unhurried: School, cast: Cast, biology: Room, chess: Room, database: Database
) -> None:
    async with database.transaction() as transaction:
        await transaction.execute("SELECT FROM rooms WHERE id = $1 FOR UPDATE", biology.id)
        held = [asyncio.ensure_future(unhurried.messages.post(cast.ben, biology.id, words(str(n)))) for n in range(5)]
        async with asyncio.timeout(3):
            for count in range(1, 6):
                assert (await unhurried.messages.post(cast.ben, chess.id, words("Check"))).number == count
        assert not any(post.done() for post in held)
    assert [(await post).number for post in held] == [1, 2, 3, 4, 5]


async def test_many_rooms_that_are_held_hold_no_other(
    unhurried: School, cast: Cast, biology: Room, database: Database
) -> None:
    held = [(await unhurried.rooms.create(cast.anna, f"Held {n}", "Games", "")).id for n in range(2 * BATCHES)]
    async with database.transaction() as transaction:
        await transaction.execute("SELECT FROM rooms WHERE id = ANY($1) FOR UPDATE", held)
        waiting = [asyncio.ensure_future(unhurried.messages.post(cast.anna, room, words("Well?"))) for room in held]
        await asyncio.sleep(0.1)
        async with asyncio.timeout(2):
            assert (await unhurried.messages.post(cast.ben, biology.id, words("Here I am"))).number == 1
        assert not any(post.done() for post in waiting)
    assert [(await post).number for post in waiting] == [1] * len(held)


async def test_who_has_left_while_their_words_waited_has_not_spoken(
    unhurried: School, cast: Cast, biology: Room, database: Database
) -> None:
    async with database.transaction() as transaction:
        await transaction.execute("SELECT FROM rooms WHERE id = $1 FOR UPDATE", biology.id)
        waiting = asyncio.ensure_future(unhurried.messages.post(cast.ben, biology.id, words("And another thing")))
        await asyncio.sleep(0.1)
        await unhurried.rooms.leave(cast.ben, biology.id)
    with pytest.raises(NotFound):
        await waiting
    assert await database.query(Message).count() == 0


async def test_two_processes_that_speak_in_the_same_rooms_never_wait_in_a_circle(
    unhurried: School,
    cast: Cast,
    biology: Room,
    chess: Room,
    database: Database,
    realtime: Realtime,
    settings: Settings,
) -> None:
    other = School(database, realtime, settings.model_copy(update={"limits": "off"}), KEYS)
    rooms = (biology.id, chess.id)

    async def talk(school: School, place: int) -> list[int]:
        return [
            (await school.messages.post(cast.ben, rooms[(n + place) % 2], words("Hello"))).number for n in range(20)
        ]

    heard = await asyncio.gather(*(talk(school, place) for school in (unhurried, other) for place in range(8)))
    assert sorted(number for numbers in heard for number in numbers) == sorted([*range(1, 161)] * 2)


async def test_who_leaves_before_the_answer_has_still_spoken(
    unhurried: School, cast: Cast, biology: Room, database: Database, news: News
) -> None:
    leaving = asyncio.ensure_future(unhurried.messages.post(cast.ben, biology.id, words("I must go")))
    staying = asyncio.ensure_future(unhurried.messages.post(cast.mia, biology.id, words("I stay")))
    await asyncio.sleep(0)
    leaving.cancel()
    await staying
    await all_told()
    assert {row.body for row in await database.query(Message)} == {"I must go", "I stay"}
    assert len(news.in_room(biology.id)) == 2
