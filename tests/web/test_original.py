"""The interface that the earlier EduSphere's front end relies on, replayed: operations, variables, cookies, shapes."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from PIL import Image
from quart import Quart
from quart.datastructures import FileStorage

from edusphere.school import School
from edusphere.school.messages import Draft
from edusphere.school.models import Room
from edusphere.school.models.ids import new_id
from tests.people import PASSWORD, Cast
from tests.web.browser import Browser
from tests.web.sockets import socket_of_browser

CARD = "id name slug description created topic { name } host { username }"
REGISTER = """
    mutation Register($username: String!, $name: String!, $email: String!, $password1: String!, $password2: String!) {
      registerUser(
        username: $username, name: $name, email: $email, password1: $password1, password2: $password2
      ) { success user { id username name } }
    }
"""
SIGN_IN = """
    mutation SignIn($email: String!, $password: String!) {
      tokenAuth(email: $email, password: $password) {
        success payload refreshExpiresIn user { id username name }
      }
    }
"""
STATUS = "query Status { authStatus { user { id name username avatar } isAuthenticated } }"
HOME = f"""
    query Home($search: String, $topic: [String]) {{
      rooms(search: $search, topic: $topic) {{ {CARD} }}
      topics {{ name }}
    }}
"""
PERSON = f"""
    query Person($userSlug: String!) {{
      user(userSlug: $userSlug) {{ id username name avatar bio }}
      roomsParticipatedByUser(userSlug: $userSlug) {{ {CARD} }}
      roomsNotParticipatedByUser(userSlug: $userSlug) {{ {CARD} }}
    }}
"""
CREATE = """
    mutation Create($name: String!, $topicName: String!, $description: String!) {
      createRoom(name: $name, topicName: $topicName, description: $description) {
        room { name slug description topic { name } host { id username } }
      }
    }
"""
ROOM = """
    query Room($hostSlug: String!, $roomSlug: String!) {
      room(hostSlug: $hostSlug, roomSlug: $roomSlug) {
        id name slug description created topic { name }
        host { id username name avatar }
        participants { id username avatar }
      }
    }
"""
MESSAGES = """
    query Messages($hostSlug: String!, $roomSlug: String!) {
      messages(hostSlug: $hostSlug, roomSlug: $roomSlug) {
        id user { id username avatar } body edited created updated
      }
    }
"""
SAID = """
    query Said($userSlug: String!) {
      messagesByUser(userSlug: $userSlug) { id body edited updated created room { slug name host { username } } }
    }
"""
JOIN = "mutation Join($roomId: UUID!) { joinRoom(roomId: $roomId) { room { participants { id username } } } }"
UPDATE = """
    mutation Update($roomId: UUID!, $topicName: String, $description: String) {
      updateRoom(roomId: $roomId, topicName: $topicName, description: $description) {
        room { id name topic { name } description participants { id avatar username } host { id username avatar } }
      }
    }
"""
DELETE = "mutation Delete($roomId: UUID!) { deleteRoom(roomId: $roomId) { success } }"
EDIT = """
    mutation Edit($messageId: UUID!, $body: String!) {
      updateMessage(messageId: $messageId, body: $body) { message { body edited updated } }
    }
"""
QUIT = "mutation Quit($roomId: UUID!) { leaveRoom(roomId: $roomId) { room { id } } }"
REMOVE = "mutation Remove($messageId: UUID!) { deleteMessage(messageId: $messageId) { success } }"
PROFILE = """
    mutation Profile($name: String, $bio: String, $avatar: Upload) {
      updateUser(name: $name, bio: $bio, avatar: $avatar) { user { id username name bio avatar } }
    }
