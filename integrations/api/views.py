from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from gauzy.rest.serializers import StrictSerializer
from gauzy.rest.views import ViewSet
from gauzy.tenancy.roles import ADMINS
from integrations import selectors
from integrations.api.github_serializers import GitHubDeliveryOutput, GitHubDeliveryQuery
from integrations.api.serializers import (
    IntegrationInput,
    IntegrationOutput,
    IntegrationQuery,
    NewIntegrationInput,
    RunQuery,
    SyncConflictOutput,
    SyncRunOutput,
)
from integrations.choices import IntegrationState
from integrations.services import connecting, syncing


class IntegrationViewSet(ViewSet):
    """Connections with other systems. Secrets are written, never read."""

    roles = dict.fromkeys(("list", "create", "retrieve", "partial_update", "pause", "resume", "remove", "sync"), ADMINS)
    queries = {"list": IntegrationQuery}
    inputs = {
        "create": NewIntegrationInput,
        "partial_update": IntegrationInput,
        **dict.fromkeys(("pause", "resume", "remove", "sync"), StrictSerializer),
    }
    outputs = dict.fromkeys(roles, IntegrationOutput)
    secretive = ("create",)
    statuses = {"sync": 202}

    def list(self, request: Request) -> Response:
        return self.page(selectors.integrations(**self.query))

    def create(self, request: Request) -> Response:
        """Connect with a token of your own; apps that a provider installs are connected by signing in there."""
        return self.reply(connecting.create_integration(**self.read()))

    def retrieve(self, request: Request, integration_id: UUID) -> Response:
        return self.reply(selectors.get_integration(integration_id))

    def partial_update(self, request: Request, integration_id: UUID) -> Response:
        return self.reply(connecting.update_integration(integration_id=integration_id, **self.read()))

    def pause(self, request: Request, integration_id: UUID) -> Response:
        """Let nothing in or out until it is resumed."""
        return self._set_state(integration_id, IntegrationState.PAUSED)

    def resume(self, request: Request, integration_id: UUID) -> Response:
        return self._set_state(integration_id, IntegrationState.ACTIVE)

    def remove(self, request: Request, integration_id: UUID) -> Response:
        """Disconnect for good: its secrets are forgotten, what it brought stays."""
        return self._set_state(integration_id, IntegrationState.REMOVED)

    def sync(self, request: Request, integration_id: UUID) -> Response:
        """Ask for a sync; a worker does it, and `sync-runs` tells what came of it."""
        self.read()
        return self.reply(syncing.request_sync(integration_id=integration_id))

    def _set_state(self, integration_id: UUID, state: IntegrationState) -> Response:
        self.read()
        return self.reply(connecting.set_state(integration_id=integration_id, state=state))


class SyncRunViewSet(ViewSet):
    """What syncs did."""

    roles = {"list": ADMINS, "retrieve": ADMINS, "conflicts": ADMINS}
    queries = {"list": RunQuery}
    outputs = {"list": SyncRunOutput, "retrieve": SyncRunOutput, "conflicts": SyncConflictOutput}
    lists = ("list", "conflicts")

    def list(self, request: Request) -> Response:
        return self.page(selectors.sync_runs(**self.query))

    def retrieve(self, request: Request, run_id: UUID) -> Response:
        return self.reply(selectors.get_sync_run(run_id))

    def conflicts(self, request: Request, run_id: UUID) -> Response:
        """List the items that could not be taken in, and why."""
        return self.page(selectors.conflicts_of(selectors.get_sync_run(run_id).id))


class GitHubDeliveryViewSet(ViewSet):
    """What GitHub delivered, and what became of it."""

    roles = {"list": ADMINS}
    queries = {"list": GitHubDeliveryQuery}
    outputs = {"list": GitHubDeliveryOutput}

    def list(self, request: Request) -> Response:
        return self.page(selectors.github_deliveries(**self.query))
