"""Places to talk, and who is in them."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from edusphere.school.models.courses import Course, Section
from edusphere.school.models.ids import new_id
from edusphere.school.models.people import Person
from edusphere.school.models.topics import Topic


class RoomKind(StrEnum):
    OPEN = "OPEN"
    COURSE = "COURSE"
    PRIVATE = "PRIVATE"
    DIRECT = "DIRECT"


class RoomRole(StrEnum):
    HOST = "HOST"
    MODERATOR = "MODERATOR"
    MEMBER = "MEMBER"
    READER = "READER"
    """Reads and hears, and writes nothing."""


class Posting(StrEnum):
    """Who writes in a room."""

    EVERYONE = "EVERYONE"
    """Who is in it."""
    STAFF = "STAFF"
    """Hosts and moderators: a room for announcements."""


class Room(Model):
    id = fields.UUIDField(primary_key=True, default=new_id)
    kind = fields.CharEnumField(RoomKind, max_length=16, default=RoomKind.OPEN)
    host: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "school.Person", related_name="hosted_rooms", on_delete=fields.RESTRICT
    )
    host_id: UUID
    course: fields.ForeignKeyNullableRelation[Course] = fields.ForeignKeyField(
        "school.Course", related_name="rooms", null=True, on_delete=fields.RESTRICT
    )
    course_id: UUID | None
    """Of a COURSE room; its memberships follow from the course's enrolments."""
    section: fields.ForeignKeyNullableRelation[Section] = fields.ForeignKeyField(
        "school.Section", related_name="rooms", null=True, on_delete=fields.RESTRICT
    )
    section_id: UUID | None
    """Of a room that is for one section of its course only."""
    posting = fields.CharEnumField(Posting, max_length=16, default=Posting.EVERYONE)
    archived = fields.DatetimeField(null=True)
    """Since when nothing is written here: its course is over."""
    direct_key = fields.CharField(max_length=64, null=True)
    """Of a DIRECT room: the SHA-256 of whom it is between, so that the same people always meet in the same one."""
    slug = fields.CharField(max_length=200)
    """With the host's username this is the room's lasting address."""
    name = fields.CharField(max_length=200)
    topic: fields.ForeignKeyNullableRelation[Topic] = fields.ForeignKeyField(
        "school.Topic", related_name="rooms", null=True, on_delete=fields.RESTRICT
    )
    topic_id: UUID | None
    """Every room but a DIRECT one has one."""
    description = fields.CharField(max_length=500, default="")
    last_number = fields.BigIntField(default=0)
    """The number of its last change; the next change takes the next, in its own transaction."""
    last_activity = fields.DatetimeField(auto_now_add=True)
    created = fields.DatetimeField(auto_now_add=True)
    updated = fields.DatetimeField(auto_now_add=True)
    """When its name, topic or description last changed."""
    deleted = fields.DatetimeField(null=True)
    """A deleted room is gone for everybody, and kept for safeguarding."""

    class Meta:
        table = "rooms"
        indexes = [
            Index(fields=["host_id"], name="rooms_host"),
            Index(fields=["topic_id"], name="rooms_topic"),
            Index(fields=["course_id"], name="rooms_course"),
            Index(fields=["section_id"], name="rooms_section"),
        ]
        constraints = [
            UniqueConstraint(fields=("host_id", "slug"), name="rooms_host_slug", condition="deleted IS NULL"),
            UniqueConstraint(fields=("direct_key",), name="rooms_direct_key", condition="deleted IS NULL"),
            CheckConstraint(check="(kind = 'COURSE') = (course_id IS NOT NULL)", name="rooms_of_courses_have_one"),
            CheckConstraint(check="kind = 'DIRECT' OR direct_key IS NULL", name="rooms_direct_have_a_key"),
            CheckConstraint(check="topic_id IS NOT NULL OR kind = 'DIRECT'", name="rooms_have_a_topic"),
        ]


class Membership(Model):
    """A person in a room."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    room: fields.ForeignKeyRelation[Room] = fields.ForeignKeyField("school.Room", related_name="memberships")
    room_id: UUID
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("school.Person", related_name="memberships")
    person_id: UUID
    role = fields.CharEnumField(RoomRole, max_length=16, default=RoomRole.MEMBER)
    read_number = fields.BigIntField(default=0)
    """Everything up to this number was read."""
    joined = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "memberships"
        indexes = [Index(fields=["person_id"], name="memberships_person")]
        constraints = [UniqueConstraint(fields=("room_id", "person_id"), name="memberships_room_person")]
