"""Files that people sent, each a row; their bytes are in the storage."""

from __future__ import annotations

from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from edusphere.school.models.ids import new_id
from edusphere.school.models.messages import Message
from edusphere.school.models.people import Person


class File(Model):
    id = fields.UUIDField(primary_key=True, default=new_id)
    uploader: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "school.Person", related_name="files", on_delete=fields.RESTRICT
    )
    uploader_id: UUID
    message: fields.ForeignKeyNullableRelation[Message] = fields.ForeignKeyField(
        "school.Message", related_name="files", null=True
    )
    message_id: UUID | None
    """Null until a message takes it along."""
    place = fields.SmallIntField(default=0)
    """Its place among the message's files, from 1."""
    name = fields.CharField(max_length=150)
    """As its people called it, made safe to show."""
    size = fields.BigIntField()
    """Bytes."""
    mime = fields.CharField(max_length=100)
    """By its content, never by its name."""
    width = fields.IntField(null=True)
    """Only pictures that we drew anew have a size in pixels, and only they are shown in a page."""
    height = fields.IntField(null=True)
    key = fields.CharField(max_length=100)
    """Where the storage has it; never used for another."""
    thumbnail_key = fields.CharField(max_length=100, default="")
    """Of a picture; empty otherwise."""
    created = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "files"
        indexes = [
            Index(fields=["message_id"], name="files_message"),
            Index(fields=["uploader_id"], name="files_uploader"),
        ]
        constraints = [
            CheckConstraint(check="(width IS NULL) = (thumbnail_key = '')", name="files_pictures_have_thumbnails"),
        ]
