from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("school", "0006_orders")]

    operations = [
        # Of those who are here already it is not known: the link in a mail proves it.
        ops.AddField(
            model_name="Person",
            name="email_proven",
            field=fields.BooleanField(default=False, db_default=False),
        ),
    ]
