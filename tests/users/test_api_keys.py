"""API keys: what they open, in whose name, and what ends them. Every route with every kind of key: tests/access."""

import json
from collections.abc import Sequence
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from rest_framework.test import APIClient

from activitylog.models import ActivityLog
from gauzy.eventbus.models import StoredEvent
from gauzy.eventbus.testing import deliver_all, recorded_events
from gauzy.exceptions import DomainError, Invalid
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import acting_as
from gauzy.tenancy.models import Membership
from gauzy.tenancy.services import add_member, change_role
from gauzy.users.events import ApiKeyCreatedEvent, ApiKeyRevokedEvent
from gauzy.users.exceptions import KeyTooStrong, NoMembership
from gauzy.users.models import ApiKey
from gauzy.users.networks import is_within
from gauzy.users.services import IssuedKey, create_api_key, end_member, revoke_api_key
from tests.factories.desk import desk_of
from tests.factories.people import Company, found_company, hire_as
from tests.factories.platform import new_member, token_client

pytestmark = pytest.mark.django_db
URL = "/api/v1/api-keys"
ONCE = {"Idempotency-Key": "once"}
READ, WRITE = "employees:read", "employees:write"


@pytest.fixture
def acme(db: None) -> Company:
    return found_company()


def key_of(member: Membership, *scopes: str, **how: Any) -> IssuedKey:
    with acting_as(member):
        return create_api_key(name="payroll", scopes=scopes or (READ,), **how)


def client_of(issued: IssuedKey) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {issued.secret}")
    return client


def outcome(client: APIClient, path: str = "/api/v1/employees") -> Any:
    answer = client.get(path)
    return answer.json().get("code", answer.status_code)


def test_a_key_is_announced_without_its_secret_and_kept_as_a_digest(acme: Company) -> None:
    with recorded_events() as events:
        issued = key_of(acme.owner, WRITE, READ)
        for _ in range(2):
            with acting_as(acme.owner):
                revoke_api_key(api_key_id=issued.key.pk)
    key = issued.key
    assert events == [
        ApiKeyCreatedEvent(
            tenant_id=acme.tenant_id,
            api_key_id=key.pk,
            membership_id=acme.owner.pk,
            prefix=issued.secret[:12],
            role=Role.OWNER,
            scopes=(READ, WRITE),
            expires_at=key.expires_at,
        ),
        ApiKeyRevokedEvent(
            tenant_id=acme.tenant_id, api_key_id=key.pk, membership_id=acme.owner.pk, prefix=issued.secret[:12]
        ),
    ]
    assert issued.secret not in json.dumps(list(StoredEvent.objects.values_list("data", flat=True)))
    assert issued.secret not in list(ApiKey.unscoped.values_list("digest", "prefix").get())


def test_what_a_key_does_names_the_key_and_the_person(acme: Company) -> None:
    issued = key_of(acme.owner, WRITE)
    person = {"email": "alan@example.org", "first_name": "Alan", "last_name": "Turing"}
    answer = client_of(issued).post("/api/v1/employees", {"organization_id": acme.organization.pk, **person})
    assert answer.status_code == 201, answer.content
    deliver_all(expect_failures=True)
    stored = StoredEvent.objects.get(name="employees.employee_created")
    logged = ActivityLog.objects.get(event="employees.employee_created")
    for row in (stored, logged):
        assert (row.actor_kind, row.actor_id, row.on_behalf_of_id) == ("api_key", issued.key.pk, acme.owner.user_id)
        assert row.actor_label == "Olga Owner with key payroll"


def test_the_log_finds_what_keys_did_in_somebodys_name(acme: Company) -> None:
    _, manager = hire_as(acme, Role.MANAGER)
    key_of(manager)
    client_of(key_of(manager, "notifications:write")).post("/api/v1/notifications/read-all", {})
    deliver_all(expect_failures=True)
    found = token_client(manager).get("/api/v1/activity-log", {"event": "users.api_key_created"}).json()["results"]
    assert {row["actor_id"] for row in found} == {str(manager.user_id)}
    asked = {"on_behalf_of_id": str(acme.owner.user_id)}
    assert token_client(manager).get("/api/v1/activity-log", asked).json()["results"] == []


