"""`manage.py serve`: the whole product in one process."""

import os
import signal
import threading
from email.message import EmailMessage
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse

from gauzy.eventops.serving import Stack
from gauzy.eventops.sockets import PortTaken, listen
from gauzy.tenancy.usage import explain

DEFAULT_PORT = 8000
LOOK = 1.0  # seconds until a signal is noticed at the latest
LINKS = {"Admin": "admin:index", "API documentation": "api-docs", "Health": "ready"}


class Command(BaseCommand):
    help = "Run the web server and, where no broker is set, the worker, until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        explain(parser, "serve --demo", "serve --host 0.0.0.0 --port 8080 --mail-catcher")
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
        parser.add_argument(
            "--port", type=int, help=f"port to listen on (default: {DEFAULT_PORT}, or the next one that is free)"
        )
        parser.add_argument("--mail-catcher", action="store_true", help="catch outgoing mail, printing a line for each")
        parser.add_argument("--demo", action="store_true", help="migrate, seed demo data, and catch mail")

    def handle(self, *args: Any, host: str, port: int | None, mail_catcher: bool, demo: bool, **options: Any) -> None:
        try:
            listening = listen(host, port or DEFAULT_PORT, or_next=port is None)
        except PortTaken as taken:
            raise CommandError(f"{taken} Choose another with --port (make run PORT=8080).") from taken
        if demo:
            self._migrate()
        else:
            self.check_migrations()
        stop = _stop_requests()
        with Stack(listening, catch_mail=mail_catcher or demo, on_mail=self._report_mail) as stack:
            if demo:
                call_command("seed_demo", stdout=self.stdout, stderr=self.stderr)
            self._report_addresses(stack)
            while not stop.wait(LOOK):  # a signal that another thread takes does not wake this one
                pass
            self.stdout.write("\nStopping …")
        self.stdout.write("Stopped.")
        if stack.is_stuck:
            self.stdout.flush()
            os._exit(0)  # the interpreter would wait for the thread of a request that does not end

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Bringing the database up to date …")
            call_command("migrate", verbosity=0, interactive=False)

    def _report_addresses(self, stack: Stack) -> None:
        for label, name in LINKS.items():
            self.stdout.write(f"{label + ':':<20}{stack.url}{reverse(name)}")
        if stack.mail:
            self.stdout.write(f"{'Mail:':<20}caught at {stack.mail.host}:{stack.mail.port}, shown here")
        worker = "in this process" if settings.EMBEDDED_WORKER else "on its own: celery -A gauzy worker"
        self.stdout.write(f"{'Worker:':<20}{worker}\n\nCtrl-C stops everything.")
        self.stdout.flush()

    def _report_mail(self, message: EmailMessage) -> None:
        self.stdout.write(f"mail to {message['To']}: {message['Subject']}")
        self.stdout.flush()


def _stop_requests() -> threading.Event:
    """Return the event that the first SIGINT or SIGTERM sets; a second SIGINT ends the process at once."""
    stop = threading.Event()

    def request(*_: object) -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, request)
    return stop
