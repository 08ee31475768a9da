"""What each handler did with an event: one clear state per handler, also for those that are owed nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from gauzy.eventbus import EventType, catalogue
from gauzy.eventbus.handler import Handler
from gauzy.eventbus.models import Delivery, Failure, Receipt, StoredEvent
from gauzy.eventbus.stores import store
from gauzy.eventbus.values import encode
from gauzy.eventops.choices import DeliveryState
from gauzy.eventops.selectors import state_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """One handler's share of one event. `note` says why, where the state does not.

    `attempts` and `failed` count since the last retry by hand; `duration_ms` is None below 10 ms.
    """

    event_id: UUID
    handler: str
    state: DeliveryState
    target: str = ""
    generation: int = 0
    note: str = ""
    attempts: int = 0
    owed_since: datetime | None = None
    due: datetime | None = None
    lease_until: datetime | None = None
    dead_at: datetime | None = None
    finished_at: datetime | None = None
    duration_ms: int | None = None
    failures: Sequence[Failure] = field(default=())


def trails_of(events: Sequence[StoredEvent], *, with_failures: bool = False) -> dict[UUID, list[Trail]]:
    """Return the trails of each event by handler: a fixed number of statements, however many events."""
    ids, now = [event.id for event in events], store().now()
    failures = _failures(ids) if with_failures else {}
    trails = [_of_delivery(row, now, failures) for row in Delivery.objects.filter(event_id__in=ids)]
    trails += [_of_receipt(row, failures) for row in Receipt.objects.filter(event_id__in=ids)]
    found: dict[UUID, list[Trail]] = {event_id: [] for event_id in ids}
    for trail in trails:
        found[trail.event_id].append(trail)
    for event in events:
        found[event.id] += _without_rows(event, {trail.handler for trail in found[event.id]})
        found[event.id].sort(key=lambda trail: (trail.handler, trail.target, trail.generation))
    return found


def trails_of_event(event: StoredEvent, handler: str = "") -> list[Trail]:
    """Return the trails of one event, with failed attempts; of one handler if it is named."""
    trails = trails_of([event], with_failures=True)[event.id]
    return [trail for trail in trails if handler in ("", trail.handler)]


_Failures = dict[tuple[UUID, str, str, int], list[Failure]]


def _failures(event_ids: Iterable[UUID]) -> _Failures:
    found: _Failures = {}
    for failure in Failure.objects.filter(event_id__in=event_ids).order_by("failed_at", "id"):
        key = (failure.event_id, failure.handler, failure.target, failure.generation)
        found.setdefault(key, []).append(failure)
    return found


def _of_delivery(row: Delivery, now: datetime, failures: _Failures) -> Trail:
    state = state_of(row, now)
    return Trail(
        event_id=row.event_id,
        handler=row.handler,
        state=state,
        target=row.target,
        generation=row.generation,
        note=_note(row, state),
        attempts=row.attempts,
        owed_since=row.owed_since,
        due=row.due,
        lease_until=row.lease_until,
        dead_at=row.dead_at,
        failures=failures.get((row.event_id, row.handler, row.target, row.generation), ()),
    )


def _note(row: Delivery, state: DeliveryState) -> str:
    if catalogue.find_handler(row.handler) is None:
        return f"this release has no such handler{f'; {row.reason}' if row.reason else ''}"
    if state is DeliveryState.WAITING and row.lease_until is not None:
        return "its worker died or stalled while running it"
    return row.reason


def _of_receipt(row: Receipt, failures: _Failures) -> Trail:
    return Trail(
        event_id=row.event_id,
        handler=row.handler,
        state=DeliveryState(row.outcome),
        target=row.target,
        generation=row.generation,
        note=row.reason,
        attempts=row.attempts,
        finished_at=row.finished_at,
        duration_ms=row.duration_ms,
        failures=failures.get((row.event_id, row.handler, row.target, row.generation), ()),
    )


def _without_rows(event: StoredEvent, with_rows: set[str]) -> list[Trail]:
    """Return the trails of handlers that are connected to the event and have neither delivery nor receipt."""
    event_type = catalogue.find_event(event.name)
    if event_type is None:
        return []
    handlers = [handler for handler in catalogue.handlers_of(event_type) if handler.id not in with_rows]
    return [_of_no_row(event, event_type, handler) for handler in handlers]


def _of_no_row(event: StoredEvent, event_type: EventType, handler: Handler) -> Trail:
    publisher_knew = event.known_handlers == catalogue.fingerprint(event_type)
    state, note = DeliveryState.NOT_OWED, "not known to the publisher"
    if handler.when is not None and (publisher_knew or _condition_is_false(event, event_type, handler)):
        note = "its condition was false"
    elif publisher_knew:
        state, note = DeliveryState.MISSING, "the publisher knew it, and yet nothing is recorded: this must not be"
    return Trail(event_id=event.id, handler=handler.id, state=state, note=note)


def _condition_is_false(event: StoredEvent, event_type: EventType, handler: Handler) -> bool:
    try:
        decoded = event_type.decode(encode(event.data), event.version)
        return not handler.wants(decoded)
    except Exception:  # noqa: BLE001  a condition may raise anything; the bus counts that as true
        return False
