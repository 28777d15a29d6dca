"""/ws/chat/<host>/<slug>: the earlier EduSphere's socket, for its front end; one room each.

The same verbs and the same fan-out as `/ws/`: what is said on one is heard on the other.
"""

from __future__ import annotations

from uuid import UUID

import msgspec
from quart import Blueprint, Response, websocket

from edusphere.contract import original
from edusphere.contract.close_codes import CloseCode
from edusphere.contract.events import Ok
from edusphere.errors import EduSphereError, Forbidden, Invalid, NotFound
from edusphere.realtime.connection import QueuedConnection
from edusphere.realtime.frames import Frame
from edusphere.school.me import Me
from edusphere.school.messages import Draft
from edusphere.school.models.ids import new_id
from edusphere.web import refusals
from edusphere.web.conversation import Conversation, admit, carry
from edusphere.web.parts import Parts

PATH = "/ws/chat/<host>/<slug>"

_decode_any = msgspec.json.Decoder(dict[str, object]).decode


def blueprint(parts: Parts) -> Blueprint:
    door = Blueprint("original_socket", __name__)

    @door.websocket(PATH)
    async def chat(host: str, slug: str) -> Response | None:
        """Shake hands with a member of the room, then chat until either side leaves."""
        try:
            me = await admit(parts, websocket)
            room_id = await _room_of_a_member(parts, me, host, slug)
        except EduSphereError as refusal:
            return refusals.answer(refusal)
        connection = TranslatedConnection(
            me.id, me.session_id, limit=parts.settings.outbox_limit, patience=parts.settings.outbox_patience
        )
        await websocket.accept()
        await carry(Chat(parts, me, connection, room_id), connection)
        return None

    return door


async def _room_of_a_member(parts: Parts, me: Me, host: str, slug: str) -> UUID:
    """Return the room. Strangers are not told whether it exists."""
    try:
        reached = await parts.school.rooms.reach_by_slug(me, host, slug)
        await parts.school.rooms.listen(me, reached.room.id)
    except NotFound as unknown:
        raise Forbidden from unknown
    return reached.room.id


class TranslatedConnection(QueuedConnection):
    """Passes on what the original has words for; each frame is translated once for all such connections."""

    def send(self, frame: Frame) -> None:
        for part in frame.parts:
            if (translated := part.translated(original.translate)) is not None:
                super().send(translated)


class Chat(Conversation):
    """Nothing is acknowledged: who posts hears their own words by the same event as everybody."""

    def __init__(self, parts: Parts, me: Me, connection: TranslatedConnection, room_id: UUID) -> None:
        super().__init__(parts, me, connection)
        self._speaker = connection
        self._room_id = room_id

    async def begin(self) -> None:
        await super().begin()
        try:
            await self.realtime.subscribe(
                self.connection,
                self._room_id,
                None,
                admit=lambda: self.school.rooms.listen(self.me, self._room_id),
                answer=lambda number: Ok(ref=0, number=number),
            )
        except EduSphereError:  # they left, or the room went, while the hand was being shaken
            self.connection.close(CloseCode.GOING_AWAY, "This room is no longer open to you.")

    async def answer(self, frame: str) -> None:
        try:
            self.pace.take(None)
            await self._do(_understand(frame))
        except Exception as error:  # noqa: BLE001 (answered and logged; a bad frame never drops this socket)
            words = original.Error(refusals.refusal_of(error).message)
            QueuedConnection.send(self._speaker, Frame(msgspec.json.encode(words)))

    async def _do(self, said: original.Said) -> None:
        match said:
            case original.Text(message):
                await self.school.messages.post(self.me, self._room_id, Draft(new_id(), message))
            case original.UpdateText(message_id, message):
                await self.school.messages.edit(self.me, message_id, message)
            case original.DeleteText(message_id):
                await self.school.messages.remove(self.me, message_id)


def _understand(frame: str) -> original.Said:
    """Read a frame; one without `type` is a text."""
    try:
        said: original.Said = msgspec.convert({"type": "text", **_decode_any(frame)}, original.Said)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise Invalid("message", "This could not be understood.") from error
    return said
