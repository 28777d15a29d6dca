from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from edusphere.school.models.ids import new_id


class Migration(migrations.Migration):
    dependencies = [("school", "0002_identity")]

    operations = [
        ops.CreateModel(
            name="File",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id)),
                (
                    "uploader",
                    fields.ForeignKeyField(
                        "school.Person",
                        source_field="uploader_id",
                        to_field="id",
                        related_name="files",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "message",
                    fields.ForeignKeyField(
                        "school.Message",
                        source_field="message_id",
                        null=True,
                        to_field="id",
                        related_name="files",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("place", fields.SmallIntField(default=0)),
                ("name", fields.CharField(max_length=150)),
                ("size", fields.BigIntField()),
                ("mime", fields.CharField(max_length=100)),
                ("width", fields.IntField(null=True)),
                ("height", fields.IntField(null=True)),
                ("key", fields.CharField(max_length=100)),
                ("thumbnail_key", fields.CharField(default="", max_length=100)),
                ("created", fields.DatetimeField(auto_now_add=True)),
            ],
            options={
                "table": "files",
                "app": "school",
                "indexes": [
                    Index(fields=["message_id"], name="files_message"),
                    Index(fields=["uploader_id"], name="files_uploader"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="File",
            constraint=CheckConstraint(
                check="(width IS NULL) = (thumbnail_key = '')", name="files_pictures_have_thumbnails"
            ),
        ),
    ]
