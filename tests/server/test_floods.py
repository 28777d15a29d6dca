"""What one socket may do to all others by sending very much, or very little very often: nothing that they notice."""

from __future__ import annotations

import asyncio
import gc
import json
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from quart import Quart
from websockets.frames import Frame, Opcode

from edusphere.database.address import Address
from edusphere.realtime.direct import DirectConnection
from edusphere.school.me import Me
from edusphere.settings import MEBIBYTES, Settings
from loadtests.bench.processes import free_port
from tests.people import Cast
from tests.server.inside import served_inside
from tests.turns import HELD_AT_MOST, SLACK, held
from tests.web.sockets import token_of

pytestmark = pytest.mark.timeout(240)
TRIES = 3
"""The least of them counts: what else the machine does falls on some."""
GROWTH = 4 * MEBIBYTES
HANDSHAKE = (
    "GET /ws/ HTTP/1.1\r\nHost: localhost:8000\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nAuthorization: Bearer {}\r\n\r\n"
)


def frame(opcode: Opcode, payload: bytes = b"", final: bool = True) -> bytes:
    return Frame(opcode, payload, final).serialize(mask=True)


def words(length: int) -> bytes:
    return frame(Opcode.TEXT, json.dumps({"type": "heartbeat", "ref": 1, "more": "x" * length}).encode())


BEGUN = frame(Opcode.TEXT, b"", final=False)
FLOODS = {
    "pings": frame(Opcode.PING) * 100_000,
    "large pings": frame(Opcode.PING, b"x" * 125) * 5_000,
    "pongs that nobody asked for": frame(Opcode.PONG) * 5_000,
    "tiny fragments": BEGUN + frame(Opcode.CONT, b"x", final=False) * 5_000,
    "fragments of nothing": BEGUN + frame(Opcode.CONT, b"", final=False) * 5_000,
    "tiny words": frame(Opcode.TEXT, b'{"type":"heartbeat","ref":1}') * 3_000,
    "words that nobody understands": frame(Opcode.TEXT, b"[" * 1000) * 1_000,
    "long words": words(60_000) * 50,
    "a word that is too long": frame(Opcode.TEXT, b"x" * 4 * MEBIBYTES),
    "no frames at all": b"\x00" * 4 * MEBIBYTES,
}


def in_pieces_of(size: int, flood: bytes) -> Iterator[bytes]:
    return (flood[at : at + size] for at in range(0, len(flood), size))


def send(port: int, token: str, pieces: Iterator[bytes], hears: bool) -> None:
    """Open a socket and send; then hear what is still said, until the other end closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.sendall(HANDSHAKE.format(token).encode())
        assert b" 101 " in line.recv(1 << 16)
        hearing = threading.Thread(target=hear if hears else time.sleep, args=(line if hears else 0,))
        hearing.start()
        with suppress(OSError):  # cut
            for piece in pieces:
                line.sendall(piece)
            line.shutdown(socket.SHUT_WR)
        hearing.join()


def hear(line: socket.socket) -> None:
    with suppress(OSError):
        while line.recv(1 << 20):
            pass


async def flood(app: Quart, settings: Settings, me: Me, pieces: Iterator[bytes], hears: bool) -> None:
    token = await token_of(app, me)
    await asyncio.to_thread(send, settings.port, token, pieces, hears)
    realtime = app.extensions["edusphere"].realtime
    async with asyncio.timeout(20):
        while realtime.connections():
            assert all(isinstance(connection, DirectConnection) for connection in realtime.connections())
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("limits", ["on", "off"])
@pytest.mark.parametrize("hears", [True, False], ids=["who hears", "who is deaf"])
@pytest.mark.parametrize("name", FLOODS)
async def test_no_flood_holds_the_others_up(
    settings: Settings, address: Address, cast: Cast, name: str, hears: bool, limits: str
) -> None:
    settings = settings.model_copy(update={"port": free_port(), "limits": limits})
    async with served_inside(settings, address) as app:
        longest = []
        for _ in range(TRIES):
            pieces = in_pieces_of(1 << 20, FLOODS[name])
            gc.collect()
            longest.append((await held(lambda p=pieces: flood(app, settings, cast.ben, p, hears)))[1])  # type: ignore[misc]
            if longest[-1] < HELD_AT_MOST:
                break
    print(f"\n{name}: {1000 * min(longest):.1f} ms")  # noqa: T201
    assert min(longest) < SLACK * HELD_AT_MOST


@pytest.mark.parametrize("hears", [True, False], ids=["who hears", "who is deaf"])
@pytest.mark.parametrize("name", FLOODS)
async def test_no_flood_makes_us_remember_much(
    settings: Settings, address: Address, cast: Cast, name: str, hears: bool
) -> None:
    settings = settings.model_copy(update={"port": free_port(), "limits": "off"})
    async with served_inside(settings, address) as app:
        await flood(app, settings, cast.ben, iter((words(1),)), hears)  # whatever is loaded late is loaded
        pieces = list(in_pieces_of(1 << 20, FLOODS[name]))
        gc.collect()
        tracemalloc.start()
        try:
            await flood(app, settings, cast.ben, iter(pieces), hears)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    print(f"\n{name}: {most / MEBIBYTES:.1f} MB")  # noqa: T201
    assert most < GROWTH


async def test_a_long_word_byte_by_byte_costs_its_bytes_and_no_more(
    settings: Settings, address: Address, cast: Cast, tmp_path: Path
) -> None:
    settings = settings.model_copy(update={"port": free_port()})
    async with served_inside(settings, address) as app:
        act = in_pieces_of(1, words(60_000))
        _, longest = await held(lambda: flood(app, settings, cast.ben, act, hears=True))
    assert longest < SLACK * HELD_AT_MOST
