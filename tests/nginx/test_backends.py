"""What nginx asks of its backends, and what people are told when one of them dies."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from http.client import IncompleteRead
from pathlib import Path

import pytest

from loadtests.bench.processes import free_port
from tests.nginx.answers import Answer, ask
from tests.nginx.backends import backend, dying, dying_midway, well
from tests.nginx.placed import Placed, placed
from tests.security import headers

pytestmark = pytest.mark.timeout(60)
Before = Callable[..., AbstractContextManager[Placed]]


@pytest.fixture
def before(tmp_path: Path) -> Before:
    """Run nginx before backends on some ports."""
    return lambda *ports, **variables: placed(tmp_path / "nginx", free_port(), ports, **variables)


async def asked(nginx: Placed, path: str = "/graphql/", method: str = "GET", **given: str) -> Answer:
    body = b"{}" if method == "POST" else b""
    return await asyncio.to_thread(partial(ask, nginx.port, path, method, body, **given))


async def test_only_a_websocket_is_ever_asked_for(before: Before) -> None:
    smuggled = {"Connection": "Upgrade, HTTP2-Settings", "HTTP2_Settings": "AAMAAABkAAQAAP__"}
    async with backend(well) as one:
        with before(one.port) as nginx:
            for path in ("/ws/", "/graphql/", "/api/x", "/media/x"):
                for upgrade in ("h2c", "websocket, h2c", "h2c, websocket", "websocketx", "irc"):
                    said = (await asked(nginx, path, Upgrade=upgrade, **smuggled)).json()
                    assert not {"upgrade", "http2-settings", "connection"} & said.keys(), (path, upgrade, said)
            opening = {
                "Connection": "Upgrade",
                "Upgrade": "WebSocket",
                "Sec_WebSocket_Extensions": "permessage-deflate",
            }
            said = (await asked(nginx, "/ws/", **opening)).json()
            assert (said["upgrade"], said["connection"]) == ("websocket", "upgrade")
            assert "sec-websocket-extensions" not in said
            assert "upgrade" not in (await asked(nginx, "/graphql/", **opening)).json()


async def test_nobody_chooses_the_address_they_come_from(before: Before) -> None:
    forged = {"X_Forwarded_For": "8.8.8.8", "X_Forwarded_Proto": "https", "X_Real_IP": "8.8.8.8"}
    more = {"Forwarded": "for=8.8.8.8", "X_Forwarded_Host": "evil.example", "Proxy": "http://evil.example"}
    async with backend(well) as one:
        with before(one.port) as nginx:
            said = (await asked(nginx, **forged, **more)).json()
    assert (said["x-forwarded-for"], said["x-forwarded-proto"]) == ("127.0.0.1", "http")
    assert not {"forwarded", "x-forwarded-host", "proxy"} & said.keys()


async def test_a_trusted_proxy_says_who_comes_and_how(before: Before) -> None:
    async with backend(well) as one:
        with before(one.port, NGINX_TRUSTED_PROXIES="127.0.0.0/8 10.0.0.0/8") as nginx:
            # Written by the visitor, by the proxy nearest to them, and by the one nearest to us.
            said = await asked(nginx, X_Forwarded_For="8.8.8.8, 203.0.113.7, 10.1.2.3", X_Forwarded_Proto="https")
    assert (said.json()["x-forwarded-for"], said.json()["x-forwarded-proto"]) == ("203.0.113.7", "https")
    assert said["strict-transport-security"] == "max-age=31536000"


async def test_who_is_dead_already_is_passed_over_and_nobody_notices(before: Before) -> None:
    async with backend(well) as living:
        with before(free_port(), free_port(), living.port) as nginx:
            for method in ("GET", "POST") * 10:
                assert (await asked(nginx, method=method)).status == 200


async def test_what_may_have_been_done_is_not_done_again(before: Before) -> None:
    async with backend(dying) as one, backend(dying) as two:
        with before(one.port, two.port) as nginx:
            answer = await asked(nginx, method="POST")
            assert len(one.asked) + len(two.asked) == 1
            assert answer.status == 502
            assert answer.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
            assert answer["retry-after"]


async def test_what_was_only_looked_at_is_asked_of_another(before: Before) -> None:
    async with backend(dying) as one, backend(well) as two:
        with before(one.port, two.port) as nginx:
            for _ in range(4):
                assert (await asked(nginx)).status == 200
            assert one.asked


async def test_half_an_answer_is_not_taken_for_a_whole_one(before: Before) -> None:
    async with backend(dying_midway) as one:
        with before(one.port) as nginx:
            with pytest.raises((IncompleteRead, ConnectionError)):
                await asked(nginx)
            one.asked.clear()


@pytest.mark.parametrize("path", ["/graphql/", "/api/csrf/", "/ws/", "/media/x", "/admin/"])
async def test_while_nobody_answers_people_are_told_calmly(before: Before, path: str) -> None:
    with before(free_port()) as nginx:
        answer = await asked(nginx, path, Accept="text/html")
        assert answer.status == 502
        assert headers.wrong([pair for pair in answer.headers if pair != ("server", "nginx")], answer.text) == []
        assert (answer["cache-control"], answer["retry-after"]) == ("no-store", "2")
        assert "does not answer just now" in answer.text
        assert ("<h1>" in answer.text) == (path in ("/media/x", "/admin/"))
        for word in ("127.0.0.1", "upstream", "nginx/"):
            assert word not in answer.text


async def test_vite_and_its_hot_reload_are_reached_in_development(before: Before) -> None:
    async with backend(well) as school, backend(well) as vite:
        with before(school.port, NGINX_VITE=f"127.0.0.1:{vite.port}") as nginx:
            for path in ("/", "/src/main.ts", "/static/x.js", "/admin/people", "/@vite/client"):
                page = await asked(nginx, path)
                assert (page.status, page["content-security-policy"]) == (200, "")
            said = (await asked(nginx, "/?token=x", Upgrade="websocket", Connection="Upgrade")).json()
            assert said["upgrade"] == "websocket"
            assert "upgrade" not in (await asked(nginx, "/", Upgrade="h2c", Connection="Upgrade")).json()
            assert not school.asked
            await asked(nginx, "/graphql/")
            assert school.asked
