"""The checks of every route see mistakes: without this, they might be green because they look at nothing."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import override_settings

from tests.access import checks
from tests.access.checks import World
from tests.access.keys import Keyring, check_roles_of_keys, check_scopes, check_tenants_of_keys
from tests.access.routes import Route, routes

pytestmark = pytest.mark.django_db
Check = Callable[[Route, World], Iterator[str]]
KeyCheck = Callable[[Route, World, Keyring], Iterator[str]]


def complaints(check: Check, path: str, world: World) -> list[str]:
    with override_settings(ROOT_URLCONF="tests.access.leaky"):
        [route] = [route for route in routes() if route.path.startswith(f"/api/v1/{path}")]
        return list(check(route, world))


@pytest.mark.parametrize(
    ("path", "check", "complaint"),
    [
        ("unscoped/", checks.check_paths, "answers 200 to viewer for another tenant's id"),
        ("telling/", checks.check_paths, "tells another tenant's id from an unknown one"),
        ("unscoped-query", checks.check_queries, "tells another tenant's id in employee_id"),
        ("unscoped-bulk", checks.check_bodies, "takes another tenant's id at items.employee_id"),
        ("unscoped-list", checks.check_answers, "shows employee rows of another tenant"),
        ("undeclared", checks.check_roles, "declares no roles"),
        ("open", checks.check_roles, "lets in anonymous"),
        ("open", checks.check_roles, "lets in viewer"),
        ("closed", checks.check_roles, "denies owner"),
    ],
)
def test_a_mistake_is_seen(path: str, check: Check, complaint: str, world: World) -> None:
    assert complaint in "\n".join(complaints(check, path, world))


@pytest.mark.parametrize(
    ("path", "check", "complaint"),
    [
        ("scopeless", check_scopes, "answers a key without scopeless:read 204"),
        ("auth/scopeless", check_scopes, "is for people, but answers a key 204"),
        ("open", check_roles_of_keys, "lets in a key of the role manager"),
        ("closed", check_roles_of_keys, "shuts out a key of the role viewer"),
        ("unscoped/", check_tenants_of_keys, "answers a key 200 for another tenant's id"),
        ("telling/", check_tenants_of_keys, "answers a key 404 for another tenant's id"),
    ],
)
def test_a_mistake_with_keys_is_seen(path: str, check: KeyCheck, complaint: str, world: World) -> None:
    with override_settings(ROOT_URLCONF="tests.access.leaky"):
        [route] = [route for route in routes() if route.path.startswith(f"/api/v1/{path}")]
        assert complaint in "\n".join(check(route, world, Keyring(world)))


def test_the_walk_misses_no_route() -> None:
    """Every path of the OpenAPI document, which another library reads from the same table, is walked."""
    from drf_spectacular.generators import SchemaGenerator  # noqa: PLC0415  reads the URL table when it is imported

    document: Any = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]  # untyped
    documented = {(method, path) for path, methods in document["paths"].items() for method in methods}
    walked = {(route.method, route.path) for route in routes()}
    assert documented <= {*walked, ("get", "/api/v1/openapi.json"), ("get", "/api/v1/docs")}
