"""What every socket shares: who may open one, how it is carried, how fast it may speak.

What is said on it is its door's business: `socket.py` for our own language, `original_socket.py`
for the one of the earlier EduSphere.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Any

from quart import Websocket, websocket

from edusphere.contract.close_codes import CloseCode
from edusphere.errors import EduSphereError, Forbidden, NotSignedIn, Unavailable
from edusphere.realtime.connection import Connection, QueuedConnection
from edusphere.realtime.direct import DirectConnection
from edusphere.school.me import Me
from edusphere.settings import SECONDS
from edusphere.web.parts import Parts
from edusphere.web.proxies import address_of

TURN = 100
"""Frames answered before others have their turn."""
FLOOD = 5
"""So many times the allowed pace closes the socket instead of being answered."""
WINDOW = 10 * SECONDS
"""In which the pace is counted."""
ADOPT = "edusphere.adopt"
"""The key in the ASGI scope's `state` under which our own server lets a route take its transport:
a function that returns it with the bytes received since the handshake."""
CLOSING = 5 * SECONDS
"""How long a goodbye may take."""


async def admit(parts: Parts, request: Websocket) -> Me:
    """Return who opens a socket.

    Browsers send cookies with a handshake whichever page asked for it, so a cookie counts only beside an
    `Origin` of ours; who sends an Authorization header is no browser's victim.

    Raises:
        NotSignedIn, Forbidden, TooMany
        Unavailable: the server is closing; another may be there.
    """
    if parts.departure.begun:
        raise Unavailable
    if not parts.origins.host_is_ours(request.host):
        raise Forbidden("The server is not known by this name.")
    if "Origin" in request.headers and not parts.origins.fits(request.headers):
        raise Forbidden("This page may not open a socket here.")
    identity = await parts.identities.identify(request.headers, request.cookies)
    parts.throttle.request(identity.me, address_of(request, parts.settings))
    if identity.me is None:
        raise NotSignedIn
    if identity.kind == "cookie" and "Origin" not in request.headers:
        raise Forbidden("A socket opened with a cookie needs an Origin.")
    return identity.me


class Conversation:
    """One socket's frames, answered one after the other; knows nothing of how they travel."""

    __slots__ = (
        "_count",
        "_ended",
        "_farewell",
        "_inbox",
        "_waiting",
        "_window_ends",
        "_working",
        "connection",
        "me",
        "parts",
    )

    def __init__(self, parts: Parts, me: Me, connection: Connection) -> None:
        self.parts = parts
        self.me = me
        self.connection = connection
        self._inbox: deque[tuple[str, float]] | None = None
        self._waiting = 0
        self._working: asyncio.Task[None] | None = None
        self._ended = False
        self._farewell: tuple[CloseCode, str] | None = None
        self._count = 0
        self._window_ends = 0.0

    async def begin(self) -> None:
        """Say and do what comes before the first frame."""
        self.connection.known_as = self.me.role.value
        await self.parts.realtime.connected(self.connection)
        if self._ended:  # it went while it was being let in
            self.parts.realtime.disconnected(self.connection)

    async def answer(self, frame: str, wait: float) -> None:
        """Do what one frame asks; where `wait` is not 0, refuse it for so many seconds. Must not raise."""
        raise AssertionError

    def hear(self, frame: str | bytes | None) -> None:
        """Take one frame as it arrives. Returns at once."""
        if self.connection.closing or self._farewell is not None:
            return
        self.connection.heard = monotonic()
        wait = self._wait()
        if wait < 0:
            self.connection.close(CloseCode.TOO_FAST, "You speak too fast.")
        elif not isinstance(frame, str):
            self.connection.close(CloseCode.NOT_TEXT, "Only text is spoken here.")
        elif len(frame) > self.parts.settings.frame_limit:
            self.connection.close(CloseCode.TOO_LARGE, "That frame is too large.")
        elif (waiting := self._waiting + len(frame)) > max(
            self.parts.settings.inbox_limit, self.parts.settings.frame_limit
        ):
            self.connection.close(CloseCode.TOO_FAST, "You speak too fast.")
        else:
            self._waiting = waiting
            self._inbox = self._inbox or deque()
            self._inbox.append((frame, wait))
            if self._working is None:
                self._working = asyncio.get_running_loop().create_task(self._work())

    def beat(self) -> None:
        """Take note of a frame without words: they cost time too."""
        if self._wait() < 0:
            self.connection.close(CloseCode.TOO_FAST, "You speak too fast.")

    def end(self) -> None:
        """Let go of everything at once; what is being done is finished, what waits is not begun."""
        self._ended = True
        self._inbox = None
        self.parts.realtime.disconnected(self.connection)

    def finish(self, code: CloseCode, reason: str) -> None:
        """Close when what is being answered is answered; what waits is not begun: it is said again elsewhere."""
        self._farewell, self._inbox = (code, reason), None

    async def _work(self) -> None:
        self.parts.departure.answering[self.connection] = self
        answered = 0
        try:
            while self._inbox and not self.connection.closing:  # whose session has ended is not obeyed any more
                frame, wait = self._inbox.popleft()
                self._waiting -= len(frame)
                if self.connection.outdated and not await self._know_again():
                    break
                if self._ended or self.connection.closing:  # it went while that was asked
                    break
                await self.answer(frame, wait)
                answered += 1
                if answered % TURN == 0:  # not every answer waits for something
                    await asyncio.sleep(0)
            self._inbox = None
        finally:
            self._working = None
            self.parts.departure.answering.pop(self.connection, None)
            if self._farewell is not None:
                self.connection.close(*self._farewell)

    async def _know_again(self) -> bool:
        """Ask who speaks, after they were changed; whoever cannot be known is sent away to come again."""
        self.connection.outdated = False  # before asking: what is changed meanwhile is asked again
        try:
            self.me = await self.parts.school.sessions.anew(self.me)
        except EduSphereError:
            self.connection.close(CloseCode.OVERLOADED, "You could not be known again just now.")
            return False
        except BaseException:
            self.connection.outdated = True  # not obeyed as who they were, whatever went wrong
            raise
        self.connection.known_as = self.me.role.value
        return True

    def _wait(self) -> float:
        """Count a frame; return the seconds until it would be in time, 0 when it is, -1 when this is a flood."""
        settings, now = self.parts.settings, monotonic()
        if settings.limits == "off":
            return 0
        if now >= self._window_ends:
            self._window_ends, self._count = now + WINDOW, 0
        self._count += 1
        if self._count <= settings.commands_per_10_seconds:
            return 0
        return -1 if self._count > FLOOD * settings.commands_per_10_seconds else max(self._window_ends - now, 0.1)


