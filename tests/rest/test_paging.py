import base64
import json
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from gauzy.organizations.models import Organization
from gauzy.organizations.services import create_organization, update_organization
from gauzy.tenancy.membership import acting_as
from gauzy.tenancy.models import Membership
from tests.factories.platform import new_organization, new_owner, token_client

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.rest.sample")]
NAMES = ["b", "a", "d", "c", "f", "e", "g"]


@pytest.fixture
def owner() -> Membership:
    """A tenant with seven organizations, five of whose weeks start on the same day."""
    owner = new_owner(organization_name=NAMES[0])
    new_owner(organization_name="someone else's")
    with acting_as(owner):
        for number, name in enumerate(NAMES[1:]):
            create_organization(name=name, week_starts_on=7 if number > 4 else 1)
    return owner


@pytest.fixture
def client(owner: Membership) -> APIClient:
    return token_client(owner)


def follow(client: APIClient, url: str | None, link: str = "next") -> list[list[str]]:
    pages = []
    while url:
        answer = client.get(url).json()
        pages.append([row["name"] for row in answer["results"]])
        url = answer[link]
    return pages


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/rows", list(reversed(NAMES))),
        ("/api/rows-by-name", sorted(NAMES)),
        ("/api/rows-by-time", NAMES),
        ("/api/rows-by-week", ["g", "e", "f", "c", "d", "a", "b"]),
        ("/api/rows-by-tenant", NAMES),
    ],
)
@pytest.mark.parametrize("limit", [1, 2, 3, 7, 200])
def test_every_row_is_seen_once_in_order_there_and_back(
    client: APIClient, path: str, expected: list[str], limit: int, ids_in_order: None
) -> None:
    pages = follow(client, f"{path}?limit={limit}")
    assert [name for page in pages for name in page] == expected
    assert all(len(page) == limit for page in pages[:-1])
    last: dict[str, Any] = client.get(f"{path}?limit={limit}").json()
    while last["next"]:
        last = client.get(last["next"]).json()
    back = [[row["name"] for row in last["results"]], *follow(client, last["previous"], "previous")]
    assert [name for page in reversed(back) for name in page] == expected


@pytest.fixture
def ids_in_order(owner: Membership) -> None:
    """Ids of one millisecond have no order: give the rows some that have."""
    found = {row.name: row for row in Organization.unscoped.filter(tenant_id=owner.tenant_id)}
    ids = sorted(row.pk for row in found.values())
    taken = {name: Organization.unscoped.filter(pk=found[name].pk).values().get() for name in NAMES}
    Organization.unscoped.filter(pk__in=ids).delete()
    for name, new_id in zip(NAMES, ids, strict=True):
        Organization.unscoped.create(**(taken[name] | {"id": new_id}))
        Organization.unscoped.filter(pk=new_id).update(created_at=taken[name]["created_at"])


def test_the_first_page_has_no_previous_and_the_last_no_next(client: APIClient) -> None:
    first = client.get("/api/rows?limit=4").json()
    assert (first["previous"], bool(first["next"])) == (None, True)
    last = client.get(first["next"]).json()
    assert (bool(last["previous"]), last["next"]) == (True, None)


def test_going_back_from_the_second_page_ends_at_the_first(client: APIClient) -> None:
    first = client.get("/api/rows-by-name?limit=3").json()
    again = client.get(client.get(first["next"]).json()["previous"]).json()
    assert (again["results"], again["previous"]) == (first["results"], None)


def test_rows_that_come_and_go_shift_nothing(client: APIClient, owner: Membership) -> None:
    first = client.get("/api/rows-by-name?limit=3").json()
    new_organization(owner, "aa")
    with acting_as(owner):
        seen = Organization.objects.get(name="b")
        update_organization(organization_id=seen.id, values={"name": "zz"})
    assert [row["name"] for row in client.get(first["next"]).json()["results"]] == ["d", "e", "f"]


def test_links_keep_the_limit(client: APIClient) -> None:
    assert "limit=2" in client.get("/api/rows?limit=2").json()["next"]


def test_an_empty_list_is_a_page() -> None:
    owner = new_owner()
    Organization.unscoped.filter(tenant_id=owner.tenant_id).delete()
    assert token_client(owner).get("/api/rows").json() == {"results": [], "next": None, "previous": None}


@pytest.mark.parametrize("limit", ["0", "-1", "201", "many", "1.5", "", "٣", "1" * 50])
def test_a_limit_out_of_range_is_refused(client: APIClient, limit: str) -> None:
    answer = client.get("/api/rows", {"limit": limit})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["limit"])


def cursor(*content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "é",
        cursor(),
        cursor("-id", 0),
        cursor("-id", 0, "not a uuid"),
        cursor("-id", 0, None),
        cursor("-id", 0, {}),
        cursor("id", 0, "00000000-0000-4000-8000-000000000000"),
        cursor("name", 0, "a", "00000000-0000-4000-8000-000000000000"),
        base64.urlsafe_b64encode(b"1").decode(),
        base64.urlsafe_b64encode(b"\xff").decode(),
        base64.urlsafe_b64encode(b"[" * 100_000).decode(),
    ],
)
def test_a_cursor_that_is_not_of_this_list_is_refused(client: APIClient, text: str) -> None:
    answer = client.get("/api/rows", {"cursor": text})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


def test_a_cursor_with_a_character_that_cannot_be_stored_is_refused(client: APIClient) -> None:
    text = cursor("name", 0, "a\0b", "00000000-0000-4000-8000-000000000000")
    assert client.get("/api/rows-by-name", {"cursor": text}).status_code == 400


def test_another_parameter_is_refused(client: APIClient) -> None:
    assert client.get("/api/rows?page=2").json()["errors"] == {"page": ["Unknown parameter."]}


def test_a_page_is_one_query(client: APIClient, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    following = client.get("/api/rows-by-name?limit=2").json()["next"]
    with django_assert_num_queries(2):  # who asks, and the page
        client.get(following)
