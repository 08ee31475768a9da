from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from gauzy.eventbus.models import Delivery, Receipt
from gauzy.eventbus.stores import store
from gauzy.eventbus.testing import deliver_all
from gauzy.eventops import stats
from gauzy.eventops.stats import HandlerStats, handler_stats
from tests.eventops.parcels import send_dead_parcel, send_parcel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parcels")]


def of(handler: str) -> HandlerStats:
    [found] = handler_stats(handler)
    return found


def test_every_handler_has_its_line_also_one_that_never_ran(tenant_id: UUID) -> None:
    assert [one.handler for one in handler_stats()] == [
        *("opstests.carry", "opstests.drive", "opstests.insure", "opstests.stamp", "opstests.thank")
    ]
    quiet = of("opstests.drive")
    assert (quiet.waiting, quiet.running, quiet.dead, quiet.done_last_day) == (0, 0, 0, 0)
    assert (quiet.lag, quiet.last_done, quiet.idle_days) == (None, None, None)


def test_waiting_running_and_dead_are_told_apart(tenant_id: UUID) -> None:
    send_dead_parcel(tenant_id)
    for _ in range(3):
        send_parcel(tenant_id)
    store().claim("opstests.drive", limit=1, lease=30)
    drive = of("opstests.drive")
    assert (drive.waiting, drive.running, drive.dead) == (2, 1, 1)


def test_lag_counts_from_when_work_became_owed_not_from_its_retry(tenant_id: UUID) -> None:
    event_id = send_parcel(tenant_id)
    Delivery.objects.filter(event_id=event_id, handler="opstests.drive").update(
        owed_since=timezone.now() - timedelta(hours=5), due=timezone.now() + timedelta(hours=19)
    )
    lag = of("opstests.drive").lag
    assert lag is not None
    assert timedelta(hours=5) <= lag < timedelta(hours=5, minutes=1)


def test_what_was_done_is_counted_by_hour_and_day_and_idle_handlers_stand_out(tenant_id: UUID) -> None:
    for _ in range(3):
        send_parcel(tenant_id)
    deliver_all()
    receipts = Receipt.objects.filter(handler="opstests.drive").values_list("event_id", flat=True)
    for event_id, hours in zip(receipts, (0, 2, 50), strict=True):
        done = timezone.now() - timedelta(hours=hours)
        Receipt.objects.filter(event_id=event_id, handler="opstests.drive").update(finished_at=done)
    drive = of("opstests.drive")
    assert (drive.done_last_hour, drive.done_last_day, drive.idle_days) == (1, 2, 0)
    Receipt.objects.update(finished_at=timezone.now() - timedelta(days=4, hours=1))
    assert of("opstests.drive").idle_days == 4


def test_a_handler_that_this_release_lacks_is_shown_while_it_is_owed_something(tenant_id: UUID) -> None:
    send_parcel(tenant_id)
    Delivery.objects.filter(handler="opstests.drive").update(handler="opstests.fly")
    gone = of("opstests.fly")
    assert (gone.connected, gone.waiting, gone.queue) == (False, 1, "")


def test_counting_stops_where_it_would_become_dear(tenant_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stats, "LARGEST_COUNT", 3)
    for _ in range(5):
        send_parcel(tenant_id)
    assert of("opstests.drive").waiting == 3
    deliver_all()
    assert of("opstests.drive").done_last_hour == 3
