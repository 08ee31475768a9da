"""Sessions for browsers, over the API."""

from typing import Any

import pytest
from django.test import Client

from gauzy.tenancy.choices import Role
from gauzy.tenancy.middleware import TENANT_KEY
from gauzy.users.models import User
from tests.factories.platform import PASSWORD, new_member, new_owner, organization_of, session_client, token_client

pytestmark = pytest.mark.django_db
SESSION = "/api/v1/auth/session"


class Browser:
    """Sends what a page of ours would: the cookies, and the CSRF token it was told."""

    def __init__(self) -> None:
        self.http = Client(enforce_csrf_checks=True)
        self.csrf_token = self.http.get(SESSION).json()["csrf_token"]

    def send(self, method: str, path: str, body: Any = None, *, csrf: bool = True) -> Any:
        headers = {"X-CSRFToken": self.csrf_token} if csrf else {}
        answer = getattr(self.http, method)(path, body, content_type="application/json", headers=headers)
        if answer.content and "csrf_token" in answer.json():
            self.csrf_token = answer.json()["csrf_token"]
        return answer

    def sign_in(self, email: str, password: str = PASSWORD, **more: Any) -> Any:
        return self.send("post", SESSION, {"email": email, "password": password} | more)


def test_a_browser_signs_in_works_and_signs_out() -> None:
    owner, browser = new_owner(), Browser()
    assert browser.http.get("/api/v1/me").status_code == 401
    answer = browser.sign_in(owner.user.email)
    assert (answer.status_code, answer.json()["membership"]["id"]) == (200, str(owner.id))
    assert browser.send("patch", "/api/v1/me", {"first_name": "Grace"}).json()["first_name"] == "Grace"
    assert browser.http.get(SESSION).json()["membership"]["role"] == "owner"
    assert browser.send("delete", SESSION).status_code == 204
    assert browser.http.get("/api/v1/me").status_code == 401
    assert browser.http.get(SESSION).json()["membership"] is None


def test_signing_in_changes_the_session_and_the_csrf_token() -> None:
    owner, browser = new_owner(), Browser()
    before = browser.http.cookies["csrftoken"].value
    browser.sign_in(owner.user.email)
    first = browser.http.cookies["sessionid"].value
    assert browser.http.cookies["csrftoken"].value != before
    browser.sign_in(owner.user.email)
    assert browser.http.cookies["sessionid"].value != first


@pytest.mark.parametrize(("method", "path"), [("post", SESSION), ("delete", SESSION), ("patch", "/api/v1/me")])
def test_without_the_csrf_token_nothing_changes(method: str, path: str) -> None:
    owner, browser = new_owner(), Browser()
    browser.sign_in(owner.user.email)
    answer = browser.send(method, path, {}, csrf=False)
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
    assert browser.http.get("/api/v1/me").json()["first_name"] == "Olga"


def test_a_wrong_password_opens_nothing() -> None:
    browser = Browser()
    answer = browser.sign_in(new_owner().user.email, "wrong")
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_credentials")
    assert browser.http.get("/api/v1/me").status_code == 401


def test_a_member_of_several_tenants_chooses_and_switches() -> None:
    owner, browser = new_owner(), Browser()
    elsewhere = new_member(new_owner(), Role.VIEWER, user=owner.user)
    assert browser.sign_in(owner.user.email).json()["code"] == "tenant_choice_needed"
    assert browser.sign_in(owner.user.email, tenant_id=str(owner.tenant_id)).json()["membership"]["role"] == "owner"
    before = browser.http.cookies["sessionid"].value
    switched = browser.send("post", f"{SESSION}/switch", {"tenant_id": str(elsewhere.tenant_id)})
    assert switched.json()["membership"]["role"] == "viewer"
    assert browser.http.cookies["sessionid"].value != before
    assert browser.http.get("/api/v1/me").json()["membership"]["id"] == str(elsewhere.id)
    refused = browser.send("post", f"{SESSION}/switch", {"tenant_id": str(new_owner().tenant_id)})
    assert (refused.status_code, refused.json()["code"]) == (403, "no_membership")


def test_signing_in_binds_to_the_membership_alone() -> None:
    owner, elsewhere, browser = new_owner(), new_owner(), Browser()
    User.objects.filter(pk=owner.user_id).update(is_superuser=True)
    browser.sign_in(owner.user.email)
    session = browser.http.session
    session[TENANT_KEY] = str(elsewhere.tenant_id)
    session.save()
    assert browser.sign_in(owner.user.email).status_code == 200
    shown = browser.http.get("/api/v1/organizations").json()["results"]
    assert [row["id"] for row in shown] == [str(organization_of(owner).id)]


def test_a_token_does_not_switch_a_session() -> None:
    owner = new_owner()
    answer = token_client(owner).post(f"{SESSION}/switch", {"tenant_id": str(owner.tenant_id)})
    assert answer.json()["code"] == "not_a_session"


def test_a_session_ends_with_its_membership() -> None:
    owner = new_owner()
    member = new_member(owner, Role.ADMIN)
    browser = session_client(member)
    assert browser.get("/api/v1/me").status_code == 200
    token_client(owner).post(f"/api/v1/members/{member.id}/end", {})
    assert browser.get("/api/v1/me").status_code == 401
    assert "_auth_user_id" not in browser.session
