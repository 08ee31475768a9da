"""Integrations and their secrets, through service and API."""

from typing import Any

import pytest
from django.urls import reverse
from pytest_django import Settings
from rest_framework.test import APIClient

from gauzy.eventbus import Change
from gauzy.eventbus.models import StoredEvent
from gauzy.eventbus.testing import assert_published, recorded_events
from gauzy.exceptions import DomainError
from gauzy.tenancy.choices import Role
from integrations import crypto
from integrations.choices import Direction, EntityKind, IntegrationState, Provider
from integrations.events import IntegrationCreatedEvent, IntegrationUpdatedEvent
from integrations.exceptions import IntegrationExists, IntegrationRemoved, SecretMissing, UnknownEntity
from integrations.models import Integration
from integrations.services.connecting import rotate_keys, secret_of, set_state, update_integration
from tests.factories.desk import desk_of, page_of, text_of
from tests.factories.integrations import connect
from tests.factories.people import Company, acting_for, found_company
from tests.factories.platform import new_member, token_client

pytestmark = pytest.mark.django_db

URL = "/api/v1/integrations"
TOKEN = "ghp_do-not-tell-anybody"


@pytest.fixture
def client(company: Company) -> APIClient:
    return token_client(company.owner)


def stored(integration: Integration) -> Integration:
    found: Integration = Integration.unscoped.get(pk=integration.pk)
    return found


def test_connecting_publishes_once(company: Company) -> None:
    with recorded_events() as events:
        integration = connect(company, secrets={"token": TOKEN})
    [event] = events
    assert event == IntegrationCreatedEvent(
        tenant_id=company.tenant_id,
        integration_id=integration.id,
        organization_id=company.organization.id,
        provider="github",
    )
    assert integration.direction_of(EntityKind.TASK) == Direction.IN


def test_a_secret_is_encrypted_at_rest_and_in_no_event(company: Company) -> None:
    integration = connect(company, secrets={"token": TOKEN})
    with acting_for(company):
        update_integration(integration_id=integration.id, secrets={"token": TOKEN + "2"})
    assert TOKEN not in stored(integration).sealed
    assert secret_of(stored(integration), "token") == TOKEN + "2"
    assert not any(TOKEN in str(event.data) for event in StoredEvent.objects.all())
    event = assert_published(IntegrationUpdatedEvent, integration_id=integration.id)
    assert event.changes == (Change(field="secrets.token", old="set", new="set"),)


def test_no_surface_shows_a_secret(company: Company, client: APIClient) -> None:
    values = {"organization_id": str(company.organization.id), "provider": "github", "name": "Ours"}
    made = client.post(URL, values | {"secrets": {"token": TOKEN}})
    assert made.status_code == 201
    address = f"{URL}/{made.json()['id']}"
    changed = client.patch(address, {"secrets": {"webhook_secret": "another-secret-that-nobody-sees"}})
    assert changed.json()["secrets"] == ["token", "webhook_secret"]
    integration = Integration.unscoped.get()
    page = text_of(desk_of(company.owner).get(page_of(integration)))
    for text in (made.content.decode(), changed.content.decode(), client.get(address).content.decode(), page):
        assert TOKEN not in text
        assert "another-secret" not in text
        assert integration.sealed not in text


def test_the_same_values_again_publish_nothing(company: Company) -> None:
    integration = connect(company, secrets={"token": TOKEN})
    with acting_for(company), recorded_events() as events:
        update_integration(
            integration_id=integration.id, name="Our GitHub", entities={"task": "in"}, secrets={"token": TOKEN}
        )
        set_state(integration_id=integration.id, state=IntegrationState.ACTIVE)
    assert not events


def test_an_empty_secret_is_forgotten(company: Company) -> None:
    integration = connect(company, secrets={"token": TOKEN})
    with acting_for(company):
        update_integration(integration_id=integration.id, secrets={"token": ""})
    assert stored(integration).sealed == ""
    with pytest.raises(SecretMissing):
        secret_of(stored(integration), "token")


def test_removing_forgets_the_secrets_for_good(company: Company) -> None:
    integration = connect(company, secrets={"token": TOKEN})
    with acting_for(company):
        set_state(integration_id=integration.id, state=IntegrationState.REMOVED)
        assert stored(integration).sealed == ""
        with pytest.raises(IntegrationRemoved):
            set_state(integration_id=integration.id, state=IntegrationState.ACTIVE)


