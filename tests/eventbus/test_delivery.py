import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from gauzy import context
from gauzy import eventbus as bus
from gauzy.eventbus import claiming
from gauzy.eventbus.conf import bus_settings
from gauzy.eventbus.events import DeliveryDiedEvent
from gauzy.eventbus.execution import Result, run_one
from gauzy.eventbus.handler import Handler, marked
from gauzy.eventbus.models import Delivery, Failure, Receipt, StoredEvent
from gauzy.eventbus.records import Claimed
from gauzy.eventbus.testing import connected, deliver_all
from tests.eventbus.events import ClockTickedEvent, ThingCreatedEvent, ThingUpdatedEvent
from tests.eventbus.support import undone

pytestmark = pytest.mark.django_db


def publish(**fields: object) -> UUID:
    return bus.publish(ThingCreatedEvent(thing_id=uuid4(), **fields))  # type: ignore[arg-type]  # free-form on purpose


def _handler(function: object) -> Handler:
    found = marked(function)
    assert found is not None
    return found


def receipt(event_id: UUID, handler: str) -> Receipt:
    return Receipt.objects.get(event_id=event_id, handler=handler)


def test_a_handler_runs_with_its_events_tenant_actor_and_correlation(acting: context.Context) -> None:
    seen: list[tuple[ThingCreatedEvent, bus.Metadata, context.Context]] = []

    @bus.handles(ThingCreatedEvent, id="bustests.look")
    def look(event: ThingCreatedEvent, meta: bus.Metadata) -> None:
        seen.append((event, meta, context.current()))

    with connected(look):
        event_id = publish(title="a")
        with context.use(None):
            deliver_all()
            assert context.find() is None
    [(event, meta, entered)] = seen
    assert event.title == "a"
    assert (meta.event_id, meta.attempt, meta.depth, meta.causation_id) == (event_id, 1, 0, None)
    assert (entered.tenant_id, entered.actor, entered.correlation_id) == (
        acting.tenant_id,
        acting.actor,
        acting.correlation_id,
    )
    assert (entered.causation_id, entered.handler) == (event_id, "bustests.look")
    assert receipt(event_id, "bustests.look").outcome == "done"
    assert not Delivery.objects.filter(event_id=event_id, handler="bustests.look").exists()


def test_events_published_inside_a_handler_point_back_to_their_cause() -> None:
    @bus.handles(ThingCreatedEvent, id="bustests.chain")
    def chain(event: ThingCreatedEvent) -> None:
        bus.publish(ThingUpdatedEvent(thing_id=event.thing_id))

    with connected(chain):
        event_id = publish()
        deliver_all()
    cause, effect = StoredEvent.objects.get(id=event_id), StoredEvent.objects.get(name="bustests.thing_updated")
    assert (effect.causation_id, effect.causing_handler, effect.depth) == (event_id, "bustests.chain", 1)
    assert (effect.correlation_id, effect.tenant_id) == (cause.correlation_id, cause.tenant_id)


def test_a_failing_handler_hurts_neither_its_neighbour_nor_the_publisher_and_leaves_no_effects() -> None:
    done: list[str] = []

    @bus.handles(ThingCreatedEvent, id="bustests.bad")
    def bad(event: ThingCreatedEvent) -> None:
        bus.publish(ThingUpdatedEvent(thing_id=event.thing_id))
        raise ValueError(f"no luck with {event.owner} and bob@example.org")

    @bus.handles(ThingCreatedEvent, id="bustests.good")
    def good(event: ThingCreatedEvent) -> None:
        done.append(event.title)

    with connected(bad, good):
        event_id = publish(title="a", owner="Grace Hopper")
        deliver_all(expect_failures=True)
        waiting = Delivery.objects.get(event_id=event_id, handler="bustests.bad")
    assert done == ["a"]
    assert not StoredEvent.objects.filter(name="bustests.thing_updated").exists()
    assert (waiting.attempts, waiting.failures, waiting.dead_at, waiting.lease_until) == (1, 1, None, None)
    assert timedelta(seconds=3) < waiting.due - timezone.now() < timedelta(seconds=7)
    failure = Failure.objects.get(event_id=event_id)
    assert (failure.error_class, failure.attempt, failure.kind) == ("ValueError", 1, "error")
    assert failure.error_text == "no luck with [redacted] and [redacted]"
    assert "Grace" not in failure.traceback


