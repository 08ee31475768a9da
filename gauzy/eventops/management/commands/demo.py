"""`manage.py demo`: the whole product, driven through its HTTP API."""

import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gauzy.eventops.demo.client import ApiClient, Unexpected
from gauzy.eventops.demo.product import Product
from gauzy.eventops.demo.story import Story
from gauzy.eventops.demo.subscriber import Subscriber
from gauzy.eventops.mailcatcher import MailCatcher
from gauzy.tenancy.usage import explain

FIRST_MAIL_PORT = 8025


class Command(BaseCommand):
    help = (
        "Start the product on an empty database, drive it through its HTTP API, and show each event, what its handlers "
        "did, and the mails that arrived. Exits with 1 unless all of it happened."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        explain(parser, "demo")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        catcher, subscriber = MailCatcher(FIRST_MAIL_PORT), Subscriber()
        catcher.start()
        subscriber.start()
        try:
            with tempfile.TemporaryDirectory(prefix="gauzy-demo-") as folder:
                self._tell(Path(folder), catcher, subscriber)
        except Unexpected as unexpected:
            raise CommandError(f"The demo failed: {unexpected}") from unexpected
        finally:
            subscriber.stop()
            catcher.stop()
        self.stdout.write(self.style.SUCCESS(f"\nAll of it happened, in {time.monotonic() - started:.0f} s."))

    def _tell(self, folder: Path, catcher: MailCatcher, subscriber: Subscriber) -> None:
        product = Product(folder, mail_port=catcher.port)
        self.stdout.write("Starting web server and worker on an empty database …")
        with product, httpx.Client(base_url=product.url, timeout=30) as http:
            self.stdout.write(f"They answer at {product.url}")
            Story(product, ApiClient(http), catcher, subscriber, self._say).tell()

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
