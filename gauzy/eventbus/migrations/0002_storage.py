"""PostgreSQL's storage of the hot table: room for in-place updates (claims are HOT), and a vacuum that keeps up."""

from django.db import migrations

HOT_TABLE = """
ALTER TABLE eventbus_delivery SET (
    fillfactor = 70,
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0
)
"""


def set_storage(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(HOT_TABLE)


class Migration(migrations.Migration):
    dependencies = [("eventbus", "0001_initial")]
    operations = [migrations.RunPython(set_storage, migrations.RunPython.noop, elidable=False)]
