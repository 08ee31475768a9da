from typing import Any
from uuid import uuid4

import pytest
from django.core.mail import EmailMessage
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from gauzy.eventbus.testing import deliver_all
from gauzy.tenancy.choices import Role
from gauzy.tenancy.models import Membership, Tenant
from gauzy.users import links
from gauzy.users.models import AccessToken, User
from gauzy.users.services import issue_token, revoke_token
from tests.factories.platform import (
    PASSWORD,
    new_member,
    new_organization,
    new_owner,
    new_superuser,
    organization_of,
    session_client,
    token_client,
)

pytestmark = pytest.mark.django_db

REGISTRATION = {
    "email": "olga@example.org",
    "password": PASSWORD,
    "first_name": "Olga",
    "last_name": "Owner",
    "organization_name": "Acme",
    "time_zone": "Europe/Berlin",
    "currency": "CHF",
}


@pytest.fixture
def anyone() -> APIClient:
    return APIClient()


def without_request_id(answer: Any) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name != "request_id"}


def test_from_signing_up_to_the_first_request(anyone: APIClient) -> None:
    assert anyone.post("/api/v1/auth/register", REGISTRATION).status_code == 202
    answer = anyone.post("/api/v1/auth/tokens", {"email": "OLGA@example.org", "password": PASSWORD, "name": "cli"})
    assert answer.status_code == 201
    issued = answer.json()
    assert issued["secret"].startswith(issued["prefix"])
    anyone.credentials(HTTP_AUTHORIZATION=f"Bearer {issued['secret']}")
    me = anyone.get("/api/v1/me").json()
    assert (me["email"], me["email_verified"]) == ("olga@example.org", False)
    assert me["membership"] == issued["membership"]
    assert (me["membership"]["role"], me["membership"]["tenant"]["name"]) == ("owner", "Acme")
    organization = organization_of(Membership.unscoped.get())
    assert (organization.time_zone, organization.currency) == ("Europe/Berlin", "CHF")


def test_signing_up_answers_alike_whether_the_email_is_free_or_not(anyone: APIClient) -> None:
    first = anyone.post("/api/v1/auth/register", REGISTRATION)
    second = anyone.post("/api/v1/auth/register", REGISTRATION | {"organization_name": "Other"})
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert Tenant.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": "nonsense"}, "email"),
        ({"password": "12345"}, "password"),
        ({"password": "x" * 201}, "password"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "localtime"}, "time_zone"),
        ({"currency": "XXX"}, "currency"),
        ({"organization_name": " "}, "organization_name"),
        ({"first_name": None}, "first_name"),
        ({"is_superuser": True}, "is_superuser"),
        ({"tenant_id": str(uuid4())}, "tenant_id"),
    ],
)
def test_bad_registrations_are_refused_by_field(anyone: APIClient, values: dict[str, Any], field: str) -> None:
    answer = anyone.post("/api/v1/auth/register", REGISTRATION | values)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert not User.objects.exists()


def test_unknown_emails_and_wrong_passwords_look_alike(anyone: APIClient) -> None:
    owner = new_owner()
    wrong = anyone.post("/api/v1/auth/tokens", {"email": owner.user.email, "password": "wrong"})
    unknown = anyone.post("/api/v1/auth/tokens", {"email": "nobody@example.org", "password": "wrong"})
    assert wrong.status_code == unknown.status_code == 401
    assert without_request_id(wrong) == without_request_id(unknown)
    assert wrong["WWW-Authenticate"] == "Bearer"


def test_a_choice_of_tenant_is_asked_for_after_the_password(anyone: APIClient) -> None:
    owner = new_owner()
    elsewhere = new_member(new_owner(), Role.VIEWER, user=owner.user)
    credentials = {"email": owner.user.email, "password": PASSWORD}
    answer = anyone.post("/api/v1/auth/tokens", credentials)
    assert (answer.status_code, answer.json()["code"]) == (400, "tenant_choice_needed")
    answer = anyone.post("/api/v1/auth/tokens", credentials | {"tenant_id": str(elsewhere.tenant_id)})
    assert answer.json()["membership"]["id"] == str(elsewhere.id)
    foreign = anyone.post("/api/v1/auth/tokens", credentials | {"tenant_id": str(new_owner().tenant_id)})
    unknown = anyone.post("/api/v1/auth/tokens", credentials | {"tenant_id": str(uuid4())})
    assert foreign.status_code == unknown.status_code == 403
    assert without_request_id(foreign) == without_request_id(unknown)


def test_a_token_works_in_its_own_tenant_only() -> None:
    ours, theirs = new_owner(), new_owner()
    rows = token_client(ours).get("/api/v1/organizations").json()["results"]
    assert [row["id"] for row in rows] == [str(organization_of(ours).id)]
    assert token_client(ours).get(f"/api/v1/organizations/{organization_of(theirs).id}").status_code == 404


