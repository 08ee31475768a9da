"""Every operation of the API, asked what its description allows and what it does not: the answers are true to it.

Schemathesis makes the requests from the OpenAPI document and judges the answers: no 5xx, and no status, media type,
header or body that the document does not have. Rows in the path are the world's own, so that requests get past 404.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode, openapi
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gauzy.users.services import issue_token
from tests.access.checks import World
from tests.access.routes import Route, routes
from tests.access.samples import path_values

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # a thousand requests: once is enough
ROUTES = [pytest.param(route, id=str(route)) for route in routes()]
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = int(os.environ.get("EXAMPLES", "3"))  # of each operation
quickly = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES <= 3,  # a deep run looks elsewhere each time
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@cache
def described() -> Any:
    document = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]  # untyped
    schema = openapi.from_dict(document)
    schema.app = WSGIHandler()
    return schema


@pytest.fixture(autouse=True)
def connection_outlives_requests() -> Iterator[None]:
    """As Django's own test client sees to it: the world is in a transaction of this connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@contextmanager
def _undone() -> Iterator[None]:
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # as Django's TestCase says it: not part of the work
    with block:
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("route", ROUTES)
def test_the_answers_of_an_operation_are_as_described(route: Route, world: World) -> None:
    operation = described()[route.path][route.method.upper()]
    known = {name: str(value) for name, value in path_values(route.parameters, world.own_ids(route)).items()}
    authorization = {"Authorization": f"Bearer {issue_token(membership=world.company.owner).secret}"}
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]

    @quickly
    @given(case=st.one_of([operation.as_strategy(mode, path_parameters=known) for mode in modes]))
    def ask(case: Case[Any]) -> None:
        with _undone():
            answer = case.call(headers=authorization)
        case.validate_response(answer, checks=CHECKS)

    ask()
