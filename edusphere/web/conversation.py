"""What every socket shares: who may open one, how it is carried, how fast it may speak.

What is said on it is its door's business: `socket.py` for our own language, `original_socket.py`
for the one of the earlier EduSphere.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from time import monotonic

from quart import Websocket, websocket

from edusphere.contract.close_codes import CloseCode
from edusphere.errors import Forbidden, NotSignedIn, TooMany
from edusphere.realtime.connection import Connection, QueuedConnection
from edusphere.school.me import Me
from edusphere.school.pace import Limit, Pace
from edusphere.settings import SECONDS, Settings
from edusphere.web.parts import Parts

INBOX = 64
"""Frames that may wait while one is being answered."""
FLOOD = 5
"""So many times the allowed pace closes the socket instead of being answered."""
CLOSING = 5 * SECONDS
"""How long a goodbye may take."""


async def admit(parts: Parts, request: Websocket) -> Me:
    """Return who opens a socket.

    Browsers send cookies with a handshake whichever page asked for it, so a cookie counts only beside an
    `Origin` of ours; who sends an Authorization header is no browser's victim.

    Raises:
        NotSignedIn, Forbidden
    """
    if not parts.origins.host_is_ours(request.host):
        raise Forbidden("The server is not known by this name.")
    if "Origin" in request.headers and not parts.origins.fits(request.headers):
        raise Forbidden("This page may not open a socket here.")
    identity = await parts.identities.identify(request.headers, request.cookies)
    if identity.me is None:
        raise NotSignedIn
    if identity.kind == "cookie" and "Origin" not in request.headers:
        raise Forbidden("A socket opened with a cookie needs an Origin.")
    return identity.me


def connection_for(parts: Parts, me: Me) -> QueuedConnection:
    return QueuedConnection(
        me.id, me.session_id, limit=parts.settings.outbox_limit, patience=parts.settings.outbox_patience
    )


class Conversation:
    """One socket's frames, answered one after the other; knows nothing of how they travel."""

    def __init__(self, parts: Parts, me: Me, connection: Connection) -> None:
        self.me = me
        self.connection = connection
        self.school = parts.school
        self.realtime = parts.realtime
        self.settings = parts.settings
        self.pace, self._flood = _paces(parts.settings)
        self._inbox: deque[str] = deque()
        self._working: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Say and do what comes before the first frame."""
        await self.realtime.connected(self.connection)

    async def answer(self, frame: str) -> None:
        """Do what one frame asks. Must not raise."""
        raise AssertionError

    def hear(self, frame: str | bytes | None) -> None:
        """Take one frame as it arrives. Returns at once."""
        self.connection.heard = monotonic()
        if not isinstance(frame, str):
            self.connection.close(CloseCode.NOT_TEXT, "Only text is spoken here.")
        elif len(frame) > self.settings.frame_limit:
            self.connection.close(CloseCode.TOO_LARGE, "That frame is too large.")
        elif len(self._inbox) >= INBOX or self._floods():
            self.connection.close(CloseCode.TOO_FAST, "You speak too fast.")
        else:
            self._inbox.append(frame)
            if self._working is None:
                self._working = asyncio.get_running_loop().create_task(self._work())

    def end(self) -> None:
        """Let go of everything at once; what is being done is finished, what waits is not begun."""
        self._inbox.clear()
        self.realtime.disconnected(self.connection)

    async def _work(self) -> None:
        try:
            while self._inbox:
                await self.answer(self._inbox.popleft())
        finally:
            self._working = None

    def _floods(self) -> bool:
        try:
            self._flood.take(None)
        except TooMany:
            return True
        return False


async def carry(conversation: Conversation, connection: QueuedConnection) -> None:
    """Carry a conversation over the websocket that Quart accepted, until it closes."""
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


def _paces(settings: Settings) -> tuple[Pace, Pace]:
    """Return how fast one socket may ask, and how fast it may before it is closed."""
    if settings.limits == "off":
        return Pace(sentence=""), Pace(sentence="")
    allowed = settings.commands_per_10_seconds
    return (
        Pace(Limit(allowed, 10 * SECONDS), sentence="That was too fast. Please wait a moment."),
        Pace(Limit(FLOOD * allowed, 10 * SECONDS), sentence=""),
    )