def test_an_account_is_connected_once_and_again_after_removal(company: Company) -> None:
    first = connect(company, account="42")
    with pytest.raises(IntegrationExists):
        connect(company, account="42")
    connect(found_company("Rival"), account="42")  # a delivery may find several tenants
    with acting_for(company):
        set_state(integration_id=first.id, state=IntegrationState.REMOVED)
    assert connect(company, account="42").pk != first.pk


def test_keys_rotate(company: Company, settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = ["old"]
    integration = connect(company, secrets={"token": TOKEN})
    settings.ENCRYPTION_KEYS = ["new", "old"]
    assert secret_of(stored(integration), "token") == TOKEN
    assert rotate_keys() == 1
    settings.ENCRYPTION_KEYS = ["new"]
    assert secret_of(stored(integration), "token") == TOKEN
    settings.ENCRYPTION_KEYS = ["stranger"]
    with pytest.raises(crypto.Unreadable):
        secret_of(stored(integration), "token")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"entities": {"task": "sideways"}}, "unknown_entity"),
        ({"entities": {"transaction": "in"}}, "unknown_entity"),
        ({"secrets": {"password": "x"}}, "unknown_secret"),
        ({"provider": "gitlab"}, "invalid"),
        ({"name": ""}, "invalid"),
        ({"account": "42"}, "invalid"),
        ({"organization_id": "00000000-0000-4000-8000-000000000000"}, "organization_not_found"),
    ],
)
def test_what_makes_no_sense_is_refused(company: Company, client: APIClient, values: dict[str, Any], code: str) -> None:
    known = {"organization_id": str(company.organization.id), "provider": "github", "name": "Ours"}
    answer = client.post(URL, known | values)
    assert answer.status_code in {400, 404}
    assert answer.json()["code"] == code
    assert not Integration.unscoped.exists()


def test_a_way_that_the_provider_does_not_offer_is_refused(company: Company) -> None:
    with pytest.raises(UnknownEntity):
        connect(company, Provider.UPWORK, entities={"time_log": "out"})


def test_a_foreign_integration_is_as_unknown_as_any(company: Company, client: APIClient) -> None:
    foreign = connect(found_company("Rival"))
    unknown = client.get(f"{URL}/00000000-0000-4000-8000-000000000000").json()
    for verb in ("pause", "resume", "remove", "sync"):
        answer = client.post(f"{URL}/{foreign.id}/{verb}")
        assert (answer.status_code, answer.json()["code"]) == (404, unknown["code"])
    assert client.get(f"{URL}/{foreign.id}").json() | {"request_id": ""} == unknown | {"request_id": ""}
    assert stored(foreign).state == IntegrationState.ACTIVE


@pytest.mark.parametrize("role", [Role.MANAGER, Role.EMPLOYEE, Role.VIEWER])
def test_only_owners_and_administrators_see_them(company: Company, role: Role) -> None:
    integration = connect(company)
    member = token_client(new_member(company.owner, role))
    assert member.get(URL).status_code == 403
    assert member.post(f"{URL}/{integration.id}/pause").status_code == 403


def test_the_admin_connects_sets_and_pauses(company: Company) -> None:
    desk = desk_of(company.owner)
    values = {"name": "Ours", "provider": "github", "organization": str(company.organization.pk)}
    added = desk.post("/admin/integrations/integration/add/", values | {"secrets": f"token={TOKEN}"})
    assert added.status_code == 302
    integration = Integration.unscoped.get()
    changed = desk.post(
        page_of(integration), {"name": "Ours", "entity_task": "both", "entity_label": "in", "secrets": ""}
    )
    assert changed.status_code == 302
    assert stored(integration).entities == {"task": "both", "label": "in"}
    assert secret_of(stored(integration), "token") == TOKEN
    pause = reverse("admin:integrations_integration_pause", args=(integration.pk,))
    desk.post(pause, {"_form_submitted": "on"})
    assert stored(integration).state == IntegrationState.PAUSED
    with acting_for(company), pytest.raises(DomainError):
        update_integration(integration_id=integration.id, secrets={"nonsense": "x"})
