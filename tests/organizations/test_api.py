from uuid import uuid4

import pytest

from gauzy.eventbus.testing import recorded_events
from gauzy.organizations.models import Organization
from gauzy.tenancy.choices import Role
from gauzy.tenancy.roles import ADMINS
from tests.factories.platform import new_member, new_organization, new_owner, organization_of, token_client

pytestmark = pytest.mark.django_db
URL = "/api/v1/organizations"


def test_an_organization_is_created_read_changed_and_listed() -> None:
    client = token_client(new_owner(organization_name="Zeta"))
    made = client.post(URL, {"name": "Alpha", "time_zone": "Asia/Tokyo", "currency": "JPY", "week_starts_on": 7})
    assert made.status_code == 201
    organization = made.json()
    assert organization["currency"] == "JPY"
    path = f"{URL}/{organization['id']}"
    assert client.get(path).json() == organization
    changed = client.patch(path, {"name": "Beta"})
    assert (changed.status_code, changed.json()) == (200, organization | {"name": "Beta"})
    assert [row["name"] for row in client.get(URL).json()["results"]] == ["Beta", "Zeta"]


@pytest.mark.parametrize("role", Role)
def test_administrators_write_and_every_member_reads(role: Role) -> None:
    owner = new_owner()
    path = f"{URL}/{organization_of(owner).id}"
    client = token_client(new_member(owner, role) if role != Role.OWNER else owner)
    reads = [client.get(URL), client.get(path), client.get(f"{path}/settings")]
    assert [answer.status_code for answer in reads] == [200] * 3
    writes = [
        client.post(URL, {"name": "Second"}),
        client.patch(path, {"name": "Changed"}),
        client.patch(f"{path}/settings", {"manual_time": False}),
    ]
    assert [answer.status_code for answer in writes] == ([201, 200, 200] if role in ADMINS else [403] * 3)


def test_an_organization_of_another_tenant_is_answered_like_an_unknown_one() -> None:
    foreign = organization_of(new_owner())
    client = token_client(new_owner())
    for suffix in ("", "/settings"):
        for method, body in (
            (client.get, None),
            (client.patch, {"name": "Mine"} if not suffix else {"manual_time": False}),
        ):
            answers = [method(f"{URL}/{id}{suffix}", body) for id in (foreign.id, uuid4())]
            first, second = (answer.json() | {"request_id": None} for answer in answers)
            assert first == second
            assert [answer.status_code for answer in answers] == [404, 404]
    assert Organization.unscoped.get(pk=foreign.pk).name == "Acme"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "x", "tenant_id": str(uuid4())}, "tenant_id"),
        ({"name": "x", "created_at": "2020-01-01T00:00:00Z"}, "created_at"),
        ({"name": "x", "id": str(uuid4())}, "id"),
        ({"time_zone": "UTC"}, "name"),
        ({"name": ["x"]}, "name"),
        ({"name": "x", "invite_expiry_days": 10**30}, None),
        ({"name": "x", "invite_expiry_days": 2**40}, "invite_expiry_days"),
        ({"name": "x", "week_starts_on": "noday"}, "week_starts_on"),
    ],
)
def test_bad_bodies_are_refused_by_field_and_leave_nothing(body: dict[str, object], field: str | None) -> None:
    client = token_client(new_owner())
    with recorded_events() as events:
        answer = client.post(URL, body)
    assert answer.status_code == 400
    assert list(answer.json().get("errors", [])) == ([field] if field else [])
    assert Organization.unscoped.count() == 1
    assert not events


def test_a_name_that_is_taken_is_a_conflict() -> None:
    answer = token_client(new_owner(organization_name="Acme")).post(URL, {"name": "Acme"})
    assert (answer.status_code, answer.json()["code"]) == (409, "organization_name_taken")
    assert list(answer.json()["errors"]) == ["name"]


def test_policies_are_read_and_changed_in_part() -> None:
    owner = new_owner()
    client, path = token_client(owner), f"{URL}/{organization_of(owner).id}/settings"
    before = client.get(path).json()
    assert client.patch(path, {"overlaps": "allow"}).json() == before | {"overlaps": "allow"}
    assert client.patch(path, {"overlaps": "sometimes"}).json()["errors"] == {
        "overlaps": ['"sometimes" is not a valid choice.']
    }
    assert client.get(path).json() == before | {"overlaps": "allow"}


def test_nobody_deletes_an_organization() -> None:
    owner = new_owner()
    new_organization(owner)
    answer = token_client(owner).delete(f"{URL}/{organization_of(owner).id}")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
