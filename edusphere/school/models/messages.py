"""Words in rooms, and the numbered record of every change to them."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from edusphere.school.models.ids import new_id
from edusphere.school.models.people import Person
from edusphere.school.models.rooms import Room


class Message(Model):
    id = fields.UUIDField(primary_key=True, default=new_id)
    room: fields.ForeignKeyRelation[Room] = fields.ForeignKeyField("school.Room", related_name="messages")
    room_id: UUID
    author: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "school.Person", related_name="messages", on_delete=fields.RESTRICT
    )
    author_id: UUID
    number = fields.BigIntField()
    """The number of the change that posted it."""
    client_id = fields.UUIDField()
    """Made by the sender's browser: a resend is recognised by it."""
    body = fields.TextField()
    edited = fields.BooleanField(default=False)
    parent: fields.ForeignKeyNullableRelation[Message] = fields.ForeignKeyField(
        "school.Message", related_name="replies", null=True
    )
    parent_id: UUID | None
    removed = fields.DatetimeField(null=True)
    """The words of a removed message stay here for safeguarding. Administrators read them, and that is written down."""
    created = fields.DatetimeField(auto_now_add=True)
    updated = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "messages"
        indexes = [
            Index(fields=["author_id", "created"], name="messages_author_created"),
            Index(fields=["parent_id"], name="messages_parent"),
            Index(fields=["created"], name="messages_created"),
        ]
        constraints = [
            UniqueConstraint(fields=("room_id", "number"), name="messages_room_number"),
            UniqueConstraint(fields=("room_id", "author_id", "client_id"), name="messages_room_author_client"),
        ]


class ChangeKind(StrEnum):
    POSTED = "POSTED"
    EDITED = "EDITED"
    REMOVED = "REMOVED"
    RESTORED = "RESTORED"


class Change(Model):
    """What takes a room's next number, written in the change's own transaction."""

    id = fields.BigIntField(primary_key=True, generated=True)
    room: fields.ForeignKeyRelation[Room] = fields.ForeignKeyField("school.Room", related_name="changes")
    room_id: UUID
    number = fields.BigIntField()
    kind = fields.CharEnumField(ChangeKind, max_length=16)
    message: fields.ForeignKeyRelation[Message] = fields.ForeignKeyField("school.Message", related_name="changes")
    message_id: UUID
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "school.Person", related_name="changes", on_delete=fields.RESTRICT
    )
    person_id: UUID
    at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "changes"
        indexes = [
            Index(fields=["message_id"], name="changes_message"),
            Index(fields=["person_id"], name="changes_person"),
        ]
        constraints = [UniqueConstraint(fields=("room_id", "number"), name="changes_room_number")]
