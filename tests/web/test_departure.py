"""A server that closes lets everybody go in peace: one after the other, and not before they have their answer."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Any, cast
from uuid import uuid4

import msgspec
import pytest
from quart import Quart
from quart.testing.connections import WebsocketResponseError

from edusphere.contract.close_codes import CloseCode
from edusphere.database import Database
from edusphere.realtime import Realtime
from edusphere.realtime.connection import QueuedConnection
from edusphere.realtime.direct import DirectConnection
from edusphere.school.models import Room
from edusphere.web.conversation import Conversation
from edusphere.web.departure import FULL, Departure
from edusphere.web.parts import Parts
from tests.people import Cast
from tests.realtime.kernel import Transport
from tests.realtime.listeners import Listener, Table, person, realtime_over, until
from tests.web.browser import Browser
from tests.web.sockets import socket_of
from tests.web.test_conversation import Open, open_direct, open_queued, posting

WINDOW = 1.0


class Leaver(Listener):
    """Notes when it was asked to go, and goes."""

    def __init__(self, realtime: Realtime) -> None:
        super().__init__(person("Pupil"))
        self._realtime = realtime
        self.asked = 0.0

    def close(self, code: CloseCode, reason: str = "") -> None:
        super().close(code, reason)
        self.asked = monotonic()
        asyncio.get_running_loop().call_soon(self._realtime.disconnected, self)


async def let_go(pupils: int) -> list[float]:
    """Return the seconds after which each was asked to go."""
    async with realtime_over(Table()) as realtime:
        leavers = [Leaver(realtime) for _ in range(pupils)]
        for leaver in leavers:
            await realtime.connected(leaver)
        began = monotonic()
        await Departure().all_go(realtime, WINDOW)
        assert {leaver.closed for leaver in leavers} == {CloseCode.RESTARTING}
    return sorted(leaver.asked - began for leaver in leavers)


async def test_a_whole_school_is_asked_to_go_over_the_whole_window() -> None:
    times = await let_go(2 * FULL)
    for part in range(10):  # of the three quarters that there are for it
        asked = sum(time < WINDOW * 0.75 * (part + 1) / 10 for time in times)
        assert asked <= 2 * FULL * (part + 2) / 10, f"{asked} were asked to go in the first {part + 1} tenths"
    assert times[-1] > WINDOW * 0.6


async def test_a_small_school_is_not_kept_from_closing() -> None:
    assert (await let_go(20))[-1] < WINDOW / 2


async def said_to(conversation: Conversation) -> tuple[list[dict[str, Any]], int]:
    """Return the frames that somebody was sent, and the code of the close after them."""
    connection = conversation.connection
    if isinstance(connection, DirectConnection):
        wire = bytes(cast(Transport, connection._transport)._kernel.received[7])
        texts = []
        while wire[0] == 0x81:
            start, size = (2, wire[1]) if wire[1] < 126 else (4, int.from_bytes(wire[2:4], "big"))
            texts.append(wire[start : start + size])
            wire = wire[start + size :]
        return [msgspec.json.decode(text) for text in texts], int.from_bytes(wire[2:4], "big")
    assert isinstance(connection, QueuedConnection)
    texts = []

    async def send(text: str) -> None:
        texts.append(text.encode())

    code, _ = await connection.write(send)
    return [msgspec.json.decode(text) for text in texts], code


@pytest.mark.parametrize("opened", [open_direct, open_queued], ids=["direct", "queued"])
async def test_who_is_being_answered_goes_with_the_answer_and_what_waits_is_not_begun(
    parts: Parts, cast: Cast, biology: Room, database: Database, opened: Open
) -> None:
    ben, mia = opened(parts, cast.ben), opened(parts, cast.mia)
    await ben.begin()
    await mia.begin()
    async with database.transaction() as transaction:  # holds up the message while it is being written
        await transaction.execute("SELECT FROM rooms WHERE id = $1 FOR UPDATE", biology.id)
        for body in ("one", "two"):
            ben.hear(posting(biology.id, body))
        await until(lambda: ben._inbox is not None and len(ben._inbox) == 1)
        leaving = asyncio.create_task(parts.drain())
        await until(lambda: mia.connection.closing)
        ben.hear(posting(biology.id, "three"))
        assert not ben.connection.closing
    await until(lambda: ben.connection.closing)
    answers, code = await said_to(ben)
    assert [answer["ref"] for answer in answers if answer["type"] == "ok"] == ["one"]
    assert code == CloseCode.RESTARTING
    assert [row["body"] for row in await database.rows("SELECT body FROM messages")] == ["one"]
    ben.end()
    mia.end()
    await leaving


async def test_a_server_that_closes_lets_nobody_in_and_says_that_it_is_not_ready(
    app: Quart, parts: Parts, cast: Cast, stranger: Browser
) -> None:
    assert (await stranger.get("/api/health/ready")).status_code == 200
    async with socket_of(app, cast.ben) as ben:
        await ben.ask("heartbeat")
        await parts.drain()
        assert await ben.hear_the_end() == CloseCode.RESTARTING
    response = await stranger.get("/api/health/ready")
    assert (response.status_code, await response.get_json()) == (
        503,
        {"status": "not ready", "why": "The server is closing."},
    )
    assert (await stranger.get("/api/health/live")).status_code == 200
    with pytest.raises(WebsocketResponseError) as refused:
        async with socket_of(app, cast.ben):
            raise AssertionError(f"{uuid4()} was let in")
    assert refused.value.response.status_code == 503
