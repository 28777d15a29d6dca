"""Files handed out: only to who may have them, and never to be run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import pytest_asyncio
from quart import Quart, Response

from edusphere.school import School
from edusphere.school.me import Me
from edusphere.school.messages import Draft
from edusphere.school.models import Room
from edusphere.school.models.ids import new_id
from tests.people import BEN, Cast
from tests.samples import HTML, PDF, SVG, arriving, drawn, noise
from tests.web.browser import Browser

Sent = Callable[..., Any]
NOBODYS = "0199f3c4-0000-7000-8000-000000000000"
DATA = PDF + noise(700_000)


@pytest_asyncio.fixture
async def sent(school: School, biology: Room) -> Sent:
    """Send a file in Biology; returns its address."""

    async def send(me: Me, data: bytes = DATA, name: str = "notes.pdf") -> str:
        file = await school.files.keep(me, name, arriving(data, 100_000))
        await school.messages.post(me, biology.id, Draft(new_id(), "", (file.id,)))
        return f"/media/files/{file.id}/{name}"

    return send


async def whole(response: Response) -> bytes:
    return await response.get_data(as_text=False)


def is_harmless(response: Response) -> bool:
    return (
        response.headers["X-Content-Type-Options"] == "nosniff"
        and response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
        and response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        and response.headers["Cache-Control"] == "private, no-cache"
    )


@pytest.mark.parametrize(
    ("data", "name", "mime", "disposition"),
    [
        (DATA, "notes.pdf", "application/pdf", "attachment; filename=notes.pdf"),
        (HTML, "page.html", "application/octet-stream", "attachment; filename=page.html"),
        (SVG, "cat.svg", "application/octet-stream", "attachment; filename=cat.svg"),
        (b"just words", "words.txt", "text/plain; charset=utf-8", "attachment; filename=words.txt"),
        (b"echo off", "run.bat", "text/plain; charset=utf-8", "attachment; filename=run.bat.txt"),
        (b"words", "CON", "text/plain; charset=utf-8", "attachment; filename=_CON"),
        (b"words", "\u202egnp.exe", "text/plain; charset=utf-8", "attachment; filename=gnp.exe.txt"),
        (
            b"x",
            "šūna.txt",
            "text/plain; charset=utf-8",
            "attachment; filename=__na.txt; filename*=UTF-8''%C5%A1%C5%ABna.txt",
        ),
        (b"x", 'so "so".txt', "text/plain; charset=utf-8", 'attachment; filename="so _so_.txt"'),
        (drawn(), "leaf.jpg", "image/png", "inline; filename=leaf.png"),
    ],
)
async def test_only_a_picture_that_was_drawn_anew_is_shown_everything_else_is_saved(
    ben: Browser, cast: Cast, sent: Sent, data: bytes, name: str, mime: str, disposition: str
) -> None:
    response = await ben.get(await sent(cast.ben, data, name))
    assert response.status_code == 200
    assert (response.headers["Content-Type"], response.headers["Content-Disposition"]) == (mime, disposition)
    assert is_harmless(response)
    if not mime.startswith("image/"):
        assert await whole(response) == data


async def test_a_thumbnail_is_a_pictures(ben: Browser, cast: Cast, sent: Sent) -> None:
    picture = (await sent(cast.ben, drawn(), "thumbnail")).rsplit("/", 1)[0]
    response = await ben.get(f"{picture}/thumbnail")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/webp")
    assert is_harmless(response)
    other = await ben.get(await sent(cast.ben, DATA, "thumbnail"))
    assert (other.headers["Content-Type"], await whole(other)) == ("application/pdf", DATA)


async def test_who_may_have_it(
    anna: Browser,
    ben: Browser,
    zoe: Browser,
    olga: Browser,
    stranger: Browser,
    cast: Cast,
    school: School,
    sent: Sent,
    biology: Room,
) -> None:
    address = await sent(cast.ben, drawn(), "leaf.png")
    thumbnail = address.replace("leaf.png", "thumbnail")

    async def statuses(browser: Browser) -> list[int]:
        return [(await browser.get(path)).status_code for path in (address, thumbnail)]

    assert await statuses(anna) == await statuses(ben) == [200, 200]
    assert await statuses(zoe) == await statuses(olga) == [404, 404]
    assert await statuses(stranger) == [401, 401]
    await school.rooms.leave(cast.ben, biology.id)
    assert await statuses(ben) == [404, 404]
    (said,) = (await school.messages.history(cast.anna, biology.id)).nodes
    await school.messages.remove(cast.anna, said.message.id)
    assert await statuses(anna) == [404, 404]


@pytest.mark.parametrize(
    "path",
    [
        f"files/{NOBODYS}/x",
        "files/not-an-id/x",
        "files/",
        f"files/{NOBODYS}",
        f"files/{NOBODYS}/../x",
        "files/ab/00000000",
        "unfinished/x",
    ],
)
async def test_addresses_of_nothing(ben: Browser, path: str) -> None:
    assert (await ben.get(f"/media/{path}")).status_code == 404


async def test_a_part_of_a_file(ben: Browser, cast: Cast, sent: Sent) -> None:
    address = await sent(cast.ben)
    size = len(DATA)
    for asked, begin, end in (
        ("bytes=0-99", 0, 100),
        ("bytes=1000-", 1000, size),
        ("bytes=-500", size - 500, size),
        (f"bytes=300000-{size * 2}", 300_000, size),
        (f"bytes=-{size * 2}", 0, size),
    ):
        response = await ben.get(address, Range=asked)
        assert (response.status_code, await whole(response)) == (206, DATA[begin:end])
        assert response.headers["Content-Range"] == f"bytes {begin}-{end - 1}/{size}"
    for asked in (f"bytes={size}-", "bytes=5-2", "bytes=x", "lines=1-2"):
        assert (await ben.get(address, Range=asked)).status_code == 416
    everything = await ben.get(address)
    assert everything.headers["Accept-Ranges"] == "bytes"
    etag = everything.headers["ETag"]
    assert (await ben.get(address, Range="bytes=0-9", **{"If-Range": etag})).status_code == 206
    assert (await ben.get(address, Range="bytes=0-9", **{"If-Range": '"other"'})).status_code == 200


async def test_what_a_browser_has_is_not_sent_again_but_asked_for(
    ben: Browser, cast: Cast, sent: Sent, school: School, biology: Room
) -> None:
    address = await sent(cast.ben)
    etag = (await ben.get(address)).headers["ETag"]
    again = await ben.get(address, **{"If-None-Match": etag})
    assert (again.status_code, await again.get_data(as_text=False)) == (304, b"")
    await school.rooms.leave(cast.ben, biology.id)
    assert (await ben.get(address, **{"If-None-Match": etag})).status_code == 404


async def test_a_head_says_what_would_come(ben: Browser, cast: Cast, sent: Sent) -> None:
    response = await ben.send("HEAD", await sent(cast.ben), {})
    assert (response.status_code, response.headers["Accept-Ranges"]) == (200, "bytes")
    assert await response.get_data(as_text=False) == b""


async def test_behind_nginx_it_is_nginx_that_sends(
    make_app: Callable[..., Quart], cast: Cast, sent: Sent, school: School
) -> None:
    address = await sent(cast.ben)
    file_id = address.split("/")[3].replace("-", "")
    avatar = await school.pictures.keep_avatar(drawn())
    app = make_app(accel="/protected-media/")
    async with app.test_app():
        ben = await Browser.of(app, BEN)
        response = await ben.get(address, Range="bytes=0-99")
        assert response.headers["X-Accel-Redirect"] == f"/protected-media/files/{file_id[-2:]}/{file_id}"
        assert (response.status_code, await response.get_data(as_text=False)) == (200, b"")
        assert response.headers["Content-Disposition"] == "attachment; filename=notes.pdf"
        assert is_harmless(response)
        shown = await ben.get(f"/media/{avatar}")
        assert shown.headers["X-Accel-Redirect"] == f"/protected-media/{avatar}"
        await school.storage.delete(f"files/{file_id[-2:]}/{file_id}")
        assert (await ben.get(address)).status_code == 404
        zoe = await Browser.opened(app)
        assert "X-Accel-Redirect" not in (await zoe.get(address)).headers
