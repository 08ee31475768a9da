from collections.abc import Sequence

from gauzy import eventbus as bus
from gauzy.eventbus import Delivered, Metadata, handles, handles_every_event
from gauzy.notifications.services import notify
from gauzy.tenancy.roles import ADMINS
from gauzy.tenancy.selectors import user_ids_with
from integrations.choices import ENDPOINT_DISABLED, SYNC_FAILED, SyncState
from integrations.events import (
    IntegrationSyncEvent,
    SyncRequestedEvent,
    WebhookEndpointDisabledEvent,
    WebhookPingedEvent,
    WebhookQueuedEvent,
    WebhookReplayedEvent,
)
from integrations.exceptions import IntegrationNotActive, NothingToSync, RateLimited, SyncRunning
from integrations.selectors import get_endpoint, get_integration
from integrations.services.feeds import sync
from integrations.services.telling import LADDER, queue_for_endpoints, tell


def _failed(event: IntegrationSyncEvent) -> bool:
    return event.outcome == SyncState.FAILED


@handles(SyncRequestedEvent, queue="integrations", external=True)
def run_requested_sync(event: SyncRequestedEvent) -> None:
    """Sync; when the other system asks us to wait, go on later where it stopped."""
    try:
        sync(integration_id=event.integration_id)
    except RateLimited as limit:
        raise bus.Retry(after=limit.after, reason=limit.message) from limit
    except (IntegrationNotActive, NothingToSync, SyncRunning) as refusal:
        raise bus.Skip(refusal.message) from refusal


@handles(IntegrationSyncEvent, when=_failed, history=False)
def notify_of_failed_sync(event: IntegrationSyncEvent, meta: Metadata) -> None:
    """Tell owners and administrators."""
    integration = get_integration(event.integration_id)
    notify(
        event_id=meta.event_id,
        user_ids=user_ids_with(ADMINS),
        kind=SYNC_FAILED,
        title=f"Syncing {integration.name} failed",
        body=f"It stopped because of {event.error}; the next sync goes on where this one stopped.",
    )


@handles_every_event(batch=500)
def queue_webhooks(deliveries: Sequence[Delivered]) -> None:
    """Owe each event to the endpoints that chose it, so that a dead one does not make its neighbours repeat."""
    queue_for_endpoints(deliveries)


@handles(WebhookQueuedEvent, queue="webhooks", external=True, retries=LADDER)
def tell_endpoint(event: WebhookQueuedEvent, meta: Metadata) -> None:
    tell(endpoint_id=event.webhook_endpoint_id, event_id=event.event_id, meta=meta)


@handles(WebhookPingedEvent, queue="webhooks", external=True, retries=())
def ping_endpoint(event: WebhookPingedEvent, meta: Metadata) -> None:
    """Send the ping itself, once: whoever pressed the button looks at the attempt."""
    tell(endpoint_id=event.webhook_endpoint_id, event_id=meta.event_id, meta=meta)


@handles(WebhookReplayedEvent, queue="webhooks", external=True, retries=LADDER)
def replay_to_endpoint(event: WebhookReplayedEvent, meta: Metadata) -> None:
    tell(endpoint_id=event.webhook_endpoint_id, event_id=event.event_id, meta=meta)


@handles(WebhookEndpointDisabledEvent, history=False)
def notify_of_disabled_endpoint(event: WebhookEndpointDisabledEvent, meta: Metadata) -> None:
    """Tell owners and administrators."""
    endpoint = get_endpoint(event.webhook_endpoint_id)
    notify(
        event_id=meta.event_id,
        user_ids=user_ids_with(ADMINS),
        kind=ENDPOINT_DISABLED,
        title=f"The webhook endpoint {endpoint} was disabled",
        body=event.reason,
    )
