from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

# By what is said, in whatever letters, of what is not removed: Postgres' own search, which needs no extension.
BY_WORDS = """
    CREATE INDEX messages_words ON messages USING gin (to_tsvector('simple', body)) WHERE removed IS NULL;
    CREATE INDEX messages_removed ON messages (created) WHERE removed IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("school", "0004_courses")]

    operations = [
        ops.AddIndex(model_name="Message", index=Index(fields=["created"], name="messages_created")),
        ops.AddIndex(model_name="Person", index=Index(fields=["created", "id"], name="people_created")),
        ops.RunSQL(BY_WORDS, "DROP INDEX messages_words; DROP INDEX messages_removed"),
    ]