def test_a_delivery_climbs_the_ladder_dies_and_is_announced(settings: Settings) -> None:
    settings.EVENTBUS = settings.EVENTBUS | {"RETRY_LADDER": [10.0, 100.0], "RETRY_JITTER": 0.0}
    calls: list[int] = []

    @bus.handles(ThingCreatedEvent, id="bustests.never")
    def never(event: ThingCreatedEvent, meta: bus.Metadata) -> None:
        calls.append(meta.attempt)
        raise RuntimeError("never")

    with connected(never):
        event_id = publish()
        deliver_all(expect_failures=True)
        deliver_all(expect_failures=True)
        assert calls == [1]
        deliver_all(now=timezone.now() + timedelta(seconds=11), expect_failures=True)
        deliver_all(now=timezone.now() + timedelta(seconds=50), expect_failures=True)
        assert calls == [1, 2]
        deliver_all(now=timezone.now() + timedelta(seconds=111), expect_failures=True)
        deliver_all(now=timezone.now() + timedelta(days=30), expect_failures=True)
        dead = Delivery.objects.get(event_id=event_id, handler="bustests.never")
    assert calls == [1, 2, 3]
    assert dead.dead_at is not None
    assert dead.reason == "never"
    assert Failure.objects.filter(event_id=event_id).count() == 3
    death = StoredEvent.objects.get(name="eventbus.delivery_died")
    assert (death.data["died_event_id"], death.data["handler"], death.causation_id) == (
        str(event_id),
        "bustests.never",
        event_id,
    )


def test_permanent_is_dead_at_once_and_retry_chooses_its_own_time() -> None:
    @bus.handles(ThingCreatedEvent, id="bustests.permanent")
    def permanent(event: ThingCreatedEvent) -> None:
        raise bus.Permanent("the address does not exist")

    @bus.handles(ThingCreatedEvent, id="bustests.later")
    def later(event: ThingCreatedEvent) -> None:
        raise bus.Retry(after=timedelta(hours=2), reason="closed for lunch")

    with connected(permanent, later):
        publish()
        deliver_all(expect_failures=True)
        assert Delivery.objects.get(handler="bustests.permanent").dead_at is not None
        delivery = Delivery.objects.get(handler="bustests.later")
    assert timedelta(minutes=119) < delivery.due - timezone.now() < timedelta(minutes=121)
    assert delivery.reason == "closed for lunch"


def test_skip_writes_a_receipt_with_the_reason_and_undoes_effects() -> None:
    @bus.handles(ThingCreatedEvent, id="bustests.skipper")
    def skipper(event: ThingCreatedEvent) -> None:
        bus.publish(ThingUpdatedEvent(thing_id=event.thing_id))
        raise bus.Skip("welcomed before")

    with connected(skipper):
        event_id = publish()
        assert deliver_all()[Result.SKIPPED] == 1
    assert (receipt(event_id, "bustests.skipper").outcome, receipt(event_id, "bustests.skipper").reason) == (
        "skipped",
        "welcomed before",
    )
    assert not StoredEvent.objects.filter(name="bustests.thing_updated").exists()


def test_a_batch_handler_gets_many_at_once_across_tenants_and_without_a_tenant_in_context() -> None:
    sizes: list[int] = []

    @bus.handles(ThingCreatedEvent, id="bustests.batch", batch=10)
    def batch(deliveries: Sequence[bus.Delivered]) -> None:
        sizes.append(len(deliveries))
        assert context.find() is None
        assert len({delivered.meta.tenant_id for delivered in deliveries}) > 1

    with connected(batch):
        for index in range(20):
            with context.within_tenant(UUID(int=index)):
                publish()
        deliver_all()
    assert sizes == [10, 10]
    assert Receipt.objects.filter(handler="bustests.batch").count() == 20


