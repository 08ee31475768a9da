import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gauzy import context
from gauzy import eventbus as bus
from gauzy.eventbus import claiming, owing, worker
from gauzy.eventbus.exceptions import DeclarationError
from gauzy.eventbus.execution import Result, run_one
from gauzy.eventbus.handler import Handler
from gauzy.eventbus.models import Delivery, Receipt, StoredEvent
from gauzy.eventbus.testing import connected, deliver_all
from tests.eventbus.events import ThingCreatedEvent, ThingUpdatedEvent

pytestmark = pytest.mark.django_db(transaction=True)

seen: list[tuple[UUID, str]] = []
failing: set[str] = set()


@pytest.fixture(autouse=True)
def nothing_seen() -> None:
    seen.clear()
    failing.clear()


def note(event: ThingCreatedEvent) -> None:
    if event.title in failing:
        raise ValueError(event.title)
    seen.append((event.thing_id, event.title))


@bus.handles(ThingCreatedEvent, ordered_by="thing_id", id="bustests.in_order")
def in_order(event: ThingCreatedEvent) -> None:
    note(event)


@bus.handles(ThingCreatedEvent, ordered_by="thing_id", on_dead="skip", retries=[], id="bustests.past_the_dead")
def past_the_dead(event: ThingCreatedEvent) -> None:
    note(event)


@bus.handles(ThingCreatedEvent, ordered_by="thing_id", retries=[], id="bustests.behind_the_dead")
def behind_the_dead(event: ThingCreatedEvent) -> None:
    note(event)


def publish(thing_id: UUID, *titles: str) -> list[UUID]:
    with transaction.atomic():
        return bus.publish_many([ThingCreatedEvent(thing_id=thing_id, title=title) for title in titles])


def titles(thing_id: UUID) -> list[str]:
    return [title for of, title in seen if of == thing_id]


def test_a_keys_events_are_handled_in_the_order_of_their_publishing() -> None:
    one, other = uuid4(), uuid4()
    with connected(in_order):
        publish(one, "a", "b")
        publish(other, "x")
        publish(one, "c")
        worker.drain("bustests.in_order")
    assert titles(one) == ["a", "b", "c"]
    assert titles(other) == ["x"]


def test_a_failing_head_holds_its_key_until_it_is_retried_and_no_other_key() -> None:
    one, other = uuid4(), uuid4()
    failing.add("b")
    with connected(in_order):
        publish(one, "a", "b", "c")
        publish(other, "x")
        worker.drain("bustests.in_order")
        assert (titles(one), titles(other)) == (["a"], ["x"])
        waiting = Delivery.objects.filter(handler="bustests.in_order").order_by("order_number")
        assert [(row.attempts, row.lease_until) for row in waiting] == [(1, None), (0, None)], "the third was refunded"
        failing.clear()
        deliver_all(now=timezone.now() + timedelta(minutes=1))
    assert titles(one) == ["a", "b", "c"]


def test_a_dead_head_blocks_its_key_until_somebody_decides() -> None:
    thing_id = uuid4()
    failing.add("a")
    with connected(behind_the_dead):
        [head, _] = publish(thing_id, "a", "b")
        worker.drain("bustests.behind_the_dead")
        worker.drain("bustests.behind_the_dead")
        assert titles(thing_id) == []
        with transaction.atomic():
            assert bus.withdraw(head, "bustests.behind_the_dead")
        worker.drain("bustests.behind_the_dead")
    assert titles(thing_id) == ["b"]


def test_a_handler_may_pass_its_dead() -> None:
    thing_id = uuid4()
    failing.add("a")
    with connected(past_the_dead):
        publish(thing_id, "a", "b", "c")
        worker.drain("bustests.past_the_dead")
    assert titles(thing_id) == ["b", "c"]


def test_two_drains_do_not_share_a_key() -> None:
    with connected(in_order):
        publish(uuid4(), "a", "b", "c")
        run = claiming.claim(_handler(), limit=2)
        assert len(run) == 2
        assert claiming.claim(_handler(), limit=2) == []


