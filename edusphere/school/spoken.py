"""How a message is read from its rows, for a page of history and for a replay alike."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

import msgspec

from edusphere.contract.events import Author, File, Message
from edusphere.database import Row

# The files come along in the same query, however long the page is: a look into an index for each message.
SPOKEN = """
    messages.id, messages.room_id, messages.number, messages.client_id, messages.body, messages.edited,
    messages.removed, messages.parent_id, messages.created, messages.updated,
    people.id AS author_id, people.username, people.name, people.avatar,
    (SELECT json_agg(json_build_object('id', files.id, 'name', files.name, 'size', files.size, 'mime', files.mime,
                                       'width', files.width, 'height', files.height) ORDER BY files.place)
     FROM files WHERE files.message_id = messages.id AND messages.removed IS NULL) AS files
"""
BY = "messages JOIN people ON people.id = messages.author_id"


_files = msgspec.json.Decoder(tuple[File, ...]).decode


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
        files=_files(row["files"]) if row["files"] else (),
        created=row["created"],
        updated=row["updated"],
    )
    return Said(row["room_id"], message)
