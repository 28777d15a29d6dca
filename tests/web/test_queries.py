"""No query per row: what a page asks of the database does not grow with what is on it."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from edusphere.school import School
from edusphere.school.messages import Draft
from edusphere.school.models import MaterialKind, Room
from edusphere.school.models.ids import new_id
from tests.people import Cast
from tests.web.browser import Browser

PERSON = "id username name bio avatar role email created"
ROOM = f"""
    id name slug kind description lastNumber lastActivity created updated participantCount
    host {{ {PERSON} }} topic {{ id name }} participants {{ id name }}
    members(first: 3) {{ nodes {{ role joined readNumber unread user {{ {PERSON} }} }} pageInfo {{ endCursor }} }}
    viewerMembership {{ role readNumber unread user {{ id }} }}
    viewerMay {{ join leave read post update delete moderate }}
"""
MESSAGE = f"id number clientId body edited removed parentId created updated files {{ id }} user {{ {PERSON} }}"
CARD = f"""
    id slug code title description colour state studentCount newMaterials
    term {{ name }} owner {{ {PERSON} }} sections {{ name }}
    rooms {{ id name posting archived course {{ code }} viewerMembership {{ unread }} }}
    people(first: 3) {{ nodes {{ role byChild section {{ name }} user {{ {PERSON} }} }} pageInfo {{ endCursor }} }}
    viewerEnrolment {{ role visited }} viewerMay {{ change enrol changeMaterials }}
"""
COURSE = f"{CARD} units {{ title materials {{ title kind body author {{ name }} file {{ name }} }} }}"
# At most one query for each level of the document, beside the one for who asks.
PAGES = {
    "rooms": ("{ rooms { id name description host { id username } topic { name } participants { id username } } }", 6),
    "my rooms": (f"{{ myRooms(first: 20) {{ nodes {{ {ROOM} }} pageInfo {{ endCursor }} }} }}", 12),
    "history": (
        f"query A($id: UUID!) {{ roomHistory(roomId: $id, last: 10) {{ nodes {{ {MESSAGE} room {{ {ROOM} }} }} }} }}",
        14,
    ),
    "messages": (
        '{ messages(hostSlug: "anna", roomSlug: "biology") { id body edited created user { id username avatar } } }',
        3,
    ),
    "people": (f"{{ people {{ nodes {{ {PERSON} }} }} }}", 2),
    "my courses": (f"{{ myCourses(first: 5) {{ nodes {{ {CARD} }} }} }}", 19),
    "a course": (f'{{ course(slug: "c-0-0") {{ {COURSE} }} }}', 19),
    "topics": ("{ topics { id name } }", 2),
}


# Of an administrator; a search asks the newest first, and the index where these are not enough.
LISTS = {
    "all rooms": (f"{{ allRooms(first: 20) {{ nodes {{ {ROOM} course {{ code }} }} }} }}", 13),
    "all topics": ("{ allTopics { nodes { rooms topic { name } } } }", 2),
    "all messages": (f"{{ allMessages {{ nodes {{ room removedBy {{ id }} message {{ {MESSAGE} }} }} }} }}", 4),
    "messages with words": ('{ allMessages(search: "more") { nodes { room message { body user { name } } } } }', 4),
    "people of a room": ("query A($id: UUID!) { roomPeople(roomId: $id) { nodes { role user { name } } } }", 4),
    "how much is hidden": ("{ hiddenRooms { privateRooms messages } }", 2),
}


class Asked(list[str]):
    """The statements that reached the database."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    asked = Asked()
    execute = asyncpg.Connection._execute

    async def noting(self: Any, query: str, *args: Any, **kwargs: Any) -> Any:
        asked.append(" ".join(query.split()))
        return await execute(self, query, *args, **kwargs)

    monkeypatch.setattr(asyncpg.Connection, "_execute", noting)
    return asked


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_asks_the_same_of_the_database_however_much_is_on_it(
    ben: Browser, school: School, cast: Cast, biology: Room, asked: Asked, page: str
) -> None:
    query, expected = PAGES[page]
    variables = {"id": str(biology.id)} if page == "history" else {}
    counts = []
    for round_of_things in range(3):
        for number in range(4):
            room = await school.rooms.create(cast.anna, f"Room {round_of_things}-{number}", f"Topic {number}", "")
            for pupil in (cast.ben, cast.mia):
                await school.rooms.join(pupil, room.id)
        for number in range(2):
            await _open_course(school, cast, f"C-{round_of_things}-{number}")
        await school.messages.post(cast.ben, biology.id, Draft(new_id(), f"Words {round_of_things}"))
        await school.messages.post(cast.mia, biology.id, Draft(new_id(), f"More {round_of_things}"))
        asked.clear()
        assert (await ben.ask(query, **variables)).data
        counts.append(len(asked))
    # Batches that become ready in the same moment are one, so there may be fewer; never more.
    assert max(counts) <= expected, counts


