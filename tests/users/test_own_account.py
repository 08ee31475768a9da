from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from gauzy.eventbus.testing import deliver_all, recorded_events
from gauzy.tenancy.choices import Role
from gauzy.users import links
from gauzy.users.events import PasswordChangedEvent, PasswordResetRequestedEvent, UserUpdatedEvent
from gauzy.users.models import AccessToken, User
from tests.factories.platform import PASSWORD, new_member, new_owner, session_client, token_client

pytestmark = pytest.mark.django_db
NEW = "another long sentence"


def without_request_id(answer: Any) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name != "request_id"}


def sign_in(email: str, password: str = PASSWORD, address: str = "10.0.0.1") -> Any:
    client = APIClient(REMOTE_ADDR=address)
    return client.post("/api/v1/auth/tokens", {"email": email, "password": password})


def test_tokens_are_listed_without_their_secret_and_revoked_one_by_one() -> None:
    owner = new_owner()
    client, other = token_client(owner), token_client(owner)
    stranger = new_member(owner, Role.ADMIN)
    theirs = token_client(stranger)
    rows = client.get("/api/v1/auth/tokens").json()["results"]
    assert len(rows) == 2
    rows.sort(key=lambda row: row["last_used_at"] is not None)  # the other one has not been used yet
    assert not {"secret", "digest"} & set(rows[0])
    assert theirs.delete(f"/api/v1/auth/tokens/{rows[0]['id']}").status_code == 404
    assert client.delete(f"/api/v1/auth/tokens/{rows[0]['id']}").status_code == 204
    assert other.get("/api/v1/me").status_code == 401
    assert client.delete(f"/api/v1/auth/tokens/{uuid4()}").json()["code"] == "token_not_found"


def test_switching_makes_a_token_of_ones_own_other_membership_only() -> None:
    owner = new_owner()
    elsewhere = new_member(new_owner(), Role.VIEWER, user=owner.user)
    client = token_client(owner)
    answer = client.post("/api/v1/auth/tokens/switch", {"tenant_id": str(elsewhere.tenant_id)})
    assert answer.json()["membership"]["id"] == str(elsewhere.id)
    for tenant_id in (new_owner().tenant_id, uuid4()):
        refused = client.post("/api/v1/auth/tokens/switch", {"tenant_id": str(tenant_id)})
        assert (refused.status_code, refused.json()["code"]) == (403, "no_membership")


def test_switching_does_not_make_a_token_live_longer() -> None:
    owner = new_owner()
    client = token_client(owner)
    AccessToken.objects.update(expires_at=timezone.now() + timedelta(seconds=60))
    end = AccessToken.objects.get().expires_at
    answer = client.post("/api/v1/auth/tokens/switch", {"tenant_id": str(owner.tenant_id)})
    assert answer.status_code == 201
    assert [token.expires_at for token in AccessToken.objects.all()] == [end, end]


def test_ones_name_is_changed_only_as_it_was_seen() -> None:
    client = token_client(new_owner())
    seen = client.get("/api/v1/me")["ETag"]
    codes = [
        client.patch("/api/v1/me", {"first_name": name}, headers={"If-Match": seen}).status_code
        for name in ("Grace", "Ada")
    ]
    assert codes == [200, 412]
    assert client.get("/api/v1/me").json()["first_name"] == "Grace"


def test_names_are_changed_once() -> None:
    client = token_client(new_owner())
    with recorded_events() as events:
        for _ in range(2):
            assert client.patch("/api/v1/me", {"first_name": "Grace"}).json()["first_name"] == "Grace"
    assert len(events.of(UserUpdatedEvent)) == 1
    assert client.patch("/api/v1/me", {"email": "x@example.org"}).status_code == 400


def test_changing_the_password_ends_every_other_token_and_session() -> None:
    owner = new_owner()
    client, other, browser = token_client(owner), token_client(owner), session_client(owner)
    with recorded_events() as events:
        answer = client.post("/api/v1/me/password", {"current_password": PASSWORD, "password": NEW})
    assert answer.status_code == 204
    assert len(events.of(PasswordChangedEvent)) == 1
    assert client.get("/api/v1/me").status_code == 200
    assert other.get("/api/v1/me").status_code == 401
    assert browser.get("/api/v1/me").status_code == 401
    assert (sign_in(owner.user.email).status_code, sign_in(owner.user.email, NEW).status_code) == (401, 201)


