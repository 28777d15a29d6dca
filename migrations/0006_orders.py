from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

# As the list of accounts says it: administrators, teachers, students, guardians, and within each by name.
BY_ROLE = """
    CREATE INDEX people_role ON people ((
        CASE role WHEN 'ADMIN' THEN '1' WHEN 'TEACHER' THEN '2' WHEN 'STUDENT' THEN '3' ELSE '4' END || name
    ), id)
"""


class Migration(migrations.Migration):
    dependencies = [("school", "0005_all_rooms")]

    operations = [
        ops.AddIndex(model_name="Session", index=Index(fields=["seen", "person_id"], name="sessions_seen")),
        ops.RunSQL(BY_ROLE, "DROP INDEX people_role"),
    ]
