from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from gauzy import context
from gauzy.context import ActorKind
from gauzy.eventbus.models import Delivery, Failure, Receipt, StoredEvent
from gauzy.eventbus.stores import store
from gauzy.eventbus.testing import assert_published, deliver_all, recorded_events
from gauzy.eventops import exceptions, services
from gauzy.eventops.events import DeliveryRetriedEvent, DeliverySkippedEvent
from gauzy.eventops.services import repairing
from tests.eventops.events import Weather
from tests.eventops.parcels import send_dead_parcel, send_parcel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parcels", "acting")]

DRIVE = "opstests.drive"


def delivery(event_id: UUID) -> Delivery:
    return Delivery.objects.get(event_id=event_id, handler=DRIVE)


def test_retrying_heals_what_was_dead_and_keeps_its_failures(tenant_id: UUID) -> None:
    event_id = send_dead_parcel(tenant_id)
    owed_since = delivery(event_id).owed_since
    services.retry_delivery(event_id=event_id, handler=DRIVE, tenant_id=None)
    retried = delivery(event_id)
    assert (retried.dead_at, retried.attempts, retried.failures, retried.crashes) == (None, 0, 0, 0)
    assert retried.due <= timezone.now()
    assert retried.owed_since == owed_since
    deliver_all()
    assert Receipt.objects.get(event_id=event_id, handler=DRIVE).outcome == "done"
    assert Failure.objects.filter(event_id=event_id).count() == 2


def test_a_retried_delivery_has_the_whole_ladder_before_it_again(tenant_id: UUID) -> None:
    event_id = send_dead_parcel(tenant_id)
    services.retry_delivery(event_id=event_id, handler=DRIVE, tenant_id=None)
    Weather.bad = True
    try:
        deliver_all(expect_failures=True)
    finally:
        Weather.bad = False
    assert (delivery(event_id).failures, delivery(event_id).dead_at) == (1, None)


def test_a_retry_says_who_did_it_in_the_tenant_of_the_event(tenant_id: UUID) -> None:
    event_id = send_dead_parcel(tenant_id)
    operator = context.Actor(ActorKind.COMMAND, "manage.py events retry")
    with context.acting(tenant_id=None, actor=operator):
        services.retry_delivery(event_id=event_id, handler=DRIVE, tenant_id=None)
    published = assert_published(DeliveryRetriedEvent, event_id=event_id, handler=DRIVE)
    assert (published.tenant_id, published.event_name) == (tenant_id, "opstests.parcel_sent")
    stored = StoredEvent.objects.get(name="eventops.delivery_retried")
    assert (stored.actor_label, stored.subject_type, stored.subject_id) == (operator.label, "event", str(event_id))


def test_a_delivery_that_waits_for_its_next_attempt_can_be_hurried(tenant_id: UUID) -> None:
    event_id = send_parcel(tenant_id)
    Delivery.objects.filter(handler=DRIVE).update(due=timezone.now() + timedelta(hours=6), failures=1)
    with pytest.raises(exceptions.DeliveryNotDead):
        services.retry_delivery(event_id=event_id, handler=DRIVE, tenant_id=None, only_dead=True)
    services.retry_delivery(event_id=event_id, handler=DRIVE, tenant_id=None)
    deliver_all()
    assert Receipt.objects.filter(event_id=event_id, handler=DRIVE).exists()


def test_what_runs_is_left_alone(tenant_id: UUID) -> None:
    event_id = send_parcel(tenant_id)
    store().claim(DRIVE, limit=1, lease=30)
    with recorded_events() as events:
        with pytest.raises(exceptions.DeliveryRunning):
            services.retry_delivery(event_id=event_id, handler=DRIVE, tenant_id=None)
        with pytest.raises(exceptions.DeliveryRunning):
            services.skip_delivery(event_id=event_id, handler=DRIVE, reason="no", tenant_id=None)
    assert events == []
    assert delivery(event_id).attempts == 1


def test_what_is_over_or_never_was_cannot_be_retried(tenant_id: UUID) -> None:
    event_id = send_parcel(tenant_id)
    deliver_all()
    with pytest.raises(exceptions.DeliveryOver):
        services.retry_delivery(event_id=event_id, handler=DRIVE, tenant_id=None)
    with pytest.raises(exceptions.DeliveryNotFound):
        services.retry_delivery(event_id=event_id, handler="opstests.insure", tenant_id=None)
    with pytest.raises(exceptions.EventNotFound):
        services.retry_delivery(event_id=uuid4(), handler=DRIVE, tenant_id=None)


