"""The only speller of topic names."""

from __future__ import annotations

from uuid import UUID

EVERYONE = "everyone"


def room(room_id: UUID) -> str:
    """What happens in a room, heard by those who subscribed to it."""
    return f"room:{room_id}"


def person(person_id: UUID) -> str:
    """What concerns one person, heard on all their sockets."""
    return f"person:{person_id}"
