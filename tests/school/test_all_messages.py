"""All messages: administrators find, remove and restore what is said in open rooms and courses; nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from edusphere.contract.events import MessageEdited, MessageRemoved
from edusphere.database import Database
from edusphere.errors import Conflict, Forbidden, Invalid, NotFound
from edusphere.school import School, all_messages
from edusphere.school.ledger import Ledger
from edusphere.school.me import Me
from edusphere.school.messages import Draft
from edusphere.school.models import Change, Role, Room, RoomKind
from edusphere.school.models.ids import new_id
from tests.news import News
from tests.people import Cast

Say = Callable[[Me, str], Awaitable[UUID]]


@pytest.fixture
def olga(cast: Cast) -> Me:
    """The administrator, signed in; in no room."""
    return Me(cast.olga.id, "olga", cast.olga.name, "", Role.ADMIN, new_id())


@pytest.fixture
def say(school: School, biology: Room) -> Say:
    async def say(me: Me, words: str) -> UUID:
        return (await school.messages.post(me, biology.id, Draft(new_id(), words))).message_id

    return say


async def test_messages_of_the_whole_school_come_the_newest_first(
    school: School, cast: Cast, olga: Me, biology: Room, say: Say
) -> None:
    chess = await school.rooms.create(cast.zoe, "Chess", "", "")
    await say(cast.ben, "One")
    await school.messages.post(cast.zoe, chess.id, Draft(new_id(), "Two"))
    await say(cast.mia, "Three")
    listed, bodies, after = school.all_messages.listed, [], None
    while True:
        page = await listed(olga, first=1, after=after)
        bodies += [(one.message.body, one.room, one.message.user.username) for one in page.nodes]
        if not page.has_next:
            break
        after = page.cursors[-1]
    assert bodies == [("Three", "Biology", "mia"), ("Two", "Chess", "zoe"), ("One", "Biology", "ben")]
    assert [one.message.body for one in (await listed(olga, room_id=chess.id)).nodes] == ["Two"]
    assert [one.message.body for one in (await listed(olga, author_id=cast.ben.id)).nodes] == ["One"]
    assert (await listed(olga, room_id=chess.id, author_id=cast.ben.id)).nodes == ()


@pytest.mark.parametrize("recent", [2_000, 1], ids=["among the newest", "by the index"])
async def test_messages_are_found_by_words_and_their_beginnings(
    school: School, cast: Cast, olga: Me, say: Say, monkeypatch: pytest.MonkeyPatch, recent: int
) -> None:
    monkeypatch.setattr(all_messages, "RECENT", recent)
    await say(cast.ben, "Ārija draws the **photosynthesis** of a leaf")
    await say(cast.mia, "Photographs of cells")

    async def found(words: str) -> int:
        return len((await school.all_messages.listed(olga, words)).nodes)

    assert [await found(words) for words in ("photo", "PHOTOSYN leaf", "ārija", "photo nothing", " ")] == [
        2,
        1,
        1,
        0,
        2,
    ]
    assert await found("leaf & :* | '!") == 1
    with pytest.raises(Invalid):
        await found("&|!")


async def test_what_is_said_in_private_and_direct_rooms_is_not_theirs_to_see(
    school: School, cast: Cast, olga: Me, biology: Room, say: Say, database: Database
) -> None:
    message_id = await say(cast.ben, "A secret")
    for kind in (RoomKind.PRIVATE, RoomKind.DIRECT):
        await database.query(Room).filter(id=biology.id).update(kind=kind)
        for filters in ({}, {"room_id": biology.id}, {"author_id": cast.ben.id}, {"search": "secret"}):
            assert (await school.all_messages.listed(olga, **filters)).nodes == ()
        for act in (
            school.all_messages.find(olga, message_id),
            school.all_messages.read(olga, [message_id]),
            school.all_messages.remove(olga, [message_id]),
            school.all_messages.restore(olga, [message_id]),
        ):
            with pytest.raises(NotFound):
                await act


async def test_removed_and_restored_messages_follow_on_every_screen(
    school: School, cast: Cast, olga: Me, biology: Room, say: Say, news: News, database: Database
) -> None:
    first, second = await say(cast.ben, "One"), await say(cast.mia, "Two")
    news.forget()
    removed = await school.all_messages.remove(olga, [second, first])
    assert [one.removed_by and one.removed_by.username for one in removed] == ["olga", "olga"]
    told = news.in_room(biology.id)
    assert [(type(event), event.number, event.message.body) for event in told] == [
        (MessageRemoved, 3, ""),
        (MessageRemoved, 4, ""),
    ]
    news.forget()
    restored = await school.all_messages.restore(olga, [first])
    assert [(one.message.body, one.removed) for one in restored] == [("One", None)]
    (event,) = news.in_room(biology.id)
    assert isinstance(event, MessageEdited)
    assert (event.number, event.message.body, event.message.removed, event.message.edited) == (5, "One", False, False)
    page = await school.messages.history(cast.mia, biology.id)
    assert [(said.message.body, said.message.removed) for said in page.nodes] == [("One", False), ("", True)]

    news.forget()
    await school.all_messages.remove(olga, [second])
    await school.all_messages.restore(olga, [first])
    assert news.told == []
    kinds = [change.kind for change in await database.query(Change).order_by("number")]
    assert kinds == ["POSTED", "POSTED", "REMOVED", "REMOVED", "RESTORED"]
    history = [entry.act for entry in (await school.audit.listed(olga, subject_id=first)).nodes]
    assert history == ["message.restored", "message.removed"]


async def test_who_was_away_sees_the_restored_message_too(
    school: School, cast: Cast, olga: Me, biology: Room, say: Say, database: Database
) -> None:
    message_id = await say(cast.ben, "One")
    await school.all_messages.remove(olga, [message_id])
    await school.all_messages.restore(olga, [message_id])
    missed = await Ledger(database).changes(biology.id, 1, 10)
    assert [(change.number, change.message.body) for change in missed] == [(2, "One"), (3, "One")]


async def test_removed_words_are_read_by_an_act_that_is_written_down(
    school: School, cast: Cast, olga: Me, biology: Room, say: Say
) -> None:
    message_id = await say(cast.ben, "Unkind words")
    with pytest.raises(NotFound):
        await school.all_messages.read(olga, [message_id])
    await school.messages.remove(cast.anna, message_id)
    (found,) = (await school.all_messages.listed(olga, removed=True)).nodes
    assert (found.message.body, found.taken_back) == ("", False)
    assert (await school.all_messages.listed(olga, "unkind")).nodes == ()
    assert (await school.all_messages.listed(olga, removed=False)).nodes == ()
    (words,) = await school.all_messages.read(olga, [message_id])
    assert (words.id, words.body, words.files) == (message_id, "Unkind words", ())
    history = [(entry.act, entry.actor) for entry in (await school.audit.listed(olga, subject_id=message_id)).nodes]
    assert history == [("message.read", "olga"), ("message.removed", "anna")]


async def test_what_its_author_took_back_stays_taken_back(
    school: School, cast: Cast, olga: Me, biology: Room, say: Say, news: News
) -> None:
    mine, others = await say(cast.ben, "Sorry"), await say(cast.ben, "Hello")
    await school.messages.remove(cast.ben, mine)
    await school.all_messages.remove(olga, [others])
    news.forget()
    assert (await school.all_messages.find(olga, mine)).taken_back
    with pytest.raises(Conflict):
        await school.all_messages.restore(olga, [others, mine])
    assert news.told == []


async def test_nobody_else_looks_through_messages_and_no_program(school: School, cast: Cast, say: Say) -> None:
    message_id = await say(cast.ben, "Hello")
    teacher = Me(cast.anna.id, "anna", "Anna", "", Role.TEACHER, new_id())
    program = Me(cast.olga.id, "olga", "Olga", "", Role.ADMIN, None, token_id=new_id())
    messages = school.all_messages
    for me in (teacher, program):
        for act in (
            messages.listed(me),
            messages.find(me, message_id),
            messages.read(me, [message_id]),
            messages.remove(me, [message_id]),
            messages.restore(me, [message_id]),
        ):
            with pytest.raises(Forbidden):
                await act


async def test_only_some_at_a_time(school: School, olga: Me) -> None:
    for ids in ([], [new_id() for _ in range(101)]):
        with pytest.raises(Invalid):
            await school.all_messages.remove(olga, ids)
