"""Run in a peer: how fast workers get through a backlog, and how soon they begin."""

import multiprocessing
import time
from functools import partial
from statistics import median
from typing import Any
from uuid import uuid4

import psycopg
from django.db import connection, transaction

from gauzy import eventbus as bus
from tests.benchmarks.bench import beginnings, events
from tests.benchmarks.bench.handlers import BATCH, began_here
from tests.benchmarks.bench.models import Item
from tests.benchmarks.bench.tasks import tell_when_it_began
from tests.benchmarks.publishing import acting, made

AT_ONCE = 5_000
LONGEST = 120.0  # seconds


def seconds_for_deliveries(count: int, batch: bool) -> float:
    """Publish in one transaction; return how long the workers take from its commit to the last receipt."""
    cls = events.ItemCountedEvent if batch else events.ItemMovedEvent
    with acting():
        with transaction.atomic():
            for start in range(0, count, AT_ONCE):
                bus.publish_many([made(cls) for _ in range(min(AT_ONCE, count - start))])
        started = time.perf_counter()
        while _anything_owed():
            assert time.perf_counter() < started + LONGEST
            time.sleep(0.002)
        return time.perf_counter() - started


def _anything_owed() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM eventbus_delivery)")
        return bool(cursor.fetchone()[0])


def raw_seconds(count: int, processes: int) -> float:
    """Return how long psycopg loops take that claim, delete and write receipts as the bus does, and nothing else."""
    with acting(), transaction.atomic():
        for start in range(0, count, AT_ONCE):
            bus.publish_many([made(events.ItemCountedEvent) for _ in range(min(AT_ONCE, count - start))])
        with connection.cursor() as cursor:
            cursor.execute("UPDATE eventbus_delivery SET handler = 'raw.count'")
    connection.close()
    fork = multiprocessing.get_context("fork")
    ready = fork.Barrier(processes + 1, timeout=30)
    url = connection.settings_dict
    dsn = f"host={url['HOST']} port={url['PORT']} user={url['USER']} dbname={url['NAME']}"
    loops = [fork.Process(target=_raw_loop, args=(dsn, ready)) for _ in range(processes)]
    for loop in loops:
        loop.start()
    ready.wait()
    started = time.perf_counter()
    for loop in loops:
        loop.join()
    return time.perf_counter() - started


CLAIM = """
UPDATE eventbus_delivery AS d
SET lease_until = statement_timestamp() + interval '30 seconds', lease_token = %s, attempts = d.attempts + 1
FROM eventbus_event AS e
WHERE e.id = d.event_id AND d.ctid = ANY(ARRAY(
    SELECT ctid FROM eventbus_delivery
    WHERE handler = 'raw.count' AND dead_at IS NULL AND due <= statement_timestamp() AND lease_until IS NULL
    ORDER BY due LIMIT %s FOR UPDATE SKIP LOCKED))
RETURNING d.event_id, e.data
"""
COMPLETE = """
WITH gone AS (
    DELETE FROM eventbus_delivery WHERE handler = 'raw.count' AND target = '' AND generation = 0 AND lease_token = %s
        AND event_id = ANY(%s)
    RETURNING event_id
)
INSERT INTO eventbus_receipt (event_id, handler, target, generation, outcome, reason, attempts, finished_at)
SELECT event_id, 'raw.count', '', 0, 'done', '', 1, statement_timestamp() FROM gone
"""


def _raw_loop(dsn: str, ready: Any) -> None:
    with psycopg.connect(dsn, cursor_factory=psycopg.ClientCursor) as database:
        ready.wait()
        while True:
            token = uuid4()
            rows = database.execute(CLAIM, [token, BATCH]).fetchall()
            database.commit()
            if not rows:
                return
            database.execute(COMPLETE, [token, [row[0] for row in rows]])
            database.commit()


def milliseconds_to_handlers(count: int) -> dict[str, list[float]]:
    """Return how long it takes from COMMIT until a handler begins, and until a task of `delay()` does; in turns."""
    found: dict[str, list[float]] = {"ours": [], "reference": []}
    listening = beginnings.listen()
    with acting():
        for _ in range(count):
            found["ours"].append(_until_heard(listening, lambda: bus.publish(made(events.ItemSeenEvent))))
            found["reference"].append(_until_heard(listening, lambda: transaction.on_commit(_delay)))
    listening.close()
    return found


def _delay() -> None:
    tell_when_it_began.apply_async(queue="reference")


def _until_heard(listening: Any, announce: Any) -> float:
    time.sleep(0.02)  # idle again: hints keep a gap after one another
    with transaction.atomic():
        Item.objects.create(name="item", amount=1)
        announce()
        committing = time.time()
    return (beginnings.hear(listening) - committing) * 1000


def _note_now(moments: list[float]) -> None:
    moments.append(time.perf_counter())


def milliseconds_to_after_commit(count: int) -> float:
    """Return the median time from COMMIT's return to the beginning of an AFTER_COMMIT handler."""
    found = []
    with acting():
        for _ in range(count):
            returned: list[float] = []
            began_here.clear()
            with transaction.atomic():
                transaction.on_commit(partial(_note_now, returned))
                bus.publish(made(events.ItemWatchedEvent))
            found.append((began_here[0] - returned[0]) * 1000)
    return median(found)
