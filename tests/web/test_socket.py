from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from quart import Quart
from quart.testing.connections import WebsocketResponseError

from edusphere.database import Database
from edusphere.school import School
from edusphere.school.models import Role, Room
from edusphere.web.parts import Parts
from tests.people import Cast
from tests.web.browser import HOST
from tests.web.sockets import Speaker, socket_of, token_of


@pytest_asyncio.fixture
async def biology(school: School, cast: Cast) -> Room:
    """Anna's open room, with Ben in it."""
    room = await school.rooms.create(cast.anna, "Biology", "Science", "Cells and beyond")
    await school.rooms.join(cast.ben, room.id)
    return room


async def listening(app_socket: Speaker, room: Room, after: int | None = None) -> dict[str, Any]:
    return await app_socket.ask("room.subscribe", roomId=str(room.id), **({} if after is None else {"after": after}))


async def test_the_first_frame_says_who_is_speaking_and_how_often(app: Quart, cast: Cast) -> None:
    async with socket_of(app, cast.ben) as ben:
        hello = await ben.hear("hello")
    assert hello["contract"] == 1
    assert hello["userId"] == str(cast.ben.id)
    assert hello["heartbeat"] == 25
    assert {"sessionId", "time"} <= hello.keys()


async def test_two_people_talk(app: Quart, cast: Cast, biology: Room) -> None:
    async with socket_of(app, cast.anna) as anna, socket_of(app, cast.ben) as ben:
        await listening(anna, biology)
        await listening(ben, biology)
        ok = await anna.post(biology.id, "Read chapter 7.")
        heard = await ben.hear("message.posted")
        assert heard["message"]["body"] == "Read chapter 7."
        assert heard["message"]["user"]["username"] == "anna"
        assert (heard["number"], heard["message"]["id"]) == (ok["number"], ok["messageId"])
        await ben.post(biology.id, "Which pages?")
        own = await ben.hear("message.posted")
        assert own["message"]["body"] == "Which pages?"
        assert own["number"] == heard["number"] + 1


async def test_people_speak_under_the_name_they_have_now(app: Quart, parts: Parts, cast: Cast, biology: Room) -> None:
    async with socket_of(app, cast.anna) as anna, socket_of(app, cast.ben) as ben:
        await listening(anna, biology)
        await parts.school.people.edit(cast.ben, name="Benjamin")
        await ben.post(biology.id, "Good day")
        assert (await anna.hear("message.posted"))["message"]["user"]["name"] == "Benjamin"


async def test_an_open_socket_is_obeyed_only_as_its_person_is_now(
    app: Quart, parts: Parts, cast: Cast, biology: Room
) -> None:
    accounts, olga = parts.school.accounts, replace(cast.olga, session_id=uuid4())
    async with socket_of(app, cast.anna) as anna, socket_of(app, cast.ben) as ben:
        said = [(await anna.post(biology.id, words))["messageId"] for words in ("One", "Two")]
        assert (await ben.ask("message.remove", messageId=said[0]))["type"] == "refused"
        await accounts.edit(olga, cast.ben.id, role=Role.ADMIN)
        await ben.hear("me.changed")
        assert (await ben.ask("message.remove", messageId=said[0]))["type"] == "ok"
        await accounts.edit(olga, cast.ben.id, role=Role.STUDENT)
        # Not even what is on its way while the news is.
        assert (await ben.ask("message.remove", messageId=said[1]))["type"] == "refused"


async def test_what_the_command_line_makes_of_somebody_reaches_their_open_sockets(
    make_app: Callable[..., Quart], school: School, cast: Cast
) -> None:
    app = make_app(session_check=0.05)
    async with app.test_app(), socket_of(app, cast.ben) as ben:
        rosters = school.rosters  # of another process, whose news reaches nobody here
        file = b"email,name,role\nben@school.example,Benjamin,teacher\n"
        look = await rosters.look_at_command_line(io.BytesIO(file), None)
        await rosters.apply_at_command_line(io.BytesIO(file), None, look.plan.fingerprint, False)
        await ben.hear("me.changed")


async def test_another_role_holds_also_where_its_news_was_lost(
    make_app: Callable[..., Quart], school: School, cast: Cast, biology: Room
) -> None:
    app = make_app(session_check=0.05)
    async with app.test_app(), socket_of(app, cast.anna) as anna, socket_of(app, cast.ben) as ben:
        message_id = (await anna.post(biology.id, "Mine"))["messageId"]
        olga = replace(cast.olga, session_id=uuid4())
        await school.accounts.edit(olga, cast.ben.id, role=Role.ADMIN)  # what it tells reaches no process
        await ben.hear("me.changed")
        assert (await ben.ask("message.remove", messageId=message_id))["type"] == "ok"


