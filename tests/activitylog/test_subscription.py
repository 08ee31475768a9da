"""The way of real events through the bus into the log and the counters."""

import pytest

from activitylog.models import ActivityLog
from gauzy import context
from gauzy.analytics.models import DailyCount
from gauzy.context import Actor
from gauzy.eventbus import catalogue
from gauzy.eventbus.models import StoredEvent
from gauzy.eventbus.testing import deliver_all
from gauzy.organizations.services import create_organization, update_organization
from gauzy.tenancy.services import create_tenant

pytestmark = pytest.mark.django_db


def test_every_event_of_the_catalogue_is_recorded_and_counted() -> None:
    subscribed = {handler.id for handler in catalogue.handlers if handler.takes_every_event}
    assert {"activitylog.record_activity", "analytics.count_events"} <= subscribed


def test_each_event_becomes_one_row_and_one_count_whatever_its_tenant(actor: Actor) -> None:
    tenants = [create_tenant(name="Tenant") for _ in range(3)]
    for one in tenants:
        with context.acting(tenant_id=one.id, actor=actor):
            organization = create_organization(name="Analytical Engines")
            update_organization(organization_id=organization.id, values={"currency": "GBP"})
    deliver_all()
    deliver_all()
    rows = ActivityLog.objects.filter(event__startswith="organizations.").order_by("occurred_at")
    assert [(row.tenant_id, row.description) for row in rows] == [
        (one.id, description)
        for one in tenants
        for description in ("Organization created by Tess Tester", "Organization updated by Tess Tester: currency")
    ]
    assert {row.entity_id for row in rows} == {str(row.organization_id) for row in rows}
    assert ActivityLog.objects.count() == StoredEvent.objects.count()
    for one in tenants:
        counts = DailyCount.objects.filter(tenant_key=one.id).values_list("metric", "count")
        assert dict(counts) == {"organizations.organization_created": 1, "organizations.organization_updated": 1}