_around: list[UUID] = []


@contextmanager
def around(meta: bus.Metadata) -> Iterator[None]:
    _around.append(meta.event_id)
    yield
    _around.remove(meta.event_id)


def test_a_batch_runs_within_the_context_of_each_of_its_items(settings: Settings) -> None:
    settings.EVENTBUS = {**settings.EVENTBUS, "AROUND": f"{__name__}.around"}
    inside: list[list[UUID]] = []

    @bus.handles(ThingCreatedEvent, id="bustests.batch", batch=10)
    def batch(deliveries: Sequence[bus.Delivered]) -> None:
        inside.append(list(_around))

    with connected(batch):
        ids = [publish() for _ in range(3)]
        deliver_all()
    assert [sorted(found) for found in inside] == [sorted(ids)]
    assert _around == []


def test_a_failing_batch_runs_singly_so_that_each_item_has_its_own_outcome() -> None:
    @bus.handles(ThingCreatedEvent, id="bustests.batch", batch=10)
    def batch(deliveries: Sequence[bus.Delivered]) -> None:
        for delivered in deliveries:
            bus_event = delivered.event
            assert isinstance(bus_event, ThingCreatedEvent)
            if bus_event.title == "bad":
                raise ValueError("bad one")
            with context.acting(tenant_id=delivered.meta.tenant_id, actor=delivered.meta.actor):
                bus.publish(ThingUpdatedEvent(thing_id=bus_event.thing_id))

    with connected(batch):
        bad = publish(title="bad")
        for _ in range(4):
            publish()
        deliver_all(expect_failures=True)
        assert Delivery.objects.get(handler="bustests.batch").event_id == bad
    assert Receipt.objects.filter(handler="bustests.batch").count() == 4
    assert StoredEvent.objects.filter(name="bustests.thing_updated").count() == 4


def test_every_event_reaches_a_handler_of_every_event() -> None:
    names: list[str] = []

    @bus.handles_every_event(batch=100, id="bustests.everything")
    def everything(deliveries: Sequence[bus.Delivered]) -> None:
        names.extend(delivered.meta.name for delivered in deliveries)

    with connected(everything):
        publish()
        bus.publish(ClockTickedEvent(clock_id="c"))
        deliver_all()
    assert sorted(names) == ["bustests.clock_ticked", "bustests.thing_created"]


def test_a_newer_releases_event_is_given_back_with_the_attempt_refunded() -> None:
    ran: list[UUID] = []

    @bus.handles(ThingCreatedEvent, id="bustests.old_worker")
    def old_worker(event: ThingCreatedEvent) -> None:
        ran.append(event.thing_id)

    with connected(old_worker):
        event_id = publish()
        StoredEvent.objects.filter(id=event_id).update(version=2)
        assert deliver_all()[Result.GIVEN_BACK] == 1
        delivery = Delivery.objects.get(event_id=event_id, handler="bustests.old_worker")
        assert (delivery.attempts, delivery.failures, delivery.dead_at) == (0, 0, None)
        assert "not understood by this release" in delivery.reason
        StoredEvent.objects.filter(id=event_id).update(version=1)
        deliver_all(now=timezone.now() + timedelta(seconds=61))
    assert len(ran) == 1


def test_a_payload_that_does_not_decode_is_dead_and_spares_its_batch_mates() -> None:
    @bus.handles(ThingCreatedEvent, id="bustests.batch", batch=10)
    def batch(deliveries: Sequence[bus.Delivered]) -> None: ...

    with connected(batch):
        broken = publish()
        publish()
        StoredEvent.objects.filter(id=broken).update(data={"thing_id": 5})
        deliver_all(expect_failures=True)
        dead = Delivery.objects.get(handler="bustests.batch")
    assert (dead.event_id, dead.dead_at is not None) == (broken, True)
    assert Failure.objects.get(event_id=broken).kind == "undecodable"
    assert Receipt.objects.filter(handler="bustests.batch").count() == 1


