import threading
import time
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from celery import current_app
from django.db import connection, connections, transaction
from django.utils import timezone
from pytest_django import Settings

from gauzy import context
from gauzy import eventbus as bus
from gauzy.eventbus import hints, sweeping, worker
from gauzy.eventbus.embedded import start_worker
from gauzy.eventbus.execution import Result, run_one
from gauzy.eventbus.models import Delivery, Failure, Receipt, StoredEvent
from gauzy.eventbus.stores import store
from gauzy.eventbus.testing import connected
from tests.eventbus.events import ThingCreatedEvent, ThingUpdatedEvent

pytestmark = pytest.mark.django_db(transaction=True)


@bus.handles(ThingCreatedEvent, id="bustests.echo")
def echo(event: ThingCreatedEvent) -> None:
    """Its effect is a row of its own."""
    bus.publish(ThingUpdatedEvent(thing_id=event.thing_id))


def publish(count: int = 1) -> list[UUID]:
    with transaction.atomic():
        return bus.publish_many([ThingCreatedEvent(thing_id=uuid4()) for _ in range(count)])


def effects() -> int:
    return StoredEvent.objects.filter(name="bustests.thing_updated").count()


def expire_leases() -> None:
    Delivery.objects.filter(lease_until__isnull=False).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_drain_takes_everything_that_is_due() -> None:
    with connected(echo):
        publish(50)
        assert worker.drain("bustests.echo") == 50
        assert worker.drain("bustests.echo") == 0
    assert effects() == 50


def test_a_drain_for_a_handler_of_another_release_does_nothing() -> None:
    assert worker.drain("bustests.unheard_of") == 0


def test_deliver_due_follows_cascades_until_quiet() -> None:
    @bus.handles(ThingUpdatedEvent, id="bustests.last")
    def last(event: ThingUpdatedEvent) -> None: ...

    with connected(echo, last):
        publish(3)
        assert worker.deliver_due(["bustests.echo", "bustests.last"]) == 6


def test_a_drain_whose_budget_is_over_hands_back_what_it_did_not_start(settings: Settings) -> None:
    settings.EVENTBUS = settings.EVENTBUS | {"DRAIN_BUDGET": 0.25}

    @bus.handles(ThingCreatedEvent, id="bustests.slow")
    def slow(event: ThingCreatedEvent) -> None:
        threading.Event().wait(0.3)  # the work itself

    with connected(slow):
        publish(5)
        assert worker.drain("bustests.slow") == 1
        assert set(Delivery.objects.filter(handler="bustests.slow").values_list("attempts", "lease_until")) == {
            (0, None)
        }


def test_a_delivery_whose_holder_vanished_is_run_again_and_counted_as_a_crash() -> None:
    with connected(echo):
        publish()
        [abandoned] = store().claim("bustests.echo", limit=1, lease=30)
        assert worker.drain("bustests.echo") == 0
        expire_leases()
        assert worker.drain("bustests.echo") == 1
    assert effects() == 1
    assert Receipt.objects.get(handler="bustests.echo").attempts == abandoned.attempt + 1


def test_a_holder_that_comes_back_late_has_no_effects() -> None:
    with connected(echo):
        publish()
        [stale] = store().claim("bustests.echo", limit=1, lease=30)
        expire_leases()
        worker.drain("bustests.echo")
        handler = bus.catalogue.find_handler("bustests.echo")
        assert handler is not None
        assert run_one(handler, stale) is Result.GONE
    assert effects() == 1


def test_a_delivery_that_keeps_killing_its_worker_is_set_aside_and_its_mates_run(settings: Settings) -> None:
    settings.EVENTBUS = settings.EVENTBUS | {"CRASH_LIMIT": 3}
    with connected(echo):
        [killer] = publish()
        for _ in range(3):  # three workers that died with it
            assert store().claim("bustests.echo", limit=1, lease=30) or store().claim_suspect("bustests.echo", lease=30)
            expire_leases()
        publish(2)
        worker.drain("bustests.echo")
        dead = Delivery.objects.get(event_id=killer, handler="bustests.echo")
    assert dead.dead_at is not None
    assert Failure.objects.get(event_id=killer).kind == "crashed"
    assert effects() == 2


