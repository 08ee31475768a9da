from datetime import date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gauzy.analytics import services
from gauzy.analytics.models import NO_TENANT, DailyCount
from gauzy.eventbus import Delivered
from gauzy.eventbus.ids import uuid7
from gauzy.organizations.events import OrganizationCreatedEvent, OrganizationUpdatedEvent
from gauzy.users.choices import UserSource
from gauzy.users.events import UserRegisteredEvent
from tests.factories.deliveries import NOON, delivered

pytestmark = pytest.mark.django_db

CREATED, UPDATED = "organizations.organization_created", "organizations.organization_updated"


def created(tenant_id: UUID, occurred_at: datetime = NOON) -> Delivered:
    return delivered(OrganizationCreatedEvent(tenant_id=tenant_id, organization_id=uuid7()), occurred_at=occurred_at)


def updated(tenant_id: UUID) -> Delivered:
    return delivered(OrganizationUpdatedEvent(tenant_id=tenant_id, organization_id=uuid7(), changes=()))


def figures(tenant_key: UUID) -> dict[tuple[str, date], int]:
    counts = DailyCount.objects.filter(tenant_key=tenant_key)
    return {(metric, day): count for metric, day, count in counts.values_list("metric", "day", "count")}


def test_a_batch_is_counted_by_tenant_event_and_day() -> None:
    one, other = uuid7(), uuid7()
    yesterday = NOON - timedelta(days=1)
    services.count_events([created(one), created(one), updated(one), created(other), created(one, yesterday)])
    assert figures(one) == {(CREATED, NOON.date()): 2, (UPDATED, NOON.date()): 1, (CREATED, yesterday.date()): 1}
    assert figures(other) == {(CREATED, NOON.date()): 1}


def test_later_batches_add_to_what_was_counted() -> None:
    tenant_id = uuid7()
    services.count_events([created(tenant_id)])
    services.count_events([created(tenant_id), created(tenant_id)])
    assert figures(tenant_id) == {(CREATED, NOON.date()): 3}


def test_what_happens_outside_any_tenant_is_added_up_too() -> None:
    registered = UserRegisteredEvent(tenant_id=None, user_id=uuid7(), source=UserSource.COMMAND)
    services.count_events([delivered(registered)])
    services.count_events([delivered(registered)])
    assert figures(NO_TENANT) == {("users.user_registered", NOON.date()): 2}


def test_the_day_is_that_of_utc() -> None:
    tenant_id, new_york = uuid7(), timezone(timedelta(hours=-5))
    late = datetime(2026, 3, 1, 22, tzinfo=new_york)
    services.count(metric="seen", occurred_at=late, tenant_id=tenant_id)
    assert figures(tenant_id) == {("seen", date(2026, 3, 2)): 1}


def test_a_feature_counts_a_metric_of_its_own() -> None:
    tenant_id = uuid7()
    services.count(metric="employees_created", occurred_at=NOON, tenant_id=tenant_id)
    services.count(metric="employees_created", occurred_at=NOON, tenant_id=tenant_id, amount=4)
    assert figures(tenant_id) == {("employees_created", NOON.date()): 5}


def test_a_full_batch_of_500_tenants_is_one_statement() -> None:
    batch = [created(uuid7()) for _ in range(500)]
    with CaptureQueriesContext(connection) as queries:
        services.count_events(batch)
    assert len([query for query in queries if query["sql"].startswith("INSERT")]) == 1
    assert DailyCount.objects.count() == 500


def test_an_empty_batch_is_no_statement() -> None:
    with CaptureQueriesContext(connection) as queries:
        services.count_events([])
    assert not [query for query in queries if query["sql"].startswith("INSERT")]


def test_rows_are_locked_in_one_order_whatever_the_order_of_the_batch() -> None:
    batch = [created(uuid7()) for _ in range(5)]
    with CaptureQueriesContext(connection) as queries:
        services.count_events(batch)
        services.count_events(batch[::-1])
    first, second = (query["sql"] for query in queries if query["sql"].startswith("INSERT"))
    keys = [str(delivery.meta.tenant_id) for delivery in sorted(batch, key=lambda one: str(one.meta.tenant_id))]
    for sql in (first, second):
        places = [max(sql.find(key), sql.find(key.replace("-", ""))) for key in keys]
        assert places == sorted(places)
        assert -1 not in places


def test_clearing_days_lets_the_same_events_be_counted_to_the_same_figures() -> None:
    one, other = uuid7(), uuid7()
    chosen = [created(one), updated(one), created(one, NOON + timedelta(days=1))]
    rest = [created(other), created(one, NOON + timedelta(days=2))]
    services.count_events([*chosen, *rest])
    services.count(metric="employees_created", occurred_at=NOON, tenant_id=one)
    before = figures(one), figures(other)
    last = (NOON + timedelta(days=1)).date()
    assert services.clear_days(metrics=[CREATED, UPDATED], first=NOON.date(), last=last, tenant_id=one) == 3
    assert set(figures(one)) == {(CREATED, date(2026, 3, 4)), ("employees_created", NOON.date())}
    services.count_events(chosen)
    assert (figures(one), figures(other)) == before


def test_clearing_without_a_tenant_clears_all_of_them() -> None:
    one, other = uuid7(), uuid7()
    services.count_events([created(one), created(other)])
    assert services.clear_days(metrics=[CREATED], first=NOON.date(), last=NOON.date()) == 2
    assert not DailyCount.objects.exists()
