"""How a message is read from its rows, for a page of history and for a replay alike."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from edusphere.contract.events import Author, Message
from edusphere.database import Row

SPOKEN = """
    messages.id, messages.room_id, messages.number, messages.client_id, messages.body, messages.edited,
    messages.removed, messages.parent_id, messages.created, messages.updated,
    people.id AS author_id, people.username, people.name, people.avatar
"""
BY = "messages JOIN people ON people.id = messages.author_id"


class Said(NamedTuple):
    """A message and where it was said."""

    room_id: UUID
    message: Message


def said(row: Row) -> Said:
    """Read a row of SPOKEN. Of a removed message nothing is left but that it was there."""
    removed = row["removed"] is not None
    message = Message(
        id=row["id"],
        number=row["number"],
        client_id=row["client_id"],
        user=Author(row["author_id"], row["username"], row["name"], row["avatar"]),
        body="" if removed else row["body"],
        edited=row["edited"],
        removed=removed,
        parent_id=row["parent_id"],
        files=(),
        created=row["created"],
        updated=row["updated"],
    )
    return Said(row["room_id"], message)
