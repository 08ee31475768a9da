"""Run in a peer on SQLite: the worker in the web process."""

import threading
import time
from contextvars import copy_context
from typing import Any

from django.db import OperationalError, connections, transaction

from gauzy import eventbus as bus
from gauzy.eventbus.embedded import start_worker
from gauzy.eventbus.models import Delivery, StoredEvent
from tests.benchmarks.bench import beginnings, events
from tests.benchmarks.publishing import acting, made

SETTLING = 2.0  # seconds after which a process that has just started is at rest


def idle(samples: int, resting: float) -> dict[str, Any]:
    """Return commit-to-handler times in milliseconds, and the share of a core that is used at rest, in percent."""
    listening, worker, found = beginnings.listen(), start_worker(), []
    with acting():
        for _ in range(samples):
            time.sleep(0.02)
            with transaction.atomic():
                bus.publish(made(events.ItemSeenEvent))
                committing = time.time()
            found.append((beginnings.hear(listening) - committing) * 1000)
    time.sleep(SETTLING)
    used, started = time.process_time(), time.perf_counter()
    time.sleep(resting)
    share = (time.process_time() - used) / (time.perf_counter() - started) * 100
    worker.stop()
    listening.close()
    return {"milliseconds": found, "percent": share}


def flat_out(seconds: float, threads: int) -> dict[str, float]:
    """Publish from so many threads without pause; return rates, lock errors, and what was lost."""
    worker, errors, published = start_worker(), [0], [0] * threads
    deadline = time.perf_counter() + seconds

    def publish(place: int) -> None:
        try:
            while time.perf_counter() < deadline:
                try:
                    with transaction.atomic():
                        bus.publish(made(events.ItemMovedEvent))
                    published[place] += 1
                except OperationalError:
                    errors[0] += 1
        finally:
            connections.close_all()

    with acting():
        running = [threading.Thread(target=copy_context().run, args=(publish, place)) for place in range(threads)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()
        meanwhile = sum(published) - Delivery.objects.count()
        while Delivery.objects.exists():
            time.sleep(0.05)
    worker.stop()
    lost = sum(published) - StoredEvent.objects.filter(name="bench.item_moved").count()
    return {"publishes": sum(published) / seconds, "errors": errors[0], "lost": lost, "meanwhile": meanwhile / seconds}
