"""How many queries each list takes: as many as written down, however many rows there are.

`WRITE_BASELINES=1 pytest tests/access/test_query_counts.py` writes down what is counted now.
"""

import json
import os
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests.access.checks import World
from tests.access.routes import Route, routes
from tests.factories.people import Company
from tests.factories.platform import new_organization, token_client
from tests.factories.world import furnish

pytestmark = pytest.mark.django_db
FILE = Path(__file__).with_name("query_counts.json")
CLOCK = "SELECT statement_timestamp()"  # a query on PostgreSQL alone: on SQLite the clock is this process's
LISTS = [route for route in routes() if route.is_list]


def count(client: APIClient, route: Route) -> tuple[int, int]:
    """Return how many queries a list takes, and how often it asks for the database's clock."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(route.path).status_code == 200
    clock = sum(query["sql"] == CLOCK for query in queries)
    return len(queries) - clock, clock


def test_every_list_takes_as_many_queries_as_written_down_however_many_rows(world: World) -> None:
    client = token_client(world.company.owner)
    client.get(LISTS[0].path)  # the first use of a token is written down
    few = {route.path: count(client, route) for route in LISTS}
    for _ in range(2):
        furnish(Company(world.company.owner, new_organization(world.company.owner)))
    many = {route.path: count(client, route) for route in LISTS}
    assert many == few, "The number of queries grows with the rows."
    counted = {path: queries for path, (queries, _) in few.items()}
    if os.environ.get("WRITE_BASELINES"):
        FILE.write_text(json.dumps(counted, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    written = json.loads(FILE.read_text(encoding="utf-8"))
    assert counted == written, "Say in the commit why, and run this test once with WRITE_BASELINES=1."
