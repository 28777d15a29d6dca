import functools
from json import dumps, loads

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from edusphere.school.models.courses import CourseColour, CourseRole, CourseState
from edusphere.school.models.ids import new_id
from edusphere.school.models.materials import MaterialKind
from edusphere.school.models.rooms import Posting

# A trigger, not a promise of ours: whoever has the school's own database user changes no entry by mistake.
APPEND_ONLY = """
    CREATE FUNCTION refuse_to_change_audit_entries() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'audit entries are only added'; END
    $$;
    CREATE TRIGGER audit_entries_are_only_added BEFORE UPDATE OR DELETE ON audit_entries
        FOR EACH ROW EXECUTE FUNCTION refuse_to_change_audit_entries();
    CREATE TRIGGER audit_entries_are_not_emptied BEFORE TRUNCATE ON audit_entries
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_audit_entries()
"""
NOT_APPEND_ONLY = (
    "DROP TRIGGER audit_entries_are_only_added ON audit_entries; DROP FUNCTION refuse_to_change_audit_entries"
)


class Migration(migrations.Migration):
    dependencies = [("school", "0003_files")]

    operations = [
        ops.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=True)),
                ("number", fields.BigIntField(unique=True)),
                ("at", fields.DatetimeField()),
                ("actor_id", fields.UUIDField(null=True)),
                ("actor", fields.CharField(max_length=200)),
                ("address", fields.CharField(default="", max_length=64)),
                ("act", fields.CharField(max_length=40)),
                ("subject_kind", fields.CharField(default="", max_length=20)),
                ("subject_id", fields.UUIDField(null=True)),
                ("subject", fields.CharField(default="", max_length=200)),
                ("course_id", fields.UUIDField(null=True)),
                ("details", fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads)),
                ("seal", fields.CharField(max_length=64)),
            ],
            options={
                "table": "audit_entries",
                "app": "school",
                "indexes": [
                    Index(fields=["actor_id", "number"], name="audit_entries_actor"),
                    Index(fields=["subject_id", "number"], name="audit_entries_subject"),
                    Index(fields=["course_id", "number"], name="audit_entries_course"),
                    Index(fields=["act", "number"], name="audit_entries_act"),
                ],
                "pk_attr": "id",
                "table_description": "Names are kept beside ids: an entry is readable when who it speaks of is gone. "
                "Hence no references.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Guardianship",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id)),
                (
                    "guardian",
                    fields.ForeignKeyField(
                        "school.Person",
                        source_field="guardian_id",
                        to_field="id",
                        related_name="children",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "child",
                    fields.ForeignKeyField(
                        "school.Person",
                        source_field="child_id",
                        to_field="id",
                        related_name="guardians",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("created", fields.DatetimeField(auto_now_add=True)),
            ],
            options={
                "table": "guardianships",
                "app": "school",
                "indexes": [Index(fields=["child_id"], name="guardianships_child")],
                "pk_attr": "id",
                "table_description": "Whose guardian somebody is.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Report",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id)),
                (
                    "reporter",
                    fields.ForeignKeyField(
                        "school.Person",
                        source_field="reporter_id",
                        to_field="id",
                        related_name="reports",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "message",
                    fields.ForeignKeyField(
                        "school.Message",
                        source_field="message_id",
                        null=True,
                        to_field="id",
                        related_name="reports",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "school.Person",
                        source_field="person_id",
                        to_field="id",
                        related_name="reported",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("words", fields.CharField(default="", max_length=1000)),
                ("snapshot", fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads)),
                ("created", fields.DatetimeField(auto_now_add=True)),
                ("closed", fields.DatetimeField(null=True)),
                (
                    "closed_by",
                    fields.ForeignKeyField(
                        "school.Person",
                        source_field="closed_by_id",
                        null=True,
                        to_field="id",
                        related_name="closed_reports",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("outcome", fields.CharField(default="", max_length=1000)),
            ],
            options={
                "table": "reports",
                "app": "school",
                "indexes": [
                    Index(fields=["reporter_id"], name="reports_reporter"),
                    Index(fields=["message_id"], name="reports_message"),
                    Index(fields=["person_id"], name="reports_person"),
                    Index(fields=["closed_by_id"], name="reports_closed_by"),
                    Index(fields=["created"], name="reports_created"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Term",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id)),
                ("name", fields.CharField(max_length=100)),
                ("key", fields.CharField(unique=True, max_length=300)),
                ("starts", fields.DateField()),
                ("ends", fields.DateField()),
                (
                    "follows",
                    fields.ForeignKeyField(
                        "school.Term",
                        source_field="follows_id",
                        null=True,
                        to_field="id",
                        related_name="followed_by",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("archived", fields.DatetimeField(null=True)),
            ],
            options={
                "table": "terms",
                "app": "school",
                "indexes": [Index(fields=["follows_id"], name="terms_follows")],
                "pk_attr": "id",
                "table_description": "A part of the school year; courses belong to one.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Course",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id)),
                ("slug", fields.CharField(unique=True, max_length=120)),
                ("code", fields.CharField(max_length=40)),
                ("title", fields.CharField(max_length=200)),
                ("description", fields.CharField(default="", max_length=2000)),
                ("colour", fields.CharEnumField(default=CourseColour.BLUE, enum_type=CourseColour, max_length=16)),
                (
                    "term",
                    fields.ForeignKeyField(
                        "school.Term",
                        source_field="term_id",
                        null=True,
                        to_field="id",
                        related_name="courses",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "owner",
                    fields.ForeignKeyField(
                        "school.Person",
                        source_field="owner_id",
                        to_field="id",
                        related_name="owned_courses",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("state", fields.CharEnumField(default=CourseState.DRAFT, enum_type=CourseState, max_length=16)),
                (
                    "copied_from",
                    fields.ForeignKeyField(
                        "school.Course",
                        source_field="copied_from_id",
                        null=True,
                        to_field="id",
                        related_name="copies",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("archived", fields.DatetimeField(null=True)),
                ("created", fields.DatetimeField(auto_now_add=True)),
                ("updated", fields.DatetimeField(auto_now_add=True)),
            ],
            options={
                "table": "courses",
                "app": "school",
                "indexes": [
                    Index(fields=["term_id"], name="courses_term"),
                    Index(fields=["owner_id"], name="courses_owner"),
                    Index(fields=["copied_from_id"], name="courses_copied_from"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="JoinRequest",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id)),
                (
                    "course",
                    fields.ForeignKeyField(
                        "school.Course",
                        source_field="course_id",
                        to_field="id",
                        related_name="join_requests",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "school.Person",
                        source_field="person_id",
                        to_field="id",
                        related_name="join_requests",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("words", fields.CharField(default="", max_length=500)),
                ("created", fields.DatetimeField(auto_now_add=True)),
                ("decided", fields.DatetimeField(null=True)),
                (
                    "decided_by",
                    fields.ForeignKeyField(
                        "school.Person",
                        source_field="decided_by_id",
                        null=True,
                        to_field="id",
                        related_name="decided_requests",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("accepted", fields.BooleanField(default=False)),
            ],
            options={
                "table": "join_requests",
                "app": "school",
                "indexes": [
                    Index(fields=["course_id"], name="join_requests_course"),
                    Index(fields=["person_id"], name="join_requests_person"),
                    Index(fields=["decided_by_id"], name="join_requests_decided_by"),
                ],
                "pk_attr": "id",
                "table_description": "Somebody asks to be let into a course.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Section",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id)),
                (
                    "course",
                    fields.ForeignKeyField(
                        "school.Course",
                        source_field="course_id",
                        to_field="id",
                        related_name="sections",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("name", fields.CharField(max_length=100)),
                ("key", fields.CharField(max_length=300)),
            ],
            options={
                "table": "sections",
                "app": "school",
                "pk_attr": "id",
                "table_description": "A part of a course's people: a parallel class, a lab group.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Enrolment",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id)),
                (
                    "course",
                    fields.ForeignKeyField(
                        "school.Course",
                        source_field="course_id",
                        to_field="id",
                        related_name="enrolments",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "school.Person",
                        source_field="person_id",
                        to_field="id",
                        related_name="enrolments",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("role", fields.CharEnumField(default=CourseRole.STUDENT, enum_type=CourseRole, max_length=16)),
                (
                    "section",
                    fields.ForeignKeyField(
                        "school.Section",
                        source_field="section_id",
                        null=True,
                        to_field="id",
                        related_name="enrolments",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("by_child", fields.BooleanField(default=False)),
                ("joined", fields.DatetimeField(auto_now_add=True)),
                ("visited", fields.DatetimeField(null=True)),
            ],
            options={
                "table": "enrolments",
                "app": "school",
                "indexes": [
                    Index(fields=["person_id"], name="enrolments_person"),
                    Index(fields=["section_id"], name="enrolments_section"),
                ],
                "pk_attr": "id",
                "table_description": "A person in a course. It is what their memberships in the course's rooms follow "
                "from.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="JoinCode",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id)),
                (
                    "course",
                    fields.ForeignKeyField(
                        "school.Course",
                        source_field="course_id",
                        to_field="id",
                        related_name="join_codes",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("code", fields.CharField(unique=True, max_length=16)),
                ("role", fields.CharEnumField(default=CourseRole.STUDENT, enum_type=CourseRole, max_length=16)),
                (
                    "section",
                    fields.ForeignKeyField(
                        "school.Section",
                        source_field="section_id",
                        null=True,
                        to_field="id",
                        related_name="join_codes",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                (
                    "made_by",
                    fields.ForeignKeyField(
                        "school.Person",
                        source_field="made_by_id",
                        null=True,
                        to_field="id",
                        related_name="join_codes",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("created", fields.DatetimeField(auto_now_add=True)),
                ("expires", fields.DatetimeField(null=True)),
                ("most_uses", fields.IntField(null=True)),
                ("uses", fields.IntField(default=0)),
                ("ended", fields.DatetimeField(null=True)),
            ],
            options={
                "table": "join_codes",
                "app": "school",
                "indexes": [
                    Index(fields=["course_id"], name="join_codes_course"),
                    Index(fields=["section_id"], name="join_codes_section"),
                    Index(fields=["made_by_id"], name="join_codes_made_by"),
                ],
                "pk_attr": "id",
                "table_description": "A code that lets people into a course, by typing it, by its link or by its QR "
                "picture.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Unit",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id)),
                (
                    "course",
                    fields.ForeignKeyField(
                        "school.Course",
                        source_field="course_id",
                        to_field="id",
                        related_name="units",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("title", fields.CharField(max_length=200)),
                ("place", fields.IntField()),
                ("created", fields.DatetimeField(auto_now_add=True)),
            ],
            options={
                "table": "units",
                "app": "school",
                "indexes": [Index(fields=["course_id", "place"], name="units_course_place")],
                "pk_attr": "id",
                "table_description": "A chapter of a course.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Material",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id)),
                (
                    "unit",
                    fields.ForeignKeyField(
                        "school.Unit",
                        source_field="unit_id",
                        to_field="id",
                        related_name="materials",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("kind", fields.CharEnumField(enum_type=MaterialKind, max_length=16)),
                ("title", fields.CharField(max_length=200)),
                ("body", fields.TextField(default="", unique=False)),
                ("address", fields.CharField(default="", max_length=2000)),
                (
                    "file",
                    fields.ForeignKeyField(
                        "school.File",
                        source_field="file_id",
                        null=True,
                        to_field="id",
                        related_name="materials",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("place", fields.IntField()),
                (
                    "author",
                    fields.ForeignKeyField(
                        "school.Person",
                        source_field="author_id",
                        to_field="id",
                        related_name="materials",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("created", fields.DatetimeField(auto_now_add=True)),
                ("updated", fields.DatetimeField(auto_now_add=True)),
            ],
            options={
                "table": "materials",
                "app": "school",
                "indexes": [
                    Index(fields=["unit_id", "place"], name="materials_unit_place"),
                    Index(fields=["file_id"], name="materials_file"),
                    Index(fields=["author_id"], name="materials_author"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.AlterModelOptions(
            name="Invitation",
            options={
                "table": "invitations",
                "app": "school",
                "indexes": [
                    Index(fields=["course_id"], name="invitations_course"),
                    Index(fields=["section_id"], name="invitations_section"),
                    Index(fields=["email"], name="invitations_email"),
                    Index(fields=["invited_by_id"], name="invitations_invited_by"),
                ],
                "pk_attr": "id",
                "table_description": "To make an account in the school, to take part in a course, or both.",
            },
        ),
        ops.AddField(
            model_name="Invitation",
            name="course",
            field=fields.ForeignKeyField(
                "school.Course",
                source_field="course_id",
                null=True,
                to_field="id",
                related_name="invitations",
                on_delete=OnDelete.CASCADE,
            ),
        ),
        ops.AddField(
            model_name="Invitation",
            name="course_role",
            field=fields.CharEnumField(null=True, enum_type=CourseRole, max_length=16),
        ),
        ops.AddField(
            model_name="Invitation",
            name="declined",
            field=fields.DatetimeField(null=True),
        ),
        ops.AddField(
            model_name="Invitation",
            name="section",
            field=fields.ForeignKeyField(
                "school.Section",
                source_field="section_id",
                null=True,
                to_field="id",
                related_name="invitations",
                on_delete=OnDelete.SET_NULL,
            ),
        ),
        ops.AddIndex(
            model_name="Invitation",
            index=Index(fields=["course_id"], name="invitations_course"),
        ),
        ops.AddIndex(
            model_name="Invitation",
            index=Index(fields=["section_id"], name="invitations_section"),
        ),
        ops.AddConstraint(
            model_name="Invitation",
            constraint=CheckConstraint(
                check="(course_id IS NULL) = (course_role IS NULL)", name="invitations_to_courses_have_a_role"
            ),
        ),
        ops.AddField(model_name="Room", name="archived", field=fields.DatetimeField(null=True)),
        ops.AddField(
            model_name="Room",
            name="course",
            field=fields.ForeignKeyField(
                "school.Course",
                source_field="course_id",
                null=True,
                to_field="id",
                related_name="rooms",
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            model_name="Room",
            name="direct_key",
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddField(
            model_name="Room",
            name="posting",
            field=fields.CharEnumField(default=Posting.EVERYONE, enum_type=Posting, max_length=16),
        ),
        ops.AddField(
            model_name="Room",
            name="section",
            field=fields.ForeignKeyField(
                "school.Section",
                source_field="section_id",
                null=True,
                to_field="id",
                related_name="rooms",
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddIndex(
            model_name="Room",
            index=Index(fields=["course_id"], name="rooms_course"),
        ),
        ops.AddIndex(
            model_name="Room",
            index=Index(fields=["section_id"], name="rooms_section"),
        ),
        ops.AddConstraint(
            model_name="Room",
            constraint=UniqueConstraint(fields=("direct_key",), name="rooms_direct_key", condition="deleted IS NULL"),
        ),
        ops.AddConstraint(
            model_name="Room",
            constraint=CheckConstraint(
                check="(kind = 'COURSE') = (course_id IS NOT NULL)", name="rooms_of_courses_have_one"
            ),
        ),
        ops.AddConstraint(
            model_name="Room",
            constraint=CheckConstraint(check="kind = 'DIRECT' OR direct_key IS NULL", name="rooms_direct_have_a_key"),
        ),
        ops.AddConstraint(
            model_name="Guardianship",
            constraint=UniqueConstraint(fields=("guardian_id", "child_id"), name="guardianships_guardian_child"),
        ),
        ops.AddConstraint(
            model_name="Guardianship",
            constraint=CheckConstraint(check="guardian_id <> child_id", name="guardianships_are_of_others"),
        ),
        ops.AddConstraint(
            model_name="Report",
            constraint=CheckConstraint(check="closed IS NOT NULL OR outcome = ''", name="reports_closed_have_a_time"),
        ),
        ops.AddConstraint(
            model_name="Term", constraint=CheckConstraint(check="starts <= ends", name="terms_end_after_they_start")
        ),
        ops.AddConstraint(
            model_name="Course",
            constraint=CheckConstraint(
                check="(state = 'ARCHIVED') = (archived IS NOT NULL)", name="courses_archived_have_a_time"
            ),
        ),
        ops.AddConstraint(
            model_name="JoinRequest",
            constraint=UniqueConstraint(
                fields=("course_id", "person_id"), name="join_requests_one_open", condition="decided IS NULL"
            ),
        ),
        ops.AddConstraint(
            model_name="Section", constraint=UniqueConstraint(fields=("course_id", "key"), name="sections_course_key")
        ),
        ops.AddConstraint(
            model_name="Enrolment",
            constraint=UniqueConstraint(fields=("course_id", "person_id"), name="enrolments_course_person"),
        ),
        ops.AddConstraint(
            model_name="Enrolment",
            constraint=CheckConstraint(check="role = 'OBSERVER' OR NOT by_child", name="enrolments_guardians_observe"),
        ),
        ops.AddConstraint(
            model_name="Material",
            constraint=CheckConstraint(
                check="(kind = 'FILE') = (file_id IS NOT NULL)", name="materials_files_have_one"
            ),
        ),
        ops.AddConstraint(
            model_name="Material",
            constraint=CheckConstraint(
                check="(kind = 'LINK') = (address <> '')", name="materials_links_lead_somewhere"
            ),
        ),
        ops.AddIndex(model_name="Person", index=Index(fields=["name", "id"], name="people_name")),
        ops.RunSQL("ALTER TABLE rooms ALTER posting SET DEFAULT 'EVERYONE'", ops.RunSQL.noop),
        ops.RunSQL(APPEND_ONLY, NOT_APPEND_ONLY),
    ]
