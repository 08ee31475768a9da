"""Run in a peer: what a claim costs on tables of different sizes."""

import time
from statistics import median

from django.db import connection, transaction

from gauzy import eventbus as bus
from gauzy.eventbus import claiming, worker
from gauzy.eventbus.catalogue import catalogue
from gauzy.eventbus.handler import Handler
from gauzy.eventbus.stores import store
from tests.benchmarks.bench import events
from tests.benchmarks.publishing import acting, made

CLAIMED = 20

EVENTS = """
INSERT INTO eventbus_event (id, name, version, tenant_id, actor_kind, actor_id, actor_label, correlation_id,
    causing_handler, depth, occurred_at, recorded_at, subject_type, subject_id, data, history, known_handlers, position)
SELECT md5(%(salt)s || n)::uuid, e.name, 1, e.tenant_id, 'user', e.actor_id, 'Ada', e.correlation_id, '', 0, now(),
    now(), 'item', '', e.data, false, 1, 1
FROM generate_series(1, %(count)s) AS n, (SELECT * FROM eventbus_event LIMIT 1) AS e
"""
DELIVERIES = """
INSERT INTO eventbus_delivery
    (event_id, handler, target, generation, due, owed_since, attempts, failures, crashes, reason)
SELECT md5('waiting' || n)::uuid, 'bench.move', '', 0, now() - interval '1 day' + n * interval '1 ms', now(), 0, 0, 0,
    ''
FROM generate_series(1, %(count)s) AS n
"""
RECEIPTS = """
INSERT INTO eventbus_receipt (event_id, handler, target, generation, outcome, reason, attempts, finished_at)
SELECT md5('done' || n)::uuid, 'bench.move', '', 0, 'done', '', 1, now() FROM generate_series(1, %(count)s) AS n
"""


def fill(waiting: int, done: int) -> None:
    """Make so many deliveries wait for one handler, and so many be done."""
    with acting(), transaction.atomic():
        bus.publish(made(events.ItemMovedEvent))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM eventbus_delivery")
        cursor.execute(EVENTS, {"salt": "waiting", "count": waiting})
        cursor.execute(DELIVERIES, {"count": waiting})
        cursor.execute(RECEIPTS, {"count": done})
        cursor.execute("VACUUM (ANALYZE) eventbus_event, eventbus_delivery, eventbus_receipt")


def fill_key(waiting: int) -> None:
    """Make so many deliveries of one key wait."""
    with acting():
        for start in range(0, waiting, 1_000):
            with transaction.atomic():
                bus.publish_many([made(events.ItemQueuedEvent) for _ in range(min(1_000, waiting - start))])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) eventbus_event, eventbus_delivery")


def milliseconds_of_claims(handler: str, count: int) -> float:
    """Return the median time of a claim of twenty, each handed back by rolling it back."""
    found = []
    for _ in range(count):
        with transaction.atomic():
            started = time.perf_counter()
            claims = _claim(_handler(handler))
            found.append((time.perf_counter() - started) * 1000)
            transaction.set_rollback(True)
        assert len(claims) == CLAIMED
    return median(found)


def _claim(handler: Handler) -> list[object]:
    """Without the lower bound that a drain remembers: the dearer case."""
    if handler.ordered_by:
        return list(store().claim_run(claiming.lane_of(handler), limit=CLAIMED, lease=30))
    return list(store().claim(handler.id, limit=CLAIMED, lease=30))


def _handler(handler_id: str) -> Handler:
    handler = catalogue.find_handler(handler_id)
    assert handler is not None
    return handler


def deliveries_per_second(seconds: float) -> float:
    """Publish and drain at full load for so long; return the rate of draining alone."""
    taken, draining, deadline = 0, 0.0, time.perf_counter() + seconds
    with acting():
        while time.perf_counter() < deadline:
            with transaction.atomic():
                bus.publish_many([made(events.ItemCountedEvent) for _ in range(1_000)])
            started = time.perf_counter()
            taken += worker.drain("bench.count")
            draining += time.perf_counter() - started
    return taken / draining
