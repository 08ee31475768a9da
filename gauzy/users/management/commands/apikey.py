from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from gauzy.tenancy.choices import Role
from gauzy.tenancy.commands import TenantCommand
from gauzy.tenancy.usage import add_action, explain
from gauzy.users import selectors, services
from gauzy.users.models import ApiKey

MANY = 1_000


class Command(TenantCommand):
    help = "API keys of a tenant: create, list, revoke."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="create | list | revoke")
        explain(parser, "apikey create --help")
        create = _add_create(actions)
        listing = add_action(
            *(actions, "list", f"show the newest {MANY} keys"),
            "apikey list --tenant Acme",
            "apikey list --tenant Acme --json",
        )
        revoke = add_action(
            *(actions, "revoke", "make a key useless at once"),
            "apikey revoke --tenant Acme KEY_ID",
            "apikey revoke --tenant Acme KEY_ID --json",
        )
        for action in (create, listing, revoke):
            super().add_arguments(action)
        revoke.add_argument("key", type=UUID, metavar="KEY_ID")

    def handle_in_tenant(self, **options: Any) -> None:
        match options["action"]:
            case "create":
                self._create(options)
            case "list":
                found = list(selectors.visible_api_keys().order_by("-id")[:MANY])
                text = "\n".join(map(_as_text, found)) or "No API keys."
                self.report([_as_json(key) for key in found], text, as_json=options["json"])
            case _:
                key = services.revoke_api_key(api_key_id=options["key"])
                self.report(_as_json(key), _as_text(key), as_json=options["json"])

    def _create(self, options: dict[str, Any]) -> None:
        user = selectors.find_by_email(options["user"])
        if user is None:
            raise CommandError(f"There is no user {options['user']!r}.", returncode=2)
        issued = services.create_api_key(
            user_id=user.pk,
            name=options["name"],
            scopes=options["scope"],
            role=Role(options["role"]) if options["role"] else None,
            networks=options["network"],
            expires_at=timezone.now() + timedelta(days=options["days"]) if options["days"] is not None else None,
        )
        data = {"secret": issued.secret} | _as_json(issued.key)
        self.report(data, f"{issued.secret}\n{_as_text(issued.key)}", as_json=options["json"])


def _add_create(actions: Any) -> CommandParser:
    create = add_action(
        *(actions, "create", "make a key; its secret is shown this once"),
        "apikey create --tenant Acme --user owner@example.org --name payroll --scope employees:read",
        "apikey create --tenant Acme --user owner@example.org --name sync --scope employees:read "
        "--role viewer --network 203.0.113.0/24 --days 30 --json",
    )
    create.add_argument("--user", required=True, metavar="EMAIL", help="the member in whose name it acts")
    create.add_argument("--name", required=True, help="what it is for")
    create.add_argument("--scope", required=True, action="append", help="such as employees:read; repeat it for more")
    create.add_argument("--role", choices=Role.values, help="the member's own, unless a weaker one")
    create.add_argument("--network", action="append", default=[], metavar="CIDR", help="from where it may be used")
    create.add_argument("--days", type=int, help="until it expires")
    return create


def _as_json(key: ApiKey) -> dict[str, Any]:
    shown = ("id", "name", "prefix", "state", "role", "scopes", "networks", "expires_at", "last_used_at")
    return {name: getattr(key, name) for name in shown} | {"user": key.membership.user.email}


def _as_text(key: ApiKey) -> str:
    return (
        f"{key.id}  {key.prefix}…  {key.state:<7}  {key.role:<8}  until {key.expires_at:%Y-%m-%d}  "
        f"{key.membership.user.email}  {key.name}: {' '.join(key.scopes)}"
    )
