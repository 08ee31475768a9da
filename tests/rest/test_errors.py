import logging
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from pytest_django import Settings
from pytest_django.asserts import assertTemplateUsed
from rest_framework.test import APIClient

from tests.factories.platform import new_owner, token_client

pytestmark = pytest.mark.urls("tests.rest.sample")


def refused(path: str) -> tuple[int, dict[str, Any]]:
    answer = APIClient(raise_request_exception=False).get(path)
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("name", "status", "code", "errors"),
    [
        ("domain", 400, "refused", None),
        ("conflict", 409, "conflict", {"items.3.email": ["Taken."]}),
        ("invalid", 400, "invalid", {"name": ["Too short."]}),
        ("django-fields", 400, "invalid", {"name": ["Too short."]}),
        ("django-list", 400, "invalid", {"non_field_errors": ["Too short.", "Too plain."]}),
        ("http404", 404, "not_found", None),
        ("denied", 403, "forbidden", None),
        ("suspicious", 400, "bad_request", None),
    ],
)
def test_every_refusal_is_a_problem(name: str, status: int, code: str, errors: Any) -> None:
    got, body = refused(f"/api/raise/{name}")
    assert (got, body["status"], body["code"], body.get("errors")) == (status, status, code, errors)
    assert body["type"] == f"urn:gauzy:problem:{code}"
    UUID(body["request_id"])
    assert "secret" not in str(body)


def test_the_title_is_the_kind_and_the_detail_the_case() -> None:
    _, body = refused("/api/raise/invalid")
    assert (body["title"], body["detail"]) == ("The input is not valid.", "Two things are wrong.")


@pytest.mark.filterwarnings("ignore")
def test_a_bug_is_a_problem_without_its_secrets_and_a_traceback_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    status, body = refused("/api/raise/bug")
    assert (status, body["code"]) == (500, "server_error")
    assert "secret" not in str(body)
    assert any(record.exc_info and record.levelno == logging.ERROR for record in caplog.records)


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("path", ["/api/nowhere", "/api/v1/nowhere", "/api/v1/organizations/not-a-uuid", "/api/"])
def test_paths_that_lead_nowhere_are_problems_too(path: str, debug: bool, settings: Settings) -> None:
    settings.DEBUG = debug
    status, body = refused(path)
    assert (status, body["code"]) == (404, "not_found")


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("path", ["/nowhere", "/accounts/nowhere", "/admin-like/"])
def test_pages_keep_their_own_errors_and_tell_no_routes(
    client: Client, path: str, debug: bool, settings: Settings
) -> None:
    settings.DEBUG = debug
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/html; charset=utf-8")
    assertTemplateUsed(answer, "404.html")


def test_an_unknown_host_is_a_problem() -> None:
    answer = APIClient().get("/api/v1/me", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


@pytest.mark.parametrize("method", ["delete", "put", "options", "trace"])
def test_a_method_that_is_not_there_is_405(method: str) -> None:
    answer = APIClient().generic(method.upper(), "/api/query")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


@pytest.mark.django_db
def test_what_cannot_be_given_as_asked_is_406() -> None:
    answer = token_client(new_owner()).get("/api/v1/me", headers={"Accept": "application/xml"})
    assert (answer.status_code, answer.json()["code"]) == (406, "not_acceptable")


@pytest.mark.django_db
def test_who_has_not_signed_in_is_told_how() -> None:
    answer = APIClient().get("/api/v1/me")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["code"] == "not_authenticated"