def test_every_key_gets_its_turn() -> None:
    keys = sorted((uuid4() for _ in range(3)), key=str)
    with connected(in_order):
        for thing_id in keys:
            publish(thing_id, "a", "b")
        served = [claiming.claim(_handler(), limit=1)[0].ordering_key for _ in range(3)]
    assert sorted(key or "" for key in served) == [str(key) for key in keys]


def test_a_later_one_does_not_run_while_an_earlier_one_is_owed_however_it_was_claimed() -> None:
    with connected(in_order):
        publish(uuid4(), "a", "b")
        head, second = claiming.claim(_handler(), limit=2)
        assert run_one(_handler(), second) is Result.GONE
        assert run_one(_handler(), head) is Result.DONE
        assert run_one(_handler(), second) is Result.DONE


def test_a_head_whose_holder_vanished_runs_first_and_alone() -> None:
    thing_id = uuid4()
    with connected(in_order):
        publish(thing_id, "a", "b", "c")
        claiming.claim(_handler(), limit=2)
        assert claiming.claim_suspect(_handler()) is None
        Delivery.objects.filter(lease_until__isnull=False).update(lease_until=timezone.now() - timedelta(seconds=1))
        worker.drain("bustests.in_order")
    assert titles(thing_id) == ["a", "b", "c"]


@pytest.mark.postgres
def test_publishing_in_order_is_still_one_statement() -> None:
    with connected(in_order), transaction.atomic(), CaptureQueriesContext(connection) as queries:
        bus.publish_many([ThingCreatedEvent(thing_id=uuid4()) for _ in range(3)])
    assert len(queries) == 1


@pytest.mark.parametrize(
    "options",
    [
        {"ordered_by": "no_such_field"},
        {"ordered_by": "price"},
        {"ordered_by": "thing_id", "batch": 5},
        {"ordered_by": "thing_id", "run": bus.Run.AFTER_COMMIT},
        {"ordered_by": "thing_id", "targets": lambda event, meta: []},
    ],
)
def test_an_order_that_cannot_be_kept_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(DeclarationError):

        @bus.handles(ThingUpdatedEvent, id="bustests.refused", **options)  # type: ignore[call-overload, untyped-decorator]
        def refused(deliveries: object) -> None: ...


def test_long_texts_that_begin_alike_share_their_order() -> None:
    @bus.handles(ThingCreatedEvent, ordered_by="title", id="bustests.by_title")
    def by_title(event: ThingCreatedEvent) -> None: ...

    with connected(by_title):
        publish(uuid4(), "c" * 500)
        assert Delivery.objects.get(handler="bustests.by_title").ordering_key == "c" * 120


@pytest.mark.postgres
def test_racing_publishers_and_drains_keep_every_keys_commit_order() -> None:
    """What has been published holds its key's lock until it commits: so the ledger tells the commit order."""
    ledger: dict[UUID, list[str]] = {}
    keys = [uuid4() for _ in range(3)]
    with connected(in_order):
        publishers = [threading.Thread(target=_publish_often, args=(context.find(), keys, n, ledger)) for n in range(4)]
        drains = [threading.Thread(target=_drain_until, args=(publishers,)) for _ in range(3)]
        for thread in [*publishers, *drains]:
            thread.start()
        for thread in [*publishers, *drains]:
            thread.join(60)
        worker.drain("bustests.in_order")
    for thing_id in keys:
        assert titles(thing_id) == ledger[thing_id]
    assert Receipt.objects.filter(handler="bustests.in_order").count() == 4 * 3 * 15


