"""What is taught, when, and who takes part."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from edusphere.school.models.ids import new_id
from edusphere.school.models.people import Person


class CourseState(StrEnum):
    DRAFT = "DRAFT"
    """Being prepared: seen by its staff only."""
    ACTIVE = "ACTIVE"
    ARCHIVED = "ARCHIVED"
    """Over: everything in it can be read and nothing is written."""


class CourseRole(StrEnum):
    INSTRUCTOR = "INSTRUCTOR"
    ASSISTANT = "ASSISTANT"
    STUDENT = "STUDENT"
    OBSERVER = "OBSERVER"
    """Looks on and writes nothing: a pupil's guardian, a visiting teacher."""


class CourseColour(StrEnum):
    """A course's mark in lists; the app knows the shades for light, dark and high contrast."""

    BLUE = "BLUE"
    GREEN = "GREEN"
    TEAL = "TEAL"
    AMBER = "AMBER"
    RED = "RED"
    PINK = "PINK"
    VIOLET = "VIOLET"
    GREY = "GREY"


class Term(Model):
    """A part of the school year; courses belong to one."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    name = fields.CharField(max_length=100)
    key = fields.CharField(max_length=300, unique=True)
    """The name casefolded, as a topic's."""
    starts = fields.DateField()
    ends = fields.DateField()
    follows: fields.ForeignKeyNullableRelation[Term] = fields.ForeignKeyField(
        "school.Term", related_name="followed_by", null=True, on_delete=fields.SET_NULL
    )
    follows_id: UUID | None
    """The term that was rolled over into this one."""
    archived = fields.DatetimeField(null=True)
    """When its courses were archived together; that can be undone until the end of the next day."""

    class Meta:
        table = "terms"
        indexes = [Index(fields=["follows_id"], name="terms_follows")]
        constraints = [CheckConstraint(check="starts <= ends", name="terms_end_after_they_start")]


class Course(Model):
    id = fields.UUIDField(primary_key=True, default=new_id)
    slug = fields.CharField(max_length=120, unique=True)
    """Its address, /c/<slug>; made from code and term, it never changes."""
    code = fields.CharField(max_length=40)
    """As the timetable has it: BIO-7B."""
    title = fields.CharField(max_length=200)
    description = fields.CharField(max_length=2_000, default="")
    colour = fields.CharEnumField(CourseColour, max_length=16, default=CourseColour.BLUE)
    term: fields.ForeignKeyNullableRelation[Term] = fields.ForeignKeyField(
        "school.Term", related_name="courses", null=True, on_delete=fields.RESTRICT
    )
    term_id: UUID | None
    owner: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "school.Person", related_name="owned_courses", on_delete=fields.RESTRICT
    )
    owner_id: UUID
    """Always an INSTRUCTOR of it; who may hand it on."""
    state = fields.CharEnumField(CourseState, max_length=16, default=CourseState.DRAFT)
    copied_from: fields.ForeignKeyNullableRelation[Course] = fields.ForeignKeyField(
        "school.Course", related_name="copies", null=True, on_delete=fields.SET_NULL
    )
    copied_from_id: UUID | None
    archived = fields.DatetimeField(null=True)
    created = fields.DatetimeField(auto_now_add=True)
    updated = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "courses"
        indexes = [
            Index(fields=["term_id"], name="courses_term"),
            Index(fields=["owner_id"], name="courses_owner"),
            Index(fields=["copied_from_id"], name="courses_copied_from"),
        ]
        constraints = [
            CheckConstraint(check="(state = 'ARCHIVED') = (archived IS NOT NULL)", name="courses_archived_have_a_time"),
        ]


