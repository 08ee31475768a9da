from datetime import date, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from gauzy.eventbus import Change
from gauzy.eventbus.testing import deliver_all, recorded_events
from gauzy.exceptions import Invalid
from gauzy.organizations.choices import OverlapPolicy, Weekday
from gauzy.organizations.events import OrganizationCreatedEvent, OrganizationUpdatedEvent
from gauzy.organizations.exceptions import OrganizationNameTaken, OrganizationNotFound
from gauzy.organizations.models import Organization, OrganizationSettings
from gauzy.organizations.selectors import get_organization, settings_of
from gauzy.organizations.services import (
    create_default_settings,
    create_organization,
    update_organization,
    update_settings,
)
from gauzy.tenancy.membership import acting_as
from tests.factories.platform import new_organization, new_owner, organization_of

pytestmark = pytest.mark.django_db


def test_creating_an_organization_is_announced() -> None:
    owner = new_owner()
    with acting_as(owner), recorded_events() as events:
        organization = create_organization(name=" Second ", time_zone="Asia/Tokyo", currency="JPY", week_starts_on=7)
    assert (organization.name, organization.tenant_id) == ("Second", owner.tenant_id)
    assert events == [OrganizationCreatedEvent(tenant_id=owner.tenant_id, organization_id=organization.id)]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"time_zone": "Europe"}, "time_zone"),
        ({"time_zone": "europe/berlin"}, "time_zone"),
        ({"time_zone": ""}, "time_zone"),
        ({"currency": "eur"}, "currency"),
        ({"currency": "XXX"}, "currency"),
        ({"week_starts_on": 0}, "week_starts_on"),
        ({"week_starts_on": 8}, "week_starts_on"),
        ({"invite_expiry_days": 0}, "invite_expiry_days"),
        ({"invite_expiry_days": 366}, "invite_expiry_days"),
    ],
)
def test_bad_values_are_refused_by_field_however_they_come(values: dict[str, object], field: str) -> None:
    owner = new_owner()
    organization = organization_of(owner)
    with acting_as(owner), recorded_events() as events:
        with pytest.raises(Invalid) as refusal:
            create_organization(**({"name": "Second"} | values))  # type: ignore[arg-type]  # wrong on purpose
        assert list(refusal.value.fields) == [field]
        with pytest.raises(Invalid) as refusal:
            update_organization(organization_id=organization.id, values=values)
        assert list(refusal.value.fields) == [field]
    assert not events


def test_a_name_is_used_once_in_a_tenant() -> None:
    owner = new_owner(organization_name="Acme")
    other = new_organization(owner, "Other")
    with acting_as(owner), recorded_events() as events:
        with pytest.raises(OrganizationNameTaken):
            create_organization(name="Acme")
        with pytest.raises(OrganizationNameTaken):
            update_organization(organization_id=other.id, values={"name": "Acme"})
    assert not events
    new_owner(organization_name="Acme")  # in another tenant the name is free


def test_an_update_announces_what_really_changed() -> None:
    owner = new_owner()
    organization = organization_of(owner)
    with acting_as(owner), recorded_events() as events:
        update_organization(
            organization_id=organization.id,
            values={"name": " Acme ", "currency": "CHF", "week_starts_on": Weekday.SUNDAY, "time_zone": "UTC"},
        )
    changes = (Change(field="currency", old="EUR", new="CHF"), Change(field="week_starts_on", old=1, new=7))
    assert events == [
        OrganizationUpdatedEvent(tenant_id=owner.tenant_id, organization_id=organization.id, changes=changes)
    ]


def test_an_update_that_changes_nothing_is_not_announced() -> None:
    owner = new_owner()
    organization = organization_of(owner)
    with acting_as(owner), recorded_events() as events:
        update_organization(organization_id=organization.id, values={"currency": "EUR"})
        update_organization(organization_id=organization.id, values={})
    assert not events


def test_an_organization_of_another_tenant_is_not_found() -> None:
    foreign = organization_of(new_owner())
    with acting_as(new_owner()):
        for unreachable in (foreign.id, uuid4()):
            with pytest.raises(OrganizationNotFound):
                get_organization(unreachable)
            with pytest.raises(OrganizationNotFound):
                update_organization(organization_id=unreachable, values={"name": "Mine"})
            with pytest.raises(OrganizationNotFound):
                update_settings(organization_id=unreachable, values={"manual_time": False})
    assert Organization.unscoped.get(pk=foreign.pk).name == "Acme"


@pytest.mark.django_db(transaction=True)
def test_the_default_set_up_writes_the_policies_down_once() -> None:
    owner = new_owner()
    organization = organization_of(owner)
    deliver_all()
    written = OrganizationSettings.unscoped.get(organization=organization)
    assert written.tenant_id == owner.tenant_id
    assert (written.overlaps, written.manual_time, written.future_time) == (OverlapPolicy.REFUSE, True, False)


def test_the_default_set_up_leaves_policies_that_were_set_before_it_ran() -> None:
    owner = new_owner()
    organization = organization_of(owner)
    with acting_as(owner):
        update_settings(organization_id=organization.id, values={"overlaps": OverlapPolicy.ALLOW})
        create_default_settings(organization_id=organization.id)
        assert settings_of(organization.id).overlaps == OverlapPolicy.ALLOW


def test_policies_hold_by_default_before_the_set_up_ran() -> None:
    owner = new_owner()
    with acting_as(owner):
        assert settings_of(organization_of(owner).id).overlaps == OverlapPolicy.REFUSE


def test_changed_policies_are_announced_by_their_name() -> None:
    owner = new_owner()
    organization = organization_of(owner)
    with acting_as(owner), recorded_events() as events:
        update_settings(organization_id=organization.id, values={"manual_time": False, "requires_task": False})
        update_settings(organization_id=organization.id, values={"manual_time": False})
    changes = (Change(field="settings.manual_time", old=True, new=False),)
    assert events == [
        OrganizationUpdatedEvent(tenant_id=owner.tenant_id, organization_id=organization.id, changes=changes)
    ]


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"lock_date": date(2999, 1, 1)}, "lock_date_in_future", "lock_date"),
        ({"approvals": False, "approve_own": True}, "approvals_off", "approve_own"),
    ],
)
def test_policies_that_make_no_sense_are_refused(values: dict[str, object], code: str, field: str) -> None:
    owner = new_owner()
    with acting_as(owner), recorded_events() as events, pytest.raises(Invalid) as refusal:
        update_settings(organization_id=organization_of(owner).id, values=values)
    assert (refusal.value.code, list(refusal.value.fields)) == (code, [field])
    assert not events


def test_today_where_the_organization_is_cannot_be_locked_yet() -> None:
    owner = new_owner()
    organization = organization_of(owner)
    zone = "Pacific/Kiritimati"
    today = timezone.now().astimezone(ZoneInfo(zone)).date()
    with acting_as(owner):
        update_organization(organization_id=organization.id, values={"time_zone": zone})
        with pytest.raises(Invalid):
            update_settings(organization_id=organization.id, values={"lock_date": today})
        yesterday = today - timedelta(days=1)
        with recorded_events() as events:
            update_settings(organization_id=organization.id, values={"lock_date": yesterday})
        change = Change(field="settings.lock_date", old=None, new=yesterday.isoformat())
        assert events == [
            OrganizationUpdatedEvent(tenant_id=owner.tenant_id, organization_id=organization.id, changes=(change,))
        ]
        assert settings_of(organization.id).lock_date == yesterday
