"""People with accounts."""

from __future__ import annotations

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from edusphere.school.models.ids import new_id


class Role(StrEnum):
    """What a person is in the whole school."""

    STUDENT = "STUDENT"
    TEACHER = "TEACHER"
    GUARDIAN = "GUARDIAN"
    ADMIN = "ADMIN"


class Person(Model):
    id = fields.UUIDField(primary_key=True, default=new_id)
    username = fields.CharField(max_length=64, unique=True)
    """Lower case, [-a-z0-9_]; part of addresses, so it never changes."""
    email = fields.CharField(max_length=254, unique=True)
    """Kept in lower case: two spellings of one address are one account."""
    email_proven = fields.BooleanField(default=False, db_default=False)
    """Whether they opened a link that was sent there, or staff made the account for whom it belongs to."""
    name = fields.CharField(max_length=200)
    bio = fields.CharField(max_length=500, default="")
    avatar = fields.CharField(max_length=200, default="")
    """A path below the media folder, or empty."""
    role = fields.CharEnumField(Role, max_length=16, default=Role.STUDENT)
    password = fields.CharField(max_length=255)
    """An argon2id hash in PHC form."""
    disabled = fields.DatetimeField(null=True)
    """Since when this account may not be used."""
    created = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "people"
        indexes = [
            Index(fields=["name", "id"], name="people_name"),
            Index(fields=["created", "id"], name="people_created"),
        ]
        constraints = [
            CheckConstraint(check="username ~ '^[-a-z0-9_]+$'", name="people_username_is_a_slug"),
            CheckConstraint(check="email = lower(email)", name="people_email_is_lower_case"),
        ]
