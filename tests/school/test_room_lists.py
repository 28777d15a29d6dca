"""Lists of rooms: what is shown to whom, in which order, page by page."""

from __future__ import annotations

import pytest

from edusphere.database import Database
from edusphere.errors import Invalid, NotSignedIn
from edusphere.school import School
from edusphere.school.messages import Draft
from edusphere.school.models import Room
from edusphere.school.models.ids import new_id
from tests.people import Cast


@pytest.fixture
async def four(school: School, cast: Cast, biology: Room, database: Database) -> dict[str, Room]:
    """Biology (3 people), Chess (2), Poems (1), and Staff room, which is private to Anna and Olga."""
    chess = await school.rooms.create(cast.ben, "Chess", "Games", "For 100% fun_")
    await school.rooms.join(cast.mia, chess.id)
    poems = await school.rooms.create(cast.mia, "Poems", "Art", "")
    staff = await school.rooms.create(cast.anna, "Staff room", "Games", "")
    await school.rooms.join(cast.olga, staff.id)
    await database.rows("UPDATE rooms SET kind = 'PRIVATE' WHERE id = $1", staff.id)
    return {"Biology": biology, "Chess": chess, "Poems": poems, "Staff room": staff}


def names(rooms: list[Room] | tuple[Room, ...]) -> list[str]:
    return [room.name for room in rooms]


async def test_rooms_with_most_people_come_first_then_the_newest(
    school: School, cast: Cast, four: dict[str, Room]
) -> None:
    assert names(await school.rooms.visible(cast.zoe)) == ["Biology", "Chess", "Poems"]
    assert names(await school.rooms.visible(cast.anna)) == ["Biology", "Staff room", "Chess", "Poems"]
    assert await school.rooms.visible(None) == []


async def test_rooms_are_found_by_host_words_and_topics(school: School, cast: Cast, four: dict[str, Room]) -> None:
    visible = school.rooms.visible
    assert names(await visible(cast.zoe, host="Ben")) == ["Chess"]
    assert names(await visible(cast.zoe, search="CELLS")) == ["Biology"]
    assert names(await visible(cast.zoe, search="0% fun_")) == ["Chess"]
    assert names(await visible(cast.zoe, search="%")) == ["Chess"]
    assert names(await visible(cast.zoe, topics=["games", None, "ART"])) == ["Chess", "Poems"]
    assert names(await visible(cast.zoe, topics=["no such topic"])) == []
    assert names(await visible(cast.zoe, host="nobody\x00")) == []
    assert names(await visible(cast.zoe, host="", search=" ", topics=[])) == ["Biology", "Chess", "Poems"]


async def test_my_rooms_are_paged_by_their_last_activity(school: School, cast: Cast, four: dict[str, Room]) -> None:
    await school.messages.post(cast.ben, four["Biology"].id, Draft(new_id(), "Hello"))
    page = await school.rooms.mine(cast.mia, first=2)
    assert (names(page.nodes), page.has_next, page.has_previous) == (["Biology", "Poems"], True, False)
    page = await school.rooms.mine(cast.mia, first=2, after=page.cursors[-1])
    assert (names(page.nodes), page.has_next, page.has_previous) == (["Chess"], False, True)
    with pytest.raises(NotSignedIn):
        await school.rooms.mine(None)


async def test_rooms_to_join_are_paged_and_leave_out_my_own(school: School, cast: Cast, four: dict[str, Room]) -> None:
    walked, after = [], None
    while True:
        page = await school.rooms.to_join(cast.zoe, first=1, after=after)
        walked += names(page.nodes)
        if not page.has_next:
            break
        after = page.cursors[-1]
    assert walked == ["Biology", "Chess", "Poems"]
    assert names((await school.rooms.to_join(cast.mia)).nodes) == []
    assert names((await school.rooms.to_join(cast.zoe, search="poem", topics=["art"])).nodes) == ["Poems"]
    assert (await school.rooms.to_join(None)).nodes == ()


@pytest.mark.parametrize("after", ["", "!", "bnVsbA==", "W10=", "WzFd", "[", "é", "WyJhIiwgImIiLCAiYyJd", "\ud800"])
async def test_forged_places_in_a_list_are_refused(school: School, cast: Cast, after: str) -> None:
    for ask in (school.rooms.mine, school.people.search):
        with pytest.raises(Invalid) as refusal:
            await ask(cast.zoe, after=after)
        assert list(refusal.value.errors) == ["after"]
    with pytest.raises(Invalid):
        await school.rooms.to_join(cast.zoe, after=after)
    with pytest.raises(Invalid):
        await school.rooms.members(cast.zoe, [new_id()], after=after)


@pytest.mark.parametrize("first", [0, -1, 101])
async def test_pages_have_a_size(school: School, cast: Cast, first: int) -> None:
    for ask in (school.rooms.mine, school.rooms.to_join, school.people.search):
        with pytest.raises(Invalid) as refusal:
            await ask(cast.zoe, first=first)
        assert list(refusal.value.errors) == ["first"]


