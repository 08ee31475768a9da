"""Forgetting what is over and old: an event with its receipts and failures, when nothing of it is owed any more.

In small transactions by primary key, so that nobody waits. A dead delivery keeps its event until it is retried or
skipped. The newest event stays: on SQLite the next position follows from it, and one given twice would lie behind the
feed's cursors.
"""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from gauzy.eventbus.conf import bus_settings
from gauzy.eventbus.models import Delivery, Failure, Receipt, StoredEvent
from gauzy.eventbus.moments import first_id_at
from gauzy.eventbus.stores import store

CHUNK = 500  # events in one transaction


def prune(*, older_than: timedelta, dry_run: bool = False, at_most: int | None = None) -> int:
    """Forget events that old, or `at_most` so many of them; return how many."""
    forgotten, looked = 0, 0
    size = CHUNK if at_most is None else min(CHUNK, at_most)
    for chunk in _chunks(first_id_at(store().now() - older_than), size):
        forgotten += len(chunk) if dry_run else _forget(chunk)
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


def _chunks(bound: UUID, size: int) -> Iterator[list[UUID]]:
    """Yield ids of old events of which nothing is owed; those that are must not use up a turn."""
    cursor, newest = UUID(int=0), StoredEvent.objects.order_by("-position", "-id").values("id")[:1]
    old = StoredEvent.objects.filter(id__lt=bound).exclude(id__in=newest)
    over = old.exclude(Exists(Delivery.objects.filter(event_id=OuterRef("id")))).order_by("id")
    while chunk := list(over.filter(id__gt=cursor).values_list("id", flat=True)[:size]):
        cursor = chunk[-1]
        yield chunk
