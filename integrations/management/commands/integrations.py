from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from gauzy.tenancy.commands import ActingCommand, TenantCommand
from gauzy.tenancy.usage import add_action, explain
from integrations import selectors
from integrations.choices import SyncState
from integrations.models import Integration, SyncRun
from integrations.services.connecting import rotate_keys
from integrations.services.feeds import sync


class Command(TenantCommand):
    help = "See and sync a tenant's integrations; encrypt all secrets with the newest key."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="list | sync | status | rotate-keys")
        explain(parser, "integrations list --tenant Acme")
        listing = add_action(
            *(actions, "list", "list the tenant's integrations"), "integrations list --tenant Acme --json"
        )
        syncing = add_action(
            *(actions, "sync", "sync one now, in this process"), "integrations sync INTEGRATION_ID --tenant Acme"
        )
        status = add_action(
            *(actions, "status", "show the last syncs of one"), "integrations status INTEGRATION_ID --tenant Acme"
        )
        for action in (listing, syncing, status):
            super().add_arguments(action)
        for action in (syncing, status):
            action.add_argument("integration", type=UUID, metavar="ID")
        rotating = add_action(
            *(actions, "rotate-keys", "encrypt the secrets of all tenants with the newest key"),
            "integrations rotate-keys",
        )
        ActingCommand.add_arguments(self, rotating)

    def act(self, **options: Any) -> None:
        if options["action"] == "rotate-keys":
            count = rotate_keys()
            text = f"The secrets of {count} integrations are encrypted with the newest key."
            self.report({"integrations": count}, text, as_json=options["json"])
        else:
            super().act(**options)

    def handle_in_tenant(self, **options: Any) -> None:
        actions = {"list": self._list, "sync": self._sync, "status": self._status}
        actions[options["action"]](options)

    def _list(self, options: dict[str, Any]) -> None:
        found = list(selectors.integrations().order_by("name", "id"))
        text = "\n".join(map(_as_line, found)) or "There are none."
        self.report([_as_json(one) for one in found], text, as_json=options["json"])

    def _sync(self, options: dict[str, Any]) -> None:
        run = sync(integration_id=options["integration"])
        self.report(_run_as_json(run), _run_as_line(run), as_json=options["json"])
        if run.state == SyncState.FAILED:
            raise CommandError(f"{run.error_text} ({run.error})")

    def _status(self, options: dict[str, Any]) -> None:
        integration = selectors.get_integration(options["integration"])
        runs = list(selectors.sync_runs(integration_id=integration.id).order_by("-id")[:10])
        text = "\n".join([_as_line(integration), *map(_run_as_line, runs)])
        data = {**_as_json(integration), "runs": [_run_as_json(run) for run in runs]}
        self.report(data, text, as_json=options["json"])


def _as_json(integration: Integration) -> dict[str, Any]:
    fields = ("id", "name", "provider", "account", "state", "state_reason", "entities", "last_synced_at")
    return {field: getattr(integration, field) for field in fields}


def _as_line(integration: Integration) -> str:
    synced = f"{integration.last_synced_at:%Y-%m-%d %H:%M}" if integration.last_synced_at else "never"
    reason = f": {integration.state_reason}" if integration.state_reason else ""
    line = f"{integration.id}  {integration.provider:8} {integration.state:10} {integration.name} (synced: {synced})"
    return f"{line}{reason}"


def _run_as_json(run: SyncRun) -> dict[str, Any]:
    fields = (
        *("id", "state", "pages", "created", "updated", "unchanged", "conflicts"),
        *("error", "error_text", "started_at", "finished_at"),
    )
    return {field: getattr(run, field) for field in fields}


def _run_as_line(run: SyncRun) -> str:
    counts = ", ".join(f"{getattr(run, name)} {name}" for name in ("created", "updated", "unchanged", "conflicts"))
    error = f"; {run.error_text} ({run.error})" if run.error else ""
    return f"{run.started_at:%Y-%m-%d %H:%M:%S}  {run.state}: {counts}{error}"
