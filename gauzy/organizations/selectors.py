from uuid import UUID

from django.db.models import QuerySet

from gauzy.organizations.exceptions import OrganizationNotFound
from gauzy.organizations.models import Organization, OrganizationSettings


def organizations() -> QuerySet[Organization]:
    """Return the tenant's organizations."""
    return Organization.objects.all()


def get_organization(organization_id: UUID) -> Organization:
    """Return an organization of the tenant; raise `OrganizationNotFound` for an unknown and for a foreign id."""
    if organization := Organization.objects.filter(pk=organization_id).first():
        return organization
    raise OrganizationNotFound


def settings_of(organization_id: UUID) -> OrganizationSettings:
    """Return an organization's policies: the defaults, unsaved, until its set-up has run."""
    found = OrganizationSettings.objects.filter(organization_id=organization_id).first()
    return found or OrganizationSettings(organization_id=organization_id)
