"""Signing in at Upwork, tokens that are renewed, and a connection that ends."""

import json
import threading
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from gauzy.eventbus import Change
from gauzy.eventbus.models import StoredEvent
from gauzy.eventbus.testing import assert_published
from gauzy.exceptions import DomainError
from gauzy.tenancy.choices import Role
from gauzy.tenancy.membership import acting_as
from integrations import crypto
from integrations.choices import IntegrationState, Provider
from integrations.events import IntegrationUpdatedEvent
from integrations.exceptions import (
    AccessRefused,
    AccountDiffers,
    CodeRefused,
    ConnectionLost,
    ConsentRefused,
    IntegrationExists,
    NotThisProvider,
    ProviderError,
    RateLimited,
    StateRefused,
)
from integrations.models import Integration
from integrations.providers.upwork import queries
from integrations.services.connecting import set_state
from integrations.services.upwork_access import ask, finish_connecting, start_connecting
from tests.factories.desk import desk_of, page_of, text_of
from tests.factories.integrations import connect
from tests.factories.people import Company, acting_for, found_company
from tests.factories.platform import new_member, token_client
from tests.factories.upwork import SESSION, sign_in, state_in
from tests.support import receiver as how
from tests.support.receiver import answer
from tests.support.upwork_api import CLIENT_SECRET, CODE, UpworkApi, failing

pytestmark = pytest.mark.django_db

ACCOUNT = "1900000000000000002"
TOKENS = "upwork_tokens"


def kept(integration: Integration) -> dict[str, str]:
    return crypto.unseal(Integration.unscoped.get(pk=integration.pk).sealed)


def let_it_age(integration: Integration) -> None:
    """Let the token that is kept be near its end."""
    _change(integration, TOKENS, expires_at=(timezone.now() + timedelta(minutes=1)).isoformat())


def tokens_of(integration: Integration) -> dict[str, str]:
    found: dict[str, str] = json.loads(kept(integration)[TOKENS])
    return found


def _change(integration: Integration, name: str, **values: str) -> None:
    secrets = kept(integration)
    secrets[name] = json.dumps(json.loads(secrets[name]) | values)
    Integration.unscoped.filter(pk=integration.pk).update(sealed=crypto.seal(secrets))


def who_am_i(company: Company, integration: Integration) -> Any:
    with acting_for(company):
        return ask(Integration.objects.get(pk=integration.pk), queries.ME).data["user"]["id"]


# --- signing in -------------------------------------------------------------------------------------------------------


def test_the_user_goes_to_upwork_with_a_state_and_no_scope(
    company: Company, fresh: Integration, upwork: UpworkApi, settings: Settings
) -> None:
    with acting_for(company):
        url = urlsplit(start_connecting(integration_id=fresh.id, session=SESSION))
    query = parse_qs(url.query)
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{upwork.base_url}/ab/account-security/oauth2/authorize"
    assert query.keys() == {"response_type", "client_id", "redirect_uri", "state"}
    assert query["redirect_uri"] == [settings.PUBLIC_URL + reverse("admin:integrations_upwork_callback")]
    assert CLIENT_SECRET not in url.query


def test_coming_back_connects_the_account_and_keeps_its_tokens_encrypted(
    company: Company, fresh: Integration, upwork: UpworkApi
) -> None:
    integration = sign_in(company, fresh)
    assert (integration.account, integration.state) == (ACCOUNT, IntegrationState.ACTIVE)
    assert "oauth2v2" not in integration.sealed
    assert integration.secret_names == ["client_id", "client_secret"]
    event = assert_published(IntegrationUpdatedEvent, integration_id=fresh.id)
    assert event.changes == (
        Change(field="account", old="", new=ACCOUNT),
        Change(field="secrets.upwork_tokens", old="none", new="set"),
    )
    assert not any("oauth2v2" in str(event.data) for event in StoredEvent.objects.all())
    assert who_am_i(company, integration) == upwork.user["id"]
    assert upwork.received[-1].headers["x-upwork-api-tenantid"] == ACCOUNT


