"""The door for files: how they come in, and what is said when they do not."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from quart import Quart, Response, request
from quart.datastructures import FileStorage

from edusphere.database import Database
from edusphere.school import School, models
from edusphere.school.models import Room, TokenScope
from edusphere.settings import KIBIBYTES, MEBIBYTES, Settings
from edusphere.web.parts import Parts
from tests.people import BEN, Cast
from tests.realtime.listeners import until
from tests.samples import HTML, PDF, WINDOWS_PROGRAM, bomb, drawn, noise
from tests.web.browser import HOST, Browser, program
from tests.web.sockets import socket_of, token_of

PATH = "/api/files/"


def kept(settings: Settings) -> list[Path]:
    return [path for path in (settings.data / "media").rglob("*") if path.is_file()]


async def send(
    browser: Browser, data: bytes = PDF, name: str = "notes.pdf", field: str = "file", **headers: str
) -> Response:
    """Send a file as the page does."""
    files = {field: FileStorage(io.BytesIO(data), name, content_type="image/png")}
    return await browser.send("POST", PATH, {**browser.writing(), **headers}, files=files)


async def send_raw(browser: Browser, data: bytes = PDF, query: str = "?name=notes.pdf", **headers: str) -> Response:
    """Send a file as a program does."""
    return await browser.send("POST", PATH + query, {**browser.writing(), **headers}, data=data)


async def words_of(response: Response) -> str:
    (error,) = (await response.get_json())["errors"]
    assert error["extensions"]["code"] in ("INVALID", "UNAUTHENTICATED", "FORBIDDEN", "TOO_MANY", "NOT_FOUND")
    return str(error["message"])


async def test_a_page_sends_a_file(ben: Browser, cast: Cast, database: Database) -> None:
    response = await send(ben, PDF, "../../Lab report.pdf")
    said = await response.get_json()
    assert response.status_code == 201
    assert said == {"id": said["id"], "name": "Lab report.pdf", "size": len(PDF), "mime": "application/pdf"}
    assert response.headers["Location"] == f"/media/files/{said['id']}/Lab%20report.pdf"
    (row,) = await database.query(models.File)
    assert (str(row.id), row.uploader_id) == (said["id"], cast.ben.id)
    answer = await ben.get(response.headers["Location"])
    assert await answer.get_data(as_text=False) == PDF


async def test_a_picture_is_answered_with_its_size(ben: Browser) -> None:
    said = await (await send(ben, drawn("JPEG", (1000, 500)), "photo.png")).get_json()
    assert (said["mime"], said["width"], said["height"], said["name"]) == ("image/jpeg", 1000, 500, "photo.png")


async def test_a_program_sends_a_file_as_the_body(app: Quart, cast: Cast) -> None:
    ben = program(app, await token_of(app, cast.ben))
    response = await send_raw(ben, PDF, "?name=%E2%80%AEfdp.notes.pdf")
    assert (response.status_code, (await response.get_json())["name"]) == (201, "fdp.notes.pdf")
    assert (await send(ben)).status_code == 201


async def test_who_may_send(
    app: Quart, parts: Parts, stranger: Browser, ben: Browser, cast: Cast, settings: Settings
) -> None:
    signed_out = await send(stranger)
    assert (signed_out.status_code, await words_of(signed_out)) == (401, "Please sign in.")
    without_token = await ben.send("POST", PATH + "?name=x", {"Origin": "http://localhost:8000"}, data=PDF)
    assert (without_token.status_code, "CSRF" in await words_of(without_token)) == (403, True)
    from_elsewhere = await send(ben, Origin="https://evil.example")
    assert (from_elsewhere.status_code, "another site" in await words_of(from_elsewhere)) == (403, True)
    _, reading = await parts.school.api_tokens.make(cast.ben.id, "reads", TokenScope.READ)
    read_only = await send_raw(program(app, reading))
    assert (read_only.status_code, await words_of(read_only)) == (403, "This token may only read.")
    wrong_token = await send_raw(program(app, "not-a-token"))
    assert wrong_token.status_code == 401
    assert kept(settings) == []


@pytest.mark.parametrize(
    ("data", "status", "says"),
    [
        (b"", 400, "empty"),
        (WINDOWS_PROGRAM, 415, "Programs are not taken here"),
        (bomb(), 400, "25 megapixels"),
        (drawn()[:100], 400, "damaged"),
        (b"\x89PNG\r\n\x1a\n" + HTML, 400, "damaged"),
    ],
    ids=["nothing", "a program", "a bomb", "half a picture", "a page that says it is a picture"],
)
async def test_what_is_not_taken_is_refused_in_plain_words(
    ben: Browser, settings: Settings, data: bytes, status: int, says: str
) -> None:
    for response in (await send(ben, data, "cat.png"), await send_raw(ben, data)):
        assert response.status_code == status
        assert says in await words_of(response)
        assert list((await response.get_json())["errors"][0]["extensions"]["errors"]) == ["file"]
    assert kept(settings) == []


BOUNDARY = "multipart/form-data; boundary=x"
HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b"{}", 415),
        ("", b"hello", 415),
        ("multipart/form-data", HEAD, 400),
        (BOUNDARY, b"", 400),
        (BOUNDARY, b"no form at all", 400),
        (BOUNDARY, HEAD + PDF, 400),
        (BOUNDARY, HEAD + PDF + b"\r\n--x", 400),
        (BOUNDARY, HEAD.replace(b'"file"', b'"other"') + PDF + b"\r\n--x--\r\n", 400),
        (BOUNDARY, HEAD.replace(b'; filename="a.pdf"', b"") + PDF + b"\r\n--x--\r\n", 400),
        (BOUNDARY, b"--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n--x--\r\n", 400),
        (BOUNDARY, b"--x\r\n\xff\xfe: 1\r\n\r\nhello\r\n--x--\r\n", 400),
        (BOUNDARY, HEAD + PDF + b"\r\n" + HEAD + PDF + b"\r\n--x--\r\n", 400),
        (BOUNDARY, b"--x\r\nA: " + b"a" * 400_000, 413),
        (BOUNDARY, b"".join(HEAD.replace(b"file", b"f%d" % n) + b"\r\n" for n in range(20)) + b"--x--\r\n", 413),
    ],
)
async def test_a_form_that_is_none_is_refused_and_leaves_nothing(
    ben: Browser, settings: Settings, kind: str, body: bytes, status: int
) -> None:
    response = await ben.send("POST", PATH, {**ben.writing(), "Content-Type": kind}, data=body)
    assert response.status_code == status
    assert await words_of(response)
    assert kept(settings) == []


async def test_other_fields_of_a_form_do_not_matter(ben: Browser) -> None:
    field = b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'
    body = field + HEAD + PDF + b"\r\n" + field + b"--x--\r\n"
    response = await ben.send("POST", PATH, {**ben.writing(), "Content-Type": BOUNDARY}, data=body)
    assert (response.status_code, (await response.get_json())["size"]) == (201, len(PDF))


async def test_a_file_of_line_breaks_and_half_boundaries_is_kept_as_it_is(ben: Browser) -> None:
    for data in (b"\r\n--" * 40_000, b"\n" * 200_000, b"\r" * 100_000 + b"\r\n--boundary-not" * 1000):
        said = await (await send(ben, data, "odd.txt")).get_json()
        response = await ben.get(f"/media/files/{said['id']}/odd.txt")
        assert await response.get_data(as_text=False) == data


# -- limits


async def test_too_large_a_file_is_refused_with_the_limit_in_words(
    make_app: Callable[..., Quart], cast: Cast, settings: Settings
) -> None:
    app = make_app(file_limit=300 * KIBIBYTES)
    async with app.test_app():
        ben = await Browser.of(app, BEN)
        for data in (noise(300 * KIBIBYTES + 1), noise(400 * KIBIBYTES)):
            for response in (await send(ben, data), await send_raw(ben, data)):
                assert response.status_code == 413
                assert "at most 300 kB" in await words_of(response)
        assert kept(settings) == []
        assert (await send(ben, noise(300 * KIBIBYTES))).status_code == 201
        assert (await send_raw(ben, noise(300 * KIBIBYTES))).status_code == 201


async def test_too_many_uploads_are_asked_to_wait(make_app: Callable[..., Quart], cast: Cast) -> None:
    app = make_app(uploads_per_minute=2)
    async with app.test_app():
        ben = await Browser.of(app, BEN)
        assert [(await send(ben)).status_code for _ in range(3)] == [201, 201, 429]
        refused = await send(ben)
        assert 0 < int(refused.headers["Retry-After"]) <= 60
        assert "Please wait" in await words_of(refused)


async def test_no_room_left_is_told_before_the_file_comes(make_app: Callable[..., Quart], cast: Cast) -> None:
    app = make_app(waiting_files_limit=1000)
    async with app.test_app():
        refused = await send_raw(await Browser.of(app, BEN), noise(2000))
        assert (refused.status_code, "in no message yet" in await words_of(refused)) == (413, True)


async def test_an_upload_that_stalls_or_breaks_off_leaves_nothing(
    make_app: Callable[..., Quart], cast: Cast, settings: Settings, database: Database
) -> None:
    app = make_app(upload_patience=3)
    async with app.test_app():
        headers = {"Host": HOST, "Authorization": f"Bearer {await token_of(app, cast.ben)}"}
        async with app.test_client().request(f"{PATH}?name=x", method="POST", headers=headers) as stalled:
            await stalled.send(noise(1 * MEBIBYTES))
            await until(lambda: len(kept(settings)) == 1, 20)
        assert (await stalled.as_response()).status_code == 408
        assert kept(settings) == []

        async with app.test_client().request(f"{PATH}?name=x", method="POST", headers=headers) as broken:
            await broken.send(noise(1 * MEBIBYTES))
            await until(lambda: len(kept(settings)) == 1, 20)
            await broken.disconnect()
        assert kept(settings) == []
        assert await database.query(models.File).count() == 0


async def test_a_sender_waits_while_nobody_reads(make_app: Callable[..., Quart]) -> None:
    """However fast it comes, a body is never whole in memory: the queue before the app stands still."""
    app = make_app()
    going_on = asyncio.Event()
    pieces: list[bytes] = []

    @app.post("/slow")
    async def slow() -> str:
        await going_on.wait()
        pieces.extend([await anext(aiter(request.body)) for _ in range(10)])
        return "enough"

    async with app.test_app(), _flood(app, "/slow") as (queue, answered):
        await asyncio.sleep(0.1)
        assert queue.full()
        assert not answered.is_set()
        going_on.set()
        await asyncio.wait_for(answered.wait(), 5)
    assert max(map(len, pieces)) < 400_000


async def test_a_refusal_in_the_middle_of_a_flood_is_answered(make_app: Callable[..., Quart]) -> None:
    """The server puts the end of the connection into the same queue: it must not stand before it for ever."""
    app = make_app()
    async with app.test_app(), _flood(app, f"{PATH}?name=x") as (_, answered):
        await asyncio.wait_for(answered.wait(), 5)


@asynccontextmanager
async def _flood(app: Quart, path: str) -> AsyncIterator[tuple[asyncio.Queue[Any], asyncio.Event]]:
    """Let more and more come in, as Hypercorn does: through a short queue, that also tells of the end."""
    queue: asyncio.Queue[Any] = asyncio.Queue(10)
    closed, answered = asyncio.Event(), asyncio.Event()

    async def come() -> None:
        while not closed.is_set():
            await queue.put({"type": "http.request", "body": b"x" * 65_536, "more_body": True})

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body" and not message.get("more_body"):
            closed.set()
            await queue.put({"type": "http.disconnect"})
            answered.set()

    path, _, query = path.partition("?")
    scope: Any = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "root_path": "",
    }
    scope |= {"query_string": query.encode(), "headers": [(b"host", HOST.encode())], "client": ("127.0.0.1", 1)}
    handling = asyncio.ensure_future(app(scope, queue.get, send))
    coming = asyncio.ensure_future(come())
    try:
        yield queue, answered
    finally:
        await asyncio.wait_for(asyncio.gather(handling, coming), 5)


# -- with a message


async def test_a_file_goes_from_one_browser_to_another(
    app: Quart, ben: Browser, anna: Browser, zoe: Browser, cast: Cast, school: School, biology: Room
) -> None:
    said = await (await send(ben, drawn(), "leaf.png")).get_json()
    address = f"/media/files/{said['id']}/leaf.png"
    assert (await anna.get(address)).status_code == 404
    async with socket_of(app, cast.anna) as hers, socket_of(app, cast.ben) as his:
        await hers.ask("room.subscribe", roomId=str(biology.id))
        answer = await his.ask(
            "message.post", roomId=str(biology.id), clientId=said["id"], body="", fileIds=[said["id"]]
        )
        assert answer["type"] == "ok"
        heard = (await hers.hear("message.posted"))["message"]
    assert heard["files"] == [said]
    assert (await anna.get(address)).status_code == 200
    assert (await zoe.get(address)).status_code == 404
    history = (
        "query H($room: UUID!) { roomHistory(roomId: $room) { nodes { body files { id name size mime width } } } }"
    )
    (node,) = (await anna.ask(history, room=str(biology.id))).data["roomHistory"]["nodes"]
    assert node == {"body": "", "files": [{key: said[key] for key in ("id", "name", "size", "mime", "width")}]}


async def test_a_waiting_file_is_taken_back(ben: Browser, anna: Browser, settings: Settings) -> None:
    said = await (await send(ben)).get_json()
    path = f"{PATH}{said['id']}"
    assert (await ben.send("DELETE", path, {"Origin": "http://localhost:8000"})).status_code == 403
    assert (await anna.send("DELETE", path, anna.writing())).status_code == 404
    assert (await ben.send("DELETE", path, ben.writing())).status_code == 204
    assert (await ben.send("DELETE", path, ben.writing())).status_code == 404
    assert kept(settings) == []


async def test_the_earlier_chat_is_told_the_names_of_files(app: Quart, cast: Cast, ben: Browser, biology: Room) -> None:
    said = await (await send(ben)).get_json()
    async with socket_of(app, cast.anna, f"/ws/chat/anna/{biology.slug}") as anna, socket_of(app, cast.ben) as his:
        await his.ask("message.post", roomId=str(biology.id), clientId=said["id"], body="", fileIds=[said["id"]])
        assert (await anna.hear("chat_message"))["body"] == "notes.pdf"
