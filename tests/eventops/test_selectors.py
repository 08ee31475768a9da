from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from gauzy.eventbus.ids import uuid7
from gauzy.eventbus.models import Delivery, StoredEvent
from gauzy.eventbus.moments import first_id_at
from gauzy.eventbus.testing import deliver_all
from gauzy.eventops import selectors
from gauzy.eventops.choices import DeliveryState
from gauzy.eventops.exceptions import EventNotFound
from gauzy.eventops.payloads import payload_of
from tests.eventops.parcels import send_dead_parcel, send_parcel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parcels")]


def test_events_are_filtered_by_when_they_occurred(tenant_id: UUID) -> None:
    event_id = send_parcel(tenant_id)
    at = StoredEvent.objects.get(id=event_id).occurred_at
    instant = timedelta(microseconds=1)
    assert selectors.events(tenant_id, since=at, until=at + instant).count() == 1
    assert selectors.events(tenant_id, since=at + instant).count() == 0
    assert selectors.events(tenant_id, until=at).count() == 0


def test_an_id_made_at_a_moment_is_not_below_the_first_of_that_moment() -> None:
    before, made, after = datetime.now(UTC), uuid7(), datetime.now(UTC)
    assert first_id_at(before) <= made < first_id_at(after + timedelta(milliseconds=1))
    assert first_id_at(datetime(1960, 1, 1, tzinfo=UTC)).int >> 80 == 0


def test_a_tenants_events_are_not_found_from_another(tenant_id: UUID) -> None:
    event_id = send_parcel(tenant_id)
    assert selectors.get_event(event_id, tenant_id=tenant_id).id == event_id
    assert selectors.get_event(event_id, tenant_id=None).id == event_id
    for foreign in (event_id, uuid4()):
        with pytest.raises(EventNotFound):
            selectors.get_event(foreign, tenant_id=uuid4())


def test_a_trace_shows_each_event_behind_its_cause(tenant_id: UUID) -> None:
    first = send_parcel(tenant_id)
    deliver_all()
    caused = StoredEvent.objects.get(causation_id=first)
    correlation_id = caused.correlation_id
    for start in (first, caused.id, correlation_id):
        assert [event.id for event in selectors.trace(start, tenant_id=tenant_id)] == [first, caused.id]
    with pytest.raises(EventNotFound):
        selectors.trace(correlation_id, tenant_id=uuid4())


def test_a_tree_keeps_families_together() -> None:
    def event(number: int, cause: int | None) -> StoredEvent:
        return StoredEvent(id=UUID(int=number), causation_id=None if cause is None else UUID(int=cause))

    found = [event(1, None), event(2, None), event(3, 1), event(4, 2), event(5, 1), event(6, 3), event(7, 99)]
    assert [one.id.int for one in selectors.in_tree_order(found)] == [1, 3, 6, 5, 2, 4, 7]


def test_owed_deliveries_are_listed_by_state_and_tenant(tenant_id: UUID) -> None:
    dead = send_dead_parcel(tenant_id)
    send_dead_parcel(uuid4())
    waiting = send_parcel(tenant_id)
    found = selectors.with_events(selectors.deliveries_in(DeliveryState.DEAD, tenant_id))
    assert [(owed.event.id, owed.delivery.handler, owed.state) for owed in found] == [
        (dead, "opstests.drive", DeliveryState.DEAD)
    ]
    listed = selectors.deliveries_in(DeliveryState.WAITING, tenant_id, handler="opstests.drive")
    assert [row.event_id for row in listed] == [waiting]
    Delivery.objects.filter(event_id=waiting).update(lease_until=timezone.now() + timedelta(minutes=1))
    assert selectors.deliveries_in(DeliveryState.RUNNING, tenant_id, event="opstests.parcel_sent").count() == 3
    assert not selectors.deliveries_in(DeliveryState.WAITING, tenant_id).exists()


def test_personal_data_are_masked_for_those_without_the_right(tenant_id: UUID) -> None:
    event = StoredEvent.objects.get(id=send_parcel(tenant_id, recipient="Grace Hopper"))
    event.data["changes"] = [{"field": "recipient", "old": "a", "new": "b"}, {"field": "weight", "old": 1, "new": 2}]
    assert payload_of(event, personal=True)["recipient"] == "Grace Hopper"
    masked = payload_of(event, personal=False)
    assert (masked["recipient"], masked["weight"]) == ("[redacted]", 1)
    assert masked["changes"] == [
        {"field": "recipient", "old": "[redacted]", "new": "[redacted]"},
        {"field": "weight", "old": 1, "new": 2},
    ]


def test_of_a_class_that_this_release_lacks_everything_is_masked(tenant_id: UUID) -> None:
    event = StoredEvent.objects.get(id=send_parcel(tenant_id, recipient="Grace Hopper"))
    event.name = "opstests.parcel_teleported"
    assert set(payload_of(event, personal=False).values()) == {"[redacted]"}


def test_a_field_that_the_class_no_longer_has_is_masked(tenant_id: UUID) -> None:
    """Nobody knows any more whether it was personal."""
    event = StoredEvent.objects.get(id=send_parcel(tenant_id))
    event.data |= {"sender": "Ada Lovelace"}
    assert payload_of(event, personal=False)["sender"] == "[redacted]"
    assert payload_of(event, personal=True)["sender"] == "Ada Lovelace"
