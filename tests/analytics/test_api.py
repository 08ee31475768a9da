from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from gauzy.analytics.services import count
from gauzy.tenancy.choices import Role
from gauzy.tenancy.models import Membership
from tests.factories.deliveries import NOON
from tests.factories.platform import new_member, new_owner, token_client

pytestmark = pytest.mark.django_db

URL = "/api/v1/analytics/daily-counts"


def counted(membership: Membership, metric: str, *, days: int = 0, amount: int = 1) -> None:
    count(metric=metric, occurred_at=NOON + timedelta(days=days), tenant_id=membership.tenant_id, amount=amount)


def rows(client: APIClient, query: str = "") -> list[tuple[str, str, int]]:
    answer = client.get(URL + query)
    assert answer.status_code == 200, answer.json()
    return [(row["metric"], row["day"], row["count"]) for row in answer.json()["results"]]


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN, Role.MANAGER])
def test_the_counts_of_the_tenant_are_listed_newest_day_first(role: Role) -> None:
    reader, stranger = new_member(new_owner(), role), new_owner()
    counted(reader, "a", amount=2)
    counted(reader, "b", days=1)
    counted(stranger, "a", amount=100)
    assert rows(token_client(reader)) == [("b", "2026-03-03", 1), ("a", "2026-03-02", 2)]


def test_counts_are_narrowed_by_metric_and_by_half_open_days() -> None:
    reader = new_owner()
    for days in range(4):
        counted(reader, "a", days=days)
        counted(reader, "b", days=days)
    found = rows(token_client(reader), "?metric=a&since=2026-03-03&until=2026-03-05")
    assert [date.fromisoformat(day).day for metric, day, _ in found if metric == "a"] == [4, 3]
    assert len(found) == 2


def test_pages_follow_one_another_without_gap_or_repetition() -> None:
    reader = new_owner()
    for days in range(3):
        for metric in "abc":
            counted(reader, metric, days=days)
    client, url, seen = token_client(reader), f"{URL}?limit=2", []
    while url:
        page = client.get(url).json()
        seen += [(row["metric"], row["day"]) for row in page["results"]]
        url = page["next"]
    assert len(seen) == len(set(seen)) == 9


@pytest.mark.parametrize("query", ["?since=yesterday", "?day=2026-03-02", "?metric="])
def test_a_filter_that_makes_no_sense_is_refused(query: str) -> None:
    assert token_client(new_owner()).get(URL + query).status_code == 400


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.VIEWER])
def test_nobody_else_reads_them(role: Role) -> None:
    assert token_client(new_member(new_owner(), role)).get(URL).status_code == 403


def test_the_number_of_rows_does_not_change_the_number_of_queries() -> None:
    reader = new_owner()
    client = token_client(reader)

    def queries(metrics: int) -> int:
        for number in range(metrics):
            counted(reader, f"metric-{metrics}-{number}")
        with CaptureQueriesContext(connection) as captured:
            rows(client)
        return len(captured)

    queries(0)  # the first request also notes the token's use
    assert queries(1) == queries(20)