@pytest.mark.parametrize("page", LISTS)
async def test_a_list_of_the_administrators_asks_the_same_however_long_it_is(
    olga: Browser, school: School, cast: Cast, biology: Room, asked: Asked, page: str
) -> None:
    query, expected = LISTS[page]
    variables = {"id": str(biology.id)} if "$id" in query else {}
    counts = []
    for round_of_things in range(3):
        for number in range(3):
            room = await school.rooms.create(cast.anna, f"Room {round_of_things}-{number}", f"Topic {number}", "")
            await school.rooms.join(cast.ben, room.id)
            await school.messages.post(cast.ben, room.id, Draft(new_id(), "More"))
            await school.rooms.join(cast.mia, room.id)
            removed = await school.messages.post(cast.mia, room.id, Draft(new_id(), "Away"))
            await school.messages.remove(cast.anna, removed.message_id)
        asked.clear()
        assert (await olga.ask(query, **variables)).data
        counts.append(len(asked))
    assert max(counts) <= expected, counts


async def _open_course(school: School, cast: Cast, code: str) -> None:
    course = await school.courses.open(cast.anna, code, f"Course {code}")
    section = await school.course_rooms.add_section(cast.anna, course.id, "Lab")
    await school.enrolments.enrol(cast.anna, course.id, [cast.ben.id, cast.mia.id], section_id=section.id)
    await school.courses.publish(cast.anna, course.id)
    for title in ("Peas", "Flies"):
        unit = await school.materials.add_unit(cast.anna, course.id, title)
        for name in ("One", "Two"):
            await school.materials.add(cast.anna, unit.id, MaterialKind.PAGE, name, "Words")


async def test_what_an_author_does_not_bring_along_is_loaded_in_one_batch(
    ben: Browser, school: School, cast: Cast, biology: Room, asked: Asked
) -> None:
    for me in (cast.anna, cast.ben, cast.mia):
        await school.messages.post(me, biology.id, Draft(new_id(), "Hello"))
    query = "query A($id: UUID!) { roomHistory(roomId: $id) { nodes { user { username bio role email } } } }"
    asked.clear()
    nodes = (await ben.ask(query, id=str(biology.id))).data["roomHistory"]["nodes"]
    assert [node["user"]["username"] for node in nodes] == ["anna", "ben", "mia"]
    assert [node["user"]["email"] for node in nodes] == [None, "ben@school.example", None]
    assert [node["user"]["role"] for node in nodes] == ["TEACHER", "STUDENT", "STUDENT"]
    assert sum("people" in statement and "ANY" not in statement for statement in asked) <= 3
    assert len(asked) == 4


async def test_what_was_loaded_before_a_change_is_not_shown_after_it(zoe: Browser, biology: Room) -> None:
    query = """
        mutation A($id: UUID!) {
          joinRoom(roomId: $id) { room { participantCount viewerMembership { role } } }
          leaveRoom(roomId: $id) { room { participantCount viewerMembership { role } } }
        }
    """
    data = (await zoe.ask(query, id=str(biology.id))).data
    assert data["joinRoom"]["room"] == {"participantCount": 4, "viewerMembership": {"role": "MEMBER"}}
    assert data["leaveRoom"]["room"] == {"participantCount": 3, "viewerMembership": None}
