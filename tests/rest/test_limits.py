import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.factories.people import Company, found_company, hire
from tests.factories.platform import new_owner, token_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return found_company()


def test_every_answer_says_what_is_left_of_the_limit(settings: Settings) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"api": "2/hour"}
    owner = new_owner()
    client = token_client(owner)
    assert [client.get("/api/v1/me")["RateLimit-Remaining"] for _ in range(2)] == ["1", "0"]
    answer = token_client(owner).get("/api/v1/me")  # another token is no way around
    assert (answer.status_code, answer["RateLimit-Limit"], answer["RateLimit-Remaining"]) == (429, "2", "0")
    assert 0 < int(answer["RateLimit-Reset"]) <= 3600
    assert answer["Retry-After"] == answer["RateLimit-Reset"]
    assert token_client(new_owner()).get("/api/v1/me").status_code == 200


def test_without_a_limit_nothing_is_counted(settings: Settings) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"api": ""}
    assert "RateLimit-Limit" not in token_client(new_owner()).get("/api/v1/me")


@pytest.mark.parametrize(
    ("ordering", "expected"),
    [
        ("last_name", ["Adams", "Baker", "Clark"]),
        ("-last_name", ["Clark", "Baker", "Adams"]),
        ("created_at", ["Baker", "Clark", "Adams"]),
    ],
)
def test_a_list_is_ordered_as_the_query_asks_page_by_page(company: Company, ordering: str, expected: list[str]) -> None:
    for name in ("Baker", "Clark", "Adams"):
        hire(company, last_name=name)
    client, url, seen = token_client(company.owner), f"/api/v1/employees?limit=1&ordering={ordering}", []
    while url:
        page = client.get(url).json()
        seen += [row["last_name"] for row in page["results"]]
        url = page["next"]
    assert seen == expected


@pytest.mark.parametrize("ordering", ["", "-", "user_id", "--last_name", "last_name,first_name", "tenant"])
def test_an_unknown_ordering_is_refused(company: Company, ordering: str) -> None:
    answer = token_client(company.owner).get(f"/api/v1/employees?ordering={ordering}")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["ordering"])


def test_a_list_without_a_choice_refuses_the_parameter(company: Company) -> None:
    answer = token_client(company.owner).get("/api/v1/events?ordering=id")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["ordering"])


def test_methods_and_formats_that_are_not_offered_are_problems() -> None:
    client = token_client(new_owner())
    unoffered = {
        405: client.put("/api/v1/employees", {}),
        406: client.get("/api/v1/employees", headers={"Accept": "text/html"}),
        415: client.post("/api/v1/employees", "x", content_type="text/plain"),
    }
    for status, answer in unoffered.items():
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert unoffered[405]["Allow"] == "GET, HEAD, POST"
    assert APIClient().options("/api/v1/me").status_code in {401, 405}
