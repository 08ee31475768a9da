import inspect
from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from gauzy.eventbus import EventType
from gauzy.rest.serializers import StrictSerializer
from gauzy.rest.views import View, ViewSet
from gauzy.tenancy.roles import ADMINS
from integrations import selectors
from integrations.api.webhook_serializers import (
    AttemptOutput,
    AttemptQuery,
    EndpointInput,
    EndpointOutput,
    EndpointQuery,
    EndpointWithSecretOutput,
    EventTypesOutput,
    PatternsInput,
    ReplayInput,
)
from integrations.choices import EndpointState
from integrations.models import WebhookEndpoint
from integrations.outbound.cloudevents import matches, offered
from integrations.services import endpoints


class WebhookEndpointViewSet(ViewSet):
    """Addresses that are told of events, as CloudEvents signed by Standard Webhooks."""

    roles = dict.fromkeys(
        (
            *("list", "create", "retrieve", "partial_update", "pause", "resume", "remove"),
            *("rotate_secret", "ping", "replay", "attempts"),
        ),
        ADMINS,
    )
    queries = {"list": EndpointQuery, "attempts": AttemptQuery}
    inputs = {
        "create": EndpointInput,
        "partial_update": EndpointInput,
        "replay": ReplayInput,
        **dict.fromkeys(("pause", "resume", "remove", "rotate_secret", "ping"), StrictSerializer),
    }
    outputs = {
        **dict.fromkeys(roles, EndpointOutput),
        **dict.fromkeys(("create", "rotate_secret"), EndpointWithSecretOutput),
        "attempts": AttemptOutput,
    }
    secretive = ("create", "rotate_secret")
    lists = ("list", "attempts")
    statuses = {"ping": 202, "replay": 202}

    def list(self, request: Request) -> Response:
        return self.page(selectors.endpoints(**self.query))

    def create(self, request: Request) -> Response:
        """Tell an address of events from now on. The answer holds the signing secret, this once."""
        return self._with_secret(*endpoints.create_endpoint(**self.read()))

    def retrieve(self, request: Request, endpoint_id: UUID) -> Response:
        return self.reply(selectors.get_endpoint(endpoint_id))

    def partial_update(self, request: Request, endpoint_id: UUID) -> Response:
        return self.reply(endpoints.update_endpoint(endpoint_id=endpoint_id, **self.read()))

    def pause(self, request: Request, endpoint_id: UUID) -> Response:
        """Stop telling it; what happens meanwhile it never hears of."""
        return self._set_state(endpoint_id, EndpointState.PAUSED)

    def resume(self, request: Request, endpoint_id: UUID) -> Response:
        return self._set_state(endpoint_id, EndpointState.ACTIVE)

    def remove(self, request: Request, endpoint_id: UUID) -> Response:
        return self._set_state(endpoint_id, EndpointState.REMOVED)

    def rotate_secret(self, request: Request, endpoint_id: UUID) -> Response:
        """Make a new signing secret; for a day, messages are signed with the old one too."""
        self.read()
        return self._with_secret(*endpoints.rotate_secret(endpoint_id=endpoint_id))

    def ping(self, request: Request, endpoint_id: UUID) -> Response:
        """Send a message of type `gauzy.integrations.webhook_pinged`; `attempts` tells what was answered."""
        self.read()
        return self.reply(endpoints.ping(endpoint_id=endpoint_id))

    def replay(self, request: Request, endpoint_id: UUID) -> Response:
        """Send an event once more, with the id it had."""
        return self.reply(endpoints.replay(endpoint_id=endpoint_id, **self.read()))

    def attempts(self, request: Request, endpoint_id: UUID) -> Response:
        """List what was sent, and what was answered."""
        endpoint = selectors.get_endpoint(endpoint_id)
        return self.page(selectors.attempts_at(endpoint.id, **self.query))

    def _set_state(self, endpoint_id: UUID, state: EndpointState) -> Response:
        self.read()
        return self.reply(endpoints.set_endpoint_state(endpoint_id=endpoint_id, state=state))

    def _with_secret(self, endpoint: WebhookEndpoint, secret: str) -> Response:
        vars(endpoint)["secret"] = secret
        return self.reply(endpoint)


class WebhookEventTypesView(View):
    """The events that an endpoint may choose."""

    roles = {"get": ADMINS, "post": ADMINS}
    inputs = {"post": PatternsInput}
    outputs = {"get": EventTypesOutput, "post": EventTypesOutput}

    def get(self, request: Request) -> Response:
        return self.reply({"results": [_described(known) for known in offered()]})

    def post(self, request: Request) -> Response:
        """Try patterns: answer with the events that they choose."""
        patterns = self.read()["events"]
        return self.reply({"results": [_described(known) for known in offered() if matches(patterns, known.name)]})


def _described(known: EventType) -> dict[str, Any]:
    description = " ".join((inspect.getdoc(known.cls) or "").split())
    return {"name": known.name, "type": f"gauzy.{known.name}", "title": known.label, "description": description}