def test_a_state_is_good_once(company: Company, fresh: Integration, upwork: UpworkApi) -> None:
    with acting_for(company):
        state = state_in(start_connecting(integration_id=fresh.id, session=SESSION))
        finish_connecting(integration_id=fresh.id, session=SESSION, state=state, code=CODE)
        with pytest.raises(StateRefused):
            finish_connecting(integration_id=fresh.id, session=SESSION, state=state, code=CODE)
    assert len(upwork.tokens_asked("authorization_code")) == 1


def test_a_state_is_the_users_own_in_their_session_and_tenant(
    company: Company, fresh: Integration, upwork: UpworkApi
) -> None:
    with acting_for(company):
        state = state_in(start_connecting(integration_id=fresh.id, session=SESSION))
        for session, told in (("another session", state), (SESSION, state + "x"), (SESSION, "é"), (SESSION, "")):
            with pytest.raises(StateRefused):
                finish_connecting(integration_id=fresh.id, session=session, state=told, code=CODE)
    with acting_as(new_member(company.owner, Role.ADMIN)), pytest.raises(StateRefused):
        finish_connecting(integration_id=fresh.id, session=SESSION, state=state, code=CODE)
    with acting_for(found_company("Rival")), pytest.raises(DomainError):
        finish_connecting(integration_id=fresh.id, session=SESSION, state=state, code=CODE)
    assert not upwork.received
    with acting_for(company):  # and none of that has made it worthless
        assert finish_connecting(integration_id=fresh.id, session=SESSION, state=state, code=CODE).account == ACCOUNT


def test_a_state_ends_after_ten_minutes_and_with_the_next(
    company: Company, fresh: Integration, upwork: UpworkApi
) -> None:
    with acting_for(company):
        first = state_in(start_connecting(integration_id=fresh.id, session=SESSION))
        second = state_in(start_connecting(integration_id=fresh.id, session=SESSION))
        with pytest.raises(StateRefused):
            finish_connecting(integration_id=fresh.id, session=SESSION, state=first, code=CODE)
        ended = datetime.fromisoformat(json.loads(kept(fresh)["upwork_state"])["expires_at"]) - timedelta(minutes=10)
        _change(fresh, "upwork_state", expires_at=ended.isoformat())
        with pytest.raises(StateRefused):
            finish_connecting(integration_id=fresh.id, session=SESSION, state=second, code=CODE)


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"error": "access_denied"}, ConsentRefused),
        ({}, ConsentRefused),
        ({"code": "used-before"}, CodeRefused),
    ],
)
def test_who_comes_back_without_consent_connects_nothing(
    company: Company, fresh: Integration, upwork: UpworkApi, given: dict[str, str], refusal: type[DomainError]
) -> None:
    with acting_for(company):
        state = state_in(start_connecting(integration_id=fresh.id, session=SESSION))
        with pytest.raises(refusal):
            finish_connecting(integration_id=fresh.id, session=SESSION, state=state, **given)
    row = Integration.unscoped.get()
    assert (row.account, row.state, set(kept(row))) == ("", "active", {"client_id", "client_secret"})


def test_an_integration_keeps_its_account(company: Company, integration: Integration, upwork: UpworkApi) -> None:
    upwork.codes, upwork.organization = {CODE}, {"id": "7", "name": "Another"}
    with pytest.raises(AccountDiffers):
        sign_in(company, integration)
    upwork.codes, upwork.organization = {CODE}, {"id": ACCOUNT, "name": "Sam W."}
    keys = {name: secret for name, secret in kept(integration).items() if name.startswith("client")}
    with pytest.raises(IntegrationExists):
        sign_in(company, connect(company, Provider.UPWORK, name="The same again", secrets=keys))


def test_github_is_not_connected_this_way(company: Company, upwork: UpworkApi) -> None:
    with acting_for(company), pytest.raises(NotThisProvider):
        start_connecting(integration_id=connect(company).id, session=SESSION)


def test_signing_in_over_the_api(company: Company, fresh: Integration, upwork: UpworkApi) -> None:
    client, url = token_client(company.owner), f"/api/v1/integrations/{fresh.id}/upwork"
    state = state_in(client.post(f"{url}/start").json()["url"])
    stranger = token_client(company.owner).post(f"{url}/finish", {"state": state, "code": CODE})
    assert (stranger.status_code, stranger.json()["code"]) == (400, "state_refused"), "another token is another session"
    done = client.post(f"{url}/finish", {"state": state, "code": CODE})
    assert (done.status_code, done.json()["account"]) == (200, ACCOUNT)
    assert "oauth2v2" not in done.content.decode()