def test_a_browser_keeps_its_own_session_when_it_changes_the_password() -> None:
    owner = new_owner()
    browser = session_client(owner)
    body = {"current_password": PASSWORD, "password": NEW}
    assert browser.post("/api/v1/me/password", body, content_type="application/json").status_code == 204
    assert browser.get("/api/v1/me").status_code == 200


def test_the_old_password_has_to_be_known() -> None:
    client = token_client(new_owner())
    answer = client.post("/api/v1/me/password", {"current_password": "wrong", "password": NEW})
    assert (answer.json()["code"], list(answer.json()["errors"])) == ("wrong_password", ["current_password"])


def test_a_session_needs_its_csrf_token_to_change_anything() -> None:
    browser = session_client(new_owner(), enforce_csrf_checks=True)
    assert browser.patch("/api/v1/me", {"first_name": "Eve"}, content_type="application/json").status_code == 403
    assert browser.get("/api/v1/me").json()["first_name"] == "Olga"


def test_asking_for_a_new_password_does_not_tell_who_exists() -> None:
    owner = new_owner()
    with recorded_events() as events:
        known = APIClient().post("/api/v1/auth/password-reset", {"email": owner.user.email.upper()})
        unknown = APIClient().post("/api/v1/auth/password-reset", {"email": "nobody@example.org"})
    assert known.status_code == unknown.status_code == 202
    assert without_request_id(known) == without_request_id(unknown)
    assert [event.user_id for event in events.of(PasswordResetRequestedEvent)] == [owner.user_id, None]


@pytest.mark.django_db(transaction=True)
def test_the_mailed_link_sets_a_new_password_once_and_ends_every_token(mailoutbox: list[EmailMessage]) -> None:
    owner = new_owner()
    client = token_client(owner)
    APIClient().post("/api/v1/auth/password-reset", {"email": owner.user.email})
    deliver_all()
    mail = next(str(mail.body) for mail in mailoutbox if "new password" in mail.subject)
    user_id, token = mail.split("/set-password/")[1].split()[0].split("/")
    body = {"user_id": user_id, "token": token, "password": NEW}
    statuses = [APIClient().post("/api/v1/auth/set-password", body).status_code for _ in range(2)]
    assert statuses == [204, 400]
    assert client.get("/api/v1/me").status_code == 401
    assert not AccessToken.objects.filter(revoked_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_another_verification_mail_is_sent_until_the_email_is_verified(mailoutbox: list[EmailMessage]) -> None:
    owner = new_owner()
    client = token_client(owner)
    assert client.post("/api/v1/me/verification", {}).status_code == 202
    deliver_all()
    assert len([mail for mail in mailoutbox if "/verify-email/" in str(mail.body)]) == 2
    User.objects.update(email_verified_at="2026-03-02T09:00:00Z")
    assert client.post("/api/v1/me/verification", {}).json()["code"] == "already_verified"


def test_a_link_that_was_asked_for_lives_an_hour(settings: Settings) -> None:
    user = new_owner().user
    token = links.reset_password_url(user).rpartition("/")[2]
    body = {"user_id": str(user.pk), "token": token, "password": NEW}
    settings.RESET_PASSWORD_TIMEOUT = -1
    assert APIClient().post("/api/v1/auth/set-password", body).json()["code"] == "invalid_link"
    settings.RESET_PASSWORD_TIMEOUT = 3_600
    assert APIClient().post("/api/v1/auth/set-password", body).status_code == 204


def test_nobodys_mailbox_is_filled_by_others(settings: Settings) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"mail": "2/hour"}
    tries = [
        APIClient(REMOTE_ADDR=f"10.0.0.{number}").post("/api/v1/auth/password-reset", {"email": "a@example.org"})
        for number in range(3)
    ]
    assert [answer.status_code for answer in tries] == [202, 202, 429]


def test_one_sees_where_one_may_switch_to() -> None:
    owner = new_owner()
    elsewhere = new_member(new_owner(organization_name="Other"), Role.VIEWER, user=owner.user)
    rows = token_client(owner).get("/api/v1/me/memberships").json()["results"]
    assert {row["id"]: row["role"] for row in rows} == {str(owner.id): "owner", str(elsewhere.id): "viewer"}


def test_guessing_the_password_of_a_stolen_token_locks_out(settings: Settings) -> None:
    settings.THROTTLE_RATES = dict.fromkeys(settings.THROTTLE_RATES)
    client = token_client(new_owner())
    body = {"current_password": "wrong", "password": NEW}
    codes = [client.post("/api/v1/me/password", body).json()["code"] for _ in range(6)]
    assert codes == ["wrong_password"] * 5 + ["locked_out"]