async def test_a_message_is_edited_and_removed_before_everyones_eyes(app: Quart, cast: Cast, biology: Room) -> None:
    async with socket_of(app, cast.anna) as anna, socket_of(app, cast.ben) as ben:
        await listening(ben, biology)
        ok = await anna.post(biology.id, "Reed chapter 7.")
        edited = await anna.ask("message.edit", messageId=ok["messageId"], body="Read chapter 7.")
        heard = await ben.hear("message.edited")
        assert heard["number"] == edited["number"] == ok["number"] + 1
        assert heard["message"]["number"] == ok["number"]
        assert heard["message"]["edited"] is True
        await anna.ask("message.remove", messageId=ok["messageId"])
        gone = await ben.hear("message.removed")
        assert gone["message"]["removed"] is True
        assert gone["message"]["body"] == ""


async def test_who_was_away_is_told_what_they_missed_as_it_now_is(app: Quart, cast: Cast, biology: Room) -> None:
    async with socket_of(app, cast.anna) as anna:
        first = await anna.post(biology.id, "one")
        await anna.post(biology.id, "two")
        third = await anna.post(biology.id, "a secret")
        await anna.ask("message.edit", messageId=first["messageId"], body="One.")
        await anna.ask("message.remove", messageId=third["messageId"])
    async with socket_of(app, cast.ben) as ben:
        ok = await listening(ben, biology, after=1)
        assert ok["number"] == 5
        missed = [await ben.hear(lambda frame: frame["type"].startswith("message.")) for _ in range(4)]
    assert [change["number"] for change in missed] == [2, 3, 4, 5]
    assert [change["message"]["body"] for change in missed] == ["two", "", "One.", ""]


async def test_the_same_words_sent_again_are_one_message(app: Quart, cast: Cast, biology: Room) -> None:
    client_id = uuid4()
    async with socket_of(app, cast.ben) as ben:
        first = await ben.post(biology.id, "Hello?", client_id)
        again = await ben.post(biology.id, "Hello?", client_id)
        other = await ben.post(biology.id, "Something else", client_id)
    assert {**first, "ref": 0} == {**again, "ref": 0}
    assert (other["type"], other["code"]) == ("refused", "CONFLICT")


async def test_too_much_missed_is_a_reset(make_app: Callable[..., Quart], cast: Cast, biology: Room) -> None:
    app = make_app(replay_limit=2)
    async with app.test_app(), socket_of(app, cast.ben) as ben:
        for word in ("one", "two", "three"):
            await ben.post(biology.id, word)
        await listening(ben, biology, after=0)
        reset = await ben.hear("room.reset")
        assert reset["number"] == 3
        await ben.post(biology.id, "four")
        assert (await ben.hear("message.posted"))["number"] == 4


async def test_typing_and_presence_reach_the_others(app: Quart, cast: Cast, biology: Room) -> None:
    async with socket_of(app, cast.anna) as anna, socket_of(app, cast.ben) as ben:
        await listening(anna, biology)
        await listening(ben, biology)
        presence = await anna.hear(lambda frame: frame["type"] == "presence.changed" and frame["count"] == 2)
        assert set(presence["userIds"]) == {str(cast.anna.id), str(cast.ben.id)}
        await ben.say("typing.start", roomId=str(biology.id))
        typing = await anna.hear("typing.started")
        assert typing["user"]["username"] == "ben"
        assert typing["expires"] == 5
        await ben.hear_nothing()


async def test_nobody_is_heard_typing_in_a_room_they_do_not_hear(app: Quart, cast: Cast, biology: Room) -> None:
    async with socket_of(app, cast.anna) as anna, socket_of(app, cast.ben) as ben:
        await listening(anna, biology)
        await ben.say("typing.start", roomId=str(biology.id))
        await ben.ask("heartbeat")
        await anna.hear_nothing()


async def test_reading_on_the_phone_is_told_to_the_laptop(app: Quart, cast: Cast, biology: Room) -> None:
    async with socket_of(app, cast.ben) as phone, socket_of(app, cast.ben) as laptop, socket_of(app, cast.anna) as anna:
        await anna.post(biology.id, "Read this.")
        await laptop.hear("hello")
        ok = await phone.ask("room.read", roomId=str(biology.id), number=1)
        assert ok["type"] == "ok"
        assert (await laptop.hear("read.moved"))["number"] == 1


