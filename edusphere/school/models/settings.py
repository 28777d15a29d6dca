"""What the school has decided while running, by name."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class SchoolSetting(Model):
    name = fields.CharField(max_length=64, primary_key=True)
    value: fields.JSONField[object] = fields.JSONField()
    updated = fields.DatetimeField(auto_now=True)

    class Meta:
        table = "school_settings"
