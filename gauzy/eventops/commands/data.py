"""What programs are told, in every action the same."""

from dataclasses import asdict
from typing import Any

from gauzy.eventbus.models import Delivery, Failure, StoredEvent
from gauzy.eventops.feed import FeedCursor
from gauzy.eventops.payloads import payload_of
from gauzy.eventops.selectors import OwedDelivery
from gauzy.eventops.stats import HandlerStats
from gauzy.eventops.trails import Trail

_EVENT = (
    *("id", "name", "version", "tenant_id", "subject_type", "subject_id", "actor_kind", "actor_id", "actor_label"),
    "on_behalf_of_id",
    *("correlation_id", "causation_id", "depth", "occurred_at", "recorded_at", "history"),
)
_FAILURE = ("attempt", "failed_at", "kind", "error_class", "error_text")


def of_event(event: StoredEvent, *, personal: bool = False) -> dict[str, Any]:
    return {name: getattr(event, name) for name in _EVENT} | {"payload": payload_of(event, personal=personal)}


def of_fed_event(event: StoredEvent) -> dict[str, Any]:
    return of_event(event) | {"cursor": str(FeedCursor.at(event))}


def of_trail(trail: Trail) -> dict[str, Any]:
    fields: dict[str, Any] = {name: getattr(trail, name) for name in trail.__dataclass_fields__ if name != "failures"}
    return fields | {"state": trail.state.value, "failures": [of_failure(failure) for failure in trail.failures]}


def of_failure(failure: Failure) -> dict[str, Any]:
    return {name: getattr(failure, name) for name in _FAILURE}


def of_key(delivery: Delivery) -> dict[str, Any]:
    return {name: getattr(delivery, name) for name in ("event_id", "handler", "target", "generation")}


def of_owed(owed: OwedDelivery) -> dict[str, Any]:
    delivery, event = owed.delivery, owed.event
    fields = ("attempts", "owed_since", "due", "dead_at", "reason")
    about = {"event": event.name, "tenant_id": event.tenant_id, "state": owed.state.value}
    return of_key(delivery) | about | {name: getattr(delivery, name) for name in fields}


def of_stats(stats: HandlerStats) -> dict[str, Any]:
    lag = int(stats.lag.total_seconds()) if stats.lag else None
    return asdict(stats) | {"lag_seconds": lag, "idle_days": stats.idle_days}
