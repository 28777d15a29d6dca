"""Sign-ins: a session is one device's, its refresh tokens are a family; API tokens are for programs."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from edusphere.school.models.ids import new_id
from edusphere.school.models.people import Person


class Session(Model):
    id = fields.UUIDField(primary_key=True, default=new_id)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("school.Person", related_name="sessions")
    person_id: UUID
    device = fields.CharField(max_length=300, default="")
    """The browser's own name for itself."""
    address = fields.CharField(max_length=64, default="")
    created = fields.DatetimeField(auto_now_add=True)
    seen = fields.DatetimeField(auto_now_add=True)
    expires = fields.DatetimeField()
    """When it ends at the latest, however much it is used."""
    ended = fields.DatetimeField(null=True)
    ended_why = fields.CharField(max_length=32, null=True)

    class Meta:
        table = "sessions"
        indexes = [
            Index(fields=["person_id"], name="sessions_person"),
            Index(fields=["seen", "person_id"], name="sessions_seen"),
        ]


class RefreshToken(Model):
    """One link of a session's chain. Only its SHA-256 is kept."""

    digest = fields.CharField(max_length=64, primary_key=True)
    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "school.Session", related_name="refresh_tokens"
    )
    session_id: UUID
    issued = fields.DatetimeField(auto_now_add=True)
    used = fields.DatetimeField(null=True)

    class Meta:
        table = "refresh_tokens"
        indexes = [Index(fields=["session_id"], name="refresh_tokens_session")]


class TokenScope(StrEnum):
    """What a program may do in its person's name."""

    READ = "READ"
    WRITE = "WRITE"
    """All that its person may, but for what only somebody who typed a password may."""


class ApiToken(Model):
    """A bearer token for a program. Only its SHA-256 is kept."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("school.Person", related_name="api_tokens")
    person_id: UUID
    name = fields.CharField(max_length=100)
    scope = fields.CharEnumField(TokenScope, max_length=16, default=TokenScope.WRITE)
    digest = fields.CharField(max_length=64, unique=True)
    created = fields.DatetimeField(auto_now_add=True)
    expires = fields.DatetimeField(null=True)
    used = fields.DatetimeField(null=True)

    class Meta:
        table = "api_tokens"
        indexes = [Index(fields=["person_id"], name="api_tokens_person")]