def test_one_drain_too_many_for_a_long_queue_ends_after_its_first_claim(settings: Settings) -> None:
    settings.EVENTBUS = settings.EVENTBUS | {"PARALLEL_DRAINS": 2, "CLAIM_SIZE": 5}
    with connected(echo):
        publish(40)
        others = [store().claim("bustests.echo", limit=5, lease=30) for _ in range(2)]
        assert worker.drain("bustests.echo") == 5
        store().give_back(others.pop())
        assert worker.drain("bustests.echo") == 30


def test_drains_of_a_handler_that_calls_outside_are_no_more_than_allowed(settings: Settings) -> None:
    settings.EVENTBUS = settings.EVENTBUS | {"PARALLEL_DRAINS": 1}
    beside: list[int] = []

    @bus.handles(ThingCreatedEvent, id="bustests.calls", external=True, queue="mail")
    def calls(event: ThingCreatedEvent) -> None:
        beside.append(worker.drain("bustests.calls"))

    with connected(calls):
        publish(3)
        assert worker.drain("bustests.calls") == 3
    assert beside == [0, 0, 0]


def test_what_was_due_long_before_the_last_claim_is_found_by_looking_back() -> None:
    """Such as the event of a publisher whose transaction took minutes."""
    with connected(echo):
        publish()
        worker.drain("bustests.echo")
        publish()
        Delivery.objects.filter(handler="bustests.echo").update(due=timezone.now() - timedelta(hours=1))
        deadline = time.monotonic() + 10
        while effects() < 2 and time.monotonic() < deadline:
            worker.drain("bustests.echo")
    assert effects() == 2


@pytest.mark.postgres
def test_many_drains_at_once_run_each_delivery_once() -> None:
    with connected(echo):
        publish(200)

        def drain() -> None:
            worker.drain("bustests.echo")
            connections.close_all()

        threads = [threading.Thread(target=drain) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert effects() == 200
    assert Receipt.objects.filter(handler="bustests.echo").count() == 200


def test_the_lease_of_an_external_handler_is_renewed_while_it_runs(settings: Settings) -> None:
    settings.EVENTBUS = settings.EVENTBUS | {"LEASE": 0.3}
    seen: list[int] = []

    @bus.handles(ThingCreatedEvent, id="bustests.external", external=True, queue="mail")
    def external(event: ThingCreatedEvent) -> None:
        before = Delivery.objects.get(handler="bustests.external").lease_until
        assert before is not None
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            lease_until = Delivery.objects.get(handler="bustests.external").lease_until
            if lease_until and lease_until > before:
                seen.append(1)
                return
            threading.Event().wait(0.02)

    with connected(external):
        publish()
        worker.drain("bustests.external")
    assert seen == [1]
    assert Receipt.objects.get(handler="bustests.external").outcome == "done"


def test_a_sweep_drains_by_itself_while_the_broker_is_away(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_app.conf, "broker_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(current_app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(hints, "send", hints.HintSender().send)
    with connected(echo):
        publish(3)
        sweeping.sweep(["bustests.echo"])
    assert effects() == 3


def test_the_embedded_worker_runs_what_is_published_and_what_it_finds_at_start() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the embedded worker serves installations without a broker, on SQLite")
    delivered = threading.Event()

    @bus.handles(ThingCreatedEvent, id="bustests.notice")
    def notice(event: ThingCreatedEvent) -> None:
        transaction.on_commit(delivered.set)

    with connected(notice):
        publish()
        hints.send(["activitylog.record_activity"] * 50)  # whatever waits before it, prefetched two at a time
        embedded = start_worker()
        try:
            assert delivered.wait(10), "found by the sweep"
            delivered.clear()
            publish()
            assert delivered.wait(10), "announced by a hint"
        finally:
            embedded.stop()
    assert Receipt.objects.filter(handler="bustests.notice").count() == 2


def test_a_context_left_by_one_delivery_never_reaches_the_next() -> None:
    tenants: list[UUID] = []

    @bus.handles(ThingCreatedEvent, id="bustests.tenants")
    def tenants_seen(event: ThingCreatedEvent) -> None:
        tenants.append(context.tenant_id())
        if len(tenants) == 1:
            raise ValueError("the first one fails")

    with connected(tenants_seen):
        first, second = uuid4(), uuid4()
        for tenant in (first, second):
            with context.within_tenant(tenant):
                publish()
        with context.use(None):
            worker.drain("bustests.tenants")
            assert context.find() is None
    assert tenants == [first, second]