def test_a_chain_of_events_causing_one_another_stops_as_dead(settings: Settings) -> None:
    settings.EVENTBUS = settings.EVENTBUS | {"MAX_DEPTH": 4}

    @bus.handles(ThingCreatedEvent, id="bustests.endless")
    def endless(event: ThingCreatedEvent) -> None:
        bus.publish(ThingCreatedEvent(thing_id=event.thing_id))

    with connected(endless):
        publish()
        deliver_all()
        dead = Delivery.objects.get(handler="bustests.endless")
    assert dead.reason.startswith("loop")
    assert StoredEvent.objects.filter(name="bustests.thing_created").count() == 6
    death = StoredEvent.objects.get(name="eventbus.delivery_died")
    assert (death.causation_id, death.data["handler"], death.data["error_class"]) == (
        dead.event_id,
        "bustests.endless",
        "Loop",
    )


def test_news_of_a_loop_is_heard_and_makes_no_loop_of_its_own(settings: Settings) -> None:
    settings.EVENTBUS = settings.EVENTBUS | {"MAX_DEPTH": 4}
    heard: list[UUID] = []

    @bus.handles(ThingCreatedEvent, id="bustests.endless")
    def endless(event: ThingCreatedEvent) -> None:
        bus.publish(ThingCreatedEvent(thing_id=uuid4()))

    @bus.handles(DeliveryDiedEvent, id="bustests.hearing")
    def hearing(event: DeliveryDiedEvent) -> None:
        heard.append(event.died_event_id)
        bus.publish(ThingCreatedEvent(thing_id=uuid4()))

    with connected(endless, hearing):
        publish()
        deliver_all()
        stopped = set(Delivery.objects.filter(dead_at__isnull=False).values_list("event_id", flat=True))
    assert len(heard) == 1, "of the first that was stopped"
    assert len(stopped) == 2, "it, and what the news of it caused"
    assert heard[0] in stopped


def test_an_external_handler_has_a_stable_key_and_completes_with_its_effects() -> None:
    keys: list[str] = []

    @bus.handles(ThingCreatedEvent, id="bustests.external", external=True, queue="mail")
    def external(event: ThingCreatedEvent, meta: bus.Metadata) -> None:
        keys.append(meta.idempotency_key)
        if meta.attempt == 1:
            raise ConnectionError("away")
        with meta.completing():
            bus.publish(ThingUpdatedEvent(thing_id=event.thing_id))

    with connected(external):
        event_id = publish()
        deliver_all(expect_failures=True)
        deliver_all(now=timezone.now() + timedelta(minutes=1), expect_failures=True)
    assert keys == [f"{event_id}:bustests.external"] * 2
    assert receipt(event_id, "bustests.external").attempts == 2
    assert StoredEvent.objects.filter(name="bustests.thing_updated").count() == 1


def test_the_order_of_handlers_can_be_shuffled() -> None:
    order: list[str] = []

    @bus.handles(ThingCreatedEvent, id="bustests.a")
    def a(event: ThingCreatedEvent) -> None:
        order.append("a")

    @bus.handles(ThingCreatedEvent, id="bustests.b")
    def b(event: ThingCreatedEvent) -> None:
        order.append("b")

    with connected(a, b):
        for seed in range(8):
            publish()
            deliver_all(shuffle=seed)
    rounds = {tuple(order[index : index + 2]) for index in range(0, 16, 2)}
    assert rounds == {("a", "b"), ("b", "a")}


def test_a_condition_that_raised_is_evaluated_again_by_the_worker() -> None:
    broken = [True]

    def condition(event: ThingCreatedEvent) -> bool:
        if broken[0]:
            raise RuntimeError("not now")
        return False

    @bus.handles(ThingCreatedEvent, id="bustests.conditional", when=condition)
    def conditional(event: ThingCreatedEvent) -> None:
        raise AssertionError("must not run")

    with connected(conditional):
        event_id = publish()
        broken[0] = False
        deliver_all()
    assert receipt(event_id, "bustests.conditional").reason == "its condition is false"


