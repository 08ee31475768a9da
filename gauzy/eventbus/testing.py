"""The test kit: record, assert, deliver.

with recorded_events() as events:
    create_employee(...)
assert_published(EmployeeCreatedEvent, employee_id=employee.id)
deliver_all()
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from gauzy.eventbus import claiming, connecting, publishing
from gauzy.eventbus.catalogue import catalogue
from gauzy.eventbus.conf import bus_settings
from gauzy.eventbus.event import AnyEvent
from gauzy.eventbus.execution import Result, run_batch, run_one
from gauzy.eventbus.handler import Handler, Run, marked
from gauzy.eventbus.models import Failure, StoredEvent
from gauzy.eventbus.pausing import Watch
from gauzy.eventbus.stores import store
from gauzy.eventbus.values import encode

E = TypeVar("E", bound=AnyEvent)
ROUNDS = 100  # of cascading events before deliver_all gives up


class RecordedEvents(Sequence[AnyEvent]):
    """The events published in a block, in order, as far as they exist: what was rolled back is not there."""

    def __init__(self, tapped: list[tuple[UUID, AnyEvent]]) -> None:
        self._tapped = tapped

    def _existing(self) -> list[AnyEvent]:
        ids = [event_id for event_id, _ in self._tapped]
        stored = set(StoredEvent.objects.filter(id__in=ids).values_list("id", flat=True))
        return [event for event_id, event in self._tapped if event_id in stored]

    def __getitem__(self, index: Any) -> Any:
        return self._existing()[index]

    def __len__(self) -> int:
        return len(self._existing())

    def __eq__(self, other: object) -> bool:
        return self._existing() == other

    __hash__ = None  # type: ignore[assignment]  # compares by content

    def __repr__(self) -> str:
        return repr(self._existing())

    def of(self, cls: type[E]) -> list[E]:
        """Return those of one class."""
        return [event for event in self._existing() if isinstance(event, cls)]


@contextmanager
def recorded_events() -> Iterator[RecordedEvents]:
    """Collect the events published inside the block (by whatever thread)."""
    tapped: list[tuple[UUID, AnyEvent]] = []
    publishing.taps.append(tapped)
    try:
        yield RecordedEvents(tapped)
    finally:
        publishing.taps.remove(tapped)


def assert_published(cls: type[E], **fields: object) -> E:
    """Return the newest stored event of the class with these field values; fail, listing what there is, without one."""
    event_type = next(known for known in catalogue.events if known.cls is cls)
    rows = StoredEvent.objects.filter(name=event_type.name).order_by("-id")
    events = [event_type.decode(encode(row.data), row.version) for row in rows]
    for event in events:
        if isinstance(event, cls) and all(getattr(event, name) == value for name, value in fields.items()):
            return event
    others = Counter(StoredEvent.objects.values_list("name", flat=True))
    raise AssertionError(f"No {cls.__name__} with {fields}. Of that type: {events}. Published: {dict(others)}")


def deliver_all(
    *, now: datetime | None = None, expect_failures: bool = False, shuffle: int | None = None
) -> Counter[Result]:
    """Run everything due in this thread until all is quiet (AFTER_COMMIT handlers included); count the results.

    now: pretend that it is then, so that retries and later deliveries run too. shuffle: seeds the order of handlers.
    Raises AssertionError if a handler fails, unless `expect_failures`.
    """
    results: Counter[Result] = Counter()
    for _ in range(ROUNDS):
        handlers = catalogue.handlers
        if shuffle is not None:
            random.Random(shuffle).shuffle(handlers)  # noqa: S311  an order, no secret
        took = sum(_deliver(handler, now, results) for handler in handlers)
        if results[Result.FAILED] and not expect_failures:
            raise AssertionError(f"A handler failed:\n{Failure.objects.latest('failed_at', 'id').traceback}")
        if not took:
            return results
    raise AssertionError(f"Handlers still publish after {ROUNDS} rounds.")


def _deliver(handler: Handler, now: datetime | None, results: Counter[Result]) -> int:
    moment = now
    if handler.run is Run.AFTER_COMMIT:
        moment = (now or store().now()) + timedelta(seconds=bus_settings().AFTER_COMMIT_GRACE + 1)
    watch = Watch(handler)
    if watch.is_paused():
        return 0
    limit = handler.batch or (1 if handler.ordered_by else 100)
    claims = watch.released(claiming.claim(handler, limit=limit, moment=moment))
    if handler.batch and claims:
        results.update(run_batch(handler, claims))
    else:
        results.update(run_one(handler, claim) for claim in claims)
    return len(claims)


@contextmanager
def only_handlers_of(*apps: str) -> Iterator[None]:
    """Disconnect every handler whose id does not begin with one of these app labels."""
    others = [handler for handler in catalogue.handlers if handler.id.split(".")[0] not in apps]
    for handler in others:
        catalogue.remove_handler(handler)
    try:
        yield
    finally:
        for handler in others:
            connecting.add(handler)


@contextmanager
def connected(*functions: Callable[..., None]) -> Iterator[None]:
    """Connect handlers declared in a test for the length of the block."""
    handlers = [handler for function in functions if (handler := marked(function))]
    for handler in handlers:
        connecting.add(handler)
    try:
        yield
    finally:
        for handler in handlers:
            catalogue.remove_handler(handler)
