"""/ws/: our own language, and which command calls which verb of the school."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from quart import Blueprint, Response, websocket

from edusphere.contract import CONTRACT, commands
from edusphere.contract.close_codes import CloseCode
from edusphere.contract.events import Event, Hello, Ok
from edusphere.errors import Conflict, EduSphereError, Invalid, TooMany
from edusphere.realtime import topics
from edusphere.realtime.connection import Connection
from edusphere.realtime.frames import Frame
from edusphere.school.me import Me, writing
from edusphere.school.messages import Draft
from edusphere.web import refusals
from edusphere.web.conversation import Conversation, admit, carry
from edusphere.web.parts import Parts

PATH = "/ws/"

_decode = msgspec.json.Decoder(commands.ClientCommand).decode


def blueprint(parts: Parts) -> Blueprint:
    door = Blueprint("socket", __name__)

    @door.websocket(PATH)
    async def speak() -> Response | None:
        """Shake hands, then speak until either side leaves."""
        try:
            me = await admit(parts, websocket)
        except EduSphereError as refusal:
            return refusals.answer(refusal)
        await carry(lambda connection: Commands(parts, me, connection), parts, me)
        return None

    return door


def _ref_of(frame: str) -> int | str | None:
    """Return the `ref` of a frame that is otherwise wrong, if only somehow it can be read."""
    try:
        ref: int | str = msgspec.convert(json.loads(frame)["ref"], commands.Ref)
        str(ref).encode()  # a lone surrogate cannot be said back
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return ref


class Commands(Conversation):
    """Each command is answered once, by `ok` or `refused` with its `ref`."""

    __slots__ = ("_bad_frames",)

    def __init__(self, parts: Parts, me: Me, connection: Connection) -> None:
        super().__init__(parts, me, connection)
        self._bad_frames = 0

    async def begin(self) -> None:
        self._say(
            Hello(
                contract=CONTRACT,
                user_id=self.me.id,
                session_id=self.me.session_id or self.me.id,
                heartbeat=self.parts.settings.heartbeat,
                time=datetime.now(UTC),
            )
        )
        await super().begin()

    async def answer(self, frame: str, wait: float) -> None:
        try:
            command = _decode(frame)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            self._not_understood(frame, error)
            return
        try:
            if wait:
                raise TooMany(round(wait, 1))
            if type(command) not in READING:
                writing(self.me)
            answer = await VERBS[type(command)](self, command)
        except Exception as error:  # noqa: BLE001 (a fault of ours is answered and logged, the socket lives on)
            silent = isinstance(command, commands.StartTyping)
            answer = None if silent else refusals.frame(command.ref, error)
        if answer is not None:
            self._say(answer)

    def _not_understood(self, frame: str, error: Exception) -> None:
        ref = _ref_of(frame)
        if ref is None:
            self._bad_frames += 1
        self._say(refusals.frame(ref, Invalid("frame", f"This could not be understood: {error}.")))
        if self._bad_frames >= self.parts.settings.bad_frames:
            self.connection.close(CloseCode.BAD_FRAMES, "Too much that could not be understood.")

    def _say(self, event: Event) -> None:
        self.connection.send(Frame.of(event))

    # -- which command calls which verb

    async def _subscribe(self, command: commands.Subscribe) -> None:
        rooms = self.parts.realtime.rooms_of(self.connection)
        if command.room_id not in rooms and len(rooms) >= self.parts.settings.rooms_per_socket:
            raise Conflict(f"At most {self.parts.settings.rooms_per_socket} rooms can be heard at once.")
        await self.parts.realtime.subscribe(
            self.connection,
            command.room_id,
            command.after,
            admit=lambda: self.parts.school.rooms.listen(self.me, command.room_id),
            answer=lambda number: Ok(ref=command.ref, room_id=command.room_id, number=number),
        )

    async def _unsubscribe(self, command: commands.Unsubscribe) -> Ok:
        self.parts.realtime.unsubscribe(self.connection, command.room_id)
        return Ok(ref=command.ref, room_id=command.room_id)

    async def _post(self, command: commands.PostMessage) -> Ok:
        draft = Draft(command.client_id, command.body, command.file_ids)
        posted = await self.parts.school.messages.post(self.me, command.room_id, draft)
        return Ok(ref=command.ref, message_id=posted.message_id, number=posted.number, created=posted.created)

    async def _edit(self, command: commands.EditMessage) -> Ok:
        return Ok(
            ref=command.ref, number=await self.parts.school.messages.edit(self.me, command.message_id, command.body)
        )

    async def _remove(self, command: commands.RemoveMessage) -> Ok:
        return Ok(ref=command.ref, number=await self.parts.school.messages.remove(self.me, command.message_id))

    async def _read(self, command: commands.MarkRead) -> Ok:
        await self.parts.school.rooms.read(self.me, command.room_id, command.number)
        return Ok(ref=command.ref)

    async def _typing(self, command: commands.StartTyping) -> None:
        hears = topics.room(command.room_id) in self.connection.topics
        await self.parts.school.rooms.typing(self.me, command.room_id, hears=hears)

    async def _heartbeat(self, command: commands.Heartbeat) -> Ok:
        return Ok(ref=command.ref)


VERBS: dict[type[commands.Command], Callable[[Commands, Any], Awaitable[Event | None]]] = {
    commands.Subscribe: Commands._subscribe,
    commands.Unsubscribe: Commands._unsubscribe,
    commands.PostMessage: Commands._post,
    commands.EditMessage: Commands._edit,
    commands.RemoveMessage: Commands._remove,
    commands.MarkRead: Commands._read,
    commands.StartTyping: Commands._typing,
    commands.Heartbeat: Commands._heartbeat,
}
READING = frozenset({commands.Subscribe, commands.Unsubscribe, commands.Heartbeat})
"""What a program may say whose token only reads. A new command is writing until it stands here."""