@pytest.mark.parametrize(
    ("how", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["employees:admin"]}, "scopes"),
        ({"scopes": ["me:read"]}, "scopes"),
        ({"scopes": [READ], "name": "  "}, "name"),
        ({"scopes": [READ], "networks": ["203.0.113.7/24"]}, "networks"),
        ({"scopes": [READ], "networks": ["anywhere"]}, "networks"),
        ({"scopes": [READ], "networks": ["203.0.113.7"] * 51}, "networks"),
        ({"scopes": [READ], "expires_at": timedelta(0)}, "expires_at"),
        ({"scopes": [READ], "expires_at": timedelta(days=367)}, "expires_at"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_name(how: dict[str, Any], field: str, acme: Company) -> None:
    if "expires_at" in how:
        how = how | {"expires_at": timezone.now() + how["expires_at"]}
    with acting_as(acme.owner), pytest.raises(Invalid) as refused:
        create_api_key(**{"name": "payroll", **how})
    assert list(refused.value.fields) == [field]
    assert not ApiKey.unscoped.exists()


@pytest.mark.parametrize(
    ("own", "asked", "made"),
    [
        (Role.OWNER, None, Role.OWNER),
        (Role.ADMIN, Role.ADMIN, Role.ADMIN),
        (Role.ADMIN, Role.OWNER, None),
        (Role.MANAGER, Role.VIEWER, Role.VIEWER),
        (Role.MANAGER, Role.ADMIN, None),
    ],
)
def test_a_key_is_no_stronger_than_who_makes_it(own: Role, asked: Role, made: Role | None, acme: Company) -> None:
    answer = token_client(new_member(acme.owner, own)).post(
        URL, {"name": "payroll", "scopes": [READ]} | ({"role": asked} if asked else {})
    )
    if made:
        assert (answer.status_code, answer.json()["api_key"]["role"]) == (201, made)
    else:
        assert (answer.status_code, answer.json()["code"]) == (403, KeyTooStrong.code)


def test_a_key_gets_weaker_with_its_member_and_not_stronger(acme: Company) -> None:
    member = new_member(acme.owner, Role.ADMIN)
    strong, weak = key_of(member, "members:read"), key_of(member, "members:read", role=Role.VIEWER)
    assert [outcome(client_of(one), "/api/v1/members") for one in (strong, weak)] == [200, "forbidden"]
    with acting_as(acme.owner):
        change_role(membership_id=member.pk, role=Role.MANAGER)
    assert outcome(client_of(strong), "/api/v1/members") == "forbidden"


def test_a_key_ends_with_the_membership_and_does_not_come_back_with_it(acme: Company) -> None:
    member = new_member(acme.owner, Role.ADMIN)
    client = client_of(key_of(member))
    assert outcome(client) == 200
    with acting_as(acme.owner):
        end_member(membership_id=member.pk)
        assert outcome(client) == "invalid_token"
        add_member(tenant_id=acme.tenant_id, user_id=member.user_id, role=Role.ADMIN)
    assert outcome(client) == "invalid_token"


def test_a_key_ends_with_its_user(acme: Company) -> None:
    client = client_of(key_of(acme.owner))
    acme.owner.user.is_active = False
    acme.owner.user.save()
    assert outcome(client) == "invalid_token"


def test_who_is_no_member_any_more_makes_no_key(acme: Company) -> None:
    member = new_member(acme.owner, Role.MANAGER)
    with acting_as(acme.owner):
        end_member(membership_id=member.pk)
    with pytest.raises(NoMembership):
        key_of(member)


def test_a_key_works_from_its_networks_alone(acme: Company) -> None:
    client = client_of(key_of(acme.owner, networks=["198.51.100.0/24", "2001:db8::/32"]))
    allowed = {address: client.get("/api/v1/employees", REMOTE_ADDR=address).status_code for address in ADDRESSES}
    assert allowed == ADDRESSES


ADDRESSES = {
    "198.51.100.9": 200,
    "::ffff:198.51.100.9": 200,
    "2001:db8::1": 200,
    "198.51.101.9": 401,
    "2001:db9::1": 401,
    "": 401,
}


def test_what_is_no_address_is_in_no_network() -> None:
    assert is_within("unix:", [])
    assert not is_within("unix:", ["0.0.0.0/0", "::/0"])


def test_the_last_use_is_written_down(acme: Company) -> None:
    issued = key_of(acme.owner)
    client_of(issued).get("/api/v1/employees")
    [shown] = token_client(acme.owner).get(URL).json()["results"]
    assert shown["last_used_at"]
    assert (shown["state"], shown["prefix"]) == ("active", issued.secret[:12])


def test_managers_see_and_revoke_their_own_keys_and_admins_those_of_weaker_ones(acme: Company) -> None:
    admin, manager = (new_member(acme.owner, role) for role in (Role.ADMIN, Role.MANAGER))
    keys = {role: key_of(member).key for role, member in zip("oam", (acme.owner, admin, manager), strict=True)}

    def revoked_by(member: Membership) -> dict[str, int]:
        client = token_client(member)
        return {who: client.post(f"{URL}/{key.pk}/revoke", {}).status_code for who, key in keys.items()}

    assert [row["id"] for row in token_client(manager).get(URL).json()["results"]] == [str(keys["m"].pk)]
    assert len(token_client(admin).get(URL).json()["results"]) == 3
    assert revoked_by(manager) == {"o": 404, "a": 404, "m": 200}
    assert revoked_by(admin) == {"o": 403, "a": 200, "m": 200}
    assert revoked_by(acme.owner) == {"o": 200, "a": 200, "m": 200}


def test_a_secret_is_shown_once_on_the_desk(acme: Company) -> None:
    desk = desk_of(acme.owner)
    form = {"name": "payroll", "role": "viewer", "scopes": [READ, WRITE], "networks": "198.51.100.0/24 ::1"}
    end = {"expires_at_0": (timezone.now() + timedelta(days=9)).date().isoformat(), "expires_at_1": "12:00:00"}
    page = desk.post("/admin/users/apikey/add/", form | end, follow=True)
    assert "gzk_" in page.content.decode()
    key = ApiKey.unscoped.get()
    assert (key.role, key.scopes, key.networks) == ("viewer", [READ, WRITE], ["198.51.100.0/24", "::1/128"])
    assert "never shown again" not in desk.get("/admin/users/apikey/").content.decode()
    desk.post(f"/admin/users/apikey/{key.pk}/revoke/", {"_form_submitted": "1"})
    key.refresh_from_db()
    assert key.revoked_at


def run(*words: str) -> Any:
    out = StringIO()
    call_command("apikey", *words, "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def test_the_command_makes_lists_and_revokes(acme: Company) -> None:
    tenant, user = ("--tenant", str(acme.tenant_id)), acme.owner.user.email
    made = run("create", *tenant, "--user", user, "--name", "payroll", "--scope", READ, "--days", "9")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {made['secret']}")
    assert outcome(client) == 200
    assert [(row["id"], row["user"], row["state"]) for row in run("list", *tenant)] == [(made["id"], user, "active")]
    assert run("revoke", made["id"], *tenant)["state"] == "revoked"
    assert outcome(client) == "invalid_token"


@pytest.mark.parametrize("more", [["--user", "nobody@example.org"], ["--scope", "nothing:read"]])
def test_the_command_refuses(more: Sequence[str], acme: Company) -> None:
    words = ["create", "--tenant", str(acme.tenant_id), "--user", acme.owner.user.email, "--name", "x", "--scope", READ]
    with pytest.raises((CommandError, DomainError)):
        run(*words, *more)
    assert not ApiKey.unscoped.exists()


def test_two_keys_of_one_person_share_no_idempotency_key(acme: Company) -> None:
    first, second = (client_of(key_of(acme.owner, "clients:write")) for _ in range(2))
    names = {"Globex": first, "Initech": second}
    answers = [
        client.post("/api/v1/clients", {"organization_id": str(acme.organization.pk), "name": name}, headers=ONCE)
        for name, client in names.items()
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
