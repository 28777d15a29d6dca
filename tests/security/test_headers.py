"""Every answer is scored: pages, assets, data, media, errors of every status, whoever gives them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from edusphere.app import create_app
from edusphere.database.address import Address
from edusphere.errors import Unavailable
from edusphere.settings import Settings
from edusphere.web import spa
from tests.conftest import KEYS, clone
from tests.people import PASSWORD
from tests.security import headers
from tests.security.access.askers import Asker
from tests.security.access.doors import ADDRESSES, Request
from tests.security.access.place import Overheard, Place, settle
from tests.security.hostile import wire
from tests.security.served import Served
from tests.web.browser import Browser

pytestmark = pytest.mark.timeout(240)
SCHOOL = "school.example"


@pytest_asyncio.fixture(scope="module", params=[False, True], ids=["http", "https"])
async def place(
    request: pytest.FixtureRequest, server: Address, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Place]:
    """The school of the access matrix, with a front end that was built."""
    address = await clone(server, f"headers_{worker_id}")
    folder = tmp_path_factory.mktemp("headers")
    (folder / "dist" / "static").mkdir(parents=True)
    (folder / "dist" / "index.html").write_text('<!doctype html><script type="module" src="/static/main.js"></script>')
    (folder / "dist" / "favicon.ico").write_bytes(b"icon")
    (folder / "dist" / "static" / "main.js").write_text("plain")
    public = f"http{'s' if request.param else ''}://localhost:8000"
    settings = Settings(data=folder, limits="off", public_url=public, _env_file=None)  # type: ignore[call-arg]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spa, "PACKAGED", folder / "dist")
        app = create_app(settings, address=address, keys=KEYS)
        async with app.test_app():
            place = Place(app, app.extensions["edusphere"].database, Overheard(), folder / "media")
            await settle(place)
            yield place


class Scored:
    """Asks, and scores whatever comes back."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._secure = place.parts.settings.secure
        self.statuses: set[int] = set()
        self.faults: list[str] = []

    async def ask(
        self, browser: Browser, method: str, path: str, more: dict[str, str] | None = None, **content: Any
    ) -> None:
        response = await browser.send(method, path, browser.writing() | (more or {}), **content)
        body = str(await response.get_data(as_text=True)) if (response.mimetype or "").startswith("text/") else ""
        self.statuses.add(response.status_code)
        found = headers.wrong(list(response.headers.items()), body, path=path, secure=self._secure)
        self.faults += [f"{method} {path} {response.status_code}: {fault}" for fault in found]


def asker(place: Place, what: str) -> Asker:
    return next(asker for asker in place.askers if asker.what == what)


async def test_every_address_answers_everybody_with_good_headers(place: Place) -> None:
    scored = Scored(place)
    for who in ("a stranger", "host’s program", "host’s reader", "a program with a made-up token"):
        for door in ADDRESSES.values():
            if isinstance(door, Request):
                path = place.filled(door.path, place.askers[0])
                browser = asker(place, who).browser(place.app)
                for method in (door.method, "HEAD", "OPTIONS", "PUT", "TRACE"):
                    for accept in ("text/html", "application/json"):
                        kind = {"Content-Type": door.content_type} if door.content_type else {}
                        await scored.ask(browser, method, path, {"Accept": accept, **kind}, data=door.body)
    assert not scored.faults, "\n".join(scored.faults)
    assert {200, 201, 303, 401, 404, 405} <= scored.statuses


