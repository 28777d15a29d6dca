"""What rooms are about."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from edusphere.school.models.ids import new_id


class Topic(Model):
    id = fields.UUIDField(primary_key=True, default=new_id)
    name = fields.CharField(max_length=200)
    key = fields.CharField(max_length=600, unique=True)
    """The name casefolded, so that Biology and biology are one topic; casefolding can triple its length."""

    class Meta:
        table = "topics"
