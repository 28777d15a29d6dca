"""Walks the building: every address, query, mutation and command says “slower, please” at some number, and each number
is a setting. A new door without a limit fails."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, get_args

import pytest
from quart import Quart, Response
from quart.testing.connections import WebsocketResponseError

from edusphere.app import create_app
from edusphere.contract import commands, original
from edusphere.database.address import Address
from edusphere.school.models import Room
from edusphere.school.models.ids import new_id
from edusphere.school.pace import Pace
from edusphere.settings import DAYS, KIBIBYTES, MEBIBYTES, MINUTES, SECONDS, Settings
from edusphere.web.graphql.limits import SIGN_INS
from tests.conftest import KEYS
from tests.people import ANNA, PASSWORD, Cast
from tests.security.test_access_matrix import addresses
from tests.web.browser import HOST, Answer, Browser
from tests.web.sockets import socket_of, token_of
from tests.web.test_every_field import MUTATIONS, QUERIES, document

Open = Callable[..., AbstractAsyncContextManager[Quart]]
NAMED = {
    "access_lifetime": 10 * MINUTES,
    "body_limit": 100 * KIBIBYTES,
    "bad_frames": 3,
    "commands_per_10_seconds": 60,
    "frame_limit": 64 * KIBIBYTES,
    "graphql_aliases": 15,
    "graphql_depth": 10,
    "graphql_tokens": 1_000,
    "heartbeat": 25 * SECONDS,
    "image_pixels": 25_000_000,
    "message_length": 4_000,
    "outbox_limit": 1 * MEBIBYTES,
    "posts_per_10_seconds": 10,
    "posts_per_minute": 60,
    "presence_interval": 1 * SECONDS,
    "presence_names": 100,
    "refresh_grace": 20 * SECONDS,
    "replay_limit": 500,
    "rooms_per_socket": 200,
    "session_idle": 7 * DAYS,
    "session_lifetime": 30 * DAYS,
    "silence": 45 * SECONDS,
    "sockets_per_person": 8,
    "typing_lifetime": 5 * SECONDS,
}
"""What the contract promises, by its setting."""
ACCOUNT = f'username: "%", name: "P", email: "%@x.example", password1: "{PASSWORD}", password2: "{PASSWORD}"'
PASSWORDS = f'password1: "{PASSWORD}", password2: "{PASSWORD}"'
OWN_LIMITS = {
    "tokenAuth": (
        "sign_ins_per_account",
        'mutation { tokenAuth(email: "anna@school.example", password: "x") { token } }',
    ),
    "refreshToken": ("strangers_per_10_seconds", 'mutation { refreshToken(token: "x") { token } }'),
    "registerUser": ("registrations_per_address", f"mutation {{ registerUser({ACCOUNT}) {{ success }} }}"),
    "confirmRegistration": ("wrong_links_per_address", 'mutation { confirmRegistration(token: "x") { success } }'),
    "requestPasswordReset": (
        "mails_per_recipient",
        'mutation { requestPasswordReset(email: "a@x.example") { success } }',
    ),
    "resetPassword": (
        "wrong_links_per_address",
        f'mutation {{ resetPassword(token: "x", {PASSWORDS}) {{ success }} }}',
    ),
    "resetLinkIsGood": ("wrong_links_per_address", '{ resetLinkIsGood(token: "x") }'),
    "invitationOfLink": ("wrong_links_per_address", '{ invitationOfLink(token: "x") { email } }'),
    "setUpSchool": (
        "strangers_per_10_seconds",
        f'mutation {{ setUpSchool(token: "x", schoolName: "x", registration: OPEN, {ACCOUNT}) {{ payload }} }}',
    ),
    "setupTokenIsGood": ("strangers_per_10_seconds", '{ setupTokenIsGood(token: "x") }'),
    "changePassword": (
        "sign_ins_per_account",
        f'mutation {{ changePassword(current: "x", {PASSWORDS}) {{ success }} }}',
    ),
    "createApiToken": (
        "sign_ins_per_account",
        'mutation { createApiToken(name: "x", scope: READ, password: "x") { token } }',
    ),
    "joinOffer": ("wrong_links_per_address", '{ joinOffer(code: "ABCDEFGH") { courseTitle } }'),
    "joinCourse": ("wrong_links_per_address", 'mutation { joinCourse(code: "ABCDEFGH") { course { id } } }'),
    "acceptInvitation": ("wrong_links_per_address", 'mutation { acceptInvitation(token: "x") { course { id } } }'),
    "declineInvitation": ("wrong_links_per_address", 'mutation { declineInvitation(token: "x") { success } }'),
    "inviteUser": ("changes_per_minute", 'mutation { inviteUser(email: "%@x.example") { link } }'),
}
"""Where something can be guessed, or somebody else be bothered: a limit of its own, and a good or a wrong try."""
SIGNED_IN = {"acceptInvitation", "changePassword", "createApiToken", "inviteUser", "joinCourse"}
FEW = 20
"""Tries after which a limit of one must have shown."""
ANSWERED = [command for command in get_args(commands.ClientCommand) if command is not commands.StartTyping]
"""Typing never is: above its limit it is not heard."""
SIZES = {"POST /graphql/": "body_limit", "POST /api/files/": "file_limit"}
"""The addresses that take in what is sent."""


@pytest.fixture
def open_school(address: Address, settings: Settings, cast: Cast) -> Open:
    """Open the school with some limits of its own."""

    @asynccontextmanager
    async def opened(**limits: int) -> AsyncIterator[Quart]:
        app = create_app(settings.model_copy(update=limits), address=address, keys=KEYS)
        async with app.test_app():
            yield app

    return opened


async def refused_handshake(app: Quart, path: str) -> Response:
    with pytest.raises(WebsocketResponseError) as refused:
        async with app.test_client().websocket(path, headers={"Host": HOST}) as socket:
            await socket.receive()
    response: Response = refused.value.response
    return response


def is_too_many(answer: Answer) -> bool:
    return answer.codes == ["TOO_MANY"] and answer.error["extensions"]["retryAfter"] > 0


def test_every_limit_that_is_promised_is_a_setting() -> None:
    for name, promised in NAMED.items():
        assert Settings.model_fields[name].default == promised, name
        assert str(Settings.model_fields[name].validation_alias).startswith("EDUSPHERE_")


async def test_every_address_has_a_limit(open_school: Open) -> None:
    async with open_school(visits_per_10_seconds=1, strangers_per_10_seconds=1) as app:
        browser = Browser(app)
        for path in ("/", "/api/health/live"):
            await browser.get(path)
        await refused_handshake(app, "/ws/")
        for address in addresses(app):
            method, path = address.split(" ")
            path = path.replace("<uuid:file_id>", str(new_id()))
            response = await (refused_handshake(app, path) if method == "WS" else browser.send(method, path, {}))
            assert response.status_code == 429, address
            assert int(response.headers["Retry-After"]) >= 1, address


async def test_those_who_watch_over_the_server_are_counted_apart(open_school: Open) -> None:
    async with open_school(visits_per_10_seconds=1) as app:
        assert [(await Browser(app).get("/")).status_code for _ in range(2)] == [200, 429]
        assert (await Browser(app).get("/api/health/live")).status_code == 200


async def test_whatever_takes_something_in_has_a_largest(open_school: Open) -> None:
    async with open_school(body_limit=1024, avatar_limit=1024, file_limit=1024) as app:
        assert {address for address in addresses(app) if address.split(" ")[0] not in ("GET", "WS", "DELETE")} == set(
            SIZES
        )
        anna = await Browser.of(app, ANNA)
        for address in SIZES:
            method, path = address.split(" ")
            headers = anna.writing() | {"Content-Type": "application/json"}
            for size in (100 * KIBIBYTES, 10 * MEBIBYTES):
                response = await anna.send(method, f"{path}?name=x.json", headers, data=b"x" * size)
                assert response.status_code == 413, (address, size)


@pytest.mark.parametrize("signed_in", [False, True], ids=["strangers", "people"])
async def test_every_query_and_mutation_has_a_limit(
    open_school: Open, biology: Room, signed_in: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Asking at every door may take longer than the ten seconds in which the limit is one.
    defaults = Pace.__init__.__kwdefaults__
    assert defaults
    monkeypatch.setitem(defaults, "clock", lambda: 0.0)
    async with open_school(requests_per_10_seconds=1, strangers_per_10_seconds=2) as app:
        browser = await Browser.of(app, ANNA) if signed_in else await Browser.opened(app)
        while not (await browser.ask("{ school { name } }")).codes:
            pass
        for kind, fields in (("query", QUERIES), ("mutation", MUTATIONS)):
            for name, field in fields.items():
                query, variables = document(kind, name, field)
                answer = await browser.ask(query, **variables)
                assert answer.status == 429, name
                assert is_too_many(answer), name


async def test_every_mutation_has_a_limit_of_its_own_kind(open_school: Open, biology: Room) -> None:
    async with open_school(changes_per_minute=1) as app:
        anna = await Browser.of(app, ANNA)
        assert (await anna.ask('mutation { updateUser(name: "Anna") { user { id } } }')).data
        for name, field in MUTATIONS.items():
            query, variables = document("mutation", name, field)
            assert is_too_many(await anna.ask(query, **variables)), name


@pytest.mark.parametrize("name", OWN_LIMITS)
async def test_where_something_can_be_guessed_there_is_a_limit_of_its_own(open_school: Open, name: str) -> None:
    setting, query = OWN_LIMITS[name]
    async with open_school(**{setting: 1}) as app:
        browser = await (Browser.of(app, ANNA) if name in SIGNED_IN else Browser.opened(app))
        for number in range(FEW):
            answer = await browser.ask(query.replace("%", f"p{number}"))
            if is_too_many(answer):
                return
    raise AssertionError(f"{name} went on for ever")


def test_all_that_can_be_guessed_is_in_the_table() -> None:
    assert OWN_LIMITS.keys() == SIGN_INS
    for setting, _ in OWN_LIMITS.values():
        assert setting in Settings.model_fields


@pytest.mark.parametrize("command", ANSWERED, ids=lambda command: command.__name__)
async def test_every_command_has_a_limit(open_school: Open, cast: Cast, biology: Room, command: Any) -> None:
    values = {"room_id": str(biology.id), "message_id": str(new_id()), "client_id": str(new_id())}
    values |= {"body": "Hello", "number": 1}  # type: ignore[dict-item]
    fields = {
        encoded: values[name]
        for name, encoded in zip(command.__struct_fields__, command.__struct_encode_fields__, strict=True)
        if name in values
    }
    async with open_school(commands_per_10_seconds=1) as app, socket_of(app, cast.anna) as anna:
        assert (await anna.ask("heartbeat"))["type"] == "ok"
        refused = await anna.ask(command.__struct_config__.tag, **fields)
        assert refused["code"] == "TOO_MANY"
        assert refused["retryAfter"] > 0


async def test_above_the_limit_nobody_is_heard_typing(open_school: Open, cast: Cast, biology: Room) -> None:
    room = {"roomId": str(biology.id)}
    async with (
        open_school(commands_per_10_seconds=2) as app,
        socket_of(app, cast.anna) as anna,
        socket_of(app, cast.ben) as ben,
    ):
        for person in (anna, ben):
            assert (await person.ask("room.subscribe", **room))["type"] == "ok"
        await anna.say("typing.start", **room)
        assert (await ben.hear("typing.started"))["user"]["username"] == "anna"
        await anna.say("typing.start", **room)
        assert (await anna.ask("heartbeat"))["code"] == "TOO_MANY"
        await ben.hear_nothing()


@pytest.mark.parametrize("said", get_args(original.Said), ids=lambda said: said.__name__)
async def test_every_frame_of_the_earlier_socket_has_a_limit(
    open_school: Open, cast: Cast, biology: Room, said: Any
) -> None:
    path = f"/ws/chat/anna/{biology.slug}"
    async with open_school(commands_per_10_seconds=1) as app, socket_of(app, cast.anna, path) as anna:
        await anna.say_raw("{}")
        await anna.hear(lambda frame: "error" in frame)
        await anna.say(said.__struct_config__.tag, message="Hello", messageId=str(new_id()))
        assert "too fast" in (await anna.hear(lambda frame: "error" in frame))["error"]


async def test_opening_files_has_a_limit(open_school: Open, cast: Cast) -> None:
    async with open_school(downloads_per_10_seconds=1) as app:
        headers = {"Authorization": f"Bearer {await token_of(app, cast.anna)}"}
        statuses = [
            (await Browser(app).send("GET", path, headers)).status_code
            for path in ("/media/avatars/x.webp", "/media/avatars/x.webp", f"/media/files/{new_id()}/x.pdf")
        ]
        assert statuses == [404, 429, 429]