class Section(Model):
    """A part of a course's people: a parallel class, a lab group."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    course: fields.ForeignKeyRelation[Course] = fields.ForeignKeyField("school.Course", related_name="sections")
    course_id: UUID
    name = fields.CharField(max_length=100)
    key = fields.CharField(max_length=300)
    """The name casefolded."""

    class Meta:
        table = "sections"
        constraints = [UniqueConstraint(fields=("course_id", "key"), name="sections_course_key")]


class Enrolment(Model):
    """A person in a course. It is what their memberships in the course's rooms follow from."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    course: fields.ForeignKeyRelation[Course] = fields.ForeignKeyField("school.Course", related_name="enrolments")
    course_id: UUID
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("school.Person", related_name="enrolments")
    person_id: UUID
    role = fields.CharEnumField(CourseRole, max_length=16, default=CourseRole.STUDENT)
    section: fields.ForeignKeyNullableRelation[Section] = fields.ForeignKeyField(
        "school.Section", related_name="enrolments", null=True, on_delete=fields.SET_NULL
    )
    section_id: UUID | None
    by_child = fields.BooleanField(default=False)
    """A guardian's, which comes and goes with their children's."""
    joined = fields.DatetimeField(auto_now_add=True)
    visited = fields.DatetimeField(null=True)
    """When they last looked at its materials: what is newer is new to them."""

    class Meta:
        table = "enrolments"
        indexes = [
            Index(fields=["person_id"], name="enrolments_person"),
            Index(fields=["section_id"], name="enrolments_section"),
        ]
        constraints = [
            UniqueConstraint(fields=("course_id", "person_id"), name="enrolments_course_person"),
            CheckConstraint(check="role = 'OBSERVER' OR NOT by_child", name="enrolments_guardians_observe"),
        ]


class Guardianship(Model):
    """Whose guardian somebody is."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    guardian: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("school.Person", related_name="children")
    guardian_id: UUID
    child: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("school.Person", related_name="guardians")
    child_id: UUID
    created = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "guardianships"
        indexes = [Index(fields=["child_id"], name="guardianships_child")]
        constraints = [
            UniqueConstraint(fields=("guardian_id", "child_id"), name="guardianships_guardian_child"),
            CheckConstraint(check="guardian_id <> child_id", name="guardianships_are_of_others"),
        ]


class JoinCode(Model):
    """A code that lets people into a course, by typing it, by its link or by its QR picture."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    course: fields.ForeignKeyRelation[Course] = fields.ForeignKeyField("school.Course", related_name="join_codes")
    course_id: UUID
    code = fields.CharField(max_length=16, unique=True)
    """Shown to the course's staff as long as it works, so it is kept as it is."""
    role = fields.CharEnumField(CourseRole, max_length=16, default=CourseRole.STUDENT)
    section: fields.ForeignKeyNullableRelation[Section] = fields.ForeignKeyField(
        "school.Section", related_name="join_codes", null=True, on_delete=fields.SET_NULL
    )
    section_id: UUID | None
    made_by: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "school.Person", related_name="join_codes", null=True, on_delete=fields.SET_NULL
    )
    made_by_id: UUID | None
    created = fields.DatetimeField(auto_now_add=True)
    expires = fields.DatetimeField(null=True)
    most_uses = fields.IntField(null=True)
    uses = fields.IntField(default=0)
    ended = fields.DatetimeField(null=True)
    """Replaced by another, or taken back."""

    class Meta:
        table = "join_codes"
        indexes = [
            Index(fields=["course_id"], name="join_codes_course"),
            Index(fields=["section_id"], name="join_codes_section"),
            Index(fields=["made_by_id"], name="join_codes_made_by"),
        ]


class JoinRequest(Model):
    """Somebody asks to be let into a course."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    course: fields.ForeignKeyRelation[Course] = fields.ForeignKeyField("school.Course", related_name="join_requests")
    course_id: UUID
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("school.Person", related_name="join_requests")
    person_id: UUID
    words = fields.CharField(max_length=500, default="")
    created = fields.DatetimeField(auto_now_add=True)
    decided = fields.DatetimeField(null=True)
    decided_by: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "school.Person", related_name="decided_requests", null=True, on_delete=fields.SET_NULL
    )
    decided_by_id: UUID | None
    accepted = fields.BooleanField(default=False)

    class Meta:
        table = "join_requests"
        indexes = [
            Index(fields=["course_id"], name="join_requests_course"),
            Index(fields=["person_id"], name="join_requests_person"),
            Index(fields=["decided_by_id"], name="join_requests_decided_by"),
        ]
        constraints = [
            UniqueConstraint(
                fields=("course_id", "person_id"), name="join_requests_one_open", condition="decided IS NULL"
            ),
        ]
