"""Outgoing webhooks: signed CloudEvents to receivers on loopback, well-behaved and not."""

import io
import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient
from standardwebhooks import Webhook, WebhookVerificationError

from employees.events import EmployeeUpdatedEvent
from employees.services import update_employee
from gauzy import eventbus as bus
from gauzy.eventbus.choices import Outcome
from gauzy.eventbus.models import Delivery, Receipt, StoredEvent
from gauzy.eventbus.testing import assert_published, deliver_all
from gauzy.notifications.models import Notification
from gauzy.tenancy.choices import Role
from integrations.choices import EndpointState
from integrations.events import WebhookEndpointDisabledEvent
from integrations.exceptions import AddressRefused, NotDelivered, UnknownEventType
from integrations.models import WebhookAttempt, WebhookEndpoint
from integrations.outbound.addresses import check_url, resolve
from integrations.outbound.cloudevents import offered
from integrations.outbound.signatures import is_genuine, new_secret, signed_headers
from integrations.outbound.transport import post
from integrations.services.endpoints import create_endpoint, rotate_secret, set_endpoint_state
from integrations.services.telling import DISABLED_AFTER, DISABLED_AFTER_FAILURES, LADDER
from tests.factories.people import Company, acting_for, found_company, hire
from tests.factories.platform import new_member, token_client
from tests.support import receiver as how
from tests.support.receiver import Receiver, answer

pytestmark = pytest.mark.django_db

URL = "/api/v1/webhook-endpoints"


@pytest.fixture(autouse=True)
def loopback_is_allowed(settings: Settings) -> None:
    settings.WEBHOOK_ALLOWED_HOSTS = ["127.0.0.1"]
    settings.WEBHOOK_TIMEOUT = 5.0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def subscribe(company: Company, receiver: Receiver, *events: str) -> tuple[WebhookEndpoint, str]:
    with acting_for(company):
        return create_endpoint(url=receiver.url, events=list(events) or ["employees.employee_created"])


