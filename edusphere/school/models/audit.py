"""The record of what staff did: append-only, each entry sealed to the one before."""

from __future__ import annotations

from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class AuditEntry(Model):
    """Names are kept beside ids: an entry is readable when who it speaks of is gone. Hence no references."""

    id = fields.BigIntField(primary_key=True, generated=True)
    number = fields.BigIntField(unique=True)
    """From 1, without holes."""
    at = fields.DatetimeField(auto_now_add=False)
    actor_id: UUID | None = fields.UUIDField(null=True)
    """NULL: at the command line, or the school by itself."""
    actor = fields.CharField(max_length=200)
    address = fields.CharField(max_length=64, default="")
    """From where."""
    act = fields.CharField(max_length=40)
    """`noun.verb`, as `course.archived`."""
    subject_kind = fields.CharField(max_length=20, default="")
    subject_id: UUID | None = fields.UUIDField(null=True)
    subject = fields.CharField(max_length=200, default="")
    course_id: UUID | None = fields.UUIDField(null=True)
    details: fields.JSONField[dict[str, object]] = fields.JSONField()
    seal = fields.CharField(max_length=64)
    """SHA-256 over the seal before and everything above, in hex."""

    class Meta:
        table = "audit_entries"
        indexes = [
            Index(fields=["actor_id", "number"], name="audit_entries_actor"),
            Index(fields=["subject_id", "number"], name="audit_entries_subject"),
            Index(fields=["course_id", "number"], name="audit_entries_course"),
            Index(fields=["act", "number"], name="audit_entries_act"),
        ]
