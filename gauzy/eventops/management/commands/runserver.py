"""Django's development server, with what handlers need where nothing else is set up."""

import os
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.management.commands.runserver import Command as StaticFilesCommand
from django.core.management.base import CommandParser

from gauzy.eventops.serving import caught_mail, embedded_worker
from gauzy.tenancy.usage import explain


class Command(StaticFilesCommand):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        explain(parser, "runserver", "runserver 0.0.0.0:8080 --noreload")

    def inner_run(self, *args: Any, **options: Any) -> None:
        """Runs in the process that serves: the reloaded child, or the only one with --noreload."""
        with ExitStack() as stack:
            if settings.EMBEDDED_WORKER and "EMAIL_HOST" not in os.environ:
                mail = stack.enter_context(caught_mail())
                self.stdout.write(f"Mail is caught at {mail.host}:{mail.port}.")
            stack.enter_context(embedded_worker())
            super().inner_run(*args, **options)
