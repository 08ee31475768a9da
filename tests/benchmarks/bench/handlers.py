import time
from collections.abc import Sequence

from gauzy.eventbus import Delivered, Run, handles
from tests.benchmarks.bench.beginnings import tell
from tests.benchmarks.bench.events import (
    ItemCountedEvent,
    ItemCreatedEvent,
    ItemMovedEvent,
    ItemQueuedEvent,
    ItemSeenEvent,
    ItemWatchedEvent,
)

BATCH = 500
began_here: list[float] = []


@handles(ItemCreatedEvent, queue="bench")
def first(event: ItemCreatedEvent) -> None: ...


@handles(ItemCreatedEvent, queue="bench")
def second(event: ItemCreatedEvent) -> None: ...


@handles(ItemCreatedEvent, queue="bench")
def third(event: ItemCreatedEvent) -> None: ...


@handles(ItemMovedEvent, queue="bench")
def move(event: ItemMovedEvent) -> None: ...


@handles(ItemCountedEvent, queue="bench", batch=BATCH)
def count(deliveries: Sequence[Delivered]) -> None: ...


@handles(ItemSeenEvent, queue="bench")
def see(event: ItemSeenEvent) -> None:
    tell(time.time())


@handles(ItemWatchedEvent, run=Run.AFTER_COMMIT)
def watch(event: ItemWatchedEvent) -> None:
    began_here.append(time.perf_counter())


@handles(ItemQueuedEvent, queue="bench", ordered_by="name")
def queue(event: ItemQueuedEvent) -> None: ...
