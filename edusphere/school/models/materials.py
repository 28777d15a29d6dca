"""What a course's people read and watch: units, and the materials in them."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from edusphere.school.models.courses import Course
from edusphere.school.models.files import File
from edusphere.school.models.ids import new_id
from edusphere.school.models.people import Person


class MaterialKind(StrEnum):
    FILE = "FILE"
    LINK = "LINK"
    PAGE = "PAGE"
    """Words in Markdown."""


class Unit(Model):
    """A chapter of a course."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    course: fields.ForeignKeyRelation[Course] = fields.ForeignKeyField("school.Course", related_name="units")
    course_id: UUID
    title = fields.CharField(max_length=200)
    place = fields.IntField()
    """Where it stands among its course's, from 1."""
    created = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "units"
        indexes = [Index(fields=["course_id", "place"], name="units_course_place")]


class Material(Model):
    id = fields.UUIDField(primary_key=True, default=new_id)
    unit: fields.ForeignKeyRelation[Unit] = fields.ForeignKeyField("school.Unit", related_name="materials")
    unit_id: UUID
    kind = fields.CharEnumField(MaterialKind, max_length=16)
    title = fields.CharField(max_length=200)
    body = fields.TextField(default="")
    """Of a PAGE; beside a file or a link, a line about it."""
    address = fields.CharField(max_length=2_000, default="")
    """Of a LINK: http or https."""
    file: fields.ForeignKeyNullableRelation[File] = fields.ForeignKeyField(
        "school.File", related_name="materials", null=True, on_delete=fields.RESTRICT
    )
    file_id: UUID | None
    place = fields.IntField()
    """Where it stands in its unit, from 1."""
    author: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "school.Person", related_name="materials", on_delete=fields.RESTRICT
    )
    author_id: UUID
    created = fields.DatetimeField(auto_now_add=True)
    updated = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "materials"
        indexes = [
            Index(fields=["unit_id", "place"], name="materials_unit_place"),
            Index(fields=["file_id"], name="materials_file"),
            Index(fields=["author_id"], name="materials_author"),
        ]
        constraints = [
            CheckConstraint(check="(kind = 'FILE') = (file_id IS NOT NULL)", name="materials_files_have_one"),
            CheckConstraint(check="(kind = 'LINK') = (address <> '')", name="materials_links_lead_somewhere"),
        ]
