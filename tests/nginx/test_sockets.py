"""Both sockets through nginx, and readers who stop reading."""

from __future__ import annotations

import asyncio
import json
import select
import socket
import time
from typing import Any
from uuid import uuid4

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from loadtests.bench.crowd import handshake
from tests.nginx.answers import ask, question
from tests.nginx.conftest import Behind
from tests.security.hostile import wire

pytestmark = pytest.mark.timeout(150)
LONG = "x" * 3_900
BURST = 100
ENOUGH = 6_000
"""Posts that are more than the kernel, nginx and the school keep for one reader."""
CUT_WITHIN = 60.0
"""Seconds: the school's patience, nginx's 15, and a busy machine."""


def room(behind: Behind, name: str) -> str:
    """Make a room of Ben's that Mia is in, and return its id."""
    made = _told(
        behind, "ben", f'mutation {{ createRoom(name: "{name}", topicName: "X", description: "") {{ room {{ id }} }} }}'
    )
    room_id: str = made["createRoom"]["room"]["id"]
    _told(behind, "mia", f'mutation {{ joinRoom(roomId: "{room_id}") {{ room {{ id }} }} }}')
    return room_id


def _told(behind: Behind, who: str, document: str) -> Any:
    sent = {"Content_Type": "application/json", **behind.signed_in(who)}
    answer = ask(behind.port, "/graphql/", "POST", question(document), **sent).json()
    assert "errors" not in answer, answer
    return answer["data"]


def dialled(behind: Behind, who: str, path: str = "/ws/") -> connect:
    return connect(f"ws://{behind.nginx.host}{path}", additional_headers=behind.signed_in(who))


async def tell(peer: ClientConnection, **command: Any) -> dict[str, Any]:
    await peer.send(json.dumps({"ref": 1, **command}))
    return await hear(peer, "ok")


async def hear(peer: ClientConnection, kind: str) -> dict[str, Any]:
    async with asyncio.timeout(30):
        while (said := json.loads(await peer.recv()))["type"] != kind:
            assert said["type"] != "refused", said
        return dict(said)


async def test_both_sockets_are_heard_through_nginx_and_hear_one_another(behind: Behind) -> None:
    room_id = room(behind, "Biology")
    async with dialled(behind, "ben") as ben, dialled(behind, "mia", "/ws/chat/ben/biology") as mia:
        assert not ben.protocol.extensions
        assert not mia.protocol.extensions
        await tell(ben, type="room.subscribe", roomId=room_id)
        await mia.send(json.dumps({"type": "text", "message": "Labrīt!"}))
        assert (await hear(ben, "message.posted"))["message"]["body"] == "Labrīt!"
        await tell(ben, type="message.post", roomId=room_id, clientId=str(uuid4()), body="Guten Morgen!")
        assert (await hear(mia, "chat_message"))["body"] == "Labrīt!"
        assert (await hear(mia, "chat_message"))["body"] == "Guten Morgen!"


@pytest.mark.parametrize("path", ["/ws/", "/ws/chat/ben/nowhere"])
async def test_strangers_are_refused_before_a_socket_is_open(behind: Behind, path: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://{behind.nginx.host}{path}")
    assert refused.value.response.status_code in (401, 403)
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://{behind.nginx.host}{path}", origin="https://evil.example")  # type: ignore[arg-type]
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("upgrade", ["h2c", "websocket, h2c"])
async def test_no_other_protocol_is_smuggled_through(behind: Behind, upgrade: str) -> None:
    for path in ("/ws/", "/graphql/", "/"):
        lines = (f"Upgrade: {upgrade}", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMAAABkAAQAAP__")
        heard = await wire.exchange(behind.port, wire.request(path, *lines, host=behind.nginx.host))
        assert [response.status for response in heard.responses] in ([404], [405], [200]), heard.said


async def test_who_stops_reading_is_cut_and_the_others_hear_all(behind: Behind) -> None:
    room_id = room(behind, "Flood")
    stuck = socket.socket()
    stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
    stuck.connect(("127.0.0.1", behind.port))
    stuck.sendall(handshake(behind.port, "/ws/", Host=behind.nginx.host, **behind.signed_in("mia")))
    words = json.dumps({"type": "room.subscribe", "ref": 1, "roomId": room_id}).encode()
    await asyncio.to_thread(stuck.recv, 4096)
    stuck.sendall(wire.frame(wire.TEXT, words))
    cut = select.poll()
    cut.register(stuck, 0)  # only that it was reset
    began, posts = time.monotonic(), 0
    async with dialled(behind, "ben") as ben, dialled(behind, "mia") as mia:
        for peer in (ben, mia):
            await tell(peer, type="room.subscribe", roomId=room_id)
        while not cut.poll(0):
            assert time.monotonic() - began < CUT_WITHIN, posts
            if posts == ENOUGH:
                await asyncio.sleep(0.1)
                continue
            for number in range(posts, posts + BURST):
                post = {"roomId": room_id, "clientId": str(uuid4()), "body": f"{number} {LONG}"}
                await ben.send(json.dumps({"type": "message.post", "ref": 1, **post}))
            for number in range(posts, posts + BURST):
                assert (await hear(mia, "message.posted"))["message"]["body"].startswith(f"{number} ")
                await hear(ben, "ok")
            posts += BURST
    stuck.close()
