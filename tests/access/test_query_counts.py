"""How many queries each list takes: as many as written down, however many rows there are.

`WRITE_BASELINES=1 pytest tests/access/test_query_counts.py` writes down what is counted now.
"""

import json
import os
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.access.checks import World
from tests.access.routes import routes
from tests.factories.desk import desk_of
from tests.factories.people import Company
from tests.factories.platform import new_organization, token_client
from tests.factories.world import furnish

pytestmark = pytest.mark.django_db
FILE = Path(__file__).with_name("query_counts.json")
CLOCK = "SELECT statement_timestamp()"  # a query on PostgreSQL alone: on SQLite the clock is this process's
DASHBOARD = reverse("admin:index")
LISTS = [route for route in routes() if route.is_list]


def count(client: Client, path: str) -> tuple[int, int]:
    """Return how many queries a page takes, and how often it asks for the database's clock."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    clock = sum(query["sql"] == CLOCK for query in queries)
    return len(queries) - clock, clock


def check_written(counted: dict[str, int]) -> None:
    written = json.loads(FILE.read_text(encoding="utf-8"))
    if os.environ.get("WRITE_BASELINES"):
        written |= counted
        FILE.write_text(json.dumps(written, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    kept = {path: written.get(path) for path in counted}
    assert counted == kept, "Say in the commit why, and run this test once with WRITE_BASELINES=1."


def test_the_dashboard_takes_as_many_queries_as_written_down_however_much_there_is(world: World) -> None:
    desk = desk_of(world.company.owner)
    desk.get(DASHBOARD)
    few = count(desk, DASHBOARD)
    for _ in range(2):
        furnish(Company(world.company.owner, new_organization(world.company.owner)))
    assert count(desk, DASHBOARD) == few, "The number of queries grows with the rows."
    check_written({DASHBOARD: few[0]})


def test_every_list_takes_as_many_queries_as_written_down_however_many_rows(world: World) -> None:
    client = token_client(world.company.owner)
    client.get(LISTS[0].path)  # the first use of a token is written down
    few = {route.path: count(client, route.path) for route in LISTS}
    for _ in range(2):
        furnish(Company(world.company.owner, new_organization(world.company.owner)))
    many = {route.path: count(client, route.path) for route in LISTS}
    assert many == few, "The number of queries grows with the rows."
    check_written({path: queries for path, (queries, _) in few.items()})


def test_what_is_written_down_is_of_pages_that_exist() -> None:
    assert json.loads(FILE.read_text(encoding="utf-8")).keys() == {DASHBOARD, *(route.path for route in LISTS)}
