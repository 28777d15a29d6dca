"""Every way to reach a school's server: IPv4, IPv6, encrypted, a Unix socket. Sockets are adopted on each."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import stat
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection, connect, unix_connect
from websockets.exceptions import ConnectionClosed
from websockets.sync import client as in_turn

from edusphere.database.address import Address
from edusphere.realtime.direct import SEND_BUFFER, UNACKNOWLEDGED, DirectConnection
from edusphere.school.models import Room
from edusphere.server.listener import bind, leave, listen
from edusphere.server.refused import Refused
from edusphere.settings import MEBIBYTES, Settings
from edusphere.web.parts import Parts
from loadtests.bench.processes import free_port
from tests.certificates import make_certificate
from tests.people import Cast
from tests.server import served
from tests.server.inside import served_inside
from tests.server.served import refusal, run
from tests.web.sockets import token_of

pytestmark = pytest.mark.timeout(120)
WAYS = ("IPv4", "IPv6", "encrypted", "encrypted, IPv6", "Unix socket")
HEADERS = {"Host": "localhost:8000"}


@dataclass
class Open:
    """A school that is served, and one way to it."""

    settings: Settings
    parts: Parts
    token: str
    certificate: Path

    def call(self) -> AbstractAsyncContextManager[ClientConnection]:
        headers = {"Authorization": f"Bearer {self.token}"}
        if self.settings.unix_socket is not None:
            return unix_connect(str(self.settings.unix_socket), "ws://localhost:8000/ws/", additional_headers=headers)
        place = f"localhost:{self.settings.port}"
        trusting = ssl.create_default_context(cafile=self.certificate) if self.settings.tls_certificate else None
        return connect(
            f"{'wss' if trusting else 'ws'}://{place}/ws/",
            host=self.settings.host.strip("[]"),
            port=self.settings.port,
            ssl=trusting,
            additional_headers=headers,
        )


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"))


def settings_for(way: str, settings: Settings, folder: Path, certificate: Path) -> Settings:
    own: dict[str, Any] = {"port": free_port(), "outbox_patience": 0.6}
    if "IPv6" in way:
        own |= {"host": "::1"}
    if "encrypted" in way:
        own |= {"tls_certificate": certificate, "public_url": f"https://localhost:{own['port']}"}
    if way == "Unix socket":
        own |= {"host": f"unix:{folder / 'school.sock'}"}
    return settings.model_copy(update=own)


@pytest_asyncio.fixture(params=WAYS)
async def opened(
    request: pytest.FixtureRequest, settings: Settings, address: Address, cast: Cast, tmp_path: Path, certificate: Path
) -> AsyncIterator[Open]:
    settings = settings_for(request.param, settings, tmp_path, certificate)
    async with served_inside(settings, address) as app:
        yield Open(settings, app.extensions["edusphere"], await token_of(app, cast.ben), certificate)


async def ask(peer: ClientConnection, **command: Any) -> dict[str, Any]:
    await peer.send(json.dumps(command))
    return await hear(peer, lambda frame: frame.get("ref") == command["ref"])


async def hear(peer: ClientConnection, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    async with asyncio.timeout(10):
        while True:
            frame: dict[str, Any] = json.loads(await peer.recv())
            if wanted(frame):
                return frame


async def test_on_every_way_a_socket_is_adopted_and_words_go_both_ways(opened: Open, biology: Room) -> None:
    async with opened.call() as ben, opened.call() as listening:
        for peer in (ben, listening):
            assert (await ask(peer, type="room.subscribe", ref=1, roomId=str(biology.id)))["type"] == "ok"
        words = "Sveiki! " * 400  # more than one TLS record or segment
        post = {"type": "message.post", "ref": 2, "roomId": str(biology.id), "clientId": str(uuid4()), "body": words}
        assert (await ask(ben, **post))["type"] == "ok"
        said = await hear(listening, lambda frame: frame["type"] == "message.posted")
        assert said["message"]["body"] == words.strip()
        connections = opened.parts.realtime.connections()
        assert [type(connection) for connection in connections] == [DirectConnection] * 2
        writes_itself = opened.settings.tls_certificate is None
        assert {connection._fd >= 0 for connection in connections} == {writes_itself}  # type: ignore[attr-defined]
        for connection in connections:
            line = connection._transport.get_extra_info("socket")  # type: ignore[attr-defined]
            assert line.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 2 * SEND_BUFFER
            if line.family != socket.AF_UNIX:
                assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == UNACKNOWLEDGED
    assert opened.parts.realtime.connections() == []


async def test_on_every_way_who_only_listens_is_no_slow_reader(opened: Open, biology: Room) -> None:
    async with opened.call() as ben:
        for ref in range(1, 4):  # an odd number of words, and an even one
            assert (await ask(ben, type="room.subscribe", ref=ref, roomId=str(biology.id)))["type"] == "ok"
            await asyncio.sleep(1.5 * opened.settings.outbox_patience)
        assert (await ask(ben, type="heartbeat", ref=9))["type"] == "ok"


async def test_on_every_way_what_is_asked_at_once_is_answered_in_order(opened: Open) -> None:
    async with opened.call() as ben:
        await ask(ben, type="heartbeat", ref=0)
        for ref in range(1, 201):
            await ben.send(json.dumps({"type": "heartbeat", "ref": ref, "more": "x" * 10_000}))
        refs = [(await hear(ben, lambda frame: frame["type"] in ("ok", "refused")))["ref"] for _ in range(200)]
    assert refs == list(range(1, 201))


async def test_on_every_way_who_says_too_much_at_once_hears_why(opened: Open) -> None:
    ben = await opened.call().__aenter__()  # never left: websockets stumbles over a line that is closed already
    with suppress(ConnectionClosed):
        await ben.send("x" * (4 * MEBIBYTES))
    await ben.wait_closed()
    assert ben.close_code == 1009


async def test_on_every_way_people_are_asked_to_come_back_at_a_stop(opened: Open) -> None:
    async with opened.call() as ben:
        await ask(ben, type="heartbeat", ref=1)
        draining = asyncio.create_task(opened.parts.drain())
        await ben.wait_closed()
        assert ben.close_code == 1012
        await draining


@contextmanager
def command(data: Path, way: str, folder: Path, certificate: Path) -> Iterator[in_turn.ClientConnection]:
    """The real command line with the loop that it takes; a socket of Anna's to it."""
    anna = ("--email", "anna@school.example", "--username", "anna", "--name", "Anna", "--role", "ADMIN")
    assert (
        run("user", "create", *anna, "--password-stdin", "--data", str(data), stdin="three words and 1").returncode == 0
    )
    token = run("token", "create", "--email", "anna@school.example", "--data", str(data)).stdout.splitlines()[-1]
    headers = {"Authorization": f"Bearer {token}"}
    trusting = ssl.create_default_context(cafile=certificate) if way == "encrypted" else None
    path = folder / "school.sock"
    host = {"IPv6": "::1", "Unix socket": f"unix:{path}"}.get(way, "127.0.0.1")
    settings = {}
    if trusting:
        settings = {"EDUSPHERE_TLS_CERTIFICATE": str(certificate), "EDUSPHERE_PUBLIC_URL": "https://localhost"}

    def dial(school: served.Served) -> socket.socket:
        if way == "Unix socket":
            line = socket.socket(socket.AF_UNIX)
            try:
                line.connect(str(path))
            except OSError:
                line.close()
                raise
            return line
        line = socket.create_connection((host, school.port))
        return trusting.wrap_socket(line, server_hostname="localhost") if trusting else line

    with served.serve(data, "--host", host, dial=dial, **settings) as school:
        if way == "Unix socket":
            assert stat.S_ISSOCK(path.stat().st_mode)
            uri = "ws://localhost:8000/ws/"
            with in_turn.unix_connect(str(path), uri, additional_headers=headers) as anna_speaks:
                yield anna_speaks
        else:
            scheme = "wss" if trusting else "ws"
            name = "localhost" if trusting else "[::1]" if way == "IPv6" else "127.0.0.1"
            uri = f"{scheme}://{name}:{school.port}/ws/"
            with in_turn.connect(uri, ssl=trusting, sock=None, additional_headers=headers) as anna_speaks:
                yield anna_speaks
        assert school.stop() < 5 + 5
        assert not path.exists()
        assert school.logged == []


