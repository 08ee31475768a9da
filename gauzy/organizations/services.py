from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import timezone

from gauzy import eventbus as bus
from gauzy.eventbus import Change
from gauzy.organizations.choices import Weekday
from gauzy.organizations.events import OrganizationCreatedEvent, OrganizationUpdatedEvent
from gauzy.organizations.exceptions import ApprovalsOff, LockDateInFuture, OrganizationNameTaken, OrganizationNotFound
from gauzy.organizations.models import Organization, OrganizationSettings
from gauzy.organizations.selectors import settings_of
from gauzy.tenancy.changes import apply_changes
from gauzy.tenancy.validation import clean


@transaction.atomic
def create_organization(
    *,
    name: str,
    time_zone: str = "UTC",
    currency: str = "EUR",
    week_starts_on: int = Weekday.MONDAY,
    invite_expiry_days: int = 7,
) -> Organization:
    """Create an organization in the context's tenant; raise `Invalid` or `OrganizationNameTaken`."""
    organization = Organization(
        name=name.strip(),
        time_zone=time_zone,
        currency=currency,
        week_starts_on=week_starts_on,
        invite_expiry_days=invite_expiry_days,
    )
    clean(organization)
    _save(organization, force_insert=True)
    bus.publish(OrganizationCreatedEvent(organization_id=organization.id))
    return organization


@transaction.atomic
def update_organization(*, organization_id: UUID, values: Mapping[str, Any]) -> Organization:
    """Set the given fields; only what differs is written and published, and nothing if nothing does."""
    organization = _lock(organization_id)
    if changes := apply_changes(organization, values):
        clean(organization)
        _save(organization, update_fields=[change.field for change in changes])
        bus.publish(OrganizationUpdatedEvent(organization_id=organization_id, changes=changes))
    return organization


@transaction.atomic
def update_settings(*, organization_id: UUID, values: Mapping[str, Any]) -> OrganizationSettings:
    """Set the given policies, as `update_organization` sets fields; changes are named `settings.<policy>`.

    Raises `Invalid`, `LockDateInFuture` and `ApprovalsOff`.
    """
    organization = _lock(organization_id)
    settings = settings_of(organization_id)
    if changes := apply_changes(settings, values):
        clean(settings)
        _check_policies(settings, today=timezone.now().astimezone(ZoneInfo(organization.time_zone)).date())
        settings.save()
        named = tuple(Change(field=f"settings.{change.field}", old=change.old, new=change.new) for change in changes)
        bus.publish(OrganizationUpdatedEvent(organization_id=organization_id, changes=named))
    return settings


@transaction.atomic
def create_default_settings(*, organization_id: UUID) -> None:
    """Write an organization's policies down as they are by default; leave those that exist alone."""
    OrganizationSettings.objects.get_or_create(organization_id=organization_id)


def _check_policies(settings: OrganizationSettings, *, today: date) -> None:
    if settings.lock_date and settings.lock_date >= today:
        raise LockDateInFuture(fields={"lock_date": [LockDateInFuture.message]})
    if settings.approve_own and not settings.approvals:
        raise ApprovalsOff(fields={"approve_own": [ApprovalsOff.message]})


def _lock(organization_id: UUID) -> Organization:
    if organization := Organization.objects.select_for_update().filter(pk=organization_id).first():
        return organization
    raise OrganizationNotFound


def _save(organization: Organization, **how: Any) -> None:
    try:
        with transaction.atomic():
            organization.save(**how)
    except IntegrityError as error:
        raise OrganizationNameTaken(fields={"name": [OrganizationNameTaken.message]}) from error