def test_signing_in_at_the_desk(company: Company, fresh: Integration, upwork: UpworkApi) -> None:
    desk = desk_of(company.owner)
    dialog = reverse("admin:integrations_integration_connect", args=(fresh.pk,))
    leaving = desk.post(dialog, {"_form_submitted": "on"}, headers={"HX-Request": "true"})
    back = {"state": state_in(leaving.headers["HX-Redirect"]), "code": CODE}
    callback = reverse("admin:integrations_upwork_callback")
    assert "Begin again" in text_of(desk_of(company.owner).get(callback, back, follow=True))
    assert f"account {ACCOUNT}." in text_of(desk.get(callback, back, follow=True))
    assert "Begin again" in text_of(desk.get(callback, {"state": "nonsense", "code": CODE}, follow=True))


# --- tokens -----------------------------------------------------------------------------------------------------------


def test_a_token_near_its_end_is_renewed_and_the_new_pair_kept(
    company: Company, integration: Integration, upwork: UpworkApi
) -> None:
    let_it_age(integration)
    for _ in range(2):
        assert who_am_i(company, integration) == upwork.user["id"]
    assert [form["refresh_token"] for form in upwork.tokens_asked("refresh_token")] == ["oauth2v2_refresh1"]
    assert tokens_of(integration)["refresh"] == upwork.refresh_token


def test_an_answer_without_a_refresh_token_keeps_the_old_one(
    company: Company, integration: Integration, upwork: UpworkApi
) -> None:
    let_it_age(integration)
    upwork.access_tokens.add("oauth2v2_alone")
    upwork.token_faults = [answer(200, b'{"access_token": "oauth2v2_alone", "expires_in": 86400}')]
    who_am_i(company, integration)
    found = tokens_of(integration)
    assert (found["access"], found["refresh"]) == ("oauth2v2_alone", "oauth2v2_refresh1")


