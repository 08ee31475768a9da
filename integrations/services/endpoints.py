"""Webhook endpoints: who is told of which events."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from httpx import URL

from gauzy import context
from gauzy import eventbus as bus
from gauzy.eventbus import Change
from gauzy.eventops.selectors import get_event
from gauzy.tenancy.validation import clean
from integrations import crypto
from integrations.choices import EndpointState
from integrations.events import (
    WebhookEndpointCreatedEvent,
    WebhookEndpointUpdatedEvent,
    WebhookPingedEvent,
    WebhookReplayedEvent,
)
from integrations.exceptions import EndpointIsRemoved, EndpointNotActive, EndpointNotFound, UnknownEventType
from integrations.models import WebhookEndpoint
from integrations.outbound.addresses import check_url
from integrations.outbound.cloudevents import matches, offered
from integrations.outbound.signatures import new_secret

OVERLAP = timedelta(hours=24)  # how long messages are signed with the secret before the newest, too


@transaction.atomic
def create_endpoint(*, url: str, events: Sequence[str], description: str = "") -> tuple[WebhookEndpoint, str]:
    """Return the endpoint and its signing secret, which is never shown again.

    Raises `AddressRefused`, `UnknownEventType` and `Invalid`.
    """
    secret = new_secret()
    endpoint = WebhookEndpoint(
        url=check_url(url, allowed=settings.WEBHOOK_ALLOWED_HOSTS),
        events=checked_patterns(events),
        description=description.strip(),
        sealed=crypto.seal({"current": secret}),
    )
    clean(endpoint)
    endpoint.save(force_insert=True)
    bus.publish(WebhookEndpointCreatedEvent(webhook_endpoint_id=endpoint.id))
    return endpoint, secret


@transaction.atomic
def update_endpoint(
    *, endpoint_id: UUID, url: str | None = None, events: Sequence[str] | None = None, description: str | None = None
) -> WebhookEndpoint:
    """Set what is given; only what differs is written and published."""
    endpoint = lock_endpoint(endpoint_id)
    _refuse_removed(endpoint)
    old = (endpoint.url, endpoint.events, endpoint.description)
    if url is not None:
        endpoint.url = check_url(url, allowed=settings.WEBHOOK_ALLOWED_HOSTS)
    if events is not None:
        endpoint.events = checked_patterns(events)
    if description is not None:
        endpoint.description = description.strip()
    shown = (
        Change(field="url", old=URL(old[0]).host, new=URL(endpoint.url).host),
        Change(field="events", old=" ".join(old[1]), new=" ".join(endpoint.events)),
        Change(field="description", old=old[2], new=endpoint.description),
    )
    new = (endpoint.url, endpoint.events, endpoint.description)
    _save_changes(endpoint, [change for change, one, other in zip(shown, old, new, strict=True) if one != other])
    return endpoint


@transaction.atomic
def set_endpoint_state(*, endpoint_id: UUID, state: EndpointState) -> WebhookEndpoint:
    """Pause, resume or remove; repeating changes nothing. Resuming forgets past failures, removing the secrets."""
    endpoint = lock_endpoint(endpoint_id)
    if endpoint.state == state:
        return endpoint
    _refuse_removed(endpoint)
    change = Change(field="state", old=str(endpoint.state), new=str(state))
    endpoint.state, endpoint.state_reason = state, ""
    if state == EndpointState.ACTIVE:
        endpoint.failing_since, endpoint.failures = None, 0
    if state == EndpointState.REMOVED:
        endpoint.sealed = ""
    _save_changes(endpoint, [change])
    return endpoint


@transaction.atomic
def rotate_secret(*, endpoint_id: UUID) -> tuple[WebhookEndpoint, str]:
    """Return a new signing secret, never shown again; for `OVERLAP`, messages carry signatures of both."""
    endpoint = lock_endpoint(endpoint_id)
    _refuse_removed(endpoint)
    secret, known = new_secret(), crypto.unseal(endpoint.sealed)
    endpoint.sealed = crypto.seal({"current": secret, "previous": known["current"]})
    endpoint.previous_until = timezone.now() + OVERLAP
    _save_changes(endpoint, [Change(field="secret", old="set", new="set")])
    return endpoint, secret


@transaction.atomic
def ping(*, endpoint_id: UUID) -> WebhookEndpoint:
    """Have a worker send the endpoint a message of its own; raise `EndpointNotActive`."""
    endpoint = _active(endpoint_id)
    bus.publish(WebhookPingedEvent(webhook_endpoint_id=endpoint_id))
    return endpoint


@transaction.atomic
def replay(*, endpoint_id: UUID, event_id: UUID) -> WebhookEndpoint:
    """Have a worker send an event once more, with the same id; raise `EventNotFound` or `EndpointNotActive`."""
    endpoint = _active(endpoint_id)
    event = get_event(event_id, tenant_id=context.tenant_id())
    bus.publish(WebhookReplayedEvent(webhook_endpoint_id=endpoint_id, event_id=event.id))
    return endpoint


def checked_patterns(patterns: Sequence[str]) -> list[str]:
    """Return the patterns, each once; raise `UnknownEventType` for one that chooses nothing."""
    names = [known.name for known in offered()]
    unknown = [pattern for pattern in patterns if not any(matches([pattern], name) for name in names)]
    if unknown or not patterns:
        wrong = [f"{pattern}: no event matches this." for pattern in unknown]
        raise UnknownEventType(fields={"events": wrong or ["Choose an event."]})
    return sorted(set(patterns))


def lock_endpoint(endpoint_id: UUID) -> WebhookEndpoint:
    """Lock an endpoint of the tenant; raise `EndpointNotFound`."""
    locked: WebhookEndpoint | None = (
        WebhookEndpoint.objects.select_for_update(no_key=True).filter(pk=endpoint_id).first()
    )
    if locked is None:
        raise EndpointNotFound
    return locked


def _active(endpoint_id: UUID) -> WebhookEndpoint:
    endpoint = lock_endpoint(endpoint_id)
    if endpoint.state != EndpointState.ACTIVE:
        raise EndpointNotActive
    return endpoint


def _refuse_removed(endpoint: WebhookEndpoint) -> None:
    if endpoint.state == EndpointState.REMOVED:
        raise EndpointIsRemoved


def _save_changes(endpoint: WebhookEndpoint, changes: list[Change]) -> None:
    if changes:
        clean(endpoint, exclude={"sealed"})
        endpoint.save()
        bus.publish(WebhookEndpointUpdatedEvent(webhook_endpoint_id=endpoint.id, changes=tuple(changes)))
