from gauzy import eventbus as bus
from gauzy.eventbus import Metadata, handles
from gauzy.notifications.services import notify
from gauzy.tenancy.roles import ADMINS
from gauzy.tenancy.selectors import user_ids_with
from integrations.choices import SYNC_FAILED, SyncState
from integrations.events import IntegrationSyncEvent, SyncRequestedEvent
from integrations.exceptions import IntegrationNotActive, NothingToSync, RateLimited, SyncRunning
from integrations.selectors import get_integration
from integrations.services.feeds import sync


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
