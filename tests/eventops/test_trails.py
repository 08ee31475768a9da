from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gauzy import eventbus as bus
from gauzy.eventbus.models import Delivery, Receipt, StoredEvent
from gauzy.eventbus.stores import store
from gauzy.eventbus.testing import connected, deliver_all
from gauzy.eventops.choices import DeliveryState
from gauzy.eventops.trails import Trail, trails_of, trails_of_event
from tests.eventops.events import ParcelSentEvent, Weather
from tests.eventops.parcels import send_dead_parcel, send_parcel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parcels")]


def trail(event_id: UUID, handler: str) -> Trail:
    [found] = trails_of_event(StoredEvent.objects.get(id=event_id), handler)
    return found


def test_every_connected_handler_is_in_exactly_one_state(tenant_id: UUID) -> None:
    event_id = send_parcel(tenant_id)
    trails = trails_of_event(StoredEvent.objects.get(id=event_id))
    assert [(one.handler, one.state) for one in trails] == [
        ("opstests.carry", DeliveryState.WAITING),
        ("opstests.drive", DeliveryState.WAITING),
        ("opstests.insure", DeliveryState.NOT_OWED),
        ("opstests.stamp", DeliveryState.WAITING),
    ]
    assert trails[2].note == "its condition was false"


def test_done_and_skipped_say_when_and_why(tenant_id: UUID) -> None:
    event_id = send_parcel(tenant_id, weight=11)
    deliver_all()
    done, skipped = trail(event_id, "opstests.carry"), trail(event_id, "opstests.insure")
    assert (done.state, done.attempts) == (DeliveryState.DONE, 1)
    assert done.finished_at is not None
    assert (skipped.state, skipped.note) == (DeliveryState.SKIPPED, "insured already")


def test_a_failed_attempt_leaves_the_delivery_waiting_with_its_reason(tenant_id: UUID) -> None:
    event_id = send_parcel(tenant_id, recipient="Grace Hopper")
    Weather.bad = True
    try:
        deliver_all(expect_failures=True)
    finally:
        Weather.bad = False
    waiting = trail(event_id, "opstests.drive")
    assert (waiting.state, waiting.attempts, waiting.note) == (DeliveryState.WAITING, 1, "no road to [redacted]")
    assert waiting.due is not None
    assert waiting.due > timezone.now()
    assert [failure.error_class for failure in waiting.failures] == ["ConnectionError"]


def test_a_dead_delivery_shows_every_failure(tenant_id: UUID) -> None:
    dead = trail(send_dead_parcel(tenant_id), "opstests.drive")
    assert (dead.state, dead.attempts) == (DeliveryState.DEAD, 2)
    assert [failure.attempt for failure in dead.failures] == [1, 2]


def test_a_leased_delivery_runs_until_its_lease_is_over(tenant_id: UUID) -> None:
    event_id = send_parcel(tenant_id)
    store().claim("opstests.drive", limit=1, lease=30)
    assert trail(event_id, "opstests.drive").state is DeliveryState.RUNNING
    Delivery.objects.filter(handler="opstests.drive").update(lease_until=timezone.now() - timedelta(seconds=1))
    vanished = trail(event_id, "opstests.drive")
    assert (vanished.state, vanished.note) == (DeliveryState.WAITING, "its worker died or stalled while running it")


def test_a_handler_connected_later_was_not_known_to_the_publisher(tenant_id: UUID) -> None:
    event_id = send_parcel(tenant_id)

    @bus.handles(ParcelSentEvent, id="opstests.later")
    def later(event: ParcelSentEvent) -> None: ...

    @bus.handles(ParcelSentEvent, id="opstests.never", when=lambda event: event.weight > 10)
    def never(event: ParcelSentEvent) -> None: ...

    with connected(later, never):
        unknown, refused = trail(event_id, "opstests.later"), trail(event_id, "opstests.never")
    assert (unknown.state, unknown.note) == (DeliveryState.NOT_OWED, "not known to the publisher")
    assert (refused.state, refused.note) == (DeliveryState.NOT_OWED, "its condition was false")


def test_a_delivery_of_a_handler_that_is_gone_says_so(tenant_id: UUID) -> None:
    event_id = send_parcel(tenant_id)
    Delivery.objects.filter(handler="opstests.drive").update(handler="opstests.fly")
    gone = trail(event_id, "opstests.fly")
    assert (gone.state, gone.note) == (DeliveryState.WAITING, "this release has no such handler")


def test_a_loss_would_be_named(tenant_id: UUID) -> None:
    event_id = send_parcel(tenant_id)
    deliver_all()
    Receipt.objects.filter(handler="opstests.drive").delete()
    assert trail(event_id, "opstests.drive").state is DeliveryState.MISSING


def test_an_event_of_another_release_still_shows_what_is_recorded(tenant_id: UUID) -> None:
    event_id = send_parcel(tenant_id)
    StoredEvent.objects.filter(id=event_id).update(name="opstests.parcel_teleported")
    trails = trails_of_event(StoredEvent.objects.get(id=event_id))
    assert {one.handler for one in trails} == {"opstests.carry", "opstests.drive", "opstests.stamp"}


def test_many_events_take_as_many_statements_as_one(tenant_id: UUID) -> None:
    for _ in range(5):
        send_parcel(tenant_id)
    events = list(StoredEvent.objects.all())
    counts = []
    for some in (events[:1], events):
        with CaptureQueriesContext(connection) as queries:
            trails_of(some, with_failures=True)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_condition_that_raises_counts_as_true(tenant_id: UUID) -> None:
    event_id = send_parcel(tenant_id)

    def broken(event: ParcelSentEvent) -> bool:
        raise LookupError

    @bus.handles(ParcelSentEvent, id="opstests.broken", when=broken)
    def handler(event: ParcelSentEvent) -> None: ...

    with connected(handler):
        assert trail(event_id, "opstests.broken").note == "not known to the publisher"