def stored(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    found: WebhookEndpoint = WebhookEndpoint.unscoped.get(pk=endpoint.pk)
    return found


def attempts() -> list[WebhookAttempt]:
    return list(WebhookAttempt.unscoped.order_by("id"))


# --- what is sent -----------------------------------------------------------------------------------------------------


def test_a_subscriber_gets_a_signed_cloudevent(company: Company, settings: Settings) -> None:
    with Receiver() as receiver:
        _, secret = subscribe(company, receiver)
        employee = hire(company)
        deliver_all()
    [message] = receiver.received
    verified = Webhook(secret).verify(message.body.decode(), dict(message.headers))
    event = StoredEvent.objects.get(name="employees.employee_created")
    assert verified == {
        "specversion": "1.0",
        "id": str(event.id),
        "source": settings.PUBLIC_URL,
        "type": "gauzy.employees.employee_created",
        "subject": str(employee.id),
        "time": event.occurred_at.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "tenantid": str(company.tenant_id),
        "correlationid": str(event.correlation_id),
        "data": {
            "tenant_id": str(company.tenant_id),
            "employee_id": str(employee.id),
            "organization_id": str(company.organization.id),
            "user_id": str(employee.user_id),
        },
    }
    assert message.headers["webhook-id"] == str(event.id)
    assert message.headers["content-type"].startswith("application/cloudevents+json")
    assert message.headers["host"] == receiver.host
    [attempt] = attempts()
    assert (attempt.delivered, attempt.status, attempt.event_id) == (True, 204, event.id)


def test_personal_data_stays_here(company: Company) -> None:
    with Receiver() as receiver:
        subscribe(company, receiver, "employees.*")
        employee = hire(company, first_name="Secretia")
        with acting_for(company):
            update_employee(employee_id=employee.id, values={"first_name": "Clandestina"})
        deliver_all()
    bodies = b"".join(message.body for message in receiver.received)
    assert b"employee_updated" in bodies
    assert b'"changed":["first_name"]' in bodies
    for personal in (b"Secretia", b"Clandestina", b"example.org"):
        assert personal not in bodies


def test_others_hear_nothing(company: Company) -> None:
    with Receiver() as chosen, Receiver() as paused, Receiver() as foreign:
        subscribe(company, chosen, "organizations.*")
        endpoint, _ = subscribe(company, paused)
        subscribe(found_company("Rival"), foreign, "*")
        with acting_for(company):
            set_endpoint_state(endpoint_id=endpoint.id, state=EndpointState.PAUSED)
        deliver_all()
        foreign.received.clear()
        hire(company)
        deliver_all()
    assert [chosen.received, paused.received, foreign.received] == [[], [], []]


def test_telling_is_not_told_of(company: Company) -> None:
    with Receiver() as receiver:
        subscribe(company, receiver, "*")
        hire(company)
        deliver_all()
    types = [json.loads(message.body)["type"] for message in receiver.received]
    assert "gauzy.employees.employee_created" in types
    assert not [found for found in types if "webhook" in found]
    assert not [known.name for known in offered() if known.name.startswith("integrations.webhook_")]


def test_history_is_not_told(company: Company) -> None:
    with Receiver() as receiver, acting_for(company):
        subscribe(company, receiver, "employees.*")
        event = EmployeeUpdatedEvent(employee_id=company.tenant_id, organization_id=company.organization.id, changes=())
        with transaction.atomic():
            bus.publish(event, history=True)
        deliver_all()
    assert receiver.received == []


def test_while_secrets_rotate_both_verify(company: Company) -> None:
    with Receiver() as receiver:
        endpoint, old = subscribe(company, receiver)
        with acting_for(company):
            _, new = rotate_secret(endpoint_id=endpoint.id)
        hire(company)
        deliver_all()
        WebhookEndpoint.unscoped.update(previous_until=timezone.now() - timedelta(seconds=1))
        hire(company)
        deliver_all()
    during, after = receiver.received
    for secret in (old, new):
        Webhook(secret).verify(during.body, dict(during.headers))
    Webhook(new).verify(after.body, dict(after.headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(after.body, dict(after.headers))
    assert old not in stored(endpoint).sealed


def test_the_standards_own_vector() -> None:
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    headers = signed_headers([secret], message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp=1614265330, body=body)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_was_tampered_with_or_kept_is_not_genuine() -> None:
    secret, body = new_secret(), b"{}"
    headers = signed_headers([secret], message_id="m", timestamp=1000, body=body)
    assert is_genuine(secret, headers, body, now=1000)
    assert not is_genuine(secret, headers, b"{ }", now=1000)
    assert not is_genuine(secret, headers | {"webhook-id": "n"}, body, now=1000)
    assert not is_genuine(secret, headers, body, now=2000)
    assert not is_genuine(new_secret(), headers, body, now=1000)
    assert not is_genuine(secret, {}, body, now=1000)


# --- receivers that misbehave -----------------------------------------------------------------------------------------


def test_a_broken_one_is_tried_again_with_the_same_message_and_its_neighbour_is_not(company: Company) -> None:
    with Receiver(answer(500, b"oops"), answer(503), answer(200)) as broken, Receiver() as sound:
        subscribe(company, broken)
        subscribe(company, sound)
        hire(company)
        deliver_all(expect_failures=True)
        now = datetime.now(UTC)
        for hours in (1, 5):
            deliver_all(now=now + timedelta(hours=hours), expect_failures=True)
    first, second, third = broken.received
    assert first.body == second.body == third.body
    assert first.headers["webhook-id"] == third.headers["webhook-id"]
    assert len(sound.received) == 1
    at_broken = [attempt for attempt in attempts() if attempt.endpoint.url == broken.url]
    assert [attempt.status for attempt in at_broken] == [500, 503, 200]
    assert (at_broken[0].answer, at_broken[0].error) == ("oops", "The endpoint answered 500.")
    assert WebhookEndpoint.unscoped.filter(failures=0, failing_since=None).count() == 2


def test_one_that_never_recovers_is_given_up_after_about_a_day(company: Company) -> None:
    assert timedelta(hours=20) < timedelta(seconds=sum(LADDER)) < timedelta(hours=30)
    with Receiver(answer(500)) as receiver:
        subscribe(company, receiver)
        hire(company)
        now = datetime.now(UTC)
        for hours in range(0, 72, 8):
            deliver_all(now=now + timedelta(hours=hours), expect_failures=True)
        deliver_all(now=now + timedelta(days=4), expect_failures=True)
    assert len(receiver.received) == len(LADDER) + 1
    assert Delivery.objects.get(handler="integrations.deliver_webhook").dead_at


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (answer(302, Location="http://127.0.0.1/elsewhere"), "The endpoint answered 302."),
        (answer(404), "The endpoint answered 404."),
        (how.hang_up, "The connection failed: RemoteProtocolError."),
        (how.babble, "The connection failed: RemoteProtocolError."),
        (how.lie, "The connection failed: RemoteProtocolError."),
    ],
)
def test_redirects_and_lies_are_failures(company: Company, reply: Any, error: str) -> None:
    with Receiver(reply) as receiver:
        subscribe(company, receiver)
        hire(company)
        deliver_all(expect_failures=True)
    assert len(receiver.received) == 1
    [attempt] = attempts()
    assert (attempt.delivered, attempt.error) == (False, error)


@pytest.mark.parametrize("reply", [how.hang, how.drip])
def test_a_slow_one_is_cut_off(company: Company, settings: Settings, reply: Any) -> None:
    settings.WEBHOOK_TIMEOUT = 0.3
    with Receiver(reply) as receiver:
        subscribe(company, receiver)
        hire(company)
        deliver_all(expect_failures=True)
    [attempt] = attempts()
    assert attempt.error == "The endpoint did not answer within 0.3 s."


def test_an_answer_without_end_is_not_read(company: Company) -> None:
    with Receiver(how.flood) as receiver:
        subscribe(company, receiver)
        hire(company)
        deliver_all()
    [attempt] = attempts()
    assert (attempt.delivered, attempt.answer) == (True, "x" * 500)


def test_nobody_there_is_a_failure(company: Company) -> None:
    with Receiver() as receiver:
        subscribe(company, receiver)
    hire(company)
    deliver_all(expect_failures=True)
    assert attempts()[0].error == "The connection failed: ConnectError."


def test_one_that_asks_for_time_gets_it(company: Company) -> None:
    with Receiver(answer(429, Retry_After="7200"), answer(204)) as receiver:
        subscribe(company, receiver)
        hire(company)
        deliver_all(expect_failures=True)
        now = datetime.now(UTC)
        deliver_all(now=now + timedelta(minutes=90), expect_failures=True)
        assert len(receiver.received) == 1
        deliver_all(now=now + timedelta(minutes=150))
    assert len(receiver.received) == 2


def test_one_that_says_it_is_gone_is_disabled_at_once_with_notice(company: Company) -> None:
    new_member(company.owner, Role.ADMIN)
    with Receiver(answer(410)) as receiver:
        endpoint, _ = subscribe(company, receiver)
        hire(company)
        deliver_all(expect_failures=True)
        assert_published(WebhookEndpointDisabledEvent, webhook_endpoint_id=endpoint.id)
        hire(company)
        deliver_all()
    assert len(receiver.received) == 1
    assert stored(endpoint).state == EndpointState.DISABLED
    assert Notification.unscoped.filter(kind="integrations.webhook_endpoint_disabled").exists()


def test_one_that_failed_for_days_is_disabled_and_can_be_resumed(company: Company) -> None:
    with Receiver(answer(500)) as receiver:
        endpoint, _ = subscribe(company, receiver)
        WebhookEndpoint.unscoped.update(
            failures=DISABLED_AFTER_FAILURES - 1, failing_since=timezone.now() - DISABLED_AFTER
        )
        hire(company)
        deliver_all(expect_failures=True)
        assert stored(endpoint).state == EndpointState.DISABLED
        deliver_all(now=datetime.now(UTC) + timedelta(hours=1))
        skipped = Receipt.objects.exclude(target="").get(outcome=Outcome.SKIPPED)
        assert skipped.reason == "the endpoint is disabled"
    client = token_client(company.owner)
    assert client.get(f"{URL}/{endpoint.id}").json()["state_reason"].startswith("It failed 20 times in a row")
    assert client.post(f"{URL}/{endpoint.id}/resume").json()["failures"] == 0


# --- where it may go --------------------------------------------------------------------------------------------------

PRIVATE = [
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("224.0.0.1", "255.255.255.255", "198.18.0.1", "[::1]", "[::]", "[fe80::1]", "[fd00::1]", "[ff02::1]"),
    *("[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2001:db8::1]"),
]


@pytest.mark.parametrize("host", PRIVATE)
def test_private_addresses_are_refused_when_given_and_when_resolved(host: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(f"https://{host}/hook", allowed=[])
    with pytest.raises(NotDelivered, match="not on the public internet"):
        resolve(host.strip("[]"), 443, trusted=False)


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f.1", "127.1"])
def test_names_and_odd_spellings_of_loopback_are_refused_at_the_attempt(host: str) -> None:
    with pytest.raises(NotDelivered):
        post(f"https://{host}/hook", headers={}, body=b"", timeout=5, allowed=[])


def test_public_addresses_pass() -> None:
    for address in ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14"):
        assert resolve(address, 443, trusted=False)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://example.org/",
            "ftp://example.org/",
            "https://",
            "https:///x",
            "example.org",
            "https://a:b@example.org/",
        ),
        *("https://example.org/#x", "https://example.org:99999/", "https://exa mple.org/", "https://[::1", "", "\0"),
        "https://example.org/" + "x" * 500,
    ],
)
def test_addresses_that_can_never_be_right_are_refused(company: Company, url: str) -> None:
    answer = token_client(company.owner).post(URL, {"url": url, "events": ["*"]})
    assert answer.status_code == 400
    assert not WebhookEndpoint.unscoped.exists()


