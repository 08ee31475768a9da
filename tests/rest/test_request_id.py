import logging
from uuid import UUID, uuid4

import pytest
from django.test import Client
from rest_framework.test import APIClient

from gauzy import context
from gauzy.context import Actor, ActorKind
from gauzy.eventbus.models import StoredEvent
from gauzy.rest.logs import ContextFilter
from tests.factories.platform import new_owner, token_client


def test_every_answer_has_a_request_id(client: Client) -> None:
    first, second = (UUID(client.get("/health/live")["X-Request-ID"]) for _ in range(2))
    assert first != second


def test_a_clients_uuid_comes_back(client: Client) -> None:
    given = str(uuid4())
    assert client.get("/health/live", headers={"X-Request-ID": given})["X-Request-ID"] == given


def test_another_token_becomes_always_the_same_uuid(client: Client) -> None:
    answers = {
        client.get("/health/live", headers={"X-Request-ID": "build-17/step_2"})["X-Request-ID"] for _ in range(2)
    }
    assert len(answers) == 1
    UUID(answers.pop())


def test_without_one_a_request_has_the_id_of_its_callers_trace(client: Client) -> None:
    trace_id = uuid4()
    headers = {"traceparent": f"00-{trace_id.hex}-00f067aa0ba902b7-00"}
    assert client.get("/health/live", headers=headers)["X-Request-ID"] == str(trace_id)
    given = str(uuid4())
    assert client.get("/health/live", headers=headers | {"X-Request-ID": given})["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "00-0-0-0", f"00-{'0' * 32}-00f067aa0ba902b7-01", "x" * 55])
def test_a_trace_without_a_valid_id_is_none(client: Client, given: str) -> None:
    first, second = (client.get("/health/live", headers={"traceparent": given})["X-Request-ID"] for _ in range(2))
    assert first != second


@pytest.mark.parametrize("given", ["", "x" * 129, "a b", "a\tb", "<script>", "ü"])
def test_anything_else_is_replaced(client: Client, given: str) -> None:
    first, second = (client.get("/health/live", headers={"X-Request-ID": given})["X-Request-ID"] for _ in range(2))
    assert first != second
    UUID(first)


@pytest.mark.django_db
def test_the_request_id_is_in_problems_and_in_events() -> None:
    given = str(uuid4())
    client = token_client(new_owner())
    answer = client.post("/api/v1/organizations", {"name": ""}, headers={"X-Request-ID": given})
    assert answer.json()["request_id"] == answer["X-Request-ID"] == given
    client.post("/api/v1/organizations", {"name": "Second"}, headers={"X-Request-ID": given})
    assert StoredEvent.objects.get(correlation_id=given).name == "organizations.organization_created"


@pytest.mark.django_db
def test_a_request_of_nobody_has_a_correlation_and_no_tenant() -> None:
    given = str(uuid4())
    body = {
        "email": "olga@example.org",
        "password": "correct horse battery staple",
        "first_name": "Olga",
        "last_name": "Owner",
        "organization_name": "Acme",
    }
    for _ in range(2):
        APIClient().post("/api/v1/auth/register", body, headers={"X-Request-ID": given})
    repeated = StoredEvent.objects.get(correlation_id=given, name="users.registration_repeated")
    assert (repeated.tenant_id, repeated.actor_kind, repeated.actor_label) == (None, "system", "anonymous")


def test_log_lines_carry_the_correlation_of_the_work_in_hand() -> None:
    record = logging.LogRecord("test", logging.INFO, "", 0, "", (), None)
    ContextFilter().filter(record)
    assert vars(record)["correlation_id"] == "-"
    with context.acting(tenant_id=None, actor=Actor(ActorKind.SYSTEM, "test")) as acting:
        ContextFilter().filter(record)
    assert vars(record)["correlation_id"] == acting.correlation_id
