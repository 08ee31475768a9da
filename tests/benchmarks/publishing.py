"""Run in a peer: what a publish costs."""

import os
import time
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.dispatch import Signal

from gauzy import context
from gauzy import eventbus as bus
from gauzy.eventbus import publishing
from gauzy.eventbus.conf import bus_settings
from gauzy.eventbus.values import encode
from tests.benchmarks.bench import events
from tests.benchmarks.bench.models import Item

TENANT, NOW, PRICE = uuid4(), datetime.now(UTC), Decimal("12.50")


@contextmanager
def acting() -> Iterator[None]:
    """As a request does: in a tenant, with an actor."""
    actor = context.Actor(context.ActorKind.USER, "Ada Lovelace", uuid4())
    with context.acting(tenant_id=TENANT, actor=actor):
        yield


def made(cls: type[Any], number: int = 0) -> Any:
    return cls(item_id=TENANT, name=f"item {number}", amount=number, price=PRICE, seen_at=NOW, urgent=False)


def microseconds(count: int, call: Callable[[], object]) -> float:
    started = time.perf_counter()
    for _ in range(count):
        call()
    return (time.perf_counter() - started) / count * 1e6


def python_part(count: int) -> float:
    """Microseconds for building, checking, planning, stamping and encoding an event that three handlers are owed."""
    settings = bus_settings()

    def publish() -> None:
        publishing.prepare(made(events.ItemCreatedEvent), history=False, dedup_key=None, settings=settings)

    with acting():
        publish()
        return microseconds(count, publish)


def send_robust(count: int) -> float:
    """Microseconds for Django's signal to three receivers that do nothing."""
    signal = Signal()
    receivers = [lambda **_: None for _ in range(3)]
    for receiver in receivers:
        signal.connect(receiver, weak=False)
    return microseconds(count, lambda: signal.send_robust(sender=Item, event=None))


def python_part_among(count: int, others: int) -> float:
    """Do the same in a forked process that knows so many other event types."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        _declare(others)
        os.write(writing, repr(python_part(count)).encode())
        os._exit(0)
    os.wait()
    os.close(writing)
    with os.fdopen(reading) as answer:
        return float(answer.read())


def _declare(others: int) -> None:
    for number in range(others):
        cls: Any = types.new_class(f"Other{number}ReachedEvent", (bus.Event,), exec_body=_fill_body)
        bus.event(f"bench.other_{number}", subject="amount", action=bus.Action.REACHED)(cls)


def _fill_body(body: dict[str, Any]) -> None:
    body |= {"__annotations__": {"amount": int}, "__doc__": "Another.", "__module__": __name__}


HAND_WRITTEN = """
WITH e AS (
    INSERT INTO eventbus_event (id, name, version, tenant_id, actor_kind, actor_id, actor_label, correlation_id,
        causing_handler, depth, occurred_at, recorded_at, subject_type, subject_id, data, history, known_handlers,
        position)
    VALUES (%s, %s, 1, %s, 'user', %s, 'Ada Lovelace', %s, '', 0, now(), now(), 'item', %s, %s, false, 1,
        pg_current_xact_id()::text::bigint)
    RETURNING id
)
INSERT INTO eventbus_delivery
    (event_id, handler, target, generation, due, owed_since, attempts, failures, crashes, reason, lease_token)
SELECT e.id, handler, '', 0, now(), now(), 0, 0, 0, '', '00000000-0000-0000-0000-000000000000'
FROM e, (VALUES ('bench.first'), ('bench.second'), ('bench.third')) AS h (handler)
"""


def durable(count: int) -> float:
    """Microseconds for a transaction of one ORM INSERT and a publish to three handlers."""

    def change_and_publish() -> None:
        with transaction.atomic():
            Item.objects.create(name="item", amount=1)
            bus.publish(made(events.ItemCreatedEvent))

    with acting():
        return microseconds(count, change_and_publish)


def by_hand(count: int) -> float:
    """Microseconds for the same with one statement written by hand."""
    data = encode(_payload()).decode()

    def change_and_insert() -> None:
        with transaction.atomic():
            Item.objects.create(name="item", amount=1)
            with connection.cursor() as cursor:
                ids = (uuid4(), "bench.item_created", TENANT, TENANT, uuid4(), TENANT)
                cursor.execute(HAND_WRITTEN, [*ids, data])

    return microseconds(count, change_and_insert)


def _payload() -> Any:
    with acting():
        return made(events.ItemCreatedEvent)


MANY_BY_HAND = """
WITH e AS (
    INSERT INTO eventbus_event (id, name, version, tenant_id, actor_kind, actor_id, actor_label, correlation_id,
        causing_handler, depth, occurred_at, recorded_at, subject_type, subject_id, data, history, known_handlers,
        position)
    SELECT u.id, 'bench.item_created', 1, %s, 'user', %s, 'Ada Lovelace', %s, '', 0, now(), now(), 'item', u.subject,
        u.data, false, 1, pg_current_xact_id()::text::bigint
    FROM unnest(%s::uuid[], %s::text[], %s::jsonb[]) AS u (id, subject, data)
    RETURNING id
)
INSERT INTO eventbus_delivery
    (event_id, handler, target, generation, due, owed_since, attempts, failures, crashes, reason, lease_token)
SELECT u.id, u.handler, '', 0, now(), now(), 0, 0, 0, '', '00000000-0000-0000-0000-000000000000'
FROM unnest(%s::uuid[], %s::text[]) AS u (id, handler)
"""


def many(count: int) -> float:
    """Events per second of one `publish_many` to three handlers, from building them to the end of COMMIT."""
    with acting():
        started = time.perf_counter()
        with transaction.atomic():
            bus.publish_many([made(events.ItemCreatedEvent, number) for number in range(count)])
        return count / (time.perf_counter() - started)


def many_by_hand(count: int) -> float:
    """Events per second of one statement that inserts the same rows from arrays which are there already."""
    data, ids = encode(_payload()).decode(), [uuid4() for _ in range(count)]
    owed = [(id, handler) for id in ids for handler in ("bench.first", "bench.second", "bench.third")]
    arrays: list[list[Any]] = [
        ids,
        [str(TENANT)] * count,
        [data] * count,
        [id for id, _ in owed],
        [handler for _, handler in owed],
    ]
    started = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(MANY_BY_HAND, [TENANT, TENANT, TENANT, *arrays])
    return count / (time.perf_counter() - started)


def empty() -> None:
    """Begin with empty tables again."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE eventbus_event, eventbus_delivery, eventbus_receipt, bench_item")
