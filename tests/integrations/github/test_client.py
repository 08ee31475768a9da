"""Getting in at GitHub, and what its answers mean."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from pytest_django import Settings

from gauzy.tenancy.choices import Role
from integrations import crypto
from integrations.exceptions import AccessRefused, ProviderError, RateLimited, SecretMissing
from integrations.models import Integration
from integrations.providers.github.client import GitHubClient, NotThere
from integrations.providers.github.issues import digest_of, read_issue, references_in
from integrations.services.github_access import client_of
from tests.factories.integrations import connect
from tests.factories.people import Company, acting_for, found_company
from tests.factories.platform import new_member, token_client
from tests.support import receiver as how
from tests.support.github_api import GitHubApi
from tests.support.receiver import answer

pytestmark = pytest.mark.django_db

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()


@pytest.fixture
def github(settings: Settings) -> Iterator[GitHubApi]:
    with GitHubApi() as api:
        settings.GITHUB_API_URL = settings.GITHUB_URL = api.base_url
        settings.GITHUB_APP_SLUG, settings.GITHUB_APP_ID, settings.GITHUB_APP_PRIVATE_KEY = "gauzy", "99", PEM
        yield api


def test_a_personal_token_is_used_as_it_is(company: Company, github: GitHubApi) -> None:
    integration = connect(company, secrets={"token": "ghp_mine"})
    with acting_for(company), client_of(integration) as client:
        assert client.get("/repos/octo/widgets").data["id"] == 7
    assert github.received[0].headers["authorization"] == "Bearer ghp_mine"
    with acting_for(company), pytest.raises(SecretMissing):
        client_of(connect(company, name="without"))


def test_an_installations_token_is_asked_for_once_and_kept_encrypted(company: Company, github: GitHubApi) -> None:
    integration = connect(company, account="42")
    for _ in range(3):
        with acting_for(company), client_of(Integration.unscoped.get()) as client:
            client.get("/repos/octo/widgets")
    assert github.tokens_issued == 1
    assert github.received[-1].headers["authorization"] == "Bearer ghs_1"
    stored = Integration.unscoped.get(pk=integration.pk)
    assert "ghs_1" not in stored.sealed
    assert stored.secret_names == []
    head, claims, signature = github.calls("POST", "access_tokens")[0].headers["authorization"][7:].split(".")
    KEY.public_key().verify(_decoded(signature), f"{head}.{claims}".encode(), padding.PKCS1v15(), SHA256())
    assert json.loads(_decoded(claims))["iss"] == "99"


def test_a_token_near_its_end_is_replaced(company: Company, github: GitHubApi) -> None:
    integration = connect(company, account="42")
    old = json.dumps({"token": "ghs_old", "expires_at": "2026-01-01T00:00:00+00:00"})
    Integration.unscoped.update(sealed=crypto.seal({"installation_token": old}))
    with acting_for(company):
        client_of(Integration.unscoped.get(pk=integration.pk))
    assert github.tokens_issued == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (answer(401), AccessRefused),
        (answer(403, b"{}"), AccessRefused),
        (answer(404), NotThere),
        (answer(410), NotThere),
        (answer(500), ProviderError),
        (answer(200, b"not json"), ProviderError),
        (answer(302, Location="http://example.org/"), AccessRefused),
        (how.hang_up, ProviderError),
        (how.lie, ProviderError),
    ],
    ids=["401", "403", "404", "410", "500", "no json", "elsewhere", "hung up", "cut short"],
)
def test_refusals_say_what_they_are(github: GitHubApi, fault: Any, error: type[Exception]) -> None:
    github.faults = [fault]
    with GitHubClient(github.base_url, "t") as client, pytest.raises(error) as caught:
        client.get("/repos/octo/widgets")
    assert caught.type is error


@pytest.mark.parametrize(
    ("headers", "status", "least", "most"),
    [
        ({"Retry-After": "30"}, 403, 30, 30),
        ({"Retry-After": "30"}, 429, 30, 30),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}, 403, 1, 1),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "99999999999"}, 403, 3600, 3600),
        ({}, 429, 60, 60),
    ],
    ids=["403 after", "429 after", "reset", "reset far away", "no time named"],
)
def test_limits_say_how_long_to_wait(
    github: GitHubApi, headers: dict[str, str], status: int, least: float, most: float
) -> None:
    github.faults = [answer(status, b"{}", **headers)]
    with GitHubClient(github.base_url, "t") as client, pytest.raises(RateLimited) as caught:
        client.get("/repos/octo/widgets")
    assert least <= caught.value.after <= most


def test_what_did_not_change_is_not_sent_again_and_a_renamed_repository_is_found(github: GitHubApi) -> None:
    with GitHubClient(github.base_url, "t") as client:
        first = client.get("/repos/octo/widgets")
        assert client.get("/repos/octo/widgets", etag=first.etag).data is None
        github.faults = [answer(301, Location="/repos/octo/widgets")]
        assert client.get("/repos/octo/gadgets").data == first.data


# --- installing the app -----------------------------------------------------------------------------------------------

URL = "/api/v1/github/installations"


def _coming_back(company: Company, state: str, **values: str) -> dict[str, str]:
    known = {"organization_id": str(company.organization.id), "name": "Octo", "installation_id": "42"}
    return known | {"code": "good-code", "state": state} | values


def _state(client: Any) -> str:
    return str(client.post(f"{URL}/start").json()["url"].partition("state=")[2].replace("%3A", ":"))


def test_an_installation_is_connected_once_github_says_it_is_the_users(company: Company, github: GitHubApi) -> None:
    client = token_client(company.owner)
    made = client.post(URL, _coming_back(company, _state(client)))
    assert (made.status_code, made.json()["account"]) == (201, "42")
    again = client.post(URL, _coming_back(company, _state(client)))
    assert (again.status_code, again.json()["code"]) == (409, "integration_exists")


@pytest.mark.parametrize("values", [{"installation_id": "43"}, {"code": "stolen"}])
def test_an_installation_of_somebody_else_is_refused(
    company: Company, github: GitHubApi, values: dict[str, str]
) -> None:
    client = token_client(company.owner)
    answered = client.post(URL, _coming_back(company, _state(client), **values))
    assert (answered.status_code, answered.json()["code"]) == (400, "installation_not_yours")
    assert not Integration.unscoped.exists()


def test_a_state_is_bound_to_tenant_and_user(company: Company, github: GitHubApi) -> None:
    rival, colleague = found_company("Rival"), new_member(company.owner, Role.ADMIN)
    states = [_state(token_client(rival.owner)), _state(token_client(colleague)), "made-up", ""]
    for state in states:
        answered = token_client(company.owner).post(URL, _coming_back(company, state))
        assert answered.status_code == 400
    assert not Integration.unscoped.exists()
    assert not github.received


# --- reading ----------------------------------------------------------------------------------------------------------


def test_issues_are_read_whatever_their_shape(github: GitHubApi) -> None:
    issue = read_issue(github.put_issue(3, title=" A\0 ", body="x\r\ny", labels=[{"name": "Bug"}]), github.repository)
    assert issue is not None
    assert (issue.title, issue.body, issue.labels, issue.reference) == ("A", "x\ny", ("Bug",), "octo/widgets#3")
    assert issue.digest == digest_of(title="A", body="x\ny", is_closed=False, labels=["bug"])
    shapes: list[Any] = [
        None,
        [],
        {},
        {"id": 1},
        github.issues[3] | {"pull_request": {}},
        github.issues[3] | {"id": "x"},
    ]
    for shape in shapes:
        assert read_issue(shape, github.repository) is None
    assert read_issue(github.issues[3] | {"updated_at": "yesterday"}, github.repository) is None
    assert read_issue(github.issues[3] | {"labels": "x", "body": None, "title": None}, github.repository)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Fixes #12", [(12, "", True)]),
        ("fixed: #12, see #13 and octo/other#14", [(12, "", True), (13, "", False), (14, "octo/other", False)]),
        ("see #12, closes #12", [(12, "", True)]),
        ("resolves octo/widgets#5", [(5, "octo/widgets", True)]),
        ("prefixes #12 &#39; a#7 # 8 #0 #x nothing", [(12, "", False)]),
        ("", []),
    ],
)
def test_references_are_found(text: str, found: list[tuple[int, str, bool]]) -> None:
    assert [(one.number, one.repository, one.closes) for one in references_in(text)] == found


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