def test_an_allowed_host_is_allowed_with_its_port_only(settings: Settings) -> None:
    allowed = ["hooks.internal:8080"]
    assert check_url("http://hooks.internal:8080/x", allowed=allowed)
    with pytest.raises(AddressRefused):
        check_url("http://hooks.internal/x", allowed=allowed)


def test_a_host_that_lost_its_permission_is_not_connected_to(company: Company, settings: Settings) -> None:
    with Receiver() as receiver:
        subscribe(company, receiver)
        settings.WEBHOOK_ALLOWED_HOSTS = []
        hire(company)
        deliver_all(expect_failures=True)
    assert receiver.received == []
    assert attempts()[0].error == "The host's address is not on the public internet."


# --- the desk ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def client(company: Company) -> APIClient:
    return token_client(company.owner)


def test_the_secret_is_shown_once(client: APIClient) -> None:
    with Receiver() as receiver:
        made = client.post(URL, {"url": receiver.url, "events": ["*", "*"]})
    assert made.status_code == 201
    body = made.json()
    assert body["secret"].startswith("whsec_")
    assert body["events"] == ["*"]
    address = f"{URL}/{body['id']}"
    for text in (
        client.get(address).content,
        client.get(URL).content,
        client.patch(address, {"url": receiver.url}).content,
    ):
        assert body["secret"].encode() not in text
        assert b'"secret"' not in text
    rotated = client.post(f"{address}/rotate-secret").json()["secret"]
    assert rotated != body["secret"]
    assert not any(rotated in str(event.data) for event in StoredEvent.objects.all())


