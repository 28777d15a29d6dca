from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from edusphere.school.models.ids import new_id
from edusphere.school.models.people import Role
from edusphere.school.models.sessions import TokenScope


class Migration(migrations.Migration):
    dependencies = [("school", "0001_initial")]

    operations = [
        ops.CreateModel(
            name="Invitation",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id)),
                ("email", fields.CharField(max_length=254)),
                ("role", fields.CharEnumField(default=Role.STUDENT, enum_type=Role, max_length=16)),
                (
                    "invited_by",
                    fields.ForeignKeyField(
                        "school.Person",
                        source_field="invited_by_id",
                        null=True,
                        to_field="id",
                        related_name="invitations",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("digest", fields.CharField(unique=True, max_length=64)),
                ("created", fields.DatetimeField(auto_now_add=True)),
                ("expires", fields.DatetimeField()),
                ("used", fields.DatetimeField(null=True)),
            ],
            options={
                "table": "invitations",
                "app": "school",
                "indexes": [
                    Index(fields=["email"], name="invitations_email"),
                    Index(fields=["invited_by_id"], name="invitations_invited_by"),
                ],
                "pk_attr": "id",
                "table_description": "To make an account in the school. What an invitation to a course brings "
                "will stand beside the role.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Mail",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id)),
                ("recipient", fields.CharField(max_length=254)),
                ("subject", fields.CharField(max_length=200)),
                ("body", fields.TextField()),
                ("link", fields.CharField(null=True, max_length=16)),
                ("link_id", fields.UUIDField(null=True)),
                ("link_digest", fields.CharField(null=True, max_length=64)),
                ("created", fields.DatetimeField(auto_now_add=True)),
                ("due", fields.DatetimeField(null=True)),
                ("tries", fields.IntField(default=0)),
                ("problem", fields.CharField(default="", max_length=300)),
            ],
            options={
                "table": "mails",
                "app": "school",
                "indexes": [Index(fields=["due"], name="mails_due")],
                "pk_attr": "id",
                "table_description": "A delivered mail is deleted. Its one-time link is not kept here: it is made "
                "anew from the school's key.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PasswordReset",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id)),
                (
                    "person",
                    fields.ForeignKeyField(
                        "school.Person",
                        source_field="person_id",
                        to_field="id",
                        related_name="password_resets",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("digest", fields.CharField(unique=True, max_length=64)),
                ("created", fields.DatetimeField(auto_now_add=True)),
                ("expires", fields.DatetimeField()),
                ("used", fields.DatetimeField(null=True)),
            ],
            options={
                "table": "password_resets",
                "app": "school",
                "indexes": [Index(fields=["person_id"], name="password_resets_person")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PendingRegistration",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id)),
                ("username", fields.CharField(max_length=64)),
                ("name", fields.CharField(max_length=200)),
                ("email", fields.CharField(max_length=254)),
                ("password", fields.CharField(max_length=255)),
                ("digest", fields.CharField(unique=True, max_length=64)),
                ("created", fields.DatetimeField(auto_now_add=True)),
                ("expires", fields.DatetimeField()),
            ],
            options={
                "table": "pending_registrations",
                "app": "school",
                "indexes": [Index(fields=["expires"], name="pending_registrations_expires")],
                "pk_attr": "id",
                "table_description": "An account to be, until its e-mail address is proven. It holds neither its "
                "username nor its address.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="ApiToken",
            name="scope",
            field=fields.CharEnumField(default=TokenScope.WRITE, enum_type=TokenScope, max_length=16),
        ),
    ]
