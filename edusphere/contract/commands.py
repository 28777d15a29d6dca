"""Browser → server: what is asked. Imperatives; the wire tag is `noun.verb` in `type`.

Each command carries a `ref` of the browser's own choosing and is answered once, by `ok` or
`refused` with that `ref`; only `typing.start` is never answered.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

Ref = Annotated[int, Meta(ge=-(2**53), le=2**53)] | Annotated[str, Meta(max_length=64)]
Number = Annotated[int, Meta(ge=0, le=2**53)]


class Command(Struct, frozen=True, kw_only=True, rename="camel", tag_field="type"):
    """Anything a browser asks on the socket."""

    ref: Ref


class Subscribe(Command, frozen=True, kw_only=True, tag="room.subscribe"):
    """Hear a room. With `after`, first what was missed since that number, in order, each once."""

    room_id: UUID
    after: Number | None = None


class Unsubscribe(Command, frozen=True, tag="room.unsubscribe"):
    room_id: UUID


class PostMessage(Command, frozen=True, kw_only=True, tag="message.post"):
    """Post. The same `client_id` again is the same message, answered the same."""

    room_id: UUID
    client_id: UUID
    body: str
    file_ids: tuple[UUID, ...] = ()


class EditMessage(Command, frozen=True, tag="message.edit"):
    message_id: UUID
    body: str


class RemoveMessage(Command, frozen=True, tag="message.remove"):
    message_id: UUID


class MarkRead(Command, frozen=True, tag="room.read"):
    room_id: UUID
    number: Number


class StartTyping(Command, frozen=True, kw_only=True, tag="typing.start"):
    """Never answered; `ref` may be left out."""

    ref: Ref | None = None  # type: ignore[assignment]
    room_id: UUID


class Heartbeat(Command, frozen=True, tag="heartbeat"):
    pass


ClientCommand = Subscribe | Unsubscribe | PostMessage | EditMessage | RemoveMessage | MarkRead | StartTyping | Heartbeat
