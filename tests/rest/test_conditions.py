import pytest
from rest_framework.test import APIClient

from employees.models import Employee
from gauzy.eventbus.testing import recorded_events
from tests.factories.people import Company, found_company, hire
from tests.factories.platform import token_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return found_company()


@pytest.fixture
def client(company: Company) -> APIClient:
    return token_client(company.owner)


@pytest.fixture
def url(company: Company) -> str:
    return f"/api/v1/employees/{hire(company).id}"


def test_a_change_of_what_was_seen_is_made_and_answers_the_new_tag(client: APIClient, url: str) -> None:
    seen = client.get(url)["ETag"]
    answer = client.patch(url, {"job_title": "Analyst"}, headers={"If-Match": seen})
    assert answer.status_code == 200
    assert answer["ETag"] == client.get(url)["ETag"] != seen


def test_a_change_of_what_has_changed_since_is_412_and_changes_nothing(client: APIClient, url: str) -> None:
    seen = client.get(url)["ETag"]
    client.patch(url, {"job_title": "Analyst"})
    with recorded_events() as events:
        for method, path, body in (("patch", url, {"job_title": "Baker"}), ("post", f"{url}/end", {})):
            answer = getattr(client, method)(path, body, headers={"If-Match": seen})
            assert (answer.status_code, answer.json()["code"]) == (412, "precondition_failed")
    assert not events
    assert Employee.unscoped.get().job_title == "Analyst"


def test_any_of_several_tags_and_the_star_will_do(client: APIClient, url: str) -> None:
    for header in ("*", f'"other", {client.get(url)["ETag"]}', f"W/{client.get(url)['ETag']}"):
        assert client.patch(url, {"job_title": ""}, headers={"If-Match": header}).status_code == 200


def test_a_foreign_resource_is_not_found_whatever_the_tag(url: str) -> None:
    stranger = token_client(found_company("Other").owner)
    assert stranger.patch(url, {"job_title": "x"}, headers={"If-Match": '"x"'}).status_code == 404


def test_a_reader_who_has_it_already_gets_304(client: APIClient, url: str) -> None:
    seen = client.get(url)["ETag"]
    answer = client.get(url, headers={"If-None-Match": seen})
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", seen)
    assert client.get(url, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_condition_that_an_operation_does_not_know_is_refused(client: APIClient) -> None:
    answer = client.post("/api/v1/employees/bulk", {"items": []}, headers={"If-Match": "*"})
    assert (answer.status_code, answer.json()["code"]) == (400, "condition_not_supported")


def test_organizations_have_tags_too(client: APIClient, company: Company) -> None:
    url = f"/api/v1/organizations/{company.organization.id}"
    seen = client.get(url)["ETag"]
    assert client.patch(url, {"currency": "CHF"}, headers={"If-Match": seen}).status_code == 200
    assert client.patch(url, {"currency": "EUR"}, headers={"If-Match": seen}).status_code == 412


def test_a_condition_on_what_is_yet_to_be_created_is_refused(client: APIClient) -> None:
    answer = client.post("/api/v1/employees", {}, headers={"If-Match": '"x"'})
    assert (answer.status_code, answer.json()["code"]) == (400, "condition_not_supported")
