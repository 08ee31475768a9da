from uuid import UUID

from gauzy.eventbus import Action, Change, Event, event


@event("organizations.organization_created", subject="organization_id", action=Action.CREATED)
class OrganizationCreatedEvent(Event):
    """An organization was created in a tenant."""

    organization_id: UUID


@event("organizations.organization_updated", subject="organization_id", action=Action.UPDATED)
class OrganizationUpdatedEvent(Event):
    """An organization's data or policies changed; `changes` names only what differs."""

    organization_id: UUID
    changes: tuple[Change, ...]
