from uuid import UUID

from gauzy.eventbus import Action, Change, Event, event


@event("integrations.integration_created", subject="integration_id", action=Action.CREATED)
class IntegrationCreatedEvent(Event):
    """An organization was connected with an account of another system."""

    integration_id: UUID
    organization_id: UUID
    provider: str


@event("integrations.integration_updated", subject="integration_id", action=Action.UPDATED)
class IntegrationUpdatedEvent(Event):
    """An integration's settings or state changed; of secrets, `changes` tells only that they did."""

    integration_id: UUID
    organization_id: UUID
    changes: tuple[Change, ...]


@event("integrations.sync_requested", subject="integration_id", action=Action.STARTED)
class SyncRequestedEvent(Event):
    """Somebody asked for a sync of an integration."""

    integration_id: UUID


@event("integrations.integration_sync", subject="integration_id", action=Action.SYNCED)
class IntegrationSyncEvent(Event):
    """An integration finished a sync, well or not: what it did, and the code of what stopped it."""

    integration_id: UUID
    organization_id: UUID
    run_id: UUID
    provider: str
    outcome: str
    created: int
    updated: int
    unchanged: int
    conflicts: int
    error: str
