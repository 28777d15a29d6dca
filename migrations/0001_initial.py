import functools
from json import dumps, loads

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from edusphere.school.models.ids import new_id
from edusphere.school.models.messages import ChangeKind
from edusphere.school.models.people import Role
from edusphere.school.models.rooms import RoomKind, RoomRole


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Person",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id)),
                ("username", fields.CharField(unique=True, max_length=64)),
                ("email", fields.CharField(unique=True, max_length=254)),
                ("name", fields.CharField(max_length=200)),
                ("bio", fields.CharField(default="", max_length=500)),
                ("avatar", fields.CharField(default="", max_length=200)),
                ("role", fields.CharEnumField(default=Role.STUDENT, enum_type=Role, max_length=16)),
                ("password", fields.CharField(max_length=255)),
                ("disabled", fields.DatetimeField(null=True)),
                ("created", fields.DatetimeField(auto_now_add=True)),
            ],
            options={"table": "people", "app": "school", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ApiToken",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id)),
                (
                    "person",
                    fields.ForeignKeyField(
                        "school.Person",
                        source_field="person_id",
                        to_field="id",
                        related_name="api_tokens",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("name", fields.CharField(max_length=100)),
                ("digest", fields.CharField(unique=True, max_length=64)),
                ("created", fields.DatetimeField(auto_now_add=True)),
                ("expires", fields.DatetimeField(null=True)),
                ("used", fields.DatetimeField(null=True)),
            ],
            options={
                "table": "api_tokens",
                "app": "school",
                "indexes": [Index(fields=["person_id"], name="api_tokens_person")],
                "pk_attr": "id",
                "table_description": "A bearer token for a program. Only its SHA-256 is kept.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SchoolSetting",
            fields=[
                ("name", fields.CharField(primary_key=True, max_length=64)),
                ("value", fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads)),
                ("updated", fields.DatetimeField(auto_now=True)),
            ],
            options={"table": "school_settings", "app": "school", "pk_attr": "name"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Session",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id)),
                (
                    "person",
                    fields.ForeignKeyField(
                        "school.Person",
                        source_field="person_id",
                        to_field="id",
                        related_name="sessions",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("device", fields.CharField(default="", max_length=300)),
                ("address", fields.CharField(default="", max_length=64)),
                ("created", fields.DatetimeField(auto_now_add=True)),
                ("seen", fields.DatetimeField(auto_now_add=True)),
                ("expires", fields.DatetimeField(auto_now_add=False)),
                ("ended", fields.DatetimeField(null=True)),
                ("ended_why", fields.CharField(null=True, max_length=32)),
            ],
            options={
                "table": "sessions",
                "app": "school",
                "indexes": [Index(fields=["person_id"], name="sessions_person")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RefreshToken",
            fields=[
                ("digest", fields.CharField(primary_key=True, max_length=64)),
                (
                    "session",
                    fields.ForeignKeyField(
                        "school.Session",
                        source_field="session_id",
                        to_field="id",
                        related_name="refresh_tokens",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("issued", fields.DatetimeField(auto_now_add=True)),
                ("used", fields.DatetimeField(null=True)),
            ],
            options={
                "table": "refresh_tokens",
                "app": "school",
                "indexes": [Index(fields=["session_id"], name="refresh_tokens_session")],
                "pk_attr": "digest",
                "table_description": "One link of a session's chain. Only its SHA-256 is kept.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Topic",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id)),
                ("name", fields.CharField(max_length=200)),
                ("key", fields.CharField(unique=True, max_length=600)),
            ],
            options={"table": "topics", "app": "school", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Room",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id)),
                ("kind", fields.CharEnumField(default=RoomKind.OPEN, enum_type=RoomKind, max_length=16)),
                (
                    "host",
                    fields.ForeignKeyField(
                        "school.Person",
                        source_field="host_id",
                        to_field="id",
                        related_name="hosted_rooms",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("slug", fields.CharField(max_length=200)),
                ("name", fields.CharField(max_length=200)),
                (
                    "topic",
                    fields.ForeignKeyField(
                        "school.Topic",
                        source_field="topic_id",
                        null=True,
                        to_field="id",
                        related_name="rooms",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("description", fields.CharField(default="", max_length=500)),
                ("last_number", fields.BigIntField(default=0)),
                ("last_activity", fields.DatetimeField(auto_now_add=True)),
                ("created", fields.DatetimeField(auto_now_add=True)),
                ("updated", fields.DatetimeField(auto_now_add=True)),
                ("deleted", fields.DatetimeField(null=True)),
            ],
            options={
                "table": "rooms",
                "app": "school",
                "indexes": [
                    Index(fields=["host_id"], name="rooms_host"),
                    Index(fields=["topic_id"], name="rooms_topic"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Membership",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id)),
                (
                    "room",
                    fields.ForeignKeyField(
                        "school.Room",
                        source_field="room_id",
                        to_field="id",
                        related_name="memberships",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "school.Person",
                        source_field="person_id",
                        to_field="id",
                        related_name="memberships",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("role", fields.CharEnumField(default=RoomRole.MEMBER, enum_type=RoomRole, max_length=16)),
                ("read_number", fields.BigIntField(default=0)),
                ("joined", fields.DatetimeField(auto_now_add=True)),
            ],
            options={
                "table": "memberships",
                "app": "school",
                "indexes": [Index(fields=["person_id"], name="memberships_person")],
                "pk_attr": "id",
                "table_description": "A person in a room.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Message",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id)),
                (
                    "room",
                    fields.ForeignKeyField(
                        "school.Room",
                        source_field="room_id",
                        to_field="id",
                        related_name="messages",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "author",
                    fields.ForeignKeyField(
                        "school.Person",
                        source_field="author_id",
                        to_field="id",
                        related_name="messages",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("number", fields.BigIntField()),
                ("client_id", fields.UUIDField()),
                ("body", fields.TextField()),
                ("edited", fields.BooleanField(default=False)),
                (
                    "parent",
                    fields.ForeignKeyField(
                        "school.Message",
                        source_field="parent_id",
                        null=True,
                        to_field="id",
                        related_name="replies",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("removed", fields.DatetimeField(null=True)),
                ("created", fields.DatetimeField(auto_now_add=True)),
                ("updated", fields.DatetimeField(auto_now_add=True)),
            ],
            options={
                "table": "messages",
                "app": "school",
                "indexes": [
                    Index(fields=["author_id", "created"], name="messages_author_created"),
                    Index(fields=["parent_id"], name="messages_parent"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Change",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True)),
                (
                    "room",
                    fields.ForeignKeyField(
                        "school.Room",
                        source_field="room_id",
                        to_field="id",
                        related_name="changes",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("number", fields.BigIntField()),
                ("kind", fields.CharEnumField(enum_type=ChangeKind, max_length=16)),
                (
                    "message",
                    fields.ForeignKeyField(
                        "school.Message",
                        source_field="message_id",
                        to_field="id",
                        related_name="changes",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "school.Person",
                        source_field="person_id",
                        to_field="id",
                        related_name="changes",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("at", fields.DatetimeField(auto_now_add=True)),
            ],
            options={
                "table": "changes",
                "app": "school",
                "indexes": [
                    Index(fields=["message_id"], name="changes_message"),
                    Index(fields=["person_id"], name="changes_person"),
                ],
                "pk_attr": "id",
                "table_description": "What takes a room's next number, written in the change's own transaction.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="Person",
            constraint=CheckConstraint(check="username ~ '^[-a-z0-9_]+$'", name="people_username_is_a_slug"),
        ),
        ops.AddConstraint(
            model_name="Person",
            constraint=CheckConstraint(check="email = lower(email)", name="people_email_is_lower_case"),
        ),
        ops.AddConstraint(
            model_name="Room",
            constraint=UniqueConstraint(
                fields=("host_id", "slug"), name="rooms_host_slug", condition="deleted IS NULL"
            ),
        ),
        ops.AddConstraint(
            model_name="Room",
            constraint=CheckConstraint(check="topic_id IS NOT NULL OR kind = 'DIRECT'", name="rooms_have_a_topic"),
        ),
        ops.AddConstraint(
            model_name="Membership",
            constraint=UniqueConstraint(fields=("room_id", "person_id"), name="memberships_room_person"),
        ),
        ops.AddConstraint(
            model_name="Message", constraint=UniqueConstraint(fields=("room_id", "number"), name="messages_room_number")
        ),
        ops.AddConstraint(
            model_name="Message",
            constraint=UniqueConstraint(
                fields=("room_id", "author_id", "client_id"), name="messages_room_author_client"
            ),
        ),
        ops.AddConstraint(
            model_name="Change", constraint=UniqueConstraint(fields=("room_id", "number"), name="changes_room_number")
        ),
    ]
