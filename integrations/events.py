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


@event("integrations.upwork_sync", subject="integration_id", action=Action.SYNCED)
class UpworkSyncEvent(Event):
    """Upwork data was synchronized: contracts and time over its API, or transactions from a file of it."""

    integration_id: UUID
    organization_id: UUID
    source: str
    created: int
    updated: int
    unchanged: int
    conflicts: int


@event("integrations.webhook_endpoint_created", subject="webhook_endpoint_id", action=Action.CREATED)
class WebhookEndpointCreatedEvent(Event):
    """A tenant wants to be told of events at an address of theirs."""

    webhook_endpoint_id: UUID


@event("integrations.webhook_endpoint_updated", subject="webhook_endpoint_id", action=Action.UPDATED)
class WebhookEndpointUpdatedEvent(Event):
    """What an endpoint is told, or where, changed; of the address `changes` names the host only."""

    webhook_endpoint_id: UUID
    changes: tuple[Change, ...]


@event("integrations.webhook_endpoint_disabled", subject="webhook_endpoint_id", action=Action.ENDED)
class WebhookEndpointDisabledEvent(Event):
    """An endpoint was switched off because it took nothing for days, or said that it is gone."""

    webhook_endpoint_id: UUID
    reason: str


@event("integrations.webhook_pinged", subject="webhook_endpoint_id", action=Action.SENT)
class WebhookPingedEvent(Event):
    """Somebody wants to see whether an endpoint answers: it gets this very event."""

    webhook_endpoint_id: UUID


@event("integrations.webhook_replayed", subject="webhook_endpoint_id", action=Action.RETRIED)
class WebhookReplayedEvent(Event):
    """Somebody wants an endpoint to get an event once more."""

    webhook_endpoint_id: UUID
    event_id: UUID


@event("integrations.github_webhook", subject="github_delivery_id", action=Action.RECEIVED)
class GitHubWebhookEvent(Event):
    """A verified delivery of GitHub was accepted."""

    github_delivery_id: UUID
    integration_id: UUID
    delivery: str
    github_event: str
    github_action: str


@event("integrations.repository_link_created", subject="repository_link_id", action=Action.CREATED)
class RepositoryLinkCreatedEvent(Event):
    """A project was linked with a repository, whose issues become its tasks."""

    repository_link_id: UUID
    integration_id: UUID
    project_id: UUID


@event("integrations.repository_link_updated", subject="repository_link_id", action=Action.UPDATED)
class RepositoryLinkUpdatedEvent(Event):
    """A project's link with a repository was changed, paused or taken up again."""

    repository_link_id: UUID
    integration_id: UUID
    project_id: UUID
    changes: tuple[Change, ...]
