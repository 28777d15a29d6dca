"""What comes in at /graphql/, and what is refused before anything is done."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Callable
from typing import Any

import pytest
from graphql import get_introspection_query
from quart import Quart
from quart.datastructures import FileStorage

from edusphere.school import School
from edusphere.school.models import Room
from edusphere.settings import Settings
from edusphere.web.graphql import requests
from tests.people import Cast
from tests.web.browser import Browser

ME = "{ me { username } }"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not well-formed JSON"),
        (b"{", "not well-formed JSON"),
        (b'{"query": "{ me { id } }"', "not well-formed JSON"),
        (b'{"query": NaN}', "not well-formed JSON"),
        (b'{"query": "\xff"}', "not well-formed JSON"),
        (b'{"query": "{ users(search: $s) { id } }", "variables": {"s": "\\ud800"}}', "not well-formed JSON"),
        (b'{"query": "{ users(search: \\"\xed\xa0\x80\\") { id } }"}', "not well-formed JSON"),
        (b"[" * 50_000, "not well-formed JSON"),
        (b'{"n": ' + b"9" * 6_000 + b"}", "not well-formed JSON"),
        (b'"query"', "must be a JSON object"),
        (b"null", "must be a JSON object"),
        (b"7", "must be a JSON object"),
        (b"{}", "query is missing"),
        (b'{"query": null}', "query is missing"),
        (b'{"query": " "}', "query is missing"),
        (b'{"query": 7}', "query is missing"),
        (b'{"query": {"a": 1}}', "query is missing"),
        (b'{"query": "{ me { id } }", "variables": []}', "variables must be a JSON object"),
        (b'{"query": "{ me { id } }", "variables": "x"}', "variables must be a JSON object"),
        (b'{"query": "{ me { id } }", "operationName": 7}', "name must be text"),
        (b'[{"query": "{ me { id } }"}, {"query": "{ me { id } }"}]', "one operation at a time"),
    ],
    ids=lambda value: repr(value)[:50],
)
async def test_what_is_no_operation_is_refused_in_words(stranger: Browser, body: bytes, says: str) -> None:
    answer = await stranger.post(body)
    assert (answer.status, answer.codes) == (400, ["INVALID"])
    assert says in answer.error["message"]
    assert "data" not in answer.body


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{", {}),
        ("{ me }", {}),
        ("{ nothing }", {}),
        ("{ me { nothing } }", {}),
        ("query A { me { id } } query B { me { id } }", {}),
        ("fragment A on User { id }", {}),
        ("subscription { me { id } }", {}),
        ("{ __schema { types { name } } }", {}),
        ('{ __type(name: "User") { name } }', {}),
        ("{ user(userSlug: 7) { id } }", {}),
        ("query A($id: UUID!) { roomHistory(roomId: $id) { lastNumber } }", {}),
        ("query A($id: UUID!) { roomHistory(roomId: $id) { lastNumber } }", {"id": None}),
        ("query A($id: UUID!) { roomHistory(roomId: $id) { lastNumber } }", {"id": "7"}),
        ("query A($id: UUID!) { roomHistory(roomId: $id) { lastNumber } }", {"id": 7}),
        ("query A($id: UUID!) { roomHistory(roomId: $id) { lastNumber } }", {"id": ["x"]}),
        (
            "query A($id: UUID!) { roomHistory(roomId: $id) { lastNumber } }",
            {"id": "{01890a5dac96774bbcceb302099a8057}"},
        ),
        ('{ roomHistory(roomId: "x") { lastNumber } }', {}),
        ('{ messages(hostSlug: "a", roomSlug: "b", last: null) { id } }', {}),
        ('query A($n: Int!) { messages(hostSlug: "a", roomSlug: "b", last: $n) { id } }', {"n": None}),
        ('query A($n: Int!) { messages(hostSlug: "a", roomSlug: "b", last: $n) { id } }', {"n": 1.5}),
        ('query A($n: Int!) { messages(hostSlug: "a", roomSlug: "b", last: $n) { id } }', {"n": "5"}),
        ('query A($n: Int!) { messages(hostSlug: "a", roomSlug: "b", last: $n) { id } }', {"n": 2**40}),
        ('query A($n: Int!) { messages(hostSlug: "a", roomSlug: "b", last: $n) { id } }', {"n": True}),
        ("query A($f: Upload) { me { id } }", {"f": "a file"}),
        ('mutation { updateUser(avatar: "x") { user { id } } }', {}),
        ("mutation A($f: Upload) { updateUser(avatar: $f) { user { id } } }", {"f": "x"}),
        ("mutation A($s: String!) { deleteMessage(messageId: $s) { success } }", {"s": "x"}),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_a_document_that_cannot_run_is_invalid(ben: Browser, query: str, variables: dict[str, Any]) -> None:
    answer = await ben.ask(query, **variables)
    assert answer.status == 400
    assert set(answer.codes) == {"INVALID"}
    assert "data" not in answer.body
    assert "None" not in str([error["message"] for error in answer.body["errors"]])


async def test_a_null_that_slips_through_a_nullable_variable_is_invalid(ben: Browser) -> None:
    query = 'query A($n: Int) { messages(hostSlug: "a", roomSlug: "b", last: $n) { id } }'
    answer = await ben.ask(query, n=None)
    assert (answer.status, answer.codes) == (200, ["INVALID"])
    assert answer.body["data"] == {"messages": None}


async def test_a_developers_tools_learn_the_whole_schema_in_debug(make_app: Callable[..., Quart]) -> None:
    app = make_app(debug=True)
    async with app.test_app():
        answer = await (await Browser.opened(app)).ask(get_introspection_query(input_value_deprecation=True))
    assert answer.status == 200
    assert "roomHistory" in str(answer.data)


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "\x7f"], ids=ascii)
@pytest.mark.parametrize(
    "query",
    [
        "query A($t: String!) { rooms(search: $t) { id } }",
        "query A($t: String!) { rooms(hostSlug: $t) { id } }",
        "query A($t: String!) { rooms(topic: [$t]) { id } }",
        "query A($t: String!) { topics(search: $t) { id } }",
        "query A($t: String!) { users(search: $t) { id } }",
        "query A($t: String!) { user(userSlug: $t) { id } }",
        "query A($t: String!) { people(after: $t) { nodes { id } } }",
        "query A($t: String!) { room(hostSlug: $t, roomSlug: $t) { id } }",
        "query A($t: String!) { messages(hostSlug: $t, roomSlug: $t) { id } }",
        "query A($t: String!) { messagesByUser(userSlug: $t) { id } }",
        "query A($t: String!) { setupTokenIsGood(token: $t) }",
        "mutation A($t: String!) { tokenAuth(email: $t, password: $t) { success } }",
        "mutation A($t: String!) { updateUser(name: $t) { user { id } } }",
        "mutation A($t: String!) { createRoom(name: $t, topicName: $t, description: $t) { room { id } } }",
    ],
)
async def test_characters_that_no_database_keeps_are_refused_everywhere(ben: Browser, query: str, text: str) -> None:
    answer = await ben.ask(query, t=text)
    assert (answer.status, answer.codes) == (200, ["INVALID"])
    assert all(answer.refused.values())


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("{ " + "me { id } " * 300 + "}", "too long"),
        ("{ " + " ".join(f"a{i}: me {{ id }}" for i in range(16)) + " }", "aliases"),
        ("{ ...A } fragment A on Query { " + " ".join(f"a{i}: me {{ id }}" for i in range(16)) + " }", "aliases"),
        ("{ " + "a { " * 10 + "b" + " }" * 11, "too deep"),
        ("{ ...A } fragment A on Query { " + "a { " * 10 + "b" + " }" * 11, "too deep"),
        ("{ " + "... { " * 20 + "a { " * 10 + "b" + " }" * 31, "too deep"),
        ("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }", "contains itself"),
        ("{ me { id } } fragment A on Query { ...A }", "contains itself"),
        ("{ " + "me { id } " * 13 + "}", "repeats"),
        ("{ " + "...A " * 13 + "} fragment A on Query { me { id } }", "repeats"),
        ("{ " + " ".join(f"x{i} {{ y }}" for i in range(201)) + " }", "too many fields"),
    ],
    ids=lambda value: value[:40],
)
async def test_a_document_beyond_the_limits_is_too_complex(ben: Browser, query: str, says: str) -> None:
    answer = await ben.ask(query)
    assert (answer.status, answer.codes) == (400, ["TOO_COMPLEX"])
    assert says in answer.error["message"]


async def test_fragments_that_unfold_without_end_are_refused_at_once(ben: Browser) -> None:
    bomb = "{ ...F0 } " + " ".join(f"fragment F{i} on Query {{ ...F{i + 1} ...F{i + 1} }}" for i in range(60))
    answer = await ben.ask(bomb + " fragment F60 on Query { me { id } }")
    assert (answer.status, answer.codes) == (400, ["TOO_COMPLEX"])


NAMED = "query A($t: [String]) { rooms(topic: $t) { id } }"
CLOSED = "mutation A($u: [UUID!]!) { closeAccounts(userIds: $u) { closed } }"


@pytest.mark.parametrize(
    ("query", "variables", "field", "says"),
    [
        (NAMED, {"t": ["a"] * 101}, "t", "Name at most 100 at a time."),
        (CLOSED, {"u": [1] * 101}, "u", "Name at most 100 at a time."),
        (NAMED, {"t": [["a"] * 101]}, "t", "Name at most 100 at a time."),
        (NAMED, {"t": [], "unasked": {"in": [{"it": [0] * 101}]}}, "unasked", "Name at most 100 at a time."),
        (NAMED, {"t": [["a"] * 100] * 10}, "variables", "Send at most 1,000 values at a time."),
        (NAMED, {"t": [{str(n): "a" for n in range(1_000)}]}, "variables", "Send at most 1,000 values at a time."),
        (NAMED, {f"t{n}": n for n in range(1_001)}, "variables", "Send at most 1,000 values at a time."),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_more_values_than_a_field_takes_are_refused_before_any_is_read(
    ben: Browser, query: str, variables: dict[str, Any], field: str, says: str
) -> None:
    answer = await ben.ask(query, **variables)
    assert (answer.status, answer.codes, answer.refused) == (400, ["INVALID"], {field: [says]})


async def test_as_many_values_as_a_field_takes_are_read(ben: Browser) -> None:
    answer = await ben.ask(NAMED, t=["a"] * 100)
    assert answer.data == {"rooms": []}


async def test_too_large_a_body_is_refused(ben: Browser, settings: Settings) -> None:
    padding = "#" * settings.body_limit
    answer = await ben.post({"query": ME + padding})
    assert (answer.status, answer.codes) == (413, ["INVALID"])
    upload = FileStorage(io.BytesIO(b"x" * (settings.avatar_limit + 2 * settings.body_limit)), "a.png")
    answer = await ben.upload("mutation A($f: Upload) { updateUser(avatar: $f) { user { id } } }", upload, "f")
    assert (answer.status, answer.codes) == (413, ["INVALID"])


async def test_a_body_that_does_not_come_is_not_waited_for(app: Quart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "PATIENCE", 0.2)
    headers = {"Host": "localhost:8000", "Content-Type": "application/json"}
    async with app.test_client().request("/graphql/", method="POST", headers=headers) as stalled:
        await stalled.send(b"{")
        await asyncio.sleep(1)
        response = await stalled.as_response()
    assert response.status_code == 408


async def test_a_body_that_comes_in_pieces_is_metered_too(app: Quart, settings: Settings) -> None:
    headers = {"Host": "localhost:8000", "Content-Type": "application/json"}
    async with app.test_client().request("/graphql/", method="POST", headers=headers) as sending:
        for _ in range(settings.body_limit // 10_000 + 2):
            await sending.send(b" " * 10_000)
        await sending.send_complete()
    response = await sending.as_response()
    assert response.status_code == 413


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_graphql_is_asked_by_post_only(stranger: Browser, method: str) -> None:
    response = await stranger.send(method, "/graphql/?query={me{id}}", stranger.writing())
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]
    assert (await response.get_json())["errors"][0]["extensions"]["code"] == "INVALID"


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"operations": "{}"},
        {"operations": "{", "map": "{}"},
        {"operations": '[{"query": "{ me { id } }"}]', "map": "{}"},
        {"operations": '{"query": "{ me { id } }"}', "map": "[]"},
        {"operations": '{"query": "{ me { id } }"}', "map": '{"0": "variables.f"}'},
        {"operations": '{"query": "{ me { id } }"}', "map": '{"0": ["variables.f"]}'},
        {"operations": '"x"', "map": "{}"},
        {"operations": '{"query": "{ me { id } }", "variables": {"a": ' + "[" * 2_000 + "}}", "map": "{}"},
    ],
    ids=lambda form: str(form)[:60],
)
async def test_a_form_that_is_not_as_specified_is_refused(ben: Browser, form: dict[str, str]) -> None:
    response = await ben.send(
        "POST", "/graphql/", ben.writing(), form=form, files={"9": FileStorage(io.BytesIO(b"x"), "x.png")}
    )
    assert response.status_code == 400
    assert (await response.get_json())["errors"][0]["extensions"]["code"] == "INVALID"


async def test_what_breaks_inside_is_shown_to_nobody(
    ben: Browser, school: School, app: Quart, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: Any) -> None:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr(type(school.rooms), "visible", broken)
    with caplog.at_level(logging.ERROR):
        answer = await ben.ask("{ rooms { id } me { username } }")
    assert (answer.status, answer.codes) == (200, ["INTERNAL"])
    assert answer.body["data"] == {"rooms": None, "me": {"username": "ben"}}
    fault = answer.error["message"].rsplit(" ", 1)[1].rstrip(".")
    assert fault in caplog.text
    assert "swordfish" in caplog.text
    assert "swordfish" not in str(answer.body)


async def test_a_value_that_does_not_fit_its_field_is_our_fault(
    ben: Browser, biology: Room, school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def odd(*_: Any) -> list[Room]:
        biology.slug, biology.last_number = None, "many"  # type: ignore[assignment]
        return [biology]

    monkeypatch.setattr(type(school.rooms), "visible", odd)
    for field in ("slug", "lastNumber"):
        answer = await ben.ask(f"{{ rooms {{ id {field} }} }}")
        assert (answer.status, answer.codes) == (200, ["INTERNAL"])
        assert answer.body["data"] == {"rooms": [None]}
        assert "many" not in str(answer.body)


@pytest.mark.parametrize("field", ["roms", "Rooms", "rooms2"])
async def test_nobody_is_helped_to_guess_the_schema(stranger: Browser, field: str) -> None:
    answer = await stranger.ask(f"{{ {field} {{ id }} }}")
    assert answer.error["message"] == f"Cannot query field '{field}' on type 'Query'."


async def test_the_variable_id_stands_for_a_missing_room_id(anna: Browser, biology: Room) -> None:
    delete = "mutation DeleteRoom($roomId: UUID!) { deleteRoom(roomId: $roomId) { success } }"
    assert (await anna.ask(delete, id=str(biology.id))).data == {"deleteRoom": {"success": True}}


async def test_the_variable_id_never_overrules_the_one_that_was_declared(anna: Browser, biology: Room) -> None:
    both = """
        mutation A($roomId: UUID!, $id: UUID!) {
          deleteRoom(roomId: $roomId) { success }
          joinRoom(roomId: $id) { room { id } }
        }
    """
    assert (await anna.ask(both, id=str(biology.id))).status == 400


async def test_a_document_is_read_once_and_answers_each_asker_anew(ben: Browser, stranger: Browser, cast: Cast) -> None:
    status = "{ authStatus { isAuthenticated user { username } } }"
    assert (await ben.ask(status)).data["authStatus"] == {"isAuthenticated": True, "user": {"username": "ben"}}
    assert (await stranger.ask(status)).data["authStatus"] == {"isAuthenticated": False, "user": None}
    assert (await ben.ask(status)).data["authStatus"]["isAuthenticated"]