async def test_every_other_kind_of_answer_has_good_headers(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    scored = Scored(place)
    host = asker(place, "host’s program").browser(place.app)
    stranger = await Browser.opened(place.app)
    json = {"Content-Type": "application/json"}
    picture = place.filled("/media/files/$picture/a.png", place.askers[0])
    tag = (await host.send("GET", picture, host.writing())).headers["ETag"]
    await scored.ask(host, "GET", picture, {"If-None-Match": tag})
    await scored.ask(host, "GET", picture, {"Range": "bytes=0-9"})
    await scored.ask(host, "GET", picture, {"Range": "bytes=99999999-"})
    await scored.ask(stranger, "GET", "/favicon.ico")
    await scored.ask(stranger, "GET", "/", {"Host": "evil.example"})
    await scored.ask(stranger, "POST", "/graphql/", json, data="{")
    await scored.ask(stranger, "POST", "/graphql/", {"Content-Type": "text/plain"}, data="{}")
    await scored.ask(stranger, "POST", "/graphql/", json, data="x" * 200_000)
    await scored.ask(
        Browser(place.app),
        "POST",
        "/graphql/",
        json | {"Origin": "https://evil.example"},
        data=b'{"query": "mutation { deleteToken { deleted } }"}',
    )
    sign_in = b'{"query": "mutation { tokenAuth(email: \\"zoe@school.example\\", password: \\"%s\\") { success } }"}'
    await scored.ask(stranger, "POST", "/graphql/", json, data=sign_in % PASSWORD.encode())
    await scored.ask(stranger, "POST", "/graphql/", json, data=b'{"query": "mutation { refreshToken { token } }"}')
    await scored.ask(stranger, "POST", "/graphql/", json, data=b'{"query": "mutation { deleteToken { deleted } }"}')

    async def break_down(*_: Any) -> None:
        raise RuntimeError("something of the inside")

    async def be_away(*_: Any) -> None:
        raise Unavailable

    with monkeypatch.context() as patch:
        patch.setattr(place.parts.school.files, "reach", break_down)
        await scored.ask(host, "GET", picture)
        await scored.ask(host, "GET", picture, {"Accept": "text/html"})
        patch.setattr(place.parts.school.files, "reach", be_away)
        await scored.ask(host, "GET", picture)
    assert not scored.faults, "\n".join(scored.faults)
    assert scored.statuses == {200, 206, 304, 400, 403, 413, 415, 416, 500, 503}


async def test_what_is_refused_before_it_is_a_request_has_good_headers_too(
    server: Address, worker_id: str, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    address = await clone(server, f"headers_served_{worker_id}")
    served = Served(address, tmp_path / "data", EDUSPHERE_PUBLIC_URL=f"https://{SCHOOL}")
    await served.open()
    try:
        sent = {
            "a page": wire.request("/", host=SCHOOL),
            "no such address": wire.request("/api/nothing", host=SCHOOL),
            "another method": wire.request("/", method="BREW", host=SCHOOL),
            "no HTTP": b"hello\r\n\r\n",
            "a long head": wire.request("/" + "a" * 20_000, host=SCHOOL),
            "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "no host": b"GET / HTTP/1.1\r\n\r\n",
            "a bad coding": wire.request("/", "Transfer-Encoding: gzip", host=SCHOOL),
            "a handshake of a stranger": wire.request(
                "/ws/", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "Sec-WebSocket-Version: 13", host=SCHOOL,
            ),
        }  # fmt: skip
        faults = []
        for what, data in sent.items():
            heard = await wire.exchange(served.port, data)
            (response,) = heard.responses
            found = headers.wrong(response.headers.items(), response.body.decode("utf-8", "replace"), secure=True)
            faults += [f"{what} ({response.status}): {fault}" for fault in found]
        assert not faults, "\n".join(faults)
    finally:
        await served.close()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"x-content-type-options": ""}, "nosniff"),
        (
            {"content-security-policy": "default-src 'none'; frame-ancestors 'none'; script-src 'unsafe-inline'"},
            "too much",
        ),
        (
            {"content-security-policy": "default-src 'none'; frame-ancestors 'none'; img-src https://x.example"},
            "another host",
        ),
        ({"server": "hypercorn"}, "server is said"),
        ({"set-cookie": "JWT=x; Path=/; HttpOnly"}, "other sites"),
        ({"set-cookie": "JWT=x; Path=/; SameSite=Lax"}, "scripts read"),
        ({"cache-control": None}, "keep it"),
    ],
)
def test_the_score_notices(change: dict[str, str | None], says: str) -> None:
    good = {
        **headers.ALWAYS,
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "cache-control": "no-store",
    }
    assert headers.wrong(good.items()) == []
    worse = {name: value for name, value in {**good, **change}.items() if value is not None}
    assert any(says in fault for fault in headers.wrong(worse.items()))


def test_a_page_that_fetches_from_elsewhere_is_noticed() -> None:
    good = {
        **headers.ALWAYS,
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "cache-control": "no-store",
    }
    page = {**good, "content-type": "text/html; charset=utf-8"}
    for body in ('<script src="https://cdn.example/x.js">', "<link href=//fonts.example/x.css>", "<script>1</script>"):
        assert headers.wrong(page.items(), body), body
    assert headers.wrong(page.items(), '<script src="/static/x.js"></script><a href="/">home</a>') == []
