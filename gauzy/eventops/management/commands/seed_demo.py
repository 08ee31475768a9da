"""`manage.py seed_demo`: a made-up company to try the product with."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gauzy.eventops.demo.company import OWNER, PASSWORD
from gauzy.eventops.demo.seeding import seed
from gauzy.tenancy.usage import explain


class Command(BaseCommand):
    help = "Set up a made-up company with people, unless it is there. Do not run this where real people work."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON for programs")
        explain(parser, "seed_demo", "seed_demo --json")

    def handle(self, *args: Any, **options: Any) -> None:
        created = seed()
        if options["json"]:
            self.stdout.write(json.dumps({"created": created, "email": OWNER["email"], "password": PASSWORD}, indent=2))
        else:
            self.stdout.write("Demo company created." if created else "Demo company found.")
            self.stdout.write(f"{'Login:':<20}{OWNER['email']}  password: {PASSWORD}")