async def test_a_pupil_who_leaves_hears_nothing_more_on_any_socket(app: Quart, cast: Cast, biology: Room) -> None:
    school: School = app.extensions["edusphere"].school
    async with socket_of(app, cast.ben) as phone, socket_of(app, cast.ben) as laptop, socket_of(app, cast.anna) as anna:
        await listening(phone, biology)
        await listening(laptop, biology)
        await school.rooms.leave(cast.ben, biology.id)
        await phone.hear("room.left")
        await laptop.hear("room.left")
        await listening(anna, biology)
        await anna.post(biology.id, "Is Ben gone?")
        await anna.hear("message.posted")
        await phone.hear_nothing()
        await laptop.hear_nothing()
        refused = await listening(phone, biology)
        assert refused["code"] == "FORBIDDEN"


async def test_whoever_signs_out_is_told_and_the_socket_closes(app: Quart, cast: Cast) -> None:
    school: School = app.extensions["edusphere"].school
    async with socket_of(app, cast.ben) as ben:
        await ben.hear("hello")
        await school.people.disable(cast.ben.username)
        assert (await ben.hear("session.ended"))["why"] == "disabled"
        assert await ben.hear_the_end() == 4003


async def test_strangers_are_refused_before_anything_is_accepted(app: Quart, cast: Cast) -> None:
    client = app.test_client()
    with pytest.raises(WebsocketResponseError) as refused:
        async with client.websocket("/ws/", headers={"Host": HOST}) as socket:
            await socket.receive()
    assert refused.value.response.status_code == 401
    token = await token_of(app, cast.ben)
    foreign = {"Host": HOST, "Authorization": f"Bearer {token}", "Origin": "https://elsewhere.example"}
    with pytest.raises(WebsocketResponseError) as refused:
        async with client.websocket("/ws/", headers=foreign) as socket:
            await socket.receive()
    assert refused.value.response.status_code == 403


ROOM = "00000000-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ('{"type":"message.post","ref":1,"roomId":"%(room)s","clientId":"%(id)s","body":"   "}', "INVALID"),
        ('{"type":"message.post","ref":1,"roomId":"%(room)s","clientId":"%(id)s","body":"a\\u0000b"}', "INVALID"),
        ('{"type":"message.post","ref":1,"roomId":"%(room)s","clientId":"%(id)s","body":"\\ud800"}', "INVALID"),
        ('{"type":"message.post","ref":1,"roomId":"%(room)s","clientId":"%(id)s","body":"%(long)s"}', "INVALID"),
        ('{"type":"message.post","ref":1,"roomId":"%(room)s","clientId":"%(id)s"}', "INVALID"),
        ('{"type":"message.post","ref":1,"roomId":"%(room)s","clientId":"not an id","body":"x"}', "INVALID"),
        ('{"type":"message.post","ref":1,"roomId":"%(room)s","clientId":"%(id)s","body":7}', "INVALID"),
        ('{"type":"message.post","ref":1,"roomId":"%(room)s","clientId":null,"body":"x"}', "INVALID"),
        ('{"type":"message.post","ref":1,"roomId":"%(nobody)s","clientId":"%(id)s","body":"x"}', "NOT_FOUND"),
        ('{"type":"message.edit","ref":1,"messageId":"%(nobody)s","body":"x"}', "NOT_FOUND"),
        ('{"type":"message.remove","ref":1,"messageId":"%(nobody)s"}', "NOT_FOUND"),
        ('{"type":"room.subscribe","ref":1,"roomId":"%(nobody)s"}', "NOT_FOUND"),
        ('{"type":"room.subscribe","ref":1,"roomId":"%(room)s","after":-1}', "INVALID"),
        ('{"type":"room.subscribe","ref":1,"roomId":"%(room)s","after":"three"}', "INVALID"),
        ('{"type":"room.read","ref":1,"roomId":"%(room)s","number":null}', "INVALID"),
        ('{"type":"room.read","ref":1,"roomId":"%(room)s","number":1e400}', "INVALID"),
        ('{"type":"room.explode","ref":1}', "INVALID"),
        ('{"ref":1}', "INVALID"),
    ],
)
async def test_bad_words_are_refused_plainly_and_nothing_is_lost(
    app: Quart, cast: Cast, biology: Room, database: Database, frame: str, code: str
) -> None:
    words = {"room": biology.id, "id": uuid4(), "nobody": ROOM, "long": "x" * 4001}
    async with socket_of(app, cast.ben) as ben:
        await ben.say_raw(frame % words)
        refused = await ben.hear("refused")
        assert (refused["ref"], refused["code"]) == (1, code)
        assert refused["message"].strip()
        assert "Traceback" not in refused["message"]
        assert (await ben.ask("heartbeat"))["type"] == "ok"
    rows = await database.rows("SELECT (SELECT count(*) FROM messages) AS messages, last_number FROM rooms")
    assert [tuple(row) for row in rows] == [(0, 0)]


