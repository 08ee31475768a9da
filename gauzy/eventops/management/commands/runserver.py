"""Django's development server, with what handlers need where nothing else is set up."""

import os
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.management.commands.runserver import Command as StaticFilesCommand

from gauzy.eventops.serving import caught_mail, embedded_worker


class Command(StaticFilesCommand):
    def inner_run(self, *args: Any, **options: Any) -> None:
        """Runs in the process that serves: the reloaded child, or the only one with --noreload."""
        with ExitStack() as stack:
            if settings.EMBEDDED_WORKER and "EMAIL_HOST" not in os.environ:
                mail = stack.enter_context(caught_mail())
                self.stdout.write(f"Mail is caught at {mail.host}:{mail.port}.")
            stack.enter_context(embedded_worker())
            super().inner_run(*args, **options)
