from functools import cache
from io import StringIO
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client

METHODS = {"get", "post", "put", "patch", "delete"}


@cache
def document() -> Any:
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    return yaml.safe_load(out.getvalue())


def operations() -> list[tuple[str, str, Any]]:
    paths = document()["paths"].items()
    return [(path, method, item[method]) for path, item in paths for method in METHODS & set(item)]


def test_the_document_is_valid_openapi_3_1() -> None:
    assert document()["openapi"] == "3.1.1"


def test_every_operation_documents_its_refusals_as_problems() -> None:
    for path, method, operation in operations():
        refusals = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
        assert {"400"} <= set(refusals), (path, method)
        for answer in refusals.values():
            assert list(answer["content"]) == ["application/problem+json"], (path, method)


def test_operations_have_ids_of_their_own() -> None:
    ids = [operation["operationId"] for _, _, operation in operations()]
    assert len(ids) == len(set(ids))


def test_public_operations_ask_for_no_token_and_the_others_do() -> None:
    by_path = {(path, method): operation for path, method, operation in operations()}
    assert "security" not in by_path["/api/v1/auth/tokens", "post"]
    assert "401" in by_path["/api/v1/auth/tokens", "post"]["responses"]  # a wrong password
    assert "401" not in by_path["/api/v1/auth/register", "post"]["responses"]
    assert {"accessToken": []} in by_path["/api/v1/me", "get"]["security"]


def test_inputs_say_that_unknown_fields_are_refused() -> None:
    schemas = document()["components"]["schemas"]
    assert schemas["OrganizationInput"]["additionalProperties"] is False
    assert schemas["PatchedOrganizationInput"]["additionalProperties"] is False


def test_lists_document_their_pages_and_parameters() -> None:
    operation = document()["paths"]["/api/v1/organizations"]["get"]
    assert {parameter["name"] for parameter in operation["parameters"]} == {"cursor", "limit", "ordering"}
    page = document()["components"]["schemas"]["PaginatedOrganizationOutputList"]
    assert page["required"] == ["results", "next", "previous"]


@pytest.mark.django_db
def test_the_document_and_its_page_are_served_to_anyone(client: Client) -> None:
    answer = client.get("/api/v1/openapi.json")
    assert (answer.status_code, answer.json()["openapi"]) == (200, "3.1.1")
    page = client.get("/api/v1/docs").content.decode()
    assert "/static/drf_spectacular_sidecar/" in page
    assert "https://cdn" not in page