def test_a_token_that_died_early_is_renewed_once(company: Company, integration: Integration, upwork: UpworkApi) -> None:
    upwork.access_tokens = set()
    assert who_am_i(company, integration) == upwork.user["id"]
    assert len(upwork.tokens_asked("refresh_token")) == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_want_a_new_token_at_once_renew_it_once(
    company: Company, integration: Integration, upwork: UpworkApi
) -> None:
    let_it_age(integration)
    together = threading.Barrier(3)
    found: list[Any] = []

    def want() -> None:
        together.wait(30)
        try:
            found.append(who_am_i(company, integration))
        finally:
            connection.close()

    threads = [threading.Thread(target=want) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found == [upwork.user["id"]] * 3
    assert len(upwork.tokens_asked("refresh_token")) == 1


@pytest.mark.parametrize("early", [True, False])
def test_a_grant_that_was_revoked_suspends_the_integration_with_words(
    company: Company, integration: Integration, upwork: UpworkApi, early: bool
) -> None:
    upwork.refresh_token, upwork.access_tokens = "", set()
    if not early:
        let_it_age(integration)
    with pytest.raises(ConnectionLost):
        who_am_i(company, integration)
    row = Integration.unscoped.get(pk=integration.pk)
    assert (row.state, row.state_reason) == (IntegrationState.SUSPENDED, ConnectionLost.message)
    assert kept(row).keys() == {"client_id", "client_secret"}
    shown = token_client(company.owner).get(f"/api/v1/integrations/{row.id}").json()
    assert shown["state_reason"] == ConnectionLost.message
    assert "connect the integration again" in text_of(desk_of(company.owner).get(page_of(row)))
    upwork.codes = {CODE}
    again = sign_in(company, row)
    assert (again.state, again.state_reason, who_am_i(company, row)) == ("active", "", upwork.user["id"])


def test_new_tokens_that_are_refused_suspend_the_integration_and_stay(
    company: Company, integration: Integration, upwork: UpworkApi
) -> None:
    upwork.faults = [answer(401), answer(401)]
    with pytest.raises(ConnectionLost):
        who_am_i(company, integration)
    row = Integration.unscoped.get(pk=integration.pk)
    assert (row.state, tokens_of(row)["refresh"]) == ("suspended", upwork.refresh_token)
    with acting_for(company):
        set_state(integration_id=row.id, state=IntegrationState.ACTIVE)
    assert who_am_i(company, row) == upwork.user["id"]


@pytest.mark.parametrize(
    "fault",
    [
        answer(400, b"<html>Attention Required</html>", Content_Type="text/html"),
        answer(403, b"<html>error 1020</html>", Content_Type="text/html"),
        answer(503, b"upstream connect error"),
        answer(401, b'{"error": "invalid_client"}', Content_Type="application/json"),
        answer(200, b"{}", Content_Type="application/json"),
        how.hang_up,
        how.babble,
    ],
    ids=["edge 400", "edge 403", "gateway", "wrong key", "no token", "hang up", "babble"],
)
def test_a_failure_to_renew_that_says_nothing_of_the_grant_leaves_the_tokens_alone(
    company: Company, integration: Integration, upwork: UpworkApi, fault: Any
) -> None:
    let_it_age(integration)
    upwork.token_faults = [fault]
    with pytest.raises(ProviderError):
        who_am_i(company, integration)
    assert Integration.unscoped.get(pk=integration.pk).state == IntegrationState.ACTIVE
    assert who_am_i(company, integration) == upwork.user["id"]


# --- answers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "refusal"),
    [
        (answer(429, Retry_After="7"), RateLimited(7.0)),
        (answer(429, b"Too Many Requests"), RateLimited(60.0)),
        (
            answer(403, b"<html>error 1020</html>", Content_Type="text/html"),
            ProviderError("The edge of Upwork's network blocks us: 403."),
        ),
        (answer(400), ProviderError("Upwork answered 400.")),
        (failing("Authorization failed"), AccessRefused("Upwork does not let this user see it.")),
        (failing("VJCA-6"), ProviderError("Upwork refuses the question: VJCA-6")),
    ],
    ids=["limit", "limit without a time", "edge", "bad request", "not theirs", "bad input"],
)
def test_what_is_no_answer_is_not_asked_for_again(
    company: Company, integration: Integration, upwork: UpworkApi, fault: Any, refusal: ProviderError
) -> None:
    before, upwork.faults = len(upwork.received), [fault]
    with pytest.raises(type(refusal)) as caught:
        who_am_i(company, integration)
    assert caught.value.message == refusal.message
    assert len(upwork.received) == before + 1


@pytest.mark.parametrize(
    "fault",
    [
        answer(502, b"upstream request timeout"),
        failing("500 INTERNAL_ERROR"),
        answer(200, b"<html>"),
        answer(200, b'{"data": {"user": '),
        answer(200, b"[" * 100_000),
        answer(200, b'{"data": 3, "errors": 4}'),
        answer(200, b"\x1f\x8b", Content_Encoding="gzip"),
        how.hang_up,
        how.lie,
        how.flood,
    ],
    ids=["gateway", "inside", "html", "cut", "deep", "odd", "packed", "hang up", "lie", "flood"],
)
def test_what_fails_for_a_moment_is_tried_three_times(
    company: Company, integration: Integration, upwork: UpworkApi, fault: Any
) -> None:
    upwork.faults = [fault, fault]
    assert who_am_i(company, integration) == upwork.user["id"]
    upwork.faults = [fault, fault, fault]
    with pytest.raises(ProviderError):
        who_am_i(company, integration)
    assert not upwork.faults


def test_a_permission_that_the_key_lacks_is_named(
    company: Company, integration: Integration, upwork: UpworkApi
) -> None:
    upwork.lacking = {"Me"}
    with pytest.raises(ProviderError, match=r"Query\.Me, Money\.rawValue"):
        who_am_i(company, integration)


def test_an_unknown_integration_is_not_found(company: Company) -> None:
    answered = token_client(company.owner).post(f"/api/v1/integrations/{uuid4()}/upwork/start")
    assert (answered.status_code, answered.json()["code"]) == (404, "integration_not_found")
