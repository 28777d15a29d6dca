"""What somebody asked the administrators to look at."""

from __future__ import annotations

from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from edusphere.school.models.ids import new_id
from edusphere.school.models.messages import Message
from edusphere.school.models.people import Person


class Report(Model):
    id = fields.UUIDField(primary_key=True, default=new_id)
    reporter: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("school.Person", related_name="reports")
    reporter_id: UUID
    message: fields.ForeignKeyNullableRelation[Message] = fields.ForeignKeyField(
        "school.Message", related_name="reports", null=True, on_delete=fields.SET_NULL
    )
    message_id: UUID | None
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("school.Person", related_name="reported")
    person_id: UUID
    """Whom it is about: of a message, its author."""
    words = fields.CharField(max_length=1_000, default="")
    """What the reporter says."""
    snapshot: fields.JSONField[dict[str, object]] = fields.JSONField()
    """The message, or the profile, as it was then: whatever becomes of it."""
    created = fields.DatetimeField(auto_now_add=True)
    closed = fields.DatetimeField(null=True)
    closed_by: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "school.Person", related_name="closed_reports", null=True, on_delete=fields.SET_NULL
    )
    closed_by_id: UUID | None
    outcome = fields.CharField(max_length=1_000, default="")

    class Meta:
        table = "reports"
        indexes = [
            Index(fields=["reporter_id"], name="reports_reporter"),
            Index(fields=["message_id"], name="reports_message"),
            Index(fields=["person_id"], name="reports_person"),
            Index(fields=["closed_by_id"], name="reports_closed_by"),
            Index(fields=["created"], name="reports_created"),
        ]
        constraints = [
            CheckConstraint(check="closed IS NOT NULL OR outcome = ''", name="reports_closed_have_a_time"),
        ]