@pytest.mark.parametrize("way", ["IPv6", "encrypted", "Unix socket"])
def test_the_command_line_serves_every_way(tmp_path: Path, certificate: Path, way: str) -> None:
    with command(tmp_path / "data", way, tmp_path, certificate) as anna:
        assert json.loads(anna.recv(10))["type"] == "hello"
        anna.send(json.dumps({"type": "heartbeat", "ref": 1}))
        assert json.loads(anna.recv(10)) == {"type": "ok", "ref": 1}


def test_a_certificate_that_cannot_be_used_is_told_in_words(tmp_path: Path, certificate: Path) -> None:
    data = ("--data", str(tmp_path / "data"), "--port", str(free_port()))
    https = {"EDUSPHERE_PUBLIC_URL": "https://localhost"}
    missing = str(tmp_path / "none.pem")
    assert missing in refusal("serve", *data, EDUSPHERE_TLS_CERTIFICATE=missing, **https)
    assert "its private key" in refusal(
        "serve", *data, EDUSPHERE_TLS_CERTIFICATE=str(certificate.parent / "alone.pem"), **https
    )
    locked = tmp_path / "locked.pem"
    key = ["openssl", "ec", "-in", str(certificate), "-aes256", "-passout", "pass:secret", "-out", str(locked)]
    subprocess.run(key, check=True, capture_output=True)
    assert "without a password" in refusal(
        *("serve", *data), EDUSPHERE_TLS_CERTIFICATE=str(certificate), EDUSPHERE_TLS_KEY=str(locked), **https
    )
    assert "EDUSPHERE_PUBLIC_URL" in refusal("serve", *data, EDUSPHERE_TLS_CERTIFICATE=str(certificate))
    assert "EDUSPHERE_TLS_CERTIFICATE" in refusal("serve", *data, EDUSPHERE_TLS_KEY=str(certificate))


def test_a_path_is_taken_only_from_nobody(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "school.sock"
    settings = settings.model_copy(update={"host": f"unix:{path}"})
    (left,) = bind(settings)
    left.close()  # as by a kill: the path is still there
    assert path.exists()
    (door,) = bind(settings)
    listen(door, settings)
    with pytest.raises(Refused, match="already listens"):
        bind(settings)
    door.close()
    leave(settings)
    path.write_text("homework")
    with pytest.raises(Refused, match="no socket"):
        bind(settings)
    assert path.read_text() == "homework"
