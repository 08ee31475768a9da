"""Events and what is owed of them, found by index. `tenant_id` None means every tenant and none: for operators only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from gauzy.eventbus import catalogue, pausing
from gauzy.eventbus.models import Delivery, Pause, StoredEvent
from gauzy.eventbus.moments import first_id_at
from gauzy.eventbus.stores import store
from gauzy.eventops.choices import DeliveryState
from gauzy.eventops.exceptions import EventNotFound

_SLACK = timedelta(seconds=1)  # an event's id is made just before its time is taken
LONGEST_TRACE = 1_000  # events
LARGEST_LINEAGE = 200  # events


class EventFilters(TypedDict, total=False):
    """Exact values, and `[since, until)` of when it occurred. `name` is the wire name."""

    name: str
    subject_type: str
    subject_id: str
    correlation_id: UUID
    causation_id: UUID
    actor_id: UUID
    since: datetime
    until: datetime


class DeliveryFilters(TypedDict, total=False):
    """Exact values, and `[since, until)` of when it died. `event` is the wire name."""

    event_id: UUID
    handler: str
    event: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class OwedDelivery:
    """A delivery with the event it is of."""

    delivery: Delivery
    event: StoredEvent
    state: DeliveryState


def events(tenant_id: UUID | None, **filters: Unpack[EventFilters]) -> QuerySet[StoredEvent]:
    exactly: dict[str, Any] = {name: value for name, value in filters.items() if name not in {"since", "until"}}
    found = StoredEvent.objects.filter(**exactly)
    if tenant_id is not None:
        found = found.filter(tenant_id=tenant_id)
    if since := filters.get("since"):
        found = found.filter(id__gte=first_id_at(since - _SLACK), occurred_at__gte=since)
    if until := filters.get("until"):
        found = found.filter(id__lt=first_id_at(until + _SLACK), occurred_at__lt=until)
    return found


def get_event(event_id: UUID, *, tenant_id: UUID | None) -> StoredEvent:
    """Return an event; raise `EventNotFound` for an unknown id and for another tenant's."""
    if event := events(tenant_id).filter(id=event_id).first():
        return event
    raise EventNotFound


def oldest_event_at() -> datetime | None:
    """Return when the oldest event that is kept occurred."""
    return StoredEvent.objects.order_by("id").values_list("occurred_at", flat=True).first()


def caused_by(event: StoredEvent) -> QuerySet[StoredEvent]:
    """Return the events that handlers of this one published, oldest first."""
    return StoredEvent.objects.filter(causation_id=event.id).order_by("id")


def about(event: StoredEvent) -> QuerySet[StoredEvent]:
    """Return the events that speak of this one (a delivery died, was retried, was skipped), oldest first."""
    return StoredEvent.objects.filter(subject_id=str(event.id)).order_by("id")


def trace(event_or_correlation_id: UUID, *, tenant_id: UUID | None) -> list[StoredEvent]:
    """Return all events of one piece of work in tree order: each right behind its cause, siblings oldest first.

    At most `LONGEST_TRACE`. Raises `EventNotFound`.
    """
    visible = events(tenant_id)
    named = visible.filter(id=event_or_correlation_id).values_list("correlation_id", flat=True).first()
    found = list(visible.filter(correlation_id=named or event_or_correlation_id).order_by("id")[:LONGEST_TRACE])
    if not found:
        raise EventNotFound("No event has this id or correlation id.")
    return in_tree_order(found)


def lineage(event: StoredEvent, *, tenant_id: UUID | None) -> list[StoredEvent]:
    """Return the chain of causes that led to an event, the event, and all it caused, in tree order.

    A statement for each step of the chain and each level below; of what it caused, the first `LARGEST_LINEAGE`.
    """
    visible, found = events(tenant_id), [event]
    while (cause := found[0].causation_id) and (above := visible.filter(id=cause).first()):
        found.insert(0, above)
    level = [event.id]
    while level and len(found) < LARGEST_LINEAGE:
        room = LARGEST_LINEAGE - len(found)
        below = list(visible.filter(causation_id__in=level).order_by("id")[:room])
        found += below
        level = [caused.id for caused in below]
    return in_tree_order(found)


def in_tree_order(found: list[StoredEvent]) -> list[StoredEvent]:
    ids = {event.id for event in found}
    children: dict[UUID | None, list[StoredEvent]] = {}
    for event in found:
        cause = event.causation_id if event.causation_id in ids else None
        children.setdefault(cause, []).append(event)
    ordered, waiting = [], list(reversed(children.get(None, [])))
    while waiting:
        event = waiting.pop()
        ordered.append(event)
        waiting.extend(reversed(children.get(event.id, [])))
    return ordered


def dead_deliveries(tenant_id: UUID | None, **filters: Unpack[DeliveryFilters]) -> QuerySet[Delivery]:
    """Return what was given up and waits for an operator."""
    found = _of_events(Delivery.objects.filter(dead_at__isnull=False), tenant_id, filters.get("event"))
    if since := filters.get("since"):
        found = found.filter(dead_at__gte=since)
    if until := filters.get("until"):
        found = found.filter(dead_at__lt=until)
    exactly: dict[str, Any] = {name: value for name, value in filters.items() if name in {"event_id", "handler"}}
    return found.filter(**exactly)


def deliveries_in(
    state: DeliveryState, tenant_id: UUID | None, *, handler: str = "", event: str = ""
) -> QuerySet[Delivery]:
    """Return what is owed and dead, running, or waiting."""
    now = store().now()
    condition = {
        DeliveryState.DEAD: Q(dead_at__isnull=False),
        DeliveryState.RUNNING: Q(dead_at__isnull=True, lease_until__gte=now),
        DeliveryState.WAITING: Q(dead_at__isnull=True) & (Q(lease_until__isnull=True) | Q(lease_until__lt=now)),
    }[state]
    found = _of_events(Delivery.objects.filter(condition), tenant_id, event)
    return found.filter(handler=handler) if handler else found


def pauses(handler: str = "") -> list[Pause]:
    """Return the pauses in force; of one handler if it is named, its queue's among them."""
    known = catalogue.find_handler(handler)
    mine = Q(handler=handler) | Q(queue=known.queue) if known else Q(handler=handler)
    found = pausing.in_force().order_by("handler", "queue", "since")
    return list(found.filter(mine) if handler else found)


def with_events(deliveries: Iterable[Delivery]) -> list[OwedDelivery]:
    """Add to each delivery its event and state: two statements, whatever their number."""
    rows, now = list(deliveries), store().now()
    by_id = StoredEvent.objects.in_bulk({row.event_id for row in rows})
    return [OwedDelivery(row, by_id[row.event_id], state_of(row, now)) for row in rows]


def state_of(delivery: Delivery, now: datetime) -> DeliveryState:
    """`now` is the database's. One whose lease ran out is waiting: its worker vanished, another will take it."""
    if delivery.dead_at is not None:
        return DeliveryState.DEAD
    running = delivery.lease_until is not None and delivery.lease_until >= now
    return DeliveryState.RUNNING if running else DeliveryState.WAITING


def _of_events(deliveries: QuerySet[Delivery], tenant_id: UUID | None, name: str | None) -> QuerySet[Delivery]:
    conditions = {"tenant_id": tenant_id, "name": name}
    given: dict[str, Any] = {field: value for field, value in conditions.items() if value}
    if not given:
        return deliveries
    return deliveries.filter(Exists(StoredEvent.objects.filter(id=OuterRef("event_id"), **given)))
