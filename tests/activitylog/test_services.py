from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from activitylog import services
from activitylog.exceptions import AppendOnly
from activitylog.models import ActivityLog
from gauzy.context import Actor, ActorKind
from gauzy.eventbus import Change
from gauzy.eventbus.ids import uuid7
from tests.activitylog.events import ClockStoppedEvent, MachineUpdatedEvent, PersonUpdatedEvent
from tests.factories.deliveries import ADA, NOON, delivered

pytestmark = pytest.mark.django_db

RENAMED = Change(field="job_title", old=None, new="Analyst")


def machine_updated(**fields: object) -> MachineUpdatedEvent:
    ids = {"tenant_id": uuid7(), "machine_id": uuid7(), "organization_id": uuid7()}
    return MachineUpdatedEvent(**(ids | fields))  # type: ignore[arg-type]  # free-form on purpose


def recorded_row() -> ActivityLog:
    services.record([delivered(machine_updated(changes=(RENAMED,)))])
    row: ActivityLog = ActivityLog.objects.get()
    return row


def test_a_row_says_what_happened_to_what_by_whom_and_when() -> None:
    event = machine_updated(changes=(RENAMED,))
    delivery = delivered(event)
    services.record([delivery])
    row = ActivityLog.objects.get(event_id=delivery.meta.event_id)
    assert (row.tenant_id, row.organization_id) == (event.tenant_id, event.organization_id)
    assert (row.event, row.entity_type, row.entity_id) == ("logtests.machine_updated", "machine", str(event.machine_id))
    assert (row.action, row.occurred_at) == ("updated", NOON)
    assert (row.actor_kind, row.actor_id, row.actor_label) == (ActorKind.USER, ADA.id, "Ada Lovelace")
    assert (row.correlation_id, row.causation_id) == (delivery.meta.correlation_id, None)
    assert row.summary == "Machine updated: job title"
    assert row.description == "Machine updated by Ada Lovelace: job title"
    assert row.changes == [{"field": "job_title", "old": None, "new": "Analyst", "personal": False}]
    assert row.recorded_at


def test_changes_of_fields_that_the_event_marks_personal_are_marked() -> None:
    changes = (RENAMED, Change(field="operator", old="Grace", new="Ada"))
    person = PersonUpdatedEvent(tenant_id=uuid7(), person_id=uuid7(), changes=(RENAMED,))
    services.record([delivered(machine_updated(changes=changes)), delivered(person)])
    personal = [[change["personal"] for change in row.changes] for row in ActivityLog.objects.order_by("event")]
    assert personal == [[False, True], [True]]


def test_an_event_outside_any_tenant_and_organization_is_recorded_too() -> None:
    actor = Actor(ActorKind.SYSTEM, "clockwork")
    services.record([delivered(ClockStoppedEvent(tenant_id=None, clock_id="tower"), actor=actor)])
    row = ActivityLog.objects.get()
    assert (row.tenant_id, row.organization_id, row.actor_id) == (None, None, None)
    assert (row.entity_id, row.description) == ("tower", "Clock stopped by clockwork")


def test_recording_a_batch_twice_changes_nothing() -> None:
    batch = [delivered(machine_updated()) for _ in range(3)]
    services.record(batch[:2])
    services.record(batch)
    assert ActivityLog.objects.count() == 3


@pytest.mark.postgres
def test_a_full_batch_of_several_tenants_is_one_statement() -> None:
    batch = [delivered(machine_updated()) for _ in range(500)]
    with CaptureQueriesContext(connection) as queries:
        services.record(batch)
    assert len([query for query in queries if query["sql"].startswith("INSERT")]) == 1
    assert ActivityLog.objects.values("tenant_id").distinct().count() == 500


def test_the_manager_refuses_to_change_or_remove() -> None:
    row = recorded_row()
    rows = ActivityLog.objects.filter(pk=row.pk)
    with pytest.raises(AppendOnly):
        rows.update(summary="nothing happened")
    with pytest.raises(AppendOnly):
        rows.delete()
    with pytest.raises(AppendOnly):
        ActivityLog.objects.bulk_update([row], ["summary"])
    with pytest.raises(AppendOnly):
        row.save()
    with pytest.raises(AppendOnly):
        row.delete()


@pytest.mark.parametrize("statement", ["UPDATE {} SET summary = ''", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_remove(statement: str) -> None:
    recorded_row()
    sql = statement.format(ActivityLog._meta.db_table)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert ActivityLog.objects.get().summary == "Machine updated: job title"


def test_two_events_cannot_share_a_row() -> None:
    row = recorded_row()
    twin = ActivityLog(event_id=row.event_id, changes=[], correlation_id=uuid4(), occurred_at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()
