from typing import Any
from uuid import UUID

from django.core.management.base import CommandParser

from employees import selectors, services
from employees.choices import InviteStatus
from employees.models import Invite
from gauzy.tenancy.choices import Role
from gauzy.tenancy.commands import TenantCommand
from gauzy.tenancy.usage import add_action, explain

MANY = 1_000


class Command(TenantCommand):
    help = "Invite people to an organization: create, list, resend, revoke."

    def add_arguments(self, parser: CommandParser) -> None:
        explain(parser, "invite create --help")
        actions = parser.add_subparsers(dest="action", required=True, metavar="create | list | resend | revoke")
        create = add_action(
            *(actions, "create", "invite somebody by mail"),
            "invite create --tenant Acme --organization ORGANIZATION_ID --email ada@example.org --role manager",
        )
        listing = add_action(
            *(actions, "list", f"show the newest {MANY} invites"), "invite list --tenant Acme --state open --json"
        )
        resend = add_action(
            *(actions, "resend", "send a new link; the old one is dead at once"),
            "invite resend INVITE_ID --tenant Acme",
        )
        revoke = add_action(
            *(actions, "revoke", "make an invite's link useless"), "invite revoke INVITE_ID --tenant Acme"
        )
        for action in (create, listing, resend, revoke):
            super().add_arguments(action)
        for action in (resend, revoke):
            action.add_argument("invite", type=UUID, metavar="INVITE_ID")
        listing.add_argument("--state", choices=InviteStatus.values)
        _add_create_arguments(create)

    def handle_in_tenant(self, **options: Any) -> None:
        match options["action"]:
            case "create":
                self._create(options)
            case "list":
                self._list(options)
            case "resend":
                self._show(services.resend_invite(invite_id=options["invite"]), options)
            case _:
                self._show(services.revoke_invite(invite_id=options["invite"]), options)

    def _create(self, options: dict[str, Any]) -> None:
        invite = services.create_invite(
            organization_id=options["organization"],
            email=options["email"],
            role=Role(options["role"]),
            first_name=options["first_name"],
            last_name=options["last_name"],
        )
        self._show(invite, options)

    def _list(self, options: dict[str, Any]) -> None:
        filters: Any = {"state": InviteStatus(options["state"])} if options["state"] else {}
        found = list(selectors.invites(**filters).order_by("-id")[:MANY])
        text = "\n".join(map(_as_text, found)) or "No invites."
        self.report([_as_json(invite) for invite in found], text, as_json=options["json"])

    def _show(self, invite: Invite, options: dict[str, Any]) -> None:
        self.report(_as_json(invite), _as_text(invite), as_json=options["json"])


def _add_create_arguments(parser: CommandParser) -> None:
    parser.add_argument("--organization", required=True, type=UUID, metavar="ID")
    parser.add_argument("--email", required=True)
    parser.add_argument("--role", choices=Role.values, default=Role.EMPLOYEE)
    parser.add_argument("--first-name", default="")
    parser.add_argument("--last-name", default="")


def _as_json(invite: Invite) -> dict[str, Any]:
    shown = ("id", "organization_id", "email", "role", "state", "expires_at", "employee_id")
    return {name: getattr(invite, name) for name in shown}


def _as_text(invite: Invite) -> str:
    return (
        f"{invite.id}  {invite.state:<8}  {invite.role:<8}  until {invite.expires_at:%Y-%m-%d %H:%M}Z  {invite.email}"
    )
