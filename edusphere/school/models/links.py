"""What one-time links stand for: a new password, an account to be confirmed, an invitation. Only digests are kept."""

from __future__ import annotations

from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from edusphere.school.models.courses import Course, CourseRole, Section
from edusphere.school.models.ids import new_id
from edusphere.school.models.people import Person, Role


class PasswordReset(Model):
    id = fields.UUIDField(primary_key=True, default=new_id)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("school.Person", related_name="password_resets")
    person_id: UUID
    digest = fields.CharField(max_length=64, unique=True)
    created = fields.DatetimeField(auto_now_add=True)
    expires = fields.DatetimeField()
    used = fields.DatetimeField(null=True)

    class Meta:
        table = "password_resets"
        indexes = [Index(fields=["person_id"], name="password_resets_person")]


class PendingRegistration(Model):
    """An account to be, until its e-mail address is proven. It holds neither its username nor its address."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    username = fields.CharField(max_length=64)
    name = fields.CharField(max_length=200)
    email = fields.CharField(max_length=254)
    password = fields.CharField(max_length=255)
    digest = fields.CharField(max_length=64, unique=True)
    created = fields.DatetimeField(auto_now_add=True)
    expires = fields.DatetimeField()

    class Meta:
        table = "pending_registrations"
        indexes = [Index(fields=["expires"], name="pending_registrations_expires")]


class Invitation(Model):
    """To make an account in the school, to take part in a course, or both."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    email = fields.CharField(max_length=254)
    role = fields.CharEnumField(Role, max_length=16, default=Role.STUDENT)
    course: fields.ForeignKeyNullableRelation[Course] = fields.ForeignKeyField(
        "school.Course", related_name="invitations", null=True
    )
    course_id: UUID | None
    course_role = fields.CharEnumField(CourseRole, max_length=16, null=True)
    section: fields.ForeignKeyNullableRelation[Section] = fields.ForeignKeyField(
        "school.Section", related_name="invitations", null=True, on_delete=fields.SET_NULL
    )
    section_id: UUID | None
    invited_by: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "school.Person", related_name="invitations", null=True, on_delete=fields.SET_NULL
    )
    invited_by_id: UUID | None
    """NULL: at the command line."""
    digest = fields.CharField(max_length=64, unique=True)
    created = fields.DatetimeField(auto_now_add=True)
    expires = fields.DatetimeField()
    used = fields.DatetimeField(null=True)
    declined = fields.DatetimeField(null=True)

    class Meta:
        table = "invitations"
        indexes = [
            Index(fields=["course_id"], name="invitations_course"),
            Index(fields=["section_id"], name="invitations_section"),
            Index(fields=["email"], name="invitations_email"),
            Index(fields=["invited_by_id"], name="invitations_invited_by"),
        ]
        constraints = [
            CheckConstraint(
                check="(course_id IS NULL) = (course_role IS NULL)", name="invitations_to_courses_have_a_role"
            ),
        ]
