"""GitHub's deliveries: verified, durable, once; everything else leaves no trace."""

import gzip
import json
import random
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from pytest_django import Settings

from gauzy.context import ActorKind
from gauzy.eventbus.models import StoredEvent
from gauzy.eventbus.testing import deliver_all, recorded_events
from integrations.choices import DeliveryState, IntegrationState
from integrations.events import GitHubWebhookEvent
from integrations.models import GitHubDelivery, Integration
from integrations.services.connecting import set_state
from tests.factories.github import APP_URL, REPOSITORY_URL, SECRET, deliver, post, signature, url_of
from tests.factories.integrations import connect
from tests.factories.people import Company, acting_for, found_company
from tests.factories.platform import token_client

pytestmark = pytest.mark.django_db

PING = {"zen": "Design for failure.", "hook_id": 1}
UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def integration(company: Company) -> Integration:
    return connect(company, secrets={"webhook_secret": SECRET})


@pytest.fixture
def app_secret(settings: Settings) -> None:
    settings.GITHUB_APP_WEBHOOK_SECRET = SECRET


def state_of(integration: Integration) -> str:
    return str(Integration.unscoped.get(pk=integration.pk).state)


def installation(action: str, id: int = 42) -> dict[str, Any]:
    return {"action": action, "installation": {"id": id, "account": {"login": "octo"}}}


# --- signatures -------------------------------------------------------------------------------------------------------


def test_githubs_own_vector() -> None:
    expected = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert signature(b"Hello, World!", "It's a Secret to Everybody") == expected


def test_a_verified_delivery_is_stored_announced_and_processed(integration: Integration, company: Company) -> None:
    with recorded_events() as events:
        answer = deliver(integration, "ping", PING, delivery="d-1")
    assert answer.json() == {"state": "accepted"}
    delivery = GitHubDelivery.unscoped.get()
    [event] = events
    assert event == GitHubWebhookEvent(
        tenant_id=company.tenant_id,
        github_delivery_id=delivery.id,
        integration_id=integration.id,
        delivery="d-1",
        github_event="ping",
        github_action="",
    )
    row = StoredEvent.objects.get(name="integrations.github_webhook")
    assert (row.actor_kind, row.actor_id, row.actor_label) == (ActorKind.INTEGRATION, integration.id, "Our GitHub")
    deliver_all(expect_failures=True)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.note) == (DeliveryState.PROCESSED, "Design for failure.")
    [shown] = token_client(company.owner).get("/api/v1/github-deliveries").json()["results"]
    assert (shown["delivery"], shown["state"]) == ("d-1", "processed")


@pytest.mark.parametrize(
    "wrong",
    [
        *("", "sha256=", "sha256=" + "0" * 64, "sha1=" + "0" * 40, signature(b"{}", "another"), "ü" * 20),
        signature(json.dumps(PING).encode()).upper(),
        signature(json.dumps(PING).encode()).removeprefix("sha256="),
    ],
)
def test_a_wrong_signature_is_401_and_leaves_nothing(integration: Integration, wrong: str) -> None:
    before = StoredEvent.objects.count()
    answer = post(url_of(integration), json.dumps(PING).encode(), event="ping", signature=wrong)
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_signature")
    assert not GitHubDelivery.unscoped.exists()
    assert StoredEvent.objects.count() == before


def test_an_unknown_address_answers_like_a_wrong_signature(integration: Integration, company: Company) -> None:
    body = json.dumps(PING).encode()
    wrong = post(url_of(integration), body, event="ping", signature="sha256=0").json()
    without_secret = connect(company, name="No secret")
    with acting_for(company):
        set_state(integration_id=integration.id, state=IntegrationState.REMOVED)
    for url in (f"{REPOSITORY_URL}/{UNKNOWN}", url_of(integration), url_of(without_secret)):
        for signed in (signature(body), signature(body, "")):
            answer = post(url, body, event="ping", signature=signed)
            assert answer.status_code == 401
            assert answer.json() | {"request_id": ""} == wrong | {"request_id": ""}