@pytest.mark.django_db(transaction=True)
def test_an_after_commit_handler_runs_in_the_publishers_thread_and_cannot_undo_its_work() -> None:
    order: list[str] = []

    @bus.handles(ThingCreatedEvent, run=bus.Run.AFTER_COMMIT, id="bustests.now")
    def now(event: ThingCreatedEvent) -> None:
        order.append("handler")

    @bus.handles(ThingCreatedEvent, run=bus.Run.AFTER_COMMIT, id="bustests.now_bad")
    def now_bad(event: ThingCreatedEvent) -> None:
        raise RuntimeError("later, then")

    with connected(now, now_bad):
        with transaction.atomic():
            event_id = publish()
            order.append("publisher")
        assert order == ["publisher", "handler"]
        waiting = Delivery.objects.get(event_id=event_id, handler="bustests.now_bad")
    assert (waiting.failures, waiting.dead_at) == (1, None)
    assert StoredEvent.objects.filter(id=event_id).exists()


@pytest.mark.django_db(transaction=True)
def test_after_commit_handlers_of_one_event_share_the_budget_and_a_worker_takes_the_rest(settings: Settings) -> None:
    settings.EVENTBUS = settings.EVENTBUS | {"AFTER_COMMIT_BUDGET": 0.1}
    ran: list[str] = []

    def spend_all(meta: bus.Metadata) -> None:
        ran.append(meta.handler)
        threading.Event().wait(0.1)

    @bus.handles(ThingCreatedEvent, run=bus.Run.AFTER_COMMIT, id="bustests.one")
    def one(event: ThingCreatedEvent, meta: bus.Metadata) -> None:
        spend_all(meta)

    @bus.handles(ThingCreatedEvent, run=bus.Run.AFTER_COMMIT, id="bustests.other")
    def other(event: ThingCreatedEvent, meta: bus.Metadata) -> None:
        spend_all(meta)

    with connected(one, other):
        with transaction.atomic():
            event_id = publish()
        assert len(ran) <= 1
        left = Delivery.objects.filter(event_id=event_id, lease_until=None, attempts=0)
        assert left.count() == 2 - len(ran)
        deliver_all()
    assert sorted(ran) == ["bustests.one", "bustests.other"]


@pytest.mark.django_db(transaction=True)
def test_what_a_worker_took_over_its_publisher_leaves_alone() -> None:
    ran: list[str] = []

    @bus.handles(ThingCreatedEvent, run=bus.Run.AFTER_COMMIT, id="bustests.slow")
    def slow(event: ThingCreatedEvent) -> None:
        """Takes so long that a worker comes for the others."""
        grace_is_over = timezone.now() + timedelta(seconds=bus_settings().AFTER_COMMIT_GRACE + 1)
        taken_over.extend(claiming.claim(_handler(late), limit=5, moment=grace_is_over))

    @bus.handles(ThingCreatedEvent, run=bus.Run.AFTER_COMMIT, id="bustests.late")
    def late(event: ThingCreatedEvent, meta: bus.Metadata) -> None:
        ran.append(f"attempt {meta.attempt}")

    taken_over: list[Claimed] = []
    with connected(slow, late):
        with transaction.atomic():
            event_id = publish()
        assert not ran
        assert Delivery.objects.get(event_id=event_id).handler == "bustests.late"
        assert run_one(_handler(late), taken_over[0]) is Result.DONE
    assert ran == ["attempt 1"]


@pytest.mark.django_db(transaction=True)
def test_nothing_runs_for_a_rolled_back_event_and_a_savepoint_takes_only_its_own_along() -> None:
    ran: list[str] = []

    @bus.handles(ThingCreatedEvent, run=bus.Run.AFTER_COMMIT, id="bustests.now")
    def now(event: ThingCreatedEvent) -> None:
        ran.append(event.title)

    with connected(now):
        with undone():
            publish(title="lost")
        with transaction.atomic():
            publish(title="outer")
            with undone():
                publish(title="inner")
    assert ran == ["outer"]
    assert StoredEvent.objects.filter(name="bustests.thing_created").count() == 1
