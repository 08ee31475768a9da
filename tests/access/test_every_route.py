"""Every operation of the API, for every role and against another tenant, read from the URL table.

A new route is covered by being routed. What it lacks, the message says.
"""

import pytest

from tests.access.checks import World, check_answers, check_bodies, check_paths, check_queries, check_roles
from tests.access.routes import Route, routes

pytestmark = pytest.mark.django_db
ROUTES = [pytest.param(route, id=str(route)) for route in routes()]


@pytest.mark.parametrize("route", ROUTES)
def test_only_those_get_in_whom_the_view_names(route: Route, world: World) -> None:
    problems = list(check_roles(route, world))
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("route", ROUTES)
def test_another_tenant_does_not_exist(route: Route, world: World) -> None:
    before = world.state_of_rival()
    checks = (check_paths, check_bodies, check_queries, check_answers)
    problems = [problem for check in checks for problem in check(route, world)]
    assert not problems, "\n".join(problems)
    assert world.state_of_rival() == before, f"{route} changed rows of another tenant"
