"""Sign-ins: a session is one device's, its refresh tokens are a family; API tokens are for programs."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from edusphere.school.models.ids import new_id
from edusphere.school.models.people import Person


class Session(Model):
    id = fields.UUIDField(primary_key=True, default=new_id)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("school.Person", related_name="sessions")
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


class RefreshToken(Model):
    """One link of a session's chain. Only its SHA-256 is kept."""

    digest = fields.CharField(max_length=64, primary_key=True)
    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "school.Session", related_name="refresh_tokens"
    )
    issued = fields.DatetimeField(auto_now_add=True)
    used = fields.DatetimeField(null=True)

    class Meta:
        table = "refresh_tokens"


class ApiToken(Model):
    """A bearer token for a program. Only its SHA-256 is kept."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("school.Person", related_name="api_tokens")
    name = fields.CharField(max_length=100)
    digest = fields.CharField(max_length=64, unique=True)
    created = fields.DatetimeField(auto_now_add=True)
    expires = fields.DatetimeField(null=True)
    used = fields.DatetimeField(null=True)

    class Meta:
        table = "api_tokens"
