"""A person at `/ws/`, over Quart's test client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import msgspec
from quart import Quart
from quart.testing.connections import WebsocketDisconnectError
from quart.typing import TestWebsocketConnectionProtocol

from edusphere.school.me import Me
from edusphere.web.parts import Parts
from tests.web.browser import HOST, ORIGIN, Browser


class Speaker:
    """Says commands and keeps what is heard, in order."""

    def __init__(self, connection: TestWebsocketConnectionProtocol) -> None:
        self._connection = connection
        self._refs = 0
        self._unheard: list[dict[str, Any]] = []

    async def say(self, type: str, **fields: Any) -> int:  # noqa: A002 (the wire's own word)
        self._refs += 1
        await self.say_raw(msgspec.json.encode({"type": type, "ref": self._refs, **fields}).decode())
        return self._refs

    async def say_raw(self, frame: str | bytes) -> None:
        await self._connection.send(frame)

    async def ask(self, type: str, **fields: Any) -> dict[str, Any]:  # noqa: A002
        """Say a command and return its answer."""
        ref = await self.say(type, **fields)
        return await self.hear(lambda frame: frame.get("ref") == ref and frame["type"] in ("ok", "refused"))

    async def hear(self, wanted: Any, seconds: float = 5) -> dict[str, Any]:
        """Return the first frame not yet returned that is of the type, or answers the question, `wanted`."""
        for frame in self._unheard:
            if _is(frame, wanted):
                self._unheard.remove(frame)
                return frame
        async with asyncio.timeout(seconds):
            while not _is(frame := await self._receive(), wanted):
                self._unheard.append(frame)
            return frame

    async def _receive(self) -> dict[str, Any]:
        frame: dict[str, Any] = msgspec.json.decode(await self._connection.receive())
        return frame

    async def hear_nothing(self) -> None:
        """Fail if anything new but presence and heartbeats comes before the answer to a heartbeat said now.

        What another did was handed to all who hear it before anybody had heard or was answered what followed from it:
        so first wait for that, at the other's end.
        """
        ref = await self.say("heartbeat")
        async with asyncio.timeout(5):
            while (frame := await self._receive()).get("ref") != ref:
                assert frame["type"] in ("presence.changed", "heartbeat"), f"heard {frame}"

    async def hear_the_end(self) -> int:
        """Wait for the socket's close and return its code."""
        try:
            await self.hear(lambda _frame: False)
        except WebsocketDisconnectError as end:
            code: int = end.args[0]
            return code
        raise AssertionError("unreachable")

    async def post(self, room_id: Any, body: str, client_id: Any = None) -> dict[str, Any]:
        return await self.ask("message.post", roomId=str(room_id), clientId=str(client_id or uuid4()), body=body)


def _is(frame: dict[str, Any], wanted: Any) -> bool:
    return frame.get("type") == wanted if isinstance(wanted, str) else bool(wanted(frame))


async def token_of(app: Quart, me: Me) -> str:
    parts: Parts = app.extensions["edusphere"]
    _, token = await parts.school.api_tokens.make(me.id, "a test", days=1)
    return token


@asynccontextmanager
async def socket_of_browser(app: Quart, browser: Browser, path: str = "/ws/") -> AsyncIterator[Speaker]:
    """Open a socket as a page does, with the browser's cookies."""
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
    headers = {"Host": HOST, "Origin": ORIGIN, "Cookie": cookies}
    async with app.test_client(use_cookies=False).websocket(path, headers=headers) as connection:
        await _answered(connection)
        yield Speaker(connection)


@asynccontextmanager
async def socket_of(app: Quart, me: Me, path: str = "/ws/") -> AsyncIterator[Speaker]:
    headers = {"Host": HOST, "Authorization": f"Bearer {await token_of(app, me)}"}
    async with app.test_client().websocket(path, headers=headers) as connection:
        await _answered(connection)
        yield Speaker(connection)


async def _answered(connection: Any) -> None:
    """Wait, as a page must, until the handshake is answered."""
    while not connection.accepted and connection.status_code is None:
        await asyncio.sleep(0.001)
