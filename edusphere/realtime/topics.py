"""The only speller of topic names."""

from __future__ import annotations

from uuid import UUID

EVERYONE = "everyone"
"""Every process hears it: directives, not words for browsers."""

_ROOM = "room:"
_PERSON = "person:"


def room(room_id: UUID) -> str:
    """What happens in a room, heard by those who subscribed to it."""
    return f"{_ROOM}{room_id}"


def room_id(topic: str) -> UUID | None:
    """Return the room a topic is of, or None."""
    return UUID(topic[len(_ROOM) :]) if topic.startswith(_ROOM) else None


def person(person_id: UUID) -> str:
    """What concerns one person, heard on all their sockets."""
    return f"{_PERSON}{person_id}"


def person_id(topic: str) -> UUID | None:
    """Return the person a topic is of, or None."""
    return UUID(topic[len(_PERSON) :]) if topic.startswith(_PERSON) else None
