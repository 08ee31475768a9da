"""Every operation of the API, asked with API keys of every kind, read from the URL table."""

import pytest

from gauzy.rest.scopes import FOR_PEOPLE, known_scopes
from tests.access.checks import World
from tests.access.keys import (
    Keyring,
    check_roles_of_keys,
    check_scopes,
    check_tenants_of_keys,
    check_useless,
    scope_for,
    segment_of,
)
from tests.access.routes import Route, routes

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # two thousand requests: once is enough
SIGNED_IN = [route for route in routes() if not route.is_public]
ROUTES = [pytest.param(route, id=str(route)) for route in SIGNED_IN]


@pytest.mark.parametrize("route", ROUTES)
def test_a_key_opens_what_its_scopes_and_its_role_open(route: Route, world: World, keys: Keyring) -> None:
    before = world.state_of_rival()
    checks = (check_scopes, check_roles_of_keys, check_tenants_of_keys, check_useless)
    problems = [problem for check in checks for problem in check(route, world, keys)]
    assert not problems, "\n".join(problems)
    assert world.state_of_rival() == before, f"{route} changed rows of another tenant"


def test_every_segment_has_a_scope_unless_it_is_for_people() -> None:
    needed = {scope_for(route) for route in SIGNED_IN if segment_of(route) not in FOR_PEOPLE}
    assert set(known_scopes()) == needed
    assert {segment_of(route) for route in SIGNED_IN} >= FOR_PEOPLE, "a segment for people that no route has"