"""
RENEW = "mutation Renew { refreshToken { payload refreshExpiresIn } }"
LEAVE = "mutation Leave { deleteToken { deleted } }"


def png(width: int = 64, height: int = 64) -> FileStorage:
    picture = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(picture, "PNG")
    picture.seek(0)
    return FileStorage(picture, "me.png", content_type="image/png")


async def come_in(app: Quart, username: str) -> Browser:
    """Register and sign in as its pages do, one after the other."""
    browser = await Browser.opened(app)
    email = f"{username}@school.example"
    form = {"username": username, "name": username.title(), "email": email}
    registered = (await browser.ask(REGISTER, **form, password1=PASSWORD, password2=PASSWORD)).data["registerUser"]
    assert registered["success"]
    assert registered["user"]["username"] == username
    assert (await browser.ask(STATUS)).data["authStatus"] == {"user": None, "isAuthenticated": False}
    signed_in = (await browser.ask(SIGN_IN, email=email, password=PASSWORD)).data["tokenAuth"]
    payload = signed_in["payload"]
    assert signed_in["success"]
    assert signed_in["user"]["id"] == registered["user"]["id"]
    assert payload["exp"] > time.time() + 30
    assert payload["exp"] - payload["origIat"] >= 30
    assert signed_in["refreshExpiresIn"] > time.time()
    return browser


@pytest_asyncio.fixture
async def hasty(make_app: Callable[..., Quart]) -> AsyncIterator[Quart]:
    """The same school by a process whose access tokens live for a second."""
    app = make_app(access_lifetime=1)
    async with app.test_app():
        yield app


async def test_a_day_with_the_earlier_front_end(app: Quart, hasty: Quart) -> None:
    host = await come_in(app, "vera")
    assert (await host.ask(HOME, search=None, topic=None)).data == {"rooms": [], "topics": []}

    created = (await host.ask(CREATE, name="Cell biology", topicName="Biology", description="")).data["createRoom"]
    assert created["room"]["slug"] == "cell-biology"
    assert created["room"]["topic"] == {"name": "Biology"}
    assert created["room"]["host"]["username"] == "vera"
    place = {"hostSlug": "vera", "roomSlug": "cell-biology"}
    room = (await host.ask(ROOM, **place)).data["room"]
    assert [person["username"] for person in room["participants"]] == ["vera"]

    guest = await come_in(app, "karl")
    home = (await guest.ask(HOME, topic=["Biology"])).data
    assert [card["slug"] for card in home["rooms"]] == ["cell-biology"]
    assert home["topics"] == [{"name": "Biology"}]
    assert (await guest.ask(HOME, search="chemistry")).data["rooms"] == []
    joined = (await guest.ask(JOIN, roomId=room["id"])).data["joinRoom"]["room"]
    assert [person["username"] for person in joined["participants"]] == ["vera", "karl"]

    chat = "/ws/chat/vera/cell-biology"
    async with socket_of_browser(app, host, chat) as vera, socket_of_browser(app, guest, chat) as karl:
        await karl.say_raw('{"type":"text","message":"Hello, all"}')
        hello = await vera.hear("chat_message")
        assert (hello["action"], hello["user"], hello["body"]) == ("new", "karl", "Hello, all")
        await vera.say_raw('{"type":"text","message":"Hello, Karl"}')
        assert (await karl.hear(lambda frame: frame.get("user") == "vera"))["body"] == "Hello, Karl"
        first, second = (await host.ask(MESSAGES, **place)).data["messages"]
        assert (first["body"], first["edited"], first["user"]["username"]) == ("Hello, all", False, "karl")
        assert second["body"] == "Hello, Karl"
        await karl.say_raw(f'{{"type":"update","messageId":"{hello["id"]}","message":"Hello, everyone"}}')
        edited = await vera.hear(lambda frame: frame.get("action") == "update")
        assert (edited["id"], edited["body"], edited["edited"]) == (hello["id"], "Hello, everyone", True)
        await vera.say_raw(f'{{"type":"delete","messageId":"{second["id"]}"}}')
        assert await karl.hear(lambda frame: frame.get("action") == "delete") == {
            "type": "chat_message",
            "action": "delete",
            "id": second["id"],
        }
        changed_by_form = (await guest.ask(EDIT, messageId=hello["id"], body="Hello")).data["updateMessage"]
        assert changed_by_form["message"]["edited"]
        assert (await vera.hear(lambda frame: frame.get("body") == "Hello"))["id"] == hello["id"]
        assert (await guest.ask(REMOVE, messageId=hello["id"])).data["deleteMessage"] == {"success": True}
        gone = {"type": "chat_message", "action": "delete", "id": hello["id"]}
        assert await vera.hear(lambda frame: frame == gone)
        assert (await host.ask(MESSAGES, **place)).data["messages"] == []
        await karl.say_raw('{"message":"And again"}')
        again = await vera.hear(lambda frame: frame.get("body") == "And again")
    (said,) = (await host.ask(SAID, userSlug="karl")).data["messagesByUser"]
    assert said["room"] == {"slug": "cell-biology", "name": "Cell biology", "host": {"username": "vera"}}
    assert (await host.ask(REMOVE, messageId=again["id"])).data["deleteMessage"] == {"success": True}

    profile = (await guest.ask(PERSON, userSlug="vera")).data
    assert profile["user"]["username"] == "vera"
    assert [card["slug"] for card in profile["roomsParticipatedByUser"]] == ["cell-biology"]
    assert profile["roomsNotParticipatedByUser"] == []
    changed = (await guest.upload(PROFILE, png(), "avatar", name="Karl K.", bio="Hi")).data["updateUser"]["user"]
    assert (changed["name"], changed["bio"]) == ("Karl K.", "Hi")
    shown = await host.get(f"/media/{changed['avatar']}")
    assert (shown.status_code, shown.mimetype) == (200, "image/webp")

    host.client = hasty.test_client(use_cookies=False)
    brief = (await host.ask(RENEW)).data["refreshToken"]["payload"]
    assert brief["exp"] - brief["origIat"] <= 2
    await asyncio.sleep(max(brief["exp"] - time.time(), 0) + 1)
    assert (await host.ask(STATUS)).data["authStatus"]["isAuthenticated"] is False
    host.client = app.test_client(use_cookies=False)
    assert (await host.ask(RENEW)).data["refreshToken"]["payload"]["exp"] > time.time() + 30
    assert (await host.ask(STATUS)).data["authStatus"]["isAuthenticated"] is True
    updated = (await host.ask(UPDATE, roomId=room["id"], description="New")).data["updateRoom"]["room"]
    assert (updated["description"], updated["topic"]["name"]) == ("New", "Biology")
    assert (await host.ask(DELETE, id=room["id"])).data == {"deleteRoom": {"success": True}}
    assert (await host.ask(ROOM, **place)).codes == ["NOT_FOUND"]
    assert (await host.ask(LEAVE)).data == {"deleteToken": {"deleted": True}}
    assert (await host.ask(STATUS)).data["authStatus"]["isAuthenticated"] is False


async def test_to_strangers_its_pages_are_empty_but_whole(
    stranger: Browser, school: School, cast: Cast, biology: Room
) -> None:
    await school.messages.post(cast.ben, biology.id, Draft(new_id(), "Secret"))
    place = {"hostSlug": "anna", "roomSlug": "biology"}
    assert (await stranger.ask(HOME)).data == {"rooms": [], "topics": []}
    assert (await stranger.ask(ROOM, **place)).data == {"room": None}
    assert (await stranger.ask(MESSAGES, **place)).data == {"messages": []}
    assert (await stranger.ask(SAID, userSlug="ben")).data == {"messagesByUser": []}
    assert (await stranger.ask("{ users { id } }")).data == {"users": []}
    assert (await stranger.ask(PERSON, userSlug="anna")).data == {
        "user": None,
        "roomsParticipatedByUser": [],
        "roomsNotParticipatedByUser": [],
    }


async def test_most_participants_come_first_then_the_newest(
    zoe: Browser, school: School, cast: Cast, biology: Room
) -> None:
    for name in ("Old", "New"):
        await school.rooms.create(cast.anna, name, "General", "")
    rooms = (await zoe.ask('{ rooms(hostSlug: "anna") { name participantCount } }')).data["rooms"]
    assert [(room["name"], room["participantCount"]) for room in rooms] == [("Biology", 3), ("New", 1), ("Old", 1)]


async def test_outsiders_see_of_the_participants_only_the_host_and_whom_they_know(
    zoe: Browser, school: School, cast: Cast, biology: Room
) -> None:
    query = 'query { room(hostSlug: "anna", roomSlug: "biology") { participants { username } } }'
    assert (await zoe.ask(query)).data["room"]["participants"] == [{"username": "anna"}]
    await school.rooms.join(cast.zoe, biology.id)
    assert len((await zoe.ask(query)).data["room"]["participants"]) == 4


async def test_joining_twice_is_joining_once(zoe: Browser, biology: Room) -> None:
    for _ in range(2):
        participants = (await zoe.ask(JOIN, roomId=str(biology.id))).data["joinRoom"]["room"]["participants"]
        assert len(participants) == 4


@pytest.mark.parametrize("operation", [UPDATE, DELETE, JOIN, QUIT])
async def test_a_room_that_is_not_there_is_not_found(ben: Browser, operation: str) -> None:
    answer = await ben.ask(operation, roomId=str(new_id()))
    assert (answer.status, answer.codes) == (200, ["NOT_FOUND"])


async def test_what_is_only_the_hosts_to_do_is_forbidden(ben: Browser, biology: Room) -> None:
    for operation in (UPDATE, DELETE):
        assert (await ben.ask(operation, roomId=str(biology.id))).codes == ["FORBIDDEN"]
    assert (await ben.ask("{ rooms { name } }")).data == {"rooms": [{"name": "Biology"}]}


async def test_all_that_is_wrong_with_a_form_is_said_at_once(stranger: Browser, cast: Cast) -> None:
    answer = await stranger.ask(
        REGISTER, username="Ben Ten", name=" ", email="BEN@school.example", password1="short", password2="other"
    )
    assert answer.codes == ["INVALID"]
    assert set(answer.refused) == {"username", "name", "email", "password1", "password2"}
    assert answer.body["data"] == {"registerUser": None}