def test_without_a_secret_of_the_app_nothing_is_taken(db: None, settings: Settings) -> None:
    settings.GITHUB_APP_WEBHOOK_SECRET = ""
    body = json.dumps(PING).encode()
    assert post(APP_URL, body, event="ping", signature=signature(body, "")).status_code == 401


def test_the_form_that_github_offers_is_taken_too(integration: Integration) -> None:
    body = urlencode({"payload": json.dumps(PING)}).encode()
    answer = post(url_of(integration), body, event="ping", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 202
    deliver_all(expect_failures=True)
    assert GitHubDelivery.unscoped.get().note == "Design for failure."


# --- once, and of any kind --------------------------------------------------------------------------------------------


def test_a_redelivery_succeeds_and_does_nothing_again(integration: Integration) -> None:
    deliver(integration, "ping", PING, delivery="d-1")
    deliver_all(expect_failures=True)
    with recorded_events() as events:
        assert deliver(integration, "ping", PING, delivery="d-1").json() == {"state": "processed"}
    assert not events
    assert GitHubDelivery.unscoped.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_delivery_many_times_at_once_is_one(integration: Integration) -> None:
    def once(_: int) -> int:
        try:
            return int(post(url_of(integration), json.dumps(PING).encode(), event="ping", delivery="d-1").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(once, range(24))) == {202}
    assert GitHubDelivery.unscoped.count() == 1
    assert StoredEvent.objects.filter(name="integrations.github_webhook").count() == 1


@pytest.mark.parametrize("event", ["watch", "some_event_of_next_year", "check_run"])
def test_what_nobody_understands_is_on_record_as_ignored(integration: Integration, event: str) -> None:
    with recorded_events() as events:
        assert deliver(integration, event, {"action": "started"}).json() == {"state": "ignored"}
    assert not events
    delivery = GitHubDelivery.unscoped.get()
    assert (delivery.event, delivery.action, bytes(delivery.body)) == (event, "started", b"")


@pytest.mark.parametrize("event", ["ping", "installation", "release", "watch"])
@pytest.mark.parametrize(
    "payload",
    [{}, [], 1, None, "text", {"action": None}, {"action": ["x"], "installation": 7}, {"action": "\0 \ud800"}],
)
def test_any_shape_is_taken(integration: Integration, event: str, payload: Any) -> None:
    deliver(integration, event, payload)
    deliver_all(expect_failures=True)
    assert GitHubDelivery.unscoped.get().state != DeliveryState.ACCEPTED


def test_a_paused_integration_takes_nothing_in(integration: Integration, company: Company) -> None:
    with acting_for(company):
        set_state(integration_id=integration.id, state=IntegrationState.PAUSED)
    assert deliver(integration, "release", {"action": "published"}).json() == {"state": "ignored"}
    assert GitHubDelivery.unscoped.get().note == "the integration is paused"


# --- the app ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("app_secret")
def test_the_app_delivers_to_every_tenant_that_connected_the_installation(company: Company) -> None:
    rival = found_company("Rival")
    mine, theirs = connect(company, account="42"), connect(rival, account="42")
    connect(company, account="43")
    body = json.dumps({"action": "published", "installation": {"id": 42}}).encode()
    with recorded_events() as events:
        assert post(APP_URL, body, event="release", delivery="d-1").status_code == 202
        assert post(APP_URL, body, event="release", delivery="d-1").status_code == 202
    found = {(event.tenant_id, event.integration_id) for event in events.of(GitHubWebhookEvent)}
    assert found == {(company.tenant_id, mine.id), (rival.tenant_id, theirs.id)}
    assert len(events) == 2


@pytest.mark.usefixtures("app_secret")
def test_an_unknown_installation_is_on_record_as_ignored_without_an_event(company: Company) -> None:
    with recorded_events() as events:
        for _ in range(2):
            answer = post(APP_URL, json.dumps(installation("created")).encode(), event="installation", delivery="d-1")
            assert answer.json() == {"state": "ignored"}
    assert not events
    delivery = GitHubDelivery.unscoped.get()
    assert (delivery.tenant_id, delivery.integration_id) == (None, None)
    assert token_client(company.owner).get("/api/v1/github-deliveries").json()["results"] == []


@pytest.mark.usefixtures("app_secret")
def test_an_installation_is_suspended_taken_up_again_and_removed(company: Company) -> None:
    integration = connect(company, account="42")
    for action, state in (
        ("suspend", IntegrationState.SUSPENDED),
        ("unsuspend", IntegrationState.ACTIVE),
        ("new_permissions_accepted", IntegrationState.ACTIVE),
        ("deleted", IntegrationState.REMOVED),
    ):
        assert post(APP_URL, json.dumps(installation(action)).encode(), event="installation").status_code == 202
        deliver_all(expect_failures=True)
        assert state_of(integration) == state
    late = post(APP_URL, json.dumps(installation("unsuspend")).encode(), event="installation")
    assert late.json() == {"state": "ignored"}
    assert state_of(integration) == IntegrationState.REMOVED


# --- strangers --------------------------------------------------------------------------------------------------------


def nonsense(seed: int) -> tuple[bytes, str]:
    """Return a body and a content type that no honest sender would choose."""
    chance = random.Random(seed)
    bodies = [
        chance.randbytes(chance.randrange(0, 4096)),
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b'{"action": "' + b"x" * 1_000_000 + b'"}',
        gzip.compress(b"0" * 10_000_000),
        b"9" * 100_000,
        b'"\\ud800',
        b"payload=" + b"%7B" * 10_000,
        b"payload=1&payload=2&payload=3",
        b"",
    ]
    types = ["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "ü/;;"]
    return bodies[seed % len(bodies)], chance.choice(types)


@pytest.mark.usefixtures("app_secret")
@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed"])
def test_nonsense_is_refused_and_leaves_nothing(integration: Integration, seed: int, signed: bool) -> None:
    body, content_type = nonsense(seed)
    before = StoredEvent.objects.count()
    header = signature(body) if signed else "sha256=" + "0" * 64
    for url in (url_of(integration), APP_URL):
        answer = post(url, body, event="issues", content_type=content_type, signature=header)
        honest = signed and answer.status_code == 202  # signed by GitHub, and JSON after all
        assert honest or 400 <= answer.status_code < 500
        if not honest:
            assert StoredEvent.objects.count() == before
            assert not GitHubDelivery.unscoped.exists()
        GitHubDelivery.unscoped.all().delete()


@pytest.mark.parametrize(
    "headers", [{"delivery": ""}, {"delivery": "x" * 101}, {"delivery": "\0"}, {"event": ""}, {"event": "ü"}]
)
def test_a_delivery_without_its_headers_is_refused(integration: Integration, headers: dict[str, str]) -> None:
    answer = post(url_of(integration), b"{}", **{"event": "ping", **headers})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_delivery")
    assert not GitHubDelivery.unscoped.exists()


def test_a_body_over_the_limit_is_refused_unread(integration: Integration, settings: Settings) -> None:
    settings.GITHUB_WEBHOOK_MAX_BYTES = 1000
    body = json.dumps({"action": "x" * 1000}).encode()
    assert post(url_of(integration), body, event="ping").status_code == 413
    assert not GitHubDelivery.unscoped.exists()


def test_a_bomb_is_never_unpacked(integration: Integration) -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    tracemalloc.start()
    try:
        assert post(url_of(integration), bomb, event="ping").status_code == 400
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 5_000_000


def test_the_largest_that_github_sends_is_taken(integration: Integration) -> None:
    deliver(integration, "ping", {"zen": "x" * 20_000_000})
    assert len(bytes(GitHubDelivery.unscoped.get().body)) > 20_000_000


def test_other_methods_are_not_allowed(integration: Integration, company: Company) -> None:
    client = token_client(company.owner)
    for method in (client.get, client.put, client.patch, client.delete):
        assert method(url_of(integration)).status_code == 405
