from django.db import migrations

CONSTRAINT = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE timetracking_timelog ADD CONSTRAINT timetracking_no_overlap EXCLUDE USING gist (
    employee_id WITH =, tstzrange(started_at, stopped_at, '[)') WITH &&
) WHERE (deleted_at IS NULL AND NOT overlap_allowed);
"""
REMOVAL = "ALTER TABLE timetracking_timelog DROP CONSTRAINT timetracking_no_overlap;"


def run(sql):
    """Only PostgreSQL has such constraints; on SQLite the service's check inside its write transaction is one."""

    def apply(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql)

    return apply


class Migration(migrations.Migration):

    dependencies = [("timetracking", "0001_initial")]

    operations = [migrations.RunPython(run(CONSTRAINT), run(REMOVAL))]
