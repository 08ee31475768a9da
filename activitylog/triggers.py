"""Database triggers that refuse to change or remove rows of the activity log, whoever asks.

Emptying the whole database stays possible: PostgreSQL truncates, which row triggers do not see; for SQLite, which
deletes row by row, the `flush` command takes the triggers off and puts them back in one transaction. A migration that
makes SQLite rebuild the table must install them again; a test sees if it was forgotten.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "activitylog_activitylog"
MESSAGE = "The activity log is append-only."

_INSTALL = {
    "postgresql": [
        f"""
        CREATE FUNCTION activitylog_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'restrict_violation'; END $$
        """,
        f"""
        CREATE TRIGGER activitylog_append_only BEFORE UPDATE OR DELETE ON {TABLE}
        FOR EACH ROW EXECUTE FUNCTION activitylog_refuse()
        """,
    ],
    "sqlite": [
        f"CREATE TRIGGER activitylog_no_{verb} BEFORE {verb} ON {TABLE} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        for verb in ("update", "delete")
    ],
}
_REMOVE = {
    "postgresql": [f"DROP TRIGGER activitylog_append_only ON {TABLE}", "DROP FUNCTION activitylog_refuse()"],
    "sqlite": ["DROP TRIGGER activitylog_no_update", "DROP TRIGGER activitylog_no_delete"],
}


def install(connection: BaseDatabaseWrapper) -> None:
    _run(connection, _INSTALL)


def remove(connection: BaseDatabaseWrapper) -> None:
    _run(connection, _REMOVE)


def _run(connection: BaseDatabaseWrapper, statements: dict[str, list[str]]) -> None:
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)
