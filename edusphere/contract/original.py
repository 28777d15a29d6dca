"""The earlier EduSphere's words on its socket, `/ws/chat/<host>/<slug>`, as its front end reads them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from edusphere.contract.events import Change, Message, MessageEdited, MessagePosted, MessageRemoved, Refused


class ChatMessage(Struct, frozen=True, kw_only=True, tag_field="type", tag="chat_message"):
    """Base of what everyone in the room hears."""


class New(ChatMessage, frozen=True, kw_only=True, tag="chat_message"):
    action: str = "new"
    id: UUID
    user: str
    """A username."""
    user_id: UUID
    body: str
    created: datetime
    edited: bool
    updated: datetime
    userAvatar: str | None  # noqa: N815 (its spelling)


class Update(ChatMessage, frozen=True, kw_only=True, tag="chat_message"):
    action: str = "update"
    id: UUID
    body: str
    edited: bool
    updated: datetime


class Delete(ChatMessage, frozen=True, kw_only=True, tag="chat_message"):
    action: str = "delete"
    id: UUID


class Error(Struct, frozen=True):
    """To the sender only."""

    error: str


_heard = msgspec.json.Decoder(Change | Refused).decode
_encode = msgspec.json.Encoder().encode


def translate(payload: bytes) -> bytes | None:
    """Return a change or a refusal of our language in the original's words; None for what it has no words for."""
    try:
        event: Change | Refused = _heard(payload)
    except msgspec.ValidationError:
        return None
    if isinstance(event, Refused):
        return _encode(Error(error=event.message))
    message = event.message
    match event:
        case MessageRemoved():
            return _encode(Delete(id=message.id))
        case MessageEdited():
            return _encode(Update(id=message.id, body=_words(message), edited=message.edited, updated=message.updated))
        case MessagePosted():
            return _encode(
                New(
                    id=message.id,
                    user=message.user.username,
                    user_id=message.user.id,
                    body=_words(message),
                    created=message.created,
                    edited=message.edited,
                    updated=message.updated,
                    userAvatar=message.user.avatar or None,
                )
            )


def _words(message: Message) -> str:
    """Return what is said, or the names of the files where nothing else is: it has no other place for them."""
    return message.body or ", ".join(file.name for file in message.files)


# -- what its front end says


class Text(Struct, frozen=True, tag_field="type", tag="text"):
    message: str


class UpdateText(Struct, frozen=True, tag_field="type", tag="update", rename="camel"):
    message_id: UUID
    message: str


class DeleteText(Struct, frozen=True, tag_field="type", tag="delete", rename="camel"):
    message_id: UUID


Said = Text | UpdateText | DeleteText
