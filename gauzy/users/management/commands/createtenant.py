import sys
from typing import Any

from django.core.management.base import CommandParser

from gauzy.tenancy.commands import ActingCommand
from gauzy.tenancy.usage import explain
from gauzy.users import services


class Command(ActingCommand):
    help = "Create a tenant with its first organization and owner, who gets a mail to choose a password if new."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        explain(
            parser,
            "createtenant --name Acme --owner-email owner@example.org --currency EUR --time-zone Europe/Berlin",
            "createtenant --name Acme --owner-email owner@example.org --owner-password-stdin --json",
        )
        parser.add_argument("--name", required=True, help="of the tenant")
        parser.add_argument("--owner-email", required=True)
        parser.add_argument("--owner-first-name", default="")
        parser.add_argument("--owner-last-name", default="")
        parser.add_argument("--owner-password-stdin", action="store_true", help="read the owner's password from stdin")
        parser.add_argument("--organization", help="name of the organization; default: the tenant's")
        parser.add_argument("--time-zone", default="UTC")
        parser.add_argument("--currency", default="EUR")

    def act(self, **options: Any) -> None:
        password = sys.stdin.readline().rstrip("\n") if options["owner_password_stdin"] else None
        owner = services.create_tenant_with_owner(
            name=options["name"],
            owner_email=options["owner_email"],
            owner_first_name=options["owner_first_name"],
            owner_last_name=options["owner_last_name"],
            owner_password=password,
            organization_name=options["organization"] or options["name"],
            time_zone=options["time_zone"],
            currency=options["currency"],
        )
        data = {"tenant_id": owner.tenant_id, "membership_id": owner.id, "user_id": owner.user_id}
        self.report(data, f"Tenant {options['name']} ({owner.tenant_id}) is ready.", as_json=options["json"])