def test_a_ping_and_a_replay_are_sent_and_on_record(company: Company, client: APIClient) -> None:
    with Receiver() as receiver:
        endpoint, secret = subscribe(company, receiver)
        hire(company)
        deliver_all()
        event = StoredEvent.objects.get(name="employees.employee_created")
        assert client.post(f"{URL}/{endpoint.id}/ping").status_code == 202
        assert client.post(f"{URL}/{endpoint.id}/replay", {"event_id": str(event.id)}).status_code == 202
        deliver_all()
    original, *more = receiver.received
    types = {json.loads(message.body)["type"]: message for message in more}
    assert set(types) == {"gauzy.integrations.webhook_pinged", "gauzy.employees.employee_created"}
    replayed = types["gauzy.employees.employee_created"]
    assert (replayed.body, replayed.headers["webhook-id"]) == (original.body, original.headers["webhook-id"])
    Webhook(secret).verify(replayed.body, dict(replayed.headers))
    rows = client.get(f"{URL}/{endpoint.id}/attempts", {"event_id": str(event.id)}).json()["results"]
    assert [row["status"] for row in rows] == [204, 204]


def test_a_foreign_event_cannot_be_replayed_nor_a_foreign_endpoint_seen(company: Company, client: APIClient) -> None:
    rival = found_company("Rival")
    with Receiver() as receiver:
        mine, _ = subscribe(company, receiver)
        foreign, _ = subscribe(rival, receiver)
    hire(rival)
    event = StoredEvent.objects.get(name="employees.employee_created")
    assert client.post(f"{URL}/{mine.id}/replay", {"event_id": str(event.id)}).status_code == 404
    for verb in ("pause", "resume", "remove", "rotate-secret", "ping"):
        assert client.post(f"{URL}/{foreign.id}/{verb}").status_code == 404
    assert client.get(f"{URL}/{foreign.id}/attempts").status_code == 404
    assert [row["id"] for row in client.get(URL).json()["results"]] == [str(mine.id)]