@pytest.mark.postgres
def test_publishers_of_one_key_queue_behind_each_other_until_commit() -> None:
    """The second one's number comes after the first one's commit, although its event was made earlier."""
    thing_id, holding, go_on = uuid4(), threading.Event(), threading.Event()
    acting = context.find()

    def first() -> None:
        with context.use(acting), transaction.atomic():
            bus.publish(ThingCreatedEvent(thing_id=thing_id, title="first"))
            holding.set()
            assert go_on.wait(20)
        connections.close_all()

    def second() -> None:
        with context.use(acting):
            publish(thing_id, "second")
        connections.close_all()

    with connected(in_order):
        threads = [threading.Thread(target=first), threading.Thread(target=second)]
        threads[0].start()
        assert holding.wait(20)
        threads[1].start()
        while not _somebody_waits_for_a_lock():
            assert threads[1].is_alive(), "it did not wait"
        go_on.set()
        for thread in threads:
            thread.join(20)
        worker.drain("bustests.in_order")
    assert titles(thing_id) == ["first", "second"]


@pytest.mark.postgres
def test_claiming_from_a_hot_key_does_not_read_what_waits_behind() -> None:
    thing_id = uuid4()
    with connected(in_order):
        publish(thing_id, *["a"] * 20)
        few = _pages_of_a_claim(limit=20)
        publish(thing_id, *["a"] * 3_000)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE eventbus_delivery")
        assert _pages_of_a_claim(limit=20) <= few * 2


def _pages_of_a_claim(*, limit: int) -> int:
    from gauzy.eventbus.stores import postgresql  # noqa: PLC0415  the test looks into one dialect

    sql = postgresql.RUN.format(
        free=postgresql.HEAD_FREE.format(moment="statement_timestamp()"), alive="", behind="AND ordering_key >= ''"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}",
            {"handler": "bustests.in_order", "limit": limit},
        )
        plan = cursor.fetchone()[0][0]["Plan"]
    return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])


def _handler() -> Handler:
    handler = bus.catalogue.find_handler("bustests.in_order")
    assert handler is not None
    return handler


def _publish_often(acting: context.Context, keys: list[UUID], number: int, ledger: dict[UUID, list[str]]) -> None:
    with context.use(acting):
        for turn in range(15):
            for thing_id in keys:
                title = f"{number}.{turn}"
                with transaction.atomic():
                    bus.publish(ThingCreatedEvent(thing_id=thing_id, title=title))
                    ledger.setdefault(thing_id, []).append(title)
    connections.close_all()


def _drain_until(publishers: list[threading.Thread]) -> None:
    while any(thread.is_alive() for thread in publishers):
        worker.drain("bustests.in_order")
    connections.close_all()


def _somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return bool(cursor.fetchone()[0])


def test_late_deliveries_come_behind_what_their_key_is_owed_and_before_what_is_published_later() -> None:
    thing_id = uuid4()
    with connected(in_order):
        publish(thing_id, "a", "b")
        worker.drain("bustests.in_order")
        done = list(StoredEvent.objects.order_by("position"))
        publish(thing_id, "c")
        with transaction.atomic():
            owing.owe(_handler(), done, generation=1)
        publish(thing_id, "d")
        seen.clear()
        worker.drain("bustests.in_order")
    assert titles(thing_id) == ["c", "a", "b", "d"]


def test_late_deliveries_of_one_transaction_keep_the_order_of_its_publishing() -> None:
    thing_id, wanted = uuid4(), [str(number) for number in range(30)]
    publish(thing_id, *wanted)
    with connected(in_order):
        with transaction.atomic():
            owing.owe(_handler(), list(StoredEvent.objects.order_by("-id")))
        worker.drain("bustests.in_order")
    assert titles(thing_id) == wanted


def test_publishers_of_a_key_wait_for_the_late_deliveries_of_that_key() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite one writer is at work anyway")
    thing_id = uuid4()
    publish(thing_id, "a")
    with connected(in_order), transaction.atomic():
        owing.owe(_handler(), list(StoredEvent.objects.all()))
        with ThreadPoolExecutor(1) as other:
            key = f"bustests.in_order {thing_id}"
            assert other.submit(_can_lock, key).result() is False


def _can_lock(key: str) -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [key])
            return bool(cursor.fetchone()[0])
    finally:
        connections.close_all()
