"""Making stored events owed to a handler after they were published: reconciling, backfill and replay stand on this."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from gauzy.eventbus.catalogue import catalogue
from gauzy.eventbus.choices import Outcome
from gauzy.eventbus.event import AnyEvent
from gauzy.eventbus.handler import Handler
from gauzy.eventbus.models import Delivery, Receipt, StoredEvent
from gauzy.eventbus.publishing import ordering_key
from gauzy.eventbus.stores import store
from gauzy.eventbus.values import encode


def never_owed_to(handler: Handler, events: QuerySet[StoredEvent]) -> QuerySet[StoredEvent]:
    """Narrow `events` to those of which the handler has neither a delivery nor a receipt."""
    return events.exclude(Exists(_of(Delivery, handler))).exclude(Exists(_of(Receipt, handler)))


def done_by(handler: Handler, events: QuerySet[StoredEvent]) -> QuerySet[StoredEvent]:
    """Narrow `events` to those that the handler is done with, and is not owed again already."""
    return events.filter(Exists(_of(Receipt, handler).filter(outcome=Outcome.DONE))).exclude(
        Exists(_of(Delivery, handler))
    )


def owe(handler: Handler, events: Sequence[StoredEvent], *, generation: int = 0) -> list[UUID]:
    """Make `events` owed to the handler, due now; return the ids of those that its condition wants.

    In the caller's transaction, which holds locks on the events' rows: pruning waits, or was there first; so was
    somebody else who made some of them owed, which are left out. History is skipped by those who do not take it, with
    that reason.
    """
    known = _known(handler, events, generation)
    now, wanted = store().now(), [event for event in events if event.id not in known and wants(handler, event)]
    skipped = [event for event in wanted if event.history and not handler.history]
    owed = [event for event in wanted if handler.history or not event.history]
    key = {"handler": handler.id, "generation": generation}
    Delivery.objects.bulk_create(
        [
            Delivery(event_id=event.id, due=now, owed_since=now, ordering_key=order, order_number=number, **key)
            for event, order, number in _in_order(handler, owed)
        ],
        ignore_conflicts=True,
    )
    Receipt.objects.bulk_create(
        [
            Receipt(event_id=event.id, outcome=Outcome.SKIPPED, reason="history", attempts=0, finished_at=now, **key)
            for event in skipped
        ],
        ignore_conflicts=True,
    )
    return [event.id for event in owed]


def _known(handler: Handler, events: Sequence[StoredEvent], generation: int) -> set[UUID]:
    """Look again, under the locks: which of `events` are owed or over since they were chosen."""
    mine = {"event_id__in": [event.id for event in events], "handler": handler.id, "generation": generation}
    found = (model.objects.filter(**mine).values_list("event_id", flat=True) for model in (Delivery, Receipt))
    return {event_id for ids in found for event_id in ids}


def _in_order(handler: Handler, events: Sequence[StoredEvent]) -> Iterator[tuple[StoredEvent, str | None, int | None]]:
    """Add key and number for an ordered handler: behind what its key is owed already, in the order of commits."""
    if not handler.ordered_by:
        yield from ((event, None, None) for event in events)
        return
    in_order = sorted(events, key=lambda event: (event.position, event.occurred_at, event.id))
    keys = [_key_of(handler, event) for event in in_order]
    yield from zip(in_order, keys, store().order_numbers(handler.id, keys), strict=True)


def _key_of(handler: Handler, event: StoredEvent) -> str:
    try:
        return ordering_key(handler, decoded(event)) or ""
    except ValueError:
        return ""


def decoded(event: StoredEvent) -> AnyEvent:
    """Read a stored event as an instance of today's class."""
    return catalogue.event(event.name).decode(encode(event.data), event.version)


def wants(handler: Handler, event: StoredEvent) -> bool:
    """Ask the handler's condition. One that raises, or cannot be asked, counts as true: the worker shows the error."""
    if handler.when is None:
        return True
    try:
        return handler.wants(decoded(event))
    except Exception:  # noqa: BLE001  as said
        return True


def _of(model: type[Delivery] | type[Receipt], handler: Handler) -> QuerySet[Delivery | Receipt]:
    found: QuerySet[Delivery | Receipt] = model.objects.filter(event_id=OuterRef("id"), handler=handler.id)
    return found