def test_the_tester_says_what_patterns_choose(client: APIClient) -> None:
    every = client.get("/api/v1/webhook-event-types").json()["results"]
    assert len(every) == len(offered())
    chosen = client.post("/api/v1/webhook-event-types", {"events": ["employees.*", "nonsense"]}).json()["results"]
    assert {row["type"] for row in chosen} >= {"gauzy.employees.employee_created", "gauzy.employees.employee_ended"}
    assert all(row["name"].startswith("employees.") and row["description"] for row in chosen)


def test_a_pattern_that_chooses_nothing_is_refused(company: Company, client: APIClient) -> None:
    with Receiver() as receiver, acting_for(company), pytest.raises(UnknownEventType):
        create_endpoint(url=receiver.url, events=["employees.employee_crated"])
    assert client.post(URL, {"url": "https://example.org", "events": []}).status_code == 400


def test_only_owners_and_administrators_may(company: Company) -> None:
    for role in (Role.MANAGER, Role.EMPLOYEE, Role.VIEWER):
        member = token_client(new_member(company.owner, role))
        assert member.get(URL).status_code == 403
        assert member.post(URL, {"url": "https://example.org", "events": ["*"]}).status_code == 403


def test_listening_shows_what_arrives_and_whether_it_is_genuine() -> None:
    secret, out, ready = new_secret(), io.StringIO(), threading.Event()

    class Tee(io.StringIO):
        def flush(self) -> None:
            ready.set()

    shown = Tee()
    arguments = ("webhooks", "listen", "--port=0", f"--secret={secret}", "--count=2")
    listening = threading.Thread(target=call_command, args=arguments, kwargs={"stdout": shown, "stderr": out})
    listening.start()
    assert ready.wait(10)
    url = shown.getvalue().split()[2]
    timestamp = int(datetime.now(UTC).timestamp())
    headers = signed_headers([secret], message_id="m1", timestamp=timestamp, body=b'{"a": 1}')
    assert post(url, headers=headers, body=b'{"a": 1}', timeout=5, allowed=["127.0.0.1"]).status == 204
    assert post(url, headers=headers, body=b'{"a": 2}', timeout=5, allowed=["127.0.0.1"]).status == 401
    listening.join(10)
    assert "m1: genuine" in shown.getvalue()
    assert "m1: NOT GENUINE" in shown.getvalue()
