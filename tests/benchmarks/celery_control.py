"""Run in a peer: make workers wait and go on, and fill their queues."""

import time
from typing import Any

from celery import current_app
from kombu import Connection

from tests.benchmarks.bench.tasks import nothing

QUEUE = "reference"
LONGEST = 120.0  # seconds


def wait_for_worker(name: str) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if current_app.control.ping([name], timeout=0.5):
            return True
    return False


def seconds_for_tasks(count: int) -> float:
    """Return how long the worker takes for that many no-op tasks that wait for it."""
    worker = [f"{QUEUE}@bench"]
    current_app.control.cancel_consumer(QUEUE, destination=worker, reply=True, timeout=5)
    with current_app.producer_pool.acquire() as producer:
        for _ in range(count):
            nothing.apply_async(queue=QUEUE, producer=producer)
    with current_app.connection_for_write() as connection:
        started = time.perf_counter()
        current_app.control.add_consumer(QUEUE, destination=worker, reply=False)
        while _left(connection):
            assert time.perf_counter() < started + LONGEST
            time.sleep(0.002)
        return time.perf_counter() - started


def _left(connection: Connection) -> int:
    """Tasks that nobody has acknowledged."""
    channel: Any = connection.default_channel
    redis = channel.client
    return int(redis.llen(QUEUE)) + int(redis.hlen("unacked"))
