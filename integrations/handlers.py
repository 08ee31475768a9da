from typing import Any
from uuid import UUID

from gauzy import eventbus as bus
from gauzy.eventbus import AnyEvent, Metadata, handles, handles_every_event
from gauzy.notifications.services import notify
from gauzy.tenancy.roles import ADMINS
from gauzy.tenancy.selectors import user_ids_with
from integrations.choices import ENDPOINT_DISABLED, SYNC_FAILED, SyncState
from integrations.events import (
    GitHubWebhookEvent,
    IntegrationSyncEvent,
    SyncRequestedEvent,
    WebhookEndpointDisabledEvent,
    WebhookPingedEvent,
    WebhookReplayedEvent,
)
from integrations.exceptions import IntegrationNotActive, NothingToSync, RateLimited, SyncRunning
from integrations.selectors import (
    endpoints_told_of,
    failed_before,
    find_sync_run,
    get_endpoint,
    get_integration,
    was_synced_since,
)
from integrations.services.feeds import sync
from integrations.services.processing import process_delivery
from integrations.services.pushing import push_task
from integrations.services.telling import LADDER, tell
from timetracking.events import TaskCreatedEvent, TaskUpdatedEvent


def _failed(event: IntegrationSyncEvent) -> bool:
    return event.outcome == SyncState.FAILED


def _integration(event: SyncRequestedEvent, meta: Metadata) -> list[str]:
    return [str(event.integration_id)]


@handles(SyncRequestedEvent, targets=_integration, queue="integrations", external=True)
def run_requested_sync(event: SyncRequestedEvent, meta: Metadata) -> None:
    """Sync, unless one that began later is done; when the other system asks us to wait, go on later where it stopped.

    The integration is the target, so that while one waits the tenant's others do not.
    """
    if was_synced_since(event.integration_id, meta.occurred_at):
        raise bus.Skip("a sync that began later is done")
    try:
        sync(integration_id=event.integration_id, holder=meta.event_id)
    except SyncRunning as running:
        raise bus.Retry(after=running.left, reason=running.message, counts=False) from running
    except RateLimited as limit:
        raise bus.Retry(after=limit.after, reason=limit.message, counts=False) from limit
    except (IntegrationNotActive, NothingToSync) as refusal:
        raise bus.Skip(refusal.message) from refusal


@handles(IntegrationSyncEvent, when=_failed, history=False)
def notify_of_failed_sync(event: IntegrationSyncEvent, meta: Metadata) -> None:
    """Tell owners and administrators, once for as long as it goes on failing."""
    integration, run = get_integration(event.integration_id), find_sync_run(event.run_id)
    if run and failed_before(run):
        raise bus.Skip("the sync before failed, too, and they were told")
    notify(
        event_id=meta.event_id,
        user_ids=user_ids_with(ADMINS),
        kind=SYNC_FAILED,
        title=f"Syncing {integration.name} failed",
        body=integration.state_reason
        or f"It stopped because of {event.error}; the next sync goes on where this one stopped.",
    )


def _endpoints(event: AnyEvent, meta: Metadata) -> list[str]:
    return [str(endpoint.pk) for endpoint in endpoints_told_of(meta.name, meta.occurred_at)] if event.tenant_id else []


@handles_every_event(targets=_endpoints, queue="webhooks", external=True, retries=LADDER)
def deliver_webhook(event: AnyEvent, meta: Metadata) -> None:
    """Tell one of the endpoints that chose the event; a dead one does not make its neighbours repeat."""
    tell(endpoint_id=UUID(meta.target), event_id=meta.event_id, meta=meta)


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


@handles(GitHubWebhookEvent)
def process_github_delivery(event: GitHubWebhookEvent) -> None:
    process_delivery(delivery_id=event.github_delivery_id)


@handles(TaskCreatedEvent, TaskUpdatedEvent, queue="integrations", external=True, ordered_by="task_id", on_dead="skip")
def sync_task_to_github(event: Any, meta: Metadata) -> None:
    """Bring a task's issues up to date, one change after the other, where tasks are set to go out."""
    try:
        push_task(task_id=event.task_id, meta=meta)
    except RateLimited as limit:
        raise bus.Retry(after=limit.after, reason=limit.message, counts=False) from limit
