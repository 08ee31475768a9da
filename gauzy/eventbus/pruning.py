"""Forgetting what is over and old: an event with its receipts and failures, when nothing of it is owed any more.

In small transactions by primary key, so that nobody waits. A dead delivery keeps its event until it is retried or
skipped.
"""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from gauzy.eventbus.conf import bus_settings
from gauzy.eventbus.models import Delivery, Failure, Receipt, StoredEvent
from gauzy.eventbus.moments import first_id_at
from gauzy.eventbus.stores import store

CHUNK = 500  # events in one transaction


def prune(*, older_than: timedelta, dry_run: bool = False, at_most: int | None = None) -> int:
    """Forget events that old; return how many. Stops after looking at `at_most` of them."""
    forgotten, looked = 0, 0
    for chunk in _chunks(first_id_at(store().now() - older_than)):
        forgotten += len(_over(chunk)) if dry_run else _forget(chunk)
        looked += len(chunk)
        if at_most is not None and looked >= at_most:
            break
    return forgotten


def retention() -> timedelta | None:
    """Return how long events are kept; None: for ever."""
    seconds = bus_settings().RETENTION
    return timedelta(seconds=seconds) if seconds else None


@transaction.atomic
def _forget(chunk: list[UUID]) -> int:
    """Lock first, look then: whoever makes an event owed again holds its row."""
    locked = StoredEvent.objects.select_for_update(skip_locked=_skips()).filter(id__in=chunk).order_by("id")
    over = _over(list(locked.values_list("id", flat=True)))
    for model in (Receipt, Failure):
        model.objects.filter(event_id__in=over).delete()
    StoredEvent.objects.filter(id__in=over).delete()
    return len(over)


def _over(chunk: list[UUID]) -> list[UUID]:
    owed = set(Delivery.objects.filter(event_id__in=chunk).values_list("event_id", flat=True))
    return [event_id for event_id in chunk if event_id not in owed]


def _skips() -> bool:
    return bool(store().connection.vendor == "postgresql")


def _chunks(bound: UUID) -> Iterator[list[UUID]]:
    cursor = UUID(int=0)
    old = StoredEvent.objects.filter(id__lt=bound).order_by("id").values_list("id", flat=True)
    while chunk := list(old.filter(id__gt=cursor)[:CHUNK]):
        cursor = chunk[-1]
        yield chunk
