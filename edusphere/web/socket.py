"""/ws/: a connection's life, and which command calls which verb of the school."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import msgspec
from edusphere.school.me import Me
from edusphere.school.messages import Draft
from edusphere.school.pace import Limit, Pace
from edusphere.web.parts import Parts
from quart import Blueprint, Response, Websocket, websocket

from edusphere.contract import CONTRACT, commands
from edusphere.contract.close_codes import CloseCode
from edusphere.contract.events import Event, Hello, Ok, TypingStarted
from edusphere.errors import EduSphereError, Forbidden, Invalid, NotSignedIn, TooMany
from edusphere.realtime import topics
from edusphere.realtime.connection import Connection, QueuedConnection
from edusphere.realtime.frames import Frame
from edusphere.settings import SECONDS, Settings
from edusphere.web import refusals

PATH = "/ws/"
BAD_FRAMES = 3
"""So many frames that nobody can answer close the socket."""
INBOX = 64
"""Frames that may wait while one is being answered."""
CLOSING = 5 * SECONDS
"""How long a goodbye may take."""
FLOOD = 5
"""So many times the allowed pace closes the socket instead of being answered."""

_decode = msgspec.json.Decoder(commands.ClientCommand).decode
_ref_of = msgspec.json.Decoder(type("Referred", (msgspec.Struct,), {"__annotations__": {"ref": commands.Ref}})).decode


def blueprint(parts: Parts) -> Blueprint:
    door = Blueprint("socket", __name__)

    @door.websocket(PATH)
    async def speak() -> Response | None:
        """Shake hands, then speak until either side leaves."""
        try:
            me = await admit(parts, websocket)
        except EduSphereError as refusal:
            return refusals.answer(refusal)
        connection = QueuedConnection(
            me.id, me.session_id, limit=parts.settings.outbox_limit, patience=parts.settings.outbox_patience
        )
        await websocket.accept()
        await converse(Conversation(parts, me, connection), connection)
        return None

    return door


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


async def converse(conversation: Conversation, connection: QueuedConnection) -> None:
    """Carry a conversation over Quart's websocket, until it closes."""
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


class Conversation:
    """What one socket says and is answered, in order; knows nothing of how its frames travel."""

    def __init__(self, parts: Parts, me: Me, connection: Connection) -> None:
        self._school = parts.school
        self._realtime = parts.realtime
        self._settings = parts.settings
        self._me = me
        self._connection = connection
        self._inbox: deque[str] = deque()
        self._working: asyncio.Task[None] | None = None
        self._bad_frames = 0
        self._pace, self._flood = _paces(parts.settings)
        self._answers: dict[type[commands.Command], Callable[[Any], Awaitable[Event | None]]] = {
            commands.Subscribe: self._subscribe,
            commands.Unsubscribe: self._unsubscribe,
            commands.PostMessage: self._post,
            commands.EditMessage: self._edit,
            commands.RemoveMessage: self._remove,
            commands.MarkRead: self._read,
            commands.StartTyping: self._typing,
            commands.Heartbeat: self._heartbeat,
        }

    async def begin(self) -> None:
        self._say(
            Hello(
                contract=CONTRACT,
                user_id=self._me.id,
                session_id=self._me.session_id or self._me.id,
                heartbeat=self._settings.heartbeat,
                time=datetime.now(UTC),
            )
        )
        await self._realtime.connected(self._connection)

    def end(self) -> None:
        """Let go of everything at once; what is being done is finished, what waits is not begun."""
        self._inbox.clear()
        self._realtime.disconnected(self._connection)

    def hear(self, frame: str | bytes | None) -> None:
        """Take one frame as it arrives. Returns at once; frames are answered one after the other."""
        self._connection.heard = monotonic()
        if not isinstance(frame, str):
            self._connection.close(CloseCode.NOT_TEXT, "Only text is spoken here.")
        elif len(frame) > self._settings.frame_limit:
            self._connection.close(CloseCode.TOO_LARGE, "That frame is too large.")
        elif len(self._inbox) >= INBOX or self._floods():
            self._connection.close(CloseCode.TOO_FAST, "You speak too fast.")
        else:
            self._inbox.append(frame)
            if self._working is None:
                self._working = asyncio.get_running_loop().create_task(self._work())

    def _floods(self) -> bool:
        try:
            self._flood.take(None)
        except TooMany:
            return True
        return False

    async def _work(self) -> None:
        try:
            while self._inbox:
                await self._answer(self._inbox.popleft())
        finally:
            self._working = None

    async def _answer(self, frame: str) -> None:
        try:
            command = _decode(frame)
        except (msgspec.MsgspecError, UnicodeError) as error:
            self._not_understood(frame, error)
            return
        try:
            self._pace.take(None)
            answer = await self._answers[type(command)](command)
        except Exception as error:  # noqa: BLE001 (a fault of ours is answered and logged, the socket lives on)
            answer = None if isinstance(command, commands.StartTyping) else refusals.frame(command.ref, error)
        if answer is not None:
            self._say(answer)

    def _not_understood(self, frame: str, error: Exception) -> None:
        try:
            ref: int | str | None = _ref_of(frame).ref
        except (msgspec.MsgspecError, UnicodeError):
            ref = None
            self._bad_frames += 1
        self._say(refusals.frame(ref, Invalid("frame", f"This could not be understood: {error}")))
        if self._bad_frames >= BAD_FRAMES:
            self._connection.close(CloseCode.BAD_FRAMES, "Too much that could not be understood.")

    def _say(self, event: Event) -> None:
        self._connection.send(Frame.of(event))

    # -- which command calls which verb

    async def _subscribe(self, command: commands.Subscribe) -> None:
        rooms = self._realtime.rooms_of(self._connection)
        if command.room_id not in rooms and len(rooms) >= self._settings.rooms_per_socket:
            raise TooMany(0, f"At most {self._settings.rooms_per_socket} rooms can be heard at once.")
        await self._realtime.subscribe(
            self._connection,
            command.room_id,
            command.after,
            admit=lambda: self._school.rooms.listen(self._me, command.room_id),
            answer=lambda number: Ok(ref=command.ref, room_id=command.room_id, number=number),
        )

    async def _unsubscribe(self, command: commands.Unsubscribe) -> Ok:
        self._realtime.unsubscribe(self._connection, command.room_id)
        return Ok(ref=command.ref, room_id=command.room_id)

    async def _post(self, command: commands.PostMessage) -> Ok:
        draft = Draft(command.client_id, command.body, command.file_ids)
        posted = await self._school.messages.post(self._me, command.room_id, draft)
        return Ok(ref=command.ref, message_id=posted.message_id, number=posted.number, created=posted.created)

    async def _edit(self, command: commands.EditMessage) -> Ok:
        return Ok(ref=command.ref, number=await self._school.messages.edit(self._me, command.message_id, command.body))

    async def _remove(self, command: commands.RemoveMessage) -> Ok:
        return Ok(ref=command.ref, number=await self._school.messages.remove(self._me, command.message_id))

    async def _read(self, command: commands.MarkRead) -> Ok:
        await self._school.rooms.read(self._me, command.room_id, command.number)
        return Ok(ref=command.ref)

    async def _typing(self, command: commands.StartTyping) -> None:
        topic = topics.room(command.room_id)
        if topic in self._connection.topics:  # only who hears a room is heard typing in it: no question to the table
            await self._realtime.announce(
                topic,
                TypingStarted(room_id=command.room_id, user=self._me.author, expires=self._settings.typing_lifetime),
            )

    async def _heartbeat(self, command: commands.Heartbeat) -> Ok:
        return Ok(ref=command.ref)
