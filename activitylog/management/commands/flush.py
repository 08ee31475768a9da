from typing import Any

from django.core.management.commands.flush import Command as FlushCommand
from django.db import connections, transaction

from activitylog import triggers


class Command(FlushCommand):
    """Django's own, able to empty SQLite's activity log along with everything else (see activitylog/triggers.py)."""

    def handle(self, **options: Any) -> None:
        connection = connections[options["database"]]
        if connection.vendor != "sqlite":
            super().handle(**options)
            return
        with transaction.atomic(using=options["database"]):
            triggers.remove(connection)
            super().handle(**options)
            triggers.install(connection)
