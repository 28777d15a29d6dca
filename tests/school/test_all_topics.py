"""Topics: administrators make, rename and merge them, and take the empty ones away."""

from __future__ import annotations

import pytest

from edusphere.contract.events import RoomUpdated
from edusphere.database import Database
from edusphere.errors import Conflict, Forbidden, Invalid, NotFound
from edusphere.school import School
from edusphere.school.me import Me
from edusphere.school.models import Role, Room, RoomKind
from edusphere.school.models.ids import new_id
from tests.news import News
from tests.people import Cast


@pytest.fixture
def olga(cast: Cast) -> Me:
    """The administrator, signed in."""
    return Me(cast.olga.id, "olga", cast.olga.name, "", Role.ADMIN, new_id())


async def counts(school: School, olga: Me) -> dict[str, int]:
    return {one.topic.name: one.rooms for one in (await school.all_topics.listed(olga)).nodes}


async def test_topics_are_listed_by_name_page_by_page_with_their_rooms(
    school: School, cast: Cast, olga: Me, biology: Room
) -> None:
    await school.rooms.create(cast.ben, "Chess", "games", "")
    await school.all_topics.make(olga, "Art")
    first = await school.all_topics.listed(olga, first=2)
    rest = await school.all_topics.listed(olga, first=2, after=first.cursors[-1])
    assert [(one.topic.name, one.rooms) for one in (*first.nodes, *rest.nodes)] == [
        ("Art", 0),
        ("games", 1),
        ("Science", 1),
    ]
    assert [one.topic.name for one in (await school.all_topics.listed(olga, "gam")).nodes] == ["games"]
    with pytest.raises(Invalid):
        await school.all_topics.make(olga, "ART")


async def test_what_only_a_private_room_is_about_is_its_own_affair(
    school: School, olga: Me, biology: Room, database: Database
) -> None:
    await database.query(Room).filter(id=biology.id).update(kind=RoomKind.PRIVATE)
    assert await counts(school, olga) == {}
    assert biology.topic_id is not None
    for act in (
        school.all_topics.rename(olga, biology.topic_id, "Nature"),
        school.all_topics.delete(olga, biology.topic_id),
    ):
        with pytest.raises(NotFound):
            await act


async def test_a_renamed_topic_is_renamed_on_every_screen(school: School, olga: Me, biology: Room, news: News) -> None:
    assert biology.topic_id is not None
    await school.all_topics.rename(olga, biology.topic_id, "Nature")
    expected = RoomUpdated(room_id=biology.id, name="Biology", topic="Nature", description="Cells and beyond")
    assert news.in_room(biology.id) == [expected]
    await school.all_topics.rename(olga, biology.topic_id, "nature")
    await school.all_topics.make(olga, "Art")
    with pytest.raises(Invalid):
        await school.all_topics.rename(olga, biology.topic_id, "art")
    acts = [entry.act for entry in (await school.audit.listed(olga, subject_id=biology.topic_id)).nodes]
    assert acts == ["topic.renamed", "topic.renamed"]


async def test_topics_are_merged_and_only_empty_ones_are_taken_away(
    school: School, cast: Cast, olga: Me, biology: Room, news: News, database: Database
) -> None:
    topics = school.all_topics
    art = await topics.make(olga, "Art")
    assert biology.topic_id is not None
    with pytest.raises(Conflict):
        await topics.delete(olga, biology.topic_id)
    with pytest.raises(Invalid):
        await topics.merge(olga, art.id, art.id)
    assert await topics.merge(olga, biology.topic_id, art.id) == 1
    (event,) = news.in_room(biology.id)
    assert event.topic == "Art"
    assert await counts(school, olga) == {"Art": 1}
    with pytest.raises(NotFound):
        await topics.merge(olga, biology.topic_id, art.id)

    await school.rooms.delete(cast.anna, biology.id)
    await topics.delete(olga, art.id)
    general = (await database.one("SELECT topics.id FROM topics JOIN rooms ON topic_id = topics.id"))["id"]
    assert await counts(school, olga) == {"General": 0}
    with pytest.raises(Conflict):
        await topics.delete(olga, general)
    with pytest.raises(Conflict):
        await topics.merge(olga, general, (await topics.make(olga, "Art")).id)


async def test_nobody_else_keeps_topics_in_order_and_no_program(school: School, cast: Cast, biology: Room) -> None:
    teacher = Me(cast.anna.id, "anna", "Anna", "", Role.TEACHER, new_id())
    program = Me(cast.olga.id, "olga", "Olga", "", Role.ADMIN, None, token_id=new_id())
    assert biology.topic_id is not None
    for me in (teacher, program):
        for act in (
            school.all_topics.listed(me),
            school.all_topics.make(me, "Art"),
            school.all_topics.rename(me, biology.topic_id, "Art"),
            school.all_topics.merge(me, biology.topic_id, new_id()),
            school.all_topics.delete(me, biology.topic_id),
        ):
            with pytest.raises(Forbidden):
                await act
