"""/ws/chat/<host>/<slug>: the earlier EduSphere's socket, for its front end; one room each.

The same verbs and the same fan-out as `/ws/`: what is said on one is heard on the other.
"""

from __future__ import annotations

import msgspec
from quart import Blueprint, Response, websocket

from edusphere.contract import original
from edusphere.contract.close_codes import CloseCode
from edusphere.contract.events import Ok
from edusphere.errors import EduSphereError, Forbidden, Invalid, NotFound, TooMany
from edusphere.realtime.connection import Connection, QueuedConnection
from edusphere.realtime.direct import DirectConnection
from edusphere.realtime.frames import Frame
from edusphere.school.me import Me, writing
from edusphere.school.messages import Draft
from edusphere.school.models import Room
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
            room = await _room_of_a_member(parts, me, host, slug)
        except EduSphereError as refusal:
            return refusals.answer(refusal)
        await carry(
            lambda connection: Chat(parts, me, connection, room),
            parts,
            me,
            direct=TranslatedDirect,
            queued=TranslatedQueued,
        )
        return None

    return door


async def _room_of_a_member(parts: Parts, me: Me, host: str, slug: str) -> Room:
    """Return the room. Strangers are not told whether it exists."""
    try:
        reached = await parts.school.rooms.reach_by_slug(me, host, slug)
        await parts.school.rooms.listen(me, reached.room.id)
    except NotFound as unknown:
        raise Forbidden from unknown
    return reached.room


class Translated:
    """Passes on what the original has words for; each frame is translated once for all such connections."""

    __slots__ = ()

    def send(self, frame: Frame) -> None:
        for part in frame.parts:
            if (translated := part.translated(original.translate)) is not None:
                super().send(translated)  # type: ignore[misc]


class TranslatedDirect(Translated, DirectConnection):
    __slots__ = ()


class TranslatedQueued(Translated, QueuedConnection):
    pass


class Chat(Conversation):
    """Nothing is acknowledged: who posts hears their own words by the same event as everybody."""

    __slots__ = ("_room_id", "_seen")

    def __init__(self, parts: Parts, me: Me, connection: Connection, room: Room) -> None:
        super().__init__(parts, me, connection)
        self._room_id = room.id
        self._seen = room.last_number  # when the socket opens, nothing said since its handshake began may be missing

    async def begin(self) -> None:
        await super().begin()
        if self._ended:
            return
        try:
            await self.parts.realtime.subscribe(
                self.connection,
                self._room_id,
                self._seen,
                admit=lambda: self.parts.school.rooms.listen(self.me, self._room_id),
                answer=lambda number: Ok(ref=0, number=number),
            )
        except EduSphereError:  # they left, or the room went, while the hand was being shaken
            self.connection.close(CloseCode.GOING_AWAY, "This room is no longer open to you.")

    async def answer(self, frame: str, wait: float) -> None:
        try:
            if wait:
                raise TooMany(round(wait, 1))
            await self._do(writing(self.me), _understand(frame))
        except Exception as error:  # noqa: BLE001 (answered and logged; a bad frame never drops this socket)
            self.connection.send(Frame.of(refusals.frame(None, error)))

    async def _do(self, me: Me, said: original.Said) -> None:
        match said:
            case original.Text(message):
                await self.parts.school.messages.post(me, self._room_id, Draft(new_id(), message))
            case original.UpdateText(message_id, message):
                await self.parts.school.messages.edit(me, message_id, message)
            case original.DeleteText(message_id):
                await self.parts.school.messages.remove(me, message_id)


def _understand(frame: str) -> original.Said:
    """Read a frame; one without `type` is a text."""
    try:
        said: original.Said = msgspec.convert({"type": "text", **_decode_any(frame)}, original.Said)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Invalid("message", "This could not be understood.") from error
    return said
