import getpass
import os
import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser

from gauzy.tenancy.commands import ActingCommand
from gauzy.tenancy.usage import explain
from gauzy.users import services


class Command(ActingCommand):
    """Replaces Django's, which would write the user without an event."""

    help = (
        "Create an operator of this installation. The password is asked for, or taken from DJANGO_SUPERUSER_PASSWORD; "
        "with --no-input and without it, the link to choose one is mailed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        explain(
            parser,
            "createsuperuser --email you@example.org",
            "createsuperuser --email you@example.org --no-input --json",
        )
        parser.add_argument("--email", default=os.environ.get("DJANGO_SUPERUSER_EMAIL"))
        parser.add_argument("--no-input", "--noinput", action="store_false", dest="interactive")

    def act(self, **options: Any) -> None:
        email = options["email"] or (input("E-mail: ") if options["interactive"] else None)
        if not email:
            raise CommandError("Say who: --email ADDRESS (or DJANGO_SUPERUSER_EMAIL).", returncode=2)
        password = os.environ.get("DJANGO_SUPERUSER_PASSWORD") or (_ask() if options["interactive"] else None)
        user = services.create_superuser(email=email, password=password)
        self.report({"user_id": user.pk, "email": user.email}, f"{user.email} is a superuser.", as_json=options["json"])


def _ask() -> str:
    if not sys.stdin.isatty():
        asked = "No terminal to ask for the password: set DJANGO_SUPERUSER_PASSWORD or use --no-input."
        raise CommandError(asked, returncode=2)
    password = getpass.getpass("Password: ")
    if getpass.getpass("Password again: ") != password:
        raise CommandError("The two passwords differ.")
    return password
