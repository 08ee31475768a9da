"""Organizations and their policies through the admin."""

import pytest
from django.urls import reverse

from gauzy.eventbus import Change
from gauzy.eventbus.testing import deliver_all, only_handlers_of, recorded_events
from gauzy.organizations.events import OrganizationCreatedEvent, OrganizationUpdatedEvent
from gauzy.organizations.models import Organization, OrganizationSettings
from gauzy.tenancy.choices import Role
from tests.factories.desk import desk_of, page_of
from tests.factories.people import Company
from tests.factories.platform import new_member

ADD = reverse("admin:organizations_organization_add")
VALUES = {
    "name": "Difference Engines",
    "time_zone": "Europe/London",
    "currency": "GBP",
    "week_starts_on": "1",
    "invite_expiry_days": "7",
}


def test_adding_publishes(company: Company) -> None:
    with recorded_events() as events:
        desk_of(company.owner).post(ADD, VALUES)
    created = Organization.unscoped.get(name="Difference Engines")
    assert created.tenant_id == company.tenant_id
    assert [type(event) for event in events] == [OrganizationCreatedEvent]


def test_a_name_that_is_taken_is_refused_beside_it(company: Company) -> None:
    with recorded_events() as events:
        answer = desk_of(company.owner).post(ADD, VALUES | {"name": company.organization.name})
    assert "name" in answer.context["adminform"].form.errors
    assert not events


def test_a_currency_that_does_not_exist_is_refused_beside_it(company: Company) -> None:
    answer = desk_of(company.owner).post(ADD, VALUES | {"currency": "XYZ"})
    assert "currency" in answer.context["adminform"].form.errors


def test_changing_publishes_what_differs(company: Company) -> None:
    organization = company.organization
    same = {name: str(getattr(organization, name)) for name in VALUES}
    with recorded_events() as events:
        desk_of(company.owner).post(page_of(organization), same | {"currency": "USD"})
    [event] = events
    assert isinstance(event, OrganizationUpdatedEvent)
    assert event.changes == (Change(field="currency", old=organization.currency, new="USD"),)


@pytest.mark.django_db
def test_managers_look_and_do_not_touch(company: Company) -> None:
    desk = desk_of(new_member(company.owner, Role.MANAGER))
    assert desk.get(page_of(company.organization)).status_code == 200
    with recorded_events() as events:
        assert desk.post(page_of(company.organization), VALUES).status_code == 403
        assert desk.post(ADD, VALUES).status_code == 403
    assert not events


def test_policies_change_with_an_event(company: Company) -> None:
    with only_handlers_of("organizations"):
        deliver_all()
    settings = OrganizationSettings.unscoped.get(organization_id=company.organization.pk)
    kept = {
        "manual_time": "on",
        "modify_time": "on",
        "approvals": "on",
        "overlaps": "refuse",
        "second_timer": "stop_running",
    }
    with recorded_events() as events:
        desk_of(company.owner).post(page_of(settings), kept)
    [event] = events
    assert isinstance(event, OrganizationUpdatedEvent)
    assert event.changes == (Change(field="settings.delete_time", old=True, new=False),)