def test_another_tenants_event_is_not_found(tenant_id: UUID) -> None:
    event_id = send_dead_parcel(uuid4())
    with pytest.raises(exceptions.EventNotFound):
        services.retry_delivery(event_id=event_id, handler=DRIVE, tenant_id=tenant_id)
    with pytest.raises(exceptions.EventNotFound):
        services.skip_delivery(event_id=event_id, handler=DRIVE, reason="no", tenant_id=tenant_id)
    assert delivery(event_id).dead_at is not None


def test_many_are_retried_by_filter(tenant_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repairing, "RETRIED_AT_ONCE", 2)
    mine = [send_dead_parcel(tenant_id) for _ in range(3)]
    other = send_dead_parcel(uuid4())
    with recorded_events() as events:
        retried = services.retry_deliveries(tenant_id=tenant_id, handler=DRIVE)
    assert {one.event_id for one in retried} == set(mine)
    assert {event.event_id for event in events.of(DeliveryRetriedEvent)} == set(mine)
    assert delivery(other).dead_at is not None
    deliver_all()
    assert Receipt.objects.filter(event_id__in=mine, handler=DRIVE).count() == 3


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({"event": "opstests.parcel_sent"}, 1),
        ({"event": "opstests.parcel_received"}, 0),
        ({"handler": DRIVE}, 1),
        ({"handler": "opstests.carry"}, 0),
        ({"since": timedelta(hours=-1)}, 1),
        ({"since": timedelta(hours=1)}, 0),
        ({"until": timedelta(hours=1)}, 1),
        ({"until": timedelta(hours=-1)}, 0),
    ],
)
def test_each_filter_narrows(tenant_id: UUID, filters: dict[str, Any], count: int) -> None:
    send_dead_parcel(tenant_id)
    given: Any = {
        name: timezone.now() + value if isinstance(value, timedelta) else value for name, value in filters.items()
    }
    assert len(services.retry_deliveries(tenant_id=None, dry_run=True, **given)) == count


def test_a_dry_run_changes_and_publishes_nothing(tenant_id: UUID) -> None:
    event_id = send_dead_parcel(tenant_id)
    with recorded_events() as events:
        [chosen] = services.retry_deliveries(tenant_id=None, all=True, dry_run=True)
    assert chosen.event_id == event_id
    assert events == []
    assert delivery(event_id).dead_at is not None


def test_an_empty_selection_is_refused_unless_all_are_meant(tenant_id: UUID) -> None:
    send_dead_parcel(tenant_id)
    with pytest.raises(exceptions.EmptySelection):
        services.retry_deliveries(tenant_id=None)
    assert len(services.retry_deliveries(tenant_id=None, all=True)) == 1
    assert services.retry_deliveries(tenant_id=None, all=True) == []


def test_skipping_leaves_a_receipt_with_the_reason_and_says_who_did_it(tenant_id: UUID) -> None:
    event_id = send_dead_parcel(tenant_id)
    services.skip_delivery(event_id=event_id, handler=DRIVE, reason=" the road is gone ", tenant_id=tenant_id)
    receipt = Receipt.objects.get(event_id=event_id, handler=DRIVE)
    assert (receipt.outcome, receipt.reason, receipt.attempts) == ("skipped", "the road is gone", 2)
    assert not Delivery.objects.filter(event_id=event_id, handler=DRIVE).exists()
    assert_published(DeliverySkippedEvent, event_id=event_id, handler=DRIVE, reason="the road is gone")
    assert Failure.objects.filter(event_id=event_id).count() == 2


def test_what_waits_for_a_handler_that_is_gone_can_be_skipped(tenant_id: UUID) -> None:
    event_id = send_parcel(tenant_id)
    Delivery.objects.filter(handler=DRIVE).update(handler="opstests.fly")
    services.skip_delivery(event_id=event_id, handler="opstests.fly", reason="no wings", tenant_id=None)
    assert Receipt.objects.get(handler="opstests.fly").outcome == "skipped"


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
def test_a_skip_needs_a_reason(tenant_id: UUID, reason: str) -> None:
    event_id = send_dead_parcel(tenant_id)
    with pytest.raises(exceptions.ReasonRefused):
        services.skip_delivery(event_id=event_id, handler=DRIVE, reason=reason, tenant_id=None)
    assert delivery(event_id).dead_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_retry_that_is_rolled_back_leaves_everything_as_it_was(tenant_id: UUID) -> None:
    event_id = send_dead_parcel(tenant_id)
    with transaction.atomic():
        services.retry_delivery(event_id=event_id, handler=DRIVE, tenant_id=None)
        transaction.set_rollback(True)
    assert delivery(event_id).dead_at is not None
    assert not StoredEvent.objects.filter(name="eventops.delivery_retried").exists()