async def test_a_persons_rooms_are_shown_to_those_who_see_the_person(
    school: School, cast: Cast, four: dict[str, Room]
) -> None:
    rooms = school.rooms
    assert names(await rooms.participated_by(cast.zoe, "ben")) == ["Biology", "Chess"]
    assert names(await rooms.not_participated_by(cast.zoe, "ben")) == ["Poems"]
    assert names(await rooms.participated_by(cast.anna, "anna")) == ["Biology", "Staff room"]
    assert names(await rooms.participated_by(cast.zoe, "anna")) == ["Biology"]
    assert names(await rooms.participated_by(cast.ben, "zoe")) == []
    assert names(await rooms.not_participated_by(cast.ben, "zoe")) == []
    for username in ("nobody", "a\x00", "\ud800"):
        assert await rooms.participated_by(cast.anna, username) == []
    assert await rooms.participated_by(None, "ben") == []
    assert await rooms.not_participated_by(None, "ben") == []


async def test_unread_are_others_messages_above_the_read_mark(
    school: School, cast: Cast, four: dict[str, Room]
) -> None:
    biology = four["Biology"].id
    for me in (cast.anna, cast.mia, cast.ben, cast.anna):
        await school.messages.post(me, biology, Draft(new_id(), "Hello"))
    removed = (await school.messages.history(cast.anna, biology)).nodes[1].message
    await school.messages.remove(cast.mia, removed.id)
    ids = [room.id for room in four.values()]
    assert await school.rooms.unread(cast.ben, ids) == {biology: 2, four["Chess"].id: 0}
    await school.rooms.read(cast.ben, biology, 3)
    assert (await school.rooms.unread(cast.ben, ids))[biology] == 1
    assert await school.rooms.unread(None, ids) == {}
    await school.rooms.join(cast.zoe, biology)
    assert await school.rooms.unread(cast.zoe, ids) == {biology: 0}


async def test_unread_is_counted_to_a_hundred(school: School, cast: Cast, biology: Room, database: Database) -> None:
    await database.rows(
        """
        INSERT INTO messages (id, room_id, author_id, number, client_id, body, edited, created, updated)
        SELECT gen_random_uuid(), $1, $2, number, gen_random_uuid(), 'Hello', false, now(), now()
        FROM generate_series(1, 150) AS number
        """,
        biology.id,
        cast.anna.id,
    )
    assert await school.rooms.unread(cast.ben, [biology.id]) == {biology.id: 100}


async def test_participants_are_shown_whole_to_those_inside_and_in_part_to_others(
    school: School, cast: Cast, four: dict[str, Room]
) -> None:
    biology, chess = four["Biology"].id, four["Chess"].id
    await school.rooms.join(cast.gita, biology)
    everyone = [cast.anna.id, cast.ben.id, cast.mia.id, cast.gita.id]
    for insider in (cast.anna, cast.ben, cast.gita, cast.olga):
        assert (await school.rooms.participants(insider, [biology]))[biology] == everyone
    # Zoe sees Ben and Mia too: they host open rooms. Nobody told her of Gita.
    assert await school.rooms.participants(cast.zoe, [biology, chess]) == {
        biology: everyone[:3],
        chess: [cast.ben.id, cast.mia.id],
    }
    assert await school.rooms.participants(None, [biology]) == {}
    assert await school.rooms.participants(cast.zoe, [four["Staff room"].id]) == {}
    assert await school.rooms.participant_counts([biology, chess]) == {biology: 4, chess: 2}


async def test_members_are_paged_in_the_order_they_came(school: School, cast: Cast, four: dict[str, Room]) -> None:
    biology = four["Biology"].id
    page = (await school.rooms.members(cast.ben, [biology], first=2))[biology]
    assert [one.person_id for one in page.nodes] == [cast.anna.id, cast.ben.id]
    page = (await school.rooms.members(cast.ben, [biology], first=2, after=page.cursors[-1]))[biology]
    assert [one.person_id for one in page.nodes] == [cast.mia.id]
    assert await school.rooms.members(cast.ben, [four["Staff room"].id]) == {}


async def test_what_is_gathered_for_a_list_is_only_what_one_may_see(
    school: School, cast: Cast, four: dict[str, Room]
) -> None:
    ids = [room.id for room in four.values()] + [new_id()]
    assert names(tuple((await school.rooms.load(cast.zoe, ids)).values())) != []
    assert four["Staff room"].id not in await school.rooms.load(cast.zoe, ids)
    assert four["Staff room"].id in await school.rooms.load(cast.olga, ids)
    assert await school.rooms.load(None, ids) == {}
    assert set(await school.rooms.memberships(cast.mia, ids)) == {
        four[name].id for name in ("Biology", "Chess", "Poems")
    }
    assert await school.rooms.memberships(None, ids) == {}


async def test_topics_with_most_rooms_come_first_and_private_rooms_do_not_count(
    school: School, cast: Cast, four: dict[str, Room]
) -> None:
    async def topics(me: object, *asked: object) -> list[str]:
        return [topic.name for topic in await school.topics.search(me, *asked)]  # type: ignore[arg-type]

    assert await topics(cast.zoe) == ["Art", "Games", "Science"]
    assert await topics(cast.anna) == ["Games", "Art", "Science"]
    assert await topics(cast.anna, "GA") == ["Games"]
    assert await topics(cast.anna, None, 2) == ["Games"]
    assert await topics(None) == []
    with pytest.raises(Invalid):
        await topics(cast.anna, "\x00")
