from gauzy.eventbus import handles
from gauzy.organizations.events import OrganizationCreatedEvent
from gauzy.organizations.services import create_default_settings


@handles(OrganizationCreatedEvent)
def set_up_organization(event: OrganizationCreatedEvent) -> None:
    """Default set-up."""
    create_default_settings(organization_id=event.organization_id)
