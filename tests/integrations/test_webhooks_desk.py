"""Webhook endpoints in the admin."""

import pytest
from django.urls import reverse
from pytest_django import Settings

from gauzy.eventbus.testing import assert_published, deliver_all, recorded_events
from integrations.choices import EndpointState
from integrations.events import WebhookEndpointCreatedEvent, WebhookEndpointUpdatedEvent
from integrations.models import WebhookEndpoint
from tests.factories.desk import desk_of, page_of, text_of
from tests.factories.people import Company
from tests.support.receiver import Receiver

pytestmark = pytest.mark.django_db

ADD = reverse("admin:integrations_webhookendpoint_add")


@pytest.fixture(autouse=True)
def loopback_is_allowed(settings: Settings) -> None:
    settings.WEBHOOK_ALLOWED_HOSTS = ["127.0.0.1"]


def action(endpoint: WebhookEndpoint, name: str) -> str:
    return reverse(f"admin:integrations_webhookendpoint_{name}", args=(endpoint.pk,))


def test_adding_shows_the_secret_once(company: Company) -> None:
    desk = desk_of(company.owner)
    values = {"url": "https://hooks.example.org/x", "description": "Ours", "events": "employees.*\norganizations.*"}
    answer = desk.post(ADD, values, follow=True)
    endpoint = WebhookEndpoint.unscoped.get()
    assert endpoint.events == ["employees.*", "organizations.*"]
    assert "whsec_" in text_of(answer)
    assert "whsec_" not in text_of(desk.get(page_of(endpoint)))
    assert_published(WebhookEndpointCreatedEvent, webhook_endpoint_id=endpoint.id)


def test_a_refusal_stands_beside_its_field(company: Company) -> None:
    values = {"url": "http://10.0.0.1/", "description": "", "events": "nonsense.*"}
    answer = desk_of(company.owner).post(ADD, values)
    assert "url" in answer.context["adminform"].form.errors
    assert not WebhookEndpoint.unscoped.exists()


def test_changing_pausing_rotating_pinging(company: Company) -> None:
    desk = desk_of(company.owner)
    with Receiver() as receiver:
        desk.post(ADD, {"url": receiver.url, "description": "Ours", "events": "employees.*"})
        endpoint = WebhookEndpoint.unscoped.get()
        with recorded_events() as events:
            desk.post(page_of(endpoint), {"url": receiver.url, "description": "Ours", "events": "employees.*"})
        assert not events
        desk.post(page_of(endpoint), {"url": receiver.url, "description": "Theirs", "events": "employees.*"})
        assert_published(WebhookEndpointUpdatedEvent, webhook_endpoint_id=endpoint.id)
        rotated = desk.post(action(endpoint, "rotate"), {"_form_submitted": "on"}, follow=True)
        assert "whsec_" in text_of(rotated)
        desk.post(action(endpoint, "ping"), {"_form_submitted": "on"})
        deliver_all(expect_failures=True)
    assert len(receiver.received) == 1
    desk.post(action(endpoint, "pause"), {"_form_submitted": "on"})
    assert WebhookEndpoint.unscoped.get().state == EndpointState.PAUSED
