"""Deliveries of GitHub: verified, made durable, answered; a worker does the rest."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from gauzy import context
from gauzy import eventbus as bus
from gauzy.context import Actor, ActorKind
from integrations import crypto
from integrations.choices import DeliveryState, IntegrationState
from integrations.events import GitHubWebhookEvent
from integrations.exceptions import BadDelivery, BadSignature
from integrations.models import GitHubDelivery, Integration
from integrations.providers.github import payloads
from integrations.selectors import find_receiver, integrations_of_installation

UNDERSTOOD = frozenset({"installation", "issues", "ping", "pull_request", "push", "release"})
_LONGEST = 100  # characters of a header


@dataclass(frozen=True, slots=True)
class Posted:
    """A request as it came. `delivery`, `event` and `signature` are GitHub's headers."""

    body: bytes
    content_type: str
    delivery: str
    event: str
    signature: str


def receive_for_integration(*, integration_id: UUID, posted: Posted) -> DeliveryState:
    """Take in what came to an integration's own address.

    Raises `BadSignature`, for an unknown address as for a wrong one, or `BadDelivery`.
    """
    integration = find_receiver(integration_id)
    secret = crypto.unseal(integration.sealed).get("webhook_secret", "") if integration else ""
    payload = _read(secret, posted)  # without an integration there is no secret, and nothing is genuine
    return _record([integration] if integration else [], posted, payload)


def receive_for_app(*, posted: Posted) -> DeliveryState:
    """Take in what came to the GitHub App; it goes to every tenant that has connected the installation.

    Raises `BadSignature` or `BadDelivery`.
    """
    payload = _read(settings.GITHUB_APP_WEBHOOK_SECRET, posted)
    return _record(integrations_of_installation(payloads.text_at(payload, "installation", "id")), posted, payload)


def _read(secret: str, posted: Posted) -> Any:
    if not payloads.is_genuine(secret, posted.body, posted.signature):
        raise BadSignature
    for header in (posted.delivery, posted.event):
        if not (header.isascii() and header.isprintable() and 0 < len(header) <= _LONGEST):
            raise BadDelivery("X-GitHub-Event and X-GitHub-Delivery are missing.")
    try:
        return payloads.read(posted.body, posted.content_type)
    except payloads.Unreadable as error:
        raise BadDelivery("The body is no JSON.") from error


@transaction.atomic(durable=True)
def _record(integrations: list[Integration], posted: Posted, payload: Any) -> DeliveryState:
    if not integrations:
        return _store(None, posted, payload, "nobody here has connected the installation")
    states = [_store(one, posted, payload, _reason_to_ignore(one, posted.event)) for one in integrations]
    return states[0]


def _store(integration: Integration | None, posted: Posted, payload: Any, ignored: str) -> DeliveryState:
    """Store the delivery once, and say so in an event unless it is ignored."""
    values = {
        "tenant_id": integration.tenant_id if integration else None,
        "event": posted.event,
        "action": payloads.text_at(payload, "action")[:_LONGEST],
        "content_type": posted.content_type[:_LONGEST],
        "body": b"" if ignored else posted.body,
        "state": DeliveryState.IGNORED if ignored else DeliveryState.ACCEPTED,
        "note": ignored,
    }
    known = GitHubDelivery.unscoped
    delivery, new = known.get_or_create(integration=integration, delivery=posted.delivery, defaults=values)
    if new and integration and not ignored:
        _announce(delivery, integration)
    return DeliveryState(delivery.state)


def _announce(delivery: GitHubDelivery, integration: Integration) -> None:
    actor = Actor(ActorKind.INTEGRATION, integration.name, integration.id)
    correlation_id = context.current().correlation_id
    with context.acting(tenant_id=integration.tenant_id, actor=actor, correlation_id=correlation_id):
        bus.publish(
            GitHubWebhookEvent(
                github_delivery_id=delivery.id,
                integration_id=integration.id,
                delivery=delivery.delivery,
                github_event=delivery.event,
                github_action=delivery.action,
            )
        )


def _reason_to_ignore(integration: Integration, event: str) -> str:
    if event not in UNDERSTOOD:
        return "nothing here understands this event"
    if integration.state != IntegrationState.ACTIVE and event != "installation":
        return f"the integration is {integration.state}"
    return ""