def test_signing_out_makes_the_token_useless() -> None:
    client = token_client(new_owner())
    assert client.delete("/api/v1/auth/tokens/current").status_code == 204
    answer = client.get("/api/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")


def test_a_session_cannot_be_revoked_as_a_token() -> None:
    assert session_client(new_owner()).delete("/api/v1/auth/tokens/current").status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer gzy_nonsense", "bearer \xff", "Bearer a b c"])
def test_a_bad_token_is_refused_even_beside_a_good_session(header: str) -> None:
    answer = session_client(new_owner()).get("/api/v1/me", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")


def test_another_scheme_is_no_sign_in(anyone: APIClient) -> None:
    anyone.credentials(HTTP_AUTHORIZATION="Basic b2xnYTpwdw==")
    answer = anyone.get("/api/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_the_token_decides_where_a_session_points_elsewhere() -> None:
    owner, other = new_owner(), new_owner()
    client = session_client(other)
    headers = {"Authorization": f"Bearer {issue_token(membership=owner).secret}"}
    assert client.get("/api/v1/me", headers=headers).json()["email"] == owner.user.email


def test_a_token_opens_nothing_but_the_api(anyone: APIClient) -> None:
    client = token_client(new_owner())
    assert client.get("/admin/").status_code == 302


def test_a_superuser_without_a_tenant_is_nobody_in_the_api() -> None:
    owner, root = new_owner(), new_superuser()
    client = session_client(Membership(user=root, tenant_id=owner.tenant_id))
    assert client.get("/api/v1/me").status_code in {401, 403}


def test_a_signed_in_request_costs_a_fixed_number_of_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    owner = new_owner()
    client = token_client(owner)
    client.get("/api/v1/me")  # its first use is noted
    with django_assert_num_queries(1):
        client.get("/api/v1/me")
    with django_assert_num_queries(2):
        client.get("/api/v1/organizations")
    new_organization(owner)
    with django_assert_num_queries(2):
        client.get("/api/v1/organizations")


def test_a_mailed_link_sets_a_password(anyone: APIClient) -> None:
    user = new_owner().user
    token = links.set_password_url(user).rpartition("/")[2]
    body = {"user_id": str(user.pk), "token": token, "password": "another long sentence"}
    assert anyone.post("/api/v1/auth/set-password", body | {"password": "12345"}).json()["code"] == "weak_password"
    assert anyone.post("/api/v1/auth/set-password", body).status_code == 204
    used = anyone.post("/api/v1/auth/set-password", body)
    unknown = anyone.post("/api/v1/auth/set-password", body | {"user_id": str(uuid4())})
    assert used.status_code == unknown.status_code == 400
    assert without_request_id(used) == without_request_id(unknown)


@pytest.mark.django_db(transaction=True)
def test_the_mailed_link_verifies_the_email(anyone: APIClient, mailoutbox: list[EmailMessage]) -> None:
    anyone.post("/api/v1/auth/register", REGISTRATION)
    deliver_all()
    token = str(mailoutbox[0].body).split("/verify-email/")[1].split()[0]
    assert anyone.post("/api/v1/auth/verify-email", {"token": token}).status_code == 204
    assert User.objects.get().email_verified_at
    assert anyone.post("/api/v1/auth/verify-email", {"token": token + "x"}).json()["code"] == "invalid_link"


def test_a_stale_token_does_not_hinder_signing_in() -> None:
    owner = new_owner()
    client = token_client(owner)
    revoke_token(token_id=AccessToken.objects.get().id)
    assert client.post("/api/v1/auth/tokens", {"email": owner.user.email, "password": PASSWORD}).status_code == 201


@pytest.mark.parametrize(
    ("scope", "path"),
    [
        ("registration", "/api/v1/auth/register"),
        ("login", "/api/v1/auth/tokens"),
        ("link", "/api/v1/auth/set-password"),
        ("link", "/api/v1/auth/verify-email"),
    ],
)
def test_too_many_tries_from_one_address_are_refused(
    anyone: APIClient, settings: Settings, scope: str, path: str
) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {scope: "2/min"}
    forged = [anyone.post(path, {}, headers={"X-Forwarded-For": f"10.0.0.{n}"}).status_code for n in range(3)]
    assert forged == [400, 400, 429]
    answer = anyone.post(path, {})
    assert answer.json()["code"] == "throttled"
    assert int(answer["Retry-After"]) > 0


def test_too_many_tries_for_one_account_are_refused_from_any_address(settings: Settings) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"account": "2/min"}
    tries = [
        APIClient(REMOTE_ADDR=f"10.0.0.{n}").post("/api/v1/auth/tokens", {"email": email, "password": "wrong"})
        for n, email in enumerate(["a@example.org", "A@example.org", " a@example.org", "b@example.org"])
    ]
    assert [answer.status_code for answer in tries] == [401, 401, 429, 401]
