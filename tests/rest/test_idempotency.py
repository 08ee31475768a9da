from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from employees.models import Employee
from gauzy.rest.models import KeptAnswer
from gauzy.tenancy.choices import Role
from tests.access.routes import Route, routes
from tests.factories.people import Company, found_company, hire
from tests.factories.platform import new_member, token_client

pytestmark = pytest.mark.django_db
URL = "/api/v1/employees"


@pytest.fixture
def company() -> Company:
    return found_company()


def person(company: Company, **values: Any) -> dict[str, Any]:
    known = {"email": "ada@example.org", "first_name": "Ada", "last_name": "Lovelace"}
    return {"organization_id": str(company.organization.id)} | known | values


def post(client: APIClient, body: Any, key: str = "k-1", url: str = URL) -> Any:
    return client.post(url, body, headers={"Idempotency-Key": key})


def test_a_post_that_is_sent_again_answers_the_same_and_does_nothing(company: Company) -> None:
    client = token_client(company.owner)
    first, second = post(client, person(company)), post(client, person(company))
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert first["ETag"] == second["ETag"]
    assert (first.get("Idempotency-Replayed"), second.get("Idempotency-Replayed")) == (None, "true")
    assert Employee.unscoped.count() == 1


def test_the_same_key_with_another_request_is_422(company: Company) -> None:
    client = token_client(company.owner)
    post(client, person(company))
    answer = post(client, person(company, first_name="Adele"))
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_the_order_of_names_in_the_body_does_not_matter(company: Company) -> None:
    client = token_client(company.owner)
    post(client, person(company))
    assert post(client, dict(reversed(person(company).items()))).status_code == 201


def test_a_key_belongs_to_one_person_one_tenant_and_one_route(company: Company) -> None:
    colleague = token_client(new_member(company.owner, Role.ADMIN))
    elsewhere = found_company("Other")
    stranger = token_client(elsewhere.owner)
    assert post(token_client(company.owner), person(company)).status_code == 201
    assert post(colleague, person(company)).status_code == 409  # carried out, and refused
    assert post(stranger, person(elsewhere)).status_code == 201
    assert post(token_client(company.owner), {"name": "Second"}, url="/api/v1/organizations").status_code == 201
    again = post(token_client(company.owner), person(company))  # another token of the same person
    assert again["Idempotency-Replayed"] == "true"


def test_a_key_of_a_person_is_another_one_in_each_of_their_tenants(company: Company) -> None:
    elsewhere = found_company("Other")
    there = new_member(elsewhere.owner, Role.ADMIN, user=company.owner.user)
    assert post(token_client(company.owner), {"name": "Second"}, url="/api/v1/organizations").status_code == 201
    again = post(token_client(there), {"name": "Second"}, url="/api/v1/organizations")
    assert (again.status_code, again.get("Idempotency-Replayed")) == (201, None)


def test_the_same_route_with_another_path_is_another_request(company: Company) -> None:
    client, one, two = token_client(company.owner), hire(company), hire(company)
    assert post(client, {}, url=f"{URL}/{one.id}/end").status_code == 200
    assert post(client, {}, url=f"{URL}/{two.id}/end").status_code == 422


def test_a_refusal_keeps_nothing_so_the_key_may_try_again(company: Company) -> None:
    client = token_client(company.owner)
    assert post(client, person(company, email="nonsense")).status_code == 400
    assert post(client, person(company)).status_code == 201


@pytest.mark.parametrize("key", ["", " ", "a b", "ä", "x" * 256])
def test_a_key_that_is_none_is_refused(company: Company, key: str) -> None:
    answer = post(token_client(company.owner), person(company), key)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_idempotency_key")


def test_an_answer_that_holds_a_secret_is_never_kept() -> None:
    answer = post(APIClient(), {"email": "ada@example.org", "password": "x"}, url="/api/v1/auth/tokens")
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_not_supported")
    assert not KeptAnswer.objects.exists()


TOLD = {"secret", "secrets", "password", "new_password", "token"}
SHOWN = {"secret", "token"}  # `secrets` shows their names alone


def test_nothing_with_a_secret_in_it_is_made_repeatable() -> None:
    """A kept answer, and what tells one body from another, lie in the database."""
    open_to_keys = [
        str(route)
        for route in routes()
        if route.method == "post" and not route.is_public and route.operation not in route.view.secretive
        if _is_told_a_secret(_fields(route.view.inputs, route)) or SHOWN & _fields(route.view.outputs, route)
    ]
    assert open_to_keys == []


def _is_told_a_secret(fields: set[str]) -> bool:
    return bool(TOLD & fields) or {"code", "state"} <= fields  # what OAuth gives


def _fields(table: Any, route: Route) -> set[str]:
    serializer = table.get(route.operation)
    return set(serializer().fields) if serializer else set()


def test_keys_are_forgotten_after_a_day(company: Company) -> None:
    client = token_client(company.owner)
    post(client, {"name": "Second"}, url="/api/v1/organizations")
    post(client, person(company), "k-2")
    KeptAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert post(client, person(company, email="eve@example.org"), "k-2").status_code == 201
    assert KeptAnswer.objects.count() == 1


def test_a_key_costs_a_fixed_number_of_queries(
    company: Company, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = token_client(company.owner)
    client.get("/api/v1/me")
    post(client, person(company))
    with django_assert_max_num_queries(5):
        post(client, person(company))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_request_whose_key_is_in_flight_is_409(company: Company) -> None:
    client = token_client(company.owner)
    post(client, person(company))
    scope = KeptAnswer.objects.get().scope
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [int(scope[:15], 16)])
        answer = post(client, person(company))
    other.close()
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_in_flight")