async def test_the_third_frame_that_nobody_can_answer_closes_the_socket(app: Quart, cast: Cast) -> None:
    async with socket_of(app, cast.ben) as ben:
        for frame in ("not json", "[]", '{"type":"heartbeat"}'):
            await ben.say_raw(frame)
            refused = await ben.hear("refused")
            assert refused["ref"] is None
            assert refused["code"] == "INVALID"
        assert await ben.hear_the_end() == 1008


async def test_who_asks_too_fast_is_told_when_to_go_on(make_app: Callable[..., Quart], cast: Cast) -> None:
    app = make_app(commands_per_10_seconds=5)
    async with app.test_app(), socket_of(app, cast.ben) as ben:
        answers = [await ben.ask("heartbeat") for _ in range(6)]
    assert [answer["type"] for answer in answers] == ["ok"] * 5 + ["refused"]
    assert answers[5]["code"] == "TOO_MANY"
    assert 0 < answers[5]["retryAfter"] <= 10


async def test_who_asks_too_fast_at_the_last_moment_is_still_told_to_wait(
    make_app: Callable[..., Quart], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("edusphere.web.conversation.monotonic", lambda: now)
    app = make_app(commands_per_10_seconds=1)
    async with app.test_app(), socket_of(app, cast.ben) as ben:
        await ben.ask("heartbeat")
        now += 9.99
        assert (await ben.ask("heartbeat"))["retryAfter"] == 0.1


async def test_a_socket_hears_only_so_many_rooms(
    make_app: Callable[..., Quart], school: School, cast: Cast, biology: Room
) -> None:
    physics = await school.rooms.create(cast.ben, "Physics", "Science", "")
    app = make_app(rooms_per_socket=1)
    async with app.test_app(), socket_of(app, cast.ben) as ben:
        assert (await listening(ben, biology))["type"] == "ok"
        assert (await listening(ben, biology))["type"] == "ok"
        assert (await listening(ben, physics))["code"] == "CONFLICT"
        assert (await ben.ask("room.unsubscribe", roomId=str(biology.id)))["type"] == "ok"
        assert (await listening(ben, physics))["type"] == "ok"


async def test_the_original_chat_and_ours_hear_each_other(app: Quart, cast: Cast, biology: Room) -> None:
    path = f"/ws/chat/anna/{biology.slug}"
    async with socket_of(app, cast.ben, path) as ben, socket_of(app, cast.anna) as anna:
        await listening(anna, biology)
        await ben.say_raw('{"message":"Hello from long ago"}')
        own = await ben.hear("chat_message")
        assert own["action"] == "new"
        assert (own["user"], own["user_id"], own["body"]) == ("ben", str(cast.ben.id), "Hello from long ago")
        assert own.keys() == {
            "type", "action", "id", "user", "user_id", "body", "created", "edited", "updated", "userAvatar"
        }  # fmt: skip
        assert (await anna.hear("message.posted"))["message"]["body"] == "Hello from long ago"
        await ben.say_raw(f'{{"type":"update","messageId":"{own["id"]}","message":"Hello!"}}')
        update = await ben.hear("chat_message")
        assert (update["action"], update["id"], update["body"], update["edited"]) == (
            "update",
            own["id"],
            "Hello!",
            True,
        )
        await ben.say_raw(f'{{"type":"delete","messageId":"{own["id"]}"}}')
        assert await ben.hear("chat_message") == {"type": "chat_message", "action": "delete", "id": own["id"]}
        for bad in ("not json", "[]", '{"type":"text"}', '{"type":"text","message":"  "}', '{"type":"dance"}'):
            await ben.say_raw(bad)
            assert (await ben.hear(lambda frame: "error" in frame))["error"]


async def test_the_original_chat_is_closed_to_who_is_not_in_the_room(app: Quart, cast: Cast, biology: Room) -> None:
    for path in (f"/ws/chat/anna/{biology.slug}", "/ws/chat/anna/nowhere"):
        with pytest.raises(WebsocketResponseError) as refused:
            async with socket_of(app, cast.zoe, path) as zoe:
                await zoe.hear("chat_message")
        assert refused.value.response.status_code == 403
