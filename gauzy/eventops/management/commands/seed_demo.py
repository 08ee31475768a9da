"""`manage.py seed_demo`: a made-up company to try the product with."""

from typing import Any

from django.core.management.base import BaseCommand

from gauzy.eventops.demo.company import OWNER, PASSWORD
from gauzy.eventops.demo.seeding import seed


class Command(BaseCommand):
    help = "Set up a made-up company with people, unless it is there. Do not run this where real people work."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("Demo company created." if seed() else "Demo company found.")
        self.stdout.write(f"{'Login:':<20}{OWNER['email']}  password: {PASSWORD}")
