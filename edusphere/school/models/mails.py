"""Mails on their way, and those that an administrator has to hand over."""

from __future__ import annotations

from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from edusphere.school.models.ids import new_id


class Mail(Model):
    """A delivered mail is deleted. Its one-time link is not kept here: it is made anew from the school's key."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    recipient = fields.CharField(max_length=254)
    subject = fields.CharField(max_length=200)
    body = fields.TextField()
    """With a place for the link, if there is one."""
    link = fields.CharField(max_length=16, null=True)
    """The first word of the link's address."""
    link_id: UUID | None = fields.UUIDField(null=True)
    link_digest = fields.CharField(max_length=64, null=True)
    created = fields.DatetimeField(auto_now_add=True)
    due = fields.DatetimeField(null=True)
    """When it is tried next; NULL: not by us, it is kept for the administrators."""
    tries = fields.IntField(default=0)
    problem = fields.CharField(max_length=300, default="")
    """Why it could not be delivered."""

    class Meta:
        table = "mails"
        indexes = [Index(fields=["due"], name="mails_due")]