async def carry(
    converse: Callable[[Connection], Conversation],
    parts: Parts,
    me: Me,
    *,
    direct: type[DirectConnection] = DirectConnection,
    queued: type[QueuedConnection] = QueuedConnection,
) -> None:
    """Accept the websocket that Quart shook hands on, and carry a conversation over it.

    Where the server lets us adopt the transport, this returns at once and the connection lives by itself;
    over any other ASGI server it returns when the connection has ended.
    """
    await websocket.accept()
    limit, patience = parts.settings.outbox_limit, parts.settings.outbox_patience
    state: dict[str, Any] = websocket.scope.get("state") or {}
    adopt = state.get(ADOPT)
    if adopt is not None:
        connection = direct(
            me.id, me.credential_id, limit=limit, patience=patience, frame_limit=parts.settings.frame_limit
        )
        conversation = converse(connection)
        transport, received = adopt()
        connection.adopt(transport, conversation, received)
        await conversation.begin()
    else:
        await _carry_queued(converse, queued(me.id, me.credential_id, limit=limit, patience=patience))


async def _carry_queued(converse: Callable[[Connection], Conversation], connection: QueuedConnection) -> None:
    conversation = converse(connection)
    listening = asyncio.create_task(_listen(conversation))
    try:
        await conversation.begin()
        code, reason = await connection.write(websocket.send)
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSING):
                await websocket.close(code, reason)
    finally:
        conversation.end()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def _listen(conversation: Conversation) -> None:
    while True:
        conversation.hear(await websocket.receive())
